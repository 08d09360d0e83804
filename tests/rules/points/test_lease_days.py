"""Leases whose lots have expired by the club's day, wherever their amount is used, and what `usable` says (R34)."""

from __future__ import annotations

from datetime import date

import pytest

from clubtill_rules.members.account import ExpiringLot
from clubtill_rules.members.venue import OfflineMode
from clubtill_rules.points import redeeming
from clubtill_rules.points.budgets import Cached, Usable
from clubtill_rules.points.leases import (
    Lease,
    LeaseSpend,
    OfflineBudget,
    OfflinePlan,
    closings,
    plan,
    plan_offline,
    to_ask,
    usable,
)
from clubtill_rules.values.points import whole
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import because

MAR_10, MAR_11, JUN_30 = date(2026, 3, 10), date(2026, 3, 11), date(2026, 6, 30)
LOTS = (ExpiringLot(last_day=MAR_10, left=whole(300)), ExpiringLot(last_day=JUN_30, left=whole(100)))
HELD = [Lease(lease_id="l1", account_id="a", granted_h=40_000, advice=LOTS)]
NO_BUDGET = OfflineBudget(budget=None, account_id="a", cached=Cached(avail_h=0, spends_h=0, age_us=0), now_us=0)
L, B, R = OfflineMode.LEASE, OfflineMode.BUDGET, OfflineMode.REFUSE

SAID = [
    pytest.param(L, False, 100, because("why.offline.lease", "R90", usable=whole(100)), id="lease"),
    pytest.param(B, False, 100, because("why.offline.lease", "R90", usable=whole(100)), id="budget"),
    pytest.param(R, False, 0, because("why.offline.refuse", "R90"), id="refuse"),
    pytest.param(L, True, 100, None, id="online"),
]


@pytest.mark.parametrize(("mode", "online", "points", "why"), SAID)
def test_what_is_usable_on_a_day_and_why(mode, online, points, why):
    """R34, R90: of 400 held 300 expired yesterday; the reason names what is left."""
    got = usable(mode, HELD, online=online, sale_id="s", contact_age_days=0, day=MAR_11)
    assert got == Usable(points=whole(points), why=why)


def test_a_refusal_names_what_has_not_expired():
    """R34, R68: 101 of the 100 that live are refused, by leases alone and with a budget that there is not."""
    for refused in (lambda: plan(HELD, 10_100, MAR_11), lambda: plan_offline(HELD, NO_BUDGET, 10_100, MAR_11)):
        with pytest.raises(Refusal) as no:
            refused()
        assert (no.value.code, no.value.facts) == ("points.short", {"needed": whole(101), "available": whole(100)})


def test_what_lives_can_be_planned():
    """R34, D39: the 100 that live are planned, on whichever of both ways."""
    spends = (LeaseSpend(lease_id="l1", amount_h=10_000),)
    assert plan(HELD, 10_000, MAR_11) == spends
    assert plan_offline(HELD, NO_BUDGET, 10_000, MAR_11) == OfflinePlan(leases=spends, budget_h=0)


@pytest.mark.parametrize(("amount_h", "asked_h"), [(10_000, 0), (9_999, 0), (10_001, 1), (40_000, 30_000)])
def test_what_has_to_be_asked_for(amount_h, asked_h):
    """R34, R72: nothing where what lives is enough, else just what is missing."""
    assert to_ask(HELD, amount_h, MAR_11) == asked_h


def test_every_recalled_lease_under_a_tender_waits():
    """R72, I25: two leases of one account wait together; one that was not recalled does not."""
    leases = [
        Lease(lease_id=f"l{n}", account_id="a", granted_h=5, sale_id=sale) for n, sale in enumerate(("", "", "s"))
    ]
    got = closings(leases, recalled=("l0", "l1"), cleared=("s",), day=MAR_11, connected=True, tendering=("a",))
    assert (got.due, got.waiting) == ((), frozenset({"l0", "l1"}))


def test_a_lease_ahead_of_a_sale_names_none():
    """R72, D39: without a sale's id it is nobody's in REFUSE."""
    assert HELD[0].sale_id == ""


def test_asks_have_codes():
    """R67, R87: the words stand under these codes."""
    assert (redeeming.ASK_PIN, redeeming.ASK_WHO) == ("points.ask.pin", "points.ask.who")
