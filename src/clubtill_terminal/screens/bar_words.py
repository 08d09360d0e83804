"""Bar words: the status bar that every window has at its top: terminal, person, day, time and the status chip."""

from __future__ import annotations

from dataclasses import dataclass

from clubtill_rules.values.days import local
from clubtill_terminal.screens.link.words import Link, chip
from clubtill_wording.speech import Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class BarShown:
    """Texts of the status bar."""

    terminal: str
    person: str
    middle: str
    day: str
    time: str
    chip_status: str
    chip_text: str
    chip_short: str
    menu: str


def bar(*, terminal: str, person: str, middle: str, link: Link, zone: str, speech: Speech) -> BarShown:
    """Derive the status bar; `middle` is what a window shows between person and day, such as the head count."""
    words = chip(link, speech)
    return BarShown(
        terminal=terminal,
        person=person or speech.label("bar.signed_out"),
        middle=middle,
        day=speech.short_day(local(link.now_us, zone).date()),
        time=speech.clock(link.now_us),
        chip_status=words.status,
        chip_text=words.text,
        chip_short=words.short,
        menu=speech.label("bar.menu"),
    )
