"""Reception on a real store with lanes worked at once, and a client whose ledger is not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from clubtill.demo import cast
from clubtill_desk.lanes import HandLane
from clubtill_sync.client import Client
from clubtill_terminal.actions.place import read_place
from clubtill_terminal.devices.reader import CardKind, CardSeen
from clubtill_terminal.screens.desk import Desk
from clubtill_terminal.screens.reception.window import Reception
from clubtill_wording.speech import Speech
from tests.terminal.kit.club import Clock, a_terminal


@pytest.fixture
def clock() -> Clock:
    """Give a clock that stands at 18:42."""
    return Clock()


@pytest.fixture
def make_reception(qapp, tmp_path: Path, clock: Clock) -> Iterator[Callable[..., Reception]]:
    """Open Reception windows at the front door; nobody listens where their ledger should be."""
    with ExitStack() as stack:

        def make(*, staff_id: str = "ana", locale: str = "en_AU", at_once: bool = True) -> Reception:
            terminal = a_terminal(tmp_path / f"door-{staff_id}", clock, terminal_id=cast.DOOR)
            stack.callback(terminal.store.close)
            place = read_place(terminal)
            assert place is not None
            client = Client("http://127.0.0.1:9", None, now_us=clock.now, nonce=clock.new_id)
            stack.callback(client.close)
            return Reception(
                Desk(
                    terminal=terminal,
                    client=client,
                    writer=HandLane("writer", at_once=at_once),
                    reader=HandLane("reader", at_once=True),
                    network=HandLane("network", at_once=True),
                    place=place,
                    speech=Speech(locale=locale, currency="AUD", zone="Australia/Sydney"),
                    now_us=clock.now,
                    new_id=clock.new_id,
                    staff_id=staff_id,
                )
            )

        yield make


@pytest.fixture
def reception(make_reception: Callable[..., Reception]) -> Reception:
    """Give Reception with Ana signed in."""
    return make_reception()


def card(number: str, issue: int = 1) -> CardSeen:
    """Give what a reader sees of a card of the cast."""
    return CardSeen(source="stripe", kind=CardKind.STRIPE, tracks=(cast.swipe_text(number, issue),))
