"""Register and roll as at a date: from dated events, in any order of arrival."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.members.classification import Classification
from clubtill_rules.members.register import (
    MemberEvent,
    Register,
    RegisterRow,
    Status,
    changed_rows,
    complete_to,
    register,
    roll,
)
from clubtill_rules.values.days import NEVER_PAID
from clubtill_rules.values.why import because
from tests.rules.members.members_of_larkspur import CLUB

GOLD = Classification(number=3, club_id="larkspur", description="Gold", votes=True)
SOCIAL = Classification(number=8, club_id="larkspur", description="Social")
CLASSES = {3: GOLD, 8: SOCIAL}
JOINED, PAID_TO = date(2020, 3, 1), date(2026, 11, 12)
DECEMBER = date(2026, 12, 15)
JOIN = MemberEvent(
    event_id="e1", at_us=10, day=JOINED, person_id="mateo", number="100204", name="Mateo Silva", classification=3,
    renewal_date=PAID_TO, status=Status.MEMBER,
)  # fmt: skip
RENEWS = MemberEvent(
    event_id="e2", at_us=20, day=date(2026, 11, 24), person_id="mateo", renewal_date=date(2027, 11, 12)
)
ROW = RegisterRow(
    person_id="mateo", number="100204", name="Mateo Silva", classification=3, joined=JOINED, renewal_date=PAID_TO,
    status=Status.MEMBER, votes=True,
)  # fmt: skip


def printed(*events: MemberEvent, as_at: date = DECEMBER, complete: date = DECEMBER) -> Register:
    """Print the register."""
    return register(events, CLASSES, as_at, complete)


@pytest.mark.example("R106.1")
@pytest.mark.parametrize("complete", [date(2026, 11, 24), DECEMBER], ids=["printed then", "printed again in December"])
@pytest.mark.parametrize(
    ("as_at", "on_roll"),
    [
        pytest.param(date(2026, 11, 12), True, id="paid to that day"),
        pytest.param(date(2026, 11, 13), False, id="the day after"),
        pytest.param(date(2026, 11, 24), True, id="the day of renewing"),
    ],
)
def test_the_roll_as_at_a_day(as_at: date, on_roll: bool, complete: date) -> None:
    """R106: Mateo paid to 12 Nov 2026, renews 24 Nov to 12 Nov 2027: on it, not, on it; printed again, the same."""
    book = printed(JOIN, RENEWS, as_at=as_at, complete=complete)
    assert [row.person_id for row in book.rows] == ["mateo"]
    assert [row.person_id for row in roll(book, CLUB).rows] == (["mateo"] if on_roll else [])


def test_the_whole_register() -> None:
    """R106: number, name, classification, joined, renewal date, status and vote, with data complete to."""
    why = because("why.register", "R106", n=1, day=date(2026, 11, 13), complete_to=DECEMBER)
    book = printed(JOIN, RENEWS, as_at=date(2026, 11, 13))
    assert book == Register(as_at=date(2026, 11, 13), complete_to=DECEMBER, rows=(ROW,), because=(why,))
    reason = because("why.roll", "R106", n=0, day=date(2026, 11, 13), complete_to=DECEMBER)
    assert roll(book, CLUB) == replace(book, rows=(), because=(reason,))


def test_all_members_active_puts_everybody_on_the_roll() -> None:
    """R9, R106: also who never paid."""
    book = printed(replace(JOIN, renewal_date=NEVER_PAID))
    assert roll(book, CLUB).rows == ()
    full = roll(book, replace(CLUB, all_members_active=True))
    assert (full.rows, full.because[0].facts["n"]) == (book.rows, 1)


def test_votes_go_by_classification() -> None:
    """R106: the right to vote is the classification's; without its settings there is none."""
    for number, votes in ((3, True), (8, False), (77, False)):
        assert printed(replace(JOIN, classification=number)).rows[0].votes is votes


def test_an_event_counts_from_the_end_of_its_day() -> None:
    """R106: not the day before; on the day and later, yes."""
    events = (JOIN, RENEWS)
    dates = [printed(*events, as_at=RENEWS.day + timedelta(days=days)).rows[0].renewal_date for days in (-1, 0, 1)]
    assert dates == [PAID_TO, RENEWS.renewal_date, RENEWS.renewal_date]
    assert printed(JOIN, as_at=JOINED - timedelta(days=1)).rows == ()
    assert printed(JOIN, as_at=JOINED).rows == (ROW,)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        pytest.param({"status": Status.BANNED}, Status.BANNED, id="banned: on the register with that status"),
        pytest.param({"status": Status.BLOCKED}, Status.BLOCKED, id="blocked"),
        pytest.param({"status": Status.ENDED}, None, id="ended: not on it"),
    ],
)
def test_status(change: dict[str, object], status: Status | None) -> None:
    """R106: every member who was one."""
    event = replace(RENEWS, **change)  # type: ignore[arg-type] - a table's column
    assert [row.status for row in printed(JOIN, event).rows] == ([] if status is None else [status])


