"""Fonts, colours and millimetres: measured, not believed."""

import os
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFont, QFontInfo, QTextLayout

from clubtill_desk.resources import resources
from clubtill_terminal.screens.parts.colours import SCHEMES
from clubtill_terminal.screens.parts.theme import DISPLAY_FAMILY, TEXT_FAMILY, Look, Scheme, dress, load_fonts
from tests.terminal.screens.glass import SIZES

STATUSES = ("ok", "warn", "denied", "special", "offline")
FAMILIES = ("beer", "wine", "spirits", "soft", "bistro", "snacks", "fees", "goods")
PHOTOS = tuple(f"photo{n}" for n in range(5))


def _linear(colour):
    return [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in QColor(colour).getRgbF()[:3]
    ]


def _contrast(one, other):
    light, dark = sorted(
        (0.2126 * red + 0.7152 * green + 0.0722 * blue for red, green, blue in (_linear(one), _linear(other))),
        reverse=True,
    )
    return (light + 0.05) / (dark + 0.05)


# Full loss of one kind of cone, on linear RGB (Machado, Oliveira and Fernandes 2009, table of matrices, severity 1.0).
_SIGHTS = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def _lab(colour, sight):
    linear = _linear(colour)
    red, green, blue = (
        min(1.0, max(0.0, sum(a * b for a, b in zip(row, linear, strict=True)))) for row in _SIGHTS[sight]
    )
    xyz = (
        (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047,
        0.2126 * red + 0.7152 * green + 0.0722 * blue,
        (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883,
    )
    x, y, z = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _apart(one, other, sight):
    return sum((a - b) ** 2 for a, b in zip(_lab(one, sight), _lab(other, sight), strict=True)) ** 0.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_words_can_be_read_on_every_ground(scheme):
    """U25: text 4.5:1 or more, amounts and verdicts 7:1, on each ground it stands on."""
    colours = SCHEMES[scheme]
    grounds = ("canvas", "surface", "sunken", "tint", "wrongFill")
    for ground in grounds:
        assert _contrast(colours["ink"], colours[ground]) >= 7, ground
        assert _contrast(colours["muted"], colours[ground]) >= 4.5, ground
    assert _contrast(colours["primaryInk"], colours["primary"]) >= 7
    assert _contrast(colours["canvas"], colours["ink"]) >= 7  # the toast is the canvas on the ink
    assert _contrast(colours["publicInk"], colours["publicFill"]) >= 7
    assert _contrast(colours["publicSecond"], colours["publicFill"]) >= 4.5
    for status in STATUSES:
        assert _contrast(colours[f"{status}Ink"], colours[f"{status}Fill"]) >= 7, status
    for photo in PHOTOS:
        assert _contrast(colours["photoInk"], colours[photo]) >= 7, photo
        assert _contrast(colours["muted"], colours[photo]) >= 4.5, photo  # the words "No photo"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_outlines_and_glyphs_can_be_seen(scheme):
    """U25: outlines, icons, focus and status edges 3:1 or more; families 5:1 (README 5, U25)."""
    colours = SCHEMES[scheme]
    for ground in ("canvas", "surface"):
        for role in ("outline", "primary", "focus", *(f"{status}Edge" for status in STATUSES)):
            assert _contrast(colours[role], colours[ground]) >= 3, (role, ground)
    for family in FAMILIES:
        assert _contrast(colours[family], colours["surface"]) >= 5, family


@pytest.mark.parametrize("sight", _SIGHTS)
def test_status_fills_stay_apart_in_every_sight(sight):
    """U27: each pair of status fills is 30 or more apart (CIE76) in normal, protan, deutan and tritan sight."""
    fills = {status: SCHEMES["light"][f"{status}Fill"] for status in STATUSES}
    close = {
        (one, other): round(_apart(fills[one], fills[other], sight))
        for one, other in combinations(fills, 2)
        if _apart(fills[one], fills[other], sight) < 30
    }
    assert close == {}


def test_every_scheme_has_every_role():
    """U29: light, dark and high contrast name the same roles, and every value is a colour."""
    roles = {scheme: set(colours) for scheme, colours in SCHEMES.items()}
    assert roles["dark"] == roles["light"] == roles["highContrast"]
    assert [value for colours in SCHEMES.values() for value in colours.values() if not QColor(value).isValid()] == []


@pytest.mark.parametrize(
    ("family", "weight"),
    [
        (family, weight)
        for family in (TEXT_FAMILY, DISPLAY_FAMILY)
        for weight in (QFont.Weight.Normal, QFont.Weight.DemiBold)
    ],
)
def test_the_named_family_is_the_one_used(qapp, family, weight):
    """D34: the family that Theme names does not resolve to another."""
    load_fonts(resources() / "fonts")
    font = QFont(family)
    font.setWeight(weight)
    assert (QFontInfo(font).family(), QFontInfo(font).weight()) == (family, weight.value)


def test_fonts_come_from_their_files_where_the_system_has_none():
    """D34: with no font on the system at all the shipped files are used, so widths do not depend on the machine."""
    code = (
        "from pathlib import Path; import sys\n"
        "from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QGuiApplication\n"
        "app = QGuiApplication([])\n"
        "from clubtill_terminal.screens.parts.theme import load_fonts\n"
        "before = QFontDatabase.families()\n"
        "load_fonts(Path(sys.argv[1]))\n"
        "print('Inter' in before, QFontInfo(QFont('Inter')).family(), QFontInfo(QFont('Inter Display')).family())\n"
    )
    empty = resources().parent / "out" / "no-fonts.conf"
    empty.parent.mkdir(exist_ok=True)
    empty.write_text('<?xml version="1.0"?><fontconfig></fontconfig>\n', encoding="utf-8")
    answer = subprocess.run(
        [sys.executable, "-c", code, str(resources() / "fonts")],
        env=os.environ
        | {"FONTCONFIG_FILE": str(empty), "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert answer.stdout.split() == ["False", "Inter", "Inter", "Display"]


def test_a_missing_font_file_stops_the_start(tmp_path):
    """D34: a font that is not there is said by its file, never replaced in silence."""
    with pytest.raises(FileNotFoundError, match=r"Inter-Regular\.otf"):
        load_fonts(tmp_path)


@pytest.mark.parametrize(
    ("words", "family"),
    [
        ("Total", "Inter"),
        ("\u0645\u0631\u062d\u0628\u0627", "Noto Sans Arabic"),
        ("\u05e9\u05dc\u05d5\u05dd", "Noto Sans Hebrew"),
    ],
)
def test_each_script_has_its_own_face(qapp, words, family):
    """README 2.1: Arabic and Hebrew are set in the shipped Noto faces, chosen by script."""
    load_fonts(resources() / "fonts")
    layout = QTextLayout(words, QFont(TEXT_FAMILY, 20))
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    assert {run.rawFont().familyName() for run in layout.glyphRuns()} == {family}


def test_licences_stand_beside_the_fonts():
    """Each family's licence text is shipped and names the files it covers."""
    folder = resources() / "fonts"
    licences = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("OFL-*.txt")))
    fonts = [path.name for path in folder.iterdir() if path.suffix in {".otf", ".ttf"}]
    assert fonts != []
    assert [name for name in fonts if name not in licences] == []
    assert "SIL OPEN FONT LICENSE" in licences


def test_figures_are_tabular(show):
    """U32: ones are as wide as eights, so amounts stand under one another."""
    stage = show.source(
        'PosRoot { PosText { objectName: "ones"; text: "111.11" }\n'
        'PosText { y: 50; objectName: "eights"; text: "888.88" } }'
    )
    assert stage.find("ones").property("contentWidth") == stage.find("eights").property("contentWidth")


@pytest.mark.parametrize(
    ("size", "body", "target", "wide"),
    [("1024x768", 15, 40, "compact"), ("1366x768", 18, 47, "regular"), ("1920x1080", 18, 48, "wide")],
)
def test_sizes_follow_the_glass(show, size, body, target, wide):
    """Design 2.1, 2.2: millimetres become whole pixels; the width class is the glass's, not the pixels'."""
    stage = show.source('PosRoot { objectName: "root" }', size=size)
    theme = stage.theme
    assert (theme.property("body"), theme.property("target")) == (body, target)
    assert stage.root.property("widthClass") == wide
    assert theme.property("target") == round(12 * SIZES[size][2])


def test_text_scale_keeps_the_order_of_sizes(show):
    """U30: at every scale labels grow, nothing falls under 4.5 mm and the order of the steps stays."""
    stage = show.source("PosRoot { }")
    for scale in (1.0, 1.25, 1.5, 2.0):
        dress(stage.engine, Look(px_per_mm=8.0, text_scale=scale))
        steps = [stage.theme.property(step) for step in ("body", "line", "title", "total", "due", "change")]
        assert steps == sorted(steps)
        assert stage.theme.property("body") == round(36 * scale)
        assert stage.theme.property("label") >= round(36 * (1 + (scale - 1) / 2))


def test_a_new_look_takes_hold_at_once(show):
    """U29, U30, U23: colours, text and motion change on the window that stands; no restart."""
    stage = show.source('PosRoot { PosText { objectName: "words"; text: "Total" } }')
    words = stage.find("words")
    assert words.property("color").name().upper() == SCHEMES["light"]["ink"]
    dress(stage.engine, Look(px_per_mm=3.95, text_scale=2.0, scheme=Scheme.DARK, reduced_motion=True))
    assert words.property("color").name().upper() == SCHEMES["dark"]["ink"]
    assert words.property("font").pixelSize() == 36
    assert [stage.theme.property(name) for name in ("sheetIn", "sheetOut", "fade")] == [0, 0, 0]


def test_every_role_of_qml_is_a_role_of_the_table(show):
    """Theme.qml asks for no colour that the table lacks."""
    text = (Path(__file__).parents[4] / "src/clubtill_terminal/screens/parts/Theme.qml").read_text(encoding="utf-8")
    asked = {part.split('"')[0] for part in text.split('of("')[1:]}
    assert asked != set()
    assert asked <= set(SCHEMES["light"])


def test_every_icon_is_drawn_in_its_ink(show):
    """README 2.3: each file of the icon folder gives a picture, in the ink that was asked for."""
    names = sorted(path.stem for path in (resources() / "icons").glob("*.svg"))
    assert len(names) >= 50
    stage = show.source(
        "PosRoot { property var names: []; Flow { anchors.fill: parent; Repeater { model: parent.parent.names\n"
        "PosIcon { required property string modelData; objectName: modelData; name: modelData\n"
        'ink: "#ff0000"; size: 48 } } } }',
        {"names": names},
    )
    picture = stage.window.grabWindow()
    for name in names:
        item = stage.find(name)
        box = item.mapRectToScene(item.boundingRect()).toRect()
        inks = {
            picture.pixelColor(x, y).name()
            for x in range(box.left(), box.right())
            for y in range(box.top(), box.bottom())
        }
        assert "#ff0000" in inks, name


@pytest.mark.qt_log_ignore("Failed to get image from provider")
def test_an_unknown_icon_is_a_warning(show):
    """A misspelt icon name fails a test, it does not leave a hole."""
    show.source('PosRoot { PosIcon { name: "mugg" } }')
    assert any("mugg" in warning for warning in show.warnings)
    show.warnings.clear()
