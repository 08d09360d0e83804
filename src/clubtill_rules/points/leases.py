"""Leases."""

from __future__ import annotations

from clubtill_rules.points.lots import Fold


def grant(fold: Fold, asked_h: int, cap_h: int | None) -> int:
    """Decide an ask: at most what is available, and at most the cap where there is one (R72)."""
    return min(asked_h, fold.avail_h, fold.avail_h if cap_h is None else cap_h)
