"""Bands: which classifications are tiers, and which of them holds a spend (R56, R58).

Whether bands leave gaps or overlap is checked where classifications are saved; here any settings give an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from clubtill_rules.members.classification import Classification
from clubtill_rules.values.money import Money


def taking_part(classifications: Iterable[Classification], *, first: int, last: int) -> tuple[Classification, ...]:
    """Give the tiers from one classification number to another, both included, lowest Tier Min first (R58).

    Raises:
        ValueError: `last` lies before `first`.
    """
    if last < first:
        raise ValueError("last: lies before first")
    chosen = (one for one in classifications if one.is_tier and first <= one.number <= last)
    return tuple(sorted(chosen, key=lambda one: (one.tier_min, one.number)))


def holding(spend: Money, tiers: Sequence[Classification]) -> Classification | None:
    """Give the first tier whose band holds a spend, both ends included; None where none does (R56, R58)."""
    return next((tier for tier in tiers if tier.tier_min <= spend <= tier.tier_max), None)


def floor_of(tier: Classification) -> Money:
    """Give what must be spent to stay: Min to Maintain where there is a Tier Min Period, else Tier Min (R58)."""
    return tier.min_to_maintain if tier.tier_min_period_days > 0 else tier.tier_min
