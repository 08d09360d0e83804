"""Opening the two files: what is made, what is refused by name, what is rebuilt."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError

from clubtill_desk.faults import Fault
from clubtill_terminal.store import opening, tables
from clubtill_terminal.store.device import find_device
from clubtill_terminal.store.engines import Store, open_engine
from clubtill_terminal.store.opening import open_store

KEY = bytes(range(32))


def flip_a_byte(path: Path, at: int) -> None:
    """Damage a file by one bit."""
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(bytes(content))


def test_files_are_encrypted(store: Store) -> None:
    """D33: no table name stands readable in a terminal's files."""
    store.close()
    for name in ("facts.db", "cache.db"):
        content = (store.folder / name).read_bytes()
        assert b"outbox" not in content
        assert not content.startswith(b"SQLite format 3")


@pytest.mark.parametrize("which", ["facts", "cache"])
def test_wal_and_full(store: Store, which: str) -> None:
    """8.1: both files use WAL, and every commit is flushed (FULL is 2)."""
    with getattr(store, which).begin() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


@pytest.mark.parametrize(("which", "metadata"), [("facts", tables.FACTS), ("cache", tables.CACHE)])
def test_migrations_make_the_tables(store: Store, which: str, metadata: object) -> None:
    """The migrations make exactly the tables that the code describes, every one of them STRICT."""
    with getattr(store, which).begin() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
        strict = {
            row[1] for row in connection.exec_driver_sql("PRAGMA table_list") if row[2] == "table" and row[5] == 1
        }
    assert [d for d in found if "person_search" not in str(d)] == []
    assert strict == set(metadata.tables)


def test_strict_refuses_text_for_an_integer(store: Store) -> None:
    """3.4: a STRICT table never keeps a word where a number belongs."""
    with pytest.raises(IntegrityError), store.facts.begin() as facts:
        facts.exec_driver_sql("INSERT INTO lease VALUES ('l', 'c', 'a', 'many', 0, 1, '', 0, '')")


def test_reader_cannot_write(store: Store) -> None:
    """3.4: the reader's connection is read-only."""
    with pytest.raises(OperationalError, match="readonly"), store.reading.begin() as reading:
        reading.exec_driver_sql("DELETE FROM account")


def test_wrong_key_is_named(store: Store) -> None:
    """A key that is not the store's is refused by name and nothing is touched."""
    store.close()
    before = (store.folder / "facts.db").read_bytes()
    with pytest.raises(Fault) as caught:
        open_store(store.folder, b"x" * 32)
    assert caught.value.code == "store.wrong_key"
    assert (store.folder / "facts.db").read_bytes() == before


@pytest.mark.parametrize("which", ["facts", "cache"])
def test_newer_store_is_refused_by_name(store: Store, which: str) -> None:
    """A file written by a newer program is refused and left as it is."""
    with getattr(store, which).begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    with pytest.raises(Fault) as caught:
        open_store(store.folder, KEY)
    assert (caught.value.code, caught.value.facts) == ("store.newer", {"which": which})
    engine = open_engine(store.folder / f"{which}.db", KEY)
    with engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == "9999"
    engine.dispose()


def test_damaged_cache_is_set_aside_and_made_anew(store: Store) -> None:
    """C29: one flipped byte in the cache costs nothing: facts stay, the cache is set aside and starts empty."""
    with store.cache.begin() as cache:
        cache.exec_driver_sql("INSERT INTO deny VALUES ('card', 'x', 'card.blocked')")
    store.close()
    flip_a_byte(store.folder / "cache.db", 5000)
    opened = open_store(store.folder, KEY)
    try:
        with opened.cache.begin() as cache:
            assert cache.exec_driver_sql("SELECT count(*) FROM deny").scalar() == 0
        with opened.facts.begin() as facts:
            assert find_device(facts) is not None
    finally:
        opened.close()
    assert (store.folder / "cache.damaged-1.db").exists()


def test_damaged_facts_are_named_and_kept(store: Store) -> None:
    """C29: one flipped byte in the facts stops the start by name; the file is left for the rescue."""
    store.close()
    flip_a_byte(store.folder / "facts.db", 5000)
    damaged = (store.folder / "facts.db").read_bytes()
    with pytest.raises(Fault) as caught:
        open_store(store.folder, KEY)
    assert (caught.value.code, caught.value.facts) == ("store.damaged", {"which": "facts"})
    assert (store.folder / "facts.db").read_bytes() == damaged


def test_short_key_is_a_callers_mistake(tmp_path: Path) -> None:
    """A key of another length never opens a file in some weaker way."""
    with pytest.raises(ValueError, match="not 32"):
        open_engine(tmp_path / "x.db", b"short")


def test_two_writers_wait_instead_of_failing(store: Store) -> None:
    """8.1: a writing transaction locks at its beginning: a second one meets a busy file, not a lost update."""
    other = open_engine(store.folder / "facts.db", KEY)
    with store.facts.begin(), other.connect() as second:
        second.connection.driver_connection.execute("PRAGMA busy_timeout = 10")
        with pytest.raises(DatabaseError, match="locked"):
            second.begin()
    other.dispose()


def test_a_big_cache_is_checked_after_the_start(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """C29: its size does not hold the windows up; found bad later it is noted, and the next start sets it aside."""
    folder = store.folder
    with store.cache.begin() as cache:
        cache.exec_driver_sql(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) "
            "INSERT INTO deny SELECT 'card', hex(randomblob(40)), 'x' FROM n"
        )
    store.close()
    assert opening.check_cache(folder, KEY), "a small one was checked at the start"
    monkeypatch.setattr(opening, "CHECKED_BYTES_MAX", 4096)
    assert opening.check_cache(folder, KEY)
    content = bytearray((folder / "cache.db").read_bytes())
    content[-4000:-3000] = bytes(1000)
    (folder / "cache.db").write_bytes(content)
    open_store(folder, KEY).close()
    assert not (folder / "cache.damaged-1.db").exists()
    assert not opening.check_cache(folder, KEY)
    again = open_store(folder, KEY)
    assert (folder / "cache.damaged-1.db").exists()
    assert not (folder / opening.CACHE_BAD).exists()
    with again.cache.begin() as cache:
        assert cache.exec_driver_sql("SELECT count(*) FROM deny").scalar() == 0
    again.close()
