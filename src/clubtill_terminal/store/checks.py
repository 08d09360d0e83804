"""Checks: what the cache holds of a stream, summed up as the ledger sums it up (6.5). Read only; a stream at a time."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, text

from clubtill_rules.values.ids import BUCKETS, MASTER_STREAM
from clubtill_sync.wire.checks import check_of, row_digest
from clubtill_sync.wire.feed import StreamCheck
from clubtill_terminal.store import documents

_ACCOUNTS: Final = text(
    "SELECT club_id, account_id, version, "
    "coalesce(json_extract(CAST(card AS TEXT), '$.balance.hundredths'), 0) AS available_h "
    "FROM account WHERE bucket = :bucket"
)
_DENIED: Final = text("SELECT kind, id, code FROM deny")
_DOCUMENTS: Final = text(
    "SELECT kind, id, newest FROM (SELECT kind, id, max(version) AS newest, deleted FROM document GROUP BY kind, id) "
    "WHERE NOT deleted"
)
"""SQLite takes the other columns from the row of the maximum."""


def sum_up(cache: Connection, stream: int) -> StreamCheck:
    """Sum up a stream: accounts with what they have, the newest versions of documents, the denials that stand."""
    through = documents.position(cache, stream)
    if stream < BUCKETS:
        rows = cache.execute(_ACCOUNTS, {"bucket": stream})
        return check_of(
            stream, through, ((row_digest(r.club_id, r.account_id, r.version), r.available_h) for r in rows)
        )
    if stream == MASTER_STREAM:
        rows = cache.execute(_DOCUMENTS)
        return check_of(stream, through, ((row_digest(r.kind, r.id, r.newest), 0) for r in rows))
    denied = cache.execute(_DENIED)
    return check_of(stream, through, ((row_digest(r.kind, r.id, r.code), 0) for r in denied))
