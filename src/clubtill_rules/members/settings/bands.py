"""Bands: whether tiers follow each other without gap or overlap, and whether a higher one is better (R56, R64).

Ratios count the other way round: more points for a dollar is worse (D1). 0 redeems nothing, which is the worst.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from clubtill_rules.members.classification import Classification
from clubtill_rules.members.settings.findings import Finding, Severity, found
from clubtill_rules.members.settings.house import House
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.points import whole
from clubtill_rules.values.why import Rounding, working

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING
_RATIOS: Final = ("redemption_ratio", "web_redemption_ratio")
_HUNDRED: Final = whole(100)
ONE_MINOR: Final = Money(1)


def by_band(rows: Sequence[Classification]) -> tuple[Classification, ...]:
    """Give the dollar tiers, lowest Tier Min first (R56)."""
    return tuple(sorted((row for row in rows if row.is_tier), key=lambda row: (row.tier_min, row.number)))


def by_step(rows: Sequence[Classification]) -> tuple[Classification, ...]:
    """Give the point tiers, lowest step first (R64)."""
    return tuple(sorted((row for row in rows if row.is_step), key=lambda row: (row.update_sequence, row.number)))


def check_bands(rows: Sequence[Classification]) -> Iterator[Finding]:
    """Check that each band begins one minor unit after the one below it ends; both rows are named (R56)."""
    for lower, upper in pairwise(by_band(rows)):
        due = lower.tier_max + ONE_MINOR
        if upper.tier_min > due:
            code = "classification.tier_gap"
        elif upper.tier_min < due:
            code = "classification.tier_overlap"
        else:
            continue
        yield found(
            _ERROR, code, "R56", upper.number, "tier_min",
            working=working(due, Rounding.EXACT, lower.tier_max, ("+", ONE_MINOR)),
            row=upper.number, other=lower.number, tier_min=upper.tier_min, tier_max=lower.tier_max, due=due,
        )  # fmt: skip


def check_steps(rows: Sequence[Classification]) -> Iterator[Finding]:
    """Check that no step stands twice and that a higher one asks for more points (R64)."""
    for lower, upper in pairwise(by_step(rows)):
        if upper.update_sequence == lower.update_sequence:
            yield found(
                _ERROR, "classification.step_twice", "R64", upper.number, "update_sequence",
                row=upper.number, other=lower.number, step=upper.update_sequence,
            )  # fmt: skip
        elif upper.min_points <= lower.min_points:
            yield found(
                _ERROR, "classification.step_order", "R64", upper.number, "min_points",
                row=upper.number, other=lower.number, points=whole(upper.min_points), least=whole(lower.min_points),
            )  # fmt: skip


def check_value(rows: Sequence[Classification], house: House) -> Iterator[Finding]:
    """Warn of every tier whose points are worth less than in a lower one, at the till or on the web (A1, D1, R66).

    Each tier is compared with that lower one whose points are worth most; the worth of 100 points is told of both.

    Args:
        rows: of one club, all dollar tiers or all steps.
        house: gives what points pay at a ratio.
    """
    tiers = by_band(rows) or by_step(rows)
    for key in _RATIOS:
        for n, upper in enumerate(tiers):
            lower = [row for row in tiers[:n] if getattr(row, key)]
            if not lower:
                continue
            best = min(lower, key=lambda row: (getattr(row, key), row.number))
            ratio, least = getattr(upper, key), getattr(best, key)
            if ratio == 0 or ratio > least:
                yield _worse(upper, best, key, house)


def _worse(upper: Classification, best: Classification, key: str, house: House) -> Finding:
    """Tell what 100 points pay in both tiers; nothing at ratio 0, by which nobody divides (R66)."""
    ratio, least = getattr(upper, key), getattr(best, key)
    worth = house.worth(_HUNDRED, ratio) if ratio else NIL
    return found(
        _WARNING, "classification.higher_tier_worse", "R66", upper.number, key,
        working=working(worth, Rounding.FLOOR, _HUNDRED, ("/", ratio)) if ratio else None,
        row=upper.number, other=best.number, points=_HUNDRED,
        worth=worth, other_worth=house.worth(_HUNDRED, least),
    )  # fmt: skip
