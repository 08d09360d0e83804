"""Tables of transfers between accounts and parked sales (section 3.2 of the ledger's design)."""

from __future__ import annotations

import sqlalchemy as sa

from clubtill_ledger.store.columns import amount, bucket, flag, key, table, text

transfer = table(
    "transfer",
    bucket(),
    key("transfer_id"),
    text("club_id"),
    text("source_id"),
    text("target_id"),
    text("asker"),
    text("staff_id"),
    amount("amount_h"),
    amount("arrives_h"),
    text("legs"),
    text("state"),
    amount("asked_us"),
    amount("pending_us"),
    amount("settled_us"),
    sa.Index("transfer_by_state", "bucket", "state"),
)
"""The side of the account that gives: pending, then posted or void. `legs` are the lots that move, as JSON."""

transfer_in = table(
    "transfer_in",
    bucket(),
    key("transfer_id"),
    text("club_id"),
    text("account_id"),
    flag("credited"),
    text("why"),
    amount("at_us"),
)
"""The side of the account that gets. Its one row decides: credited, or refused for ever with the reason."""

parked = table(
    "parked",
    bucket(),
    key("parked_id"),
    text("location_id"),
    amount("version"),
    text("holder"),
    text("take_id"),
    text("sale_id"),
    amount("changed_us"),
)
"""Who holds a parked sale: blank holder is nobody, `sale_id` the sale that was made of it (6.5)."""
