"""Budgets of devices under the limit of their venue, through the real `answer`, on both engines (4.3, I23)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import msgspec
import pytest

from clubtill_ledger.leases import budgets as desk
from clubtill_ledger.store import budgets, devices, installation, tables_budgets
from clubtill_ledger.store.engines import Store
from clubtill_rules.members.classification import Classification, LocationRatio
from clubtill_rules.members.venue import OfflineMode
from clubtill_sync.budgets import is_genuine
from clubtill_sync.signing import key_from_text, new_key, public_text
from clubtill_sync.wire.budgets import BudgetCloseV1, BudgetRow
from tests.ledger.audit import audit, balances, kinds, rows
from tests.ledger.budgeting import (
    EACH_H,
    HOURS,
    TOTAL_H,
    budget_sale,
    by_budgets,
    publish,
    set_limit,
    set_mode,
)
from tests.ledger.club import Club, Happened, Till
from tests.ledger.master import CLUB_ID, OPENING_H

LIMIT_H = 500_000
HOUR_US = 3_600_000_000


def granted(till: Till) -> BudgetRow:
    """Say hello and give the budget that it brings."""
    row = till.hello().budget
    assert row is not None
    return row


def closed(till: Till, budget_id: str, spent_h: int) -> Happened:
    """Give a budget back."""
    body = BudgetCloseV1(
        budget_id=budget_id, device_id=till.device_id, at_us=till.club.now_us, spent_h=spent_h, why="renew"
    )
    return till.happened(body)


def counted_h(store: Store) -> int:
    """Give the sum of all T that count, after checking that the venue's row says the same (I23)."""
    standing = store.read(budgets.every)
    (limit,) = store.read(budgets.limits)
    assert limit.open_h == sum(one.total_h for one in standing) <= LIMIT_H
    return limit.open_h


def test_a_hello_brings_a_signed_budget(club: Club) -> None:
    """4.3: m, T and the deadline are those that the manager typed, and the pinned key has signed them."""
    by_budgets(club)
    till = club.till()
    row = granted(till)
    assert (row.each_h, row.total_h, row.deadline_us) == (EACH_H, TOTAL_H, club.now_us + HOURS * HOUR_US)
    key = public_text(key_from_text(club.store.read(installation.read).server_key))
    assert is_genuine(row, device_id=till.device_id, server_key_text=key)
    for forged in (
        msgspec.structs.replace(row, total_h=row.total_h + 1),
        msgspec.structs.replace(row, deadline_us=row.deadline_us + 1),
        msgspec.structs.replace(row, signature=""),
    ):
        assert not is_genuine(forged, device_id=till.device_id, server_key_text=key)
    assert not is_genuine(row, device_id="another", server_key_text=key)
    assert not is_genuine(row, device_id=till.device_id, server_key_text=public_text(new_key()))
    assert not is_genuine(row, device_id=till.device_id, server_key_text="")


def test_the_same_budget_until_it_is_over(club: Club) -> None:
    """4.3, F2: an answer that was lost is told again; no second budget is granted beside an open one."""
    by_budgets(club)
    till = club.till()
    first = granted(till)
    club.tick(300 * HOUR_US)
    assert granted(till) == first
    assert counted_h(club.store) == TOTAL_H


def test_open_budgets_never_exceed_the_limit(club: Club) -> None:
    """I23: of 5,000 points two tills get 2,000 each, the third 1,000, the fourth nothing."""
    by_budgets(club)
    tills = [club.till("T1") for _ in range(4)]
    found = [till.hello().budget for till in tills]
    assert [row.total_h if row else 0 for row in found] == [200_000, 200_000, 100_000, 0]
    assert counted_h(club.store) == LIMIT_H


def test_two_at_once_do_not_exceed_it_either(club: Club) -> None:
    """I23: grants of one venue wait for each other at its row, whatever the engine."""
    by_budgets(club)
    tills = [club.till("T1") for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda till: till.hello().budget, tills))
    assert sum(row.total_h for row in found if row) == LIMIT_H
    assert counted_h(club.store) == LIMIT_H


