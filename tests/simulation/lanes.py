"""Lanes of a simulated terminal: the same order as a thread would keep, but each act is a moment of the world."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from clubtill_desk.faults import Fault
from clubtill_desk.lanes import Done, Failed, Lane, Refused
from clubtill_rules.values.refusal import Refusal
from tests.simulation.world import US

if TYPE_CHECKING:
    from tests.simulation.station import Station


class SimLane(Lane):
    """A lane that the world works. It dies with the station's process; a bug of the product is no outcome here."""

    def __init__(self, name: str, station: Station, slow_us: int) -> None:
        self.name = name
        self._station = station
        self._life = station.life
        self._slow_us = slow_us
        self._waiting: deque[tuple[Callable[[], Any], Callable[[Any], None]]] = deque()
        self._busy = False

    def submit(self, act: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """See `Lane.submit`."""
        self._waiting.append((act, done))
        if not self._busy:
            self._busy = True
            self._later(self._run, self._station.chance.randrange(200, self._slow_us))

    def close(self) -> None:
        """See `Lane.close`."""
        self._waiting.clear()

    @property
    def idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._busy

    def _later(self, act: Callable[[], None], delay_us: int) -> None:
        life, station = self._life, self._station

        def alive() -> None:
            if station.life != life:
                return
            if station.world.now_us < station.asleep_until_us:
                station.world.at(station.asleep_until_us, alive)  # the machine is suspended (F14)
                return
            act()

        station.world.after(delay_us, alive)

    def _run(self) -> None:
        act, done = self._waiting.popleft()
        station = self._station
        outcome: Any
        try:
            outcome = Done(act())
        except Refusal as refusal:
            outcome = Refused(refusal)
        except Fault as fault:
            outcome = Failed(fault)
        finally:
            lag_us = station.take_lag()
        self._later(lambda: self._end(outcome, done), lag_us)

    def _end(self, outcome: Any, done: Callable[[Any], None]) -> None:
        done(outcome)
        if self._waiting:
            self._later(self._run, self._station.chance.randrange(200, self._slow_us))
        else:
            self._busy = False


NETWORK_SLOW_US = US // 20
WRITER_SLOW_US = US // 100


class FeedLane(SimLane):
    """The lane of the long poll: its call is answered after a while, or as soon as a recall is told (6.5)."""

    def submit(self, act: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """See `Lane.submit`."""
        self._waiting.append((act, done))
        if not self._busy:
            self._busy = True
            self._wait(self._station.poll_pause_us)

    def wake(self, delay_us: int) -> None:
        """Answer the poll now."""
        if self._parked:
            self._wait(delay_us)

    _parked = 0
    _ticket = 0

    def _wait(self, delay_us: int) -> None:
        self._ticket += 1
        self._parked = ticket = self._ticket

        def run() -> None:
            if self._parked == ticket:
                self._parked = 0
                self._run()

        self._later(run, delay_us)

    def _end(self, outcome: Any, done: Callable[[Any], None]) -> None:
        self._busy = False
        waiting = bool(self._waiting)
        done(outcome)
        if waiting and not self._parked:
            self._busy = True
            self._wait(self._station.poll_pause_us)
