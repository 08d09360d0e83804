"""What a roll-back still has to bring back, and sales that were parked here."""

from typing import Final

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS: Final = (
    "ALTER TABLE device_state ADD COLUMN pull_epoch INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE device_state ADD COLUMN pull_seq INTEGER NOT NULL DEFAULT 0",
    """
    CREATE TABLE parked (
    parked_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    basket BLOB NOT NULL,
    state TEXT NOT NULL,
    take_id TEXT NOT NULL,
    PRIMARY KEY (parked_id)
    )
    STRICT
    """,
)


def upgrade() -> None:
    """Make the tables. The statements are frozen: later changes are revisions of their own."""
    for statement in STATEMENTS:
        op.execute(statement)
