"""The bound of 4.3 on the real accept path: random venues, devices, clones and outages never lose more than it says."""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clubtill_ledger.store.engines import open_store
from clubtill_rules.points.budgets import Budget, Cached, account_bound, budget_usable, spend_budget
from clubtill_sync.wire.budgets import BudgetCloseV1
from tests.ledger.audit import audit, balances
from tests.ledger.budgeting import budget_sale, by_budgets
from tests.ledger.club import Club, Till
from tests.ledger.club import clone as copied
from tests.ledger.master import ACCOUNTS


@dataclass
class Away:
    """A device that is cut off: its log, its budget and what its cache said when it last was in contact."""

    till: Till
    budget: Budget | None
    cached_h: dict[str, int]
    spent_h: dict[str, int] = field(default_factory=dict)
    clone: bool = False

    def spend(self, dice: random.Random, now_us: int) -> None:
        """Spend what the rules allow, for somebody."""
        name = dice.choice(ACCOUNTS)
        known = Cached(avail_h=self.cached_h[name], spends_h=self.spent_h.get(name, 0), age_us=0)
        allowed_h = budget_usable(self.budget, name, known, now_us=now_us).points.hundredths
        if self.budget is None or not allowed_h:
            return
        amount_h = dice.choice((allowed_h, dice.randint(1, allowed_h)))
        self.budget = spend_budget(self.budget, name, amount_h)
        self.spent_h[name] = self.spent_h.get(name, 0) + amount_h
        self.till.keep(budget_sale(self.till, name, self.budget.budget_id, amount_h))

    def copy(self) -> Away:
        """Copy the disk: the copy may spend the rest of the budget once more."""
        return Away(
            till=copied(self.till),
            budget=self.budget,
            cached_h=dict(self.cached_h),
            spent_h=dict(self.spent_h),
            clone=True,
        )


def in_contact(club: Club, till: Till) -> Away:
    """Let a device say hello, learn its budget and bring its cache up to date."""
    row = till.hello().budget
    budget = None
    if row is not None:
        budget = Budget(
            budget_id=row.budget_id,
            device_id=till.device_id,
            each_h=row.each_h,
            total_h=row.total_h,
            deadline_us=row.deadline_us,
        )
    return Away(till=till, budget=budget, cached_h={name: balances(club.store)[name][0] for name in ACCOUNTS})


@pytest.mark.timeout(300)
@settings(max_examples=25, deadline=None, suppress_health_check=[*HealthCheck], database=None)
@given(
    seed=st.integers(0, 2**32), limit_minor=st.integers(0, 4_000), devices=st.integers(1, 4), clones=st.integers(0, 2)
)
def test_losses_stay_within_the_bound(
    new_file: Path, tmp_path_factory: pytest.TempPathFactory, *, seed: int, limit_minor: int, devices: int, clones: int
) -> None:
    """I23, 4.3: per account the sum of min(m, C, T), per venue L, and the rest of the T once more for each clone."""
    path = tmp_path_factory.mktemp("one") / "ledger.db"
    shutil.copy(new_file, path)
    store = open_store(str(path))
    try:
        club = Club.in_ledger(store)
        cloned_h = _outage(club, random.Random(seed), limit_minor, devices, clones)  # noqa: S311 - it guards nothing
        lost_h = sum(balances(store)[name][2] for name in ACCOUNTS)
        assert lost_h <= limit_minor * 100 + cloned_h, "the venue lost more than L and its clones"
        audit(store)
    finally:
        store.close()


def _outage(club: Club, dice: random.Random, limit_minor: int, count: int, clones: int) -> int:
    """Cut the devices off, let them spend and come back; give what the clones' copies could spend once more."""
    each_h = dice.randint(1, 120_000)
    total_h = dice.randint(each_h, 200_000)
    by_budgets(club, limit_minor, each_h=each_h, total_h=total_h)
    away = [in_contact(club, club.till("T1")) for _ in range(count)]
    granted = {one.till.device_id: one.budget.total_h for one in away if one.budget}
    assert sum(granted.values()) <= limit_minor * 100, "open budgets exceed L"
    online = club.till("T2")
    cloned_h = 0
    for _ in range(dice.randint(4, 12)):
        club.tick()
        one = dice.choice(away)
        if clones and dice.random() < 0.3:
            clones -= 1
            away.append(one.copy())
            cloned_h += one.budget.left_h if one.budget else 0
        elif dice.random() < 0.3:
            name = dice.choice(ACCOUNTS)
            lease = online.lease(name, dice.randint(1, 100_000)).lease
            if lease is not None:
                online.push(online.sale(name, spends=[(lease.lease_id, lease.granted_h)]))
        else:
            one.spend(dice, club.now_us)
    bound = {name: _bound(away, name) for name in ACCOUNTS}
    dice.shuffle(away)
    for one in away:
        club.tick()
        if one.till.log:
            one.till.post(one.till.batch(first=1))
    deficits = {name: balances(club.store)[name][2] for name in ACCOUNTS}
    for name in ACCOUNTS:
        assert deficits[name] <= bound[name], f"{name} is further below zero than its bound"
    _again(club, away, granted)
    return cloned_h


def _bound(away: list[Away], name: str) -> int:
    """Give the bound of an account: each copy of a device counts with its own m, C and T."""
    total = 0
    for one in away:
        if one.budget is not None:
            total += account_bound([one.budget], {one.till.device_id: one.cached_h[name]})
    return total


def _again(club: Club, away: list[Away], granted: dict[str, int]) -> None:
    """Let those without a copy give back and be granted anew: never more than L counts at once."""
    copies = {one.till.device_id for one in away if one.clone}
    for one in away:
        if one.budget is None or one.till.device_id in copies:
            continue
        body = BudgetCloseV1(
            budget_id=one.budget.budget_id,
            device_id=one.till.device_id,
            at_us=club.now_us,
            spent_h=one.budget.total_h - one.budget.left_h,
            why="renew",
        )
        one.till.acked = len(one.till.log)
        one.till.push(one.till.happened(body))
        row = one.till.hello().budget
        assert row is not None
        assert (row.budget_id != one.budget.budget_id, row.total_h) == (True, granted[one.till.device_id])
