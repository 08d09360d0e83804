"""Journals: points booked by hand, checked whole and posted whole."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from clubtill_rules.members.account import AccountCard, Block
from clubtill_rules.members.club import Club
from clubtill_rules.permissions import Act, Role
from clubtill_rules.points.entries import AwardFor
from clubtill_rules.points.journals import (
    Ask,
    Finding,
    Journal,
    JournalKind,
    JournalLine,
    PointType,
    check,
    entries,
    value_of,
)
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points, whole
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, Rounding, working
from tests.rules.points.accounts import FEB, JAN, JUN, K, at, award, entry, folded, left

SALES, REDEMPTION, UP, DOWN = JournalKind
CLUB = Club(id="lp", name="Larkspur Point", zone="Australia/Sydney")
ACCOUNTS = {
    "a": AccountCard(account_id="a", club_id="lp", version=1, balance=whole(100), reserved=whole(40)),
    "owes": AccountCard(account_id="owes", club_id="lp", version=1, deficit=whole(30)),
    "other": AccountCard(account_id="other", club_id="staff", version=1, balance=whole(100)),
    "stopped": AccountCard(account_id="stopped", club_id="lp", version=1, balance=whole(100), block=Block.BLOCKED),
}
CLERK, OFFICER, MANAGER = ([role] for role in (Role.CASHIER, Role.MEMBERSHIP_OFFICER, Role.VENUE_MANAGER))


def line(kind: JournalKind, points: int, n: int = 1, account_id: str = "a", **more: object) -> JournalLine:
    """Write a line of whole points, with a reason."""
    given = {"reason": "GOODWILL", **more}
    return JournalLine(n=n, account_id=account_id, kind=kind, points=whole(points), **given)


def checked(*lines: JournalLine, roles: list[Role] = MANAGER, **more: object) -> Journal:
    """Check lines by a venue manager."""
    return check(lines, club=CLUB, accounts=ACCOUNTS, roles=roles, **more)


@pytest.mark.parametrize(
    ("one", "code"),
    [
        pytest.param(line(UP, 0), "journal.amount", id="nothing"),
        pytest.param(line(DOWN, -1), "journal.amount", id="below-nil"),
        pytest.param(replace(line(UP, 1), points=Points(101)), "journal.grain", id="part-of-a-point"),
        pytest.param(line(UP, 1, reason=""), "journal.reason", id="up-without-reason"),
        pytest.param(line(DOWN, 1, reason=""), "journal.reason", id="down-without-reason"),
        pytest.param(line(UP, 1, account_id="nobody"), "journal.account", id="account-not-found"),
        pytest.param(line(UP, 1, account_id="other"), "journal.account", id="account-of-another-club"),
        pytest.param(line(UP, 1, account_id="stopped"), "journal.blocked", id="account-blocked"),
    ],
)
def test_what_is_wrong_with_a_line(one, code):
    """R32: every line is looked at, each has one finding at most, and a journal with one is not posted at all."""
    journal = checked(replace(one, n=3), line(SALES, 5, n=4))
    assert journal.findings == (Finding(n=3, code=code, facts={"points": one.points}),)
    with pytest.raises(Refusal) as no:
        entries(journal, event_id="j", eff_us=at(FEB(1)), day=FEB(1), approved=True)
    assert (no.value.code, no.value.facts) == ("journal.not_ready", {"n": 1, "row": 3})


@pytest.mark.parametrize(
    ("lines", "findings", "balance"),
    [
        pytest.param((line(REDEMPTION, 100),), (), 0, id="all-that-is-there"),
        pytest.param(
            (line(REDEMPTION, 101),),
            (Finding(n=1, code="journal.short", facts={"needed": whole(101), "available": whole(100)}),),
            100, id="one-more",
        ),
        pytest.param((line(SALES, 1), line(REDEMPTION, 101, n=2)), (), 0, id="what-a-line-before-brings-counts"),
        pytest.param(
            (line(REDEMPTION, 60), line(REDEMPTION, 41, n=2)),
            (Finding(n=2, code="journal.short", facts={"needed": whole(41), "available": whole(40)}),),
            40, id="what-a-line-before-takes-counts",
        ),
        pytest.param(
            (line(DOWN, 101), line(REDEMPTION, 1, n=2)),
            (Finding(n=2, code="journal.short", facts={"needed": whole(1), "available": whole(0)}),),
            -1, id="nothing-is-left-below-nil",
        ),
        pytest.param((line(SALES, 1, reason=""), line(REDEMPTION, 1, n=2, reason="")), (), 100, id="trade-no-reason"),
    ],
)  # fmt: skip
def test_each_line_counts_with_those_before_it(lines, findings, balance):
    """R32, R39: a redemption never makes a deficit, whoever books it."""
    journal = checked(*lines)
    assert journal.findings == findings
    assert journal.balances["a"] == whole(balance)


@pytest.mark.parametrize(
    ("kind", "findings", "asks"),
    [
        pytest.param(
            REDEMPTION,
            (Finding(n=1, code="journal.short", facts={"needed": Points(10_001), "available": whole(100)}),), (),
            id="redemption",
        ),
        pytest.param(DOWN, (), (Ask(act=Act.ADJUST_BELOW_ZERO, account_id="a", amount_h=1),), id="down"),
    ],
)  # fmt: skip
def test_a_hundredth_beyond_is_beyond(kind, findings, asks):
    """R32, R1: in a club whose points have two decimals."""
    one = replace(line(kind, 1), points=Points(10_001))
    journal = check([one], club=replace(CLUB, points_decimals=2), accounts=ACCOUNTS, roles=OFFICER)
    assert (journal.findings, journal.asks) == (findings, asks)


DENIED = Finding(n=1, code="journal.not_allowed", facts={"points": whole(1)})
BELOW = Finding(n=1, code="journal.below_zero", facts={"points": whole(1)})


@pytest.mark.parametrize(
    ("lines", "roles", "findings", "asks"),
    [
        pytest.param((line(UP, 5000),), OFFICER, (), (), id="officer-at-his-limit"),
        pytest.param(
            (line(UP, 5001),), OFFICER, (), (Ask(act=Act.ADJUST_POINTS, account_id="a", amount_h=500_100),),
            id="officer-above-his-limit",
        ),
        pytest.param(
            (line(UP, 5000), line(DOWN, 1, n=2)), OFFICER, (),
            (Ask(act=Act.ADJUST_POINTS, account_id="a", amount_h=500_100),), id="split-lines-are-summed",
        ),
        pytest.param((line(UP, 5000), line(UP, 1, n=2, account_id="owes")), OFFICER, (), (), id="each-by-itself"),
        pytest.param((line(UP, 1),), CLERK, (DENIED,), (), id="cashier-never"),
        pytest.param((line(SALES, 9999), line(REDEMPTION, 9, n=2)), CLERK, (), (), id="trade-is-no-adjustment"),
        pytest.param((line(DOWN, 100),), OFFICER, (), (), id="down-to-nil"),
        pytest.param(
            (line(DOWN, 101),), OFFICER, (), (Ask(act=Act.ADJUST_BELOW_ZERO, account_id="a", amount_h=100),),
            id="officer-below-nil-asks",
        ),
        pytest.param((line(DOWN, 101),), MANAGER, (), (), id="manager-below-nil"),
        pytest.param((line(DOWN, 101),), [Role.DUTY_MANAGER], (BELOW,), (), id="duty-manager-never-below-nil"),
        pytest.param(
            (line(DOWN, 1, account_id="owes"),), OFFICER, (),
            (Ask(act=Act.ADJUST_BELOW_ZERO, account_id="owes", amount_h=100),), id="deeper-into-a-deficit",
        ),
        pytest.param(
            (line(DOWN, 101), line(DOWN, 5, n=2)), OFFICER, (),
            (Ask(act=Act.ADJUST_BELOW_ZERO, account_id="a", amount_h=600),), id="below-nil-twice",
        ),
        pytest.param(
            (line(UP, 30, account_id="owes"), line(DOWN, 1, n=2, account_id="owes")), OFFICER, (),
            (Ask(act=Act.ADJUST_BELOW_ZERO, account_id="owes", amount_h=100),), id="a-deficit-is-paid-first",
        ),
    ],
)  # fmt: skip
def test_who_may_book_how_much(lines, roles, findings, asks):
    """R32: rows 30 and 31 of the matrix; a figure limits the sum of an account's adjustments in the journal."""
    journal = checked(*lines, roles=roles)
    assert (journal.findings, journal.asks) == (findings, asks)


