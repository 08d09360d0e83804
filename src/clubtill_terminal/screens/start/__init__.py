"""Start: what stands on the screen until the ledger has told a new terminal where it is (U24)."""
