"""Alembic's way in: runs the migrations on the connection that `schema.migrate` hands over, in its transaction."""

from __future__ import annotations

from alembic import context

from clubtill_ledger.store import (  # noqa: F401 - declare the tables on METADATA
    tables,
    tables_budgets,
    tables_decisions,
    tables_facts,
    tables_jobs,
    tables_photos,
    tables_transfers,
    tables_web,
)
from clubtill_ledger.store.columns import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,
    render_as_batch=False,
)
context.run_migrations()
