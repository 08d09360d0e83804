"""Million: a ledger on PostgreSQL as large as asked for, filled by the server itself, for benches of jobs.

CLUBTILL_TEST_POSTGRES names the server (`packaging/with_services.sh` starts one). The database is dropped afterwards.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from clubtill_ledger.operate.opening import prepare
from clubtill_ledger.store import documents
from clubtill_ledger.store.columns import METADATA
from clubtill_ledger.store.engines import Store, open_store
from clubtill_sync.wire.feed import Document

MEMBERS, FACTS = 1_000_000, 10_000_000
QUICK_MEMBERS, QUICK_FACTS = 20_000, 200_000
CLUB_ID = "bench"
_BUCKET_OF = (
    "CREATE FUNCTION bucket_of(account text) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT get_byte("
    "sha256(convert_to('bench', 'UTF8') || '\\x00'::bytea || convert_to(account, 'UTF8')), 0) >> 2 $$"
)
"""The bucket of an account, as `clubtill_rules.values.ids` computes it."""


@contextmanager
def ledger(name: str) -> Iterator[Store]:
    """Give an empty ledger in a database of its own."""
    server_url = os.environ.get("CLUBTILL_TEST_POSTGRES", "")
    if not server_url:
        raise SystemExit(
            "CLUBTILL_TEST_POSTGRES does not name a PostgreSQL server: run under packaging/with_services.sh"
        )
    url = sa.make_url(server_url)
    server = sa.create_engine(url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    database = f"bench_{name}_{os.getpid()}"
    with server.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{database}"')
    store = open_store(url.set(drivername="postgresql", database=database).render_as_string(hide_password=False))
    try:
        prepare(store)
        with store.writer.begin() as connection:
            connection.exec_driver_sql(_BUCKET_OF)
        yield store
    finally:
        store.close()
        with server.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE "{database}" WITH (FORCE)')
        server.dispose()


def publish(store: Store, made: tuple[Document, ...]) -> None:
    """Put settings into the ledger."""
    store.write(partial(documents.publish, documents=made))


def fill(store: Store, statements: tuple[str, ...], told: dict[str, int | str]) -> None:
    """Fill tables by SQL, each statement in a transaction of its own; then let the server count what it has."""
    for statement in statements:
        with store.writer.begin() as connection:
            connection.exec_driver_sql("SET LOCAL work_mem = '512MB'")
            connection.execute(sa.text(statement), told)
    with store.writer.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")


def blank(store: Store, table: str, view: str) -> None:
    """Make a view of a table into which rows are put with some columns only: the others are blank or nil."""
    with store.writer.begin() as connection:
        connection.exec_driver_sql(f'CREATE VIEW {view} AS TABLE "{table}"')
        for column in METADATA.tables[table].c:
            blank_value = "''" if column.type.compile(postgresql.dialect()) == "TEXT" else "0"
            if not column.nullable:
                connection.exec_driver_sql(f"ALTER VIEW {view} ALTER COLUMN {column.name} SET DEFAULT {blank_value}")
