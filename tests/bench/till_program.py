"""Till program: the terminal as `clubtill terminal run` builds it. Tells of its first frame and of being ready to sell.

Ready is when the tiles are on the glass and the event loop has come round again: a tap would be taken up.
"""

import sys
from pathlib import Path

from PySide6.QtCore import QObject, QSize, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickItem

from clubtill_desk.key_store import open_key_store
from clubtill_terminal.main.command import add_devices
from clubtill_terminal.main.running import Running
from clubtill_terminal.main.setup import Settings
from clubtill_terminal.screens.parts.theme import Look
from tests.bench.painted import painted_items
from tests.bench.program import Start

SIZE, PX_PER_MM = QSize(1366, 768), 3.95


class TimedRunning(Running):
    """Tells of the first frame of each window."""

    start_told = Start()

    def _open(self, room: str, name: str, window: QObject) -> None:
        super()._open(room, name, window)
        self.views[room].frameSwapped.connect(self._painted)

    def _painted(self) -> None:
        view = self.views["till"]
        view.frameSwapped.disconnect(self._painted)
        self.start_told.tell("frame")
        QTimer.singleShot(0, self._ready)

    def _ready(self) -> None:
        tiles = [item for item in painted_items(self.views["till"]) if _is_tile(item)]
        if not tiles:
            raise LookupError("no tiles on the glass")
        self.start_told.tell("ready", tiles=len(tiles))
        QGuiApplication.quit()


def _is_tile(item: QQuickItem) -> bool:
    return item.objectName().startswith("tile:")


def main(folder: Path, now_us: int) -> int:
    """Run the terminal that lies in a folder, at a time of the club's, until it is ready to sell."""
    application = QGuiApplication(sys.argv[:1])
    settings = Settings(
        folder=folder,
        ledger="http://127.0.0.1:9",
        look=Look(px_per_mm=PX_PER_MM),
        size=SIZE,
        staff_id="sam",
        now_us=lambda: now_us,
    )
    running = TimedRunning(settings, open_key_store(folder))
    add_devices(running, {}, folder)
    running.start()
    code = application.exec()
    running.close()
    return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
