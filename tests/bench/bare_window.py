"""Bare window: PySide6, one QML window and 48 buttons, nothing else. Tells of its first frame and ends.

The least that any till in this technology must do; started as a program of its own.
"""

import sys

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtQml import QQmlApplicationEngine
from PySide6.QtQuick import QQuickWindow
from shiboken6 import delete

from tests.bench.program import Start

QML = b"""
import QtQuick
import QtQuick.Controls.Basic

Window {
    visible: true
    width: 1366
    height: 768

    Grid {
        columns: 8
        spacing: 8

        Repeater {
            model: 48

            Button {
                required property int index

                width: 160
                height: 110
                text: "Button " + index
            }
        }
    }
}
"""


def main() -> int:
    """Show the window; end after its first frame."""
    start = Start()
    application = QGuiApplication(sys.argv[:1])
    engine = QQmlApplicationEngine()
    engine.loadData(QML)
    window = engine.rootObjects()[0]
    if not isinstance(window, QQuickWindow):
        raise TypeError("the root is no window")

    def ready() -> None:
        start.tell("ready")
        application.quit()

    def painted() -> None:
        window.frameSwapped.disconnect(painted)
        start.tell("frame")
        QTimer.singleShot(0, ready)

    window.frameSwapped.connect(painted)
    code = application.exec()
    delete(engine)
    return code


if __name__ == "__main__":
    sys.exit(main())
