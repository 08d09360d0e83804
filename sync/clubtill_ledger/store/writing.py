"""Writing: one statement run with many rows, without what SQLAlchemy does anew for every row of it.

It compiles the statement, and here too its columns' types say how a value is written. But it looks at each value of
each row by itself, which took as long as the database does; here a column is written at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect

Write = Callable[[Any], Any]


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


def insert(connection: Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows. What a row does not tell is blank; what the table has no column for is left out."""
    if rows:
        _run(connection, _insert(table, connection.dialect), rows)


def change(connection: Connection, statement: sa.Update, rows: Sequence[Mapping[str, Any]]) -> int:
    """Run an update, built once, with the values that each row tells; give how many rows of the table it changed."""
    return _run(connection, _update(statement, connection.dialect), rows).rowcount if rows else 0


def blank(column: sa.Column[Any]) -> Any:
    """Give what stands in a column where nothing is told."""
    default = column.default
    return default.arg if isinstance(default, sa.ColumnDefault) else None


def _run(connection: Connection, made: _Made, rows: Sequence[Mapping[str, Any]]) -> sa.CursorResult[Any]:
    many: list[Any] = [made.pick({**made.blanks, **row}) for row in rows]
    if made.writes:
        columns: list[Iterable[Any]] = list(zip(*many, strict=True))
        for place, write in made.writes:
            columns[place] = map(write, columns[place])
        many = list(zip(*columns, strict=True))
    if made.by_name:
        many = [dict(zip(made.names, values, strict=True)) for values in many]
    return connection.exec_driver_sql(made.text, many)


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
