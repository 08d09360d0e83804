"""Rows: files read past the product, with nothing but the driver, for the oracles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

Row = dict[str, Any]


class File:
    """A file of SQLite that is only read. `seen` is the last row id read of each table."""

    def __init__(self, path: Path, key: bytes | None = None) -> None:
        self.seen: dict[str, int] = {}
        self._connection = dbapi2.connect(f"file:{path}?mode=ro", uri=True, cached_statements=256)
        if key is not None:
            self._connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        self._connection.execute("PRAGMA query_only = 1")
        self._connection.row_factory = dbapi2.Row

    def all(self, sql: str, *told: object) -> list[Row]:
        """Give the rows of a query."""
        return [dict(row) for row in self._connection.execute(sql, told)]

    def one(self, sql: str, *told: object) -> Row | None:
        """Give the first row of a query; None for none."""
        row = self._connection.execute(sql, told).fetchone()
        return dict(row) if row is not None else None

    def new(self, table: str) -> list[Row]:
        """Give the rows that were added to a table since the last time."""
        after = self.seen.get(table, 0)
        found = self.all(f"SELECT rowid AS at_row, * FROM {table} WHERE rowid > ? ORDER BY rowid", after)  # noqa: S608 - our own names
        if found:
            self.seen[table] = found[-1]["at_row"]
        return found

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
