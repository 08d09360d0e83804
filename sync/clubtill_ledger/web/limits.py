"""Limits: how many requests a key may send: a bucket of tokens for each, refilled by the minute."""

from __future__ import annotations

import threading
from typing import Final

from clubtill_rules.values.days import US_PER_S
from clubtill_rules.values.refusal import Refusal

_MINUTE_US: Final = 60 * US_PER_S


class RateLimits:
    """The tokens of each key in this process. A key may use a minute's tokens at once."""

    def __init__(self) -> None:
        self._left: dict[str, tuple[int, int]] = {}
        self._lock = threading.Lock()

    def use(self, key_id: str, per_minute: int, now_us: int) -> None:
        """Take a token. Raises Refusal `too_many` with `retry_after_s`.

        Tokens are counted in parts of a minute, so that none is lost by rounding.
        """
        full = per_minute * _MINUTE_US
        with self._lock:
            left, at_us = self._left.get(key_id, (full, now_us))
            left = min(full, left + max(0, now_us - at_us) * per_minute)
            if left < _MINUTE_US:
                self._left[key_id] = (left, now_us)
                lacking = _MINUTE_US - left
                raise Refusal("too_many", retry_after_s=-(-lacking // max(1, per_minute) // US_PER_S) or 1)
            self._left[key_id] = (left - _MINUTE_US, now_us)
