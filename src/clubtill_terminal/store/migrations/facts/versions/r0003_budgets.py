"""The tables of budgets in `facts`."""

from typing import Final

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS: Final = (
    """
    CREATE TABLE budget (
    budget_id TEXT NOT NULL,
    venue_id TEXT NOT NULL,
    each_h INTEGER NOT NULL,
    total_h INTEGER NOT NULL,
    deadline_us INTEGER NOT NULL,
    cache_age_max_us INTEGER NOT NULL,
    open INTEGER NOT NULL,
    PRIMARY KEY (budget_id)
    )
    STRICT
    """,
    """
    CREATE TABLE budget_spend (
    event_id TEXT NOT NULL,
    budget_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    amount_h INTEGER NOT NULL,
    PRIMARY KEY (event_id, budget_id)
    )
    STRICT
    """,
    """
    CREATE INDEX budget_spend_account ON budget_spend (account_id)
    """,
)


def upgrade() -> None:
    """Make the tables. The statements are frozen: later changes are revisions of their own."""
    for statement in STATEMENTS:
        op.execute(statement)
