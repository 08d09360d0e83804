"""Expiry as people see it: the history, warnings, and the report of what will expire."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.members.account import ExpiringLot
from clubtill_rules.members.classification import Classification
from clubtill_rules.points.entries import Entry
from clubtill_rules.points.expiry import (
    ExpiryReport,
    ExpiryRow,
    ExpirySum,
    ExpiryWarning,
    Holding,
    LotStatus,
    history,
    notice,
    to_expire,
    warnings,
)
from clubtill_rules.points.lots import expiring, expiry_to_post, posted_expiry
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.points import NO_POINTS, Points, whole
from tests.rules.points.accounts import (
    APR,
    CUT_OFF,
    FEB,
    JAN,
    JUN,
    MAR,
    K,
    award,
    entry,
    folded,
    lease,
    redeem,
    refund,
    reversal,
    spend,
)
from tests.rules.points.histories import History
from tests.rules.points.test_lots_property import GRACE, SCRIPTS

SOON = [award(40, JAN(1), MAR(20), "late"), award(60, JAN(2), FEB(28), "early"), award(9, JAN(3), None, "never")]


def told(entries: list[Entry], as_of, grace: int = 30) -> list[tuple[str, int, int, str, int, int]]:
    """Give a history as plain figures in whole points: event, change, balance, status, left, expired."""
    rows = history(entries, folded(entries, as_of, grace), as_of=as_of)
    assert [row.day for row in rows] == [row.entry.day if row.entry else as_of for row in rows]
    return [
        (
            row.entry.event_id if row.entry else "",
            row.change.hundredths // 100,
            row.balance.hundredths // 100,
            row.status.value if row.status else "",
            row.left.hundredths // 100,
            row.expired.hundredths // 100,
        )
        for row in rows
    ]


def test_expired_points_stand_in_the_history():
    """R35, R34: lot 100, 40 spent, expired: status Expired, off the balance before and after the job has posted it."""
    entries = [award(100, JAN(1), JAN(31), "L"), redeem(40, JAN(5), "sale"), award(7, JAN(9), None, "M")]
    rows = [("L", 100, 100, "expired", 0, 60), ("sale", -40, 60, "", 0, 0), ("M", 7, 67, "available", 7, 0)]
    assert told(entries, FEB(1)) == [*rows, ("", -60, 7, "", 0, 0)]
    posted = [*entries, entry(K.EXPIRE, 60, FEB(1), "job")]
    assert told(posted, FEB(1)) == [*rows, ("job", -60, 7, "", 0, 0)]
    assert history(entries, folded(entries, FEB(1)), as_of=FEB(1))[-1].day == FEB(1)


TAKEN_BACK = [("L", 100, 100, "expired", 0, 60), ("late", -40, 60, "", 0, 0), ("job", -100, -40, "", 0, 0)]
HISTORIES = {
    "spent-and-left": (
        [award(50, JAN(1), None, "a"), award(50, JAN(2), None, "b"), redeem(60, JAN(3), "s")], JAN(3),
        [("a", 50, 50, "spent", 0, 0), ("b", 50, 100, "available", 40, 0), ("s", -60, 40, "", 0, 0)],
    ),
    "leases-have-no-row": (
        [award(50, JAN(1), None, "a"), lease(30, JAN(2)), spend(20, JAN(3))], JAN(3),
        [("a", 50, 50, "available", 30, 0), ("sale", -20, 30, "", 0, 0)],
    ),
    "a-lost-visit-is-dropped-with-its-reversal": (
        [
            award(10, JAN(1), None, "x", hour=18, natural_key="v"),
            award(10, JAN(1), None, "y", hour=19, natural_key="v"), reversal(10, JAN(2), "y"),
        ],
        JAN(2),
        [("x", 10, 10, "available", 10, 0), ("y", 0, 10, "dropped", 0, 0), ("reversal-y", 0, 10, "", 0, 0)],
    ),
    "every-direction": (
        [
            award(100, JAN(1), None, "a"), entry(K.TRANSFER_IN, 5, JAN(2), "in", earn_day=JAN(1)),
            entry(K.TRANSFER_OUT, 8, JAN(3), "out", settled=False),
            entry(K.TRANSFER_OUT, 8, JAN(4), "done", refers_to="out"),
            entry(K.ADJUST, 3, JAN(5), "up"), entry(K.ADJUST, -2, JAN(6), "down"), redeem(10, JAN(7), "s"),
            refund(4, JAN(8), "s", "r"), reversal(6, JAN(9), "a"), lease(9, JAN(10)),
            entry(K.LEASE_WRITEOFF, 9, JAN(11), "w", lease_id="lease"),
        ],
        JAN(11),
        [
            ("a", 100, 100, "available", 78, 0), ("in", 5, 105, "available", 5, 0), ("done", -8, 97, "", 0, 0),
            ("up", 3, 100, "available", 3, 0), ("down", -2, 98, "", 0, 0), ("s", -10, 88, "", 0, 0),
            ("r", 4, 92, "", 0, 0), ("reversal-a", -6, 86, "", 0, 0),
        ],
    ),
    "expiry-taken-back": (
        [
            award(100, JAN(1), JAN(31), "L"), redeem(40, JAN(5), "late"), entry(K.EXPIRE, 100, FEB(1), "job"),
            entry(K.EXPIRE_REVERSAL, 40, FEB(2), "job-2"),
        ],
        FEB(2),
        [*TAKEN_BACK, ("job-2", 40, 0, "", 0, 0)],
    ),
    "expiry-to-be-taken-back": (
        [award(100, JAN(1), JAN(31), "L"), redeem(40, JAN(5), "late"), entry(K.EXPIRE, 100, FEB(1), "job")], FEB(2),
        [*TAKEN_BACK, ("", 40, 0, "", 0, 0)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("entries", "as_of", "rows"), HISTORIES.values(), ids=HISTORIES.keys())
def test_a_history_has_a_running_balance(entries, as_of, rows):
    """R35, R5: one row for each entry that moved points, in effective order, whatever order they arrived in."""
    assert told(entries, as_of) == rows
    assert told(entries[::-1], as_of) == rows


@given(script=SCRIPTS, grace=GRACE, privileged=st.booleans())
def test_the_last_balance_is_the_accounts(script, grace, privileged):
    """R35, R5: of random histories too, with what has expired and is not posted as the last row."""
    played = History(grace_days=grace, privileged=privileged)
    for _ in played.play(script):
        pass
    got = played.fold()
    rows = history(played.arrived, got, as_of=played.today)
    assert (rows[-1].balance.hundredths if rows else 0) == got.balance_h
    assert sum(row.change.hundredths for row in rows) == got.balance_h
    shown = [row for row in rows if row.status in {LotStatus.AVAILABLE, LotStatus.EXPIRED}]
    grants = {(lot.event_id, lot.leg) for lot in got.lots if lot.left_h or lot.expired_h}
    assert {(row.entry.event_id, row.entry.leg) for row in shown if row.entry} == grants


@pytest.mark.example("R36.1")
def test_one_sentence_says_what_expires_soon():
    """R36: lots 60 to 28 Feb and 40 to 20 Mar; today 1 Feb, 30 days: 60 points expire by 28 Feb 2026."""
    got = folded(SOON, FEB(1))
    assert notice(expiring(got, FEB(1), 30)) == ExpiringLot(last_day=FEB(28), left=whole(60))
    assert notice(expiring(got, FEB(1), 60)) == ExpiringLot(last_day=MAR(20), left=whole(100))
    assert notice(expiring(got, FEB(1), 26)) is None


@pytest.mark.parametrize(
    ("as_of", "days", "due"),
    [
        pytest.param(FEB(1), 26, (), id="a-day-before-the-window"),
        pytest.param(FEB(1), 27, ("early",), id="at-the-window"),
        pytest.param(FEB(1), 46, ("early",), id="a-day-before-the-second"),
        pytest.param(FEB(1), 47, ("early", "late"), id="both-soonest-first"),
        pytest.param(FEB(28), 0, ("early",), id="on-the-last-day"),
        pytest.param(MAR(1), 0, (), id="the-day-after"),
    ],
)
def test_warnings_are_due_within_the_window(as_of, days, due):
    """R36: expiry_warning_days before the last usable day, that day included."""
    found = warnings(folded(SOON, as_of), club_id="lp", account_id="a", as_of=as_of, warning_days=days)
    lots = {"early": (FEB(28), whole(60)), "late": (MAR(20), whole(40))}
    assert found == tuple(
        ExpiryWarning(key=f"expiry:lp:a:{name}:0", last_day=lots[name][0], left=lots[name][1]) for name in due
    )


def test_a_lot_is_warned_of_once():
    """R36: by message once per lot, also when more of it was spent since."""
    first = warnings(folded(SOON, FEB(1)), club_id="lp", account_id="a", as_of=FEB(1), warning_days=30)
    sent = {one.key for one in first}
    later = [*SOON, redeem(10, FEB(2), "s")]
    got = folded(later, FEB(20))
    due = warnings(got, club_id="lp", account_id="a", as_of=FEB(20), warning_days=30, sent=sent)
    assert [one.key for one in due] == ["expiry:lp:a:late:0"]


GOLD = Classification(number=3, club_id="lp", description="Gold", redemption_ratio=75)
STAFF = Classification(number=7, club_id="lp", description="Staff", redemption_ratio=0)
GUEST = Classification(number=9, club_id="lp", description="Guest")
HOLDINGS = [
    Holding(account_id="c", contact="Cy", classification=7, entries=(award(5, JAN(1), JAN(9), "c"),)),
    Holding(
        account_id="b", contact="Bo", classification=3,
        entries=(award(30, JAN(2), FEB(2), "b2"), award(20, JAN(3), FEB(1), "b1"), award(9, JAN(1), None, "b")),
    ),
    Holding(account_id="a", contact="Al", classification=3, entries=(*SOON, redeem(10, JAN(9), "s"))),
    Holding(account_id="d", contact="Di", classification=9, entries=(award(5, JAN(1), JAN(9), "d"),)),
    Holding(account_id="e", contact="Ed", classification=7, entries=(award(5, JAN(1), None, "e"),)),
]  # fmt: skip


def report(as_at, holdings=HOLDINGS, chosen=(GOLD, STAFF), grace: int = 30) -> ExpiryReport:
    """Give the report of a day."""
    return to_expire(holdings, as_at=as_at, classifications=chosen, refund_grace_days=grace, money_decimals=2)


def test_report_of_points_to_be_expired_by_classification():
    """R37, R66: rows, subtotals and dollar value at the classification's ratio; ratio 0 has no value."""

    def row(name: str, earn, last, points: int, cents: int, *, number: int = 3) -> ExpiryRow:
        contact = {"a": "Al", "b": "Bo", "c": "Cy"}[name]
        return ExpiryRow(
            classification=number, account_id=name, contact=contact, earn_day=earn, last_day=last,
            remaining=whole(points), value=Money(cents),
        )  # fmt: skip

    gold = [row("a", JAN(2), FEB(28), 60, 80), row("b", JAN(3), FEB(1), 20, 26), row("b", JAN(2), FEB(2), 30, 40)]
    assert report(MAR(1)) == ExpiryReport(
        as_at=MAR(1),
        rows=(*gold[:1], *gold[1:], row("c", JAN(1), JAN(9), 5, 0, number=7)),
        sums=(
            ExpirySum(classification=3, description="Gold", accounts=2, remaining=whole(110), value=Money(146)),
            ExpirySum(classification=7, description="Staff", accounts=1, remaining=whole(5), value=NIL),
        ),
        remaining=whole(115),
        value=Money(146),
    )


