"""Checks: count, sum and digest of each stream, by which a terminal finds that it differs from the ledger (6.5)."""

from __future__ import annotations

from collections.abc import Sequence

from clubtill_ledger.store import documents, people
from clubtill_ledger.store.engines import Connection
from clubtill_rules.values.ids import BUCKETS, DENY_STREAM, MASTER_STREAM
from clubtill_sync.wire.checks import check_of, row_digest
from clubtill_sync.wire.feed import StreamCheck


def of_streams(connection: Connection, positions: Sequence[int], *, everyone: bool = True) -> tuple[StreamCheck, ...]:
    """Sum up all 66 streams as they stand; without `everyone` those of master data and denials alone.

    Digests are of (club, account, version) of accounts, of (kind, id, version) of the newest documents that are not
    deleted, and of (kind, id, code) of the denials that stand.
    """
    found: list[StreamCheck] = []
    for stream in range(BUCKETS if everyone else 0):
        rows = people.every_account(connection, stream)
        cards = [(row_digest(row.club_id, row.account_id, row.version), row.avail_h) for row in rows]
        found.append(check_of(stream, positions[stream], cards))
    newest = [(row_digest(*row), 0) for row in documents.standing_of(connection)]
    found.append(check_of(MASTER_STREAM, positions[MASTER_STREAM], newest))
    told = [(row_digest(row.kind, row.id, row.code), 0) for row in documents.denied(connection)]
    found.append(check_of(DENY_STREAM, positions[DENY_STREAM], told))
    return tuple(found)
