"""Leases, as tables: what a device may spend, in which order, and what a grant stands on (R34, R72, R90)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.members.account import ExpiringLot
from clubtill_rules.members.venue import OfflineMode
from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.folding import NEVER
from clubtill_rules.points.leases import Lease, LeaseSpend, advice, after_spend, grant, left, plan, to_ask, usable
from clubtill_rules.points.lots import fold
from clubtill_rules.values.days import instant
from clubtill_rules.values.points import Points, whole
from clubtill_rules.values.refusal import Refusal

MAR_9, MAR_10, MAR_11, JUN_30 = date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 11), date(2026, 6, 30)


def lots(*pairs: tuple[date, int]) -> tuple[ExpiringLot, ...]:
    """Make advice of whole points."""
    return tuple(ExpiringLot(last_day=day, left=whole(points)) for day, points in pairs)


def lease(lease_id: str, points: int, spent: int = 0, **more: object) -> Lease:
    """Make a lease of whole points."""
    return Lease(lease_id=lease_id, account_id="a", granted_h=points * 100, spent_h=spent * 100, **more)


CUT_OFF = lease("l1", 400, advice=lots((MAR_10, 300), (JUN_30, 100)))

LEFT = {
    "R72-granted-less-spent": ([lease("l1", 400, 150)], MAR_9, 250),
    "R72-closed-offers-nothing": ([lease("l1", 400, open=False)], MAR_9, 0),
    "R72-sum-of-leases": ([lease("l1", 400), lease("l2", 100, 30)], MAR_9, 470),
    "R34-usable-on-the-last-day": ([CUT_OFF], MAR_10, 400),
    "R34-expired-lots-are-not-offered": ([CUT_OFF], MAR_11, 100),
    "R34-nothing-after-the-last": ([CUT_OFF], date(2026, 7, 1), 0),
    "R34-never-expires": ([lease("l1", 5, advice=lots((NEVER, 5)))], date(2050, 1, 1), 5),
}


@pytest.mark.parametrize(("leases", "day", "points"), LEFT.values(), ids=LEFT.keys())
def test_left(leases, day, points):
    """R34, R72: what leases offer on a club's day, by their advice."""
    assert left(leases, day) == points * 100
    assert to_ask(leases, 50_000, day) == max(0, 50_000 - points * 100)


def test_plan_takes_the_oldest_grant_first():
    """R72: 500 of leases of 400 and 300: the older gives all it has, whatever order they are given in."""
    spends = plan([lease("l2", 300), lease("l1", 400)], 50_000, MAR_9)
    assert spends == (LeaseSpend(lease_id="l1", amount_h=40_000), LeaseSpend(lease_id="l2", amount_h=10_000))


def test_plan_passes_over_what_has_expired():
    """R34: on 11 Mar the cut-off lease gives its 100 that live, the next one the rest."""
    spends = plan([CUT_OFF, lease("l2", 300)], 15_000, MAR_11)
    assert spends == (LeaseSpend(lease_id="l1", amount_h=10_000), LeaseSpend(lease_id="l2", amount_h=5_000))


def test_plan_refuses_what_is_not_held():
    """R68, R72: short by one point, with both figures."""
    with pytest.raises(Refusal) as no:
        plan([lease("l1", 2_087)], 208_800, MAR_9)
    assert (no.value.code, no.value.facts) == ("points.short", {"needed": whole(2_088), "available": whole(2_087)})


def test_plan_of_nothing_is_empty():
    """R72: a sale without points spends no lease."""
    assert plan([lease("l1", 5)], 0, MAR_9) == ()


def test_a_spend_after_expiry_uses_up_the_lots_that_live():
    """R34: after 100 are spent on 11 Mar the lease offers nothing more, though it still holds 300 that expired."""
    spent = after_spend(CUT_OFF, 10_000, MAR_11)
    assert (spent.spent_h, spent.advice, left([spent], MAR_11)) == (10_000, lots((MAR_10, 300)), 0)


def test_a_spend_in_time_takes_the_oldest_lot_first():
    """R33, R34: 350 spent on 9 Mar leave 50 of the lot to 30 Jun."""
    spent = after_spend(CUT_OFF, 35_000, MAR_9)
    assert (spent.advice, left([spent], MAR_11)) == (lots((JUN_30, 50)), 5_000)


@pytest.mark.parametrize("amount_h", [0, -1, 10_001])
def test_a_spend_beyond_the_lease_is_a_mistake_of_the_caller(amount_h):
    """R72, I5: no spend is noted beyond what the lease offers."""
    with pytest.raises(ValueError, match="left in l1"):
        after_spend(CUT_OFF, amount_h, MAR_11)


