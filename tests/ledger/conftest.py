"""What the ledger's tests stand on: a database of its own for each test, on SQLite and on PostgreSQL.

CLUBTILL_TEST_POSTGRES is the SQLAlchemy URL of an empty server's maintenance database. Without it those tests are
skipped with this reason. A module makes one database; each test gets it empty.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from clubtill_ledger.operate.commands import prepare
from clubtill_ledger.store.columns import METADATA
from clubtill_ledger.store.engines import Store, open_store
from tests.ledger.club import Club

POSTGRES = os.environ.get("CLUBTILL_TEST_POSTGRES", "")
NO_POSTGRES = "CLUBTILL_TEST_POSTGRES does not name a PostgreSQL server"
ENGINES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.skipif(not POSTGRES, reason=NO_POSTGRES)))


@pytest.fixture(scope="module")
def postgres_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of PostgreSQL for one test module, dropped with it."""
    name = "ledger_" + re.sub(r"\W", "_", request.module.__name__.rpartition(".")[2]) + f"_{os.getpid()}"
    server = sa.create_engine(
        sa.make_url(POSTGRES).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
    )
    with server.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    url = sa.make_url(POSTGRES).set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    yield url
    with server.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a ledger's data lies: a file of SQLite, or the URL of a PostgreSQL database."""
    if request.param == "sqlite":
        return str(tmp_path / "ledger.db")
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """An empty ledger, ready to be used."""
    opened = open_store(database)
    prepare(opened)
    if not opened.is_sqlite:
        names = ", ".join(f'"{table}"' for table in METADATA.tables)
        with opened.writer.begin() as connection:
            connection.exec_driver_sql(f"TRUNCATE {names}")
        prepare(opened)
    yield opened
    opened.close()


@pytest.fixture
def club(store: Store) -> Club:
    """A small club in the ledger: settings, five accounts, two tills and a door."""
    return Club.in_ledger(store)
