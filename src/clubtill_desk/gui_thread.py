"""The way back onto the GUI thread: a queued Qt signal. Knows QtCore alone; lanes and devices do not know Qt at all."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot

from clubtill_desk.lanes import Deliver


class _Post(QObject):
    """Lives in the thread that made it; calls posted from any thread run there, in order."""

    posted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.posted.connect(self._run, Qt.ConnectionType.QueuedConnection)

    @Slot(object)
    def _run(self, call: Callable[[], None]) -> None:
        call()

    def deliver(self, call: Callable[[], None]) -> None:
        self.posted.emit(call)


def qt_deliver() -> Deliver:
    """Make a `deliver` for lanes and devices: call this in the GUI thread, whose event loop then makes the calls.

    Lanes and devices are closed before the application object goes; calls not yet made by then are dropped by Qt.
    """
    return _Post().deliver
