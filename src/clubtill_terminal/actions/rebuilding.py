"""Rebuilding: brings a snapshot in when the ledger says that one is cheaper than the feed; driven by beats (6.7)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from clubtill_desk.lanes import Done, Failed, Lane, Refused
from clubtill_rules.values.days import US_PER_S
from clubtill_sync.client import Client
from clubtill_terminal.actions import bootstrap
from clubtill_terminal.actions.bootstrap import Came, Work
from clubtill_terminal.actions.terminal import Terminal

PAUSE_US: Final = 60 * US_PER_S
"""How long to wait after a try that the line or the ledger broke off."""


@dataclass(slots=True, kw_only=True)
class Rebuilding:
    """One snapshot at a time: fetched and built on a lane of its own, put in place on the writer lane.

    Attributes:
        bulk: the lane that may take minutes.
        replaced: told when a new cache is in use: everything shown from it is read again.
    """

    terminal: Terminal
    client: Client
    writer: Lane
    bulk: Lane
    replaced: Callable[[], None]
    wanted: bool = False
    at_work: bool = False
    _stopped: threading.Event = field(default_factory=threading.Event)
    _again_us: int = 0

    def want(self) -> None:
        """The ledger says that a snapshot is cheaper; it is fetched at the next beat with a good line."""
        self.wanted = True

    def beat(self, now_us: int, *, online: bool) -> None:
        """Begin, or go on after a pause."""
        if self.wanted and not self.at_work and online and now_us >= self._again_us and not self._stopped.is_set():
            self.at_work = True
            act = partial(bootstrap.prepare, self.terminal, self.client, self._stopped.is_set)
            self.writer.submit(act, self._prepared)

    def stop(self) -> None:
        """Break off: the child process ends, what was fetched stays."""
        self._stopped.set()

    def _prepared(self, outcome: Done[Work] | Refused | Failed) -> None:
        if isinstance(outcome, Done):
            self._go(outcome.value, partial(bootstrap.make, outcome.value))
        else:
            self._later()

    def _go(self, work: Work, act: Callable[[], Came]) -> None:
        if self._stopped.is_set():
            self._later()
        else:
            self.bulk.submit(act, partial(self._made, work))

    def _made(self, work: Work, outcome: Done[Came] | Refused | Failed) -> None:
        if outcome == Done(Came.READY) and not self._stopped.is_set():
            self.writer.submit(partial(bootstrap.put_in_place, work), partial(self._put, work))
        else:
            self._later()

    def _put(self, work: Work, outcome: Done[bool] | Refused | Failed) -> None:
        if outcome == Done(value=True):
            self.at_work = self.wanted = False
            self.replaced()
        elif outcome == Done(value=False):
            self._go(work, partial(bootstrap.catch_up, work))
        else:
            self._later()

    def _later(self) -> None:
        self.at_work = False
        self._again_us = self.terminal.mono_us() + PAUSE_US
