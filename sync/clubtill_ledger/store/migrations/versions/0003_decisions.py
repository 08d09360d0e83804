"""Tables of what managers decide, seals and closed periods; what the ledger knew when it posted an event."""

from __future__ import annotations

from alembic import op

from clubtill_ledger.store.migrations import making

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES: tuple[making.Told, ...] = (
    (
        "seal",
        "bucket:small day:text first_seq:big last_seq:big entries:big hash:text sealed_us:big",
        "bucket day",
        (),
    ),
    (
        "closed_period",
        "bucket:small club_id:text pin_us:big last_day:text? closed_us:big staff_id:text",
        "bucket club_id pin_us",
        (),
    ),
    (
        "decision",
        (
            "bucket:small decision_id:text act:text club_id:text account_id:text subject:text staff_id:text "
            "approver_id:text reason:text facts:text at_us:big"
        ),
        "bucket decision_id",
        (),
    ),
)
INDEXES: tuple[making.ToldIndex, ...] = (("raw_event_by_status", "raw_event", "bucket status"),)


def upgrade() -> None:
    making.create(TABLES, INDEXES)
    making.add("raw_event", "known_seq:big")


def downgrade() -> None:
    op.drop_column("raw_event", "known_seq")
    making.drop(TABLES, INDEXES)
