"""Awaiting: which held refunds wait for which sale (C22), and what became of them once it stood."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.tables import raw_event
from clubtill_ledger.store.tables_facts import awaited

_WAITED_FOR: Final = sa.select(awaited.c.sale_id).where(
    awaited.c.bucket.in_(sa.bindparam("buckets", expanding=True)),
    sa.tuple_(awaited.c.bucket, awaited.c.sale_id).in_(sa.bindparam("places", expanding=True)),
)
"""Built once, for every transaction with sales runs it: building a statement takes longer than running it."""


def waiting(connection: Connection, sales: Collection[tuple[int, str]]) -> frozenset[str]:
    """Give those of some sales, told by bucket and id, that something waits for."""
    if not sales:
        return frozenset()
    told = {"buckets": sorted({bucket for bucket, _ in sales}), "places": sorted(sales)}
    return frozenset(connection.execute(_WAITED_FOR, told).scalars())


def note(connection: Connection, bucket: int, sale_id: str, event_id: str) -> None:
    """Note that an event waits for a sale; noted again it is the same."""
    row = {"bucket": bucket, "sale_id": sale_id, "event_id": event_id}
    mine = [awaited.c[name] == value for name, value in row.items()]
    if connection.execute(sa.select(awaited.c.event_id).where(*mine)).first() is None:
        connection.execute(awaited.insert(), row)


def taken(connection: Connection, bucket: int, sale_id: str) -> tuple[str, ...]:
    """Give the events that waited for a sale, in the order in which they came, and forget that they do."""
    mine = (awaited.c.bucket == bucket, awaited.c.sale_id == sale_id)
    ids = tuple(connection.execute(sa.select(awaited.c.event_id).where(*mine)).scalars())
    if not ids:
        return ()
    connection.execute(sa.delete(awaited).where(*mine))
    rows = connection.execute(
        sa.select(raw_event.c.event_id)
        .where(raw_event.c.bucket == bucket, raw_event.c.event_id.in_(ids))
        .order_by(raw_event.c.received_us, raw_event.c.event_id)
    )
    return tuple(rows.scalars())


def settle(connection: Connection, bucket: int, event_id: str, told: Mapping[str, Any]) -> None:
    """Keep what became of a held event, beside its bytes."""
    connection.execute(
        sa.update(raw_event).where(raw_event.c.bucket == bucket, raw_event.c.event_id == event_id).values(**told)
    )
