"""Lines that a printer's code page cannot hold (Arabic, Hebrew, Thai, Chinese, Polish), drawn as dots (U121).

Qt shapes the letters and brings them into order. Works in any thread once the application object exists; the fonts are
those that the program has loaded (D34).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QImage, QPainter

from clubtill_terminal.devices.printing import DOTS_A_COLUMN, PrintLine

CODE_PAGE: Final = "cp858"
_FAMILIES: Final = ("Inter", "Noto Sans Arabic", "Noto Sans Hebrew")
_ROW_DOTS: Final = 30
_FONT_DOTS: Final = 22
_INK: Final = 128
_AS_DIGITS: Final = bytes(ord("1" if grey < _INK else "0") for grey in range(256))
_GAP: Final = re.compile(r" {2,}")


def needs_drawing(text: str) -> bool:
    """Whether the printer's own letters cannot show this text."""
    try:
        text.encode(CODE_PAGE)
    except UnicodeEncodeError:
        return True
    return False


def draw(line: PrintLine, columns: int) -> list[bytes]:
    """Draw a line: its rows from the top, each with a bit a dot from the left, set for ink. Columns are even."""
    width = columns * DOTS_A_COLUMN
    height = _ROW_DOTS * (2 if line.double else 1)
    image = QImage(width, height, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.white)
    font = QFont(list(_FAMILIES))
    font.setPixelSize(_FONT_DOTS * (2 if line.double else 1))
    font.setWeight(QFont.Weight.DemiBold if line.bold else QFont.Weight.Normal)
    painter = QPainter(image)
    painter.setFont(font)
    painter.setLayoutDirection(
        Qt.LayoutDirection.RightToLeft if _is_right_to_left(line.text) else Qt.LayoutDirection.LeftToRight
    )
    for text, alignment in _places(line):
        # Leading and trailing edges follow the layout's direction.
        painter.drawText(QRect(0, 0, width, height), alignment | Qt.AlignmentFlag.AlignVCenter, text)
    painter.end()
    grey, stride = bytes(image.constBits()), image.bytesPerLine()
    rows = [grey[y * stride : y * stride + width].translate(_AS_DIGITS) for y in range(height)]
    return [int(row, 2).to_bytes(width // 8, "big") for row in rows]


def _places(line: PrintLine) -> list[tuple[str, Qt.AlignmentFlag]]:
    """The parts of a line and where they stand: columns made by spaces do not survive letters of many widths."""
    parts = _GAP.split(line.text.strip())
    if len(parts) == 1:
        centred = line.align == "center"
        return [(parts[0], Qt.AlignmentFlag.AlignHCenter if centred else Qt.AlignmentFlag.AlignLeading)]
    first, *between, last = parts
    middle = [(" ".join(between), Qt.AlignmentFlag.AlignHCenter)] if between else []
    return [(first, Qt.AlignmentFlag.AlignLeading), *middle, (last, Qt.AlignmentFlag.AlignTrailing)]


def _is_right_to_left(text: str) -> bool:
    """Whether the first letter of a script that has a direction runs from right to left."""
    return next((kind != "L" for kind in map(unicodedata.bidirectional, text) if kind in ("L", "R", "AL")), False)
