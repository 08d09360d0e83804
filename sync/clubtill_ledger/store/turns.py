"""Turns: who writes next where one connection writes: one at a time, short work before long (6.4, 8.1).

A terminal that comes back after days has long batches; the one sale of somebody else at a counter goes before the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from typing import Final

from sqlalchemy.exc import TimeoutError as PoolTimeout

TURN_S: Final = 8.0
"""Whoever waits longer gives up: the ledger is busy."""


class Turns:
    """Gives turns to the threads of this process. `short_waiting`: how many wait with short work."""

    def __init__(self) -> None:
        self._free = Condition()
        self._taken = False
        self.short_waiting = 0

    @property
    def short_waits(self) -> bool:
        """Whether somebody with short work waits: long work under way ends where it can."""
        return self.short_waiting > 0

    @contextmanager
    def taken(self, *, long: bool) -> Iterator[None]:
        """Wait for the turn and keep it. Raises the pool's TimeoutError, as where no connection comes free."""
        with self._free:
            self.short_waiting += not long
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