@pytest.mark.parametrize(
    ("as_at", "remaining"),
    [
        pytest.param(JAN(9), 0, id="usable-through-the-day"),
        pytest.param(JAN(10), 5, id="the-day-after"),
        pytest.param(FEB(28), 55, id="on-the-last-day-of-another"),
        pytest.param(MAR(21), 145, id="all-that-ever-expires"),
    ],
)
def test_the_report_is_as_at_a_date(as_at, remaining):
    """R37, R34: what the job of that day would post."""
    assert report(as_at).remaining == whole(remaining)


def test_the_report_takes_only_the_range_that_was_chosen():
    """R37: classification range."""
    assert [one.classification for one in report(MAR(1), chosen=(GUEST,)).sums] == [9]
    assert report(MAR(1), chosen=()) == ExpiryReport(as_at=MAR(1), rows=(), sums=(), remaining=NO_POINTS, value=NIL)


def test_what_is_posted_is_not_reported_again():
    """R37, R34: after the job of 2 Feb, lot b1 is posted; of lot b2 all is still to come."""
    two = HOLDINGS[1].entries
    held = Holding(account_id="b", contact="Bo", classification=3, entries=(*two, entry(K.EXPIRE, 20, FEB(2), "job")))
    rows = report(MAR(1), [held]).rows
    assert [(row.last_day, row.remaining) for row in rows] == [(FEB(2), whole(30))]
    partly = Holding(account_id="b", contact="Bo", classification=3, entries=(*two, entry(K.EXPIRE, 15, FEB(2), "job")))
    assert [row.remaining for row in report(MAR(1), [partly]).rows] == [whole(5), whole(30)]


