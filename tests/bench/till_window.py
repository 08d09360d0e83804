"""Till window: the real till with its lanes on a store, in this process, and the hands that touch it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from time import perf_counter_ns
from typing import Final

from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer
from PySide6.QtGui import QGuiApplication, QPointingDevice
from PySide6.QtQuick import QQuickItem, QQuickView
from PySide6.QtTest import QTest
from shiboken6 import delete

from clubtill_desk.gui_thread import qt_deliver
from clubtill_desk.lanes import Lane
from clubtill_desk.resources import resources
from clubtill_sync.client import Client
from clubtill_terminal.actions.place import read_place
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.screens.desk import Desk
from clubtill_terminal.screens.parts.theme import Look, dress, furnish
from clubtill_terminal.screens.till.window import Till
from clubtill_terminal.store.engines import Store
from clubtill_wording.speech import Speech
from tests.bench.figures import since_us
from tests.terminal.kit.club import CARD_KEY, Clock
from tests.terminal.screens.glass import SIZES

DEADLINE_MS: Final = 10_000
SIZE: Final = "1366x768"


def application() -> QCoreApplication:
    """Give the one application object of this process."""
    return QGuiApplication.instance() or QGuiApplication([])


@dataclass(slots=True, kw_only=True)
class TillWindow:
    """A till on the glass. `warnings` are QML's."""

    till: Till
    view: QQuickView
    touch: QPointingDevice
    warnings: list[str] = field(default_factory=list)

    def painted_us(self, act: Callable[[], None], true: Callable[[], bool]) -> float:
        """Give the time from the start of `act` to the first frame on the glass that was painted with `true()`.

        The software renderer lays out, paints and swaps in the GUI thread, so such a frame shows what is true.

        Raises:
            TimeoutError: no such frame was painted within ten seconds.
        """
        loop, found = QEventLoop(), []

        def swapped() -> None:
            if not found and true():
                found.append(since_us(start))
                loop.quit()

        self.view.frameSwapped.connect(swapped)
        QTimer.singleShot(DEADLINE_MS, loop, loop.quit)
        start = perf_counter_ns()
        act()
        if not found:
            loop.exec()
        self.view.frameSwapped.disconnect(swapped)
        if not found:
            raise TimeoutError(f"not painted within {DEADLINE_MS} ms")
        return found[0]

    def settle(self) -> float:
        """Paint what is left to paint, then once more with nothing new; give how long this took, in microseconds."""
        self.painted_us(self.view.update, lambda: True)
        QCoreApplication.processEvents()
        return self.painted_us(self.view.update, lambda: True)

    def tap(self, item: QQuickItem) -> None:
        """Put a finger on the middle of an item and take it away."""
        point = item.mapToScene(item.boundingRect().center()).toPoint()
        QTest.touchEvent(self.view, self.touch).press(0, point, self.view).commit()
        QTest.touchEvent(self.view, self.touch).release(0, point, self.view).commit()


def terminal_on(store: Store, clock: Clock, terminal_id: str) -> Terminal:
    """Give a terminal on a store that has the demo club."""
    return Terminal(
        store=store,
        now_us=clock.now,
        mono_us=lambda: 0,
        new_id=clock.new_id,
        boot_id="boot",
        card_key=CARD_KEY,
        device_id=f"device-{terminal_id}",
        terminal_id=terminal_id,
    )


@contextmanager
def till_window(terminal: Terminal, clock: Clock) -> Iterator[TillWindow]:
    """Show the till of a terminal on its own lanes; nobody listens where its ledger should be."""
    application()
    deliver = qt_deliver()
    lanes = {name: Lane(name, deliver) for name in ("writer", "reader", "network")}
    client = Client("http://127.0.0.1:9", None, now_us=clock.now, nonce=clock.new_id)
    place = read_place(terminal)
    if place is None:
        raise LookupError("the store has no settings")
    speech = Speech(locale="en_AU", currency="AUD", zone="Australia/Sydney")
    desk = Desk(
        terminal=terminal,
        client=client,
        **lanes,
        place=place,
        speech=speech,
        now_us=clock.now,
        new_id=clock.new_id,
        staff_id="sam",
    )
    till = Till(desk)
    till.counter.state = replace(till.counter.state, online=True)
    view = QQuickView()
    window = TillWindow(till=till, view=view, touch=QTest.createTouchDevice())
    view.engine().warnings.connect(lambda found: window.warnings.extend(one.toString() for one in found))
    _show(view, till)
    try:
        window.settle()
        yield window
        if window.warnings:
            raise RuntimeError(f"QML warned: {window.warnings}")
    finally:
        delete(view)
        for lane in lanes.values():
            lane.close()
        client.close()


def _show(view: QQuickView, till: Till) -> None:
    wide, high, px_per_mm = SIZES[SIZE]
    furnish(view.engine(), resources())
    dress(view.engine(), Look(px_per_mm=px_per_mm))
    view.setResizeMode(QQuickView.ResizeMode.SizeRootObjectToView)
    view.setInitialProperties({"vm": till})
    view.loadFromModule("screens.till", "Till")
    view.resize(wide, high)
    view.show()
