"""The keyboard reader in a real window: real key events, a focused text field, and nothing leaks into it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QUrl
from PySide6.QtGui import QKeyEvent
from PySide6.QtQuick import QQuickView
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from clubtill_terminal.devices import wedge_timing
from clubtill_terminal.devices.reader import BadRead, BadReadReason, CardKind, CardSeen, ReaderReport, ReaderUp
from clubtill_terminal.devices.simulated_wedge import SimulatedWedge
from clubtill_terminal.devices.wedge import WedgeReader, WedgeSettings

SCREEN = """
import QtQuick
FocusScope {
    id: screen
    width: 300
    height: 100
    focus: true
    property string fired: ""
    property string released: ""
    TextInput {
        objectName: "field"
        focus: true
        width: 300
        height: 40
        Keys.onReleased: event => screen.released += event.text
    }
    Shortcut { sequence: "1"; onActivated: screen.fired += "1" }
    Shortcut { sequence: ";"; onActivated: screen.fired += ";" }
    Shortcut { sequence: "F2"; onActivated: screen.fired += "F2" }
    Shortcut { sequence: "Ctrl+5"; onActivated: screen.fired += "Ctrl+5" }
}
"""

JEAN = CardSeen(source="wedge", kind=CardKind.STRIPE, tracks=(";12000001?",))


class Screen:
    """A window with a focused text field, and the keyboard reader over it."""

    def __init__(self, view: QQuickView) -> None:
        self.view = view
        self.seen: list[ReaderReport] = []
        self.wedge = WedgeReader(source="wedge", settings=WedgeSettings(), report=self.seen.append)
        self.wedge.start()
        assert self.seen.pop() == ReaderUp(source="wedge")

    @property
    def field(self) -> QObject:
        """The text field."""
        return self.view.rootObject().findChild(QObject, "field")

    @property
    def text(self) -> str:
        """What stands in the text field."""
        return self.field.property("text")

    @property
    def fired(self) -> str:
        """Which shortcuts fired."""
        return self.view.rootObject().property("fired")

    @property
    def released(self) -> str:
        """Which keys the text field saw released."""
        return self.view.rootObject().property("released")


@pytest.fixture
def screen(qtbot: QtBot, tmp_path: Path) -> Iterator[Screen]:
    """A screen in a shown, active window."""
    (tmp_path / "Screen.qml").write_text(SCREEN)
    view = QQuickView(QUrl.fromLocalFile(str(tmp_path / "Screen.qml")))
    with qtbot.waitExposed(view):
        view.show()
    view.requestActivate()
    screen = Screen(view)
    qtbot.waitUntil(lambda: screen.field.property("activeFocus"))
    yield screen
    screen.wedge.close()
    view.close()
    view.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def hand() -> SimulatedWedge:
    """A reader that types."""
    return SimulatedWedge()


def test_a_swipe_is_read_and_leaves_the_field_empty(screen: Screen, hand: SimulatedWedge) -> None:
    """U69, U70: a swipe in a focused field is a card, and no character, release or shortcut of it gets through."""
    hand.swipe(screen.view, ";12000001?")
    assert (screen.seen, screen.text, screen.fired, screen.released) == ([JEAN], "", "", "")


def test_a_scan_is_read_and_leaves_the_field_empty(screen: Screen, hand: SimulatedWedge) -> None:
    """R86, U70: so is a barcode, ended by Enter or by Tab, and Tab does not move the focus."""
    hand.scan(screen.view, "9312345678907")
    hand.type_keys(screen.view, "M-7KQ2\t")
    assert screen.seen == [
        CardSeen(source="wedge", kind=CardKind.CODE, text=text) for text in ("9312345678907", "M-7KQ2")
    ]
    assert screen.text == ""
    assert screen.field.property("activeFocus")


def test_a_bad_swipe_is_reported_and_leaves_the_field_empty(screen: Screen, hand: SimulatedWedge) -> None:
    """R82: two swipes mixed by a keyboard reader are a bad read, not typing."""
    hand.swipe(screen.view, ";1200;12000002?")
    assert screen.seen == [BadRead(source="wedge", reason=BadReadReason.INTERLEAVED)]
    assert screen.text == ""


def test_typing_reaches_the_field_when_the_gap_runs_out(screen: Screen, hand: SimulatedWedge, qtbot: QtBot) -> None:
    """R83: held keys are replayed, presses and releases, when nothing follows them."""
    hand.type_keys(screen.view, ";12")
    assert screen.text == ""
    qtbot.waitUntil(lambda: screen.text == ";12")
    assert (screen.seen, screen.released, screen.fired) == ([], ";12", "")


def test_slow_typing_keeps_its_order(screen: Screen, hand: SimulatedWedge) -> None:
    """R83: `50%;x?ok` at 120 ms a key is typed whole, sentinels included."""
    hand.type_keys(screen.view, "50%;x?ok!", gaps_ms=(120,) * 9)
    assert (screen.seen, screen.text) == ([], "50%;x?ok!")


def test_three_quick_keys_and_enter_are_typing(screen: Screen, hand: SimulatedWedge) -> None:
    """R83: a code has four characters; the Enter after three reaches the screen, after them."""
    accepted: list[str] = []
    screen.field.accepted.connect(lambda: accepted.append(screen.text))
    hand.type_keys(screen.view, "931\r")
    assert (screen.seen, accepted) == ([], ["931"])


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys with the machine's own time stamps may be late on a busy one; the gaps themselves are tested as a table."""
    for gap in ("SENTINEL_GAP_MS", "STRIPE_GAP_MS", "STRIPE_TOTAL_MS"):
        monkeypatch.setattr(wedge_timing, gap, 20_000)


