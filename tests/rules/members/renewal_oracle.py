"""Renewal once more, in day numbers: an oracle that knows nothing of the rules' modules."""

from __future__ import annotations


def renewed(renewal: int, today: int, days: int, grace: int, *, never: bool) -> int:
    """R22 as the rule writes it, in whole days."""
    if never:
        return today + days
    if today - renewal > grace:
        return today + days
    return renewal + days
