"""What is not said at the door is blank, never missing: the records' own blanks (R45, R52)."""

from __future__ import annotations

from datetime import date

from clubtill_rules.door.admission import CheckIn, Verdict
from clubtill_rules.door.attendance import HeadCount, Movement, MovementKind
from clubtill_rules.door.checks import Judged

DAY = date(2026, 11, 22)


def test_a_movement_of_nobody_in_particular() -> None:
    """R52: a door's own count has neither staff nor reason, a head count nothing to explain."""
    moved = Movement(
        event_id="moved", location_id="door", entry_day=DAY, at_us=1, kind=MovementKind.CORRECTION, count=1
    )
    assert (moved.staff_id, moved.reason) == ("", "")
    assert HeadCount(inside=0, let_in={}).because == ()


def test_a_verdict_that_says_no_more() -> None:
    """R45: a verdict without facts, acts or flags has empty ones."""
    check = CheckIn(verdict=Verdict.STOP, code="member.unknown.door", entry_day=DAY, because=())
    assert (check.facts, check.acts, check.flags) == ({}, (), ())
    judged = Judged(verdict=Verdict.CHECK, code="member.unpaid.check", facts={}, acts=(), because=())
    assert (judged.flags, judged.let_in) == ((), None)
