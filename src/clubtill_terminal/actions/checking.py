"""Checking: proves now and then that the cache is what the ledger has, and has what differs fetched anew (6.5, I28).

Driven by beats. A stream is summed up in one act of the reader lane, so that a search waits for one stream at most.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import structlog

from clubtill_desk.lanes import Done, Failed, Lane, Refused
from clubtill_rules.values.days import US_PER_S
from clubtill_sync.client import Client, Outcome
from clubtill_sync.wire.feed import FeedPage, StreamCheck
from clubtill_terminal.actions import exchange_check, exchange_pull
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.store.documents import FeedState

FIRST_US: Final = 60 * US_PER_S
EVERY_US: Final = 3600 * US_PER_S
AGAIN_US: Final = 60 * US_PER_S
"""After a check for which the ledger had news first, or no answer came."""
log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Checking:
    """The end-of-sync check.

    Attributes:
        differs: told of a stream whose rows are not the ledger's: it is fetched anew, and somebody is told.
    """

    terminal: Terminal
    client: Client
    writer: Lane
    reader: Lane
    network: Lane
    differs: Callable[[int], None]
    at_work: bool = False
    _due_us: int = 0
    _waiting: list[StreamCheck] = field(default_factory=list)
    _stopped: bool = False

    def beat(self, now_us: int, *, online: bool) -> None:
        """Ask when it is time; then look at a stream, and the next at the next beat."""
        if self._stopped or self.at_work or not online:
            return
        self._due_us = self._due_us or now_us + FIRST_US
        if self._waiting:
            self.at_work = True
            told = self._waiting.pop(0)
            self.reader.submit(partial(exchange_check.differs, self.terminal, told), partial(self._looked, told))
        elif now_us >= self._due_us:
            self.at_work = True
            self.writer.submit(partial(exchange_pull.standing, self.terminal), self._stood)

    def stop(self) -> None:
        """Begin nothing new."""
        self._stopped = True

    def _stood(self, outcome: Done[FeedState] | Refused | Failed) -> None:
        if isinstance(outcome, Done) and outcome.value.cursor:
            self.network.submit(partial(exchange_check.ask, self.client, outcome.value), self._told)
        else:
            self._end(AGAIN_US)

    def _told(self, outcome: Done[tuple[Outcome[FeedPage], tuple[StreamCheck, ...]]] | Refused | Failed) -> None:
        self._waiting = list(outcome.value[1]) if isinstance(outcome, Done) else []
        self._end(EVERY_US if self._waiting else AGAIN_US)

    def _looked(self, told: StreamCheck, outcome: Done[bool] | Refused | Failed) -> None:
        self.at_work = False
        if outcome == Done(value=True):
            log.error("cache_differs", stream=told.stream)
            self.differs(told.stream)

    def _end(self, pause_us: int) -> None:
        self.at_work = False
        self._due_us = self.terminal.mono_us() + pause_us
