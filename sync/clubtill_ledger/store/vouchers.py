"""Vouchers: which numbers were used by more than one sale (R102). Reads all buckets: no hot path."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.tables_facts import refund, voucher_use


def used_again(connection: Connection) -> Sequence[Any]:
    """Give (voucher number, bucket, event id, eff_us) of all uses of vouchers with several, by number.

    Uses of sales that were voided do not count.
    """
    voided = sa.exists().where(
        refund.c.bucket == voucher_use.c.bucket, refund.c.sale_id == voucher_use.c.event_id, refund.c.void.in_([True])
    )
    counted = sa.select(voucher_use).where(~voided).subquery()
    several = (
        sa.select(counted.c.voucher_number)
        .group_by(counted.c.voucher_number)
        .having(sa.func.count(counted.c.event_id.distinct()) > 1)
    )
    return connection.execute(
        sa.select(counted.c.voucher_number, counted.c.bucket, counted.c.event_id, counted.c.eff_us)
        .where(counted.c.voucher_number.in_(several))
        .order_by(counted.c.voucher_number)
    ).all()
