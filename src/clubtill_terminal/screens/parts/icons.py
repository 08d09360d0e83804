"""Draws the line icons of ``resources/icons`` at any size in any colour.

The files stand on a 24 grid and name no colour of their own: ``currentColor`` is the ink, ``context-fill`` and
``context-stroke`` are the body and the edge of a status shape. QML asks for ``image://icon/NAME/INK/FILL/EDGE`` with
colours as six hex digits; the answer is drawn for exactly that many pixels, so it is sharp without a graphics card.
"""

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtQuick import QQuickImageProvider
from PySide6.QtSvg import QSvgRenderer

_GRID = 24
_NAME_COLOURS = 4


class IconProvider(QQuickImageProvider):
    """Serves the SVG files of one folder as tinted pictures. Holds the text of each file it has read."""

    def __init__(self, folder: Path) -> None:
        super().__init__(QQuickImageProvider.ImageType.Image)
        self._folder = folder
        self._text = lru_cache(maxsize=None)(self._read)

    def _read(self, name: str) -> str:
        return (self._folder / f"{name}.svg").read_text(encoding="utf-8")

    def requestImage(self, id: str, size: QSize, requestedSize: QSize) -> QImage:  # noqa: A002, N802, N803 - Qt's names
        """The icon ``id`` (``name/ink/fill/edge``) in ``requestedSize`` pixels; an unknown name is an empty picture."""
        name, ink, fill, edge = (id.split("/") + [""] * _NAME_COLOURS)[:_NAME_COLOURS]
        wide = requestedSize.width() if requestedSize.width() > 0 else _GRID
        high = requestedSize.height() if requestedSize.height() > 0 else wide
        try:
            text = self._text(name)
        except FileNotFoundError:
            return QImage()  # Qt then warns with the address, and a warning fails the tests
        text = text.replace("currentColor", f"#{ink}").replace("context-fill", f"#{fill or ink}")
        text = text.replace("context-stroke", f"#{edge or ink}")
        picture = QImage(wide, high, QImage.Format.Format_ARGB32_Premultiplied)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        QSvgRenderer(QByteArray(text.encode())).render(painter)
        painter.end()
        size.setWidth(wide)
        size.setHeight(high)
        return picture
