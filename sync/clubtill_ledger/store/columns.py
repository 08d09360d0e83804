"""Columns: the few types of the ledger's tables, the same on SQLite (STRICT) and PostgreSQL.

Times are integers of microseconds since 1970 UTC, days are ISO text, amounts are 64-bit integers, nothing is a float.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeDecorator

METADATA: Final = sa.MetaData()
BIG: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # STRICT tables know INTEGER only


class Day(TypeDecorator[date]):
    """A day as ISO text, which sorts as days do."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Write a day."""
        return value.isoformat() if value else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:  # noqa: ARG002 - as above
        """Read a day."""
        return date.fromisoformat(value) if value else None


class Texts(TypeDecorator[tuple[str, ...]]):
    """A few short texts, such as flags, as a JSON list."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str:  # noqa: ARG002 - as above
        """Write texts."""
        return msgspec.json.encode(value or ()).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:  # noqa: ARG002 - as above
        """Read texts."""
        return msgspec.json.decode(value, type=tuple[str, ...]) if value else ()


class Flag(TypeDecorator[bool]):
    """Yes or no as 1 or 0: STRICT tables have no booleans."""

    impl = sa.Integer
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int:  # noqa: ARG002, FBT001 - as above
        """Write yes or no."""
        return int(bool(value))

    def process_result_value(self, value: int | None, dialect: Dialect) -> bool:  # noqa: ARG002 - as above
        """Read yes or no."""
        return bool(value)


def table(name: str, *items: SchemaItem) -> sa.Table:
    """Declare a table of the ledger; on SQLite a STRICT one."""
    return sa.Table(name, METADATA, *items, sqlite_strict=True)


def bucket() -> sa.Column[int]:
    """Declare the bucket that every key starts with (8.4 of the ledger design)."""
    return sa.Column("bucket", sa.Integer, primary_key=True, autoincrement=False)


def key(name: str) -> sa.Column[str]:
    """Declare a text column of the primary key."""
    return sa.Column(name, sa.Text, primary_key=True)


def number(name: str) -> sa.Column[int]:
    """Declare a 64-bit column of the primary key."""
    return sa.Column(name, BIG, primary_key=True, autoincrement=False)


def text(name: str) -> sa.Column[str]:
    """Declare a text column; blank for none."""
    return sa.Column(name, sa.Text, nullable=False, default="")


def amount(name: str) -> sa.Column[int]:
    """Declare a 64-bit amount, count or instant; 0 by default."""
    return sa.Column(name, BIG, nullable=False, default=0)


def maybe(name: str) -> sa.Column[int | None]:
    """Declare a 64-bit number that may be missing."""
    return sa.Column(name, BIG, nullable=True)


def day(name: str) -> sa.Column[date | None]:
    """Declare a day that may be missing."""
    return sa.Column(name, Day, nullable=True)


def flag(name: str) -> sa.Column[bool]:
    """Declare yes or no; no by default."""
    return sa.Column(name, Flag, nullable=False, default=False)


def texts(name: str) -> sa.Column[tuple[str, ...]]:
    """Declare a few short texts; none by default."""
    return sa.Column(name, Texts, nullable=False, default=())


def exact(name: str) -> sa.Column[bytes]:
    """Declare exact bytes."""
    return sa.Column(name, sa.LargeBinary, nullable=False, default=b"")
