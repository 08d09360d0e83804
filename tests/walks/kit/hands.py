"""Hands and eyes on a real window: fingers on targets by what a screen reader calls them, and the words painted."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QPointingDevice
from PySide6.QtQuick import QQuickItem, QQuickView
from PySide6.QtTest import QTest

from tests.terminal.screens import glass

WaitUntil = Callable[[Callable[[], bool], float], None]
"""Runs the event loop until the condition holds; fails after so many seconds."""


class Hands:
    """Touches one window and reads what stands on it."""

    def __init__(self, window: QQuickView, px_per_mm: float, finger: QPointingDevice, wait_until: WaitUntil) -> None:
        self._window = window
        self._px_per_mm = px_per_mm
        self._finger = finger
        self._wait_until = wait_until

    def tap(self, name: str) -> None:
        """Tap the one target whose accessible name is, or else begins with, `name`, as soon as it is there."""
        found: list[QQuickItem] = []

        def there() -> bool:
            found[:] = self._targets(name)
            return len(found) == 1

        try:
            self._wait_until(there, 10)
        except Exception as late:
            raise AssertionError(f"{len(found)} targets are called {name!r}; on the screen: {self.words()}") from late
        point = glass.scene_box(found[0]).center().toPoint()
        QTest.touchEvent(self._window, self._finger).press(0, point, self._window).commit()
        QTest.touchEvent(self._window, self._finger).release(0, point, self._window).commit()

    def _targets(self, name: str) -> list[QQuickItem]:
        targets = glass.walk(self._window, self._px_per_mm)
        exact = [one.item for one in targets if one.name == name]
        return exact or [one.item for one in targets if one.name.startswith(name)]

    def words(self) -> list[str]:
        """Give every text that is painted now."""
        texts = (item.property("text") for item in glass.painted(self._window) if item.inherits("QQuickText"))
        return [text for text in texts if text and text.strip()]

    def sees(self, text: str, timeout_s: float = 10) -> None:
        """Wait until a text with these words is painted."""
        try:
            self._wait_until(lambda: any(text in one for one in self.words()), timeout_s)
        except Exception as late:
            raise AssertionError(f"{text!r} is not on the screen: {self.words()}") from late
