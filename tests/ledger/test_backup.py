"""Backup and restore (8.1, C26): a checked copy of a ledger in use, put back as a new epoch."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from clubtill_ledger.office import returning, verifying
from clubtill_ledger.operate import command
from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.store import installation, tables
from clubtill_ledger.store.engines import open_store
from clubtill_ledger.store.settings import SettingsShelf
from tests.ledger.audit import balances, kinds, rows
from tests.ledger.club import Club
from tests.ledger.conftest import POSTGRES
from tests.ledger.master import START_US, account, settings


def _run(*words: str) -> Result:
    return CliRunner().invoke(command, list(words))


def _encrypted(folder: Path) -> str:
    """Make an encrypted ledger with a small club."""
    database = str(folder / "ledger.db")
    assert _run("init", "--database", database).exit_code == 0
    store = open_store(database, key_file=Path(f"{database}.key"))
    seed = seeds.Seed(documents=settings(), accounts=(account("A1"),))
    seeds.load(store, SettingsShelf(), seed, now_us=START_US)
    store.close()
    return database


def test_copy_of_a_ledger_in_use_is_whole(club: Club, database: str, tmp_path: Path) -> None:
    """8.1: taken while connections are open, the copy has everything up to that moment, is private, and verifies."""
    till = club.till()
    till.push(till.sale("A1"))
    copy = tmp_path / "copy"
    done = _run("backup", str(copy), "--database", database)
    assert done.exit_code == 0, done.output
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    till.push(till.sale("A1"))
    target = str(tmp_path / "back.db") if club.store.is_sqlite else _empty_database(database)
    done = _run("restore", str(copy), "--database", target)
    assert done.exit_code == 0, done.output
    back = open_store(target)
    try:
        assert kinds(back, "A1") == [("award", 500)]
        assert kinds(club.store, "A1") == [("award", 500)] * 2
        assert back.read(installation.read).ledger_epoch == 2
        assert verifying.verify(back, SettingsShelf(), club.now_us) == ()
    finally:
        back.close()
        _drop(target)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("copy")) == ["copy"]


def _empty_database(near: str) -> str:
    name = f"ledger_back_{os.getpid()}"
    with _server().connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    return sa.make_url(near).set(database=name).render_as_string(hide_password=False)


def _drop(target: str) -> None:
    if "://" in target:
        with _server().connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE "{sa.make_url(target).database}" WITH (FORCE)')


def _server() -> sa.Engine:
    url = sa.make_url(POSTGRES).set(drivername="postgresql+psycopg")
    return sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)


def test_encrypted_copy_needs_the_same_key(tmp_path: Path) -> None:
    """D33: the copy is encrypted with the ledger's key, is noise without it, and comes back with it."""
    database = _encrypted(tmp_path)
    copy = tmp_path / "copy"
    assert "key file" in _run("backup", str(copy), "--database", database).output
    assert not copy.read_bytes().startswith(b"SQLite format")
    other = str(tmp_path / "other" / "ledger.db")
    assert "name its key" in _run("restore", str(copy), "--database", other).output
    assert not Path(other).exists()
    done = _run("restore", str(copy), "--database", other, "--key-file", f"{database}.key")
    assert done.exit_code == 0, done.output
    assert "ledger epoch 2" in _run("status", "--database", other).output


def test_copy_that_does_not_verify_is_not_kept(club: Club, database: str, tmp_path: Path) -> None:
    """8.1: a ledger that is broken is not copied over a good copy: nothing is left of the try."""
    if not club.store.is_sqlite:
        assert "://" in database  # pg_dump copies what the server has; `verify` is run on the server
        return
    with club.store.writer.begin() as connection:
        connection.execute(sa.update(tables.stream_head).where(tables.stream_head.c.bucket == 7).values(seq=9))
    done = _run("backup", str(tmp_path / "copy"), "--database", database)
    assert done.exit_code == 2
    assert "does not verify" in done.output
    assert not list(tmp_path.glob("copy*"))


@pytest.mark.parametrize("damage", ["cut", "flipped", "foreign"])
def test_damaged_copy_is_not_restored(tmp_path: Path, damage: str) -> None:
    """8.1, F23: a copy that was cut, changed or is something else is told as that, and nothing is replaced."""
    database = _encrypted(tmp_path)
    copy = tmp_path / "copy"
    _run("backup", str(copy), "--database", database)
    data = bytearray(copy.read_bytes())
    if damage == "cut":
        data = data[: len(data) // 2]
    elif damage == "flipped":
        data[len(data) // 2] ^= 1
    else:
        data = bytearray(b"not a ledger at all" * 400)
    copy.write_bytes(bytes(data))
    before = Path(database).read_bytes()
    done = _run("restore", str(copy), "--database", database, "--replace")
    assert done.exit_code != 0
    assert Path(database).read_bytes() == before
    assert not list(tmp_path.glob("ledger.db.before*"))


def test_restore_sets_the_old_database_aside(tmp_path: Path) -> None:
    """C26: what stood is never deleted: without --replace nothing happens, with it the old file gets another name."""
    database = _encrypted(tmp_path)
    copy = tmp_path / "copy"
    _run("backup", str(copy), "--database", database)
    assert _run("backup", str(copy), "--database", database).exit_code == 2
    assert "--replace" in _run("restore", str(copy), "--database", database).output
    old = Path(database).read_bytes()
    assert _run("restore", str(copy), "--database", database, "--replace").exit_code == 0
    (aside,) = tmp_path.glob("ledger.db.before*")
    assert aside.read_bytes() == old
    assert _run("restore", str(tmp_path / "none"), "--database", database).exit_code == 2


def test_what_came_back_is_told(club: Club, database: str) -> None:
    """C26: after a restore a manager sees from whom how much came back, and who has not been heard yet."""
    till, other = club.till(), club.till("T2")
    till.push(till.sale("A1"))
    assert _run("returned", "--database", database).output == "This ledger was never restored.\n"
    returning.begin(club.store, staff_id="M1", reason="disk", decision_id="r1", now_us=club.tick())
    assert returning.begin(club.store, staff_id="M1", reason="disk", decision_id="r1", now_us=club.now_us) == 2
    club.tick()
    till.hello()
    till.push(till.sale("A1"), till.sale())
    told = {one.name: (one.before, one.now, one.heard) for one in returning.returned(club.store)}
    assert told == {"T1": (1, 3, True), "T2": (0, 0, False)}
    assert "2 events came back, to 3" in _run("returned", "--database", database).output
    assert other.hello().ledger_epoch == 2
    assert balances(club.store)["A1"][0] > 0
    assert len(rows(club.store, tables.raw_event)) == 3
