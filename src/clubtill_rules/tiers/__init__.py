"""Tiers: who moves to which classification, by what was spent (R56-R63) or by points (R64)."""