def test_a_venue_may_lower_the_limit():
    """R32: limits are defaults."""
    lowered = {(Role.MEMBERSHIP_OFFICER, Act.ADJUST_POINTS): 10}
    assert checked(line(UP, 10), roles=OFFICER, lowered=lowered).asks == ()
    assert len(checked(line(UP, 11), roles=OFFICER, lowered=lowered).asks) == 1


def test_what_needs_approval_is_not_posted_without():
    """R32: all that a journal asks for is approved, or nothing is posted."""
    journal = checked(line(UP, 5001), line(DOWN, 200, n=2, account_id="owes"), roles=OFFICER)
    with pytest.raises(Refusal) as no:
        entries(journal, event_id="j", eff_us=1, day=FEB(1), approved=False)
    assert (no.value.code, no.value.facts) == ("journal.not_approved", {"n": 2})
    assert len(entries(journal, event_id="j", eff_us=1, day=FEB(1), approved=True)) == 2


def test_findings_stand_in_the_order_of_the_lines():
    """R32: the whole journal is told at once."""
    journal = checked(line(UP, 1), line(DOWN, 0, n=2), line(REDEMPTION, 500, n=3), roles=CLERK)
    assert [(one.n, one.code) for one in journal.findings] == [
        (1, "journal.not_allowed"),
        (2, "journal.amount"),
        (3, "journal.short"),
    ]


