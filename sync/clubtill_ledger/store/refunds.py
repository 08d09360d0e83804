"""Refunds: which refunds a sale has had. Their figures stand in their own bytes and in the tables of facts."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.tables_facts import refund


def of_sale(connection: Connection, bucket: int, sale_id: str) -> tuple[str, ...]:
    """Give the event ids of the refunds of a sale that are posted, in the order of their instants."""
    rows = connection.execute(
        sa.select(refund.c.event_id)
        .where(refund.c.bucket == bucket, refund.c.sale_id == sale_id)
        .order_by(refund.c.eff_us, refund.c.event_id)
    )
    return tuple(rows.scalars())
