"""Says at the end of a run how many faults an engine was given: losses and duplicates would have failed a test."""

import pytest

from tests.ledger.engines.counts import COUNTS


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the counts."""
    if COUNTS:
        told = ", ".join(f"{times} {name}" for name, times in sorted(COUNTS.items()))
        terminalreporter.write_line(f"engines: {told}")
