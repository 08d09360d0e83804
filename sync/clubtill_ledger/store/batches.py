"""Batches: many rows of one bucket written by one statement, whatever their number.

PostgreSQL gets the rows as one array a column, so that a thousand rows cost one round trip and one plan. SQLite has no
arrays and no round trips: there the driver runs the statement row by row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, TypeAlias

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Connection

Rows: TypeAlias = Sequence[Mapping[str, Any]]
"""Rows with the same columns; an update's `was_` columns are compared, not written."""
WAS: Final = "was_"


def insert(connection: Connection, table: sa.Table, rows: Rows, same: Mapping[str, Any]) -> None:
    """Insert rows, with `same` in each. Every column is given."""
    if not rows:
        return
    if connection.dialect.name != "postgresql":
        connection.execute(table.insert(), [{**same, **row} for row in rows])
        return
    connection.execute(_insert(table, tuple(rows[0]), tuple(same)), _told(rows, same))


def update(connection: Connection, table: sa.Table, rows: Rows, same: Mapping[str, Any], key: Sequence[str]) -> int:
    """Update the rows whose `same` and `key` columns are as given, and whose columns are as `was_` says.

    Gives how many rows were as they were said to be.
    """
    if not rows:
        return 0
    names = tuple(rows[0])
    compared = tuple(name for name in names if name in key or name.startswith(WAS))
    if connection.dialect.name != "postgresql":
        where = [table.c[name] == value for name, value in same.items()]
        where += [table.c[name.removeprefix(WAS)] == sa.bindparam(f"{name}_") for name in compared]
        change: dict[str, Any] = {name: sa.bindparam(f"{name}_") for name in names if name not in compared}
        many = [{f"{name}_": row[name] for name in names} for row in rows]
        return connection.execute(sa.update(table).where(*where).values(change), many).rowcount
    return connection.execute(_update(table, names, compared, tuple(same)), _told(rows, same)).rowcount


def _told(rows: Rows, same: Mapping[str, Any]) -> dict[str, Any]:
    arrays = {f"{name}_": [row[name] for row in rows] for name in rows[0]}
    return arrays | {f"{name}_0": value for name, value in same.items()}


@lru_cache(maxsize=32)
def _insert(table: sa.Table, names: tuple[str, ...], same: tuple[str, ...]) -> sa.Insert:
    """Build a statement once: building it costs more than running it."""
    fixed = [sa.bindparam(f"{name}_0", type_=table.c[name].type).label(name) for name in same]
    return table.insert().from_select([*same, *names], sa.select(*fixed, *_given(table, names).c))


@lru_cache(maxsize=32)
def _update(table: sa.Table, names: tuple[str, ...], compared: tuple[str, ...], same: tuple[str, ...]) -> sa.Update:
    given = _given(table, names)
    where = [table.c[name] == sa.bindparam(f"{name}_0", type_=table.c[name].type) for name in same]
    where += [table.c[name.removeprefix(WAS)] == given.c[name] for name in compared]
    return sa.update(table).where(*where).values({name: given.c[name] for name in names if name not in compared})


def _given(table: sa.Table, names: tuple[str, ...]) -> Any:
    """Give the rows as a table of their own: an array a column."""
    types = {name: table.c[name.removeprefix(WAS)].type for name in names}
    arrays = [sa.bindparam(f"{name}_", type_=ARRAY(kind)) for name, kind in types.items()]
    columns = [sa.column(name, kind) for name, kind in types.items()]
    return sa.func.unnest(*arrays).table_valued(*columns, name="given").render_derived()
