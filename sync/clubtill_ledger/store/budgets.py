"""Budgets: the rows of what devices may redeem while cut off, under the limit of their venue (4.3 of the design).

A budget goes from open to closed, by an event of its device, to settled, when the ledger has the device's log through
that event; or a manager releases it. Its T counts against the venue's limit until it is settled or released. Whoever
changes that count holds the row of the venue.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.faults import Stale
from clubtill_ledger.store.tables_budgets import budget, budget_spend, device_award, venue_limit
from clubtill_rules.points.budgets import Budget
from clubtill_rules.values.ids import device_bucket
from clubtill_sync.wire.budgets import BudgetRow

OPEN: Final = "open"
CLOSED: Final = "closed"
SETTLED: Final = "settled"
RELEASED: Final = "released"
_COUNTED: Final = (OPEN, CLOSED)
"""The states in which a budget's T counts against the limit of its venue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What a manager typed for a venue, and the sum of the T that count against it now.

    Attributes:
        limit_minor: L, the most that the venue may lose while it is cut off, in minor units.
        each_h: m; `total_h`: T; `hours`: how long a budget may be spent.
        award_cap_h: what one device may award in a day (4.5); 0 for what every venue has.
    """

    venue_id: str
    limit_minor: int
    each_h: int
    total_h: int
    hours: int
    award_cap_h: int = 0
    open_h: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBudget:
    """A budget as the ledger has it. `told_h` is the device's own count of its spends, `spent_h` the ledger's."""

    device_id: str
    epoch: int
    budget_id: str
    venue_id: str
    each_h: int
    total_h: int
    granted_us: int
    deadline_us: int
    cache_age_max_us: int
    signature: str
    state: str = OPEN
    close_epoch: int = 0
    close_seq: int | None = None
    told_h: int = 0
    spent_h: int = 0

    def on_the_wire(self) -> BudgetRow:
        """Write it as its device reads it."""
        return BudgetRow(**{name: getattr(self, name) for name in BudgetRow.__struct_fields__})

    def of_rules(self, spent_h: dict[str, int]) -> Budget:
        """Give it as the rules know it, with what was spent of it by account."""
        return Budget(
            budget_id=self.budget_id,
            device_id=self.device_id,
            each_h=self.each_h,
            total_h=self.total_h,
            deadline_us=self.deadline_us,
            cache_age_max_us=self.cache_age_max_us,
            spent_h=spent_h,
        )


# ------------------------------------------------------------------ limits


def limit_of(connection: Connection, venue_id: str) -> Limit | None:
    """Give a venue's limit and lock its row; None where nobody has set one."""
    row = connection.execute(
        sa.select(venue_limit).where(venue_limit.c.venue_id == venue_id).with_for_update()
    ).one_or_none()
    return _limit(row) if row else None


def limits(connection: Connection) -> tuple[Limit, ...]:
    """Give the limits of all venues, by id."""
    return tuple(_limit(row) for row in connection.execute(sa.select(venue_limit).order_by(venue_limit.c.venue_id)))


def set_limit(connection: Connection, told: Limit) -> Limit:
    """Set what a manager typed for a venue. What is granted already stays granted, and counts."""
    standing = limit_of(connection, told.venue_id)
    terms = {name: getattr(told, name) for name in Limit.__slots__ if name != "open_h"}
    if standing is None:
        connection.execute(venue_limit.insert(), terms | {"open_h": 0})
        return told
    connection.execute(sa.update(venue_limit).where(venue_limit.c.venue_id == told.venue_id).values(**terms))
    return Limit(**terms, open_h=standing.open_h)


def _limit(row: sa.Row[Any]) -> Limit:
    return Limit(**{name: row._mapping[name] for name in Limit.__slots__})  # noqa: SLF001 - SQLAlchemy's way to columns


def _count(connection: Connection, venue_id: str, open_h: int, change_h: int) -> None:
    """Change the sum of open T of a venue whose row is held. Raises Stale if somebody else changed it."""
    written = connection.execute(
        sa.update(venue_limit)
        .where(venue_limit.c.venue_id == venue_id, venue_limit.c.open_h == open_h)
        .values(open_h=open_h + change_h)
    )
    if written.rowcount != 1:
        raise Stale


# ------------------------------------------------------------------ budgets


def grant(connection: Connection, made: HeldBudget, limit: Limit) -> None:
    """Write a new budget and count its T, the venue's row being held as `limit_of` gave it."""
    _count(connection, made.venue_id, limit.open_h, made.total_h)
    row = {name: getattr(made, name) for name in HeldBudget.__slots__}
    connection.execute(budget.insert(), row | {"bucket": device_bucket(made.device_id)})


def end(connection: Connection, held: HeldBudget, state: str, spent_h: int) -> None:
    """Settle or release a budget: its T counts no longer. Raises Stale if somebody else has done it."""
    limit = limit_of(connection, held.venue_id)
    written = connection.execute(
        sa.update(budget).where(*_key(held), budget.c.state == held.state).values(state=state, spent_h=spent_h)
    )
    if written.rowcount != 1 or limit is None:
        raise Stale
    _count(connection, held.venue_id, limit.open_h, -held.total_h)


def close(connection: Connection, held: HeldBudget, *, epoch: int, seq: int, told_h: int) -> None:
    """Note by which event of its log the device gave an open budget back, and its own count of what it spent."""
    connection.execute(
        sa.update(budget)
        .where(*_key(held), budget.c.state == OPEN)
        .values(state=CLOSED, close_epoch=epoch, close_seq=seq, told_h=told_h)
    )


