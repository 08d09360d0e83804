"""Every control on pages like the screens it was made for, in three schemes and two text sizes; pictures go to out/."""

from pathlib import Path

import pytest

from tests.terminal.screens.glass import SIZES

PAGES = Path(__file__).parent / "gallery"
OUT = Path(__file__).parents[4] / "out" / "parts"


@pytest.mark.parametrize("text_scale", [1.0, 2.0])
@pytest.mark.parametrize("scheme", ["light", "dark", "highContrast"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("page", sorted(path.stem for path in PAGES.glob("*.qml")))
def test_a_page_of_controls_has_no_fault(show, page, size, scheme, text_scale):
    """U1, U2, U4, U12, U95: no target too small, too near or nameless, no text cut, at any look."""
    stage = show.file(PAGES / f"{page}.qml", size=size, scheme=scheme, text_scale=text_scale)
    stage.grab(OUT / f"{page}-{scheme}-{round(text_scale * 100)}-{size}.png")
    assert stage.faults() == []
    assert stage.clipped() == []
