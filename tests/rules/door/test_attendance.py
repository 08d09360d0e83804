"""Attendance, entry records and the head count of a house with several doors."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.door.admission import Verdict
from clubtill_rules.door.attendance import (
    EntryRecord,
    HeadCount,
    Movement,
    MovementKind,
    Transaction,
    attendances,
    came_in,
    correction,
    entry_record,
    head_count,
    went_out,
)
from clubtill_rules.door.posting import Acting, Admission, Outcome, admission, entries
from clubtill_rules.permissions import Role
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.door.front_door import CLUBHOUSE, MATEO, at, see, written

DAY = date(2026, 11, 24)
ANA = Acting(staff_id="ana", roles=frozenset({Role.RECEPTION}))
SWIPED, ACTED = at("2026-11-24 18:03:10"), at("2026-11-24 18:03:40")


def did(event_id: str, person_id: str, at_us: int, day: date = DAY, venue_id: str = "clubhouse") -> Transaction:
    """Make a transaction."""
    return Transaction(event_id=event_id, person_id=person_id, venue_id=venue_id, trading_day=day, at_us=at_us)


def test_attendance_is_the_first_transaction_of_a_trading_day() -> None:
    """R52: once a member and trading day, wherever the first transaction was; without a member none."""
    sale, swipe, elsewhere = did("b", "anna", 20), did("c", "anna", 30), did("a", "anna", 10, venue_id="marina")
    tomorrow, ben, nobody = did("d", "anna", 90, date(2026, 11, 25)), did("e", "ben", 15), did("f", "", 5)
    assert attendances([swipe, nobody, tomorrow, sale, ben, elsewhere]) == (elsewhere, ben, tomorrow)


def test_of_two_at_one_instant_the_lower_event_id_is_first() -> None:
    """R52: so that arrival does not count."""
    one, two = did("a", "anna", 10, venue_id="marina"), did("b", "anna", 10)
    assert attendances([one, two]) == attendances([two, one]) == (one,)


@given(
    rows=st.lists(st.tuples(st.sampled_from("xyz"), st.integers(0, 50), st.integers(24, 26)), max_size=20),
    order=st.randoms(use_true_random=False),
)
def test_attendances_do_not_depend_on_arrival(rows: list[tuple[str, int, int]], order: Any) -> None:
    """R52: one a member and day present, in any order of arrival."""
    all_ = [did(f"{n:03d}", person, at_us, date(2026, 11, day)) for n, (person, at_us, day) in enumerate(rows)]
    found = attendances(all_)
    shuffled = list(all_)
    order.shuffle(shuffled)
    assert attendances(shuffled) == found
    assert sorted((one.person_id, one.trading_day) for one in found) == sorted(
        {(one.person_id, one.trading_day) for one in all_}
    )


def acted(outcome: Outcome, guests: int = 0) -> Admission:
    """Give what became of Mateo's swipe."""
    swiped = written(see(MATEO, SWIPED), MATEO, SWIPED, "1" * 32)
    return admission(
        see(MATEO, SWIPED), swiped, outcome, event_id="2" * 32, at_us=ACTED, acting=ANA, reason="no ID", guests=guests
    )


@pytest.mark.example("R52.1")
def test_refusing_changes_no_head_count_and_no_points() -> None:
    """R52: Mateo, CHECK, +5 at 18:03:10; Refuse at 18:03:40: two events, head count unchanged, the 5 points stay."""
    swiped = written(see(MATEO, SWIPED), MATEO, SWIPED, "1" * 32)
    act = acted(Outcome.REFUSE)
    assert (swiped.event_id, act.event_id) == ("1" * 32, "2" * 32)
    assert came_in(act, CLUBHOUSE) is None
    assert [entry.amount_h for entry in entries(swiped)] == [500]


@pytest.mark.parametrize(
    ("guests", "count"), [pytest.param(0, 1, id="alone"), pytest.param(2, 3, id="with two guests")]
)
def test_admission_moves_the_head_count(guests: int, count: int) -> None:
    """R52: the head count follows the admission, guests included."""
    assert came_in(acted(Outcome.ADMIT, guests), CLUBHOUSE) == Movement(
        event_id="2" * 32,
        location_id="front",
        entry_day=DAY,
        at_us=ACTED,
        kind=MovementKind.IN,
        count=count,
        staff_id="ana",
        reason="no ID",
    )


def test_the_day_of_a_movement_is_the_entry_day() -> None:
    """R2, R52: by the Entry Reset Time of the venue."""
    late = at("2026-11-25 05:59")
    assert (moved := came_in(replace(acted(Outcome.ADMIT), at_us=late, outcome=Outcome.LET_IN), CLUBHOUSE)) is not None
    assert moved.entry_day == DAY
    out = went_out(event_id="o", location_id="front", venue=CLUBHOUSE, at_us=late, count=2)
    assert out == Movement(event_id="o", location_id="front", entry_day=DAY, at_us=late, kind=MovementKind.OUT, count=2)
    right = correction(
        event_id="k", location_id="back", venue=CLUBHOUSE, at_us=late, count=-4, reason=" counted twice ", acting=ANA
    )
    assert right == Movement(
        event_id="k",
        location_id="back",
        entry_day=DAY,
        at_us=late,
        kind=MovementKind.CORRECTION,
        count=-4,
        staff_id="ana",
        reason="counted twice",
    )