@given(
    parts=st.lists(st.tuples(st.integers(0, 20), st.integers(1, 50)), min_size=1, max_size=5),
    spends=st.lists(st.tuples(st.integers(0, 5), st.integers(1, 60)), max_size=8),
)
def test_spends_never_exceed_the_grant(parts, spends):
    """R72, I5: whatever is spent on whichever day, all spends stay within the grant, and what is left never grows."""
    given_lots = tuple(ExpiringLot(last_day=date(2026, 3, 1 + day), left=Points(h)) for day, h in parts)
    held = Lease(lease_id="l", account_id="a", granted_h=sum(h for _, h in parts), advice=given_lots)
    day = date(2026, 3, 1)
    for later, amount_h in spends:
        day = date.fromordinal(day.toordinal() + later)
        before = left([held], day)
        if amount_h <= before:
            held = after_spend(held, amount_h, day)
            assert left([held], day) == before - amount_h
    assert held.spent_h <= held.granted_h


def _account(*entries: tuple[EntryKind, int, date | None]):
    made = [
        Entry(
            event_id=f"e{n}", leg=0, kind=kind, account_id="a", amount_h=points * 100, day=MAR_9,
            eff_us=instant(datetime(2026, 3, 9, n, tzinfo=UTC)), earn_day=MAR_9, last_day=last, lease_id=f"l{n}",
        )
        for n, (kind, points, last) in enumerate(entries)
    ]  # fmt: skip
    return fold(made, as_of=MAR_9, refund_grace_days=30)


GRANTS = {
    "R72-as-asked": (200, None, 20_000),
    "R72-what-is-there": (700, None, 50_000),
    "R72-attach-up-to-the-cap": (700, 30_000, 30_000),
    "R72-nothing-asked": (0, None, 0),
}


@pytest.mark.parametrize(("asked", "cap_h", "granted_h"), GRANTS.values(), ids=GRANTS.keys())
def test_grant(asked, cap_h, granted_h):
    """R72: the second till gets what is left of 700 after a lease of 200."""
    account = _account((EntryKind.AWARD, 700, None), (EntryKind.LEASE_GRANT, 200, None))
    assert grant(account, asked * 100, cap_h) == granted_h


def test_no_grant_on_a_deficit():
    """R72, I24: nothing is granted while something is owed."""
    assert grant(_account((EntryKind.REDEEM, 10, None)), 100, None) == 0


def test_advice_of_the_cut_off_lease():
    """R72, section 5: A 300 to 10 Mar, B 200 to 30 Jun, a lease of 400: (10 Mar, 300), (30 Jun, 100)."""
    account = _account((EntryKind.AWARD, 300, MAR_10), (EntryKind.AWARD, 200, JUN_30))
    assert advice(account, 40_000) == lots((MAR_10, 300), (JUN_30, 100))


def test_advice_begins_after_what_others_hold():
    """R72, 4.4: a second lease stands on the lots behind the first; a lot without a last day never expires."""
    account = _account((EntryKind.AWARD, 300, MAR_10), (EntryKind.AWARD, 200, None), (EntryKind.LEASE_GRANT, 350, None))
    assert advice(account, 10_000) == lots((NEVER, 100))


HELD = [lease("l1", 500), lease("l2", 88, sale_id="sale")]
USABLE = {
    "R72-online": (OfflineMode.LEASE, True, 0, 588, None),
    "R90-lease-offline": (OfflineMode.LEASE, False, 0, 588, "why.offline.lease"),
    "D8-seven-days-are-not-too-long": (OfflineMode.LEASE, False, 7, 588, "why.offline.lease"),
    "D8-eight-days-are": (OfflineMode.LEASE, False, 8, 0, "why.offline.stale"),
    "D8-online-again": (OfflineMode.LEASE, True, 8, 588, None),
    "I22-refuse-only-for-this-very-sale": (OfflineMode.REFUSE, False, 0, 88, "why.offline.lease"),
    "I22-refuse-online-too": (OfflineMode.REFUSE, True, 0, 88, None),
}


@pytest.mark.parametrize(("mode", "online", "days", "points", "code"), USABLE.values(), ids=USABLE.keys())
def test_usable(mode, online, days, points, code):
    """R90, D8, D39: what may be spent on this device now, by the venue's mode and the age of the contact."""
    got = usable(mode, HELD, online=online, sale_id="sale", contact_age_days=days, day=MAR_9)
    assert (got.points, got.why.code if got.why else None) == (whole(points), code)


def test_refuse_without_a_lease_of_the_sale():
    """R90: in mode REFUSE a sale that asked for nothing while online redeems nothing."""
    got = usable(OfflineMode.REFUSE, HELD, online=False, sale_id="other", contact_age_days=0, day=MAR_9)
    assert (got.points, got.why.code) == (whole(0), "why.offline.refuse")


@pytest.mark.parametrize("trouble", ["fork", "rolled_back", "revoked"])
@pytest.mark.parametrize("mode", [OfflineMode.LEASE, OfflineMode.REFUSE])
def test_a_device_in_doubt_redeems_nothing_offline(mode, trouble):
    """R72, I30, R90: whatever it holds; once online the ledger itself says what is granted."""
    away = usable(mode, HELD, online=False, sale_id="sale", contact_age_days=0, day=MAR_9, trouble=trouble)
    assert (away.points, away.why.code, away.why.facts["trouble"]) == (whole(0), "why.offline.trouble", trouble)
