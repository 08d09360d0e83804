"""Roll-over: dates move, notices are listed, the unpaid lapse, each with its way back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.members.account import BanKind, Linked
from clubtill_rules.members.fees import TickedFee, fees_of
from clubtill_rules.members.joining import receipt
from clubtill_rules.members.roll_over import (
    LapseRow,
    Moved,
    Notice,
    as_before_lapse,
    lapse_run,
    move_back,
    move_paid_to,
    notices,
    receipt_lapsed,
    undo_lapse,
)
from clubtill_rules.values.days import NEVER_PAID
from clubtill_rules.values.money import Money
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.members.members_of_larkspur import BOWLS, CLUB, GOLD, GUEST, MATEO

OLD, NEW = date(2027, 6, 30), date(2028, 6, 30)
DATED = replace(GOLD, days_paid=None, days_before_reset=0, paid_to=OLD)
LAPSED = replace(GUEST, number=50, description="Lapsed")
UNPAID = replace(MATEO, renewal_date=OLD, linked=())
RUN_DAY = date(2027, 9, 29)


@pytest.mark.example("R107.1")
def test_the_paid_to_date_moves_a_year() -> None:
    """R107: Gold 30 Jun 2027 rolled to 30 Jun 2028; no member moves with it (R21)."""
    why = because("why.roll.moved", "R107", classification="Gold", before=OLD, paid_to=NEW)
    assert move_paid_to([DATED], [3]) == (Moved(number=3, before=OLD, after=NEW, because=(why,)),)


def test_chosen_classifications_by_number() -> None:
    """R107: others stay away; one without a Paid to Date stays, with the reason; 29 February goes to the 28th."""
    leap = replace(BOWLS, paid_to=date(2028, 2, 29))
    moved = move_paid_to([GUEST, leap, DATED], [7, 4])
    assert [(one.number, one.before, one.after) for one in moved] == [
        (4, date(2028, 2, 29), date(2029, 2, 28)),
        (7, None, None),
    ]
    assert moved[1].because == (because("why.roll.no_date", "R107", classification="Guest"),)


def test_the_move_is_undone_unless_the_row_was_changed() -> None:
    """R107: by classification, until something else changes its date."""
    moved = move_paid_to([DATED], [3])[0]
    rolled = replace(DATED, paid_to=NEW)
    assert move_back(rolled, moved) == DATED
    for other in (replace(rolled, paid_to=date(2028, 12, 31)), replace(rolled, number=4), DATED):
        with pytest.raises(Refusal) as refused:
            move_back(other, moved)
        assert (refused.value.code, refused.value.facts) == ("roll.changed", {})


def test_notices_go_to_who_has_not_paid_to_the_new_date() -> None:
    """R107: primary and links alike, by classification and number; nobody banned, nobody of other classifications."""
    rolled = [replace(DATED, paid_to=NEW), replace(BOWLS, paid_to=NEW), GUEST]
    kim = replace(MATEO, person_id="kim", number="100100", first_name="Kim", renewal_date=OLD)
    paid = replace(MATEO, person_id="lee", renewal_date=NEW, linked=(Linked(number=7), Linked(number=9)))
    late = replace(paid, person_id="ann", number="100300", renewal_date=NEW - timedelta(days=1))
    out = replace(kim, person_id="max", ban=BanKind.HOUSE)
    mateo = replace(MATEO, renewal_date=OLD)
    found = notices([mateo, out, paid, late, kim], rolled)
    assert [(one.person_id, one.classification) for one in found] == [
        ("kim", 3), ("mateo", 3), ("ann", 3), ("kim", 4), ("mateo", 4)
    ]  # fmt: skip
    assert found[0] == Notice(
        person_id="kim",
        number="100100",
        name="Kim Silva",
        classification=3,
        paid_to=OLD,
        fee=Money(5500),
        due_to=NEW,
        because=(because("why.roll.notice", "R107", paid_to=OLD, due_to=NEW),),
    )
    assert found[3].paid_to is None
    assert found[3].because == (because("why.roll.notice", "R107", paid_to=NEVER_PAID, due_to=NEW),)


@pytest.mark.parametrize(
    ("day", "late", "lapses"),
    [
        pytest.param(date(2027, 9, 28), 90, False, marks=pytest.mark.example("R107.1"), id="90 days late stays"),
        pytest.param(date(2027, 9, 29), 91, True, marks=pytest.mark.example("R107.1"), id="91 days late lapses"),
    ],
)
def test_who_lapses(day: date, late: int, lapses: bool) -> None:
    """R107: more than 90 days un-financial; the run tells before it is kept, with both records."""
    figure = working(late, Rounding.EXACT, day, ("-", OLD))
    code = "why.lapse.lapses" if lapses else "why.lapse.stays"
    why = because(code, "R107", n=late, limit=90, classification="Lapsed", working=figure)
    after = replace(UNPAID, classification=50) if lapses else UNPAID
    assert lapse_run([UNPAID], [3], LAPSED, CLUB, day) == (
        LapseRow(lapses=lapses, late=late, before=UNPAID, after=after, because=(why,)),
    )


def test_paid_up_members_stay() -> None:
    """R107, R9: paid to the day itself, and everybody where all members are active."""
    paid = replace(UNPAID, renewal_date=RUN_DAY)
    row = lapse_run([paid], [3], LAPSED, CLUB, RUN_DAY)[0]
    why = because("why.lapse.paid", "R107", paid_to=RUN_DAY)
    assert row == LapseRow(lapses=False, late=0, before=paid, after=paid, because=(why,))
    active = lapse_run([UNPAID], [3], LAPSED, replace(CLUB, all_members_active=True), RUN_DAY)[0]
    assert (active.lapses, active.because[0].code) == (False, "why.lapse.paid")


def test_the_limit_is_the_clubs() -> None:
    """R107: `lapse_days`."""
    club = replace(CLUB, lapse_days=0)
    rows = [lapse_run([UNPAID], [3], LAPSED, club, OLD + timedelta(days=days))[0].lapses for days in (0, 1)]
    assert rows == [False, True]


def test_who_never_paid_counts_from_the_application() -> None:
    """R107: not from 1970; without that day he stays, for somebody to look at."""
    new = replace(UNPAID, renewal_date=NEVER_PAID, application_date=RUN_DAY - timedelta(days=90))
    older = replace(new, application_date=RUN_DAY - timedelta(days=91))
    unknown = replace(new, application_date=None)
    rows = lapse_run([new, older, unknown], [3], LAPSED, CLUB, RUN_DAY)
    assert [(row.lapses, row.late) for row in rows] == [(False, 90), (True, 91), (False, 0)]
    why = because("why.lapse.no_day", "R107", number="100204")
    assert rows[2] == LapseRow(lapses=False, late=0, before=unknown, after=unknown, because=(why,))
    applied = replace(UNPAID, application_date=RUN_DAY)
    assert lapse_run([applied], [3], LAPSED, CLUB, RUN_DAY)[0].late == 91


def test_who_takes_part() -> None:
    """R107: chosen primary classifications; never 99, anybody banned, or who has lapsed before."""
    kim = replace(UNPAID, person_id="kim", classification=4)
    others = [
        replace(UNPAID, classification=99),
        replace(UNPAID, ban=BanKind.HOUSE),
        replace(UNPAID, classification=50),
        replace(UNPAID, classification=7),
    ]
    rows = lapse_run([*others, kim, UNPAID], [3, 4, 50, 99], LAPSED, CLUB, RUN_DAY)
    assert [row.before for row in rows] == [kim, UNPAID]


def test_a_lapse_is_undone_until_something_else_changes_the_member() -> None:
    """R107: a newer version of the same record is no change."""
    row = lapse_run([UNPAID], [3], LAPSED, CLUB, RUN_DAY)[0]
    assert undo_lapse(row.after, row) == UNPAID
    assert undo_lapse(replace(row.after, version=9), row) == replace(UNPAID, version=9)
    for changed in (replace(row.after, note="moved house"), UNPAID, replace(row.after, renewal_date=RUN_DAY)):
        with pytest.raises(Refusal) as refused:
            undo_lapse(changed, row)
        assert (refused.value.code, refused.value.facts) == ("roll.changed_member", {"number": "100204"})


def test_who_stayed_has_nothing_to_undo() -> None:
    """R107: the run did not move him."""
    row = lapse_run([UNPAID], [3], LAPSED, CLUB, OLD)[0]
    with pytest.raises(Refusal, match=r"roll\.changed_member"):
        undo_lapse(UNPAID, row)


def test_paying_the_prior_fee_restores_the_classification() -> None:
    """R107: its fee is on the list, and receipting it gives classification and date; otherwise he stays lapsed."""
    member = replace(UNPAID, classification=50, linked=(Linked(number=4),))
    classes = {3: replace(DATED, paid_to=NEW), 4: replace(BOWLS, paid_to=NEW), 50: LAPSED}
    facts = {"classifications": classes, "club": CLUB, "day": RUN_DAY, "event_id": "s1", "at_us": 5}
    before = as_before_lapse(member, 3)
    assert before == replace(member, classification=3)
    assert [row.code for row in fees_of(before, classes, CLUB, RUN_DAY)] == ["", ""]
    gold, bowls = TickedFee(number=3, fee=Money(5500)), TickedFee(number=4, fee=Money(2000))
    done = receipt_lapsed(member, 3, [gold, bowls], **facts)  # type: ignore[arg-type] - the sale
    assert done == receipt(before, [gold, bowls], **facts)  # type: ignore[arg-type]
    assert (done.member.classification, done.member.renewal_date) == (3, NEW)
    only = receipt_lapsed(member, 3, [bowls], provisional=True, **facts)  # type: ignore[arg-type]
    assert only.member == replace(member, linked=(Linked(number=4, renewal_date=NEW),))
    assert only.provisional


def test_a_lapsed_member_pays_again_with_approval() -> None:
    """R21, R107: the approval for a fee already paid counts here too."""
    member = replace(UNPAID, classification=50, renewal_date=NEW)
    classes = {3: replace(DATED, paid_to=NEW)}
    facts = {"classifications": classes, "club": CLUB, "day": RUN_DAY, "event_id": "s1", "at_us": 5}
    fee = [TickedFee(number=3, fee=Money(5500))]
    with pytest.raises(Refusal, match=r"fee\.already_paid"):
        receipt_lapsed(member, 3, fee, **facts)  # type: ignore[arg-type]
    assert receipt_lapsed(member, 3, fee, approved={3}, **facts).member.classification == 3  # type: ignore[arg-type]


@given(
    st.lists(st.dates(min_value=date(2026, 1, 1), max_value=date(2028, 12, 31)), max_size=6),
    st.dates(min_value=date(2026, 1, 1), max_value=date(2028, 12, 31)),
)
def test_every_lapse_can_be_undone(dates: list[date], day: date) -> None:
    """R107: over any members: those more than 90 days late lapse, nobody else, and undoing gives each record back."""
    members = [replace(UNPAID, person_id=f"p{n}", renewal_date=one) for n, one in enumerate(dates)]
    rows = lapse_run(members, [3], LAPSED, CLUB, day)
    assert [row.before for row in rows] == members
    assert [row.lapses for row in rows] == [day.toordinal() - one.toordinal() > 90 for one in dates]
    assert [undo_lapse(row.after, row) for row in rows if row.lapses] == [row.before for row in rows if row.lapses]
    assert all(row.after.renewal_date == row.before.renewal_date for row in rows)
