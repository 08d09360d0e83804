"""What is not said at the door is blank, never missing: the records' own blanks (R45, R52-R54)."""

from __future__ import annotations

from datetime import date

from clubtill_rules.door.admission import CheckIn, Verdict
from clubtill_rules.door.attendance import HeadCount, Movement, MovementKind
from clubtill_rules.door.checks import Judged
from clubtill_rules.door.draws import DrawLine, Spent, Ticket
from clubtill_rules.door.guests import Visitor
from clubtill_rules.door.posting import Admission, Outcome
from clubtill_rules.door.registers import Register
from clubtill_rules.members.venue import GuestProfile

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


def test_a_visitor_of_whom_nothing_is_written_down() -> None:
    """R53: no test is met by what was not said, and fees apply until the club says otherwise."""
    plain = Visitor()
    assert (plain.interstate, plain.gaming_visitor, plain.fees_apply) == (False, False, True)
    assert (plain.signature, plain.shown, plain.pass_card_to) == ("", frozenset(), None)


def test_a_register_without_tests() -> None:
    """R53: no ground is asked for, no distance is fixed, and everybody is written down."""
    register = Register(profile=GuestProfile.NSW, details=())
    assert (register.grounds, register.distance_m, register.needs_host) == ((), 0, False)
    assert (register.distance_only_grows, register.minors_exempt) == (False, False)


def test_a_fresh_ticket_and_an_admission_alone() -> None:
    """R52, R54: a ticket is neither drawn nor cancelled; who comes in alone brings no guests."""
    ticket = Ticket(n=1, event_id="t", at_us=1)
    assert (ticket.drawn, ticket.cancelled) == (False, False)
    bought = Spent(event_id="s", person_id="p", at_us=1, lines=(DrawLine(product_id="ale", amount=800),))
    assert (bought.refunds, bought.lines[0].qty) == ("", 1)
    alone = Admission(
        event_id="a",
        swipe_event_id="s",
        club_id="larkspur",
        venue_id="clubhouse",
        location_id="door",
        device_id="door-1",
        staff_id="ana",
        at_us=1,
        person_id="priya",
        account_id="a-priya",
        outcome=Outcome.ADMIT,
    )
    assert (alone.guests, alone.reason, alone.approver_id) == (0, "", "")
