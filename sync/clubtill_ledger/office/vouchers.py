"""Vouchers used twice: two tills that were cut off took the same number; one use stands, the others are told (R102)."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from clubtill_ledger.store import held, vouchers
from clubtill_ledger.store.engines import Connection, Store
from clubtill_rules.sale.vouchers import Use, standing


def used_twice(store: Store) -> tuple[Any, ...]:
    """Give the events whose use of a voucher is flagged, the oldest first. Their sales stand.

    Worked out when it is asked: the two sales lie in buckets of their own and arrive in any order, so neither knows of
    the other when it is posted.
    """
    return store.read(_flagged)


def _flagged(connection: Connection) -> tuple[Any, ...]:
    rows = vouchers.used_again(connection)
    places: dict[str, int] = {row.event_id: row.bucket for row in rows}
    found: set[str] = set()
    for _, uses in groupby(rows, key=lambda row: row.voucher_number):
        told = standing(Use(number=row.voucher_number, event_id=row.event_id, eff_us=row.eff_us) for row in uses)
        found |= {use.event_id for use in told.flagged}
    return tuple(held.told_of(connection, {(places[event_id], event_id) for event_id in found}))
