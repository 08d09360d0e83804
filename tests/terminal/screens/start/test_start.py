"""The start screen: what a new terminal says until it knows its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from clubtill_terminal.screens.start.window import Start, derive
from clubtill_wording.speech import Speech

SPEECH = Speech(locale="en_AU")


def test_it_says_whether_anybody_answers() -> None:
    """U24, U58: waiting for settings and waiting for an answer are two different things."""
    assert derive(SPEECH, online=True) != derive(SPEECH, online=False)
    assert derive(SPEECH, online=False).status == "offline"


@pytest.mark.parametrize("size", ["1024x768", "1366x768", "1920x1080"])
@pytest.mark.parametrize("text_scale", [1.0, 2.0])
def test_look(show, size: str, text_scale: float) -> None:
    """U12: nothing is cut, and the words follow the line."""
    view = Start(SPEECH)
    stage = show("screens.start", "Start", {"vm": view}, size=size, text_scale=text_scale)
    assert stage.clipped() == []
    view.show_link(online=True)
    stage.settle()
    assert view.shown.status == "ok"
    assert stage.clipped() == []
    stage.grab(Path(f"out/start/start-{size}-{int(text_scale * 100)}.png"))
