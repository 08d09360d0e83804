"""Telling: how the demo's story is told: steps, pictures, and values that are waited for and written down.

It reads screens, paper and the ledger's own answers; what they should say is the story's affair.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from PySide6.QtQuick import QQuickView

from clubtill.demo import cast, tour
from clubtill.demo.hands import Hands, NotSeenError, words
from clubtill.demo.station import Station
from clubtill_sync.client import Answer, Outcome
from clubtill_sync.wire.requests import EntriesAnswer

T = TypeVar("T")

CHECK_S: Final = 30.0
"""How long a value has to become what is expected; then it is written down as it is."""
SAME_CARD_S: Final = 3.5
"""A reader tells of a card that stays, or is swiped twice, once in three seconds."""
_CHANGING: Final = (
    (re.compile(r"\b\d\d:\d\d\b"), "HH:MM"),
    (re.compile(r"\b\d{1,2} [A-Z][a-z]+ \d{4}\b"), "DAY"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "ID"),
    (re.compile(r"-{8,}"), "---"),
    (re.compile(r"[^\S\n]+"), " "),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where the story plays, and the hands that play it. `public` is the side of the door that guests see."""

    hands: Hands
    till: Station
    door: Station
    public: QQuickView
    strip: QQuickView


class Telling:
    """How a story is told: steps with pictures, values that are waited for, words for the reader."""

    def __init__(self, scene: Scene, out: Path, say: Callable[[str], None]) -> None:
        self.scene = scene
        self.hands = scene.hands
        self.steps: list[tour.Step] = []
        self._out = out
        self.say = say
        self._checks: list[tour.Check] = []
        self._pictures: list[str] = []

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Tell one step: the values checked and the pictures taken inside belong to it."""
        number = len(self.steps) + 1
        self.say(f"{number}. {title}")
        self._checks, self._pictures = [], []
        try:
            yield
        finally:
            self.steps.append(
                tour.Step(number=number, title=title, pictures=tuple(self._pictures), checks=tuple(self._checks))
            )

    def picture(self, view: QQuickView, name: str) -> None:
        """Write a picture of a window."""
        file = f"{len(self.steps) + 1:02d}-{name}.png"
        self.hands.picture(view, self._out / file)
        self._pictures.append(file)

    def swipe(self, where: str, number: str) -> None:
        """Swipe a card at `till` or `door`, by the strip's button; the same card there only after a while."""
        self.hands.touch(self.scene.strip, f"{where}Cards:{number}", SAME_CARD_S)

    def check(self, what: str, expected: str, read: Callable[[], str], source: str) -> None:
        """Wait until a value is as expected, and write down what is read, whatever it is."""
        found = self._wait_for(read, expected, what)
        self._note(tour.Check(what=what, expected=expected, read=found, source=source))

    def _wait_for(self, read: Callable[[], T], expected: T, what: str) -> T:
        """Read again and again until what is read is as expected; after the deadline give what is read then."""
        last = [read()]

        def right() -> bool:
            last[0] = read()
            return last[0] == expected

        try:
            self.hands.until(right, what, CHECK_S)
        except NotSeenError:
            if self.hands.stopped:
                raise
        return last[0]

    def _note(self, found: tour.Check) -> None:
        self._checks.append(found)
        self.say(f"   {'ok ' if found.agrees else 'NO '} {tour.said(found)}")

    def shows(self, view: QQuickView, *values: tuple[str, str, str, str]) -> None:
        """Check what a window shows at one moment: for each value its name, the item, its property, what it should be.

        Without a property it is all words in the item. Times of day are read as HH:MM.
        """

        def read() -> list[str]:
            return [masked(self._text(view, item, text)) for _, item, text, _ in values]

        expected = [should for _, _, _, should in values]
        found = self._wait_for(read, expected, view.title())
        for (what, _, _, should), value in zip(values, found, strict=True):
            self._note(tour.Check(what=what, expected=should, read=value, source="the screen"))

    def _text(self, view: QQuickView, name: str, text: str) -> str:
        item = self.hands.glimpse(view, name)
        if item is None:
            return ""
        return str(item.property(text)) if text else words(item)

    def printed(self, what: str, at: int, expected: str) -> None:
        """Check what the printer has printed, masked; `at` counts the receipts from 0."""

        def read() -> str:
            receipts = self.scene.till.receipts()
            return masked(receipts[at]) if len(receipts) > at else ""

        self.check(what, expected, read, "the printer's paper")

    # ------------------------------------------------------------ the ledger

    def in_ledger(self, number: str, who: str, balance: str, entries: tuple[str, ...]) -> None:
        """Check an account's balance and all of its entries, in the order of posting, each once."""
        self.check(f"{who}'s balance", balance, lambda: self._balance(number), "the ledger")
        self.check(f"{who}'s entries", "\n".join(entries), lambda: self._entries(number), "the ledger")

    def _account(self, number: str) -> Outcome[EntriesAnswer]:
        return self.scene.till.running.calls.account_entries(cast.CLUB, f"a{number}")

    def _balance(self, number: str) -> str:
        answer = self._account(number)
        return _points(answer.value.balance_h) if isinstance(answer, Answer) else str(answer)

    def _entries(self, number: str) -> str:
        answer = self._account(number)
        if not isinstance(answer, Answer):
            return str(answer)
        rows = answer.value.entries
        return "\n".join(f"{row.kind} {row.award_for} {_points(row.amount_h)}".replace("  ", " ") for row in rows)


def masked(text: str) -> str:
    """Give a text without what differs from day to day: times, dates, sale ids, and the spaces that align them."""
    for pattern, stands_for in _CHANGING:
        text = pattern.sub(stands_for, text)
    return "\n".join(line.strip() for line in text.strip().splitlines())


def _points(hundredths: int) -> str:
    whole, rest = divmod(abs(hundredths), 100)
    return f"{'-' if hundredths < 0 else ''}{whole:,}" + (f".{rest:02d}" if rest else "")
