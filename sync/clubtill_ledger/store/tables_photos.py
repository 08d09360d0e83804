"""Tables of photos and snapshots (section 3.2 of the ledger's design).

A photo lies in the bucket of its own hash, a part of a snapshot and its chunks in the bucket of their stream.
"""

from __future__ import annotations

from clubtill_ledger.store.columns import amount, bucket, exact, key, number, table, text

photo = table("photo", bucket(), key("hash"), text("type"), amount("added_us"), exact("body"))

snapshot_part = table(
    "snapshot_part",
    bucket(),
    key("scope"),
    number("made_us"),
    amount("feed_epoch"),
    amount("through"),
    exact("chunks"),
)

snapshot_chunk = table("snapshot_chunk", bucket(), key("hash"), exact("body"))
