"""Tables of keys of the web API."""

from __future__ import annotations

from clubtill_ledger.store.migrations import making

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES: tuple[making.Told, ...] = ()
INDEXES: tuple[making.ToldIndex, ...] = ()


def upgrade() -> None:
    making.create(TABLES, INDEXES)


def downgrade() -> None:
    making.drop(TABLES, INDEXES)
