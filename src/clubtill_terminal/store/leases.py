"""Leases this device holds: the only thing points can be spent from (D21). The rules plan, this room keeps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, select, update

from clubtill_rules.members.account import ExpiringLot
from clubtill_rules.points.folding import NEVER
from clubtill_rules.points.leases import Lease, LeaseSpend, after_spend
from clubtill_rules.values.points import Points
from clubtill_sync.wire.requests import LeaseRow
from clubtill_terminal.store.tables import lease

_spend = (
    update(lease)
    .where(lease.c.lease_id == bindparam("the_lease"), lease.c.open == 1, lease.c.spent_h == bindparam("spent_before"))
    .values(spent_h=bindparam("spent_after"), advice=bindparam("advice_after"))
)
_of_account = (
    select(lease).where(lease.c.account_id == bindparam("the_account"), lease.c.open == 1).order_by(lease.c.lease_id)
)
_all_open = select(lease).where(lease.c.open == 1).order_by(lease.c.lease_id)
_decode_advice = msgspec.json.Decoder(tuple[tuple[date | None, int], ...]).decode


def adopt(facts: Connection, rows: Sequence[LeaseRow]) -> None:
    """Keep leases that the ledger says this device holds; one that is known here stays as it is (4.2, C2)."""
    known = {r.lease_id for r in facts.execute(select(lease.c.lease_id))} if rows else set()
    fresh = [r for r in rows if r.lease_id not in known]
    if fresh:
        facts.execute(
            lease.insert(),
            [
                {
                    "lease_id": r.lease_id,
                    "club_id": r.club_id,
                    "account_id": r.account_id,
                    "granted_h": r.granted_h,
                    "spent_h": r.spent_h,
                    "open": 1,
                    "sale_id": r.sale_id,
                    "ask_no": r.ask_no,
                    "advice": msgspec.json.encode(r.advice).decode(),
                }
                for r in fresh
            ],
        )


def open_leases(facts: Connection, account_id: str) -> tuple[Lease, ...]:
    """Give the open leases held for an account, oldest first."""
    return tuple(_lease(row) for row in facts.execute(_of_account, {"the_account": account_id}))


def all_open(facts: Connection) -> tuple[Lease, ...]:
    """Give every open lease of this device."""
    return tuple(_lease(row) for row in facts.execute(_all_open))


def clubs(facts: Connection) -> dict[str, str]:
    """Give the club of every open lease, by lease id."""
    rows = facts.execute(select(lease.c.lease_id, lease.c.club_id).where(lease.c.open == 1))
    return {row.lease_id: row.club_id for row in rows}


def spend(facts: Connection, held: Sequence[Lease], spends: Sequence[LeaseSpend], day: date) -> None:
    """Take what a sale spends off its leases and their advice, within the sale's transaction.

    Args:
        facts: the sale's transaction.
        held: the leases as read in this very transaction.
        spends: what the rules planned on them.
        day: the club's day.

    Raises:
        RuntimeError: a lease is closed or was changed meanwhile: a bug, and the transaction must not commit (I5).
    """
    by_id = {one.lease_id: one for one in held}
    for one in spends:
        before = by_id[one.lease_id]
        after = after_spend(before, one.amount_h, day)
        changed = facts.execute(
            _spend,
            {
                "the_lease": one.lease_id,
                "spent_before": before.spent_h,
                "spent_after": after.spent_h,
                "advice_after": _advice_text(after.advice),
            },
        ).rowcount
        if changed != 1:
            raise RuntimeError("a lease changed within a sale")


def close(facts: Connection, lease_id: str) -> None:
    """Close a lease, within the transaction that appends its close event."""
    facts.execute(update(lease).where(lease.c.lease_id == lease_id).values(open=0))


def _advice_text(lots: Sequence[ExpiringLot]) -> str:
    pairs = [(None if lot.last_day == NEVER else lot.last_day, lot.left.hundredths) for lot in lots]
    return msgspec.json.encode(pairs).decode()


def _lease(row: Row[Any]) -> Lease:
    return Lease(
        lease_id=row.lease_id,
        account_id=row.account_id,
        granted_h=row.granted_h,
        spent_h=row.spent_h,
        open=bool(row.open),
        advice=tuple(
            ExpiringLot(last_day=day or NEVER, left=Points(amount)) for day, amount in _decode_advice(row.advice)
        ),
        sale_id=row.sale_id,
    )
