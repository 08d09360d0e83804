"""Tables of budgets and the limits of venues."""

from __future__ import annotations

from clubtill_ledger.store.migrations import making

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES: tuple[making.Told, ...] = ()
INDEXES: tuple[making.ToldIndex, ...] = ()


def upgrade() -> None:
    making.create(TABLES, INDEXES)


def downgrade() -> None:
    making.drop(TABLES, INDEXES)
