"""Engines: one file of SQLite (encrypted when it has a key file, D33) or PostgreSQL by URL, behind one `Store`.

SQLite: WAL, FULL, BEGIN IMMEDIATE for each writing transaction, one writing connection. PostgreSQL: READ COMMITTED;
safety hangs on unique keys, not on isolation. A transaction is run again as a whole, never a statement of it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection as Connection  # noqa: PLC0414 - the rooms above name it from here
from sqlalchemy.engine import Engine
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2  # type: ignore[import-untyped]  # the wheel brings no types

from clubtill_ledger.store.faults import Stale, StoreFault

T = TypeVar("T")

SQLITE_OLDEST: Final = (3, 51, 3)
"""Older ones lose data when two connections write and checkpoint a WAL at once (8.1 of the ledger design)."""
BUSY_MS: Final = 5_000
TRIES_MAX: Final = 12
FIRST_PAUSE_S: Final = 0.004
RUN_AGAIN: Final = frozenset({
    "40001", "40P01", "55P03",  # serialisation, deadlock, lock time-out
    "40003", "08007",  # the outcome of the commit is unknown: the event id shows a first try as a duplicate
    "08000", "08001", "08003", "08004", "08006", "57P01", "57P02", "57P03",  # the connection or the server went away
    "23505",  # a unique key: somebody else wrote the same row; the next run reads it
})  # fmt: skip
KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Store:
    """The ledger's database: `writer` for transactions that write, `reader` for those that only read."""

    writer: Engine
    reader: Engine

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the one-file engine."""
        return self.writer.dialect.name == "sqlite"

    def write(self, work: Callable[[Connection], T], *, tries_max: int = TRIES_MAX) -> T:
        """Run one writing transaction, again as a whole while the engine asks for it.

        `work` may run more than once and keeps nothing between runs. Raises StoreFault ledger.busy after the last try,
        and ledger.disk, fatal to the process.
        """
        pause_s = FIRST_PAUSE_S
        for tries_left in range(tries_max - 1, -1, -1):
            try:
                with self.writer.begin() as connection:
                    return work(connection)
            except (Stale, DBAPIError) as error:
                if isinstance(error, IntegrityError) and self.is_sqlite:
                    raise  # one writer: nobody else can have written the row, so it is a bug
                if isinstance(error, DBAPIError) and _is_broken_disk(error):
                    raise StoreFault("ledger.disk") from error
                if not _runs_again(error):
                    raise
                if not tries_left:
                    raise StoreFault("ledger.busy") from error
            time.sleep(pause_s)
            pause_s = min(pause_s * 2, 0.25)
        raise AssertionError("the last try returned or raised")

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run one reading transaction; on SQLite it never waits for a writer."""
        try:
            with self.reader.begin() as connection:
                return work(connection)
        except DBAPIError as error:
            if _is_broken_disk(error):
                raise StoreFault("ledger.disk") from error
            raise

    def close(self) -> None:
        """Close every connection."""
        self.writer.dispose()
        self.reader.dispose()


def _runs_again(error: Stale | DBAPIError) -> bool:
    if isinstance(error, Stale):
        return True
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        told = str(error.orig)
        return "database is locked" in told or "server closed the connection" in told or "connection is" in told
    return state in RUN_AGAIN


def _is_broken_disk(error: DBAPIError) -> bool:
    """Tell whether the engine could not read, write or sync: fatal to the process, never tried again."""
    name = getattr(error.orig, "sqlite_errorname", "") or ""
    return (
        name.startswith(("SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_FULL"))
        or getattr(error.orig, "sqlstate", None) in {"58030", "XX001"}
        or "disk I/O error" in str(error.orig)
    )


def open_store(url_or_path: str, *, key_file: Path | None = None, isolation: str = "READ COMMITTED") -> Store:
    """Open the database. A text with :// is a PostgreSQL URL, anything else a file of SQLite.

    Raises StoreFault ledger.sqlite_old, ledger.key_wrong, ledger.url_wrong, ledger.engine_unknown or
    ledger.unreachable with `why`, which never holds the URL's password.
    """
    if "://" not in url_or_path:
        return _open_file(Path(url_or_path), key_file)
    try:
        url = sa.make_url(url_or_path)
    except (ArgumentError, ValueError):
        raise StoreFault("ledger.url_wrong") from None
    if url.get_backend_name() != "postgresql":
        raise StoreFault("ledger.engine_unknown", engine=url.get_backend_name())
    url = url.set(drivername="postgresql+psycopg")
    # It warns when a unique key refuses a row of a pipeline: that transaction is run again, so it is no news.
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    writer = sa.create_engine(url, isolation_level=isolation, pool_size=12, max_overflow=8, pool_pre_ping=True)
    reader = sa.create_engine(url, isolation_level="REPEATABLE READ", pool_size=12, max_overflow=8, pool_pre_ping=True)
    store = Store(writer=writer, reader=reader)
    try:
        writer.connect().close()
    except DBAPIError as error:
        store.close()
        raise StoreFault("ledger.unreachable", why=_first_line(error)) from error
    return store


def _first_line(error: DBAPIError) -> str:
    """Give in one line what the driver says: no server there, or a database or user that it does not know."""
    lines = [line.strip() for line in str(error.orig).splitlines() if line.strip()]
    return lines[0].removeprefix("connection failed: ") if lines else type(error.orig).__name__


def read_key(key_file: Path) -> str:
    """Read a raw key of 32 bytes, kept as 64 hex digits. Raises StoreFault ledger.key_wrong or ledger.key_missing."""
    try:
        key = key_file.read_text(encoding="ascii").strip()
        if len(bytes.fromhex(key)) == KEY_BYTES:
            return key
    except OSError as error:
        raise StoreFault("ledger.key_missing", path=str(key_file)) from error
    except ValueError:
        pass
    raise StoreFault("ledger.key_wrong")


def _open_file(path: Path, key_file: Path | None) -> Store:
    if tuple(int(part) for part in dbapi2.sqlite_version.split(".")) < SQLITE_OLDEST:
        raise StoreFault("ledger.sqlite_old", found=dbapi2.sqlite_version)
    key = read_key(key_file) if key_file else ""
    store = Store(writer=_engine(path, key, readonly=False), reader=_engine(path, key, readonly=True))
    try:
        store.write(lambda connection: connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar())
    except DBAPIError as error:
        store.close()
        if "file is not a database" in str(error.orig):
            raise StoreFault("ledger.key_wrong") from error
        if "unable to open database file" in str(error.orig):
            raise StoreFault("ledger.unreachable", why=f"{path} cannot be opened or made") from error
        raise
    return store


def _engine(path: Path, key: str, *, readonly: bool) -> Engine:
    size = 8 if readonly else 1
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        module=dbapi2,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=32 if readonly else 0,
        pool_timeout=60,
        connect_args={"check_same_thread": False},
    )

    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the begin event opens transactions, the driver does not
        if key:
            connection.execute(f"PRAGMA key = \"x'{key}'\"")
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        connection.execute("PRAGMA mmap_size = 0")
        if readonly:
            connection.execute("PRAGMA query_only = 1")
        else:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")

    sa.event.listen(engine, "connect", prepare, insert=True)
    sa.event.listen(engine, "begin", begin)
    return engine