@pytest.mark.usefixtures("patient")
def test_real_keys_go_the_whole_way_of_the_window_system(screen: Screen) -> None:
    """U69: keys as a keyboard sends them, shortcut handling included; `?` and Enter in each of their disguises."""
    for enter in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        for character in ";12000001?":
            QTest.keyClick(screen.view, character)
        QTest.keyClick(screen.view, enter)
    assert screen.seen == [JEAN, JEAN]
    assert (screen.text, screen.fired) == ("", "")


@pytest.mark.usefixtures("patient")
def test_a_swipe_fires_no_shortcut_where_no_field_has_the_focus(screen: Screen) -> None:
    """U69: on a screen without a focused field a digit's or sentinel's shortcut does not eat a part of the swipe."""
    screen.field.setProperty("focus", False)
    for character in ";12000001?":
        QTest.keyClick(screen.view, character)
    QTest.keyClick(screen.view, Qt.Key.Key_Return)
    assert (screen.seen, screen.fired) == ([JEAN], "")


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (Qt.Key.Key_Return, "\r"),
        (Qt.Key.Key_Enter, "\r"),
        (Qt.Key(10), "\n"),
        (Qt.Key(13), "\r"),
        (Qt.Key.Key_Return, ""),
    ],
)
def test_every_kind_of_enter_ends_a_swipe(screen: Screen, hand: SimulatedWedge, key: Qt.Key, text: str) -> None:
    """Keyboards and test tools send Enter as Return, Enter, carriage return or line feed."""
    hand.type_keys(screen.view, ";12000001?")
    event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, text)
    event.setTimestamp(hand._at_ms + 4)
    QCoreApplication.sendEvent(screen.view, event)
    assert (screen.seen, screen.text) == ([JEAN], "")


def press(screen: Screen, key: Qt.Key, text: str, at_ms: int, **kinds: object) -> None:
    """One key press with a time stamp of its own."""
    modifiers = kinds.get("modifiers", Qt.KeyboardModifier.NoModifier)
    event = QKeyEvent(QEvent.Type.KeyPress, key, modifiers, text, bool(kinds.get("repeat")))
    event.setTimestamp(at_ms)
    QCoreApplication.sendEvent(screen.view, event)


def test_shift_between_the_keys_does_not_break_a_swipe(screen: Screen) -> None:
    """Shift comes as a key without text; a reader presses it for `%` and `?`."""
    at_ms = 50_000
    for character in "%AB^C?;12?\r":
        press(screen, Qt.Key.Key_Shift, "", at_ms)
        press(screen, Qt.Key(ord(character)), character, at_ms + 1)
        at_ms += 4
    assert screen.seen == [CardSeen(source="wedge", kind=CardKind.STRIPE, tracks=("%AB^C?", ";12?"))]
    assert screen.text == ""


def test_an_editing_key_comes_after_what_was_held(screen: Screen) -> None:
    """A key that no reader sends ends the waiting at once, and does not overtake."""
    press(screen, Qt.Key.Key_A, "a", 50_000)
    press(screen, Qt.Key.Key_B, "b", 50_010)
    press(screen, Qt.Key.Key_Backspace, "\b", 50_020)
    assert screen.text == "a"


