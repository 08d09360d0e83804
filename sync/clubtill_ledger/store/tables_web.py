"""Tables of the Web API: its keys, and which request made which order (section 3.2 of the ledger's design).

A key is told by the hash of its secret. Each key has a device of its own, in whose bucket its requests lie.
"""

from __future__ import annotations

import sqlalchemy as sa

from clubtill_ledger.store.columns import amount, bucket, key, maybe, table, text, texts

web_key = table(
    "web_key",
    bucket(),
    key("key_id"),
    text("device_id"),
    text("club_id"),
    text("name"),
    texts("scopes"),
    text("secret_hash"),
    amount("per_minute"),
    amount("created_us"),
    maybe("revoked_us"),
    sa.UniqueConstraint("bucket", "device_id"),
)

web_request = table(
    "web_request",
    bucket(),
    key("device_id"),
    key("event_id"),
    text("kind"),
    text("digest"),
    text("club_id"),
    text("account_id"),
    amount("at_us"),
)
