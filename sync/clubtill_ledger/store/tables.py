"""Tables: the append-only ledger (section 3.2 of its design). Every key starts with a bucket.

The named exception is the reference table `device`. No foreign keys across buckets, no sequences, no triggers. Four
keys carry the safety: event id per bucket, bucket sequence, account version, device slot.
"""

from __future__ import annotations

import sqlalchemy as sa

from clubtill_ledger.store.columns import amount, bucket, day, exact, flag, key, maybe, number, table, text, texts
from clubtill_ledger.store.tables_sales import admission as admission  # noqa: PLC0414 - read from here
from clubtill_ledger.store.tables_sales import posting as posting  # noqa: PLC0414 - as above
from clubtill_ledger.store.tables_sales import sale as sale  # noqa: PLC0414 - as above
from clubtill_ledger.store.tables_sales import sale_line as sale_line  # noqa: PLC0414 - as above
from clubtill_ledger.store.tables_sales import swipe as swipe  # noqa: PLC0414 - as above
from clubtill_ledger.store.tables_sales import tender as tender  # noqa: PLC0414 - as above

# ------------------------------------------------------------------ the logs of the devices

device = table(
    "device",
    key("device_id"),
    sa.Column("public_key", sa.Text, nullable=False),
    text("terminal_id"),
    text("name"),
    amount("epoch"),
    text("incarnation"),
    text("boot_id"),
    amount("clock_offset_us"),
    amount("hello_us"),
    amount("enrolled_us"),
    maybe("revoked_us"),
    flag("drain"),
    maybe("fork_us"),
    text("store_version"),
    text("program_version"),
    sa.UniqueConstraint("public_key"),
)

device_slot = table(
    "device_slot",
    bucket(),
    key("device_id"),
    number("epoch"),
    number("seq"),
    text("event_id"),
    amount("event_bucket"),
    text("chain_hash"),
    amount("received_us"),
    amount("eff_us"),
    texts("flags"),
)

device_mark = table(
    "device_mark",
    bucket(),
    key("device_id"),
    number("epoch"),
    amount("acked_seq"),
    text("chain_hash"),
)

device_fork = table(
    "device_fork",
    bucket(),
    key("device_id"),
    number("side_epoch"),
    amount("epoch"),
    amount("from_seq"),
    text("from_hash"),
    amount("found_us"),
    sa.UniqueConstraint("bucket", "device_id", "epoch", "from_seq", "from_hash"),
)

nonce = table("nonce", bucket(), key("device_id"), key("nonce"), amount("received_us"))

raw_event = table(
    "raw_event",
    bucket(),
    key("event_id"),
    text("device_id"),
    amount("epoch"),
    amount("seq"),
    text("kind"),
    amount("version"),
    text("club_id"),
    text("account_id"),
    exact("bytes"),
    text("chain_hash"),
    amount("received_us"),
    amount("eff_us"),
    text("status"),
    text("reason"),
    texts("flags"),
    amount("known_seq"),
    sa.Index("raw_event_by_status", "bucket", "status"),
)

# ------------------------------------------------------------------ the books of the accounts

stream_head = table("stream_head", bucket(), amount("seq"))

entry = table(
    "entry",
    bucket(),
    number("seq"),
    text("club_id"),
    text("account_id"),
    amount("ver"),
    text("event_id"),
    amount("leg"),
    text("kind"),
    amount("amount_h"),
    amount("eff_us"),
    day("day"),
    day("earn_day"),
    day("last_day"),
    text("sale_id"),
    text("lease_id"),
    text("natural_key"),
    text("award_for"),
    text("refers_to"),
    amount("refers_leg"),
    flag("settled"),
    text("person_id"),
    text("device_id"),
    amount("avail_after"),
    amount("reserved_after"),
    amount("deficit_after"),
    amount("posted_us"),
    sa.UniqueConstraint("bucket", "event_id", "leg"),
    sa.UniqueConstraint("bucket", "club_id", "account_id", "ver"),
)

natural = table(
    "natural",
    bucket(),
    key("natural_key"),
    text("club_id"),
    text("account_id"),
    text("event_id"),
    amount("leg"),
    amount("eff_us"),
)

account_state = table(
    "account_state",
    bucket(),
    key("club_id"),
    key("account_id"),
    amount("ver"),
    amount("card_ver"),
    amount("avail_h"),
    amount("reserved_h"),
    amount("deficit_h"),
    day("next_expiry"),
    day("folded_day"),
    text("block"),
    text("lots"),
    maybe("fixed_rate_h"),
    sa.Column("kept", sa.Text, nullable=True),
    sa.Index("account_due", "bucket", "next_expiry"),
)

lease = table(
    "lease",
    bucket(),
    key("club_id"),
    key("account_id"),
    key("lease_id"),
    text("sale_id"),
    amount("ask_no"),
    text("device_id"),
    text("why"),
    amount("asked_h"),
    amount("granted_h"),
    amount("spent_h"),
    amount("returned_h"),
    text("state"),
    text("advice"),
    amount("granted_us"),
    amount("recall_us"),
    text("closed_by"),
    sa.UniqueConstraint("bucket", "sale_id", "ask_no"),
    sa.Index("lease_of_device", "device_id", "state"),
)

card_change = table("card_change", bucket(), number("seq"), text("club_id"), text("account_id"))

# ------------------------------------------------------------------ people

member = table(
    "member",
    bucket(),
    key("club_id"),
    key("person_id"),
    text("account_id"),
    text("number"),
    exact("body"),
    amount("classification"),
    day("tier_changed_on"),
    sa.Index("member_of_account", "bucket", "club_id", "account_id"),
    sa.Index("member_by_number", "club_id", "number"),
)

personal = table(
    "personal",
    bucket(),
    key("club_id"),
    key("person_id"),
    text("first_name"),
    text("last_name"),
    day("date_of_birth"),
    day("birthday_awarded_on"),
    text("photo"),
    text("note"),
    text("ban_note"),
    text("search"),
    text("email"),
    text("language"),
    texts("consents"),
    text("mail_blocked"),
)

member_card = table(
    "member_card",
    bucket(),
    key("club_id"),
    key("digest"),
    text("account_id"),
    text("person_id"),
    sa.Index("member_card_by_digest", "digest"),
)

# ------------------------------------------------------------------ master data, the deny list and the installation

document = table(
    "document",
    bucket(),
    key("kind"),
    key("id"),
    number("version"),
    amount("seq"),
    day("effective_from"),
    flag("deleted"),
    exact("body"),
    sa.UniqueConstraint("bucket", "seq"),
)

deny = table(
    "deny",
    bucket(),
    key("kind"),
    key("id"),
    number("version"),
    amount("seq"),
    text("code"),
    flag("denied"),
    sa.UniqueConstraint("bucket", "seq"),
)

installation = table("installation", bucket(), key("name"), text("value"))

enrol_code = table(
    "enrol_code",
    bucket(),
    key("code_id"),
    text("secret_hash"),
    text("terminal_id"),
    amount("expires_us"),
    amount("tries_left"),
    text("device_id"),
)
