"""Tables of what managers decide, seals and closed periods (section 3.2 of the ledger's design)."""

from __future__ import annotations

import sqlalchemy as sa

from clubtill_ledger.store.columns import Day, amount, bucket, day, key, number, table, text

seal = table(
    "seal",
    bucket(),
    sa.Column("day", Day, primary_key=True, autoincrement=False),
    amount("first_seq"),
    amount("last_seq"),
    amount("entries"),
    text("hash"),
    amount("sealed_us"),
)
"""SHA-256 over the entries numbered first to last, and over the seal before it (I14). No entries, no seal."""

closed_period = table(
    "closed_period",
    bucket(),
    key("club_id"),
    number("pin_us"),
    day("last_day"),
    amount("closed_us"),
    text("staff_id"),
)
"""A club's closed periods: nothing is dated before the latest pin any more (section 5, I18). In every bucket."""

decision = table(
    "decision",
    bucket(),
    key("decision_id"),
    text("act"),
    text("club_id"),
    text("account_id"),
    text("subject"),
    text("staff_id"),
    text("approver_id"),
    text("reason"),
    text("facts"),
    amount("at_us"),
)
"""What a manager decided: who, when, what and why. `subject` is an event, a lease, a card, a person, a device."""
