"""Tables: the schema of `facts` and `cache`. Every table is STRICT; times are integers of microseconds, days ISO text.

The migrations make these tables; a test compares both.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, Table, Text

FACTS: Final = MetaData()
CACHE: Final = MetaData()

device_state = Table(
    "device_state",
    FACTS,
    Column("id", Integer, primary_key=True),
    Column("device_id", Text, nullable=False),
    Column("terminal_id", Text, nullable=False),
    Column("server_key", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("next_seq", Integer, nullable=False),
    Column("head_hash", Text, nullable=False),
    Column("acked_seq", Integer, nullable=False),
    Column("incarnation", Text, nullable=False),
    Column("ledger_epoch", Integer, nullable=False),
    Column("clock_offset_us", Integer, nullable=False),
    Column("last_contact_us", Integer, nullable=False),
    Column("next_sale_number", Integer, nullable=False),
    Column("trouble", Text, nullable=False),
    Column("pull_epoch", Integer, nullable=False, server_default="0"),
    Column("pull_seq", Integer, nullable=False, server_default="0"),
    sqlite_strict=True,
)
"""One row: the device's identity and the head of its log. `trouble` is blank, or fork, rolled_back, revoked, too_old.
`pull_epoch` and `pull_seq` name the next event to be pulled back after a roll-back; 0 for none (6.6)."""

outbox = Table(
    "outbox",
    FACTS,
    Column("epoch", Integer, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("event_id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
    Column("chain", Text, nullable=False),
    Column("occurred_at_us", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("last_answer", Text, nullable=False),
    Column("stream", Integer),
    Column("position", Integer),
    Column("acked_at_us", Integer),
    Column("flags", Text, nullable=False),
    Column("account_id", Text, nullable=False),
    Column("overlay_h", Integer, nullable=False),
    Column("reserved_h", Integer, nullable=False),
    Column("label", Text, nullable=False),
    Column("amount_minor", Integer),
    Index("outbox_waiting", "state", "epoch", "seq"),
    Index("outbox_account", "account_id"),
    sqlite_strict=True,
)
"""The device's log. `state` is queued, acked, held or stuck; `overlay_h` and `reserved_h` are what the event adds to
the account's available and reserved points until the feed brings them (6.5)."""

sale = Table(
    "sale",
    FACTS,
    Column("sale_id", Text, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("at_us", Integer, nullable=False),
    Column("total_minor", Integer, nullable=False),
    Column("member_number", Text, nullable=False),
    Column("receipt", LargeBinary, nullable=False),
    sqlite_strict=True,
)
"""Finished sales; `receipt` is the receipt's document tree as JSON, so that a copy prints what the first one said."""

print_job = Table(
    "print_job",
    FACTS,
    Column("job_id", Text, primary_key=True),
    Column("sale_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("drawer", Integer, nullable=False),
    sqlite_strict=True,
)
"""Receipts to print, made in the sale's own transaction (U61, U116)."""

lease = Table(
    "lease",
    FACTS,
    Column("lease_id", Text, primary_key=True),
    Column("club_id", Text, nullable=False),
    Column("account_id", Text, nullable=False),
    Column("granted_h", Integer, nullable=False),
    Column("spent_h", Integer, nullable=False),
    Column("open", Integer, nullable=False),
    Column("sale_id", Text, nullable=False),
    Column("ask_no", Integer, nullable=False),
    Column("advice", Text, nullable=False),
    Index("lease_account", "account_id", "open"),
    sqlite_strict=True,
)

budget = Table(
    "budget",
    FACTS,
    Column("budget_id", Text, primary_key=True),
    Column("venue_id", Text, nullable=False),
    Column("each_h", Integer, nullable=False),
    Column("total_h", Integer, nullable=False),
    Column("deadline_us", Integer, nullable=False),
    Column("cache_age_max_us", Integer, nullable=False),
    Column("open", Integer, nullable=False),
    sqlite_strict=True,
)
"""Budgets that the ledger granted to this device; at most one is open (D39)."""

budget_spend = Table(
    "budget_spend",
    FACTS,
    Column("event_id", Text, primary_key=True),
    Column("budget_id", Text, primary_key=True),
    Column("account_id", Text, nullable=False),
    Column("amount_h", Integer, nullable=False),
    Index("budget_spend_account", "account_id"),
    sqlite_strict=True,
)
"""What each sale spent of a budget, written in the sale's own transaction (I3)."""

parked = Table(
    "parked",
    FACTS,
    Column("parked_id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("at_us", Integer, nullable=False),
    Column("basket", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("take_id", Text, nullable=False),
    sqlite_strict=True,
)
"""Sales parked at this terminal, as JSON, until the ledger's document of them stands: waiting, sent or taken."""

swipe = Table(
    "swipe",
    FACTS,
    Column("event_id", Text, primary_key=True),
    Column("at_us", Integer, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("entry_day", Text, nullable=False),
    Column("visit_key", Text, nullable=False),
    Column("birthday_key", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("guests", Integer, nullable=False),
    Index("swipe_person_day", "person_id", "entry_day"),
    Index("swipe_at", "at_us"),
    sqlite_strict=True,
)
"""Swipes at this terminal's doors. `outcome` is blank until somebody acts, then admit, refuse or let_in (R52)."""

account = Table(
    "account",
    CACHE,
    Column("id", Integer, primary_key=True),
    Column("account_id", Text, nullable=False),
    Column("club_id", Text, nullable=False),
    Column("bucket", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("card", LargeBinary, nullable=False),
    Index("account_by_id", "account_id", unique=True),
    Index("account_bucket", "bucket"),
    sqlite_strict=True,
)
"""Account cards as JSON, persons included, in the order in which they came: a whole club is written from end to end."""

person = Table(
    "person",
    CACHE,
    Column("id", Integer, primary_key=True),
    Column("person_id", Text, nullable=False),
    Column("account_id", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("photo", Text, nullable=False),
    Index("person_by_id", "person_id", unique=True),
    Index("person_number", "number"),
    Index("person_account", "account_id"),
    sqlite_strict=True,
)

photo = Table(
    "photo",
    CACHE,
    Column("hash", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),
    Column("used", Integer, nullable=False),
    Index("photo_used", "used"),
    sqlite_strict=True,
)
"""Photos by their SHA-256. `used` is a count that grows with each use: the lowest goes first when room is short."""

card_token = Table(
    "card_token",
    CACHE,
    Column("digest", Text, primary_key=True),
    Column("person_id", Text, nullable=False),
    Column("account_id", Text, nullable=False),
    Index("card_token_account", "account_id"),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)

document = Table(
    "document",
    CACHE,
    Column("kind", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("effective_from", Text, nullable=False),
    Column("deleted", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    sqlite_strict=True,
)

deny = Table(
    "deny",
    CACHE,
    Column("kind", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("code", Text, nullable=False),
    sqlite_strict=True,
)

cursor = Table(
    "cursor",
    CACHE,
    Column("stream", Integer, primary_key=True),
    Column("position", Integer, nullable=False),
    sqlite_strict=True,
)

feed_state = Table(
    "feed_state",
    CACHE,
    Column("id", Integer, primary_key=True),
    Column("cursor", Text, nullable=False),
    Column("feed_epoch", Integer, nullable=False),
    Column("updated_at_us", Integer, nullable=False),
    Column("deny_at_us", Integer, nullable=False),
    sqlite_strict=True,
)
"""One row: the ledger's signed cursor, and when the cache and the deny list were last known to be complete."""
