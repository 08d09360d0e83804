"""A terminal of the demo club on a real store, and the words it speaks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clubtill_terminal.actions.place import Place, read_place
from clubtill_terminal.actions.terminal import Terminal
from clubtill_wording.speech import Speech
from tests.terminal.kit.club import Clock, a_terminal


@pytest.fixture
def club_clock() -> Clock:
    """Give a clock that stands at 18:42 on 24 November 2026."""
    return Clock()


@pytest.fixture
def club_till(tmp_path: Path, club_clock: Clock) -> Iterator[Terminal]:
    """Give the till of the Main Bar."""
    terminal = a_terminal(tmp_path / "till", club_clock)
    yield terminal
    terminal.store.close()


@pytest.fixture
def club_place(club_till: Terminal) -> Place:
    """Give the place where the till stands."""
    place = read_place(club_till)
    assert place is not None
    return place


@pytest.fixture
def speech() -> Speech:
    """Give the words of the venue."""
    return Speech(locale="en_AU", currency="AUD", zone="Australia/Sydney")