def test_somebody_who_comes_back_joins_anew() -> None:
    """R106: with the day of coming back; a later change of his row does not move it."""
    gone = MemberEvent(event_id="e3", at_us=30, day=date(2026, 11, 25), person_id="mateo", status=Status.ENDED)
    note = replace(gone, event_id="e4", at_us=31, status=None, name="M. Silva")
    back = replace(gone, event_id="e5", at_us=40, day=date(2026, 12, 1), status=Status.MEMBER)
    banned = replace(back, event_id="e6", at_us=50, day=date(2026, 12, 2), status=Status.BANNED)
    assert printed(JOIN, gone, note).rows == ()
    assert printed(JOIN, gone, note, replace(gone, event_id="e7", at_us=33), back).rows == (
        replace(ROW, joined=date(2026, 12, 1), name="M. Silva"),
    )
    assert printed(JOIN, gone, back, banned).rows[0].joined == date(2026, 12, 1)
    assert printed(JOIN, banned).rows[0].joined == JOINED


def test_what_an_event_names_not_stays() -> None:
    """R106: each field alone."""
    base = MemberEvent(event_id="e2", at_us=20, day=date(2026, 11, 24), person_id="mateo")
    for field, value in (("number", "7"), ("name", "M"), ("classification", 8), ("renewal_date", DECEMBER)):
        changed = {field: value} | ({"votes": False} if field == "classification" else {})
        assert printed(JOIN, replace(base, **{field: value})).rows == (replace(ROW, **changed),)  # type: ignore[arg-type]


def test_a_first_event_without_figures() -> None:
    """R106, R8: somebody of whom only the joining is known: never paid, a member, no vote."""
    bare = MemberEvent(event_id="e9", at_us=1, day=JOINED, person_id="kim")
    assert printed(bare).rows == (
        RegisterRow(
            person_id="kim", number="", name="", classification=0, joined=JOINED, renewal_date=NEVER_PAID,
            status=Status.MEMBER, votes=False,
        ),
    )  # fmt: skip


def test_rows_stand_by_number() -> None:
    """R106: then by person."""
    people = [replace(JOIN, event_id=p, person_id=p, number=n) for p, n in (("a", "3"), ("c", "2"), ("b", "2"))]
    assert [row.person_id for row in printed(*people).rows] == ["b", "c", "a"]


def test_equal_instants_and_the_same_event_twice() -> None:
    """R4, R106: the event id decides; the same event counts once."""
    one, other = replace(RENEWS, name="one"), replace(RENEWS, event_id="e0", name="other")
    assert printed(JOIN, one, other).rows[0].name == "one"
    assert printed(JOIN, RENEWS, JOIN).rows == printed(JOIN, RENEWS).rows


def test_a_late_event_changes_a_print_and_is_shown() -> None:
    """R106: one that arrives late with an earlier effective time; the print had said to which day it was complete."""
    as_at = date(2026, 11, 24)
    first = printed(JOIN, as_at=as_at, complete=date(2026, 11, 20))
    kim = replace(JOIN, event_id="k", person_id="kim", number="1")
    later = printed(JOIN, RENEWS, kim, as_at=as_at)
    row, new = later.rows[1], later.rows[0]
    assert (first.complete, later.complete) == (False, True)
    assert changed_rows(first, later) == ((None, new), (ROW, row))
    assert changed_rows(later, first) == ((new, None), (row, ROW))
    assert changed_rows(first, first) == ()
    with pytest.raises(ValueError, match=r"^later: as at another day$"):
        changed_rows(first, printed(JOIN))


@pytest.mark.parametrize(("days", "complete"), [(-1, False), (0, True), (1, True)])
def test_complete(days: int, complete: bool) -> None:
    """R106: complete to the day itself is complete."""
    assert printed(JOIN, complete=DECEMBER + timedelta(days=days)).complete is complete


def test_data_complete_to() -> None:
    """R106: the day of the device that is furthest behind; without devices, today."""
    assert complete_to({"till-1": date(2026, 12, 1), "door": date(2026, 11, 20)}, DECEMBER) == date(2026, 11, 20)
    assert complete_to({}, DECEMBER) == DECEMBER


EVENTS = st.lists(
    st.builds(
        MemberEvent,
        event_id=st.sampled_from("abcdefgh"),
        at_us=st.integers(0, 4),
        day=st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 1, 9)),
        person_id=st.sampled_from(["mateo", "kim"]),
        renewal_date=st.one_of(st.none(), st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 1, 9))),
        classification=st.sampled_from([None, 3, 8]),
        status=st.one_of(st.none(), st.sampled_from(Status)),
    ),
    max_size=8,
    unique_by=lambda event: event.event_id,
)


@given(EVENTS, st.randoms(use_true_random=False), st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 1, 9)))
def test_the_order_of_arrival_and_later_events_change_nothing(
    events: list[MemberEvent], random: object, as_at: date
) -> None:
    """R106: the same print from any order, and from the events up to the day alone; the roll is part of it."""
    shuffled = list(events)
    random.shuffle(shuffled)  # type: ignore[attr-defined] - a random.Random of Hypothesis
    book = printed(*events, as_at=as_at)
    assert printed(*shuffled, as_at=as_at) == book
    assert printed(*(event for event in events if event.day <= as_at), as_at=as_at) == book
    assert set(roll(book, CLUB).rows) == {row for row in book.rows if row.renewal_date >= as_at}