@pytest.mark.parametrize("mode", [OfflineMode.LEASE, OfflineMode.REFUSE])
def test_only_the_mode_budget_has_budgets(club: Club, mode: OfflineMode) -> None:
    """D39: in the other modes there is none, limit or not; and none without a limit."""
    set_mode(club, mode)
    set_limit(club)
    assert club.till().hello().budget is None
    assert club.till("M1").hello().budget is None


def test_without_a_limit_there_is_no_budget(club: Club) -> None:
    """4.3: L is what a manager typed; nobody typed one, or nothing at all."""
    set_mode(club, OfflineMode.BUDGET)
    assert club.till().hello().budget is None
    set_limit(club, 0)
    assert club.till().hello().budget is None
    set_limit(club, each_h=0)
    assert club.till().hello().budget is None


def test_the_limit_counts_points_where_they_are_worth_most(club: Club) -> None:
    """R65, 4.3: at the bar's ratio of 20 points a dollar fifty dollars are 1,000 points; the marina's counts not."""
    ratios = (LocationRatio(location_id="BAR", ratio=20), LocationRatio(location_id="MARINA", ratio=1))
    gold = Classification(
        number=1, club_id=CLUB_ID, description="Gold", points_expiry_months=12, location_ratios=ratios
    )
    publish(club, "classification", "c1", gold, 2)
    by_budgets(club)
    assert granted(club.till()).total_h == 100_000


def test_a_device_in_doubt_gets_none(club: Club) -> None:
    """I30, C13: a revoked or forked device gets no budget, and is not told of one that it had."""
    by_budgets(club)
    till = club.till()
    granted(till)
    for doubt in ("revoked_us", "fork_us"):
        club.store.write(partial(devices.change, device_id=till.device_id, **{doubt: club.now_us}))
        assert till.hello().budget is None
        club.store.write(partial(devices.change, device_id=till.device_id, **{doubt: None}))


# ------------------------------------------------------------------ spending


def test_a_spend_redeems_and_what_is_missing_is_a_deficit(club: Club) -> None:
    """C4, 3.3: 900 of 1,000 points were spent elsewhere; the budget's 300 stand, 200 of them below zero, flagged."""
    by_budgets(club)
    away, other = club.till("T1"), club.till("T2")
    row = granted(away)
    lease = other.lease("A1", 90_000).lease
    assert lease is not None
    other.push(other.sale("A1", spends=[(lease.lease_id, 90_000)]))
    told = away.push(budget_sale(away, "A1", row.budget_id, 30_000))
    assert told.results[0].status == "posted"
    assert "OFFLINE_OVERDRAW" in told.results[0].flags
    assert kinds(club.store, "A1")[-1] == ("redeem", 30_000)
    assert balances(club.store)["A1"] == (0, 0, 20_000)
    spent = club.store.read(partial(budgets.spent_of, device_id=away.device_id, budget_id=row.budget_id))
    assert spent == {"A1": 30_000}
    audit(club.store)


def test_the_next_award_pays_the_deficit_first(club: Club) -> None:
    """C4, R39: a deficit of 200; an award of 5 leaves 195."""
    by_budgets(club)
    till = club.till()
    row = granted(till)
    till.push(*[budget_sale(till, "A1", row.budget_id, 40_000) for _ in range(3)])
    assert balances(club.store)["A1"] == (0, 0, 20_000)
    till.push(till.sale("A1"))
    assert balances(club.store)["A1"] == (0, 0, 19_500)
    audit(club.store)


def test_a_sale_sent_twice_spends_once(club: Club) -> None:
    """I10: the row of a spend is the sale's own."""
    by_budgets(club)
    till = club.till()
    row = granted(till)
    sale = budget_sale(till, "A1", row.budget_id, 30_000)
    till.push(sale)
    till.acked = 0
    till.push()
    assert [one.amount_h for one in rows(club.store, tables_budgets.budget_spend)] == [30_000]
    assert balances(club.store)["A1"] == (OPENING_H - 30_000, 0, 0)


def test_switched_while_a_till_is_away(club: Club) -> None:
    """D2, 4.3: the venue goes to LEASE; the till that hears of it late has spent, gives back, and gets nothing new."""
    by_budgets(club)
    till = club.till()
    row = granted(till)
    till.keep(budget_sale(till, "A1", row.budget_id, 30_000))
    set_mode(club, OfflineMode.LEASE, version=3)
    assert granted(till) == row
    till.push(closed(till, row.budget_id, 30_000))
    assert till.hello().budget is None
    assert counted_h(club.store) == 0
    assert balances(club.store)["A1"] == (OPENING_H - 30_000, 0, 0)
    audit(club.store)


