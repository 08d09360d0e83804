"""Periods: closing a club's books through a day, and what came late for a closed one (section 5, C8, I18)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Final

from clubtill_ledger.office.clerk import Clerk, entitled
from clubtill_ledger.store import periods
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.periods import Closed
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_rules.permissions import Act
from clubtill_rules.values.days import US_PER_DAY, DayClock, instant, trading_day
from clubtill_rules.values.ids import BUCKETS
from clubtill_rules.values.refusal import Refusal

_ZONES_US: Final = 2 * US_PER_DAY
"""No zone and no start of the day is further from UTC."""


def close(store: Store, shelf: SettingsShelf, club_id: str, last_day: date, *, clerk: Clerk, now_us: int) -> Closed:
    """Close a club's books through a trading day, bucket by bucket. Run again it completes what was interrupted.

    Refuses unknown_settings for a club that is not known, period.open for a day that is not over, period.closed for
    one before the end of what is closed, permission.missing.
    """
    entitled(clerk, Act.EDIT_CLUB)
    club = store.read(lambda connection: shelf.now(connection, now_us).club(club_id))
    if club is None:
        raise Refusal("unknown_settings")
    pin_us = begins(last_day + timedelta(days=1), club.clock)
    if pin_us > now_us:
        raise Refusal("period.open", day=last_day)
    before = store.read(partial(periods.closed, bucket=0, club_id=club_id))
    if before and before[-1].pin_us > pin_us:
        raise Refusal("period.closed", day=before[-1].last_day)
    for bucket in range(BUCKETS):
        store.write(
            partial(
                periods.close,
                bucket=bucket,
                club_id=club_id,
                last_day=last_day,
                pin_us=pin_us,
                staff_id=clerk.staff_id,
                now_us=now_us,
            )
        )
    return closed(store, club_id)[-1]


def closed(store: Store, club_id: str) -> tuple[Closed, ...]:
    """List a club's closed periods, the first first, each with how many events came after its close."""
    return store.read(partial(_closed, club_id=club_id))


def _closed(connection: Connection, club_id: str) -> tuple[Closed, ...]:
    late: Counter[int] = Counter()
    for bucket in range(BUCKETS):
        late.update(periods.late(connection, bucket, club_id))
    found = periods.closed(connection, 0, club_id)
    return tuple(replace(one, late=late[one.pin_us]) for one in found)


def begins(day: date, clock: DayClock) -> int:
    """Give the first instant of a trading day: the least whose trading day is this one or later (R2)."""
    noon_us = instant(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
    before_us, after_us = noon_us - _ZONES_US, noon_us + _ZONES_US
    while after_us - before_us > 1:
        middle_us = (before_us + after_us) // 2
        if trading_day(middle_us, clock) >= day:
            after_us = middle_us
        else:
            before_us = middle_us
    return after_us
