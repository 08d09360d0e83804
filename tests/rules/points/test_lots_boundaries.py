"""The lot fold at its boundaries: what comes first at one instant, and what one hundredth of a point changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clubtill_rules.points.entries import Entry
from clubtill_rules.points.folding import REFUND_BEYOND_SALE
from tests.rules.points.accounts import (
    JAN,
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

GONE = award(50, JAN(1), JAN(4), "gone")
LIVE = award(50, JAN(2), None, "live")


def bit(one: Entry, amount_h: int) -> Entry:
    """Give an entry another amount, in hundredths."""
    return replace(one, amount_h=amount_h)


ORDER = [
    pytest.param(
        [LIVE, award(10, JAN(3), None, "z-award", earn_day=JAN(1)), entry(K.ADJUST, -10, JAN(3), "a-down")],
        {"live": (50, None)}, id="an-award-before-an-adjustment-down",
    ),
    pytest.param(
        [LIVE, entry(K.ADJUST, 10, JAN(3), "z-up", earn_day=JAN(1)), redeem(10, JAN(3), "a-sale")],
        {"live": (50, None)}, id="an-adjustment-up-before-a-redemption",
    ),
    pytest.param(
        [LIVE, entry(K.ADJUST, 10, JAN(3), "z-up", earn_day=JAN(1)), entry(K.ADJUST, -10, JAN(3), "a-down")],
        {"live": (50, None)}, id="an-adjustment-up-before-one-down",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("entries", "lots"), ORDER)
def test_what_comes_in_at_an_instant_pays_what_goes_out_at_it(entries, lots):
    """R33, R91: at one instant what makes lots comes first, so the lot of the oldest earn day pays."""
    got = folded(entries, JAN(3))
    assert (left(got), got.shortfall_h) == (lots, 0)


FREED = [
    pytest.param(
        [
            entry(K.TRANSFER_OUT, 50, JAN(6), "move", settled=False),
            entry(K.TRANSFER_OUT, 0, JAN(9), "z-void", refers_to="move"), lease(50, JAN(9), "a-lease"),
        ],
        spend(50, JAN(11), "sale", "a-lease"), id="a-void-transfer-before-a-grant",
    ),
    pytest.param(
        [
            lease(50, JAN(6), "old"), give_back(50, JAN(9), "old"),
            entry(K.TRANSFER_OUT, 50, JAN(9), "a-move", settled=False),
        ],
        entry(K.TRANSFER_OUT, 50, JAN(11), "post", refers_to="a-move"), id="a-return-before-a-pending-transfer",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("entries", "last"), FREED)
def test_what_is_freed_at_an_instant_is_there_for_what_is_set_aside_at_it(entries, last):
    """R38, R72, R91: at one instant what frees points comes before what sets them aside, which then stands on them.

    It reaches back to nothing that had expired by then: what is taken from it later is a deficit.
    """
    got = folded([GONE, LIVE, *entries, entry(K.ADJUST, -50, JAN(10), "privileged"), last], JAN(11))
    assert (got.deficit_h, got.expired_h, got.reserved_h) == (5_000, 5_000, 0)


A = award(4, JAN(1), JAN(2), "a")
B = award(4, JAN(1), JAN(4), "b")
C = award(2, JAN(1), None, "c")

# what has come in, what is granted on 5 Jan, then hundredths that wait for the lease and that are owed
REACHES = [
    pytest.param([A, B, C], 600, (400, 0), id="just-what-the-latest-expired-lot-brings"),
    pytest.param([A, bit(B, 399), C], 600, (400, 0), id="a-hundredth-more-than-it-brings"),
    pytest.param([bit(A, 1), bit(B, 399), C], 600, (400, 0), id="with-the-last-hundredth-of-the-one-before"),
    pytest.param([bit(A, 1), bit(B, 399), C], 601, (400, 1), id="and-a-hundredth-too-much"),
    pytest.param([B, C], 201, (1, 0), id="a-hundredth-more-than-is-live"),
    pytest.param([B, C], 200, (0, 0), id="just-what-is-live"),
    pytest.param([B, redeem(3, JAN(5), "sale", hour=11)], 100, (100, 300), id="what-is-owed-comes-before-the-lease"),
]


@pytest.mark.parametrize(("entries", "granted_h", "waits_and_owed"), REACHES)
def test_a_lease_reaches_back_to_the_lots_that_it_needs(entries, granted_h, waits_and_owed):
    """R72, I24: a lease beyond what is live stands on the lots that expired last, to the hundredth."""
    got = folded([*entries, bit(lease(0, JAN(5)), granted_h)], JAN(5))
    assert (got.waits_h, got.deficit_h) == waits_and_owed


@pytest.mark.parametrize(
    ("granted_h", "owed_h", "expired_h"),
    [pytest.param(600, 200, 400, id="no-further-back"), pytest.param(601, 0, 199, id="a-hundredth-more-reaches-both")],
)
def test_a_lease_revives_no_lot_beyond_its_reach(granted_h, owed_h, expired_h):
    """R72, I24: 4.00 of 6.00 stand on the later lot; when what was live is taken, the earlier one pays nothing."""
    entries = [A, B, C, bit(lease(0, JAN(5)), granted_h), entry(K.ADJUST, -2, JAN(6), "privileged")]
    got = folded([*entries, bit(spend(0, JAN(7)), granted_h)], JAN(7))
    assert (got.deficit_h, got.expired_h) == (owed_h, expired_h)


def test_a_second_grant_of_a_lease_adds_to_it():
    """R72: a lease of 20 that is granted 10 more holds 30 and may be spent so far."""
    got = folded([LIVE, lease(20, JAN(3)), lease(10, JAN(4)), spend(30, JAN(5))], JAN(5))
    assert (got.avail_h, got.reserved_h, got.flags) == (2_000, 0, {})


def test_a_lease_that_is_spent_in_part_holds_the_rest():
    """R72: 20 of 50 are spent; 30 stay set aside until the lease is closed."""
    got = folded([LIVE, lease(50, JAN(3)), spend(20, JAN(5))], JAN(5))
    assert (got.avail_h, got.reserved_h, got.balance_h) == (0, 3_000, 3_000)


def test_a_lot_that_comes_in_past_its_day_has_nothing_left():
    """R38, R34: all of it has expired, and what was owed stays owed."""
    late = entry(K.TRANSFER_IN, 10, JAN(3), "in", earn_day=JAN(1), last_day=JAN(2))
    got = folded([redeem(5, JAN(2), "sale"), late], JAN(3))
    assert [(lot.original_h, lot.left_h, lot.expired_h) for lot in got.lots] == [(1_000, 0, 1_000)]
    assert (got.shortfall_h, got.live_h) == (500, 0)


def test_a_reversal_with_no_lots_at_all_is_owed():
    """R40: the award that it names never came in, and nothing else did."""
    got = folded([reversal(10, JAN(2), "nothing")], JAN(2))
    assert (got.deficit_h, got.lots, got.flags) == (1_000, (), {})


def test_a_lease_that_is_spent_reaches_nothing_any_more():
    """R72, I24: what expired before the open lease was granted does not wait for the one that was closed by then."""
    entries = [
        award(20, JAN(1), JAN(9), "old"), LIVE, lease(10, JAN(8), "x"), spend(10, JAN(8), "sale", "x", hour=13),
        lease(50, JAN(20), "y"), entry(K.ADJUST, -30, JAN(21), "privileged"),
    ]  # fmt: skip
    got = folded(entries, JAN(21))
    assert (got.reserved_h, got.waits_h, got.deficit_h, got.expired_h) == (5_000, 0, 3_000, 1_000)


FLAGS = [
    pytest.param([LIVE, bit(spend(0, JAN(5)), 1)], {"sale": {"BEYOND_LEASE"}}, id="a-hundredth-of-no-lease"),
    pytest.param([LIVE, lease(20, JAN(3)), spend(20, JAN(5))], {}, id="all-of-a-lease"),
    pytest.param(
        [LIVE, lease(20, JAN(3)), bit(spend(0, JAN(5)), 2_001)], {"sale": {"BEYOND_LEASE"}},
        id="a-hundredth-more-than-the-lease",
    ),
    pytest.param(
        [bit(entry(K.LEASE_WRITEOFF, 0, JAN(5), "w", lease_id="lease"), 1)], {"w": {"WRITTEN_OFF_SPENT"}},
        id="a-hundredth-written-off-of-no-lease",
    ),
    pytest.param(
        [LIVE, lease(20, JAN(3)), entry(K.LEASE_WRITEOFF, 20, JAN(5), "w", lease_id="lease")], {},
        id="all-of-a-lease-written-off",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("entries", "flags"), FLAGS)
def test_flags_to_the_hundredth(entries, flags):
    """R90, I24: what a lease holds may be spent and written off; a hundredth more is flagged."""
    got = folded(entries, JAN(5))
    assert (got.flags, got.reserved_h) == ({name: frozenset(one) for name, one in flags.items()}, 0)


def test_a_refund_cancels_what_the_spend_of_its_sale_lacked():
    """R41, R39: the sale's own lack goes with its refund, not another's: nothing is owed and nothing given beyond."""
    got = folded([lease(20, JAN(2)), spend(20, JAN(3)), refund(20, JAN(4), "sale")], JAN(4))
    assert (got.deficit_h, got.shortfall_h, got.flags) == (0, 0, {"sale": frozenset({"OFFLINE_OVERDRAW"})})


GRACE = [
    pytest.param(JAN(20), JAN(20), {"refund": (30, JAN(20))}, 0, id="usable-on-the-day-itself"),
    pytest.param(JAN(20), JAN(21), {}, 3_000, id="over-on-the-next"),
    pytest.param(JAN(19), JAN(20), {}, 3_000, id="over-when-it-comes"),
]


@pytest.mark.parametrize(("last", "as_of", "lots", "expired_h"), GRACE)
def test_refunded_points_that_expired_have_their_days_of_grace(last: date, as_of: date, lots, expired_h):
    """R41: both lots that paid have expired; together they come back as one lot to the last day of grace."""
    entries = [
        award(10, JAN(1), JAN(9), "one"), award(20, JAN(2), JAN(10), "two"), redeem(30, JAN(3), "sale"),
        refund(30, JAN(20), "sale", last_day=last),
    ]  # fmt: skip
    got = folded(entries, as_of)
    assert (left(got), got.expired_h, got.balance_h) == (lots, expired_h, 3_000 - expired_h)
    made = [lot.original_h for lot in got.lots if lot.event_id == "refund"]
    assert made == ([3_000] if last == JAN(20) else [])


def test_a_sale_is_refunded_in_parts_and_no_further():
    """R41, C23: 10 of 30 come back, then 20 of the 25 that are asked for; the excess is flagged."""
    entries = [LIVE, redeem(30, JAN(3), "sale"), refund(10, JAN(4), "sale", "one"), refund(25, JAN(5), "sale", "two")]
    got = folded(entries, JAN(5))
    assert (got.avail_h, got.flags) == (5_000, {"two": frozenset({"REFUND_BEYOND_SALE"})})


def test_what_comes_back_without_grace_joins_what_had_expired():
    """R41, D40: 10 of the lot had expired; the 20 that are refunded after its day have no day of grace and join it."""
    entries = [award(30, JAN(1), JAN(9), "old"), redeem(20, JAN(3), "sale"), refund(20, JAN(20), "sale")]
    got = folded(entries, JAN(20), grace=0)
    assert [(lot.event_id, lot.left_h, lot.expired_h) for lot in got.lots] == [("old", 0, 3_000)]


def test_what_is_owed_goes_down_in_parts() -> None:
    """R39, R41: 150 taken of 100: a refund of 20 and an award of 20 leave 10 of the 50 that were lacking."""
    story = [award(100, JAN(1), None), redeem(150, JAN(2), "sale"), refund(20, JAN(3), "sale")]
    assert folded(story, JAN(3)).deficit_h == 30_00
    assert folded([*story, award(20, JAN(4), None, "later")], JAN(4)).deficit_h == 10_00
    paid = folded([*story, award(100, JAN(4), None, "later")], JAN(4))
    assert (paid.avail_h, paid.deficit_h, paid.flags.get("refund")) == (70_00, 0, None)
    assert (paid.live_h, paid.shortfall_h) == (70_00, 0)


def test_a_refund_cancels_what_its_own_sale_lacks_only() -> None:
    """R39, R41: two sales lack 50 each: a refund of 80 of the second cancels its 50, and the first still lacks 50."""
    story = [redeem(50, JAN(1), "first"), redeem(50, JAN(2), "second"), refund(80, JAN(3), "second")]
    after = folded(story, JAN(3))
    assert (after.deficit_h, after.avail_h, after.flags["refund"]) == (50_00, 0, {REFUND_BEYOND_SALE})
