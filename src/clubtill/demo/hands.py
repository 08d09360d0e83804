"""Hands: fingers and eyes on the demo's windows: touches as a touch screen sends them, words as the screen shows them.

Knows nothing of what the windows do. It waits on conditions with a deadline, and lets the event loop run meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEventLoop, QPoint, QRectF, QTimer
from PySide6.QtGui import QAccessible, QPointingDevice
from PySide6.QtQuick import QQuickItem, QQuickView
from PySide6.QtTest import QTest

DEADLINE_S: Final = 20.0
AGAIN_S: Final = 0.4
"""Nobody touches one thing twice in less: that is a finger that bounced, and the screens let it pass by (U21)."""
_LOOK_MS: Final = 15


class NotSeenError(Exception):
    """What was waited for did not come; the text says what."""


class Hands:
    """One person's hands and eyes. Set `stopped` to end every wait."""

    def __init__(self) -> None:
        QAccessible.setActive(True)  # names are what is looked for
        self._touch_screen: QPointingDevice = QTest.createTouchDevice()
        self._touched_s: dict[str, float] = {}
        self.stopped = False

    def until(self, true: Callable[[], object], what: str, deadline_s: float = DEADLINE_S) -> None:
        """Let everything run until `true()` holds. Raises NotSeenError after the deadline."""
        end_s = time.monotonic() + deadline_s
        while not true():
            if self.stopped or time.monotonic() > end_s:
                raise NotSeenError(what)
            loop = QEventLoop()
            QTimer.singleShot(_LOOK_MS, loop.quit)
            loop.exec()

    def see(self, view: QQuickView, name: str) -> QQuickItem:
        """Wait for the visible item of that name: its object name, or how its name or its text begins."""
        found: list[QQuickItem] = []

        def there() -> bool:
            item = self.glimpse(view, name)
            found[:] = [item] if item is not None else []
            return bool(found)

        self.until(there, f"{name} in {view.title()}")
        return found[0]

    def glimpse(self, view: QQuickView, name: str) -> QQuickItem | None:
        """Give what `see` looks for if it is there now."""
        items = list(visible(view.contentItem()))
        called = (item for item in items if item.objectName() == name)
        named = (item for item in items if _said(item).startswith(name))
        texts = (item for item in items if _is_text(item) and str(item.property("text")).startswith(name))
        return next(called, None) or next(named, None) or next(texts, None)

    def touch(self, view: QQuickView, name: str, again_s: float = AGAIN_S) -> None:
        """Touch the middle of what `see` finds, and take the finger off again; not twice within `again_s`."""
        self.see(view, name)
        self.paint(view)
        last_s = self._touched_s.get(name, 0.0)
        self.until(lambda: time.monotonic() - last_s > again_s, f"a rest after {name}")
        self._touched_s[name] = time.monotonic()
        self._touch(view, _box(self.see(view, name)).center().toPoint())

    def _touch(self, view: QQuickView, point: QPoint) -> None:
        QTest.touchEvent(view, self._touch_screen).press(0, point, view).commit()
        QTest.touchEvent(view, self._touch_screen).release(0, point, view).commit()

    def paint(self, view: QQuickView) -> None:
        """Wait until the window has laid itself out and painted what changed."""
        painted: list[bool] = []

        def done() -> None:
            painted.append(True)

        view.frameSwapped.connect(done)
        view.update()
        self.until(lambda: painted, f"a frame of {view.title()}")
        view.frameSwapped.disconnect(done)

    def picture(self, view: QQuickView, path: Path) -> None:
        """Write the window as a PNG."""
        self.paint(view)
        if not view.grabWindow().save(str(path)):
            raise NotSeenError(f"a picture at {path}")


def visible(item: QQuickItem) -> Iterator[QQuickItem]:
    """Give every visible item below one, in the order in which they stand."""
    for child in item.childItems():
        if child.isVisible() and child.opacity() > 0:
            yield child
            yield from visible(child)


def words(item: QQuickItem) -> str:
    """Give all texts that are shown inside an item, with a space between them."""
    inside = (item, *visible(item))
    return " ".join(text for one in inside if _is_text(one) and (text := str(one.property("text")).strip()))


def _is_text(item: QQuickItem) -> bool:
    return item.inherits("QQuickText")


def _said(item: QQuickItem) -> str:
    face = QAccessible.queryAccessibleInterface(item)
    if face is None or not face.isValid():  # type: ignore[redundant-expr]  # the stubs leave None out
        return ""
    return face.text(QAccessible.Text.Name)


def _box(item: QQuickItem) -> QRectF:
    return item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))
