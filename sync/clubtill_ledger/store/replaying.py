"""Replaying: the facts of posted events, compared with what stands, page by page of one bucket (I15).

Facts are spelled out by the very functions that accept events; a connection that writes nothing keeps them from
changing anything. What differs is told by table and key, never by content: a report may be read by anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.sql.dml import UpdateBase

from clubtill_ledger.store.facts import TABLES, whole
from clubtill_ledger.store.tables import raw_event

PAGE: Final = 500
POSTED: Final = "posted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A row that is not what it would be made to: `missing`, `extra`, or the names of its columns that differ.

    `key` are the values of the primary key; `made` is the row as it should be, None for one that should not be.
    """

    table: str
    key: tuple[Any, ...]
    what: str
    made: Mapping[str, Any] | None = field(default=None, repr=False)

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.table} {'/'.join(str(part) for part in self.key)}: {self.what}"


class _Nothing:
    """What a statement that was not run gives back: as if it had changed one row."""

    rowcount: Final = 1

    def scalar_one(self) -> int:
        """Give the number that was not taken."""
        return 0

    scalar = scalar_one


class _Reading:
    """A connection on which only what reads is run."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def execute(self, statement: Any, parameters: Any = None) -> Any:
        """Run what reads; of what writes say that it was done."""
        if isinstance(statement, UpdateBase):
            return _Nothing()
        return self._connection.execute(statement, parameters)


def reading(connection: Connection) -> Connection:
    """Give a connection that reads what stands and writes nothing, for functions that do both."""
    return cast("Connection", _Reading(connection))


def posted(connection: Connection, bucket: int) -> Iterator[Sequence[sa.Row[Any]]]:
    """Give the posted events of a bucket, a page at a time, by id."""
    after = ""
    while True:
        page = connection.execute(
            sa.select(raw_event)
            .where(raw_event.c.bucket == bucket, raw_event.c.event_id > after, raw_event.c.status == POSTED)
            .order_by(raw_event.c.event_id)
            .limit(PAGE)
        ).all()
        if not page:
            return
        yield page
        after = page[-1].event_id


def compare_facts(
    connection: Connection, bucket: int, event_ids: Sequence[str], made: Mapping[str, Sequence[Mapping[str, Any]]]
) -> Iterator[Difference]:
    """Compare the facts of some events with what stands, table by table."""
    for name, table in TABLES.items():
        keys = [column.name for column in table.primary_key]
        want = {tuple(row[key] for key in keys): row for row in (whole(name, told) for told in made.get(name, ()))}
        rows = connection.execute(
            sa.select(table).where(table.c.bucket == bucket, table.c.event_id.in_(event_ids))
        ).mappings()
        yield from differences_of(name, keys, want, rows)


def differences_of(
    name: str, keys: Sequence[str], want: Mapping[tuple[Any, ...], Mapping[str, Any]], rows: Iterable[sa.RowMapping]
) -> Iterator[Difference]:
    """Compare rows by their key with what they should be; columns that `want` does not name are left alone."""
    left = dict(want)
    for row in rows:
        key = tuple(row[part] for part in keys)
        should = left.pop(key, None)
        if should is None:
            yield Difference(table=name, key=key, what="extra")
            continue
        other = [column for column, value in should.items() if row[column] != value]
        if other:
            yield Difference(table=name, key=key, what=", ".join(other), made=should)
    for key, should in left.items():
        yield Difference(table=name, key=key, what="missing", made=should)


def orphans(connection: Connection, bucket: int) -> Iterator[Difference]:
    """Give the facts of a bucket that belong to no posted event."""
    for name, without_event in _ORPHANS.items():
        for row in connection.execute(without_event, {"in_bucket": bucket}):
            yield Difference(table=name, key=tuple(row), what="extra")


def _orphans(table: sa.Table) -> sa.Select[Any]:
    known = sa.exists().where(
        raw_event.c.bucket == table.c.bucket,
        raw_event.c.event_id == table.c.event_id,
        raw_event.c.status == POSTED,
    )
    return sa.select(*table.primary_key).where(table.c.bucket == sa.bindparam("in_bucket"), ~known)


_ORPHANS: Final = {name: _orphans(table) for name, table in TABLES.items()}


def mend(connection: Connection, one: Difference, table: sa.Table) -> None:
    """Write a row as it should be, or take away one that should not be."""
    keys = [column.name for column in table.primary_key]
    mine = [table.c[name] == value for name, value in zip(keys, one.key, strict=True)]
    if one.what == "extra":
        connection.execute(sa.delete(table).where(*mine))
    elif one.what == "missing" and one.made is not None:
        connection.execute(table.insert(), [dict(one.made)])
    elif one.made is not None:
        connection.execute(sa.update(table).where(*mine).values(**one.made))


def mend_fact(connection: Connection, one: Difference) -> None:
    """Mend a row of a table of facts."""
    mend(connection, one, TABLES[one.table])
