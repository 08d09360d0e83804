"""The till on a real store with lanes worked at once, and a client whose ledger is not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clubtill_desk.lanes import HandLane
from clubtill_sync.client import Client
from clubtill_terminal.actions.place import read_place
from clubtill_terminal.devices.reader import CardKind, CardSeen
from clubtill_terminal.screens.desk import Desk
from clubtill_terminal.screens.till.window import Till
from clubtill_wording.speech import Speech
from tests.terminal.kit.club import Clock, a_terminal


@pytest.fixture
def clock() -> Clock:
    """Give a clock that stands at 18:42."""
    return Clock()


@pytest.fixture
def till(qapp, tmp_path: Path, clock: Clock) -> Iterator[Till]:
    """Give the till's window object; nobody listens where its ledger should be."""
    terminal = a_terminal(tmp_path / "till", clock)
    place = read_place(terminal)
    assert place is not None
    client = Client("http://127.0.0.1:9", None, now_us=clock.now, nonce=clock.new_id)
    desk = Desk(
        terminal=terminal,
        client=client,
        writer=HandLane("writer", at_once=True),
        reader=HandLane("reader", at_once=True),
        network=HandLane("network", at_once=True),
        place=place,
        speech=Speech(locale="en_AU", currency="AUD", zone="Australia/Sydney"),
        now_us=clock.now,
        new_id=clock.new_id,
        online=False,
        staff_id="sam",
    )
    window = Till(desk)
    window.counter.put(online=True)
    desk.online = True
    yield window
    client.close()
    terminal.store.close()


@pytest.fixture
def swipe(till: Till) -> Callable[[str], None]:
    """Swipe a card at the till, by its track."""

    def act(track: str) -> None:
        till.counter.card_seen(CardSeen(source="stripe", kind=CardKind.STRIPE, tracks=(track,)))

    return act
