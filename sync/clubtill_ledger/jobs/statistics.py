"""Statistics: daily sums of each venue, by SQL, for reports and screens that must not wait (3.2).

A day's figures are made again while its facts may still come in late: what stands is replaced, never added to.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Final

from clubtill_ledger.jobs.running import Turn
from clubtill_ledger.store import statistics
from clubtill_ledger.store.engines import Store

DAYS_BACK: Final = 7
"""So many days before today are summed again each day; what comes later waits for `clubtill ledger jobs run`."""


def of_venue(turn: Turn) -> str:
    """Sum a venue's last days (the job of a venue's day)."""
    venue_id, _, text = turn.subject.rpartition(":")
    day = date.fromisoformat(text)
    for n in range(DAYS_BACK, -1, -1):
        sum_day(turn.store, venue_id, day - timedelta(days=n))
        turn.go_on()
    return f"{DAYS_BACK + 1} days"


def sum_day(store: Store, venue_id: str, day: date) -> dict[str, int]:
    """Sum one trading day of a venue and keep the figures; gives them by name."""
    found = store.read(partial(statistics.of_day, venue_id=venue_id, day=day))
    store.write(partial(statistics.keep, venue_id=venue_id, day=day, found=found))
    return found
