"""The tables: rules of 8.4 of the ledger's design, migrations, and databases that this program must not touch."""

import itertools
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import CreateTable

from clubtill_ledger.operate.commands import prepare
from clubtill_ledger.store import engines, schema, tables
from clubtill_ledger.store.columns import METADATA
from clubtill_ledger.store.engines import Store, open_store
from clubtill_ledger.store.faults import Stale, StoreFault
from clubtill_rules.values.ids import STREAMS
from tests.ledger.audit import rows

REFERENCE = {"device", "venue_limit"}
"""The named reference tables: the only keys without a bucket (8.4)."""


@pytest.mark.parametrize("table", METADATA.sorted_tables, ids=lambda table: table.name)
def test_every_key_starts_with_a_bucket(table: sa.Table) -> None:
    """8.4: primary and unique keys start with the bucket; there are no foreign keys, no defaults of the server."""
    keys = [table.primary_key, *(one for one in table.constraints if isinstance(one, sa.UniqueConstraint))]
    for constraint in keys:
        first = next(iter(constraint.columns)).name
        assert first == "bucket" or table.name in REFERENCE
    assert not table.foreign_keys
    for column in table.c:
        assert column.autoincrement is False or not column.primary_key or isinstance(column.type, sa.Text)
        assert column.server_default is None
        assert not isinstance(column.type, sa.Float | sa.Numeric | sa.DateTime | sa.Boolean)


@pytest.mark.parametrize("table", METADATA.sorted_tables, ids=lambda table: table.name)
def test_ddl_compiles_for_both_engines(table: sa.Table) -> None:
    """8.5: plain tables on PostgreSQL, STRICT ones on SQLite; no serials, no sequences."""
    on_postgres = str(CreateTable(table).compile(dialect=postgresql.dialect())).upper()
    assert "SERIAL" not in on_postgres
    assert "IDENTITY" not in on_postgres
    assert "STRICT" in str(CreateTable(table).compile(dialect=sqlite.dialect()))


def test_keys_of_the_design_stand(store: Store) -> None:
    """3.2: the unique keys that carry the safety are in the database itself."""
    found = sa.inspect(store.writer)

    def uniques(table: str) -> set[tuple[str, ...]]:
        return {tuple(one["column_names"]) for one in found.get_unique_constraints(table)}

    assert found.get_pk_constraint("device_slot")["constrained_columns"] == ["bucket", "device_id", "epoch", "seq"]
    assert found.get_pk_constraint("raw_event")["constrained_columns"] == ["bucket", "event_id"]
    assert found.get_pk_constraint("entry")["constrained_columns"] == ["bucket", "seq"]
    assert uniques("entry") == {("bucket", "event_id", "leg"), ("bucket", "club_id", "account_id", "ver")}
    assert found.get_pk_constraint("natural")["constrained_columns"] == ["bucket", "natural_key"]
    assert uniques("lease") == {("bucket", "sale_id", "ask_no")}


def test_migrations_make_the_tables_of_the_program(store: Store) -> None:
    """The migrated database and the declared tables are the same, on both engines."""
    with store.reader.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    assert schema.check(store) == schema.newest()


def test_preparing_again_changes_nothing(store: Store) -> None:
    """`init` may be run again: tables, heads and keys that stand are left alone."""
    before = rows(store, tables.installation)
    prepare(store)
    assert rows(store, tables.installation) == before
    assert len(rows(store, tables.stream_head)) == STREAMS


def test_newer_database_is_refused_by_name(store: Store) -> None:
    """3.2: a database that a newer program made is refused with its version, and nothing is changed."""
    with store.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    try:
        for act in (schema.check, schema.migrate):
            with pytest.raises(StoreFault) as told:
                act(store)
            assert (told.value.code, told.value.facts["found"]) == ("ledger.newer", "9999")
    finally:
        with store.writer.begin() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = :now"), {"now": schema.newest()})


