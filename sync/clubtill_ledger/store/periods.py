"""Periods: how far a club has closed its books. Nothing is dated before the pin any more (section 5, I18, C8).

The pin of a club stands in every bucket. Whoever posts reads it first, or takes it as this process last saw it, and
reads it again once he holds the head row of his stream: who closes takes that row as well, so that nothing slips in
behind a close.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from clubtill_ledger.store import streams
from clubtill_ledger.store.faults import Stale
from clubtill_ledger.store.tables import raw_event
from clubtill_ledger.store.tables_decisions import closed_period
from clubtill_rules.points.effective import LATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A period that a club closed, through `last_day`, open from `pin_us` on. `late` events came after its close."""

    club_id: str
    last_day: date
    pin_us: int
    closed_us: int
    staff_id: str
    late: int


Pins: TypeAlias = Mapping[int, Mapping[str, int]]
"""The latest pin of each club that has closed a period, in microseconds, by bucket and club."""
_PINS: Final = (
    sa.select(closed_period.c.bucket, closed_period.c.club_id, sa.func.max(closed_period.c.pin_us).label("pin_us"))
    .where(closed_period.c.bucket.in_(sa.bindparam("in_buckets", expanding=True)))
    .group_by(closed_period.c.bucket, closed_period.c.club_id)
)
"""Built once, for every transaction runs it: building a statement takes longer than running it."""
_SEEN: Final[WeakKeyDictionary[Engine, dict[int, Mapping[str, int]]]] = WeakKeyDictionary()
"""The pins that this process saw last, by database and bucket: a guess, which `stand` proves."""


def pins(connection: Connection, bucket: int) -> dict[str, int]:
    """Give the latest pin of each club that has closed a period, in microseconds, by club."""
    return dict(pins_of_each(connection, (bucket,))[bucket])


def pins_of_each(connection: Connection, buckets: Collection[int]) -> Pins:
    """Give the pins of buckets."""
    found: dict[int, dict[str, int]] = {bucket: {} for bucket in buckets}
    for row in connection.execute(_PINS, {"in_buckets": sorted(buckets)}):
        found[row.bucket][row.club_id] = row.pin_us
    return found


def last_seen(connection: Connection, buckets: Collection[int]) -> Pins:
    """Give the pins of buckets as this process last saw them; `stand` finds out where one moved since."""
    seen = _SEEN.setdefault(connection.engine, {})
    known = {bucket: pins for bucket in buckets if (pins := seen.get(bucket)) is not None}
    missing = set(buckets) - known.keys()
    if missing:
        read = pins_of_each(connection, missing)
        seen.update(read)
        known |= read
    return {bucket: known[bucket] for bucket in buckets}


def stand(connection: Connection, read: Pins, *, numbered: Collection[int]) -> None:
    """Make sure, with the streams' head rows held, that the pins are still what was read. Raises Stale.

    `numbered`: buckets of whose streams this transaction has taken numbers, so that it holds the rows already.
    """
    free = read.keys() - numbered
    if free:
        streams.hold_each(connection, free)
    if pins_of_each(connection, read.keys()) != read:
        _SEEN.pop(connection.engine, None)  # a close moves the pins of all buckets: all are read anew
        raise Stale


def close(
    connection: Connection, bucket: int, club_id: str, *, last_day: date, pin_us: int, staff_id: str, now_us: int
) -> None:
    """Close a club's period in one bucket; one that is closed at this pin stays as it is."""
    streams.hold(connection, bucket)
    mine = (closed_period.c.bucket == bucket, closed_period.c.club_id == club_id, closed_period.c.pin_us == pin_us)
    if connection.execute(sa.select(closed_period.c.pin_us).where(*mine)).first():
        return
    values = {"last_day": last_day, "pin_us": pin_us, "closed_us": now_us, "staff_id": staff_id}
    connection.execute(closed_period.insert(), {"bucket": bucket, "club_id": club_id} | values)


def late(connection: Connection, bucket: int, club_id: str) -> dict[int, int]:
    """Count the events of a bucket that were dated to a pin because they came late, by pin (C8)."""
    flags = sa.type_coerce(raw_event.c.flags, sa.Text)
    rows = connection.execute(
        sa.select(raw_event.c.eff_us, sa.func.count().label("n"))
        .where(raw_event.c.bucket == bucket, raw_event.c.club_id == club_id, flags.contains(f'"{LATE}"'))
        .group_by(raw_event.c.eff_us)
    )
    return {row.eff_us: row.n for row in rows}


def closed(connection: Connection, bucket: int, club_id: str) -> tuple[Closed, ...]:
    """Give the closed periods of a club as one bucket has them, the first first, without their late events."""
    rows = connection.execute(
        sa.select(closed_period)
        .where(closed_period.c.bucket == bucket, closed_period.c.club_id == club_id)
        .order_by(closed_period.c.pin_us)
    )
    return tuple(
        Closed(
            club_id=club_id,
            last_day=row.last_day,
            pin_us=row.pin_us,
            closed_us=row.closed_us,
            staff_id=row.staff_id,
            late=0,
        )
        for row in rows
    )
