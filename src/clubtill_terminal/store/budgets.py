"""The budget of this device, and what was spent of it (D39). The rules say what it allows, this room keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update

from clubtill_rules.members.account import AccountCard
from clubtill_rules.points.budgets import Budget, BudgetSpend, Cached, spend_budget
from clubtill_rules.points.leases import OfflineBudget
from clubtill_sync.wire.budgets import BudgetRow
from clubtill_terminal.store.tables import budget, budget_spend, outbox

_open = select(budget).where(budget.c.open == 1).order_by(budget.c.budget_id.desc()).limit(1)
_spent = (
    select(budget_spend.c.account_id, func.sum(budget_spend.c.amount_h))
    .where(budget_spend.c.budget_id == bindparam("the_budget"))
    .group_by(budget_spend.c.account_id)
)
_not_in_cache = (
    select(func.coalesce(func.sum(budget_spend.c.amount_h), 0))
    .select_from(budget_spend.join(outbox, outbox.c.event_id == budget_spend.c.event_id))
    .where(
        budget_spend.c.account_id == bindparam("the_account"),
        (outbox.c.state != "acked") | (outbox.c.position > bindparam("the_position")),
    )
)


def adopt(facts: Connection, row: BudgetRow) -> None:
    """Keep a budget that the ledger granted; one that is known here stays as it is, open or closed."""
    if facts.execute(select(budget.c.budget_id).where(budget.c.budget_id == row.budget_id)).first() is None:
        terms = {name: getattr(row, name) for name in ("budget_id", "venue_id", "each_h", "total_h", "deadline_us")}
        facts.execute(budget.insert(), terms | {"cache_age_max_us": row.cache_age_max_us, "open": 1})


def open_budget(facts: Connection, device_id: str) -> Budget | None:
    """Give the open budget with what was spent of it; None for none."""
    row = facts.execute(_open).one_or_none()
    return _budget(facts, row, device_id) if row is not None else None


def allowed(
    facts: Connection, device_id: str, card: AccountCard, *, position: int, data_at_us: int, now_us: int
) -> OfflineBudget:
    """Give what a spend by budget for an account needs to know (R90).

    The cached balance counts less own spends that it does not have yet: not acknowledged, or acknowledged at a position
    of the account's stream beyond `position`, the cache's own (I6).
    """
    asked = {"the_account": card.account_id, "the_position": position}
    known = Cached(
        avail_h=card.balance.hundredths,
        spends_h=facts.execute(_not_in_cache, asked).scalar_one(),
        age_us=max(0, now_us - data_at_us),
    )
    held = open_budget(facts, device_id)
    return OfflineBudget(budget=held, account_id=card.account_id, cached=known, now_us=now_us)


def spend(facts: Connection, before: Budget, event_id: str, account_id: str, spends: Sequence[BudgetSpend]) -> None:
    """Take what a sale spends off its budget, within the sale's transaction, in which the budget was read (I3, I5).

    Raises:
        ValueError: more than m or T leave, or another budget: a bug, and the transaction must not commit.
    """
    for one in spends:
        if one.budget_id != before.budget_id:
            raise ValueError(f"{one.budget_id} is not {before.budget_id}")
        before = spend_budget(before, account_id, one.amount_h)
        row = {"event_id": event_id, "budget_id": one.budget_id, "account_id": account_id, "amount_h": one.amount_h}
        facts.execute(budget_spend.insert(), row)


def close(facts: Connection, budget_id: str) -> None:
    """Close a budget, within the transaction that appends its close event."""
    facts.execute(update(budget).where(budget.c.budget_id == budget_id).values(open=0))


def _budget(facts: Connection, row: Row[Any], device_id: str) -> Budget:
    spent = facts.execute(_spent, {"the_budget": row.budget_id})
    return Budget(
        budget_id=row.budget_id,
        device_id=device_id,
        each_h=row.each_h,
        total_h=row.total_h,
        deadline_us=row.deadline_us,
        cache_age_max_us=row.cache_age_max_us,
        spent_h={one[0]: one[1] for one in spent},
    )
