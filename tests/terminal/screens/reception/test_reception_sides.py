"""Reception beside its acts: pages of facts, faults of devices, the connection panel, and the public side."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt

from clubtill_terminal.devices.reader import CardKind, CardSeen
from clubtill_terminal.screens.reception.window import Reception
from tests.terminal.screens import glass
from tests.terminal.screens.reception.conftest import card


def swipe(reception: Reception, number: str) -> None:
    """Swipe a card of the cast."""
    reception.door.card_seen(card(number))


def on_page(stage) -> set[str]:
    """Give the facts that stand on the page shown: those that no edge cuts."""
    page = stage.find("facts")
    box = glass.scene_box(page).adjusted(-1, -1, 1, 1)
    shown = [item for item in glass.painted(stage.window) if item.objectName() == "fact"]
    return {item.property("label") for item in shown if box.contains(glass.scene_box(item))}


def test_large_text_pages_the_facts(reception: Reception, show) -> None:
    """U12, U102: at 200 % the facts that have no room stand on a second page, a tap away, and none is cut in half."""
    stage = show("screens.reception", "Reception", {"vm": reception}, text_scale=2.0)
    swipe(reception, "100002")
    stage.settle()
    first = on_page(stage)
    stage.tap("More")
    second = on_page(stage)
    assert "Paid to" in first
    assert first | second == {"Paid to", "Entry", "Renewal", "Today"}
    assert first.isdisjoint(second)
    stage.tap("Back")
    assert on_page(stage) == first
    stage.tap("More")
    reception.door.act("admit")
    swipe(reception, "100007")
    stage.settle()
    assert "Paid to" in on_page(stage)


# ---------------------------------------------------------------- devices and links


@pytest.mark.parametrize(
    "code", ["card.unreadable", "card.pulled_out", "card.random_uid", "reader.unplugged", "reader.service_down"]
)
def test_a_bad_read_is_a_notice(reception: Reception, show, code: str) -> None:
    """U37, "Bad input": a sentence over the lower edge; Mateo stays, and his acts can be reached."""
    stage = show("screens.reception", "Reception", {"vm": reception})
    swipe(reception, "100002")
    reception.door.bad_read(code)
    stage.settle()
    assert reception.notice.shown.title != ""
    assert reception.verdict.shown.name == "Mateo Ruiz"
    stage.tap("Admit Mateo Ruiz")
    assert reception.door.state.history.let_in == 1
    assert reception.notice.shown.title == ""


def test_a_bank_card_is_refused_in_words(reception: Reception) -> None:
    """R82: nothing is shown or logged of it."""
    bank = CardSeen(source="stripe", kind=CardKind.STRIPE, tracks=(";4111111111111111=29121010000?",))
    reception.door.card_seen(bank)
    assert reception.notice.shown.title == "That is a bank card"
    assert reception.list.scans.rows == ()


def test_the_connection_panel_opens_beside_the_list(reception: Reception, show) -> None:
    """U58: from the chip, and back."""
    stage = show("screens.reception", "Reception", {"vm": reception})
    stage.tap("Online, all sent")
    assert reception.verdict.page == "link"
    stage.key(Qt.Key.Key_Escape)
    assert reception.verdict.page == "door"


# ---------------------------------------------------------------- the public side


def public_texts(reception: Reception, stage) -> tuple[str, object, object]:
    """Give the text on the public side, its place and its colour."""
    item = stage.find("publicText")
    return item.property("text"), glass.scene_box(item), item.property("color")


def test_the_public_side_tells_nothing(reception: Reception, show) -> None:
    """D5, R11, R55, U84: a first name on WELCOME only; else the same request at the same place in the same colour."""
    stage = show("screens.reception", "Public", {"vm": reception})
    seen = [public_texts(reception, stage)]
    for number in ("100003", "100004"):
        swipe(reception, number)
        stage.settle()
        seen.append(public_texts(reception, stage))
    reception.door.act("refuse")
    for number in ("100002",):
        swipe(reception, number)
        stage.settle()
        seen.append(public_texts(reception, stage))
    words = [text for text, _, _ in seen]
    assert words == [
        "Please present your card",
        "Welcome, Priya",
        "Please see our staff",
        "Please see our staff",
    ]
    assert all(one[1:] == other[1:] for one, other in pairwise(seen))


def test_what_staff_open_again_is_not_public(reception: Reception) -> None:
    """D5: a row opened from the history shows no name on the other side."""
    swipe(reception, "100003")
    reception.door.clear()
    reception.list.reopen(reception.list.scans.rows[0].event_id)
    assert reception.public.shown.text == "Please present your card"
