"""Turns: who writes next. Where one connection writes, one at a time; short work before long everywhere (6.4, 8.1).

A terminal that comes back after days has long batches; the one sale of somebody else at a counter goes before the next,
and while such sales come, long work is done in smaller pieces.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from time import monotonic
from typing import Final

from sqlalchemy.exc import TimeoutError as PoolTimeout

TURN_S: Final = 8.0
"""Whoever waits longer gives up: the ledger is busy."""
BUSY_S: Final = 1.0
"""For so long after short work had to wait more of it is looked for: a counter sells in a row."""
WAY_S: Final = 0.05
"""For so long at most does long work let short work under way go on alone, where many connections write."""


class Turns:
    """Gives turns to the threads of this process. `short_waiting`: how many wait with short work."""

    def __init__(self) -> None:
        self._free = Condition()
        self._taken = False
        self._short_now = 0
        self.short_waiting = 0
        self._waited_s = float("-inf")

    @property
    def short_comes(self) -> bool:
        """Whether somebody with short work had to wait just now: long work is done in small pieces."""
        return monotonic() - self._waited_s < BUSY_S

    @property
    def short_waits(self) -> bool:
        """Whether somebody with short work waits: long work under way ends where it can."""
        return self.short_waiting > 0

    @contextmanager
    def taken(self, *, long: bool) -> Iterator[None]:
        """Wait for the turn and keep it. Raises the pool's TimeoutError, as where no connection comes free."""
        with self._free:
            self.short_waiting += not long
            if self._taken and not long:
                self._waited_s = monotonic()
            came = self._free.wait_for(lambda: not self._taken and not (long and self.short_waiting), TURN_S)
            self.short_waiting -= not long
            if not came:
                self._free.notify_all()
                raise PoolTimeout("no turn to write")
            self._taken = True
        try:
            yield
        finally:
            with self._free:
                self._taken = False
                self._free.notify_all()

    @contextmanager
    def beside(self, *, long: bool) -> Iterator[None]:
        """Write beside others, where many connections write: long work begins when no short work is under way.

        It waits a moment at most, and holds nothing meanwhile.
        """
        with self._free:
            if long:
                self._free.wait_for(lambda: not self._short_now, WAY_S)
            self._short_now += not long
        try:
            yield
        finally:
            with self._free:
                self._short_now -= not long
                self._free.notify_all()
