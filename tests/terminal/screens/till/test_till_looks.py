"""How the till looks: every scene in every size, theme and text size, walked for sizes, names and cut words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terminal.screens.glass import EVERY_LOOK
from tests.terminal.screens.till.scenes import SCENES, play

OUT = Path("out/till")


@pytest.mark.parametrize(("size", "scheme", "scale"), EVERY_LOOK)
def test_every_scene_holds(till, show, size: str, scheme: str, scale: float) -> None:
    """U1, U4, U12, U29, U30, U95: in each look every page holds its sizes, names its targets and cuts no text."""
    stage = show("screens.till", "Till", {"vm": till}, size=size, scheme=scheme, text_scale=scale)
    found = []
    for name in SCENES:
        play(till, name)
        stage.settle()
        stage.grab(OUT / f"{name}-{scheme}-{size}-{scale:g}.png")
        # A notice may stand on tiles until it is closed; what must always be reached is the action bar and Pay.
        faults = [fault for fault in stage.faults() if "is covered by notice" not in fault]
        found += [f"{name}: {fault}" for fault in (*faults, *stage.clipped())]
    assert found == [], "\n".join(found)
