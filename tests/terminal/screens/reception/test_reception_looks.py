"""Reception in every state, size, theme and text size: targets keep their sizes and distances, no text is cut."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from clubtill.demo import cast, goods
from clubtill_rules.door.posting import Outcome
from clubtill_sync.wire.documents import Terminal as TerminalDocument
from clubtill_sync.wire.feed import Document
from clubtill_terminal.actions.link import Broken, read_queue
from clubtill_terminal.actions.place import read_place
from clubtill_terminal.screens.reception.state import Page
from clubtill_terminal.screens.reception.window import Reception
from clubtill_terminal.store import documents
from tests.terminal.kit.club import Clock, at
from tests.terminal.screens import glass
from tests.terminal.screens.reception.conftest import card

OUT = Path("out/reception")
SHORT = {"light": "light", "dark": "dark", "highContrast": "contrast"}


def waiting(_reception: Reception, _clock: Clock) -> None:
    """Nobody is at the door."""


def birthday(reception: Reception, _clock: Clock) -> None:
    """Priya, on her birthday."""
    reception.door.card_seen(card("100003"))


def again(reception: Reception, clock: Clock) -> None:
    """Jean for the second time, with points that end soon, and a guest counted before."""
    clock.now_us = at("2026-12-05T18:42")
    reception.door.tick()
    reception.door.card_seen(card("100001", 2))
    clock.now_us += 8 * 60 * 1_000_000
    reception.door.clear()
    reception.door.add_guests(1)
    reception.door.card_seen(card("100001", 2))


def check(reception: Reception, _clock: Clock) -> None:
    """Mateo on a Tuesday, with two guests."""
    reception.door.card_seen(card("100002"))
    reception.door.add_guests(2)


def unpaid(reception: Reception, clock: Clock) -> None:
    """Mateo on Friday evening."""
    clock.now_us = at("2026-11-27T18:00")
    reception.door.tick()
    reception.door.card_seen(card("100002"))


def venue(reception: Reception, _clock: Clock) -> None:
    """Aroha at the Marina's door."""
    terminal = reception.door.desk.terminal
    moved = TerminalDocument(id=cast.DOOR, name="Marina door", location_id=goods.MARINA_DOOR, shows=("reception",))
    body = msgspec.Raw(msgspec.json.encode(moved))
    with terminal.store.cache.begin() as cache:
        documents.apply_documents(cache, [Document(kind="terminal", id=cast.DOOR, version=2, body=body)])
    place = read_place(terminal)
    assert place is not None
    reception.door.show_place(place)
    reception.door.card_seen(card("100005"))


def banned(reception: Reception, _clock: Clock) -> None:
    """Tom."""
    reception.door.card_seen(card("100004"))


def banned_note(reception: Reception, _clock: Clock) -> None:
    """Tom, his note shown."""
    reception.door.card_seen(card("100004"))
    reception.door.show_note()


def stopped(reception: Reception, _clock: Clock) -> None:
    """Olive's stopped card."""
    reception.door.card_seen(card("100009"))


def unknown(reception: Reception, _clock: Clock) -> None:
    """A card that nobody has."""
    reception.door.card_seen(card("765432"))


def offline(reception: Reception, clock: Clock) -> None:
    """Priya while the venue service is out of reach."""
    queue = read_queue(reception.door.desk.terminal)
    reception.door.show_link(online=False, broken=Broken.SERVICE, since_us=clock.now_us, queue=queue, just_sent=False)
    clock.now_us += 60_000_000
    reception.door.card_seen(card("100003"))


def reopened(reception: Reception, _clock: Clock) -> None:
    """Mateo, opened again after he was refused."""
    reception.door.card_seen(card("100002"))
    reception.door.act(Outcome.REFUSE.value)
    reception.door.reopen(reception.door.state.recent[0].swipe.event_id)


def fault(reception: Reception, _clock: Clock) -> None:
    """A torn card while Mateo waits."""
    reception.door.card_seen(card("100002"))
    reception.door.bad_read("card.unreadable")


def search(reception: Reception, _clock: Clock) -> None:
    """A search that finds Jean twice, in both clubs."""
    reception.door.go(Page.SEARCH)
    reception.door.search("jean")


def link(reception: Reception, clock: Clock) -> None:
    """The connection panel."""
    offline(reception, clock)
    reception.openLink()


STATES: list[Callable[[Reception, Clock], None]] = [
    waiting,
    birthday,
    again,
    check,
    unpaid,
    venue,
    banned,
    banned_note,
    stopped,
    unknown,
    offline,
    reopened,
    fault,
    search,
    link,
]


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_every_look(reception: Reception, clock: Clock, show, state: Callable[[Reception, Clock], None]) -> None:
    """U1, U2, U4, U12, U66, U95: nothing is too small, too near, covered, nameless or cut, in any look."""
    for number, issue in (("100007", 1), ("100005", 1), ("100006", 1), ("100008", 1), ("100010", 1)):
        reception.door.card_seen(card(number, issue))
        clock.now_us += 60_000_000
    reception.door.clear()
    state(reception, clock)
    found = {}
    for size, scheme, scale in glass.EVERY_LOOK:
        stage = show("screens.reception", "Reception", {"vm": reception}, size=size, scheme=scheme, text_scale=scale)
        stage.grab(OUT / f"{state.__name__}-{size}-{SHORT[scheme]}-{int(scale * 100)}.png")
        wrong = stage.faults() + stage.clipped()
        if wrong:
            found[size, scheme, scale] = wrong
        stage.window.hide()
    assert found == {}


@pytest.mark.parametrize("state", [waiting, birthday, banned], ids=lambda state: state.__name__)
def test_the_public_side_in_every_look(
    reception: Reception, clock: Clock, show, state: Callable[[Reception, Clock], None]
) -> None:
    """D5, U84: one layout for every text, nothing cut."""
    state(reception, clock)
    found = {}
    for size, scheme, scale in glass.EVERY_LOOK:
        stage = show("screens.reception", "Public", {"vm": reception}, size=size, scheme=scheme, text_scale=scale)
        stage.grab(OUT / f"public-{state.__name__}-{size}-{SHORT[scheme]}-{int(scale * 100)}.png")
        wrong = stage.faults() + stage.clipped()
        if wrong:
            found[size, scheme, scale] = wrong
        stage.window.hide()
    assert found == {}


def test_arabic_is_mirrored(make_reception: Callable[..., Reception], clock: Clock, qapp, show) -> None:
    """U110: right to left the list column stands at the left, and nothing is cut."""
    from PySide6.QtCore import Qt  # noqa: PLC0415 - only here

    reception = make_reception(locale="ar")
    check(reception, clock)
    before = qapp.layoutDirection()
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        stage = show("screens.reception", "Reception", {"vm": reception}, size="1366x768")
        stage.grab(OUT / "check-arabic.png")
        assert glass.scene_box(stage.find("scans")).left() < glass.scene_box(stage.find("verdict")).left()
        assert stage.faults() + stage.clipped() == []
    finally:
        qapp.setLayoutDirection(before)
