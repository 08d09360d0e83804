"""What every test of the simulator stands on."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def caches_may_differ() -> Iterator[None]:
    """Let the check of the caches say what it found: a ledger that was put back makes them differ, and they heal."""
    log = logging.getLogger("clubtill_terminal.actions.checking")
    before = log.level
    log.setLevel(logging.CRITICAL)
    yield
    log.setLevel(before)
