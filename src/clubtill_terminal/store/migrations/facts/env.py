"""Alembic's environment for `facts`: it runs on the connection that the store hands over, never on an address."""

from alembic import context

from clubtill_terminal.store.tables import FACTS

context.configure(connection=context.config.attributes["connection"], target_metadata=FACTS, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
