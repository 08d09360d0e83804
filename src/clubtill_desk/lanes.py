"""Lanes: one worker thread that runs acts one after the other and hands each outcome back.

The writer, reader and network lanes of a program are three `Lane` objects. A lane runs what it is given and knows no
act; what an act says comes back as a value: `Done`, `Refused` or `Failed`. Only this module catches `Exception`.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Generic, TypeAlias, TypeVar

import structlog

from clubtill_desk.faults import Fault
from clubtill_rules.values.refusal import Refusal

T = TypeVar("T")

Deliver: TypeAlias = Callable[[Callable[[], None]], None]
"""Takes a call and makes it later in the thread that asked: on the GUI thread, or when a test drains its queue."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)  # positional, so that `case Done(value)` reads well
class Done(Generic[T]):
    """The act was done; `value` is what it returned."""

    value: T


@dataclass(frozen=True, slots=True)
class Refused:
    """A rule said no."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Failed:
    """The world said no, or we made a mistake (fault `bug` with the reference under which the log has it)."""

    fault: Fault


def outcome_of(act: Callable[[], T], lane: str) -> Done[T] | Refused | Failed:
    """Run `act` and tell what came of it. A bug is logged under the reference that the screen shows, with the lane."""
    try:
        return Done(act())
    except Refusal as refusal:
        return Refused(refusal)
    except Fault as fault:
        return Failed(fault)
    except Exception as bug:  # noqa: BLE001 - the one place where a bug becomes something a person can report
        reference = secrets.token_hex(4)
        _log.error("bug", reference=reference, lane=lane, exc_info=bug)
        return Failed(Fault("bug", reference=reference))


class Lane:
    """A serial lane with a thread of its own. Acts run in the order in which they were submitted."""

    def __init__(self, name: str, deliver: Deliver) -> None:
        """Start the lane.

        Args:
            name: the thread's name and the lane's name in the log.
            deliver: brings outcomes back, such as `clubtill_desk.gui_thread.qt_deliver()`.
        """
        self.name = name
        self._deliver = deliver
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._closed = False
        self._gate = Lock()
        # A daemon, so that a program that breaks off without closing its lanes does not stay behind as a process.
        self._thread = Thread(target=self._work, name=f"lane-{name}", daemon=True)
        self._thread.start()

    def submit(self, act: Callable[[], T], done: Callable[[Done[T] | Refused | Failed], None]) -> None:
        """Run `act` on the lane, later; then `done` gets the outcome by way of `deliver`. Callable from any thread."""

        def job() -> None:
            outcome = outcome_of(act, self.name)
            self._deliver(lambda: done(outcome))

        with self._gate:
            if self._closed:
                raise RuntimeError(f"lane {self.name} is closed")
            self._jobs.put(job)

    def close(self) -> None:
        """Run what was submitted, then end the thread. Closing twice is allowed."""
        with self._gate:
            if not self._closed:
                self._closed = True
                self._jobs.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()


class HandLane(Lane):
    """A lane without a thread, worked by hand: for tests, and for programs that must run step by step."""

    def __init__(self, name: str = "hand", *, at_once: bool = False) -> None:
        """Make a lane that waits for `run_next` or `run_all`, or with `at_once` runs each act inside `submit`."""
        # The parent's constructor would start the thread that this lane does without.
        self.name = name
        self._waiting: deque[Callable[[], None]] = deque()
        self._closed = False
        self._at_once = at_once

    def submit(self, act: Callable[[], T], done: Callable[[Done[T] | Refused | Failed], None]) -> None:
        """Keep `act` until the lane is worked; `done` is then called in the same breath."""
        if self._closed:
            raise RuntimeError(f"lane {self.name} is closed")
        self._waiting.append(lambda: done(outcome_of(act, self.name)))
        if self._at_once:
            self.run_all()

    def run_next(self) -> bool:
        """Run the oldest waiting act; False if none waits."""
        if not self._waiting:
            return False
        self._waiting.popleft()()
        return True

    def run_all(self) -> int:
        """Run acts until none waits, those that outcomes submit included; returns how many ran."""
        count = 0
        while self.run_next():
            count += 1
        return count

    def close(self) -> None:
        """Run what waits; nothing may be submitted afterwards."""
        self._closed = True
        self.run_all()
