"""Rescue: makes a whole `facts` file out of a damaged one: page by page, and where a page is gone, row by row.

The damaged file is copied aside first and stays as it was. Nothing is invented: a row is there whole or it is missing,
and what is missing is counted. Each step may be cut off and done again.
"""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, Table, func, select, update
from sqlalchemy.exc import DatabaseError

from clubtill_desk.faults import Fault
from clubtill_terminal.store import mending
from clubtill_terminal.store.device import find_device, read_device
from clubtill_terminal.store.engines import open_engine, quick_check
from clubtill_terminal.store.opening import migrate
from clubtill_terminal.store.recovery import begin_epoch
from clubtill_terminal.store.tables import FACTS, device_state, lease, outbox

ROLLED_BACK: Final = "rolled_back"
_PROBES_MAX: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescued:
    """What a rescue did.

    Attributes:
        aside: name of the damaged file as it is kept.
        mended: pages that were put right whole; if no page was lost, nothing was.
        pages_lost: pages that could not be; their rows are missing.
        unsent_lost: events of this device that the ledger never had and that are gone: somebody must look.
        tables_lost: tables of which some rows could not be read, in the order of their names.
    """

    aside: str
    mended: int
    pages_lost: int = 0
    unsent_lost: int = 0
    tables_lost: tuple[str, ...] = ()


def rescue_facts(folder: Path, key: bytes) -> Rescued:
    """Rescue `facts` of a terminal that is down.

    Raises:
        Fault: `store.damaged`, when not even the tables or this device's identity can be read. The files stay.
    """
    path = folder / "facts.db"
    aside = _copy_aside(path)
    content, log = path.read_bytes(), _log_of(path)
    mended_log = mending.mend_log(log, key, mending.salt_of(content, key))
    if mended_log.mended:
        _replace(path.with_name("facts.db-wal"), mended_log.content)
    mended = mending.mend_file(mending.folded(content, mended_log.content), key)
    _replace(path, mended.content)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    pages = mended.mended + mended_log.mended
    if _is_whole(path, key):
        return Rescued(aside=aside.name, mended=pages)
    lost, tables = _row_by_row(path, key)
    return Rescued(aside=aside.name, mended=pages, pages_lost=mended.lost, unsent_lost=lost, tables_lost=tables)


def log_is_whole(folder: Path, key: bytes) -> bool:
    """Tell whether the write-ahead log that a crash left is whole; SQLite would drop what comes after a wrong byte."""
    path = folder / "facts.db"
    log = _log_of(path)
    return not log or mending.mend_log(log, key, mending.salt_of(_first_pages(path), key)).mended == 0


def key_fits(folder: Path, key: bytes) -> bool:
    """Tell whether a key is that of `facts`, by the file itself."""
    path = folder / "facts.db"
    return path.exists() and mending.verifies(_first_pages(path), key)


# ------------------------------------------------------------------ files


def _first_pages(path: Path) -> bytes:
    """Give as much of a file as its salt is told by: every start reads it."""
    with path.open("rb") as file:
        return file.read(mending.PROOF_PAGES * mending.PAGE)


def _log_of(path: Path) -> bytes:
    log = path.with_name(path.name + "-wal")
    return log.read_bytes() if log.exists() else b""


def _copy_aside(path: Path) -> Path:
    """Copy the damaged file aside with its log; once, however often a start fails over it."""
    count = sum(1 for _ in path.parent.glob(f"{path.stem}.damaged-*.db"))
    last = path.with_name(f"{path.stem}.damaged-{count}.db")
    if last.exists() and filecmp.cmp(last, path, shallow=False):
        return last
    aside = path.with_name(f"{path.stem}.damaged-{count + 1}.db")
    for suffix in ("-wal", "-shm", ""):
        old = path.with_name(path.name + suffix)
        if old.exists():
            shutil.copyfile(old, aside.with_name(aside.name + suffix))
    return aside


def _replace(path: Path, content: bytes) -> None:
    """Put a file's new content in its place at once, and on the disk before anything else is done."""
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    _move(part, path)


def _move(part: Path, path: Path) -> None:
    part.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _is_whole(path: Path, key: bytes) -> bool:
    engine = open_engine(path, key)
    try:
        quick_check(engine, "facts")
    except (Fault, DatabaseError):
        return False
    finally:
        engine.dispose()
    return True


