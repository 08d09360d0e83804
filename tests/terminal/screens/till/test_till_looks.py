"""How the till looks: every scene in every size, theme and text size, walked for sizes, names and cut words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from tests.terminal.screens.glass import EVERY_LOOK
from tests.terminal.screens.till.scenes import SCENES, play

OUT = Path("out/till")


def faults_of(stage, name: str) -> list[str]:
    """Walk what is shown once it stands still: a list that has grown places its rows a frame or two later.

    A notice may stand on tiles until it is closed; the action bar and Pay are always clear.
    """
    found: list[str] = []
    for _ in range(4):
        faults = [fault for fault in stage.faults() if "is covered by notice" not in fault]
        found = [f"{name}: {fault}" for fault in (*faults, *stage.clipped())]
        if not found:
            break
        stage.settle()
    return found


@pytest.mark.parametrize(
    ("size", "scheme", "scale"), [*EVERY_LOOK, ("1024x768", "light", 1.25), ("1366x768", "light", 1.5)]
)
def test_every_scene_holds(till, show, size: str, scheme: str, scale: float) -> None:
    """U1, U4, U12, U29, U30, U95: in each look every page holds its sizes, names its targets and cuts no text."""
    stage = show("screens.till", "Till", {"vm": till}, size=size, scheme=scheme, text_scale=scale)
    found = []
    for name in SCENES:
        play(till, name)
        stage.settle()
        stage.grab(OUT / f"{name}-{scheme}-{size}-{scale:g}.png")
        found += faults_of(stage, name)
    assert found == [], "\n".join(found)


@pytest.fixture
def leftward(qapp) -> Iterator[None]:
    """Lay windows out from right to left."""
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


@pytest.mark.parametrize("locale", ["ar", "en_XA"])
def test_every_scene_in_other_words(request, till_in, show, locale: str) -> None:
    """U103, U110: from right to left, and in words 40 % longer, every target keeps its size and distance."""
    if locale == "ar":
        request.getfixturevalue("leftward")
    till = till_in(locale)
    stage = show("screens.till", "Till", {"vm": till}, size="1366x768")
    found = []
    for name in SCENES:
        play(till, name)
        stage.settle()
        stage.grab(OUT / f"{name}-{locale}.png")
        found += [f"{name}: {fault}" for fault in stage.faults() if "is covered by notice" not in fault]
    assert found == [], "\n".join(found)
