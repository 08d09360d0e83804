"""Tables of what managers decide, seals and closed periods."""

from __future__ import annotations

from clubtill_ledger.store.migrations import making

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES: tuple[making.Told, ...] = ()
INDEXES: tuple[making.ToldIndex, ...] = ()


def upgrade() -> None:
    making.create(TABLES, INDEXES)


def downgrade() -> None:
    making.drop(TABLES, INDEXES)
