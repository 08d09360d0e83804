"""Settings: what may stand in classifications, clubs, venues and links, and what is found wrong with it."""
