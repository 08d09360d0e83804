"""Tables of photos and snapshots."""

from __future__ import annotations

from clubtill_ledger.store.migrations import making

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES: tuple[making.Told, ...] = (
    ("photo", "bucket:small hash:text type:text added_us:big body:bytes", "bucket hash", ()),
    (
        "snapshot_part",
        "bucket:small scope:text made_us:big feed_epoch:big through:big chunks:bytes",
        "bucket scope made_us",
        (),
    ),
    ("snapshot_chunk", "bucket:small hash:text body:bytes", "bucket hash", ()),
)
INDEXES: tuple[making.ToldIndex, ...] = ()


def upgrade() -> None:
    making.create(TABLES, INDEXES)


def downgrade() -> None:
    making.drop(TABLES, INDEXES)
