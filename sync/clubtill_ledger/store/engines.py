"""Engines: one file of SQLite (encrypted when it has a key file, D33) or PostgreSQL by URL, behind one `Store`.

SQLite: WAL, FULL, BEGIN IMMEDIATE for each writing transaction, one writing connection. PostgreSQL: READ COMMITTED;
safety hangs on unique keys, not on isolation. A transaction is run again as a whole, never a statement of it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection as Connection  # noqa: PLC0414 - the rooms above name it from here
from sqlalchemy.engine import Engine
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2  # type: ignore[import-untyped]  # the wheel brings no types

from clubtill_ledger.store.faults import Stale, StoreFault
from clubtill_ledger.store.turns import Turns

T = TypeVar("T")

SQLITE_OLDEST: Final = (3, 51, 3)
"""Older ones lose data when two connections write and checkpoint a WAL at once (8.1 of the ledger design)."""
BUSY_MS: Final = 5_000
TRIES_MAX: Final = 40
FIRST_PAUSE_S: Final = 0.004
RUN_AGAIN: Final = frozenset({
    "40001", "40P01", "55P03",  # serialisation, deadlock, lock time-out
    "40003", "08007",  # the outcome of the commit is unknown: the event id shows a first try as a duplicate
    "08000", "08001", "08003", "08004", "08006", "57P01", "57P02", "57P03",  # the connection or the server went away
    "53300", "25006", "57014",  # too many lines; a standby that is no primary yet; a statement that took too long
    "23505",  # a unique key: somebody else wrote the same row; the next run reads it
})  # fmt: skip
KEY_BYTES: Final = 32
BUSY_S: Final = 8.0
"""No new try begins after this: a terminal that waits longer takes the answer for lost anyway."""
LOCK_MS: Final = 2_000
READ_MS: Final = 60_000
"""The longest that one statement of a reader may take: nobody's report keeps rows from being cleared for ever."""


@dataclass(slots=True)
class Tries:
    """How often transactions of this process were run again, and given up."""

    again: int = 0
    busy: int = 0


@dataclass(frozen=True, slots=True)
class Store:
    """The ledger's database: `writer` for transactions that write, `reader` for those that only read."""

    writer: Engine
    reader: Engine
    tries: Tries = field(default_factory=Tries)
    turns: Turns = field(default_factory=Turns)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the one-file engine."""
        return self.writer.dialect.name == "sqlite"

    def write(self, work: Callable[[Connection], T], *, tries_max: int = TRIES_MAX, long: bool = False) -> T:
        """Run one writing transaction, again as a whole while the engine asks for it.

        A `long` one lets others go first. `work` may run more than once and keeps nothing between runs.
        Raises StoreFault ledger.busy after the last try, and ledger.disk, fatal to the process.
        """
        turn = self.turns.taken if self.is_sqlite else self.turns.beside
        return self._run(self.writer, work, tries_max, partial(turn, long=long))

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run one reading transaction, as `write` does; on SQLite it never waits for a writer."""
        return self._run(self.reader, work, TRIES_MAX, nullcontext)

    def _run(
        self,
        engine: Engine,
        work: Callable[[Connection], T],
        tries_max: int,
        turn: Callable[[], AbstractContextManager[None]],
    ) -> T:
        pause_s, until_s = FIRST_PAUSE_S, time.monotonic() + BUSY_S
        for tries_left in range(tries_max - 1, -1, -1):
            try:
                with turn(), engine.begin() as connection:
                    return work(connection)
            except (Stale, DBAPIError, PoolTimeout) as error:
                if isinstance(error, IntegrityError) and self.is_sqlite:
                    raise  # one writer: nobody else can have written the row, so it is a bug
                if isinstance(error, DBAPIError) and _is_broken_disk(error):
                    raise StoreFault("ledger.disk") from error
                if not _runs_again(error):
                    raise
                if not tries_left or time.monotonic() > until_s:
                    self.tries.busy += 1
                    raise StoreFault("ledger.busy") from error
            self.tries.again += 1
            time.sleep(pause_s * (0.5 + time.monotonic_ns() % 1_000 / 1_000))  # not all losers of a race at once
            pause_s = min(pause_s * 2, 0.25)
        raise AssertionError("the last try returned or raised")

    def close(self) -> None:
        """Close every connection."""
        self.writer.dispose()
        self.reader.dispose()


def _runs_again(error: Stale | DBAPIError | PoolTimeout) -> bool:
    if not isinstance(error, DBAPIError):
        return True
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        # PostgreSQL's driver gives no state where no server answered: it is down, or another one takes its place.
        return type(error.orig).__module__.startswith("psycopg") or "database is locked" in str(error.orig)
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
    writer = _pool(url, isolation, f"SET lock_timeout = {LOCK_MS}")
    reader = _pool(url, "REPEATABLE READ", f"SET statement_timeout = {READ_MS}")
    store = Store(writer=writer, reader=reader)
    try:
        writer.connect().close()
    except DBAPIError as error:
        store.close()
        raise StoreFault("ledger.unreachable", why=_first_line(error)) from error
    return store


def _pool(url: sa.URL, isolation: str, setting: str) -> Engine:
    """Make a pool of PostgreSQL connections. None is tried before use: a transaction runs again if it is dead."""
    engine = sa.create_engine(
        url, isolation_level=isolation, pool_size=12, max_overflow=8, pool_timeout=BUSY_S, hide_parameters=True
    )

    def prepare(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(setting)
        connection.commit()

    sa.event.listen(engine, "connect", prepare)
    return engine


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
        hide_parameters=True,  # an error may be logged; what a row holds may not
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