def test_empty_database_is_not_served(tmp_path: Path) -> None:
    """A file without tables says so, instead of failing at the first request."""
    store = open_store(str(tmp_path / "empty.db"))
    with pytest.raises(StoreFault, match=r"ledger\.no_schema"):
        schema.check(store)
    store.close()


def test_file_is_durable_and_strict(tmp_path: Path) -> None:
    """8.1: WAL, FULL, no mmap, BEGIN IMMEDIATE; a reader cannot write; a text in an integer column is refused."""
    store = open_store(str(tmp_path / "l.db"))
    prepare(store)
    with store.writer.connect() as connection:
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")]
        assert found == ["wal", 2]
    with pytest.raises(OperationalError, match="readonly"), store.reader.begin() as connection:
        connection.execute(tables.stream_head.update().values(seq=1))
    with pytest.raises(sa.exc.IntegrityError, match="cannot store TEXT"), store.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE stream_head SET seq = 'many'")
    store.close()


def test_wrong_or_missing_key_is_told(tmp_path: Path) -> None:
    """D33: an encrypted file opened with another key, or none, is refused as that."""
    path, key_file = str(tmp_path / "l.db"), tmp_path / "key"
    key_file.write_text("cd" * 32)
    store = open_store(path, key_file=key_file)
    prepare(store)
    store.close()
    for text in ("ef" * 32, "no hex", ""):
        key_file.write_text(text)
        with pytest.raises(StoreFault, match=r"ledger\.key_wrong"):
            open_store(path, key_file=key_file)
    with pytest.raises(StoreFault, match=r"ledger\.key_wrong"):
        open_store(path)


def test_old_sqlite_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """8.1: versions below 3.51.3 can corrupt a WAL with two connections."""
    monkeypatch.setattr(engines, "SQLITE_OLDEST", (99, 0, 0))
    with pytest.raises(StoreFault, match=r"ledger\.sqlite_old"):
        open_store(str(tmp_path / "l.db"))


def test_other_engines_are_refused() -> None:
    """8.2: MariaDB and its cluster are refused for the ledger."""
    with pytest.raises(StoreFault, match=r"ledger\.engine_unknown"):
        open_store("mysql://somewhere/ledger")


# ------------------------------------------------------------------ whole transactions again


class _Refused(Exception):  # noqa: N818 - what a driver raises
    """A driver's error with a state."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.sqlstate = state


@pytest.mark.parametrize("state", ["40001", "40P01", "55P03", "08006", "57P01", "40003", "08007"])
def test_whole_transaction_is_run_again(store: Store, state: str) -> None:
    """6.4, planted bug B11: what the first run wrote is rolled back with it; the second writes it once."""
    runs = itertools.count(1)

    def work(connection: sa.Connection) -> int:
        connection.execute(
            tables.stream_head.update().where(tables.stream_head.c.bucket == 7).values(seq=tables.stream_head.c.seq + 1)
        )
        run = next(runs)
        if run < 3:
            raise sa.exc.OperationalError("statement", {}, _Refused(state))
        return run

    assert store.write(work) == 3
    assert [row.seq for row in rows(store, tables.stream_head) if row.bucket == 7] == [1]


def test_tries_are_bounded(store: Store) -> None:
    """6.4: a database that stays busy ends in ledger.busy, which is 503, and leaves nothing behind."""

    def work(_connection: sa.Connection) -> None:
        raise Stale

    with pytest.raises(StoreFault, match=r"ledger\.busy"):
        store.write(work, tries_max=3)


def test_broken_disk_is_not_tried_again(store: Store) -> None:
    """6.4: an I/O error is fatal to the process; no sync is ever tried again."""
    runs = itertools.count(1)

    def work(_connection: sa.Connection) -> None:
        next(runs)
        raise sa.exc.OperationalError("statement", {}, _Refused("58030"))

    with pytest.raises(StoreFault, match=r"ledger\.disk"):
        store.write(work)
    assert next(runs) == 2
