"""Logs: the slots and the marks of each device's log, and the exact bytes of every event (I9, I11, I30)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store import writing
from clubtill_ledger.store.tables import device_fork, device_mark, device_slot, entry, raw_event
from clubtill_rules.values.ids import device_bucket


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place in a device's log. `eff_us` is assigned here, once, and never changes (3.1)."""

    device_id: str
    epoch: int
    seq: int
    event_id: str
    event_bucket: int
    chain_hash: str
    received_us: int
    eff_us: int
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The acknowledged contiguous prefix of an epoch."""

    acked_seq: int
    chain_hash: str


def slots(connection: Connection, device_id: str, epoch: int, first: int, last: int) -> dict[int, Slot]:
    """Give the slots first to last of an epoch that are taken, by number."""
    rows = connection.execute(_SLOTS, _of(device_id, epoch) | {"first": first, "last": last})
    found = [Slot(**row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns
    return {slot.seq: slot for slot in found}


def claim(connection: Connection, taken: Iterable[Slot]) -> None:
    """Take slots. The primary key refuses a second holder."""
    rows = [
        {"bucket": device_bucket(slot.device_id), **{name: getattr(slot, name) for name in Slot.__slots__}}
        for slot in taken
    ]
    writing.insert(connection, device_slot, rows)


def mark(connection: Connection, device_id: str, epoch: int) -> Mark | None:
    """Give the mark of an epoch; None before its first event was acknowledged."""
    row = connection.execute(_MARK, _of(device_id, epoch)).one_or_none()
    return Mark(acked_seq=row.acked_seq, chain_hash=row.chain_hash) if row else None


def move_mark(connection: Connection, device_id: str, epoch: int, to_seq: int, chain_hash: str) -> Mark:
    """Move a mark forward; it never goes back (I11). Gives where it stands."""
    standing = mark(connection, device_id, epoch)
    if standing and standing.acked_seq >= to_seq:
        return standing
    if standing is None:
        where = {"bucket": device_bucket(device_id), "device_id": device_id, "epoch": epoch}
        connection.execute(device_mark.insert(), where | {"acked_seq": to_seq, "chain_hash": chain_hash})
    else:
        connection.execute(_MOVE_MARK, _of(device_id, epoch) | {"to_seq": to_seq, "to_hash": chain_hash})
    return Mark(acked_seq=to_seq, chain_hash=chain_hash)


def _of(device_id: str, epoch: int) -> dict[str, Any]:
    """Give the values of `_is_of`."""
    return {"in_bucket": device_bucket(device_id), "of_device": device_id, "in_epoch": epoch}


def _is_of(table: sa.Table) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        table.c.bucket == sa.bindparam("in_bucket"),
        table.c.device_id == sa.bindparam("of_device"),
        table.c.epoch == sa.bindparam("in_epoch"),
    )


# ------------------------------------------------------------------ forks


def find_side(connection: Connection, device_id: str, epoch: int, seq: int, chain_hash: str) -> int | None:
    """Find the side epoch that a fork at this event began (C12)."""
    return connection.execute(
        sa.select(device_fork.c.side_epoch).where(
            device_fork.c.bucket == device_bucket(device_id),
            device_fork.c.device_id == device_id,
            device_fork.c.epoch == epoch,
            device_fork.c.from_seq == seq,
            device_fork.c.from_hash == chain_hash,
        )
    ).scalar_one_or_none()


def sides(connection: Connection, device_id: str) -> tuple[int, ...]:
    """Give the side epochs of a device, newest first. They are negative, so that no real epoch is one."""
    rows = connection.execute(
        sa.select(device_fork.c.side_epoch)
        .where(device_fork.c.bucket == device_bucket(device_id), device_fork.c.device_id == device_id)
        .order_by(device_fork.c.side_epoch)
    )
    return tuple(rows.scalars())


def begin_side(connection: Connection, device_id: str, epoch: int, seq: int, chain_hash: str, *, now_us: int) -> int:
    """Begin a side epoch for a forked log and give its number."""
    side = min((0, *sides(connection, device_id))) - 1
    values = {"side_epoch": side, "epoch": epoch, "from_seq": seq, "from_hash": chain_hash, "found_us": now_us}
    connection.execute(device_fork.insert(), {"bucket": device_bucket(device_id), "device_id": device_id} | values)
    return side


# ------------------------------------------------------------------ exact bytes


def raw(connection: Connection, bucket: int, event_ids: Sequence[str]) -> dict[str, sa.Row[Any]]:
    """Give the events of a bucket that are stored, by id."""
    rows = connection.execute(
        sa.select(raw_event).where(raw_event.c.bucket == bucket, raw_event.c.event_id.in_(event_ids))
    )
    return {row.event_id: row for row in rows}


def raw_of_each(connection: Connection, places: Collection[tuple[int, str]]) -> dict[tuple[int, str], sa.Row[Any]]:
    """Give the events that are stored of some, told by bucket and id: their bytes, their slot, what became of them."""
    return {(row.bucket, row.event_id): row for row in connection.execute(_RAW_OF_EACH, _told(places))}


def raw_in_slot(connection: Connection, slot: Slot) -> sa.Row[Any]:
    """Give the event that a slot's bytes were stored under where another one has its id: held, under that of its bytes.

    Reads the bucket's events of one device; no hot path.
    """
    return connection.execute(
        sa.select(raw_event).where(
            raw_event.c.bucket == slot.event_bucket,
            raw_event.c.device_id == slot.device_id,
            raw_event.c.epoch == slot.epoch,
            raw_event.c.seq == slot.seq,
        )
    ).one()


def keep_raw(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Keep the exact bytes of events and what became of them."""
    writing.insert(connection, raw_event, rows)


