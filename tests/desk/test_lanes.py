"""Lanes: order, outcomes, closing, and the way back to the thread that asked."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue

import pytest
from structlog.testing import capture_logs

from clubtill_desk.faults import Fault
from clubtill_desk.lanes import Done, Failed, HandLane, Lane, Refused
from clubtill_rules.values.refusal import Refusal

DEADLINE_S = 10


class Drained:
    """A `deliver` drained by hand in the test's own thread."""

    def __init__(self) -> None:
        self.calls: SimpleQueue[Callable[[], None]] = SimpleQueue()

    def __call__(self, call: Callable[[], None]) -> None:
        """Keep the call."""
        self.calls.put(call)

    def make(self, count: int) -> None:
        """Make the next `count` calls, waiting for them."""
        for _ in range(count):
            self.calls.get(timeout=DEADLINE_S)()


def raises(error: Exception) -> Callable[[], None]:
    """An act that ends with `error`."""

    def act() -> None:
        raise error

    return act


def test_outcomes_come_back_in_order_as_values() -> None:
    """A lane turns a value into Done, a refusal into Refused and a fault into Failed, in the order of submission."""
    refusal, fault = Refusal("points.short", need=3), Fault("disk.full")
    seen: list[object] = []
    drained = Drained()
    lane = Lane("writer", drained)
    for act in (lambda: 7, raises(refusal), raises(fault)):
        lane.submit(act, seen.append)
    drained.make(3)
    lane.close()
    assert seen == [Done(7), Refused(refusal), Failed(fault)]


def test_a_bug_is_logged_under_the_reference_that_the_screen_shows() -> None:
    """Anything that is neither refusal nor fault is our mistake: one log entry, one reference, and the lane goes on."""
    seen: list[object] = []
    drained = Drained()
    lane = Lane("reader", drained)
    bug = ZeroDivisionError()
    with capture_logs() as logged:
        lane.submit(raises(bug), seen.append)
        lane.submit(lambda: "still here", seen.append)
        drained.make(2)
    lane.close()
    failed, after = seen
    assert isinstance(failed, Failed)
    assert failed.fault.code == "bug"
    assert logged == [
        {
            "event": "bug",
            "log_level": "error",
            "lane": "reader",
            "reference": failed.fault.facts["reference"],
            "exc_info": bug,
        }
    ]
    assert after == Done("still here")


def test_acts_run_on_one_thread_of_the_lanes_name_and_outcomes_in_the_askers() -> None:
    """Acts never run beside each other, and never on the thread that asked."""
    threads: set[threading.Thread] = set()
    drained = Drained()
    lane = Lane("network", drained)
    for _ in range(20):
        lane.submit(lambda: threads.add(threading.current_thread()), lambda _: None)
    drained.make(20)
    lane.close()
    (worker,) = threads
    assert worker.name == "lane-network"
    assert worker is not threading.current_thread()


def test_close_runs_what_was_submitted_and_ends_the_thread() -> None:
    """Nothing that was handed to a lane is lost by closing it."""
    ran: list[int] = []
    go = threading.Event()
    drained = Drained()
    lane = Lane("writer", drained)
    lane.submit(lambda: go.wait(DEADLINE_S), lambda _: None)
    for n in range(10):
        lane.submit(lambda n=n: ran.append(n), lambda _: None)
    go.set()
    lane.close()
    lane.close()
    assert ran == list(range(10))
    assert "lane-writer" not in {thread.name for thread in threading.enumerate()}
    drained.make(11)


@pytest.mark.parametrize("make", [lambda: Lane("writer", Drained()), HandLane], ids=["threaded", "by hand"])
def test_a_closed_lane_takes_nothing(make: Callable[[], Lane]) -> None:
    """Submitting to a closed lane is a bug, not a silent loss."""
    lane = make()
    lane.close()
    with pytest.raises(RuntimeError, match="closed"):
        lane.submit(lambda: None, lambda _: None)


def test_the_hand_lane_waits_until_it_is_worked() -> None:
    """A lane worked by hand runs one act at a time, in order, also those that an outcome submits."""
    seen: list[object] = []
    lane = HandLane()
    lane.submit(lambda: 1, lambda outcome: (seen.append(outcome), lane.submit(lambda: 3, seen.append)))
    lane.submit(lambda: 2, seen.append)
    assert seen == []
    assert lane.run_next()
    assert seen == [Done(1)]
    assert lane.run_all() == 2
    assert seen == [Done(1), Done(2), Done(3)]
    assert not lane.run_next()


def test_the_hand_lane_can_run_at_once_and_closes_with_nothing_left() -> None:
    """With `at_once` the outcome is there when submit returns; closing a waiting one runs what waits."""
    seen: list[object] = []
    HandLane(at_once=True).submit(lambda: 1, seen.append)
    assert seen == [Done(1)]
    waiting = HandLane()
    waiting.submit(lambda: 2, seen.append)
    waiting.close()
    assert seen == [Done(1), Done(2)]
