"""Auditing: reads what verification looks at, in the order of keys and a page at a time. It judges nothing."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.columns import METADATA
from clubtill_ledger.store.engines import Store
from clubtill_ledger.store.tables import device_fork, device_mark, device_slot, posting, raw_event

PAGE: Final = 500
ERASED: Final = "erased"
"""Reason of an event whose bytes were personal and are gone, as the law wants it; its place and hash stay (R53)."""
ROWS_AT_ONCE: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in a device's log with the exact bytes of its event; None where the event is not stored.

    `erased`: its bytes are gone as they were personal, and nothing can be said about them any more.
    """

    device_id: str
    epoch: int
    seq: int
    chain_hash: str
    event_id: str
    data: bytes | None
    erased: bool = False


def numbers(connection: Connection, stream: int) -> Generator[int, None, None]:
    """Give every number that a row of a stream carries, in order, once for each row: gaps and doubles show."""
    tables = [table for table in METADATA.sorted_tables if _is_numbered(table)]
    every = sa.union_all(*(sa.select(table.c.seq.label("seq")).where(table.c.bucket == stream) for table in tables))
    chosen = sa.select(every.subquery().c.seq).order_by("seq").execution_options(yield_per=ROWS_AT_ONCE)
    with connection.execute(chosen) as rows:
        yield from rows.scalars()


def _is_numbered(table: sa.Table) -> bool:
    keys = [table.primary_key, *(one for one in table.constraints if isinstance(one, sa.UniqueConstraint))]
    return any([column.name for column in key.columns] == ["bucket", "seq"] for key in keys)


def logs(connection: Connection, bucket: int) -> Iterator[tuple[str, int]]:
    """Give the logs (device, epoch) whose places lie in a bucket; side epochs of forks are negative."""
    both = sa.union(
        *(sa.select(one.c.device_id, one.c.epoch).where(one.c.bucket == bucket) for one in (device_slot, device_mark))
    )
    yield from sorted((row.device_id, row.epoch) for row in connection.execute(both))


def places(connection: Connection, bucket: int, device_id: str, epoch: int) -> Iterator[Place]:
    """Give the places of a log in their order, each with the bytes that are stored for it."""
    mine = (device_slot.c.bucket == bucket, device_slot.c.device_id == device_id, device_slot.c.epoch == epoch)
    after: int | None = None
    while True:
        chosen = sa.select(device_slot).where(*mine).order_by(device_slot.c.seq).limit(PAGE)
        page = connection.execute(chosen if after is None else chosen.where(device_slot.c.seq > after)).all()
        if not page:
            return
        after = page[-1].seq
        data = _bytes(connection, page)
        for row in page:
            at_place = (row.event_bucket, device_id, epoch, row.seq)
            told, erased = data.get(at_place, data.get((row.event_bucket, row.event_id), (None, False)))
            yield Place(
                device_id=device_id,
                epoch=epoch,
                seq=row.seq,
                chain_hash=row.chain_hash,
                event_id=row.event_id,
                data=told,
                erased=erased,
            )


def _bytes(connection: Connection, page: Sequence[sa.Row[Any]]) -> dict[tuple[Any, ...], tuple[bytes, bool]]:
    """Give the stored bytes of a page of places: by place, and by id for those that were sent under another place."""
    found: dict[tuple[Any, ...], tuple[bytes, bool]] = {}
    by_bucket: dict[int, list[sa.Row[Any]]] = {}
    for row in page:
        by_bucket.setdefault(row.event_bucket, []).append(row)
    for bucket, rows in by_bucket.items():
        taken = sa.and_(
            raw_event.c.device_id == rows[0].device_id,
            raw_event.c.epoch == rows[0].epoch,
            raw_event.c.seq.in_([row.seq for row in rows]),
            raw_event.c.reason == "id_taken",
        )
        ids = raw_event.c.event_id.in_([row.event_id for row in rows])
        for raw in connection.execute(sa.select(raw_event).where(raw_event.c.bucket == bucket, sa.or_(ids, taken))):
            told = (bytes(raw.bytes), raw.reason == ERASED)
            found[bucket, raw.device_id, raw.epoch, raw.seq] = told
            found.setdefault((bucket, raw.event_id), told)
    return found


