"""Steps: the tiers of a club that moves its accounts by points instead of dollars (R64)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club, TierKind
from clubtill_rules.tiers.deciding import Direction
from clubtill_rules.values.days import add_months
from clubtill_rules.values.points import Points, whole
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, because


class StepReason(Enum):
    """Why an account changes its step or stays on it."""

    REACHED = "reached"
    FALLEN = "fallen"
    KEEP = "keep"
    NOT_DUE = "not_due"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDecision:
    """What becomes of an account's step.

    Attributes:
        new: the classification's number; from `starts`, the day after the check.
        next_check: the account's next; None is at every run.
    """

    reason: StepReason
    direction: Direction
    current: int
    new: int
    starts: date | None
    next_check: date | None
    because: tuple[Because, ...]


def decide_step(
    points: Points,
    current: Classification,
    classifications: Iterable[Classification],
    *,
    club: Club,
    next_check: date | None,
    day: date,
) -> StepDecision:
    """Decide an account's step at a check: the highest one whose minimum its points reach, one or more steps at once.

    Between checks it stays. Below every minimum it is the first step. A change counts from the next day on.

    Args:
        points: those that the club counts: awarded since the check period began, less reversals; spending lowers none.
        current: the account's classification, a step.
        classifications: the club's.
        club: must use point steps (D13); its check period counts where the new step has none of its own.
        next_check: of the account; None is due.
        day: the club's trading day of the check.

    Raises:
        Refusal: `tiers.dollars_club`: the club moves members by what they spend.
        ValueError: `current` is no step.
    """
    if club.tier_kind is not TierKind.POINTS:
        raise Refusal("tiers.dollars_club")
    if not current.is_step:
        raise ValueError("current: is no step")
    if next_check is not None and day < next_check:
        why = because("why.step.not_due", "R64", classification=current.description, day=next_check)
        return _decision(StepReason.NOT_DUE, current, current, next_check=next_check, why=why)
    steps = sorted((one for one in classifications if one.is_step), key=_place)
    reached = [one for one in steps if whole(one.min_points) <= points]
    new = reached[-1] if reached else (steps or [current])[0]
    months = _check_months(new, club)
    return _decision(
        _reason(current, new),
        current,
        new,
        starts=day + timedelta(days=1) if new.number != current.number else None,
        next_check=add_months(day, months) if months else None,
        why=_why(points, current, new),
    )


def _reason(current: Classification, new: Classification) -> StepReason:
    if _place(new) > _place(current):
        return StepReason.REACHED
    return StepReason.FALLEN if new.number != current.number else StepReason.KEEP


def _place(step: Classification) -> tuple[int, int]:
    """Give a step's place: of two with one sequence number the higher classification number is the higher step."""
    return step.update_sequence, step.number


def _check_months(step: Classification, club: Club) -> int:
    """Give the months to the next check: the step's own setting counts before the club's (R64)."""
    if step.check_months is not None:
        return step.check_months
    return club.tier_review.check_months if club.tier_review else 0


def _why(points: Points, current: Classification, new: Classification) -> Because:
    return because(
        f"why.step.{_reason(current, new).value}",
        "R64",
        points=points,
        needed=whole(new.min_points),
        classification=new.description,
    )


def _decision(
    reason: StepReason,
    current: Classification,
    new: Classification,
    *,
    next_check: date | None,
    why: Because,
    starts: date | None = None,
) -> StepDecision:
    directions = {StepReason.REACHED: Direction.UP, StepReason.FALLEN: Direction.DOWN}
    return StepDecision(
        reason=reason,
        direction=directions.get(reason, Direction.NONE),
        current=current.number,
        new=new.number,
        starts=starts,
        next_check=next_check,
        because=(why,),
    )
