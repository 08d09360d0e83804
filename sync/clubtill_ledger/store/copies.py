"""Copies: the online backup of a file of SQLite that is in use, encrypted with the same key (8.1)."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlcipher3 import dbapi2  # type: ignore[import-untyped]  # the wheel brings no types

from clubtill_ledger.store.engines import Store, read_key


def copy_file(store: Store, to: Path, key_file: Path | None) -> None:
    """Copy all pages as of one moment into a new file; writers go on meanwhile. Never a copy of the file itself."""
    target = dbapi2.connect(str(to))
    try:
        if key_file is not None:
            target.execute(f"PRAGMA key = \"x'{read_key(key_file)}'\"")
        with store.reader.connect() as connection:
            source = connection.connection.driver_connection
            if source is None:
                raise AssertionError("an open connection has its driver's")
            source.backup(target)
    finally:
        target.close()


def settle(file: Path) -> None:
    """Take away the side files that checking a copy left: it was closed, so all of it is in the file itself."""
    for end in ("-wal", "-shm"):
        Path(f"{file}{end}").unlink(missing_ok=True)


def has_tables(connection: Connection) -> bool:
    """Tell whether a database holds anything yet."""
    return bool(sa.inspect(connection).get_table_names())
