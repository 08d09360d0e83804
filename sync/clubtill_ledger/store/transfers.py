"""Transfers: the two rows of each, one in the bucket of the account that gives, one in that of the one that gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.faults import Stale
from clubtill_ledger.store.tables_transfers import transfer, transfer_in
from clubtill_rules.values.ids import account_bucket

PENDING: Final = "pending"
POSTED: Final = "posted"
VOID: Final = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A transfer as its source keeps it. Amounts are hundredths of a point, `legs` the lots that move as JSON."""

    transfer_id: str
    club_id: str
    source_id: str
    target_id: str
    asker: str
    staff_id: str
    amount_h: int
    arrives_h: int
    legs: str
    state: str
    asked_us: int
    pending_us: int
    settled_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """What the target's side decided, once: credited, or refused with a code."""

    credited: bool
    why: str


def _read(row: sa.Row[Any]) -> Kept:
    return Kept(**{name: row._mapping[name] for name in Kept.__slots__})  # noqa: SLF001 - SQLAlchemy's way to columns


def find(connection: Connection, club_id: str, source_id: str, transfer_id: str) -> Kept | None:
    """Find a transfer on the side of the account that gives."""
    row = connection.execute(
        sa.select(transfer).where(
            transfer.c.bucket == account_bucket(club_id, source_id), transfer.c.transfer_id == transfer_id
        )
    ).one_or_none()
    return _read(row) if row else None


def keep(connection: Connection, made: Kept) -> None:
    """Write a new transfer. The primary key refuses a second one under the same id."""
    row = {name: getattr(made, name) for name in Kept.__slots__}
    connection.execute(transfer.insert(), row | {"bucket": account_bucket(made.club_id, made.source_id)})


def settle(connection: Connection, kept: Kept, state: str, settled_us: int) -> None:
    """End a pending transfer. Raises Stale if somebody else ended it meanwhile."""
    written = connection.execute(
        sa.update(transfer)
        .where(
            transfer.c.bucket == account_bucket(kept.club_id, kept.source_id),
            transfer.c.transfer_id == kept.transfer_id,
            transfer.c.state == PENDING,
        )
        .values(state=state, settled_us=settled_us)
    )
    if written.rowcount != 1:
        raise Stale


def pending(connection: Connection, bucket: int, before_us: int) -> tuple[Kept, ...]:
    """Give the transfers of a bucket that were asked for before an instant and are not ended, the oldest first."""
    rows = connection.execute(
        sa.select(transfer)
        .where(transfer.c.bucket == bucket, transfer.c.state == PENDING, transfer.c.asked_us < before_us)
        .order_by(transfer.c.asked_us, transfer.c.transfer_id)
    )
    return tuple(_read(row) for row in rows)


def arrived(connection: Connection, club_id: str, target_id: str, transfer_id: str) -> Arrived | None:
    """Give what the target's side decided; None before it did."""
    row = connection.execute(
        sa.select(transfer_in.c.credited, transfer_in.c.why).where(
            transfer_in.c.bucket == account_bucket(club_id, target_id), transfer_in.c.transfer_id == transfer_id
        )
    ).one_or_none()
    return Arrived(credited=row.credited, why=row.why) if row else None


def decide(connection: Connection, kept: Kept, made: Arrived, at_us: int) -> None:
    """Write what the target's side decides. The primary key refuses a second answer."""
    connection.execute(
        transfer_in.insert(),
        {
            "bucket": account_bucket(kept.club_id, kept.target_id),
            "transfer_id": kept.transfer_id,
            "club_id": kept.club_id,
            "account_id": kept.target_id,
            "credited": made.credited,
            "why": made.why,
            "at_us": at_us,
        },
    )
