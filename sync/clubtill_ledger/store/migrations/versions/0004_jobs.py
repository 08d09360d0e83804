"""Tables of jobs, outgoing mail, tier runs and statistics, and the columns that they stand on."""

from __future__ import annotations

from alembic import op

from clubtill_ledger.store.migrations import making

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES: tuple[making.Told, ...] = (
    (
        "job",
        (
            "bucket:small kind:text subject:text due_us:big tries:big state:text result:text holder:text until_us:big"
            " begun_us:big ended_us:big"
        ),
        "bucket kind subject",
        (),
    ),
    (
        "mail",
        (
            "bucket:small kind:text subject:text club_id:text account_id:text person_id:text facts:text template:text"
            " state:text tries:big due_us:big at_us:big answer:text"
        ),
        "bucket kind subject club_id account_id",
        (),
    ),
    ("mail_setting", "bucket:small name:text value:text", "bucket name", ()),
    (
        "tier_run",
        "bucket:small run_id:text club_id:text run_day:text? setup:bytes hash:text state:text at_us:big",
        "bucket run_id",
        (),
    ),
    (
        "tier_change",
        (
            "bucket:small run_id:text club_id:text person_id:text account_id:text old:big new:big direction:text"
            " spend_minor:big floor_minor:big maximum_minor:big changed_on:text? reason:text state:text"
        ),
        "bucket run_id club_id person_id",
        (),
    ),
    (
        "marketing",
        "bucket:small club_id:text person_id:text account_id:text added_us:big",
        "bucket club_id person_id",
        (),
    ),
    (
        "statistic",
        "bucket:small venue_id:text trading_day:text name:text amount:big",
        "bucket venue_id trading_day name",
        (),
    ),
)
INDEXES: tuple[making.ToldIndex, ...] = (
    ("job_due", "job", "bucket state due_us"),
    ("mail_due", "mail", "bucket state due_us"),
)
ADDED: tuple[tuple[str, str, str], ...] = (
    ("account_state", "lots:text", ""),
    ("member", "classification:big", "0"),
    ("member", "tier_changed_on:text?", ""),
    ("personal", "email:text language:text consents:text mail_blocked:text", ""),
    ("sale_line", "spend_minor:big", "0"),
    ("refund_line", "spend_minor:big", "0"),
)


def upgrade() -> None:
    making.create(TABLES, INDEXES)
    for table, columns, default in ADDED:
        making.add(table, columns, default)


def downgrade() -> None:
    for table, columns, _ in reversed(ADDED):
        for told in columns.split():
            op.drop_column(table, told.split(":")[0])
    making.drop(TABLES, INDEXES)
