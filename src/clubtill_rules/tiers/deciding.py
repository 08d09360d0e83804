"""Deciding: what becomes of one member's tier at a spend (R58, R59)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from clubtill_rules.members.classification import Classification
from clubtill_rules.tiers.bands import floor_of, holding
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.why import Because, Rounding, because, working


class Reason(Enum):
    """Why a tier changes or stays (R63). KEEP is not reported."""

    KEEP = "keep"
    BELOW_FLOOR = "below_floor"
    ABOVE_MAX = "above_max"
    EXCLUDED_DWELL = "excluded_dwell"
    NO_TIER = "no_tier"


class Direction(Enum):
    """Which way a change goes, by Tier Min and not by the classification's number (R61)."""

    NONE = "none"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True, kw_only=True)
class TierDecision:
    """What becomes of one member's tier.

    Attributes:
        new: the classification's number afterwards; `current` where it stays.
        direction: of the change; of one that only the dwell holds up, the direction it would have.
        spend: as it was counted: a spend below nil counts as nil.
        floor, maximum: the current tier's, both still kept.
    """

    reason: Reason
    direction: Direction
    current: int
    new: int
    spend: Money
    floor: Money
    maximum: Money
    because: tuple[Because, ...]

    @property
    def changes(self) -> bool:
        """Whether the member moves."""
        return self.new != self.current


def decide(
    spend: Money,
    current: Classification,
    tiers: Sequence[Classification],
    *,
    changed_on: date | None,
    run_day: date,
) -> TierDecision:
    """Decide one member's tier (R58, R59). The answer is a function of the spend, whoever spent it how.

    Args:
        spend: in the wizard's Time Period (R57); more refunded than bought counts as nil.
        current: the member's primary classification, a tier that takes part.
        tiers: those that take part, lowest Tier Min first.
        changed_on: the tier change date (R60); None for a member who never changed.
        run_day: trading day of the run.

    Raises:
        ValueError: `current` is no tier.
    """
    if not current.is_tier:
        raise ValueError("current: is no tier")
    spend, floor = max(spend, NIL), floor_of(current)
    if floor <= spend <= current.tier_max:
        return _stays(Reason.KEEP, spend, current, _why("why.tier.keep", spend, current))
    found = holding(spend, tiers)
    if found is not None and found.number == current.number:
        return _stays(Reason.KEEP, spend, current, _why("why.tier.own_band", spend, current))
    direction = _direction(current, found)
    waits = _dwell(current, changed_on, run_day)
    if waits is not None:
        return _stays(Reason.EXCLUDED_DWELL, spend, current, waits, direction)
    if found is None:
        return _stays(Reason.NO_TIER, spend, current, _why("why.tier.no_tier", spend, current))
    above = spend > current.tier_max
    why = because(
        "why.tier.above_max" if above else "why.tier.below_floor",
        "R58",
        spend=spend,
        limit=current.tier_max if above else floor,
        classification=current.description,
        tier=found.description,
    )
    return TierDecision(
        reason=Reason.ABOVE_MAX if above else Reason.BELOW_FLOOR,
        direction=direction,
        current=current.number,
        new=found.number,
        spend=spend,
        floor=floor,
        maximum=current.tier_max,
        because=(why,),
    )


def _direction(current: Classification, found: Classification | None) -> Direction:
    if found is None:
        return Direction.NONE
    return Direction.UP if found.tier_min > current.tier_min else Direction.DOWN


def _dwell(current: Classification, changed_on: date | None, run_day: date) -> Because | None:
    """Say that a member changed too lately to be looked at again, by the current tier's period (R59)."""
    if changed_on is None or (run_day - changed_on).days >= current.tier_min_period_days:
        return None
    n = (run_day - changed_on).days
    figure = working(n, Rounding.EXACT, run_day, ("-", changed_on))
    return because(
        "why.tier.dwell", "R59", changed=changed_on, n=n, period=current.tier_min_period_days, working=figure
    )


def _why(code: str, spend: Money, current: Classification) -> Because:
    return because(
        code,
        "R58",
        spend=spend,
        floor=floor_of(current),
        maximum=current.tier_max,
        classification=current.description,
    )


def _stays(
    reason: Reason, spend: Money, current: Classification, why: Because, direction: Direction = Direction.NONE
) -> TierDecision:
    return TierDecision(
        reason=reason,
        direction=direction,
        current=current.number,
        new=current.number,
        spend=spend,
        floor=floor_of(current),
        maximum=current.tier_max,
        because=(why,),
    )