def test_entry_record() -> None:
    """R52: member, card, venue, door, both times, entry day, result, reason, guests, clerk and offline flag."""
    swiped = replace(written(see(MATEO, SWIPED), MATEO, SWIPED, "1" * 32), offline=True)
    record = EntryRecord(
        person_id="mateo",
        member_number="100002",
        card_digest="c-priya",
        venue_id="clubhouse",
        location_id="front",
        device_id="door-1",
        at_us=SWIPED,
        local=datetime(2026, 11, 24, 18, 3, 10),  # noqa: DTZ001 - a wall clock
        entry_day=DAY,
        verdict=Verdict.CHECK,
        code="member.unpaid.check",
        outcome=Outcome.ADMIT,
        reason="no ID",
        guests=3,
        staff_id="bob",
        approver_id="dan",
        offline=True,
    )
    act = replace(acted(Outcome.ADMIT, 3), staff_id="bob", approver_id="dan")
    assert entry_record(swiped, act, CLUBHOUSE) == record
    assert entry_record(swiped, None, CLUBHOUSE) == replace(
        record, outcome=None, reason="", guests=0, staff_id="ana", approver_id=""
    )


def test_an_act_of_another_swipe() -> None:
    """R52: is a caller's mistake."""
    swiped = written(see(MATEO, SWIPED), MATEO, SWIPED, "9" * 32)
    with pytest.raises(ValueError, match=r"^act: belongs to another swipe$"):
        entry_record(swiped, acted(Outcome.ADMIT), CLUBHOUSE)


def moved(event_id: str, kind: MovementKind, count: int, door: str = "front", day: date = DAY) -> Movement:
    """Make a movement."""
    return Movement(event_id=event_id, location_id=door, entry_day=day, at_us=1, kind=kind, count=count)


IN, OUT, FIX = MovementKind.IN, MovementKind.OUT, MovementKind.CORRECTION


@pytest.mark.parametrize(
    ("movements", "inside", "let_in", "summed"),
    [
        pytest.param([], 0, {}, (0, 0, 0), id="empty"),
        pytest.param(
            [moved("a", IN, 3), moved("b", IN, 1, "back")], 4, {"front": 3, "back": 1}, (4, 0, 0), id="two doors"
        ),
        pytest.param(
            [moved("a", IN, 3), moved("b", OUT, 2, "back")], 1, {"front": 3}, (3, 2, 0), id="out by another door"
        ),
        pytest.param([moved("a", IN, 3), moved("b", IN, 2)], 5, {"front": 5}, (5, 0, 0), id="one door twice"),
        pytest.param([moved("a", IN, 3), moved("b", FIX, 2)], 5, {"front": 3}, (3, 0, 2), id="two more"),
        pytest.param([moved("a", IN, 3), moved("b", FIX, -2)], 1, {"front": 3}, (3, 0, -2), id="two fewer"),
        pytest.param([moved("a", OUT, 3)], 0, {}, (0, 3, 0), id="never below none"),
        pytest.param([moved("a", IN, 3), moved("a", IN, 3)], 3, {"front": 3}, (3, 0, 0), id="sent twice"),
        pytest.param([moved("a", IN, 3, day=date(2026, 11, 23))], 0, {}, (0, 0, 0), id="yesterday's"),
    ],
)
def test_head_count(
    movements: list[Movement], inside: int, let_in: dict[str, int], summed: tuple[int, int, int]
) -> None:
    """R52: in with guests, out, and corrected, over all doors of an entry day."""
    came, left, corrected = summed
    figure = working(came - left + corrected, Rounding.EXACT, came, ("-", left), ("+", corrected))
    assert head_count(movements, DAY) == HeadCount(
        inside=inside, let_in=let_in, because=(because("why.head_count", "R52", working=figure, inside=inside),)
    )


@given(
    rows=st.lists(
        st.tuples(st.sampled_from(MovementKind), st.integers(1, 9), st.sampled_from(["front", "back", "jetty"])),
        max_size=20,
    ),
    twice=st.lists(st.integers(0, 19), max_size=5),
    order=st.randoms(use_true_random=False),
)
def test_head_count_does_not_depend_on_arrival(
    rows: list[tuple[MovementKind, int, str]], twice: list[int], order: Any
) -> None:
    """R52, R4: in any order, and with some sent twice, doors give one figure."""
    movements = [moved(f"{n:03d}", kind, count, door) for n, (kind, count, door) in enumerate(rows)]
    arrived = [*movements, *(movements[n] for n in twice if n < len(movements))]
    order.shuffle(arrived)
    total = sum(-count if kind is OUT else count for kind, count, _ in rows)
    found = head_count(arrived, DAY)
    assert found.inside == max(0, total)
    assert sum(found.let_in.values()) == sum(count for kind, count, _ in rows if kind is IN)


def _corrected(**changes: Any) -> Movement:
    asked: dict[str, Any] = {
        "event_id": "k", "location_id": "front", "venue": CLUBHOUSE, "at_us": ACTED, "count": 1, "reason": "miscounted",
        "acting": ANA,
    }  # fmt: skip
    return correction(**{**asked, **changes})


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"acting": Acting(staff_id="sam", roles={Role.CASHIER})}, "head_count.not_allowed", id="Cashier"),
        pytest.param({"reason": "  "}, "head_count.reason", id="no reason"),
    ],
)
def test_corrections_refused(changes: dict[str, Any], code: str) -> None:
    """R52, 2.12 row 22: by those who may, and with a reason."""
    with pytest.raises(Refusal) as refused:
        _corrected(**changes)
    assert (refused.value.code, refused.value.facts) == (code, {})
    assert _corrected().count == 1


def test_movements_of_nobody() -> None:
    """R52: nobody out, or a correction by nothing, is a caller's mistake."""
    with pytest.raises(ValueError, match=r"^count: at least one person$"):
        went_out(event_id="o", location_id="front", venue=CLUBHOUSE, at_us=1, count=0)
    with pytest.raises(ValueError, match=r"^count: corrects nothing$"):
        _corrected(count=0)
    assert went_out(event_id="o", location_id="front", venue=CLUBHOUSE, at_us=1).count == 1