def counted(connection: Connection, device_id: str) -> tuple[HeldBudget, ...]:
    """Give the budgets of a device that count against a limit, the oldest first."""
    rows = connection.execute(_COUNTED_OF, {"in_bucket": device_bucket(device_id), "of_device": device_id})
    return tuple(_read(row) for row in rows)


_COUNTED_OF: Final = (
    sa.select(budget)
    .where(
        budget.c.bucket == sa.bindparam("in_bucket"),
        budget.c.device_id == sa.bindparam("of_device"),
        budget.c.state.in_(_COUNTED),
    )
    .order_by(budget.c.granted_us, budget.c.budget_id)
)


def given(connection: Connection, device_id: str) -> int:
    """Count the budgets that a device was ever granted."""
    mine = (budget.c.bucket == device_bucket(device_id), budget.c.device_id == device_id)
    return connection.execute(sa.select(sa.func.count()).select_from(budget).where(*mine)).scalar_one()


def open_of(connection: Connection, device_id: str) -> BudgetRow | None:
    """Give the open budget of a device as it reads it; None for none."""
    return next((one.on_the_wire() for one in counted(connection, device_id) if one.state == OPEN), None)


def find(connection: Connection, device_id: str, budget_id: str) -> HeldBudget | None:
    """Find a budget of a device, whatever became of it."""
    row = connection.execute(
        sa.select(budget).where(
            budget.c.bucket == device_bucket(device_id),
            budget.c.device_id == device_id,
            budget.c.budget_id == budget_id,
        )
    ).first()
    return _read(row) if row else None


def every(connection: Connection) -> tuple[HeldBudget, ...]:
    """Give every budget that counts against a limit, of all devices: for a manager's list, no hot path."""
    rows = connection.execute(
        sa.select(budget).where(budget.c.state.in_(_COUNTED)).order_by(budget.c.venue_id, budget.c.device_id)
    )
    return tuple(_read(row) for row in rows)


def spent_of(connection: Connection, device_id: str, budget_id: str) -> dict[str, int]:
    """Give what accepted sales spent of a budget, by account, in whatever buckets they lie."""
    rows = connection.execute(
        sa.select(budget_spend.c.account_id, sa.func.sum(budget_spend.c.amount_h).label("amount_h"))
        .where(budget_spend.c.budget_id == budget_id, budget_spend.c.device_id == device_id)
        .group_by(budget_spend.c.account_id)
    )
    return {row.account_id: int(row.amount_h) for row in rows}


def spent_for(connection: Connection, bucket: int, account_id: str, budget_id: str) -> int:
    """Give what was spent of a budget for one account of a bucket."""
    found = sa.select(sa.func.coalesce(sa.func.sum(budget_spend.c.amount_h), 0)).where(
        budget_spend.c.bucket == bucket,
        budget_spend.c.account_id == account_id,
        budget_spend.c.budget_id == budget_id,
    )
    return int(connection.execute(found).scalar_one())


# ------------------------------------------------------------------ what devices award in a day


def award_cap_of(connection: Connection, venue_id: str) -> int:
    """Give what a manager typed as the most that one device of a venue may award in a day; 0 for nothing typed."""
    return connection.execute(_AWARD_CAP, {"of_venue": venue_id}).scalar() or 0


def awarded(connection: Connection, device_id: str, day: str) -> int:
    """Give what a device has awarded on a day."""
    return connection.execute(_AWARDED, _award(device_id, day)).scalar() or 0


def count_awards(connection: Connection, device_id: str, day: str, before_h: int, added_h: int) -> None:
    """Count what a device awarded on a day beside what was read before. Raises Stale if somebody else counted."""
    if not before_h:
        row = {"bucket": device_bucket(device_id), "device_id": device_id, "day": day, "amount_h": added_h}
        connection.execute(device_award.insert(), row)
        return
    told = _award(device_id, day) | {"before_h": before_h, "to_h": before_h + added_h}
    if connection.execute(_COUNT_AWARDS, told).rowcount != 1:
        raise Stale


def _award(device_id: str, day: str) -> dict[str, Any]:
    return {"in_bucket": device_bucket(device_id), "of_device": device_id, "on_day": day}


# What every batch with awards runs is built once: building a statement takes longer than running it.
_AWARD_CAP: Final = sa.select(venue_limit.c.award_cap_h).where(venue_limit.c.venue_id == sa.bindparam("of_venue"))
_AWARD: Final = (
    device_award.c.bucket == sa.bindparam("in_bucket"),
    device_award.c.device_id == sa.bindparam("of_device"),
    device_award.c.day == sa.bindparam("on_day"),
)
_AWARDED: Final = sa.select(device_award.c.amount_h).where(*_AWARD)
_COUNT_AWARDS: Final = (
    sa.update(device_award)
    .where(*_AWARD, device_award.c.amount_h == sa.bindparam("before_h"))
    .values(amount_h=sa.bindparam("to_h"))
)


def _read(row: sa.Row[Any]) -> HeldBudget:
    return HeldBudget(**{name: row._mapping[name] for name in HeldBudget.__slots__})  # noqa: SLF001 - as above


def _key(held: HeldBudget) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        budget.c.bucket == device_bucket(held.device_id),
        budget.c.device_id == held.device_id,
        budget.c.epoch == held.epoch,
        budget.c.budget_id == held.budget_id,
    )
