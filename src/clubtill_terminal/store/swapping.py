"""Swapping: puts a new cache file in the place of the old one while the terminal is at work (3.4, D24)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from clubtill_terminal.store import documents
from clubtill_terminal.store.engines import Store, open_engine
from clubtill_terminal.store.files import NEW_CACHE, sync


def new_path(store: Store) -> Path:
    """Give where the new file is built."""
    return store.folder / NEW_CACHE


def lags(new: Connection, old: Connection) -> bool:
    """Tell whether a new cache knows less of some stream than the old one: then balances would jump back (6.5)."""
    if documents.feed_state_of(new).feed_epoch != documents.feed_state_of(old).feed_epoch:
        return False
    pairs = zip(documents.positions(new), documents.positions(old), strict=True)
    return any(mine < theirs for mine, theirs in pairs)


def swap(store: Store) -> bool:
    """Put the new file in the old one's place. Runs on the writer lane; False while the new one knows less.

    Each engine has one connection: whoever holds both of them is alone with the file. Readers wait some milliseconds
    and go on with the new file; facts are not touched. After a crash at any moment one of the files is there whole.
    """
    path, fresh = store.folder / "cache.db", new_path(store)
    engine = open_engine(fresh, store.key)
    with engine.begin() as new, store.cache.begin() as old:
        behind = lags(new, old)
    if not behind:
        with engine.connect() as new:
            _close_log(new)
    engine.dispose()
    if behind:
        return False
    sync(fresh)
    with store.reading.connect() as reader:
        with store.cache.connect() as writer:
            _close_log(writer)
            for one in (reader, writer):
                _driver(one).close()  # the connections stay taken: nobody else opens the old file meanwhile
            for suffix in ("-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            fresh.replace(path)
            sync(path)
            for one in (reader, writer):
                one.invalidate()  # whoever asks next opens the new file
        with store.cache.begin() as again:
            documents.feed_state_of(again)  # the writer makes the log that the reader looks for
    return True


def _driver(connection: Connection) -> Any:
    return connection.connection.dbapi_connection


def _close_log(connection: Connection) -> None:
    """Bring what is in a file's log into the file. On the driver: SQLAlchemy would begin a transaction for it."""
    busy, *_ = _driver(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise OSError("somebody reads the log")
