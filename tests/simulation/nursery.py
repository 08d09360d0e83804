"""Nursery: empty files of a ledger and of a terminal, migrated once a process and copied for every seed."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from clubtill_ledger.store import schema
from clubtill_ledger.store.engines import open_store as open_ledger
from clubtill_terminal.store.opening import open_store as open_till
from tests.simulation.station import KEY


def folder() -> Path:
    """Make a folder in memory where the machine has one: the simulator is about logic, not about disks."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of this process alone, made by mkdtemp
    made = Path(tempfile.mkdtemp(prefix="simulation-", dir=memory if memory.is_dir() else None))
    owner = os.getpid()
    atexit.register(lambda: shutil.rmtree(made, ignore_errors=True) if os.getpid() == owner else None)
    return made


@cache
def _empty() -> Path:
    made = folder()
    ledger = open_ledger(str(made / "ledger.db"))
    schema.migrate(ledger)
    with ledger.writer.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()
    ledger.close()
    open_till(made / "till", KEY).close()
    return made


def prepare() -> None:
    """Make the empty files now, before this process makes children."""
    _empty()


def new_ledger(path: Path) -> Path:
    """Put an empty ledger's file there."""
    shutil.copyfile(_empty() / "ledger.db", path)
    return path


def new_till(path: Path) -> Path:
    """Put an empty terminal's folder there."""
    shutil.copytree(_empty() / "till", path)
    return path
