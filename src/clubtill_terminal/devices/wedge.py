"""A reader that is a keyboard: stripe, barcode or QR typed by the device (R83, U69, U70). An event filter of QtCore.

Works on every screen with no field focused, and nothing that was swiped reaches a field: keys that may begin a burst
are held back, and handed on as they came when they turn out to be typing. `wedge_timing` decides, this carries keys.

While it runs, a shortcut on a printable character never fires (a swipe would trigger it): screens take such keys by
`Keys` handlers, which get them like any text field does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QWindow

from clubtill_terminal.devices import scanner, stripe
from clubtill_terminal.devices.reader import BadRead, BadReadReason, ReaderUp, Report
from clubtill_terminal.devices.scanner import Code
from clubtill_terminal.devices.stripe import Swipe
from clubtill_terminal.devices.wedge_timing import Answer, Held, WedgeTiming

_KEYS: Final = frozenset({QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride})
_MODIFIERS: Final = frozenset(
    {
        Qt.Key.Key_Shift,
        Qt.Key.Key_Control,
        Qt.Key.Key_Alt,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_Meta,
        Qt.Key.Key_CapsLock,
        Qt.Key.Key_NumLock,
    }
)
_COMMAND: Final = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WedgeSettings:
    """How a keyboard reader is set up.

    Attributes:
        sends_check: whether it sends the check character after each `?`; most strip it.
        layout: typed -> meant, for a stripe's characters where the keyboard layout is not the reader's (`{"ö": ";"}`).
    """

    sends_check: bool = False
    layout: Mapping[str, str] = field(default_factory=dict)


class WedgeReader(QObject):
    """Listens to all keys of the application, in the GUI thread; a `Reader`. Reports are made in the GUI thread."""

    def __init__(self, *, source: str, settings: WedgeSettings, report: Report) -> None:
        """Make a reader that listens from `start` to `close`; there is one an application."""
        super().__init__()
        self.source = source
        self._report = report
        self._timing = WedgeTiming(sends_check=settings.sends_check, layout=settings.layout)
        self._held: list[tuple[QWindow, QKeyEvent]] = []
        self._owed_releases = 0
        self._replaying = False
        self._looked_again = False
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._gap_ran_out)

    def start(self) -> None:
        """See `Reader.start`. A keyboard cannot be missing, so it is up at once."""
        _application().installEventFilter(self)
        self._report(ReaderUp(source=self.source))

    def close(self) -> None:
        """See `Reader.close`. What is held goes on as typing."""
        application = QCoreApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        self._timer.stop()
        self._carry_out(self._timing.give_up())

    def eventFilter(self, target: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Hold back or let through one key. Each key passes twice, by its window and by its item: the window counts."""
        if event.type() not in _KEYS or self._replaying or not isinstance(target, QWindow):
            return False
        if not isinstance(event, QKeyEvent) or event.key() in _MODIFIERS:
            return False
        if event.type() == QEvent.Type.KeyRelease:
            return self._release(target, event)
        character = _character(event)
        if event.type() == QEvent.Type.ShortcutOverride:
            # Accepted means: deliver it as a key. Otherwise a shortcut would eat a part of a swipe.
            wanted = character.isprintable() if character and not self._held else bool(character)
            if wanted:
                event.accept()
            return wanted
        return self._press(target, event, character)

    def _press(self, window: QWindow, event: QKeyEvent, character: str) -> bool:
        answer = self._timing.key(character, event.timestamp()) if character else self._timing.give_up()
        self._carry_out(answer)
        if not answer.hold:
            self._owed_releases = 0
        elif answer.held is Held.READ:
            self._owed_releases += 1
        else:
            self._held.append((window, _copy(event)))
        self._restart_timer()
        if answer.found is not None:
            self._tell(answer.found)
        return answer.hold

    def _release(self, window: QWindow, event: QKeyEvent) -> bool:
        """A release follows its press: held while keys are held, dropped after a read. Its key code may differ."""
        if self._held:
            self._held.append((window, _copy(event)))
            return True
        if self._owed_releases:
            self._owed_releases -= 1
            return True
        return False

    def _carry_out(self, answer: Answer) -> None:
        if answer.held is Held.KEEP:
            return
        held, self._held = self._held, []
        if answer.held is Held.READ:
            presses = sum(event.type() == QEvent.Type.KeyPress for _, event in held)
            self._owed_releases = max(0, 2 * presses - len(held))
            return
        self._replaying = True
        try:
            for window, event in held:
                if shiboken6.isValid(window):
                    QCoreApplication.sendEvent(window, event)
        finally:
            self._replaying = False

    def _restart_timer(self) -> None:
        wait_ms = self._timing.wait_ms
        self._looked_again = False
        if wait_ms is None:
            self._timer.stop()
        else:
            self._timer.start(wait_ms)

    def _gap_ran_out(self) -> None:
        if not self._looked_again:
            # After a stall of the program the next key may already wait in the queue, in time by its own time stamp.
            self._looked_again = True
            self._timer.start(0)
            return
        self._carry_out(self._timing.give_up())

    def _tell(self, found: Swipe | Code | BadReadReason) -> None:
        if isinstance(found, Swipe):
            self._report(stripe.card_of(self.source, found))
        elif isinstance(found, Code):
            self._report(scanner.card_of(self.source, found))
        else:
            self._report(BadRead(source=self.source, reason=found))


def _character(event: QKeyEvent) -> str:
    """What the key adds to a burst: a printable character, CR or Tab; empty for a key that no reader sends.

    A key without a time stamp was made by a program, such as a keypad on the screen, and a repeated one by a finger
    that rests: neither is a reader.
    """
    if event.isAutoRepeat() or event.timestamp() == 0 or event.modifiers() & _COMMAND:
        return ""
    if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or event.text() in ("\r", "\n"):
        return "\r"
    if event.key() == Qt.Key.Key_Tab or event.text() == "\t":
        return "\t"
    text = event.text()
    return text if len(text) == 1 and text.isprintable() else ""


def _copy(event: QKeyEvent) -> QKeyEvent:
    """The event as it came; Qt takes its own back after the filter."""
    copy = QKeyEvent(
        event.type(),
        event.key(),
        event.modifiers(),
        event.nativeScanCode(),
        event.nativeVirtualKey(),
        event.nativeModifiers(),
        event.text(),
        event.isAutoRepeat(),
        event.count(),
    )
    copy.setTimestamp(event.timestamp())
    return copy


def _application() -> QCoreApplication:
    application = QCoreApplication.instance()
    if application is None:
        raise RuntimeError("a keyboard reader needs an application")
    return application
