"""What the ledger's tests stand on: a database of its own for each test, on SQLite and on PostgreSQL.

CLUBTILL_TEST_POSTGRES is the SQLAlchemy URL of an empty server's maintenance database. Without it those tests are
skipped with this reason. A new ledger is made once an engine; a test's file of SQLite is a copy of it, a database of
PostgreSQL is copied for each module and emptied for each test.

PostgreSQL runs at READ COMMITTED; with CLUBTILL_TEST_ISOLATION=SERIALIZABLE every test runs at that level instead, and
the modules of SERIALIZABLE_TOO always run at both (8.5). Of each store every transaction is watched: one that writes to
two buckets fails its test (8.4).
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from clubtill_ledger.operate.commands import prepare
from clubtill_ledger.store.columns import METADATA
from clubtill_ledger.store.engines import Store, open_store
from tests.ledger.club import Club
from tests.ledger.engines.buckets import watched

POSTGRES = os.environ.get("CLUBTILL_TEST_POSTGRES", "")
NO_POSTGRES = "CLUBTILL_TEST_POSTGRES does not name a PostgreSQL server"
ISOLATION = os.environ.get("CLUBTILL_TEST_ISOLATION", "READ COMMITTED")
_needs_postgres = pytest.mark.skipif(not POSTGRES, reason=NO_POSTGRES)
ENGINES = ("sqlite", pytest.param("postgresql", marks=_needs_postgres))
SERIALIZABLE = pytest.param("serializable", marks=_needs_postgres)
SERIALIZABLE_TOO = {"test_accept_events", "test_races", "test_leases", "test_natural_keys", "test_fork", "test_feed"}
"""Modules whose tests race, retry or refuse: there real serialisation failures come up."""


@contextmanager
def _server() -> Iterator[sa.Connection]:
    """Connect to the server, where databases are made and dropped."""
    server = sa.create_engine(
        sa.make_url(POSTGRES).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
    )
    with server.connect() as connection:
        yield connection


@pytest.fixture(scope="session")
def new_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger in a file, new and ready to be used, to be copied."""
    path = tmp_path_factory.mktemp("new") / "ledger.db"
    store = open_store(str(path))
    prepare(store)
    store.close()
    return path


@contextmanager
def _made(name: str, copied: str = "template1") -> Iterator[str]:
    """Make a database as a copy of another one, give its URL, and drop it."""
    with _server() as server:
        server.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE "{copied}"')
    yield sa.make_url(POSTGRES).set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    with _server() as server:
        server.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')


def _named(request: pytest.FixtureRequest) -> str:
    return "ledger_" + re.sub(r"\W", "_", request.module.__name__.rpartition(".")[2]) + f"_{os.getpid()}"


@pytest.fixture(scope="session")
def new_database() -> Iterator[str]:
    """The name of a database with a ledger that is new, to be copied."""
    name = f"ledger_new_{os.getpid()}"
    with _made(name) as url:
        store = open_store(url)
        prepare(store)
        store.close()
        yield name


@pytest.fixture(scope="module")
def postgres_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database of PostgreSQL for one test module, dropped with it."""
    with _made(f"{_named(request)}_empty") as url:
        yield url


@pytest.fixture(scope="module")
def postgres_ledger(request: pytest.FixtureRequest, new_database: str) -> Iterator[str]:
    """A database of PostgreSQL with a ledger for one test module, dropped with it."""
    with _made(_named(request), new_database) as url:
        yield url


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that has a database on every engine."""
    if "database" in metafunc.fixturenames and not hasattr(metafunc.module, "database"):
        both = metafunc.module.__name__.rpartition(".")[2] in SERIALIZABLE_TOO and ISOLATION == "READ COMMITTED"
        metafunc.parametrize("database", (*ENGINES, SERIALIZABLE) if both else ENGINES, indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a ledger's data lies: a file of SQLite, or the URL of a PostgreSQL database."""
    if request.param == "sqlite":
        return str(tmp_path / "ledger.db")
    return str(request.getfixturevalue("postgres_ledger"))


@pytest.fixture
def isolation(request: pytest.FixtureRequest) -> str:
    """The isolation of writing transactions on PostgreSQL."""
    asked = request.node.callspec.params.get("database") if hasattr(request.node, "callspec") else ""
    return "SERIALIZABLE" if asked == "serializable" else ISOLATION


@pytest.fixture
def store(database: str, isolation: str, request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty ledger, ready to be used. No transaction of a test may write to two buckets."""
    if "://" not in database:
        shutil.copy(request.getfixturevalue("new_file"), database)
    opened = open_store(database, isolation=isolation)
    if not opened.is_sqlite:
        with opened.writer.begin() as connection:
            connection.exec_driver_sql("; ".join(str(sa.delete(table)) for table in METADATA.sorted_tables))
        prepare(opened)
    with watched(opened) as watch:
        yield opened
    opened.close()
    assert not watch.broken


@pytest.fixture
def club(store: Store) -> Club:
    """A small club in the ledger: settings, five accounts, two tills and a door."""
    return Club.in_ledger(store)
