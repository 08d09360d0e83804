"""Writing: one statement run with many rows, without what SQLAlchemy does anew for every row of it.

It compiles the statement, and here too its columns' types say how a value is written. But it looks at each value of
each row by itself, which took as long as the database does; here a column is written at once. Statements that need no
answer of one another go `together`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, NamedTuple, TypeAlias

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError

from clubtill_ledger.store.faults import Stale

Write = Callable[[Any], Any]
Rows: TypeAlias = Sequence[Mapping[str, Any]]
_SENT: Final = "sent"
"""Where a connection keeps what was sent together: (cursor, how many rows it has to change, None for any)."""


class _Made(NamedTuple):
    """A statement as an engine takes it.

    Attributes:
        text: with a mark for each value.
        names: of the values, in the order of the marks; `pick` takes them out of a row.
        writes: at these places, how a value is written.
        blanks: what stands for a value that a row does not tell.
        by_name: whether the engine takes values by name.
    """

    text: str
    names: tuple[str, ...]
    pick: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    writes: tuple[tuple[int, Write], ...]
    blanks: Mapping[str, Any]
    by_name: bool


def insert(connection: Connection, table: sa.Table, rows: Rows) -> None:
    """Insert rows. What a row does not tell is blank; what the table has no column for is left out."""
    if rows:
        _run(connection, _insert(table, connection.dialect), rows)


def change(connection: Connection, statement: sa.Update, rows: Rows) -> None:
    """Run an update, built once, with the values that each row tells.

    Raises Stale unless each changed one row of the table: somebody else wrote it meanwhile.
    """
    if rows:
        _run(connection, _update(statement, connection.dialect), rows, wanted=len(rows))


@contextmanager
def together(connection: Connection) -> Iterator[None]:
    """Send what is written within without waiting for each answer: one round trip on PostgreSQL.

    What the database refuses, and Stale, may be raised only where this ends.
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    driver: Any = connection.connection.driver_connection
    sent: list[tuple[Any, int | None]] = []
    info = connection.info  # of the line as it is now: where it is cut, the connection has none any more
    info[_SENT] = sent
    try:
        with driver.pipeline():
            yield
    except connection.dialect.loaded_dbapi.Error as error:
        raise _refused(connection, driver, error) from error
    finally:
        del info[_SENT]
    for cursor, wanted in sent:
        _compare(cursor.rowcount, wanted)


def blank(column: sa.Column[Any]) -> Any:
    """Give what stands in a column where nothing is told."""
    default = column.default
    return default.arg if isinstance(default, sa.ColumnDefault) else None


def _run(connection: Connection, made: _Made, rows: Rows, wanted: int | None = None) -> None:
    many: list[Any] = [made.pick({**made.blanks, **row}) for row in rows]
    if made.writes:
        columns: list[Iterable[Any]] = list(zip(*many, strict=True))
        for place, write in made.writes:
            columns[place] = map(write, columns[place])
        many = list(zip(*columns, strict=True))
    if made.by_name:
        many = [dict(zip(made.names, values, strict=True)) for values in many]
    sent: list[tuple[Any, int | None]] | None = connection.info.get(_SENT)
    if sent is None:
        _compare(connection.exec_driver_sql(made.text, many).rowcount, wanted)
    else:
        sent.append((_send(connection, made.text, many), wanted))


def _send(connection: Connection, text: str, many: list[Any]) -> Any:
    """Send a statement past SQLAlchemy, which would ask for its answer at once; whoever watches is told of it."""
    cursor = connection.connection.cursor()
    told = (connection, cursor, text, many, None, True)
    for see in connection.dispatch.before_cursor_execute:
        see(*told)
    cursor.executemany(text, many)
    for see in connection.dispatch.after_cursor_execute:
        see(*told)
    return cursor


def _compare(changed: int, wanted: int | None) -> None:
    if wanted is not None and changed != wanted:
        raise Stale


def _refused(connection: Connection, driver: Any, error: Any) -> BaseException:
    """Make of the driver's error what SQLAlchemy makes of it; a connection that is gone is not used again."""
    gone = connection.dialect.is_disconnect(error, driver, None)
    if gone:
        connection.invalidate(error)
    base = connection.dialect.loaded_dbapi.Error
    made: BaseException = DBAPIError.instance(
        None, None, error, base, hide_parameters=True, connection_invalidated=gone, dialect=connection.dialect
    )
    return made


@lru_cache(maxsize=256)
def _insert(table: sa.Table, dialect: Dialect) -> _Made:
    return _made(table.insert(), dialect, {column.name: blank(column) for column in table.c})


@lru_cache(maxsize=256)
def _update(statement: sa.Update, dialect: Dialect) -> _Made:
    return _made(statement, dialect, {})


def _made(statement: sa.Insert | sa.Update, dialect: Dialect, blanks: Mapping[str, Any]) -> _Made:
    """Compile a statement for an engine. Kept for as long as the engine is: neither ever changes."""
    told: Any = statement.compile(dialect=dialect, column_keys=list(blanks) or None)
    names = tuple(told.positiontup or told.binds)
    types = [told.binds[name].type.dialect_impl(dialect) for name in names]
    writes = [(place, kind.bind_processor(dialect)) for place, kind in enumerate(types)]
    return _Made(
        text=str(told),
        names=names,
        pick=itemgetter(*names),
        writes=tuple((place, write) for place, write in writes if write is not None),
        blanks=blanks,
        by_name=not told.positional,
    )
