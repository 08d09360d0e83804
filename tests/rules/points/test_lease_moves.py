"""Leases between tills, as tables: what is granted ahead, when a holder closes one, what a write-off costs (4.4)."""

from __future__ import annotations

from datetime import date

import pytest

from clubtill_rules.members.venue import OfflineMode
from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.leases import (
    CloseWhy,
    Closing,
    Closings,
    Lease,
    Occasion,
    WriteOff,
    closings,
    grant,
    in_working_set,
    wanted,
    write_off,
)
from clubtill_rules.points.lots import Fold
from clubtill_rules.values.points import Points, whole
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.points.accounts import APR, K, award, entry, folded, give_back, lease, redeem, spend

CAP_H = 500_000
L, B, R = OfflineMode.LEASE, OfflineMode.BUDGET, OfflineMode.REFUSE
YESTERDAY, TODAY = date(2026, 11, 23), date(2026, 11, 24)

WANTED = [
    pytest.param(L, Occasion.SALE, 600_000, True, 600_000, id="a-sale-asks-beyond-the-cap"),
    pytest.param(R, Occasion.SALE, 100, True, 100, id="refuse-grants-for-the-sale-in-hand"),
    pytest.param(L, Occasion.ATTACH, 0, True, CAP_H, id="attach-up-to-the-cap"),
    pytest.param(L, Occasion.ATTACH, 499_999, True, 499_999, id="attach-an-amount"),
    pytest.param(L, Occasion.ATTACH, 500_001, True, CAP_H, id="attach-more-than-the-cap"),
    pytest.param(B, Occasion.CHECK_IN, 0, True, CAP_H, id="check-in"),
    pytest.param(L, Occasion.NIGHT, 0, True, CAP_H, id="at-night"),
    pytest.param(L, Occasion.CHECK_IN, 0, False, 0, id="never-to-a-door"),
    pytest.param(L, Occasion.NIGHT, 100, False, 0, id="nor-at-night"),
    pytest.param(R, Occasion.ATTACH, 100, True, 0, id="refuse-grants-nothing-ahead"),
    pytest.param(R, Occasion.NIGHT, 0, True, 0, id="refuse-at-night"),
]


@pytest.mark.parametrize(("mode", "occasion", "asked_h", "redeems", "wanted_h"), WANTED)
def test_what_is_asked_for(mode, occasion, *, asked_h, redeems, wanted_h):
    """R72, R90, I22: ahead of a sale at most the cap, to terminals that redeem; in REFUSE only for the sale in hand."""
    assert wanted(mode, occasion, asked_h, CAP_H, redeems=redeems) == wanted_h
    assert wanted(mode, occasion, asked_h, CAP_H) == (wanted_h if redeems else min(asked_h or CAP_H, CAP_H))


@pytest.mark.parametrize(
    ("asked_h", "held_h", "wanted_h"), [(0, 200_000, 300_000), (100, CAP_H - 1, 1), (0, CAP_H, 0), (0, CAP_H + 1, 0)]
)
def test_what_is_held_here_counts_towards_the_cap(asked_h, held_h, wanted_h):
    """R72: who comes back to the same till has no more set aside there than the cap; a sale asks all the same."""
    assert wanted(L, Occasion.ATTACH, asked_h, CAP_H, held_h=held_h) == wanted_h
    assert wanted(L, Occasion.SALE, 100, CAP_H, held_h=held_h) == 100


WORKING_SET = [
    pytest.param("north", None, True, id="at-home-and-never-seen"),
    pytest.param("south", None, False, id="neither"),
    pytest.param("south", date(2026, 9, 25), True, id="60-days-ago"),
    pytest.param("south", date(2026, 9, 24), False, id="61-days-ago"),
    pytest.param("", TODAY, True, id="seen-today"),
]


@pytest.mark.parametrize(("home", "seen_on", "among"), WORKING_SET)
def test_the_working_set_of_a_venue(home, seen_on, among):
    """R90, 4.4: at home there, or seen in 60 days."""
    assert in_working_set("north", home_venue=home, seen_on=seen_on, day=TODAY) is among


