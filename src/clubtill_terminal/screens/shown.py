"""Shown: how a view model hands its state to QML: one frozen snapshot of texts and flags, and rows of such snapshots.

A view model derives a new snapshot with a pure function and shows it; QML binds to its fields. No number of money
crosses: amounts are text. What a view model can do are its slots.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from typing import Any, Final, TypeAlias

from PySide6.QtCore import (
    Property,
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

Index: TypeAlias = QModelIndex | QPersistentModelIndex
_NO_PARENT: Final = QModelIndex()
_TYPES: Final[dict[str, type]] = {"str": str, "bool": bool, "int": int, "float": float}


def _property(name: str, kind: str, changed: Signal) -> Property:
    def read(self: View) -> object:
        return getattr(self.shown, name)

    return Property(_TYPES[kind], read, notify=changed)


class _ViewType(type(QObject)):  # type: ignore[misc]  # Qt's metaclass has no name to import
    """Makes a Qt property of each field of `SHOWS` before Qt reads the class."""

    def __new__(cls, name: str, bases: tuple[type, ...], members: dict[str, Any]) -> type:
        shows = members.get("SHOWS")
        if shows is not None:
            members["changed"] = Signal()
            for field in fields(shows):
                members[field.name] = _property(field.name, str(field.type), members["changed"])
        return super().__new__(cls, name, bases, members)  # type: ignore[no-any-return]  # as above


class View(QObject, metaclass=_ViewType):
    """A view model. A subclass names its snapshot as `SHOWS`, a frozen dataclass of str, bool, int and float fields.

    Each field is a property for QML; `changed` is the one signal behind them.
    """

    SHOWS: type | None = None
    changed: Signal

    def __init__(self, first: Any, parent: QObject | None = None) -> None:
        if not is_dataclass(first):
            raise TypeError("first is a snapshot, a dataclass")
        super().__init__(parent)
        self.shown = first

    def show(self, snapshot: Any) -> None:
        """Show a snapshot; nothing happens when it is equal to the one on the screen."""
        if snapshot != self.shown:
            self.shown = snapshot
            self.changed.emit()


class Rows(QAbstractListModel):
    """A list of frozen snapshots of one dataclass; its fields are the roles. Unchanged rows are left alone."""

    countChanged = Signal()  # noqa: N815 - Qt's case: QML finds a property's signal by this name

    def __init__(self, row: type, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._names = [field.name for field in fields(row)]
        self._rows: list[Any] = []

    @property
    def rows(self) -> tuple[Any, ...]:
        """What is shown."""
        return tuple(self._rows)

    @Property(int, notify=countChanged)
    def count(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def replace(self, rows: Sequence[Any]) -> None:
        """Show these rows: changed ones in place, more or fewer at the end."""
        fresh = list(rows)
        before = len(self._rows)
        for at in range(min(before, len(fresh))):
            if self._rows[at] != fresh[at]:
                self._rows[at] = fresh[at]
                self.dataChanged.emit(self.index(at), self.index(at))
        if len(fresh) > before:
            self.beginInsertRows(QModelIndex(), before, len(fresh) - 1)
            self._rows = self._rows[:before] + fresh[before:]
            self.endInsertRows()
        elif len(fresh) < before:
            self.beginRemoveRows(QModelIndex(), len(fresh), before - 1)
            del self._rows[len(fresh) :]
            self.endRemoveRows()
        if len(fresh) != before:
            self.countChanged.emit()

    def rowCount(self, parent: Index = _NO_PARENT) -> int:  # noqa: N802 - Qt's case
        """Give the number of rows; a row has no children."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Give one field of one row."""
        at = role - Qt.ItemDataRole.UserRole
        if not index.isValid() or not 0 <= at < len(self._names):
            return None
        return getattr(self._rows[index.row()], self._names[at])

    def roleNames(self) -> dict[int, Any]:  # noqa: N802 - Qt's case
        """Name the roles after the fields."""
        return {Qt.ItemDataRole.UserRole + at: name.encode() for at, name in enumerate(self._names)}
