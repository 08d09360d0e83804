"""Probes: what the conformance kit asks of an engine directly, below the ledger's own code (8.3 and 8.4 of the design).

Each probe writes through `Store.write` as the ledger does and says in numbers what came of it. They leave rows behind
and are for a database that holds nothing else.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import count
from typing import Any, Final, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from clubtill_ledger.store import streams
from clubtill_ledger.store.columns import METADATA, Day, Flag, Texts
from clubtill_ledger.store.engines import Store
from clubtill_ledger.store.faults import Stale
from clubtill_ledger.store.tables import account_state, card_change, device_mark, entry, raw_event, stream_head
from clubtill_rules.values.ids import BUCKETS

NOWHERE: Final = 1_000
"""A bucket that no account and no stream has."""


def tables_there(store: Store) -> tuple[str, ...]:
    """Give the names of the tables that stand already."""
    return tuple(sorted(sa.inspect(store.writer).get_table_names()))


def remove(store: Store) -> None:
    """Remove the ledger's tables again."""
    with store.writer.begin() as connection:
        METADATA.drop_all(connection)
        connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")


def describe(store: Store) -> str:
    """Name the engine, its version and the isolation of writing transactions."""
    with store.writer.connect() as connection:
        if store.is_sqlite:
            return f"SQLite {connection.exec_driver_sql('SELECT sqlite_version()').scalar()}"
        version = str(connection.exec_driver_sql("SELECT version()").scalar())
        level = str(connection.exec_driver_sql("SHOW transaction_isolation").scalar())
        return f"{version.partition(' on ')[0]}, {level}"


# ------------------------------------------------------------------ unique keys


def keys() -> tuple[tuple[sa.Table, tuple[str, ...]], ...]:
    """Give every primary and unique key of the ledger's tables."""
    found: list[tuple[sa.Table, tuple[str, ...]]] = []
    for table in METADATA.sorted_tables:
        found.append((table, tuple(column.name for column in table.primary_key.columns)))
        uniques = [one for one in table.constraints if isinstance(one, sa.UniqueConstraint)]
        found.extend((table, tuple(column.name for column in one.columns)) for one in uniques)
    return tuple(found)


def refuses_second(store: Store, table: sa.Table, key: tuple[str, ...]) -> bool:
    """Tell whether a second row with the same key is refused, and leave the table as it was."""

    def insert(n: int) -> None:
        with store.writer.begin() as connection:
            connection.execute(table.insert(), _row(table, key, n))

    insert(1)
    try:
        insert(2)
    except IntegrityError:
        return True
    else:
        return False
    finally:
        with store.writer.begin() as connection:
            bucket = table.c.get("bucket")
            mine = table.delete() if bucket is None else table.delete().where(bucket == NOWHERE)
            connection.execute(mine)


def _row(table: sa.Table, key: tuple[str, ...], n: int) -> dict[str, Any]:
    """Write row `n` of a table: equal to every other one in the key, different in all else."""
    row = {column.name: _value(column, 0 if column.name in key else n) for column in table.c}
    return row | ({"bucket": NOWHERE} if "bucket" in row else {})


def _value(column: sa.Column[Any], n: int) -> Any:
    made: dict[type, Any] = {
        Day: date(2026, 1, 1 + n),
        Flag: bool(n % 2),
        Texts: (f"t{n}",),
        sa.Text: f"t{n}",
        sa.LargeBinary: f"t{n}".encode(),
    }
    return next((value for kind, value in made.items() if isinstance(column.type, kind)), n)


# ------------------------------------------------------------------ numbers and versions


def take_number(connection: Connection, bucket: int, name: str) -> int:
    """Take the next number of a stream and write a row under it, as every change of a card does."""
    seq = streams.take(connection, bucket, 1)
    connection.execute(card_change.insert(), {"bucket": bucket, "seq": seq, "club_id": "probe", "account_id": name})
    return seq


def head_and_rows(connection: Connection, bucket: int) -> tuple[int, int, int]:
    """Give, of one stream in one snapshot: its head, how many rows stand up to it, and the highest row."""
    head = connection.execute(sa.select(stream_head.c.seq).where(stream_head.c.bucket == bucket)).scalar_one()
    rows, highest = connection.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.max(card_change.c.seq), 0)).where(
            card_change.c.bucket == bucket
        )
    ).one()
    return int(head), int(rows), int(highest)


def open_counter(connection: Connection, bucket: int) -> None:
    """Begin the account whose version `next_version` counts."""
    connection.execute(account_state.insert(), _counter(bucket) | {"ver": 0})


def next_version(connection: Connection, bucket: int) -> int:
    """Read an account's version, then write the next one where it is still the same. Raises Stale where it is not.

    This is read-then-write: an engine that loses updates loses this one, unless compare or unique key hold it.
    """
    mine = [account_state.c[name] == value for name, value in _counter(bucket).items()]
    ver = int(connection.execute(sa.select(account_state.c.ver).where(*mine)).scalar_one())
    moved = connection.execute(sa.update(account_state).where(*mine, account_state.c.ver == ver).values(ver=ver + 1))
    if moved.rowcount != 1:
        raise Stale
    return ver + 1