# ------------------------------------------------------------------ rows


def _row_by_row(path: Path, key: bytes) -> tuple[int, tuple[str, ...]]:
    """Copy what can be read into a new file and put it in the place of the old one.

    Raises:
        Fault: `store.damaged`, when this device's identity is among what is gone.
    """
    fresh = path.with_name("facts.rescued.db")
    fresh.unlink(missing_ok=True)
    engine = open_engine(fresh, key)
    try:
        migrate(engine, "facts")
        lost, tables = _fill(path, key, engine)
    except Fault:
        engine.dispose()
        fresh.unlink(missing_ok=True)
        raise
    engine.dispose()  # the last connection to go brings everything into the file itself
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    _move(fresh, path)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    return lost, tables


def _fill(path: Path, key: bytes, fresh: Engine) -> tuple[int, tuple[str, ...]]:
    """Fill a new file with what can be read; give how many unsent events are gone, and the tables that lack rows."""
    tables = tuple(name for name, table in sorted(FACTS.tables.items()) if not _copy(path, key, table, fresh))
    with fresh.begin() as facts:
        if find_device(facts) is None:
            raise Fault("store.damaged", which="facts")
        return _settle_log(facts, leases_lost=lease.name in tables), tables


def _copy(path: Path, key: bytes, table: Table, fresh: Engine) -> bool:
    """Copy a table's rows as far as they can be read; False when some could not be."""
    reading = _Reading(path, key, table)
    rows = list(reading.rows())
    if rows:
        with fresh.begin() as facts:
            facts.execute(table.insert(), rows)
    return reading.complete


class _Reading:
    """Reads a table around what is damaged: from below, from above, and singly between the two."""

    def __init__(self, path: Path, key: bytes, table: Table) -> None:
        self.complete = True
        self._path, self._key = path, key
        self._names = [column.name for column in table.c]
        columns = ", ".join(f'"{name}"' for name in self._names)
        self._select = f'SELECT rowid, {columns} FROM "{table.name}"'  # noqa: S608 - names of our own tables

    def rows(self) -> Iterator[dict[str, Any]]:
        """Give each row that can be read, once."""
        below = 0
        for rowid, row in self._scan("WHERE rowid > 0 ORDER BY rowid"):
            below = rowid
            yield row
        if self.complete:
            return
        above = 0
        for rowid, row in self._scan(f"WHERE rowid > {below} ORDER BY rowid DESC"):
            above = rowid
            yield row
        if not below and not above:
            return  # nothing leads into this table any more
        for rowid in range(below + 1, min(above or below + _PROBES_MAX, below + _PROBES_MAX)):
            yield from (row for _, row in self._scan(f"WHERE rowid = {rowid}"))

    def _scan(self, where: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """Run one query to its end or to the first page that does not verify, after which a connection is of no use."""
        engine = open_engine(self._path, self._key)
        try:
            with engine.connect() as connection:
                for row in connection.exec_driver_sql(f"{self._select} {where}"):
                    yield row[0], dict(zip(self._names, row[1:], strict=True))
        except DatabaseError:
            self.complete = False
        finally:
            engine.dispose()


# ------------------------------------------------------------------ the log of events


def _settle_log(facts: Any, *, leases_lost: bool) -> int:
    """Give a log with holes a new beginning with what was never acknowledged; give how many such events are gone.

    The old rows go to epochs of before the first one. No points are spent until the next hello, which gives every lease
    back: what was spent of them may be among what is lost (I5).
    """
    device = read_device(facts)
    mine = outbox.c.epoch == device.epoch
    kept = set(facts.execute(select(outbox.c.seq).where(mine, outbox.c.seq >= max(1, device.acked_seq))).scalars())
    first = max(1, device.acked_seq)
    missing = [seq for seq in range(first, device.next_seq) if seq not in kept]
    if missing:
        lowest = facts.execute(select(func.min(outbox.c.epoch))).scalar()
        shift = device.epoch - (device.epoch if lowest is None else lowest) + 1
        facts.execute(update(outbox).values(epoch=outbox.c.epoch - shift))
        begin_epoch(facts, epoch=device.epoch, trouble=ROLLED_BACK)
    elif leases_lost:
        facts.execute(update(device_state).where(device_state.c.id == 1).values(trouble=ROLLED_BACK))
    return sum(seq > device.acked_seq for seq in missing)
