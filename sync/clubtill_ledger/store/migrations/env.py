"""Alembic's way in: runs the migrations on the connection that `schema.migrate` hands over, in its transaction."""

from __future__ import annotations

from alembic import context

from clubtill_ledger.store import tables  # noqa: F401 - declares the tables on METADATA
from clubtill_ledger.store.columns import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,
    render_as_batch=False,
)
context.run_migrations()
