"""What tests of a serving ledger stand on; and at the end of a run, how many faults an engine was given.

Losses and duplicates would have failed a test.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clubtill_ledger.operate.commands import clock_us
from tests.ledger.club import Club
from tests.ledger.engines.counts import COUNTS
from tests.ledger.engines.served import DEADLINE_S, Served, Starts


@pytest.fixture
def starts(club: Club, database: str, tmp_path: Path) -> Iterator[Starts]:
    """Start ledgers on the club's database; each is ended with the test."""
    club.now_us = clock_us()
    running: list[Served] = []

    def start(*words: str, **variables: str) -> Served:
        running.append(Served(database, tmp_path, "--no-jobs", *words, **variables))
        return running[-1]

    yield start
    for one in running:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait(DEADLINE_S)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the counts."""
    if COUNTS:
        told = ", ".join(f"{times} {name}" for name, times in sorted(COUNTS.items()))
        terminalreporter.write_line(f"engines: {told}")
