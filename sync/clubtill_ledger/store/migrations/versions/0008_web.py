"""Tables of keys of the web API."""

from __future__ import annotations

from clubtill_ledger.store.migrations import making

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES: tuple[making.Told, ...] = (
    (
        "web_key",
        (
            "bucket:small key_id:text device_id:text club_id:text name:text scopes:text secret_hash:text "
            "per_minute:big created_us:big revoked_us:big?"
        ),
        "bucket key_id",
        ("bucket device_id",),
    ),
    (
        "web_request",
        "bucket:small device_id:text event_id:text kind:text digest:text club_id:text account_id:text at_us:big",
        "bucket device_id event_id",
        (),
    ),
)
INDEXES: tuple[making.ToldIndex, ...] = ()


def upgrade() -> None:
    making.create(TABLES, INDEXES)


def downgrade() -> None:
    making.drop(TABLES, INDEXES)
