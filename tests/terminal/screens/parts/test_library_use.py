"""What may not stand in a screen: the library is the only place with raw input, raw text and raw colours."""

import re
from pathlib import Path

import pytest

SCREENS = Path(__file__).parents[4] / "src" / "clubtill_terminal" / "screens"


def _code(path: Path) -> str:
    return re.sub(r"//.*", "", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("wrong", "instead"),
    [
        (r"\b(MouseArea|TapHandler|DragHandler)\b", "a control of the library"),
        (r"\bonClicked\b", "onActivated, which keeps the guard and the reason"),
        (r"^\s*(Text|Label|TextEdit|TextInput)\s*\{", "PosText, PosLabel or PosField"),
        (r"^\s*(?:\w+\.)?(?:color|border\.color)\s*:\s*\"", "a colour role of Theme"),
    ],
)
def test_screens_are_built_of_the_library(wrong, instead):
    """U98: outside the library no screen handles a raw tap, sets its own text or names a colour."""
    found = [
        str(path.relative_to(SCREENS))
        for path in sorted(SCREENS.rglob("*.qml"))
        if path.parent.name != "parts" and re.search(wrong, _code(path), re.MULTILINE)
    ]
    assert found == [], f"use {instead}"


def test_qmldir_lists_every_part():
    """The module names each file of its folder, and none that is not there."""
    folder = SCREENS / "parts"
    listed = {line.split()[-1] for line in (folder / "qmldir").read_text(encoding="utf-8").splitlines()[1:] if line}
    assert listed == {path.name for path in folder.glob("*.qml")}
