"""Dresses a QML engine: fonts by file, icons, colours, millimetres.

``main`` makes one engine a window (two screens may differ in density) and calls :func:`furnish` once, then
:func:`dress` at any time: when an operator with large text signs in, or when the room goes dark. This module never
reads a screen's density, a setting or a file outside the resources folder that it is given.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtQml import QQmlEngine
from PySide6.QtQuick import QQuickWindow

from clubtill_terminal.screens.parts.colours import SCHEMES
from clubtill_terminal.screens.parts.icons import IconProvider

IMPORT_PATH = Path(__file__).parents[2]
"""The QML import path: modules are named after their folders, ``screens.parts``, ``screens.till``."""

TEXT_FAMILY = "Inter"
DISPLAY_FAMILY = "Inter Display"
_BY_SCRIPT = ("Noto Sans Arabic", "Noto Sans Hebrew")
_FONT_FILES = {
    "Inter-Regular.otf": TEXT_FAMILY,
    "Inter-SemiBold.otf": TEXT_FAMILY,
    "InterDisplay-Regular.otf": DISPLAY_FAMILY,
    "InterDisplay-SemiBold.otf": DISPLAY_FAMILY,
    "NotoSansArabic-Regular.ttf": _BY_SCRIPT[0],
    "NotoSansArabic-SemiBold.ttf": _BY_SCRIPT[0],
    "NotoSansHebrew-Regular.ttf": _BY_SCRIPT[1],
    "NotoSansHebrew-SemiBold.ttf": _BY_SCRIPT[1],
}


class Scheme(StrEnum):
    """The three colour schemes; the value is the name QML knows."""

    LIGHT = "light"
    DARK = "dark"
    HIGH_CONTRAST = "highContrast"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How one window is to look.

    Attributes:
        px_per_mm: device-independent pixels in a millimetre of glass, calibrated.
        text_scale: 1.0, 1.25, 1.5 or 2.0, the operator's (U30).
        scheme: the colour scheme.
        reduced_motion: no movement at all (U23).
    """

    px_per_mm: float
    text_scale: float = 1.0
    scheme: Scheme = Scheme.LIGHT
    reduced_motion: bool = False


@cache
def load_fonts(folder: Path) -> None:
    """Load the shipped fonts by file, so that a system font never changes a width.

    Raises:
        FileNotFoundError: a file is missing, is no font, or holds another family than its name says.
    """
    for name, family in _FONT_FILES.items():
        number = QFontDatabase.addApplicationFont(str(folder / name))
        if number < 0 or family not in QFontDatabase.applicationFontFamilies(number):
            raise FileNotFoundError(folder / name)
    for latin in (TEXT_FAMILY, DISPLAY_FAMILY):
        QFont.insertSubstitutions(latin, list(_BY_SCRIPT))


def furnish(engine: QQmlEngine, resources: Path) -> None:
    """Give the engine the import path, the icons and the fonts. Call once, before anything is loaded into it."""
    load_fonts(resources / "fonts")
    # One way of drawing text on every machine: the widths of the pictures, with or without a graphics card.
    QQuickWindow.setTextRenderType(QQuickWindow.TextRenderType.NativeTextRendering)
    engine.addImportPath(str(IMPORT_PATH))
    engine.addImageProvider("icon", IconProvider(resources / "icons"))


def dress(engine: QQmlEngine, look: Look) -> None:
    """Set the engine's Theme. What is already on screen follows at once."""
    theme = engine.singletonInstance("screens.parts", "Theme")
    if not isinstance(theme, QObject):
        raise TypeError("the engine has no module screens.parts: furnish it first")
    theme.setProperty("pxPerMm", look.px_per_mm)
    theme.setProperty("textScale", look.text_scale)
    theme.setProperty("reducedMotion", look.reduced_motion)
    theme.setProperty("scheme", str(look.scheme))
    theme.setProperty("colours", dict(SCHEMES[look.scheme]))
