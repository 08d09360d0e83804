"""The lot fold over time: what the expiry job posts, what is flagged, and what late arrivals do to leases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from clubtill_rules.members.account import ExpiringLot
from clubtill_rules.points.earning import last_usable_day
from clubtill_rules.points.entries import once
from clubtill_rules.points.leases import grant
from clubtill_rules.points.lots import expiring, expiry_to_post, posted_expiry
from clubtill_rules.values.points import whole
from tests.rules.points.accounts import (
    CUT_OFF,
    FEB,
    JAN,
    JUN,
    MAR,
    SALE,
    K,
    award,
    entry,
    folded,
    give_back,
    lease,
    left,
    redeem,
    refund,
    reversal,
    spend,
)


@pytest.mark.example("R34.2")
def test_expiry_job_posts_once_and_repairs_itself():
    """R34, R91, I20: 60 of the lot are posted as expired, once; a redemption that arrives late takes back 40."""
    entries = [award(100, JAN(1), FEB(28)), redeem(40, JAN(5), "sale")]
    first = folded(entries, MAR(1))
    assert expiry_to_post(first, posted_expiry(entries)) == 6_000
    entries.append(entry(K.EXPIRE, 60, MAR(1), "job"))
    assert expiry_to_post(folded(entries, MAR(1)), posted_expiry(entries)) == 0
    entries.append(redeem(40, FEB(28), "late"))
    late = folded(entries, MAR(2))
    assert expiry_to_post(late, posted_expiry(entries)) == -4_000
    entries.append(entry(K.EXPIRE_REVERSAL, 40, MAR(2), "job-2"))
    assert expiry_to_post(folded(entries, MAR(2)), posted_expiry(entries)) == 0


@pytest.mark.parametrize(
    ("more", "closed", "posts"),
    [
        ([], MAR(11), [100]),
        ([spend(250, MAR(10)), give_back(150, MAR(12))], MAR(12), [100, -50]),
        ([give_back(400, MAR(12))], MAR(12), [100, 200]),
        ([spend(250, MAR(12)), give_back(150, MAR(13))], MAR(13), [100, 150]),
    ],
    ids=["cut-off", "i-spent-in-time", "ii-nothing-spent", "iii-spent-against-the-list"],
)
def test_expire_waits_for_the_lease(more, closed, posts):
    """Section 5, EXPIRE against reserved: 100 is posted on 11 Mar, the close of the lease settles the rest."""
    on_the_day = expiry_to_post(folded(CUT_OFF, MAR(11)), 0)
    assert on_the_day == posts[0] * 100
    if more:
        assert expiry_to_post(folded([*CUT_OFF, *more], closed), on_the_day) == posts[1] * 100


FLAGGED = {
    "EXPIRED_IN_LEASE": ([*CUT_OFF, spend(250, MAR(12))], "sale", MAR(12)),
    "OFFLINE_OVERDRAW": ([award(500, JAN(1), None), redeem(400, JAN(2), "a"), redeem(400, JAN(2), "b")], "b", JAN(2)),
    "BEYOND_LEASE": ([award(500, JAN(1), None), lease(50, JAN(2)), spend(60, JAN(3))], "sale", JAN(3)),
    "WRITTEN_OFF_SPENT": (
        [
            award(50, JAN(1), None), lease(50, JAN(2)), spend(20, JAN(3)),
            entry(K.LEASE_WRITEOFF, 50, JAN(5), "writeoff", lease_id="lease"),
        ],
        "writeoff", JAN(5),
    ),
    "REFUND_BEYOND_SALE": ([*SALE, refund(200, MAR(2), "sale")], "refund", MAR(2)),
}  # fmt: skip


@pytest.mark.parametrize(("entries", "event_id", "as_of"), FLAGGED.values(), ids=FLAGGED.keys())
def test_odd_entries_are_flagged_by_event(entries, event_id, as_of, request):
    """R90, I24, C6, C23: what is odd carries its flag, and nothing else does."""
    got = folded(entries, as_of)
    assert got.flags == {event_id: frozenset({request.node.callspec.id})}


def test_spends_of_a_sale_are_refunded_over_all_its_leases():
    """R41, R72: a sale paid from two leases is one sale to its refund, last consumed first."""
    entries = [
        award(30, JAN(1), None, "old"), award(30, JAN(2), JUN(1), "new"),
        lease(30, JAN(3), "x"), lease(30, JAN(4), "y"),
        spend(30, JAN(5), "sale", "x"), replace(spend(30, JAN(5), "sale", "y"), leg=1), refund(40, JAN(6), "sale"),
    ]  # fmt: skip
    assert left(folded(entries, JAN(6))) == {"old": (10, None), "new": (30, JUN(1))}


def test_the_losing_award_is_named():
    """I26: the fold names the award that lost its natural key, for the ledger to reverse it visibly."""
    entries = [
        award(10, JAN(1), None, "B", leg=1, hour=19, natural_key="visit"),
        award(10, JAN(1), None, "A", leg=1, hour=18, natural_key="visit"),
    ]
    assert folded(entries, JAN(1)).dropped == frozenset({("B", 1)})


LATE_AWARD = award(100, JAN(1), JAN(21), "L0", hour=1)
REGRANTED = [
    award(100, JAN(2), JAN(10), "L1"), lease(100, JAN(3), "first"), spend(100, JAN(5), "sold", "first"),
    refund(100, JAN(20), "sold"), lease(100, JAN(22)),
]  # fmt: skip


def test_a_lease_stands_on_points_that_a_late_award_moves_away():
    """I24: the lease was granted on a grace lot; the late award would have paid instead and have expired before it.

    The sale then took L0, the refund gave L0 its points back with their own day, 21 Jan, and no grace lot was made. By
    the words "since the grant" nothing would be left for the lease of 22 Jan; it reaches back to L0.
    """
    assert folded(REGRANTED, JAN(22)).reserved_h == 10_000
    after = [*REGRANTED, LATE_AWARD]
    held = folded(after, JAN(23))
    assert (held.reserved_h, held.deficit_h, held.waits_h) == (10_000, 0, 10_000)
    spent = folded([*after, spend(100, JAN(24))], JAN(24))
    assert (spent.avail_h, spent.deficit_h, spent.expired_h) == (0, 0, 10_000)
    assert spent.flags == {"sale": frozenset({"EXPIRED_IN_LEASE"})}


def test_with_refunds_a_late_award_may_lower_what_is_available():
    """I21 holds without refunds only: the points that come back keep the life of the lot that truly paid (R41)."""
    without_lease = REGRANTED[:-1]
    assert folded(without_lease, JAN(23)).avail_h == 10_000
    assert folded([*without_lease, LATE_AWARD], JAN(23)).avail_h == 0


def test_a_shorter_lease_reaches_as_far_as_the_latest_grant_needs():
    """I24: two leases open, a late award moves the lots: each may use what the latest grant stood on, in any order."""
    entries = [*REGRANTED[:-1], lease(40, JAN(22), "x"), lease(60, JAN(22), "y", hour=13), LATE_AWARD]
    for first, second in (("x", "y"), ("y", "x")):
        sizes = {"x": 40, "y": 60}
        spends = [spend(sizes[first], JAN(24), "s1", first), spend(sizes[second], JAN(25), "s2", second)]
        got = folded([*entries, *spends], JAN(25))
        assert (got.deficit_h, got.shortfall_h) == (0, 0)


@pytest.mark.example("R36.1")
def test_expiring_lists_the_soonest_first_within_the_window():
    """R36: lots 60 to 28 Feb and 40 to 20 Mar; today 1 Feb; 30 days -> 60 points expire by 28 Feb 2026."""
    entries = [award(40, JAN(1), MAR(20), "a"), award(60, JAN(2), FEB(28), "b"), award(9, JAN(3), None, "c")]
    got = folded(entries, FEB(1))
    assert expiring(got, FEB(1), 30) == (ExpiringLot(last_day=FEB(28), left=whole(60)),)
    assert expiring(got, FEB(1), 60) == (
        ExpiringLot(last_day=FEB(28), left=whole(60)),
        ExpiringLot(last_day=MAR(20), left=whole(40)),
    )
    assert got.next_expiry == FEB(28)
    assert expiring(got, MAR(1), 30) == (ExpiringLot(last_day=MAR(20), left=whole(40)),)


def test_expired_points_stay_visible():
    """R35: expired points are in no balance, and the lot still shows them."""
    got = folded([award(60, JAN(1), JAN(9), "a")], JAN(10))
    assert [(lot.event_id, lot.left_h, lot.expired_h) for lot in got.lots] == [("a", 0, 6_000)]
    assert (got.balance_h, got.next_expiry) == (0, None)


@pytest.mark.parametrize(
    ("held", "amount", "balance"),
    [
        pytest.param(0, 20, 20, marks=pytest.mark.example("R4.1", "peer-R5"), id="20-three-times"),
        pytest.param(1000, 100, 1100, marks=pytest.mark.example("peer-R3"), id="100-on-1000-confirmed-three-times"),
    ],
)
def test_an_entry_that_is_sent_again_counts_once(held, amount, balance):
    """R4: known by event id and leg, whatever is sent how often; another leg of the event is another entry."""
    own = award(amount, JAN(2), None, "own")
    before = award(held, JAN(1), None, "before")
    kept = once([before, own, before, own, own])
    assert kept == (before, own)
    assert folded(list(kept), JAN(2)).balance_h == balance * 100
    second = replace(own, leg=1)
    assert once([own, second, replace(own, amount_h=1)]) == (own, second)


@pytest.mark.example("peer-R1")
def test_twenty_gifts_at_once_cost_what_is_there():
    """R38, R91: 20 transfers of 100 at once from 100 points: each is decided by the fold of what stands by then."""
    entries, gone = [award(100, JAN(1), None)], 0
    for n in range(20):
        if grant(folded(entries, JAN(2)), 10_000, None) == 10_000:
            gone += 100
            entries.append(entry(K.TRANSFER_OUT, 100, JAN(2), f"gift-{n}", settled=False))
    got = folded(entries, JAN(2))
    assert (gone, got.avail_h, got.reserved_h, got.deficit_h) == (100, 0, 10_000, 0)


@pytest.mark.example("E9")
def test_a_cancelled_sale_leaves_its_entries_and_their_reversals():
    """R4, R40, R42: the points of a cancelled sale are reversed, not gone: both entries stand in the history."""
    entries = [award(30, JAN(1), None, "sale"), reversal(30, JAN(1), "sale")]
    got = folded(entries, JAN(1))
    assert (got.balance_h, [(lot.original_h, lot.left_h) for lot in got.lots]) == (0, [(3_000, 0)])


@pytest.mark.example("V1")
@pytest.mark.parametrize(
    ("earned", "months", "last"),
    [
        pytest.param(JAN(25), 1, FEB(25), id="a-month-from-25-january"),
        pytest.param(JAN(31), 1, FEB(28), id="a-month-from-31-january"),
        pytest.param(JAN(31), 0, None, id="no-months-is-never"),
    ],
)
def test_a_months_life(earned, months, last):
    """R34: usable to the end of the day; 0 months never expire here, where the peer lets them expire at midnight."""
    day = last_usable_day(earned, months)
    assert day == last
    lots = [award(10, earned, day)]
    assert folded(lots, last or JUN(30)).avail_h == 1_000
    assert folded(lots, (last or JUN(30)) + timedelta(days=1)).avail_h == (0 if last else 1_000)


def test_an_account_without_entries_is_empty():
    """R5: nothing in, nothing out."""
    got = folded([], JAN(1))
    assert (got.balance_h, got.lots, got.next_expiry, got.flags) == (0, (), None, {})


def test_the_day_of_an_entry_beats_an_older_as_of():
    """R34: a lot does not come back to life when the fold is asked for an earlier day than its last entry's."""
    entries = [award(10, JAN(1), JAN(2)), award(5, JAN(9), None)]
    assert folded(entries, JAN(1) + timedelta(days=1)).avail_h == 500