@pytest.mark.parametrize(
    ("grace", "remaining"),
    [pytest.param(30, (), id="lives-on"), pytest.param(5, (100,), id="over"), pytest.param(0, (100,), id="none")],
)
def test_the_report_knows_the_grace_of_refunds(grace, remaining):
    """R37, R41: what came back on 10 Apr of a lot to 31 Mar is over on 20 Apr, or not, as the job has it (D40)."""
    sold = (award(100, JAN(1), MAR(31), "L"), redeem(100, MAR(1), "s"), refund(100, APR(10), "s"))
    held = Holding(account_id="a", contact="Al", classification=3, entries=sold)
    got = report(APR(20), [held], grace=grace)
    assert [row.remaining for row in got.rows] == [whole(points) for points in remaining]


WAITING = {
    "section-5": (CUT_OFF, [100]),
    "all-of-it": ([award(100, JAN(1), MAR(10), "L"), lease(100, MAR(9))], []),
    "over-two-lots": (
        [
            award(60, JAN(10), MAR(10), "z-older"), award(240, JAN(11), MAR(10), "a-newer"),
            award(200, JAN(20), JUN(30), "B"), lease(400, MAR(9)),
        ],
        [60, 40],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("entries", "rows"), WAITING.values(), ids=WAITING.keys())
def test_what_waits_for_a_lease_is_not_reported(entries, rows):
    """R37: section 5, EXPIRE against reserved: of 300 the job posts 100, so does the report, the oldest lot first."""
    held = Holding(account_id="a", contact="Al", classification=3, entries=tuple(entries))
    assert [row.remaining for row in report(MAR(11), [held]).rows] == [whole(points) for points in rows]
    assert expiry_to_post(folded(entries, MAR(11)), 0) == sum(rows) * 100


@given(script=SCRIPTS, grace=GRACE, privileged=st.booleans(), ahead=st.integers(0, 60))
def test_the_report_sums_to_what_the_job_posts(script, grace, privileged, ahead):
    """R37, R34: same fold, same figures, today and on any later day; never a row of nothing."""
    played = History(grace_days=grace, privileged=privileged)
    for _ in played.play(script):
        pass
    as_at = played.today + timedelta(days=ahead)
    held = Holding(account_id="a", contact="Al", classification=3, entries=tuple(played.arrived))
    got = report(as_at, [held], grace=grace)
    to_post_h = expiry_to_post(folded(played.arrived, as_at, grace), posted_expiry(played.arrived))
    assert got.remaining == Points(max(0, to_post_h))
    assert all(row.remaining > NO_POINTS and row.last_day < as_at for row in got.rows)
    assert [row.last_day for row in got.rows] == sorted(row.last_day for row in got.rows)
