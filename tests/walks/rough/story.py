"""The story of a rough line: three tills work in threads of their own while ledger and network come and go."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Final

import msgspec

from clubtill_sync.client import Answer, Timeouts
from clubtill_terminal.actions.exchange_push import send
from tests.counts.tally import Tally, counted
from tests.ledger.audit import audit
from tests.walks.month.story import Month, Told
from tests.walks.month.tills import MonthTill
from tests.walks.rough import line

SHORT: Final = Timeouts(look_up_s=1, points_s=1, bulk_s=1)
"""Shorter than some cuts: then answers are lost, not only late."""
AWAY_S: Final = (0.1, 2.0)
AT_WORK_S: Final = (0.1, 0.8)
BETWEEN: Final = 15
BETWEEN_S: Final = 10
"""Events that get through between two harms; a till that never does must not hold the story up."""


class _Named(msgspec.Struct, frozen=True):
    event_id: str


@dataclass
class Worker:
    """A till at work.

    Attributes:
        acknowledged: how many events of batches that were answered.
        unanswered: how many batches and greetings came to nothing.
    """

    till: MonthTill
    chance: random.Random
    over: Event
    acknowledged: int = 0
    unanswered: int = 0
    broken: list[BaseException] = field(default_factory=list)

    def run(self) -> None:
        """Work until the story is over."""
        try:
            while not self.over.is_set():
                self._step()
        except BaseException as error:  # noqa: BLE001 - a thread's failure is shown by the story
            self.broken.append(error)

    def _step(self) -> None:
        till, what = self.till, self.chance.random()
        if what < 0.15:
            till.come_in(self.chance.choice(till.numbers))
        elif what < 0.25:
            till.attach(self.chance.choice(till.numbers))
        elif what < 0.3:
            till.greet()
        else:
            till.ring_up()
        if self.chance.random() < 0.7:
            self._send()

    def _send(self) -> None:
        batch = self.till.composed()
        if batch is None:
            return
        outcome = send(self.till.client, batch)
        self.acknowledged += len(batch.events) if isinstance(outcome, Answer) else 0
        self.unanswered += not isinstance(outcome, Answer)
        self.till.settled(batch, outcome)


def _work_on(workers: list[Worker], over: Event) -> None:
    """Let the tills get some events through before the next harm, if they can."""
    wanted = sum(one.acknowledged for one in workers) + BETWEEN
    until_s = time.monotonic() + BETWEEN_S
    while sum(one.acknowledged for one in workers) < wanted and time.monotonic() < until_s:
        over.wait(0.02)


class Rough:
    """A club with a ledger process and three tills, on one line."""

    def __init__(self, folder: Path, *, seed: int) -> None:
        self.month = Month(folder, seed=seed, timeouts=SHORT)
        self.unanswered = 0
        self._chance = random.Random(seed)  # noqa: S311 - the same story for the same seed

    def play(self, *, kills: int, partitions: int) -> tuple[Told, list[Tally]]:
        """Let both happen in turn, let everything heal, and give what the books say with a tally of each."""
        for till in self.month.tills:
            till.greet()
        tallies = [
            self._harmed("kills", kills, self._kill),
            self._harmed("partitions", partitions, self._cut),
        ]
        told = self.month.come_back()
        with self.month.opened() as store:
            audit(store)
        return told, tallies

    def _harmed(self, what: str, times: int, harm: Callable[[], None]) -> Tally:
        """Do harm so many times while the tills work; then let them send what waits, and count."""
        over = Event()
        workers = [
            Worker(till, random.Random(self._chance.random()), over)  # noqa: S311 - as above
            for till in self.month.tills
        ]
        threads = [Thread(target=one.run, name="till", daemon=True) for one in workers]
        for thread in threads:
            thread.start()
        for _ in range(times):
            over.wait(self._chance.uniform(*AT_WORK_S))
            _work_on(workers, over)
            harm()
        over.set()
        for thread in threads:
            thread.join()
        for one in workers:
            if one.broken:
                raise one.broken[0]
        self.unanswered += sum(one.unanswered for one in workers)
        self.month.drain()
        events = [msgspec.json.decode(data, type=_Named).event_id for till in self.month.tills for data in till.log()]
        with self.month.opened() as store:
            return counted(what, times, store, events, now_us=self.month.clock.now_us())

    def _kill(self) -> None:
        self.month.kill()
        self.month.start()

    def _cut(self) -> None:
        line.cut()
        try:
            Event().wait(self._chance.uniform(*AWAY_S))
        finally:
            line.join()

    def close(self) -> None:
        """End the process and close what is open."""
        self.month.close()