@pytest.mark.parametrize(
    ("points", "each", "club_each", "value"),
    [
        pytest.param(whole(250), None, 100, 250, id="one-cent-a-point"),
        pytest.param(whole(250), 50, 100, 125, id="the-line's-own-value"),
        pytest.param(whole(250), None, 133, 333, id="half-goes-up"),
        pytest.param(Points(49), 100, 100, 0, id="under-half-a-cent"),
        pytest.param(Points(50), 100, 1, 1, id="half-a-cent"),
        pytest.param(whole(9), 0, 100, 0, id="worth-nothing"),
    ],
)
def test_total_value_of_a_line(points, each, club_each, value):
    """R32, R1: points times point value, the club's unless the line has its own; rounded half away from zero."""
    one = replace(line(UP, 1), points=points, point_value_h=each)
    club = replace(CLUB, point_value_h=club_each)
    assert value_of(one, club) == Money(value)


def test_a_journal_says_what_it_is_worth():
    """R32: each line's value with its working, and the sum."""
    journal = checked(line(UP, 250), line(DOWN, 50, n=2, point_value_h=150))
    assert (journal.values, journal.total_value) == ((Money(250), Money(75)), Money(325))
    assert journal.lines == (line(UP, 250), line(DOWN, 50, n=2, point_value_h=150))
    assert journal.because == (
        Because(
            code="why.journal.value", rule="R32", facts={"line": 1, "points": whole(250), "value": Money(250)},
            working=working(Money(250), Rounding.HALF_AWAY, whole(250), ("x", Decimal(1))),
        ),
        Because(
            code="why.journal.value", rule="R32", facts={"line": 2, "points": whole(50), "value": Money(75)},
            working=working(Money(75), Rounding.HALF_AWAY, whole(50), ("x", Decimal("1.5"))),
        ),
    )  # fmt: skip


def test_entries_of_a_journal():
    """R32, R33: one entry a line; what comes in is a lot of the day, what goes out takes the oldest lots."""
    journal = checked(
        line(SALES, 20, last_day=JUN(30), point_type=PointType.AWARD),
        line(REDEMPTION, 10, n=2, last_day=JUN(30)),
        line(UP, 7, n=3),
        line(DOWN, 50, n=4),
    )
    made = entries(journal, event_id="j", eff_us=at(FEB(1)), day=FEB(1), approved=False)
    assert made == (
        entry(K.AWARD, 20, FEB(1), "j", earn_day=FEB(1), last_day=JUN(30), award_for=AwardFor.SALE),
        entry(K.REDEEM, 10, FEB(1), "j", leg=1),
        entry(K.ADJUST, 7, FEB(1), "j", leg=2, earn_day=FEB(1), award_for=AwardFor.OTHER),
        entry(K.ADJUST, -50, FEB(1), "j", leg=3),
    )
    lots = [award(40, JAN(1), None, "first"), award(60, JAN(2), None, "second")]
    got = folded([*lots, *made], FEB(1))
    assert left(got) == {"second": (40, None), "j": (7, None)}
    assert sorted(lot.left_h for lot in got.lots) == [0, 700, 2000, 4000]


def test_a_line_says_nothing_that_it_is_not_told():
    """R32: without a reason, of type Other, worth what the club says, never expiring."""
    bare = JournalLine(n=1, account_id="a", kind=UP, points=whole(1))
    assert bare == JournalLine(
        n=1, account_id="a", kind=UP, points=whole(1), point_type=PointType.OTHER, reason="", point_value_h=None,
        last_day=None,
    )  # fmt: skip
    assert [one.code for one in checked(bare).findings] == ["journal.reason"]


def test_an_empty_journal_is_a_mistake():
    """R32: there is nothing to check."""
    with pytest.raises(ValueError, match=r"^lines: none$"):
        checked()
