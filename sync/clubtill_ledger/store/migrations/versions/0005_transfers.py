"""Tables of transfers between accounts and parked sales."""

from __future__ import annotations

from clubtill_ledger.store.migrations import making

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES: tuple[making.Told, ...] = (
    (
        "transfer",
        (
            "bucket:small transfer_id:text club_id:text source_id:text target_id:text asker:text staff_id:text "
            "amount_h:big arrives_h:big legs:text state:text asked_us:big pending_us:big settled_us:big"
        ),
        "bucket transfer_id",
        (),
    ),
    (
        "transfer_in",
        "bucket:small transfer_id:text club_id:text account_id:text credited:small why:text at_us:big",
        "bucket transfer_id",
        (),
    ),
    (
        "parked",
        "bucket:small parked_id:text location_id:text version:big holder:text take_id:text sale_id:text changed_us:big",
        "bucket parked_id",
        (),
    ),
)
INDEXES: tuple[making.ToldIndex, ...] = (("transfer_by_state", "transfer", "bucket state"),)


def upgrade() -> None:
    making.create(TABLES, INDEXES)


def downgrade() -> None:
    making.drop(TABLES, INDEXES)