def version_now(connection: Connection, bucket: int) -> int:
    """Give the version that stands."""
    mine = [account_state.c[name] == value for name, value in _counter(bucket).items()]
    return int(connection.execute(sa.select(account_state.c.ver).where(*mine)).scalar_one())


def _counter(bucket: int) -> dict[str, Any]:
    return {"bucket": bucket, "club_id": "probe", "account_id": "counter"}


# ------------------------------------------------------------------ transactions as wholes


def rolls_back(store: Store, bucket: int) -> bool:
    """Tell whether a transaction that was begun anew three times took effect once, and its first tries not at all."""
    runs = count(1)

    def work(connection: Connection) -> int:
        taken = take_number(connection, bucket, "again")
        if next(runs) <= 3:  # noqa: PLR2004 - three tries that are given up
            raise Stale
        return taken

    before = store.read(partial(head_and_rows, bucket=bucket))
    taken = store.write(work)
    after = store.read(partial(head_and_rows, bucket=bucket))
    return (taken, *after) == (before[0] + 1, before[0] + 1, before[1] + 1, before[2] + 1)


@contextmanager
def held_open(store: Store, bucket: int) -> Iterator[Connection]:
    """Keep a transaction open that has taken a number of a stream and does not end; it is rolled back at the end."""
    with store.writer.connect() as connection, connection.begin() as transaction:
        take_number(connection, bucket, "open")
        try:
            yield connection
        finally:
            transaction.rollback()


@dataclass(eq=False)
class Cuts:
    """Which commits of a store are cut: every `every`-th, before it was sent or after, with the answer lost."""

    moment: Literal["before", "after"]
    every: int
    seen: int = 0
    cut: int = field(default=0)

    def __call__(self, connection: Connection) -> None:
        """Cut the line of a connection that is about to commit, if it is its turn."""
        self.seen += 1
        if self.seen % self.every:
            return
        self.cut += 1
        psycopg: Any = connection.connection.dbapi_connection
        if self.moment == "after":
            psycopg.pgconn.send_query(b"COMMIT")
            psycopg.pgconn.flush()
        with socket.socket(fileno=os.dup(psycopg.pgconn.socket)) as wire:
            wire.shutdown(socket.SHUT_RDWR)
        psycopg.close()


@contextmanager
def cutting(store: Store, cuts: Callable[[Connection], None]) -> Iterator[None]:
    """Cut commits of a PostgreSQL store for as long as this is open."""
    sa.event.listen(store.writer, "commit", cuts)
    try:
        yield
    finally:
        sa.event.remove(store.writer, "commit", cuts)


# ------------------------------------------------------------------ what stands at the end


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Everything that the kit counts at the end.

    Attributes:
        heads: bucket -> the last number taken of its stream; `numbers`: those in use.
        events: id of each stored event -> how often it stands.
        legs: (event id, leg) -> how often it stands among the entries.
        versions: (club, account) -> versions of its entries; `states` -> the version and balance that its state has.
        awards: (club, account) -> hundredths of points awarded by entries; `last` -> available after the last entry.
        marks: device -> acknowledged up to.
    """

    heads: dict[int, int]
    events: dict[str, int] = field(default_factory=dict)
    legs: dict[tuple[str, int], int] = field(default_factory=dict)
    numbers: dict[int, list[int]] = field(default_factory=dict)
    versions: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    states: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    awards: dict[tuple[str, str], int] = field(default_factory=dict)
    last: dict[tuple[str, str], int] = field(default_factory=dict)
    marks: dict[str, int] = field(default_factory=dict)


def standing(connection: Connection) -> Standing:
    """Read what stands, in one snapshot."""
    found = Standing(heads=streams.heads(connection))
    for row in connection.execute(sa.select(raw_event.c.event_id)):
        found.events[row.event_id] = found.events.get(row.event_id, 0) + 1
    for row in connection.execute(sa.select(entry).order_by(entry.c.bucket, entry.c.ver)):
        account, leg = (row.club_id, row.account_id), (row.event_id, row.leg)
        found.legs[leg] = found.legs.get(leg, 0) + 1
        found.numbers.setdefault(row.bucket, []).append(row.seq)
        found.versions.setdefault(account, []).append(row.ver)
        found.last[account] = row.avail_after
        if row.kind == "award" and row.award_for != "opening":
            found.awards[account] = found.awards.get(account, 0) + row.amount_h
    for row in connection.execute(sa.select(card_change.c.bucket, card_change.c.seq)):
        found.numbers.setdefault(row.bucket, []).append(row.seq)
    for row in connection.execute(sa.select(account_state).where(account_state.c.bucket < BUCKETS)):
        found.states[row.club_id, row.account_id] = (row.ver, row.avail_h)
    for row in connection.execute(sa.select(device_mark.c.device_id, device_mark.c.acked_seq)):
        found.marks[row.device_id] = row.acked_seq
    return found
