"""Turns: a pool of one connection that goes to whoever asked for it first (ledger design 3.4).

SQLAlchemy's own pool wakes who waits, and lets a busy reader take the connection again before that one runs: a swap of
the cache could wait for as long as look-ups follow each other.
"""

from __future__ import annotations

from collections import deque
from time import monotonic
from typing import Any

from sqlalchemy.pool import QueuePool
from sqlalchemy.util.queue import Empty, Queue


class _InTurn(Queue[Any]):
    """A queue whose askers are served in the order in which they came."""

    def _init(self, maxsize: int) -> None:
        super()._init(maxsize)
        self.line: deque[object] = deque()

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:  # noqa: FBT001, FBT002 - Queue's
        """Give a connection back; everybody in the line looks whether it is their turn."""
        super().put(item, block, timeout)
        with self.not_empty:
            self.not_empty.notify_all()

    def get(self, block: bool = True, timeout: float | None = None) -> Any:  # noqa: FBT001, FBT002 - Queue's
        """Take a connection, after those who asked before. Raises Empty when there was none in time."""
        if not block:
            return super().get(block=False)
        mine, until_s = object(), None if timeout is None else monotonic() + timeout
        with self.not_empty:
            self.line.append(mine)
            try:
                while self.line[0] is not mine or self._empty():
                    left_s = None if until_s is None else until_s - monotonic()
                    if left_s is not None and left_s <= 0:
                        raise Empty
                    self.not_empty.wait(left_s)
                return self._get()
            finally:
                self.line.remove(mine)
                self.not_empty.notify_all()


class TurnPool(QueuePool):
    """A pool that hands its connections on in turn."""

    _queue_class = _InTurn