# ------------------------------------------------------------------ the end of a budget


def test_it_is_granted_anew_only_after_the_log_is_whole(club: Club) -> None:
    """4.3: spends and the close wait in the log; until they are here the old T counts, and nothing new is granted."""
    by_budgets(club)
    till, other = club.till("T1"), club.till("T1")
    row = granted(till)
    till.keep(budget_sale(till, "A1", row.budget_id, 30_000), closed(till, row.budget_id, 30_000))
    assert granted(till) == row
    till.post(till.batch(first=2))
    assert granted(till) == row, "a close behind a gap is not in the log"
    till.push()
    again = granted(till)
    assert again.budget_id != row.budget_id
    assert (again.total_h, counted_h(club.store)) == (TOTAL_H, TOTAL_H)
    assert granted(other).total_h == TOTAL_H
    settled = [one for one in rows(club.store, tables_budgets.budget) if one.budget_id == row.budget_id]
    assert [(one.state, one.told_h, one.spent_h) for one in settled] == [("settled", 30_000, 30_000)]


def test_a_budget_that_is_spent_whole_is_over(club: Club) -> None:
    """4.3: when all of T was spent and is here, nothing more can come of it, and a new one follows."""
    by_budgets(club)
    till = club.till()
    row = granted(till)
    till.push(*[budget_sale(till, f"A{n}", row.budget_id, 40_000) for n in range(1, 6)])
    assert granted(till).budget_id != row.budget_id
    assert counted_h(club.store) == TOTAL_H
    told = till.push(closed(till, row.budget_id, TOTAL_H))
    assert told.results[0].flags == ()
    assert counted_h(club.store) == TOTAL_H


def test_no_clock_ends_a_budget(club: Club) -> None:
    """4.3: a till whose clock is slow goes on spending, so that its T counts until it says otherwise."""
    by_budgets(club)
    till = club.till()
    granted(till)
    club.tick(365 * 24 * HOUR_US)
    others = [club.till("T1") for _ in range(3)]
    assert [row.total_h if row else 0 for row in (one.hello().budget for one in others)] == [200_000, 100_000, 0]


def test_a_manager_releases_what_a_lost_till_holds(club: Club) -> None:
    """4.3: its T may be granted to others; what it still sends is posted, and its close is flagged."""
    by_budgets(club)
    lost = club.till("T1")
    row = granted(lost)
    held = club.store.write(partial(desk.release, device_id=lost.device_id))
    assert held is not None
    assert held.budget_id == row.budget_id
    assert counted_h(club.store) == 0
    assert club.store.write(partial(desk.release, device_id=lost.device_id)) is None
    told = lost.push(budget_sale(lost, "A1", row.budget_id, 30_000), closed(lost, row.budget_id, 30_000))
    assert [one.status for one in told.results] == ["posted", "posted"]
    assert told.results[1].flags == ("BUDGET_UNKNOWN",)
    assert granted(lost).budget_id != row.budget_id


def test_a_forked_log_settles_nothing(club: Club) -> None:
    """C12: the copy's close lies in a side epoch; the other copy may still spend."""
    by_budgets(club)
    till = club.till()
    row = granted(till)
    copy = replace(till, log=list(till.log), hashes=list(till.hashes), nonces=1_000_000)
    till.push(till.sale("A1"))
    copy.keep(closed(copy, row.budget_id, 0))
    copy.post(copy.batch(first=1))
    (held,) = [one for one in rows(club.store, tables_budgets.budget) if one.budget_id == row.budget_id]
    assert held.state == "open"
    assert counted_h(club.store) == TOTAL_H


def test_a_close_of_another_devices_budget_is_flagged(club: Club) -> None:
    """F30: a device closes nobody's budget but its own."""
    by_budgets(club)
    one, two = club.till("T1"), club.till("T2")
    row = granted(one)
    assert two.push(closed(two, row.budget_id, 0)).results[0].flags == ("BUDGET_UNKNOWN",)
    assert granted(one) == row
