"""Steps: tiers by points, at a check and between checks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import TierReview, TimePeriod
from clubtill_rules.tiers.deciding import Direction
from clubtill_rules.tiers.steps import StepDecision, StepReason, decide_step
from clubtill_rules.values.points import Points, whole
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import because
from tests.rules.tiers import ladder
from tests.rules.tiers.ladder import BARRED, CLUB, POINTS_CLUB, SOCIAL

DAY = date(2026, 11, 24)
BRONZE = replace(ladder.BRONZE, update_sequence=1)
SILVER = replace(ladder.SILVER, update_sequence=2, min_points=500)
GOLD = replace(ladder.GOLD, update_sequence=3, min_points=1000)
STEPS = (GOLD, SOCIAL, replace(BARRED, update_sequence=9), SILVER, BRONZE)
YEARLY = replace(POINTS_CLUB, tier_review=TierReview(period=TimePeriod.THIS_MONTH, next_day=DAY, check_months=12))


def at(points: Points, current: Classification, *, club=POINTS_CLUB, next_check: date | None = None, steps=STEPS):
    """Decide on the ladder."""
    return decide_step(points, current, steps, club=club, next_check=next_check, day=DAY)


@pytest.mark.parametrize(
    ("points", "current", "new", "reason", "direction"),
    [
        pytest.param(whole(499), BRONZE, BRONZE, StepReason.KEEP, Direction.NONE, id="a point short"),
        pytest.param(Points(49_999), BRONZE, BRONZE, StepReason.KEEP, Direction.NONE, id="a hundredth short"),
        pytest.param(whole(500), BRONZE, SILVER, StepReason.REACHED, Direction.UP, id="reached"),
        pytest.param(whole(1000), BRONZE, GOLD, StepReason.REACHED, Direction.UP, id="two steps at once"),
        pytest.param(whole(999), GOLD, SILVER, StepReason.FALLEN, Direction.DOWN, id="a step down"),
        pytest.param(whole(0), GOLD, BRONZE, StepReason.FALLEN, Direction.DOWN, id="two steps down"),
        pytest.param(whole(5000), GOLD, GOLD, StepReason.KEEP, Direction.NONE, id="nothing above"),
    ],
)
def test_steps(
    points: Points, current: Classification, new: Classification, reason: StepReason, direction: Direction
) -> None:
    """R64: the highest step whose minimum is reached; a change counts from the next day."""
    decision = at(points, current)
    assert decision == StepDecision(
        reason=reason,
        direction=direction,
        current=current.number,
        new=new.number,
        starts=date(2026, 11, 25) if new is not current else None,
        next_check=None,
        because=(
            because(
                f"why.step.{reason.value}",
                "R64",
                points=points,
                needed=whole(new.min_points),
                classification=new.description,
            ),
        ),
    )


def test_below_every_minimum_is_the_first_step() -> None:
    """R64: the lowest step of the sequence takes whoever reaches none."""
    high = replace(BRONZE, min_points=100)
    assert at(whole(99), GOLD, steps=(GOLD, SILVER, high)).new == BRONZE.number
    assert at(whole(0), GOLD, steps=()).new == GOLD.number


def test_steps_of_one_sequence_number() -> None:
    """R64: of two on one place of the sequence the higher number counts, whatever their order."""
    twin = replace(GOLD, number=8)
    assert at(whole(1000), BRONZE, steps=(twin, *STEPS)).new == at(whole(1000), BRONZE, steps=(*STEPS, twin)).new == 8
    across = at(whole(1000), GOLD, steps=(twin, *STEPS))
    assert (across.new, across.reason, across.direction) == (8, StepReason.REACHED, Direction.UP)


@pytest.mark.parametrize(
    ("next_check", "due"),
    [
        pytest.param(None, True, id="never checked"),
        pytest.param(DAY, True, id="on its day"),
        pytest.param(date(2026, 11, 23), True, id="overdue"),
        pytest.param(date(2026, 11, 25), False, id="a day early"),
    ],
)
def test_between_checks_nothing_moves(next_check: date | None, due: bool) -> None:
    """R64: the account's next check says when."""
    decision = at(whole(1000), BRONZE, next_check=next_check)
    if due:
        assert decision.new == GOLD.number
        return
    assert decision == StepDecision(
        reason=StepReason.NOT_DUE,
        direction=Direction.NONE,
        current=1,
        new=1,
        starts=None,
        next_check=next_check,
        because=(because("why.step.not_due", "R64", classification="Bronze", day=next_check),),
    )


@pytest.mark.parametrize(
    ("club", "months", "next_check"),
    [
        pytest.param(POINTS_CLUB, None, None, id="no period: at every run"),
        pytest.param(YEARLY, None, date(2027, 11, 24), id="the club's"),
        pytest.param(YEARLY, 3, date(2027, 2, 24), id="the step's own before the club's"),
        pytest.param(YEARLY, 0, None, id="the step's own: at every run"),
        pytest.param(POINTS_CLUB, 1, date(2026, 12, 24), id="the step's alone"),
    ],
)
def test_next_check(club, months: int | None, next_check: date | None) -> None:
    """R64: settings of the step override those of the club, and those of the new step count."""
    gold = replace(GOLD, check_months=months)
    assert at(whole(1000), BRONZE, club=club, steps=(BRONZE, SILVER, gold)).next_check == next_check


@pytest.mark.parametrize(
    ("classification", "step"),
    [
        pytest.param(BRONZE, True, id="1"),
        pytest.param(SOCIAL, False, id="0 is no step"),
        pytest.param(replace(BARRED, update_sequence=9), False, id="99 never"),
    ],
)
def test_who_is_a_step(classification: Classification, step: bool) -> None:
    """R64: an update sequence above 0; never 99."""
    assert classification.is_step is step


def test_no_step_is_not_decided() -> None:
    """R64: an account on no step takes no part."""
    with pytest.raises(ValueError, match=r"^current: is no step$"):
        at(whole(0), SOCIAL)


def test_never_both() -> None:
    """R64, D13: a club with dollar bands has no point steps."""
    with pytest.raises(Refusal) as refused:
        at(whole(1000), BRONZE, club=CLUB)
    assert (refused.value.code, refused.value.facts) == ("tiers.dollars_club", {})


@given(
    points=st.integers(0, 200_000),
    current=st.sampled_from((BRONZE, SILVER, GOLD)),
    minima=st.lists(st.integers(0, 2000), min_size=3, max_size=3),
)
def test_the_step_is_a_function_of_the_points(points: int, current: Classification, minima: list[int]) -> None:
    """R64: whatever step an account comes from, the same points lead to the same one."""
    steps = [replace(one, min_points=least) for one, least in zip((BRONZE, SILVER, GOLD), sorted(minima), strict=True)]
    reached = sum(1 for least in sorted(minima) if least * 100 <= points)
    assert at(Points(points), current, steps=steps).new == steps[max(0, reached - 1)].number