HELD = (
    Lease(lease_id="l1", account_id="a", granted_h=50_000, spent_h=20_000),
    Lease(lease_id="l2", account_id="a", granted_h=8_800, sale_id="s2"),
    Lease(lease_id="l3", account_id="b", granted_h=100, open=False, sale_id="s3"),
    Lease(lease_id="l4", account_id="b", granted_h=100, sale_id="s4"),
)
ON = {"l1": YESTERDAY, "l2": TODAY, "l3": YESTERDAY, "l4": TODAY}

# what is so, then what closes (id and why), and what waits
CLOSES = [
    pytest.param({}, [], set(), id="nothing-to-do"),
    pytest.param({"recalled": ("l1", "l4")}, ["l1 recall", "l4 recall"], set(), id="a-recall"),
    pytest.param({"recalled": ("l3", "l9")}, [], set(), id="of-what-is-closed-or-unknown"),
    pytest.param({"recalled": ("l1", "l4"), "tendering": ("a",)}, ["l4 recall"], {"l1"}, id="an-open-tender"),
    pytest.param({"recalled": ("l1",), "connected": False}, [], set(), id="a-recall-is-heard-when-connected"),
    pytest.param({"cleared": ("s2",)}, ["l2 cleared"], set(), id="a-cleared-choice"),
    pytest.param({"cleared": ("s2",), "connected": False}, ["l2 cleared"], set(), id="cut-off-too"),
    pytest.param({"cleared": ("",)}, [], set(), id="no-sale-is-not-a-cleared-one"),
    pytest.param({"cleared": ("s2",), "tendering": ("a",)}, [], set(), id="the-tender-of-another-sale"),
    pytest.param({"granted_on": ON}, ["l1 end_of_day"], set(), id="the-end-of-its-day"),
    pytest.param({"granted_on": ON, "connected": False}, [], set(), id="at-the-next-contact"),
    pytest.param({"granted_on": ON, "tendering": ("a",)}, [], set(), id="its-day-ends-after-the-tender"),
    pytest.param(
        {"recalled": ("l1", "l2"), "cleared": ("s2", "s4"), "granted_on": ON},
        ["l1 recall", "l2 recall", "l4 cleared"], set(), id="one-close-each",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("so", "closed", "waiting"), CLOSES)
def test_when_a_holder_closes_a_lease(so, closed, waiting):
    """R72, R73, D22, I25: recall, a cleared choice, the end of the day; never under an open tender, nor cut off."""
    got = closings(HELD, **{"day": TODAY, "connected": True, **so})
    assert [f"{one.lease_id} {one.why.value}" for one in got.due] == closed
    assert got.waiting == waiting


def test_a_close_gives_back_what_is_left():
    """R72: granted less spent goes back, with its arithmetic."""
    got = closings(HELD[:1], recalled=("l1",), day=TODAY, connected=True)
    told = because(
        "why.lease.closed", "R72", points=whole(300), reason="recall",
        working=working(whole(300), Rounding.EXACT, whole(500), ("-", whole(200))),
    )  # fmt: skip
    closing = Closing(lease_id="l1", back_h=30_000, why=CloseWhy.RECALL, because=(told,))
    assert got == Closings(due=(closing,), waiting=frozenset())


def test_what_a_write_off_costs():
    """R90, 4.4, I24: "Release 500 points held by Till 3? If Till 3 did spend them, Anna may go 500 below zero."."""
    got = write_off(
        Lease(lease_id="l", account_id="a", granted_h=60_000, spent_h=10_000), member="Anna", till="Till 3",
        last_seen_us=7,
    )  # fmt: skip
    told = because(
        "why.lease.write_off", "R90", points=whole(500), till="Till 3", last_seen_us=7, name="Anna", below=whole(500),
        working=working(whole(500), Rounding.EXACT, whole(600), ("-", whole(100))),
    )  # fmt: skip
    assert got == WriteOff(lease_id="l", amount_h=50_000, because=(told,))


@pytest.mark.parametrize(
    "one",
    [
        pytest.param(Lease(lease_id="l", account_id="a", granted_h=5, spent_h=5), id="used-up"),
        pytest.param(Lease(lease_id="l", account_id="a", granted_h=5, open=False), id="closed"),
    ],
)
def test_nothing_to_write_off_is_a_mistake_of_the_caller(one):
    """R90, 4.4: a lease that holds nothing is not written off."""
    with pytest.raises(ValueError, match="l holds nothing"):
        write_off(one, member="Anna", till="Till 3", last_seen_us=0)


# ---------------------------------------------------------------- with the fold


def told(fold_: Fold) -> tuple[int, int, int, int]:
    """Give avail, reserved, deficit and balance in whole points."""
    return fold_.avail_h // 100, fold_.reserved_h // 100, fold_.deficit_h // 100, fold_.balance_h // 100


START = award(3_000, APR(1), None, "start")
ASK = lease(2_088, APR(2), "sale")


@pytest.mark.example("R72.1")
def test_a_sale_leases_then_spends_or_gives_back():
    """R72: avail 3,000; 2,088 leased leave 912 and a balance of 3,000; finalised 912, cleared 3,000 again."""
    assert grant(folded([START], APR(2)), 208_800, None) == 208_800
    assert told(folded([START, ASK], APR(2))) == (912, 2_088, 0, 3_000)
    assert told(folded([START, ASK, spend(2_088, APR(2), of="sale", hour=13)], APR(2))) == (912, 0, 0, 912)
    assert told(folded([START, ASK, give_back(2_088, APR(3), of="sale")], APR(3))) == (3_000, 0, 0, 3_000)
    assert grant(folded([START, ASK], APR(2)), 208_800, None) == 91_200


@pytest.mark.example("R90.1")
def test_two_tills_by_budget_overdraw_and_by_lease_do_not():
    """R90: 500 held, two tills redeem 400 each: by budget a deficit of 300; the second lease gets 100."""
    start = award(500, APR(1), None, "start")
    both = folded([start, redeem(400, APR(2), "A"), redeem(400, APR(2), "B", hour=13)], APR(2))
    assert (told(both), [lot.left_h for lot in both.lots]) == ((0, 0, 300, -300), [0])
    assert "OFFLINE_OVERDRAW" in both.flags["B"]
    first = folded([start, lease(400, APR(2), "A")], APR(2))
    assert grant(first, 40_000, None) == 10_000


@pytest.mark.example("E15", "peer-R4")
def test_1000_of_2000_are_redeemed_once():
    """R72: 2,000 less 1,000 are 1,000; a second sale that wants 2,000 is capped to what is there."""
    start = award(2_000, APR(1), None, "start")
    spent = [start, lease(1_000, APR(2), "A"), spend(1_000, APR(2), of="A", hour=13)]
    assert told(folded(spent, APR(2))) == (1_000, 0, 0, 1_000)
    assert grant(folded(spent, APR(2)), 200_000, None) == 100_000


def test_a_write_off_that_was_spent_goes_as_far_below_zero():
    """R90, 4.4, I24: 500 released and spent elsewhere, then the holder's spend comes: 500 below zero, no more."""
    held = [award(500, APR(1), None, "start"), lease(500, APR(2), "A")]
    released: Entry = entry(K.LEASE_WRITEOFF, 500, APR(3), "w", lease_id="A")
    elsewhere = [lease(500, APR(4), "B"), spend(500, APR(4), "b", of="B", hour=13)]
    assert told(folded([*held, released], APR(3))) == (500, 0, 0, 500)
    late = spend(500, APR(5), "a", of="A")
    assert late.kind is EntryKind.LEASE_SPEND
    assert told(folded([*held, released, *elsewhere, late], APR(5))) == (0, 0, 500, -500)
    assert Points(folded([*held, released, late], APR(5)).deficit_h) == whole(0)
