"""Ids: how events, accounts and natural keys are named, and which bucket an account lies in (D19)."""

from __future__ import annotations

import hashlib
from datetime import date
from functools import lru_cache
from typing import Final

BUCKETS: Final = 64
MASTER_STREAM: Final = 64
DENY_STREAM: Final = 65
STREAMS: Final = 66


@lru_cache(maxsize=4096)
def account_bucket(club_id: str, account_id: str) -> int:
    """Give the bucket of an account: the first 6 bits of SHA-256(club, account), fixed for ever."""
    return hashlib.sha256(f"{club_id}\x00{account_id}".encode()).digest()[0] >> 2


@lru_cache(maxsize=1024)
def device_bucket(device_id: str) -> int:
    """Give the bucket of rows that have no account: the first 6 bits of SHA-256(device)."""
    return hashlib.sha256(device_id.encode()).digest()[0] >> 2


def visit_key(club_id: str, person_id: str, scope: str, entry_day: date) -> str:
    """Name the one visit award of a person in a scope on an entry day (R48)."""
    return f"visit:{club_id}:{person_id}:{scope}:{entry_day.isoformat()}"


def birthday_key(club_id: str, person_id: str, birthday_year: int) -> str:
    """Name the one birthday award of a person for the year of the birthday itself (R50)."""
    return f"bday:{club_id}:{person_id}:{birthday_year}"
