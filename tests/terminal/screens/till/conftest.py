"""The till on a real store with lanes worked at once, and a client whose ledger is not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clubtill_desk.lanes import HandLane
from clubtill_sync.client import Client
from clubtill_terminal.actions.place import read_place
from clubtill_terminal.screens.desk import Desk
from clubtill_terminal.screens.till.window import Till
from clubtill_wording.speech import Speech
from tests.terminal.kit.club import Clock, a_terminal


@pytest.fixture
def clock() -> Clock:
    """Give a clock that stands at 18:42."""
    return Clock()


@pytest.fixture
def till_in(qapp, tmp_path: Path, clock: Clock) -> Iterator[Callable[[str], Till]]:
    """Make the till's window object in a language; nobody listens where its ledger should be."""
    made: list[Till] = []

    def make(locale: str) -> Till:
        terminal = a_terminal(tmp_path / f"till-{locale}", clock)
        place = read_place(terminal)
        assert place is not None
        desk = Desk(
            terminal=terminal,
            client=Client("http://127.0.0.1:9", None, now_us=clock.now, nonce=clock.new_id),
            writer=HandLane("writer", at_once=True),
            reader=HandLane("reader", at_once=True),
            network=HandLane("network", at_once=True),
            place=place,
            speech=Speech(locale=locale, currency="AUD", zone="Australia/Sydney"),
            now_us=clock.now,
            new_id=clock.new_id,
            staff_id="sam",
        )
        made.append(Till(desk))
        return made[-1]

    yield make
    for one in made:
        one.counter.desk.client.close()
        one.counter.desk.terminal.store.close()


@pytest.fixture
def till(till_in: Callable[[str], Till]) -> Till:
    """Give the till in Australian English."""
    return till_in("en_AU")
