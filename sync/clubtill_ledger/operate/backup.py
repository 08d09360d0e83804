"""Backup: `clubtill ledger backup FILE | restore FILE | returned`: a checked copy, put back, and what terminals resend.

SQLite: the online backup of a file that is being served, encrypted with the same key. PostgreSQL: pg_dump and
pg_restore, which must be installed here. A copy that does not verify is not kept.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer

from clubtill_ledger.office import returning, verifying
from clubtill_ledger.operate.decide import Staff, at, desk, new_id, who
from clubtill_ledger.operate.opening import (
    DEFAULT,
    EXIT_REFUSED,
    Database,
    KeyFile,
    clock_us,
    key_beside,
    opened,
)
from clubtill_ledger.store import copies
from clubtill_ledger.store.engines import Store
from clubtill_ledger.store.settings import SettingsShelf

PROGRAM_S: Final = 6 * 3_600


def backup(
    file: Annotated[Path, typer.Argument(help="Where the copy goes; it may not be there yet.")],
    database: Database = DEFAULT,
    key_file: KeyFile = None,
) -> None:
    """Copy the ledger while it serves, check the copy, and only then give it its name. The key file is not copied."""
    if file.exists():
        _refuse(f"{file} is there already. Nothing was written.")
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    key = _key(database, key_file)
    with desk(database, key_file) as store:
        if store.is_sqlite:
            os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            copies.copy_file(store, part, key)
        else:
            _dump(database, part)
    if "://" not in database:
        wrong = _checked(part, key)
        if wrong:
            part.unlink()
            _refuse(f"The copy does not verify, so it was not kept: {wrong}. Run `clubtill ledger verify`.")
    with part.open("rb") as written:
        os.fsync(written.fileno())
    part.rename(file)
    apart = " It needs the key file, which is not in it." if key else ""
    typer.echo(f"Copied and checked: {file}, {file.stat().st_size} bytes.{apart}")


def restore(
    file: Annotated[Path, typer.Argument(help="A copy made by `backup`.")],
    *,
    database: Database = DEFAULT,
    key_file: KeyFile = None,
    staff: Staff = "",
    replace: Annotated[bool, typer.Option("--replace", help="Set a database that is there aside first.")] = False,
) -> None:
    """Put a copy in place of the database and begin a new epoch: terminals then send again what it does not know.

    Stop the service first. A file that is there is set aside under another name; PostgreSQL's must be empty.
    """
    if not file.exists():
        _refuse(f"{file} is not there. Nothing was changed.")
    key = _key(database, key_file)
    if "://" in database:
        _load(database, file)
    else:
        _put_back(file, Path(database), key, replace=replace)
    clerk = who(staff)
    with desk(database, key_file) as store:
        epoch = returning.begin(
            store, staff_id=clerk.staff_id, reason=file.name, decision_id=new_id(), now_us=clock_us()
        )
    typer.echo(
        f"Restored; ledger epoch {epoch} begins. Serve it: terminals send again what it lost, from their last 35 days. "
        "`clubtill ledger returned` says from whom. Erase again whom you erased since the copy was made."
    )


def returned(database: Database = DEFAULT, key_file: KeyFile = None) -> None:
    """Say what came back from which device since the last restore, and who has not been heard yet."""
    with desk(database, key_file) as store:
        found = returning.returned(store)
    for one in found:
        state = f"{one.now - one.before} events came back, to {one.now}" if one.heard else "not heard since the restore"
        typer.echo(f"{one.name} ({one.device_id}), epoch {one.epoch}: {state}")
    if not found:
        typer.echo("This ledger was never restored.")


def _key(database: str, key_file: Path | None) -> Path | None:
    """Give the key file of a database, as `opened` does."""
    if "://" in database:
        return None
    beside = key_beside(database)
    return key_file or (beside if beside.exists() else None)


def _checked(file: Path, key: Path | None) -> str:
    """Open a copy and verify it; blank for a sound one."""
    with opened(str(file), key) as copy:
        found = verifying.verify(copy, SettingsShelf(), clock_us())
    copies.settle(file)
    return str(found[0]) if found else ""


def _put_back(file: Path, database: Path, key: Path | None, *, replace: bool) -> None:
    if database.exists() and not replace:
        _refuse(f"{database} is there already. Say --replace to set it aside first. Nothing was changed.")
    if key is None and not _is_plain(file):
        _refuse("The copy is encrypted: name its key with --key-file. Nothing was changed.")
    database.parent.mkdir(parents=True, exist_ok=True)
    part = database.with_name(f"{database.name}.part")
    shutil.copyfile(file, part)
    part.chmod(0o600)
    wrong = _checked(part, key)
    if wrong:
        part.unlink()
        _refuse(f"The copy does not verify: {wrong}. Nothing was changed.")
    if database.exists():
        aside = database.with_name(f"{database.name}.before-{at(clock_us()).replace(':', '').replace(' ', '-')}")
        for end in ("-wal", "-shm", ""):
            old = Path(f"{database}{end}")
            if old.exists():
                old.rename(f"{aside}{end}")
    part.rename(database)
    if key is not None and key != key_beside(str(database)) and not key_beside(str(database)).exists():
        shutil.copyfile(key, key_beside(str(database)))
        key_beside(str(database)).chmod(0o600)


def _is_plain(file: Path) -> bool:
    with file.open("rb") as read:
        return read.read(15) == b"SQLite format 3"


def _dump(database: str, part: Path) -> None:
    _run("pg_dump", "--format=custom", "--no-owner", f"--file={part}", f"--dbname={database}")
    part.chmod(0o600)


def _load(database: str, file: Path) -> None:
    with opened(database, None, checked=False) as store:
        if _has_tables(store):
            _refuse("The database has tables already. Restore into an empty one. Nothing was changed.")
    _run("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={database}", str(file))


def _has_tables(store: Store) -> bool:
    return store.read(copies.has_tables)


def _run(program: str, *words: str) -> None:
    """Run a program of PostgreSQL. Its own words may name the server, so only its exit code is told."""
    path = shutil.which(program)
    if path is None:
        _refuse(f"{program} is not installed here. Nothing was written.")
    done = subprocess.run([path, *words], check=False, capture_output=True, timeout=PROGRAM_S)  # noqa: S603 - a program of PostgreSQL with our own words
    if done.returncode:
        told = done.stderr.decode("utf-8", errors="replace").strip().splitlines()
        _refuse(f"{program} failed with {done.returncode}: {told[-1] if told else 'it said nothing'}")


def _refuse(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(EXIT_REFUSED)
