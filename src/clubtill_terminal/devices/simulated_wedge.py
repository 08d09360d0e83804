"""The simulated twin of a keyboard reader: real key events with exact time stamps, sent to a window. Ships (U123).

It types where the device would, so the filter, the timing and the framing are the real ones.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent, QWindow

_BETWEEN_BURSTS_MS: Final = 5_000
_KEYS: Final = {"\r": Qt.Key.Key_Return, "\t": Qt.Key.Key_Tab}


class SimulatedWedge:
    """A reader that types. Time stamps are its own count, far from any other keyboard's."""

    def __init__(self, *, gap_ms: int = 4) -> None:
        """Make one that leaves `gap_ms` between its keys."""
        self._gap_ms = gap_ms
        self._at_ms = _BETWEEN_BURSTS_MS

    def swipe(self, window: QWindow, *tracks: str) -> None:
        """Swipe a card: `tracks` from sentinel to `?`, track 1 first."""
        self.type_keys(window, "".join(tracks) + "\r")

    def scan(self, window: QWindow, text: str) -> None:
        """Scan a code."""
        self.type_keys(window, text + "\r")

    def type_keys(self, window: QWindow, text: str, gaps_ms: tuple[int, ...] = ()) -> None:
        """Type `text` in one go; `gaps_ms` are the gaps before its second and later keys, its own where they end."""
        self._at_ms += _BETWEEN_BURSTS_MS
        for n, character in enumerate(text):
            if n > 0:
                self._at_ms += gaps_ms[n - 1] if n <= len(gaps_ms) else self._gap_ms
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                key = _KEYS.get(character, Qt.Key(ord(character.upper())))
                event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, character)
                event.setTimestamp(self._at_ms)
                QCoreApplication.sendEvent(window, event)
