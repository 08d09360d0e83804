"""What device tests share: a place where reports of other threads are waited for, never slept for."""

from __future__ import annotations

from queue import Empty, SimpleQueue

import pytest

from clubtill_terminal.devices.reader import ReaderReport

DEADLINE_S = 20


class Reports:
    """Takes reports from a reader's thread and gives them to the test in order."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[ReaderReport] = SimpleQueue()

    def __call__(self, report: ReaderReport) -> None:
        """Take a report."""
        self._queue.put(report)

    def next(self) -> ReaderReport:
        """The next report, waited for."""
        try:
            return self._queue.get(timeout=DEADLINE_S)
        except Empty:
            pytest.fail(f"no report within {DEADLINE_S} s")

    def take(self, count: int) -> list[ReaderReport]:
        """The next `count` reports, waited for."""
        return [self.next() for _ in range(count)]

    def left(self) -> list[ReaderReport]:
        """What has come and was not taken."""
        left = []
        while not self._queue.empty():
            left.append(self._queue.get())
        return left


@pytest.fixture
def reports() -> Reports:
    """A fresh place for reports."""
    return Reports()
