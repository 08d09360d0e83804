"""Painted: what stands on a window."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtQuick import QQuickItem, QQuickView


def painted_items(view: QQuickView) -> Iterator[QQuickItem]:
    """Give every visible item of a window, those of lists and repeaters too."""
    waiting = [view.contentItem()]
    while waiting:
        item = waiting.pop()
        if item.isVisible():
            yield item
            waiting.extend(item.childItems())
