"""View models and rows: one snapshot in, exactly the right signals out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import QByteArray, Slot
from PySide6.QtQml import QQmlComponent, QQmlEngine
from PySide6.QtTest import QAbstractItemModelTester

from clubtill_terminal.screens.shown import Rows, View
from tests.terminal.screens.conftest import with_a_class_of_its_own


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    title: str
    ready: bool


class Title(View):
    SHOWS = Shown

    @Slot(str)
    def rename(self, title: str) -> None:
        """Show another title."""
        self.show(replace(self.shown, title=title))


class Follower(View):
    SHOWS = Shown

    def heard(self) -> None:
        """Hear of a change, without being a slot."""

    @Slot()
    def followed(self) -> None:
        """Hear of a change as a slot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    name: str
    amount: str


def test_fields_reach_qml_and_follow_the_snapshot(qapp) -> None:
    """QML reads each field by its name and is told when the snapshot changes."""
    engine = QQmlEngine()
    component = QQmlComponent(engine)
    component.setData(
        QByteArray(
            b"import QtQml\nQtObject {\n required property var view\n"
            b" property string words: view.title + (view.ready ? ' yes' : ' no')\n}"
        ),
        "inline.qml",
    )
    view = Title(Shown(title="first", ready=True))
    item = component.createWithInitialProperties({"view": view})
    assert item.property("words") == "first yes"
    view.rename("second")
    assert item.property("words") == "second yes"
    del item, component, engine


def test_what_is_connected_must_be_a_slot(qapp) -> None:
    """An undecorated method that is connected gives its object a class of its own; a slot does not."""
    title, follower = Title(Shown(title="a", ready=True)), Follower(Shown(title="b", ready=True))
    title.changed.connect(follower.followed)
    assert with_a_class_of_its_own(follower) == []
    title.changed.connect(follower.heard)
    (fault,) = with_a_class_of_its_own(follower)
    assert fault.startswith("Follower has a class of its own")


def test_an_equal_snapshot_says_nothing(qapp) -> None:
    """Showing what is shown already emits no signal."""
    view = Title(Shown(title="same", ready=True))
    heard = []
    view.changed.connect(lambda: heard.append(1))
    view.show(Shown(title="same", ready=True))
    assert heard == []
    view.show(Shown(title="other", ready=True))
    assert heard == [1]


def test_a_view_needs_a_snapshot() -> None:
    """A caller who hands over something else is told at once."""
    with pytest.raises(TypeError, match="snapshot"):
        Title("text")


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ([], ["a"], []),
        (["a", "b"], ["a", "c"], [1]),
        (["a", "b", "c"], ["a"], []),
        (["a"], ["b", "c"], [0]),
        (["a", "b"], ["a", "b"], []),
    ],
)
def test_rows_change_only_where_they_differ(qapp, before, after, changed) -> None:
    """A row that stays the same is left alone; Qt's own model tester finds nothing wrong."""
    rows = Rows(Row)
    tester = QAbstractItemModelTester(rows, QAbstractItemModelTester.FailureReportingMode.Fatal)
    rows.replace([Row(name=name, amount="1") for name in before])
    touched = []
    rows.dataChanged.connect(lambda first, _last: touched.append(first.row()))
    rows.replace([Row(name=name, amount="1") for name in after])
    assert [row.name for row in rows.rows] == after
    assert touched == changed
    assert rows.rowCount() == len(after)
    assert tester.model() is rows
