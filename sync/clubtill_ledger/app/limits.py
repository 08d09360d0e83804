"""Limits: how often one device may ask, and how many long batches are in work at once (6.4).

A terminal that comes back after days sends batch after batch. Two of these are in work at a time; the others are told
to wait, so that the one sale of somebody else at a counter is posted at once.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from clubtill_ledger.accept.signed import DRAIN_BYTES

DRAINS_MAX: Final = 2
DRAIN_AGAIN_S: Final = 2
RATE_PER_S: Final = 20
BURST: Final = 100
BY_HASH: Final = ("/v1/snapshot/", "/v1/photos/")
"""Where pieces of a snapshot and photos are fetched: an empty terminal of a large club asks for hundreds in a row."""
BY_HASH_WEIGHS: Final = 1 / 25
DEVICES_MAX: Final = 10_000
US_PER_S: Final = 1_000_000


@dataclass(slots=True)
class _Tokens:
    left: float
    at_us: int


@dataclass(slots=True, kw_only=True)
class Limits:
    """What may be asked. One for a process; every method may be called from any thread.

    Attributes:
        rate_per_s: requests a second that a device may go on with; `burst`: how many at once after a quiet while.
        drains_max: long batches in work at once.
    """

    rate_per_s: float = RATE_PER_S
    burst: int = BURST
    drains_max: int = DRAINS_MAX
    _tokens: dict[str, _Tokens] = field(default_factory=dict)
    _drains: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait_s(self, device_id: str, path: str, now_us: int) -> int:
        """Take one of a device's requests; give 0, or after how many seconds it may ask again.

        What is fetched by its hash is one read of stored bytes, and weighs little.
        """
        weight = BY_HASH_WEIGHS if path.startswith(BY_HASH) else 1
        with self._lock:
            if len(self._tokens) >= DEVICES_MAX:
                self._tokens.clear()
            mine = self._tokens.setdefault(device_id, _Tokens(self.burst, now_us))
            gained = max(0, now_us - mine.at_us) * self.rate_per_s / US_PER_S
            mine.left, mine.at_us = min(self.burst, mine.left + gained), now_us
            if mine.left < weight:
                return max(1, round((weight - mine.left) / self.rate_per_s))
            mine.left -= weight
            return 0

    @contextmanager
    def draining(self, path: str, body_bytes: int) -> Iterator[bool]:
        """Take a place for a batch for as long as it is in work; give False where a long one finds none."""
        if path != "/v1/events" or body_bytes <= DRAIN_BYTES:
            yield True
            return
        with self._lock:
            free = self._drains < self.drains_max
            self._drains += free
        try:
            yield free
        finally:
            with self._lock:
                self._drains -= free
