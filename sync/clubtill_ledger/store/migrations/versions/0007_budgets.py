"""Tables of budgets and the limits of venues."""

from __future__ import annotations

from clubtill_ledger.store.migrations import making

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES: tuple[making.Told, ...] = (
    (
        "venue_limit",
        "venue_id:text limit_minor:big each_h:big total_h:big hours:big award_cap_h:big open_h:big",
        "venue_id",
        (),
    ),
    (
        "budget",
        (
            "bucket:small device_id:text epoch:big budget_id:text venue_id:text each_h:big total_h:big granted_us:big "
            "deadline_us:big cache_age_max_us:big signature:text state:text close_epoch:big close_seq:big? told_h:big "
            "spent_h:big"
        ),
        "bucket device_id epoch budget_id",
        (),
    ),
    (
        "budget_spend",
        "bucket:small event_id:text budget_id:text device_id:text club_id:text account_id:text amount_h:big",
        "bucket event_id budget_id",
        (),
    ),
    ("device_award", "bucket:small device_id:text day:text amount_h:big", "bucket device_id day", ()),
)
INDEXES: tuple[making.ToldIndex, ...] = (
    ("budget_of_device", "budget", "device_id state"),
    ("budget_spend_of", "budget_spend", "budget_id device_id"),
)


def upgrade() -> None:
    making.create(TABLES, INDEXES)


def downgrade() -> None:
    making.drop(TABLES, INDEXES)