def posted_at(connection: Connection, places: Collection[tuple[int, str]]) -> dict[tuple[int, str], tuple[int, int]]:
    """Give for each event that has entries the last number in its stream and the amount available after it."""
    rows = connection.execute(_POSTED_AT, _told(places))
    return {(bucket, event_id): (seq, avail_h) for bucket, event_id, seq, avail_h in rows}


def _told(places: Collection[tuple[int, str]]) -> dict[str, Any]:
    return {"buckets": sorted({bucket for bucket, _ in places}), "places": sorted(places)}


def _is_one_of(table: sa.Table) -> sa.ColumnElement[bool]:
    """Compare with the events that `_told` gives."""
    key = sa.tuple_(table.c.bucket, table.c.event_id)
    buckets: sa.BindParameter[Any] = sa.bindparam("buckets", expanding=True)
    return table.c.bucket.in_(buckets) & key.in_(sa.bindparam("places", expanding=True))


ASK_LEGS = 1_000
"""From this leg on the entries of an event id are grants that were asked for under it (3.2)."""

# What every batch runs is built once: building a statement takes longer than running it.
_SLOTS: Final = sa.select(*(device_slot.c[name] for name in Slot.__slots__)).where(
    *_is_of(device_slot), device_slot.c.seq.between(sa.bindparam("first"), sa.bindparam("last"))
)
_MARK: Final = sa.select(device_mark.c.acked_seq, device_mark.c.chain_hash).where(*_is_of(device_mark))
_MOVE_MARK: Final = (
    sa.update(device_mark)
    .where(*_is_of(device_mark), device_mark.c.acked_seq < sa.bindparam("to_seq"))
    .values(acked_seq=sa.bindparam("to_seq"), chain_hash=sa.bindparam("to_hash"))
)
_RAW_OF_EACH: Final = sa.select(
    *(raw_event.c[name] for name in ("bucket", "event_id", "bytes", "device_id", "epoch", "seq", "status", "flags"))
).where(_is_one_of(raw_event))
_POSTED_AT: Final = (
    sa.select(entry.c.bucket, entry.c.event_id, entry.c.seq, entry.c.avail_after)
    .where(_is_one_of(entry), entry.c.leg < ASK_LEGS)
    .order_by(entry.c.seq)
)
