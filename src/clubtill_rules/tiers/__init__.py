"""Tiers: bands by spend, or steps by points, and the wizard that moves members between them (R56-R64)."""
