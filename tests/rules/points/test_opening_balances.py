"""Opening balances of a former system: a dry run, then all of a file or nothing of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clubtill_rules.points.entries import AwardFor, Entry
from clubtill_rules.points.expiry import LotStatus, history, warnings
from clubtill_rules.points.lots import expiry_to_post, fold
from clubtill_rules.points.opening import (
    DryRun,
    OpeningFault,
    OpeningLot,
    OpeningRow,
    dry_run,
    opening_entries,
    opening_key,
)
from clubtill_rules.values.points import Points, whole
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, Rounding, working
from tests.rules.points.accounts import K

NOV1 = date(2026, 11, 1)
LONG = OpeningRow(row=1, account_id="a", earn_day=date(2025, 3, 1), points=whole(1000))
GONE = OpeningRow(row=2, account_id="a", earn_day=date(2025, 10, 10), points=whole(250), last_day=date(2026, 10, 10))
OWED = OpeningRow(row=3, account_id="b", earn_day=date(2026, 9, 1), points=whole(-40))
MONTHS = {"a": 24, "b": 0}


def run(*rows: OpeningRow, **more: object) -> DryRun:
    """Look at rows on 1 November 2026."""
    return dry_run(rows, **{"club_id": "lp", "file": "old.csv", "months": MONTHS, "day": NOV1, **more})


def import_(checked: DryRun, control: Points) -> tuple[Entry, ...]:
    """Post a file."""
    return opening_entries(checked, control=control, event_id="i", eff_us=9, day=NOV1)


@pytest.mark.example("R108.1")
def test_an_old_system_comes_in_as_dated_lots():
    """R108, R34, R35: 1,000 at 24 months and 250 past their day: control 1,250, balance 1,000, expired 250."""
    checked = run(LONG, GONE)
    assert checked == DryRun(
        rows=2, total=whole(1250), known=0, faults=(), balance=whole(1000), expired=whole(250),
        lots=(
            OpeningLot(row=LONG, natural_key="opening:lp:a:old.csv:1", last_day=date(2027, 3, 1)),
            OpeningLot(row=GONE, natural_key="opening:lp:a:old.csv:2", last_day=date(2026, 10, 10)),
        ),
        because=(
            Because(
                code="why.opening", rule="R108",
                facts={"n": 2, "points": whole(1250), "new": 2, "expired": whole(250)},
                working=working(whole(1000), Rounding.EXACT, whole(1250), ("-", whole(250))),
            ),
        ),
    )  # fmt: skip
    made = import_(checked, whole(1250))
    one = Entry(
        event_id="i", leg=1, kind=K.AWARD, account_id="a", amount_h=100_000, eff_us=9, day=NOV1,
        earn_day=date(2025, 3, 1), last_day=date(2027, 3, 1), natural_key="opening:lp:a:old.csv:1",
        award_for=AwardFor.OPENING,
    )  # fmt: skip
    two = replace(
        one, leg=2, amount_h=25_000, earn_day=date(2025, 10, 10), last_day=date(2026, 10, 10),
        natural_key="opening:lp:a:old.csv:2",
    )  # fmt: skip
    assert made == (one, two)
    got = fold(made, as_of=NOV1, refund_grace_days=30)
    assert (got.avail_h, got.expired_h, expiry_to_post(got, 0)) == (100_000, 25_000, 25_000)
    assert [row.status for row in history(made, got, as_of=NOV1)] == [LotStatus.AVAILABLE, LotStatus.EXPIRED, None]


def test_the_same_file_again_writes_nothing():
    """R108, R4: what is posted is known by its natural key; of a longer file only the new row is posted."""
    keys = {opening_key("lp", "a", "old.csv", 1), opening_key("lp", "a", "old.csv", 2)}
    again = run(LONG, GONE, posted=keys)
    assert (again.lots, again.known, again.total, again.balance) == ((), 2, whole(1250), whole(1000))
    assert again.because[0].facts["new"] == 0
    assert import_(again, whole(1250)) == ()
    longer = run(LONG, GONE, OWED, posted=keys)
    assert [lot.row.row for lot in longer.lots] == [3]
    assert len(run(LONG, GONE, posted=keys, file="other.csv").lots) == 2


def test_a_file_imported_by_two_at_once_counts_once():
    """R108, I26: two imports of one file carry the same natural keys; the fold keeps one of each."""
    made = [*import_(run(LONG), whole(1000))]
    made += [replace(one, event_id="j", eff_us=10) for one in made]
    got = fold(made, as_of=NOV1, refund_grace_days=30)
    assert (got.avail_h, got.dropped) == (100_000, frozenset({("j", 1)}))


def test_a_row_below_nil_is_a_deficit():
    """R108, R39: -40 is owed; a lot of the same account pays it."""
    debt = import_(run(OWED), whole(-40))
    assert debt == (
        Entry(
            event_id="i", leg=3, kind=K.ADJUST, account_id="b", amount_h=-4_000, eff_us=9, day=NOV1,
            natural_key="opening:lp:b:old.csv:3", award_for=AwardFor.OPENING,
        ),
    )  # fmt: skip
    assert fold(debt, as_of=NOV1, refund_grace_days=30).deficit_h == 4_000
    both = import_(run(OWED, replace(LONG, account_id="b")), whole(960))
    got = fold(both, as_of=NOV1, refund_grace_days=30)
    assert (got.avail_h, got.deficit_h) == (96_000, 0)
    checked = run(replace(OWED, last_day=date(2026, 9, 2)))
    assert (checked.balance, checked.expired) == (whole(-40), whole(0))
    assert import_(checked, whole(-40)) == debt


@pytest.mark.parametrize(
    ("row", "code"),
    [
        pytest.param(replace(LONG, account_id="nobody"), "opening.not_found", id="account-not-found"),
        pytest.param(replace(LONG, points=whole(0)), "opening.nil", id="no-points"),
        pytest.param(replace(LONG, earn_day=date(2026, 11, 2)), "opening.future", id="earned-tomorrow"),
        pytest.param(replace(GONE, last_day=date(2025, 10, 9)), "opening.days", id="over-before-it-was-earned"),
    ],
)
def test_a_faulty_row_stops_the_whole_file(row, code):
    """R108: accounts not found are listed in the dry run; nothing is imported, whatever the control total says."""
    checked = run(OWED, row)
    assert checked.faults == (OpeningFault(row=row.row, code=code, facts={"account_id": row.account_id}),)
    assert checked.total == row.points + whole(-40)
    held = whole(-40) + (row.points if row.account_id in MONTHS else whole(0))
    assert checked.because[0].working == working(checked.balance, Rounding.EXACT, held, ("-", checked.expired))
    assert checked.balance == held - checked.expired
    with pytest.raises(Refusal) as no:
        import_(checked, checked.total)
    assert (no.value.code, no.value.facts) == ("opening.faults", {"n": 1, "row": row.row})


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(replace(LONG, earn_day=NOV1), id="earned-today"),
        pytest.param(replace(GONE, last_day=GONE.earn_day), id="one-day-only"),
    ],
)
def test_days_that_are_just_right(row):
    """R108: earned today, or good for one day only, is no fault."""
    assert run(row).faults == ()


@pytest.mark.parametrize(
    ("last", "over"),
    [
        pytest.param(date(2026, 10, 31), True, id="until-yesterday"),
        pytest.param(NOV1, False, id="until-today"),
        pytest.param(None, False, id="for-ever"),
    ],
)
def test_a_lot_is_usable_through_its_last_day(last, over):
    """R108, R34: the dry run counts as expired what the fold will; months 0 never expire."""
    row = replace(LONG, account_id="b", last_day=last)
    checked = run(row)
    assert (checked.balance, checked.expired) == ((whole(0), whole(1000)) if over else (whole(1000), whole(0)))
    got = fold(import_(checked, whole(1000)), as_of=NOV1, refund_grace_days=30)
    assert (Points(got.avail_h), Points(got.expired_h)) == (checked.balance, checked.expired)


@pytest.mark.parametrize("control", [Points(124_999), Points(125_001), whole(0)])
def test_nothing_is_imported_when_the_control_total_differs(control):
    """R108: the sum must equal the total that was typed, to the hundredth."""
    with pytest.raises(Refusal) as no:
        import_(run(LONG, GONE), control)
    assert (no.value.code, no.value.facts) == ("opening.control", {"points": whole(1250), "control": control})


def test_imported_lots_are_warned_of_once():
    """R108, R36: an opening lot has a warning key like any other; sent once, it is not due again."""
    soon = replace(GONE, last_day=date(2026, 11, 20))
    got = fold(import_(run(LONG, soon), whole(1250)), as_of=NOV1, refund_grace_days=30)
    due = warnings(got, club_id="lp", account_id="a", as_of=NOV1, warning_days=30)
    assert [(one.key, one.left) for one in due] == [("expiry:lp:a:i:2", whole(250))]
    assert warnings(got, club_id="lp", account_id="a", as_of=NOV1, warning_days=30, sent={due[0].key}) == ()


def test_two_rows_of_one_number_are_a_mistake():
    """R108: the number is part of the natural key."""
    with pytest.raises(ValueError, match=r"^rows: two have one number$"):
        run(LONG, replace(GONE, row=1))