def test_a_resting_finger_is_no_reader(screen: Screen) -> None:
    """Repeated keys come at the pace of a reader; they are typing."""
    press(screen, Qt.Key.Key_A, "a", 50_000)
    for n in range(6):
        press(screen, Qt.Key.Key_A, "a", 50_030 + 30 * n, repeat=True)
    press(screen, Qt.Key.Key_Return, "\r", 50_200)
    assert (screen.seen, screen.text) == ([], "aaaaaaa")


def test_keys_of_a_program_are_no_reader(screen: Screen) -> None:
    """A keypad on the screen makes keys without time stamps, all at once; they are typing and are not held."""
    for character in "1234\r":
        press(screen, Qt.Key(ord(character)), character, 0)
    assert (screen.seen, screen.text) == ([], "1234")


def test_commands_and_function_keys_work_as_ever(screen: Screen) -> None:
    """Shortcuts that no reader can type stay shortcuts."""
    QTest.keyClick(screen.view, Qt.Key.Key_F2)
    QTest.keyClick(screen.view, Qt.Key.Key_5, Qt.KeyboardModifier.ControlModifier)
    assert (screen.fired, screen.text, screen.seen) == ("F2Ctrl+5", "", [])


def test_the_release_of_the_last_enter_stays_with_the_swipe_and_no_other(screen: Screen, hand: SimulatedWedge) -> None:
    """U70: releases that come after the read are dropped, as many as there were presses, and later ones pass."""
    at_ms = 50_000
    for n, character in enumerate("9312\r"):
        press(screen, Qt.Key(ord(character)), character, at_ms + n)
    for character in "9312\r":
        release = QKeyEvent(QEvent.Type.KeyRelease, Qt.Key(ord(character)), Qt.KeyboardModifier.NoModifier, character)
        release.setTimestamp(at_ms + 10)
        QCoreApplication.sendEvent(screen.view, release)
    assert screen.released == ""
    hand.type_keys(screen.view, " ")
    assert (screen.released, screen.text) == (" ", " ")
    assert [one.text for one in screen.seen if isinstance(one, CardSeen)] == ["9312"]


def test_a_reader_that_sends_no_releases_costs_no_later_one(screen: Screen) -> None:
    """A release owed to a swipe is forgotten at the next key, so no button stays pressed."""
    for n, character in enumerate("9312\r"):
        press(screen, Qt.Key(ord(character)), character, 50_000 + n)
    press(screen, Qt.Key.Key_Space, " ", 51_000)
    release = QKeyEvent(QEvent.Type.KeyRelease, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ")
    release.setTimestamp(51_080)
    QCoreApplication.sendEvent(screen.view, release)
    assert (screen.text, screen.released) == (" ", " ")


def test_a_stalled_program_still_reads_the_keys_in_its_queue(screen: Screen, hand: SimulatedWedge) -> None:
    """R83: the gap counts by the events' time stamps; a timer that fires late in a stall looks at the queue first."""
    hand.type_keys(screen.view, ";1200")
    screen.wedge._gap_ran_out()
    hand._at_ms -= 5_000 - 4
    hand.type_keys(screen.view, "0001?\r")
    assert (screen.seen, screen.text) == ([JEAN], "")


def test_closing_hands_on_what_was_held_and_listens_no_more(screen: Screen, hand: SimulatedWedge) -> None:
    """A key held back is never lost, and a closed reader is out of the way."""
    hand.type_keys(screen.view, "93")
    screen.wedge.close()
    assert screen.text == "93"
    hand.swipe(screen.view, ";12?")
    assert (screen.text, screen.seen) == ("93;12?", [])


def test_a_window_that_closed_takes_its_held_keys_with_it(screen: Screen, hand: SimulatedWedge) -> None:
    """Keys meant for a window that is gone are typed nowhere else."""
    other = QQuickView()
    hand.type_keys(other, "93")
    other.deleteLater()
    QCoreApplication.sendPostedEvents(other, QEvent.Type.DeferredDelete)
    screen.wedge.close()
    assert (screen.text, screen.seen) == ("", [])


def test_a_keyboard_layout_is_a_setting_of_the_device(screen: Screen, hand: SimulatedWedge) -> None:
    """Sentinels depend on the keyboard layout: the device's table says what a typed character means."""
    screen.wedge.close()
    seen: list[ReaderReport] = []
    settings = WedgeSettings(layout={"ö": ";", "_": "?"})
    german = WedgeReader(source="wedge", settings=settings, report=seen.append)
    german.start()
    hand.type_keys(screen.view, "ö12000001_\r")
    german.close()
    assert seen == [ReaderUp(source="wedge"), JEAN]
    assert screen.text == ""
