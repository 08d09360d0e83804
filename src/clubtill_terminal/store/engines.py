"""Engines: how the two files are opened. SQLCipher with a raw key, WAL, FULL, BEGIN IMMEDIATE (ledger design 3.4, 8.1).

`facts` is never replaced; `cache` may be lost and rebuilt. No transaction writes both files (I3).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DatabaseError
from sqlcipher3 import dbapi2 as sqlcipher  # type: ignore[import-untyped]  # the package ships no types

from clubtill_desk.faults import Fault
from clubtill_terminal.store.turns import TurnPool

SQLITE_LEAST: Final = (3, 51, 3)
"""Older SQLite has the WAL-reset bug (ledger design 8.1)."""
KEY_BYTES: Final = 32


def _creator(path: Path, key: bytes, *, read_only: bool) -> Any:
    def connect() -> Any:
        mode = "ro" if read_only else "rwc"
        connection = sqlcipher.connect(
            f"file:{path}?mode={mode}", uri=True, check_same_thread=False, isolation_level=None, cached_statements=256
        )
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("PRAGMA busy_timeout = 5000")
        connection.execute("PRAGMA mmap_size = 0")
        connection.execute("PRAGMA cache_size = -16000")
        if not read_only:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
        return connection

    return connect


def open_engine(path: Path, key: bytes, *, read_only: bool = False) -> Engine:
    """Open one encrypted file with one connection.

    Args:
        path: the file; made when it is missing and `read_only` is off.
        key: 32 raw bytes from the key store.
        read_only: for look-ups beside the writer.

    Raises:
        ValueError: the key has another length.
        RuntimeError: the SQLite library is older than the one that is safe with two connections.
    """
    if len(key) != KEY_BYTES:
        raise ValueError(f"key has {len(key)} bytes, not {KEY_BYTES}")
    if sqlcipher.sqlite_version_info < SQLITE_LEAST:
        raise RuntimeError(f"SQLite {sqlcipher.sqlite_version} is older than {SQLITE_LEAST}")
    engine = create_engine(
        "sqlite://",
        module=sqlcipher,
        creator=_creator(path, key, read_only=read_only),
        poolclass=TurnPool,
        pool_size=1,
        max_overflow=0,
        pool_reset_on_return=None,
    )

    begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"

    def do_begin(connection: Any) -> None:
        connection.execute(begin)

    # The dialect's own hook, for a listener would make every statement ask for listeners: 50 us a transaction.
    engine.dialect.do_begin = do_begin  # type: ignore[assignment]  # one dialect object an engine
    return engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """The open store of a terminal.

    Attributes:
        facts: the writer's connection to `facts`; used on the writer lane only.
        cache: the writer's connection to `cache`; used on the writer lane only.
        reading_facts, reading: read-only connections to the two files; used on the reader lane.
        folder: where the files lie.
        key: of both files.
    """

    facts: Engine
    cache: Engine
    reading_facts: Engine
    reading: Engine
    folder: Path
    key: bytes = field(repr=False)

    def close(self) -> None:
        """Close every connection. The lanes are closed before."""
        for engine in (self.reading, self.reading_facts, self.cache, self.facts):
            engine.dispose()


def quick_check(engine: Engine, which: str) -> None:
    """Check a file's structure at start.

    Raises:
        Fault: `store.damaged` with the file's name, when a page does not verify.
    """
    try:
        with engine.connect() as connection:
            answer = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    except DatabaseError as error:
        raise Fault("store.damaged", which=which) from error
    if answer != "ok":
        raise Fault("store.damaged", which=which)
