"""Seals: closes each bucket's entries of the days that are over under a hash (I14). Daily, or at any time."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Final

from clubtill_ledger.store import seals
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.seals import Seal
from clubtill_ledger.store.settings import utc_day
from clubtill_rules.values.days import US_PER_S
from clubtill_rules.values.ids import BUCKETS

_DAY_US: Final = 86_400 * US_PER_S


def run(store: Store, now_us: int) -> int:
    """Seal what was posted before today (UTC), a transaction a bucket. Gives how many buckets got a seal.

    A seal covers all entries since the seal before it, so that days on which nothing ran are not missing. What commits
    late, with a number behind a seal, is in the next one. Run again the same day this seals nothing.
    """
    through = utc_day(now_us) - timedelta(days=1)
    before_us = now_us - now_us % _DAY_US
    return sum(
        store.write(partial(_seal, bucket=bucket, day=through, before_us=before_us, now_us=now_us))
        for bucket in range(BUCKETS)
    )


def _seal(connection: Connection, *, bucket: int, day: date, before_us: int, now_us: int) -> int:
    before = seals.last(connection, bucket)
    first_seq = before.last_seq + 1 if before else 1
    if before is not None and before.day >= day:
        return 0
    last_seq = seals.last_before(connection, bucket, first_seq - 1, before_us)
    if not last_seq:
        return 0
    told, entries = seals.hashed(
        connection, bucket, day, first_seq=first_seq, last_seq=last_seq, previous=before.hash if before else ""
    )
    made = Seal(
        bucket=bucket,
        day=day,
        first_seq=first_seq,
        last_seq=last_seq,
        entries=entries,
        hash=told,
        sealed_us=now_us,
    )
    seals.keep(connection, made)
    return 1
