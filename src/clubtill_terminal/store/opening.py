"""Opening: finds, checks, migrates and opens the two files; refuses what it must not touch, by name.

A damaged `cache` is set aside and rebuilt from the feed. A damaged `facts` is never replaced here: `recover` does that.
"""

from __future__ import annotations

import hashlib
import hmac
from importlib import resources
from pathlib import Path
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from clubtill_desk.faults import Fault
from clubtill_terminal.store.engines import Store, open_engine, quick_check
from clubtill_terminal.store.files import NEW_CACHE, remove

HEADS: Final = {"facts": "0003", "cache": "0002"}
"""The newest revision of each file that this program knows."""
KEY_CHECK: Final = "key.check"
CACHE_BAD: Final = "cache.bad"
"""A file that says: the cache was found damaged while the terminal was at work."""
CHECKED_BYTES_MAX: Final = 64 * 1024 * 1024
"""A bigger cache is checked when the windows are open: reading it all would hold the start up."""


def open_store(folder: Path, key: bytes) -> Store:
    """Open a terminal's store in a folder, making what is missing.

    Raises:
        Fault: `store.wrong_key`, `store.newer` or `store.damaged` (of `facts`), each with the file's name as `which`.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _check_key(folder, key)
    remove(folder / NEW_CACHE)
    facts = _open_checked(folder / "facts.db", key, "facts")
    try:
        cache = _open_checked(folder / "cache.db", key, "cache")
    except Fault as fault:
        if fault.code != "store.damaged":
            facts.dispose()
            raise
        _set_aside(folder / "cache.db")
        cache = _open_checked(folder / "cache.db", key, "cache")
    (folder / CACHE_BAD).unlink(missing_ok=True)
    return Store(
        facts=facts,
        cache=cache,
        reading_facts=open_engine(folder / "facts.db", key, read_only=True),
        reading=open_engine(folder / "cache.db", key, read_only=True),
        folder=folder,
        key=key,
    )


def _check_key(folder: Path, key: bytes) -> None:
    """Tell a wrong key from a damaged file: the folder keeps a keyed digest of a fixed text."""
    expected = hmac.new(key, b"clubtill store key", hashlib.sha256).hexdigest()
    path = folder / KEY_CHECK
    if not path.exists():
        path.write_text(expected)
    elif not hmac.compare_digest(path.read_text().strip(), expected):
        raise Fault("store.wrong_key", which="facts")


def _open_checked(path: Path, key: bytes, which: str) -> Engine:
    fresh = not path.exists()
    try:
        engine = open_engine(path, key)
        if not fresh and _checked_at_start(path, which):
            quick_check(engine, which)
        migrate(engine, which)
    except DatabaseError as error:
        raise Fault("store.damaged", which=which) from error
    return engine


def _checked_at_start(path: Path, which: str) -> bool:
    """Tell whether a file is checked before the windows open: `facts` always, a big cache only if it was found bad."""
    return which == "facts" or path.stat().st_size <= CHECKED_BYTES_MAX or (path.parent / CACHE_BAD).exists()


def check_cache(folder: Path, key: bytes) -> bool:
    """Check a cache that was too big for the start, over a connection of its own; give whether it is whole.

    A bad one is noted, so that the next start sets it aside even if no new one came before (C29).
    """
    path = folder / "cache.db"
    if _checked_at_start(path, "cache"):
        return True
    engine = open_engine(path, key, read_only=True)
    try:
        quick_check(engine, "cache")
    except Fault:
        (folder / CACHE_BAD).touch()
        return False
    finally:
        engine.dispose()
    return True


def migrate(engine: Engine, which: str) -> None:
    """Bring a file to the newest revision; a file that is there already costs one small read.

    Raises:
        Fault: `store.newer`, when the file was written by a newer program. It is left as it is.
    """
    with engine.begin() as connection:
        exists = connection.exec_driver_sql(
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"
        ).scalar()
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() if exists else None
    if found == HEADS[which]:
        return
    if found is not None and found > HEADS[which]:
        raise Fault("store.newer", which=which)
    _run_alembic(engine, which)


def _run_alembic(engine: Engine, which: str) -> None:
    from alembic import command  # noqa: PLC0415 - 100 ms that only a new or an old file has to pay
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    with resources.as_file(resources.files("clubtill_terminal.store.migrations") / which) as scripts:
        config.set_main_option("script_location", str(scripts))
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, HEADS[which])


def _set_aside(path: Path) -> None:
    """Keep a damaged file under another name, with its log beside it."""
    count = sum(1 for _ in path.parent.glob(f"{path.stem}.damaged-*.db"))
    for suffix in ("", "-wal", "-shm"):
        old = path.with_name(path.name + suffix)
        if old.exists():
            old.rename(path.with_name(f"{path.stem}.damaged-{count + 1}.db{suffix}"))
