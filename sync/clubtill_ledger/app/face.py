"""Face: what the routes of one process share: its ledger, its clock, its limits, and a bell for whoever waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from clubtill_ledger.app.calls import Ledger
from clubtill_ledger.app.limits import Limits
from clubtill_ledger.app.metrics import Metrics


class Bell:
    """Wakes whoever waits in this process after something was written. Lives in one event loop."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Event] = set()

    def ring(self) -> None:
        """Wake everybody."""
        for one in self._waiting:
            one.set()

    def listen(self) -> asyncio.Event:
        """Give an event that the next ring sets."""
        event = asyncio.Event()
        self._waiting.add(event)
        return event

    def leave(self, event: asyncio.Event) -> None:
        """Listen no more."""
        self._waiting.discard(event)


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What a route needs.

    Attributes:
        stopping: ends waits early when the server is to stop.
        on_broken_disk: ends the process; a sync that failed is never tried again.
        limits: what one device may ask, and all of them together; `metrics`: what is counted.
    """

    ledger: Ledger
    now_us: Callable[[], int]
    stopping: Callable[[], bool] = lambda: False
    on_broken_disk: Callable[[], None] = lambda: None
    bell: Bell = field(default_factory=Bell)
    limits: Limits = field(default_factory=Limits)
    metrics: Metrics = field(default_factory=Metrics)
