"""Batches: many rows of one bucket written by one statement, whatever their number.

PostgreSQL gets the rows as one array a column, so that a thousand rows cost one round trip and one plan. SQLite has no
arrays and no round trips: there the driver runs the statement row by row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    source = _source(table, rows)
    fixed = [sa.literal(value, table.c[name].type).label(name) for name, value in same.items()]
    chosen = sa.select(*fixed, *source.c)
    connection.execute(table.insert().from_select([*same, *rows[0]], chosen))


def update(connection: Connection, table: sa.Table, rows: Rows, same: Mapping[str, Any], key: Sequence[str]) -> int:
    """Update the rows whose `same` and `key` columns are as given, and whose columns are as `was_` says.

    Gives how many rows were as they were said to be.
    """
    if not rows:
        return 0
    compared = [name for name in rows[0] if name in key or name.startswith(WAS)]
    written = [name for name in rows[0] if name not in compared]
    where = [table.c[name] == value for name, value in same.items()]
    if connection.dialect.name != "postgresql":
        where += [table.c[name.removeprefix(WAS)] == sa.bindparam(f"{name}_") for name in compared]
        change = sa.update(table).where(*where).values({name: sa.bindparam(f"{name}_") for name in written})
        return connection.execute(change, [{f"{name}_": row[name] for name in row} for row in rows]).rowcount
    source = _source(table, rows)
    where += [table.c[name.removeprefix(WAS)] == source.c[name] for name in compared]
    change = sa.update(table).where(*where).values({name: source.c[name] for name in written})
    return connection.execute(change).rowcount


def _source(table: sa.Table, rows: Rows) -> Any:
    """Give the rows as a table of their own: an array a column."""
    types = {name: table.c[name.removeprefix(WAS)].type for name in rows[0]}
    arrays = [sa.bindparam(None, [row[name] for row in rows], ARRAY(kind), unique=True) for name, kind in types.items()]
    columns = [sa.column(name, kind) for name, kind in types.items()]
    return sa.func.unnest(*arrays).table_valued(*columns, name="given").render_derived()
