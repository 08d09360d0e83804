"""Purging: lines of the register of guests whose day has come go, with the personal bytes of their events (R53)."""

from __future__ import annotations

from functools import partial

from clubtill_ledger.store import erasing
from clubtill_ledger.store.engines import Store
from clubtill_ledger.store.settings import utc_day
from clubtill_rules.values.ids import BUCKETS


def run(store: Store, now_us: int) -> int:
    """Delete what is due, a transaction a bucket, and give how many lines went. Run again it does nothing."""
    today = utc_day(now_us)
    return sum(store.write(partial(erasing.purge_guests, bucket=bucket, today=today)) for bucket in range(BUCKETS))
