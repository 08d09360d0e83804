"""Tables of budgets and the limits of venues (section 3.2 of the ledger's design).

`venue_limit` is a reference table: its row is locked while budgets of the venue are granted or settled, and `open_h`
is the sum of their T. What was spent of a budget lies with the account that it was spent for.
"""

from __future__ import annotations

import sqlalchemy as sa

from clubtill_ledger.store.columns import amount, bucket, key, maybe, number, table, text

venue_limit = table(
    "venue_limit",
    key("venue_id"),
    amount("limit_minor"),
    amount("each_h"),
    amount("total_h"),
    amount("hours"),
    amount("award_cap_h"),
    amount("open_h"),
)

budget = table(
    "budget",
    bucket(),
    key("device_id"),
    number("epoch"),
    key("budget_id"),
    text("venue_id"),
    amount("each_h"),
    amount("total_h"),
    amount("granted_us"),
    amount("deadline_us"),
    amount("cache_age_max_us"),
    text("signature"),
    text("state"),
    amount("close_epoch"),
    maybe("close_seq"),
    amount("told_h"),
    amount("spent_h"),
    sa.Index("budget_of_device", "device_id", "state"),
)

budget_spend = table(
    "budget_spend",
    bucket(),
    key("event_id"),
    key("budget_id"),
    text("device_id"),
    text("club_id"),
    text("account_id"),
    amount("amount_h"),
    sa.Index("budget_spend_of", "budget_id", "device_id"),
)

device_award = table("device_award", bucket(), key("device_id"), key("day"), amount("amount_h"))
