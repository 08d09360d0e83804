"""Held: events that were kept and not posted, and the flags of those that were; what a manager looks through."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.tables import device_slot, raw_event
from clubtill_rules.values.ids import BUCKETS

HELD: Final = "held"
POSTED: Final = "posted"
VOID: Final = "void"
"""A manager decided that it does not count. Its bytes stay."""
MOVED: Final = "moved"
"""It is posted in another bucket, which only a newer program could tell. Its bytes stay here as well."""
LIST_MAX: Final = 1_000
_ALL: Final = tuple(range(BUCKETS))
_TOLD: Final = (
    "bucket", "event_id", "device_id", "epoch", "seq", "kind", "version", "club_id", "account_id", "received_us",
    "eff_us", "status", "reason", "flags",
)  # fmt: skip


def find(connection: Connection, event_id: str, *, lock_in: int | None = None) -> sa.Row[Any] | None:
    """Find an event by its id, in whatever bucket it lies; of several the held one. `lock_in`: lock it there."""
    chosen = sa.select(raw_event).where(
        raw_event.c.bucket.in_(_ALL if lock_in is None else (lock_in,)), raw_event.c.event_id == event_id
    )
    rows = connection.execute(chosen.with_for_update() if lock_in is not None else chosen).all()
    return next((row for row in rows if row.status == HELD), rows[0] if rows else None)


def standing(
    connection: Connection, status: str = HELD, *, reason: str = "", device_id: str = "", most: int = LIST_MAX
) -> Sequence[sa.Row[Any]]:
    """Give the events of a status, the oldest first, without their bytes; of one reason or device where it is named."""
    chosen = sa.select(*(raw_event.c[name] for name in _TOLD)).where(
        raw_event.c.bucket.in_(_ALL), raw_event.c.status == status
    )
    if reason:
        chosen = chosen.where(raw_event.c.reason == reason)
    if device_id:
        chosen = chosen.where(raw_event.c.device_id == device_id)
    return connection.execute(
        chosen.order_by(raw_event.c.received_us, raw_event.c.device_id, raw_event.c.epoch, raw_event.c.seq).limit(most)
    ).all()


def by_reason(connection: Connection) -> dict[str, int]:
    """Count the held events by their reason."""
    rows = connection.execute(
        sa.select(raw_event.c.reason, sa.func.count().label("n"))
        .where(raw_event.c.bucket.in_(_ALL), raw_event.c.status == HELD)
        .group_by(raw_event.c.reason)
    )
    return {row.reason: row.n for row in rows}


def settle(connection: Connection, bucket: int, event_id: str, **values: Any) -> None:
    """Change what became of an event; its bytes, place and hash never change."""
    connection.execute(
        sa.update(raw_event).where(raw_event.c.bucket == bucket, raw_event.c.event_id == event_id).values(**values)
    )


def flagged(connection: Connection, flag: str, *, most: int = LIST_MAX) -> Sequence[sa.Row[Any]]:
    """Give the posted events with a flag, the oldest first, without their bytes."""
    told = sa.type_coerce(raw_event.c.flags, sa.Text).contains(f'"{flag}"')
    at_place = sa.exists().where(
        device_slot.c.device_id == raw_event.c.device_id,
        device_slot.c.epoch == raw_event.c.epoch,
        device_slot.c.seq == raw_event.c.seq,
        sa.type_coerce(device_slot.c.flags, sa.Text).contains(f'"{flag}"'),
    )
    return connection.execute(
        sa.select(*(raw_event.c[name] for name in _TOLD))
        .where(raw_event.c.bucket.in_(_ALL), raw_event.c.status == POSTED, sa.or_(told, at_place))
        .order_by(raw_event.c.eff_us, raw_event.c.event_id)
        .limit(most)
    ).all()


def told_of(connection: Connection, places: Collection[tuple[int, str]]) -> Sequence[sa.Row[Any]]:
    """Give events by bucket and id, the oldest first, without their bytes."""
    return connection.execute(
        sa.select(*(raw_event.c[name] for name in _TOLD))
        .where(sa.tuple_(raw_event.c.bucket, raw_event.c.event_id).in_(list(places)))
        .order_by(raw_event.c.eff_us, raw_event.c.event_id)
    ).all()


def all_flags(connection: Connection) -> Iterator[tuple[str, ...]]:
    """Give the flags of every posted event that has any, its own and those of its place."""
    own = sa.select(raw_event.c.flags).where(raw_event.c.status == POSTED, raw_event.c.flags != ())
    place = sa.select(device_slot.c.flags).where(device_slot.c.flags != ())
    for chosen in (own, place):
        for row in connection.execute(chosen):
            yield row.flags
