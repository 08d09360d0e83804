"""Checks: how both ends sum up a stream, so that a terminal finds out that its cache differs from the ledger (6.5)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from clubtill_sync.wire.feed import StreamCheck


def row_digest(*parts: str | int) -> int:
    """Give the first 8 bytes, unsigned, of the SHA-256 of a row's parts as text with a nil byte between them."""
    return int.from_bytes(hashlib.sha256("\x00".join(str(part) for part in parts).encode()).digest()[:8], "big")


def check_of(stream: int, through: int, rows: Iterable[tuple[int, int]]) -> StreamCheck:
    """Sum up the rows of a stream, each given as (digest, hundredths available); documents have no balance."""
    count = balance_h = digest = 0
    for row, available_h in rows:
        count += 1
        balance_h += available_h
        digest ^= row
    return StreamCheck(stream=stream, through=through, count=count, balance_h=balance_h, digest=digest)