def mark(connection: Connection, bucket: int, device_id: str, epoch: int) -> tuple[int, str]:
    """Give how far a log is acknowledged, and the hash there; (0, "") for not at all."""
    row = connection.execute(
        sa.select(device_mark).where(
            device_mark.c.bucket == bucket, device_mark.c.device_id == device_id, device_mark.c.epoch == epoch
        )
    ).one_or_none()
    return (row.acked_seq, row.chain_hash) if row else (0, "")


def began(connection: Connection, bucket: int, device_id: str, side_epoch: int) -> tuple[int, int] | None:
    """Give the epoch and the number at which a side epoch began; None for one that was never begun."""
    row = connection.execute(
        sa.select(device_fork).where(
            device_fork.c.bucket == bucket,
            device_fork.c.device_id == device_id,
            device_fork.c.side_epoch == side_epoch,
        )
    ).one_or_none()
    return (row.epoch, row.from_seq) if row else None


def raw_places(connection: Connection, bucket: int) -> Iterator[Sequence[sa.Row[Any]]]:
    """Give of every stored event of a bucket its id, place, status and hash, without its bytes, page by page."""
    names = ("event_id", "device_id", "epoch", "seq", "status", "chain_hash")
    chosen = (
        sa.select(*(raw_event.c[name] for name in names))
        .where(raw_event.c.bucket == bucket)
        .order_by(raw_event.c.event_id)
        .execution_options(yield_per=PAGE)
    )
    with connection.execute(chosen) as rows:
        yield from rows.partitions()


def hashes(connection: Connection, bucket: int, device_id: str, epoch: int, seqs: Sequence[int]) -> dict[int, str]:
    """Give the hashes of some places of a log, by number."""
    rows = connection.execute(
        sa.select(device_slot.c.seq, device_slot.c.chain_hash).where(
            device_slot.c.bucket == bucket,
            device_slot.c.device_id == device_id,
            device_slot.c.epoch == epoch,
            device_slot.c.seq.in_(seqs),
        )
    )
    return {row.seq: row.chain_hash for row in rows}


def unbalanced(connection: Connection, bucket: int) -> tuple[tuple[str, int], ...]:
    """Give the sales of a bucket whose postings do not sum to nil, with their sum (I16)."""
    total = sa.func.sum(posting.c.amount_minor)
    rows = connection.execute(
        sa.select(posting.c.event_id, total.label("total"))
        .where(posting.c.bucket == bucket)
        .group_by(posting.c.event_id)
        .having(total != 0)
    )
    return tuple((row.event_id, int(row.total)) for row in rows)


def missing_keys(store: Store) -> tuple[str, ...]:
    """Give the primary and unique keys that the program declares and the database does not have."""
    found: list[str] = []
    known = sa.inspect(store.writer)
    standing = set(known.get_table_names())
    for table in METADATA.sorted_tables:
        if table.name not in standing:
            found.append(table.name)
            continue
        primary = known.get_pk_constraint(table.name)["constrained_columns"]
        if list(primary) != [column.name for column in table.primary_key]:
            found.append(f"{table.name} ({', '.join(column.name for column in table.primary_key)})")
        uniques = {tuple(one["column_names"]) for one in known.get_unique_constraints(table.name)}
        for constraint in table.constraints:
            names = tuple(column.name for column in getattr(constraint, "columns", ()))
            if isinstance(constraint, sa.UniqueConstraint) and names not in uniques:
                found.append(f"{table.name} unique ({', '.join(names)})")
    return tuple(found)


def damage(store: Store) -> tuple[str, ...]:
    """Let SQLite check its own file; nothing to tell for a sound one, and on PostgreSQL."""
    if not store.is_sqlite:
        return ()
    told = store.read(lambda connection: connection.exec_driver_sql("PRAGMA quick_check").scalars().all())
    return tuple(line for line in told if line != "ok")
