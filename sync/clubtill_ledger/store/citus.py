"""Citus: the same tables, spread over workers by bucket (8.2). Every key begins with it, so nothing else changes."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.columns import METADATA
from clubtill_ledger.store.engines import open_store
from clubtill_ledger.store.faults import StoreFault

FIRST = "entry"
SHARDS = 64
"""As many as there are buckets of accounts."""


def statements() -> tuple[str, ...]:
    """Give the statements that distribute an empty ledger's tables: by bucket, or as a reference table without one.

    All are colocated with the first, so that a transaction of one bucket stays on one worker.
    """
    spread = sorted(table.name for table in METADATA.sorted_tables if "bucket" in table.c)
    whole = sorted(table.name for table in METADATA.sorted_tables if "bucket" not in table.c)
    return (
        f"SELECT create_distributed_table('{FIRST}', 'bucket', shard_count => {SHARDS}, colocate_with => 'none')",
        *(
            f"SELECT create_distributed_table('{name}', 'bucket', colocate_with => '{FIRST}')"
            for name in spread
            if name != FIRST
        ),
        *(f"SELECT create_reference_table('{name}')" for name in whole),
    )


def distribute(connection: Connection) -> int:
    """Distribute the tables where the database has Citus; give how many statements that took, 0 where it has not."""
    there = connection.exec_driver_sql("SELECT 1 FROM pg_extension WHERE extname = 'citus'").first()
    if there is None:
        return 0
    for statement in statements():
        connection.exec_driver_sql(statement)
    return len(statements())


def in_schema(url: str, schema: str) -> str:
    """Make a schema and give the URL that keeps to it. Raises StoreFault ledger.schema_name, and as `open_store`."""
    if "://" not in url or not schema.isidentifier() or not schema.isascii() or schema != schema.lower():
        raise StoreFault("ledger.schema_name", name=schema)
    store = open_store(url)
    try:
        store.write(lambda connection: connection.exec_driver_sql(f'CREATE SCHEMA IF NOT EXISTS "{schema}"'))
    finally:
        store.close()
    named = sa.make_url(url).update_query_dict({"options": f"-csearch_path={schema}"})
    return named.render_as_string(hide_password=False)
