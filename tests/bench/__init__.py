"""Bench: how quick the terminal is, as ratios to a baseline measured in the same run. Never fails on a time.

`python -m tests.bench NAME|all [--quick]` prints one JSON line a figure; `--quick` takes fewer rounds, smaller clubs.
"""
