"""The one place that makes an engine and a view for a test, and takes them down in the order that Qt survives.

`show` loads a screen by its module, or a few lines of QML, at a preset size, scheme and text scale. What QML warns
about fails the test. Tests of screens make no engine, no view and no thread of their own.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, Qt, QUrl
from PySide6.QtGui import QAccessible, QPointingDevice
from PySide6.QtQml import QQmlEngine
from PySide6.QtQuick import QQuickItem, QQuickView
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from clubtill_desk.resources import resources
from clubtill_terminal.screens.parts.theme import Look, Scheme, dress, furnish
from tests.terminal.screens import glass

os.environ.setdefault("QT_QUICK_CONTROLS_STYLE", "Basic")


class Stage:
    """One window with one screen on it, and the hands that touch it."""

    def __init__(
        self, view: QQuickView, engine: QQmlEngine, px_per_mm: float, touch: QPointingDevice, qtbot: QtBot
    ) -> None:
        self.window = view
        self.engine = engine
        self.px_per_mm = px_per_mm
        self._touch = touch
        self._qtbot = qtbot

    @property
    def root(self) -> QQuickItem:
        """The screen's root item."""
        return self.window.rootObject()

    @property
    def theme(self) -> QObject:
        """The Theme of this window."""
        theme = self.engine.singletonInstance("screens.parts", "Theme")
        assert isinstance(theme, QObject)
        return theme

    def find(self, name: str) -> QQuickItem:
        """The visible item with this objectName; inside repeaters and lists too."""
        found = [item for item in glass.painted(self.window) if item.objectName() == name]
        assert len(found) == 1, f"{len(found)} visible items are called {name!r}"
        return found[0]

    def target(self, name: str) -> QQuickItem:
        """The one target whose accessible name is, or else begins with, `name`."""
        targets = self.walk()
        found = [target for target in targets if target.name == name]
        found = found or [target for target in targets if target.name.startswith(name)]
        assert len(found) == 1, f"{len(found)} targets are called {name!r}: {sorted(target.name for target in targets)}"
        return found[0].item

    def tap(self, what: QQuickItem | str, by: str = "touch") -> None:
        """Press and release the middle of an item or of the target of that name, by "mouse" or by "touch"."""
        item = self.target(what) if isinstance(what, str) else what
        point = glass.scene_box(item).center().toPoint()
        if by == "mouse":
            QTest.mouseClick(self.window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point)
        else:
            self.press(point)
            self.release(point)
        self.settle()

    def press(self, point: QPoint) -> None:
        """Put a finger down and leave it there."""
        QTest.touchEvent(self.window, self._touch).press(0, point, self.window).commit()

    def release(self, point: QPoint) -> None:
        """Take the finger up."""
        QTest.touchEvent(self.window, self._touch).release(0, point, self.window).commit()

    def key(self, key: Qt.Key | str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Type one key: a letter, or a `Qt.Key`."""
        QTest.keyClick(self.window, key, modifier)
        self.settle()

    def settle(self) -> None:
        """Let the window lay itself out and paint what has changed."""
        with self._qtbot.waitSignal(self.window.frameSwapped, timeout=5000):
            self.window.update()
        QCoreApplication.processEvents()

    def wait_until(self, true: Any, timeout_ms: int = 5000) -> None:
        """Go on when `true()` holds; fail after the deadline."""
        self._qtbot.waitUntil(true, timeout=timeout_ms)

    def walk(self) -> list[glass.Target]:
        """Every target with role, name and place."""
        return glass.walk(self.window, self.px_per_mm)

    def faults(self) -> list[str]:
        """What breaks U1, U2, U4, U66 or U95."""
        return glass.faults(self.window, self.px_per_mm)

    def clipped(self) -> list[str]:
        """Texts that are cut or overlap."""
        return glass.clipped_texts(self.window, self.px_per_mm)

    def grab(self, path: Path) -> None:
        """Write the window as a PNG, making the folder if need be."""
        path.parent.mkdir(parents=True, exist_ok=True)
        assert self.window.grabWindow().save(str(path))


def with_a_class_of_its_own(model: object) -> list[str]:
    """Name the objects below a view model that Qt had to give a class of their own.

    That happens to an object whose undecorated method is connected to a signal. Such a class goes with its object, but
    QML remembers classes by their address: the next object there may be read as the one that is gone. Mark the method
    with `Slot`.
    """
    if not isinstance(model, QObject):
        return []
    return [
        f"{type(each).__name__} has a class of its own: a method of it is connected that is no Slot"
        for each in (model, *model.findChildren(QObject))
        if "__METAOBJECT__" in getattr(each, "__dict__", {})
    ]


class Show:
    """Makes stages; remembers what must outlive them."""

    def __init__(self, qtbot: QtBot, touch: QPointingDevice, folder: Path) -> None:
        self._qtbot = qtbot
        self._touch = touch
        self._folder = folder
        self._stages: list[Stage] = []
        self._kept: list[object] = []
        self.warnings: list[str] = []

    def __call__(
        self,
        module: str,
        name: str,
        properties: dict[str, Any] | None = None,
        *,
        look: Look | None = None,
        **preset: Any,
    ) -> Stage:
        """The component `name` of a QML module. `properties` are its initial ones; view models among them are kept.

        `preset`: size, scheme, text_scale, motion, as `source` has them; `look` replaces all but the size.
        """
        stage, view = self._stage(properties, look=look, **preset)
        view.loadFromModule(module, name)
        return self._shown(stage, view)

    def source(self, qml: str, properties: dict[str, Any] | None = None, **preset: Any) -> Stage:
        """A few lines of QML; `import QtQuick` and `import screens.parts` are put before them."""
        path = self._folder / f"Shown{len(self._stages)}.qml"
        path.write_text(f"import QtQuick\nimport screens.parts\n{qml}\n", encoding="utf-8")
        return self.file(path, properties, **preset)

    def file(self, path: Path, properties: dict[str, Any] | None = None, **preset: Any) -> Stage:
        """A QML file."""
        stage, view = self._stage(properties, **preset)
        view.setSource(QUrl.fromLocalFile(str(path)))
        return self._shown(stage, view)

    def _stage(
        self,
        properties: dict[str, Any] | None,
        *,
        size: str = "1366x768",
        scheme: str = "light",
        text_scale: float = 1.0,
        motion: bool = False,
        look: Look | None = None,
    ) -> tuple[Stage, QQuickView]:
        wide, high, px_per_mm = glass.SIZES[size]
        if look is None:
            look = Look(px_per_mm=px_per_mm, text_scale=text_scale, scheme=Scheme(scheme), reduced_motion=not motion)
        engine = QQmlEngine()
        engine.warnings.connect(lambda errors: self.warnings.extend(error.toString() for error in errors))
        furnish(engine, resources())
        dress(engine, look)
        view = QQuickView(engine, None)
        view.setResizeMode(QQuickView.ResizeMode.SizeRootObjectToView)
        view.resize(wide, high)
        if properties:
            for model in properties.values():
                self.warnings.extend(with_a_class_of_its_own(model))
            self._kept.append(properties)
            view.setInitialProperties(properties)
        stage = Stage(view, engine, look.px_per_mm, self._touch, self._qtbot)
        self._stages.append(stage)
        return stage, view

    def _shown(self, stage: Stage, view: QQuickView) -> Stage:
        assert view.status() == QQuickView.Status.Ready, [error.toString() for error in view.errors()]
        view.show()
        assert QTest.qWaitForWindowExposed(view, 5000)
        stage.settle()
        return stage

    def close(self) -> None:
        """Views first, then engines, then what they showed; deferred deletions are sent, no loop is running."""
        for stage in self._stages:
            stage.window.hide()
            stage.window.setSource(QUrl())
            stage.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        for stage in self._stages:
            stage.engine.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self._stages.clear()
        self._kept.clear()


@pytest.fixture(scope="session")
def touch_device(qapp: QCoreApplication) -> QPointingDevice:
    """A touch screen of its own for the test run."""
    return QTest.createTouchDevice()


@pytest.fixture
def show(qtbot: QtBot, touch_device: QPointingDevice, tmp_path: Path) -> Iterator[Show]:
    """Shows screens; fails the test on any warning from QML."""
    QAccessible.setActive(True)
    stages = Show(qtbot, touch_device, tmp_path)
    yield stages
    stages.close()
    assert stages.warnings == []
