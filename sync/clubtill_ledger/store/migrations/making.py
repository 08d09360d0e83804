"""Making: creates and drops tables that a migration spells out in one line each.

A table is (name, "column:type ...", "primary key", ("unique key", ...)); a type with ? may be missing. An index is
(name, table, "columns"). Types are small, big, text and bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import sqlalchemy as sa
from alembic import op

Told: TypeAlias = tuple[str, str, str, tuple[str, ...]]
ToldIndex: TypeAlias = tuple[str, str, str]

_BIG: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # STRICT tables know INTEGER only
_TYPES: Final[dict[str, sa.types.TypeEngine[Any]]] = {
    "small": sa.Integer(),
    "big": _BIG,
    "text": sa.Text(),
    "bytes": sa.LargeBinary(),
}


def create(tables: Sequence[Told], indexes: Sequence[ToldIndex] = ()) -> None:
    """Create tables with their keys, then indexes."""
    for name, columns, primary, uniques in tables:
        keys = [sa.UniqueConstraint(*unique.split()) for unique in uniques]
        made = [column(told) for told in columns.split()]
        op.create_table(name, *made, sa.PrimaryKeyConstraint(*primary.split()), *keys, sqlite_strict=True)
    for name, table, columns in indexes:
        op.create_index(name, table, columns.split())


def drop(tables: Sequence[Told], indexes: Sequence[ToldIndex] = ()) -> None:
    """Drop what `create` made, the last first."""
    for name, table, _ in indexes:
        op.drop_index(name, table)
    for name, *_ in reversed(tables):
        op.drop_table(name)


def add(table: str, columns: str, server_default: str = "0") -> None:
    """Add columns to a table that stands; those that may not be missing get `server_default` in the rows that stand."""
    for told in columns.split():
        made = column(told)
        if not made.nullable:
            made.server_default = sa.DefaultClause(server_default)
        op.add_column(table, made)


def column(told: str) -> sa.Column[Any]:
    """Declare one column of "name:type"."""
    name, kind = told.split(":")
    return sa.Column(name, _TYPES[kind.rstrip("?")], nullable=kind.endswith("?"), autoincrement=False)
