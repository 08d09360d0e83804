"""Checks: count, sum and digest of a stream, by which a terminal finds that it differs from the ledger (6.5)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import xor

from clubtill_ledger.store import documents, people
from clubtill_ledger.store.engines import Connection
from clubtill_rules.values.ids import BUCKETS, DENY_STREAM, MASTER_STREAM
from clubtill_sync.wire.feed import StreamCheck


def row_digest(*parts: str | int) -> int:
    """Give the first 8 bytes, unsigned, of the SHA-256 of a row's parts as text with a nil byte between them."""
    return int.from_bytes(hashlib.sha256("\x00".join(str(part) for part in parts).encode()).digest()[:8], "big")


def of_streams(connection: Connection, positions: Sequence[int]) -> tuple[StreamCheck, ...]:
    """Check all 66 streams as they stand.

    Digests are of (club, account, version) of accounts, of (kind, id, version) of the newest documents, deleted ones
    too, and of (kind, id, code, 1 or 0) of the newest denials.
    """
    found: list[StreamCheck] = []
    for stream in range(BUCKETS):
        rows = people.every_account(connection, stream)
        digests = [row_digest(row.club_id, row.account_id, row.version) for row in rows]
        found.append(_check(stream, positions, digests, sum(row.avail_h for row in rows)))
    newest = documents.newest_of(connection)
    found.append(_check(MASTER_STREAM, positions, [row_digest(*row) for row in newest], 0))
    denials = documents.current_denials(connection).values()
    told = [row_digest(row.kind, row.id, row.code, int(row.denied)) for row in denials]
    found.append(_check(DENY_STREAM, positions, told, 0))
    return tuple(found)


def _check(stream: int, positions: Sequence[int], digests: Iterable[int], balance_h: int) -> StreamCheck:
    rows = list(digests)
    return StreamCheck(
        stream=stream, through=positions[stream], count=len(rows), balance_h=balance_h, digest=reduce(xor, rows, 0)
    )
