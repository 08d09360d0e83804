"""Parked: who holds each parked sale, and which sale was made of it. One row a sale, in the bucket of stream 64."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.tables_transfers import parked
from clubtill_rules.values.ids import MASTER_STREAM


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A parked sale's row: blank `holder` is nobody, `sale_id` the event of the sale that was made of it."""

    parked_id: str
    location_id: str
    version: int
    holder: str
    take_id: str
    sale_id: str
    changed_us: int


def find(connection: Connection, parked_id: str) -> Held | None:
    """Find a parked sale, and hold its row until the transaction ends."""
    row = connection.execute(
        sa.select(parked).where(parked.c.bucket == MASTER_STREAM, parked.c.parked_id == parked_id).with_for_update()
    ).one_or_none()
    return Held(**{name: row._mapping[name] for name in Held.__slots__}) if row else None  # noqa: SLF001 - SQLAlchemy's way


def keep(connection: Connection, made: Held, *, new: bool) -> None:
    """Write a parked sale's row. The primary key refuses a second one."""
    values: dict[str, Any] = {name: getattr(made, name) for name in Held.__slots__}
    if new:
        connection.execute(parked.insert(), values | {"bucket": MASTER_STREAM})
        return
    mine = (parked.c.bucket == MASTER_STREAM, parked.c.parked_id == made.parked_id)
    connection.execute(sa.update(parked).where(*mine).values(**values))
