"""Story: the first sale and the first door, played through the real screens by touch, each step with what it must leave.

What is expected is stated here by hand, from the club's price list and its rules on paper; no rule is asked for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from PySide6.QtQuick import QQuickView

from clubtill.demo import tour
from clubtill.demo.cable import Cable
from clubtill.demo.hands import Hands, NotSeen, words
from clubtill.demo.station import Station
from clubtill_sync.client import Answer

CHECK_S: Final = 15.0
"""How long a value has to become what is expected; then it is written down as it is."""
JEAN: Final = "100001"
MATEO: Final = "100002"
PRIYA: Final = "100003"
TOM: Final = "100004"
WEI: Final = "100007"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where the story plays, and the hands that play it."""

    hands: Hands
    till: Station
    door: Station
    cable: Cable
    strip: QQuickView


class Telling:
    """How a story is told: steps with pictures, values that are waited for, words for the reader."""

    def __init__(self, scene: Scene, out: Path, say: Callable[[str], None]) -> None:
        self.scene = scene
        self.hands = scene.hands
        self.steps: list[tour.Step] = []
        self._out = out
        self._say = say
        self._checks: list[tour.Check] = []

    @contextmanager
    def step(self, title: str, view: QQuickView, name: str) -> Iterator[None]:
        """Tell one step: what is checked inside belongs to it; a picture of the window is taken at its end."""
        number = len(self.steps) + 1
        self._say(f"{number}. {title}")
        self._checks = []
        picture = f"{number:02d}-{name}.png"
        try:
            yield
        finally:
            self.hands.picture(view, self._out / picture)
            self.steps.append(tour.Step(number=number, title=title, picture=picture, checks=tuple(self._checks)))

    def check(self, what: str, expected: str, read: Callable[[], str], source: str) -> None:
        """Wait until a value is as expected, and write down what is read, whatever it is."""
        try:
            self.hands.until(lambda: read() == expected, what, CHECK_S)
        except NotSeen:
            if self.hands.stopped:
                raise
        found = tour.Check(what=what, expected=expected, read=read(), source=source)
        self._checks.append(found)
        self._say(f"   {'ok ' if found.agrees else 'NO '} {tour.said(found)}")

    def on_screen(self, what: str, expected: str, view: QQuickView, name: str, text: str = "") -> None:
        """Check what a control shows: its property `text`, or all words in it."""

        def read() -> str:
            item = self.hands.glimpse(view, name)
            if item is None:
                return ""
            return str(item.property(text)) if text else words(item)

        self.check(what, expected, read, "the screen")

    # ------------------------------------------------------------ the ledger

    def in_ledger(self, number: str, who: str, balance: str, entries: tuple[str, ...]) -> None:
        """Check an account's balance and all of its entries, in the order of posting, each once."""
        self.check(f"{who}'s balance", balance, lambda: self._balance(number), "the ledger")
        self.check(f"{who}'s entries", "\n".join(entries), lambda: self._entries(number), "the ledger")

    def _balance(self, number: str) -> str:
        answer = self.scene.till.running.calls.account_entries("larkspur", f"a{number}")
        return _points(answer.value.balance_h) if isinstance(answer, Answer) else str(answer)

    def _entries(self, number: str) -> str:
        answer = self.scene.till.running.calls.account_entries("larkspur", f"a{number}")
        if not isinstance(answer, Answer):
            return str(answer)
        rows = answer.value.entries
        return "\n".join(f"{row.kind} {row.award_for} {_points(row.amount_h)}".replace("  ", " ") for row in rows)


def _points(hundredths: int) -> str:
    whole, rest = divmod(abs(hundredths), 100)
    return f"{'-' if hundredths < 0 else ''}{whole:,}" + (f".{rest:02d}" if rest else "")


class Story(Telling):
    """The story itself."""

    def tell(self, today: date) -> tour.Tour:
        """Play all of it; what cannot go on ends it, and the tour says so."""
        told = False
        try:
            self._first_sale()
            told = True
        except NotSeen as no:
            self._say(f"The story ends here: {no} did not come.")
        return tour.Tour(today=today.isoformat(), told=told, steps=tuple(self.steps))

    # ------------------------------------------------------------ at the till

    def _first_sale(self) -> None:
        hands, till = self.hands, self.scene.till.view
        with self.step("At the till: two Schooner Pale, a Light schooner and a Member parma", till, "till-public"):
            self.on_screen("connection", "Online, all sent", till, "statusBar", "chipText")
            for product in ("schooner-pale", "schooner-pale", "light-schooner"):
                hands.touch(till, f"tile:{product}")
            hands.touch(till, "Bistro")
            hands.touch(till, "tile:member-parma")
            lines = "2 Schooner Pale 17.00 1 Light schooner 7.20 1 Member parma 26.98"
            self.on_screen("lines at public prices", lines, till, "lines")
            self.on_screen("total", "$51.18", till, "totals", "amount")
        with self.step("Jean swipes: the prices become the members' own", till, "till-member"):
            hands.touch(self.scene.strip, f"tillCards:{JEAN}")
            self.on_screen("member", "Jean Okafor", till, "memberStrip", "text")
            self.on_screen("lines", "", till, "lines")
            self.on_screen("points", "12,420 points", till, "memberStrip", "points")
            self.on_screen("total", "$47.18", till, "totals", "amount")
            self.on_screen("earns", "Earns 94 points", till, "totals", "earns")
            self.on_screen("saved", "Saved 4.00", till, "totals", "saved")
        with self.step("Points Pay: points for the beers; the parma says why not", till, "till-points"):
            hands.touch(till, "Use points")
            self.on_screen("parma", "", till, "pointsRow:3")
            hands.touch(till, "pointsRow:1")
            hands.touch(till, "pointsRow:2")
            self.on_screen("use", "", till, "usePoints")
            self.on_screen("still to pay", "$23.98", till, "pointsDue")
        with self.step("The ledger lends the points; the rest is due in cash", till, "till-tender"):
            hands.touch(till, "usePoints")
            self.on_screen("to pay", "$23.98", till, "due")
            self.on_screen("cash", "", till, "medium:cash")
            hands.touch(till, "30")
            self.on_screen("given", "", till, "given")
            self.on_screen("change", "", till, "change")
            self.on_screen("take", "", till, "take")
        with self.step("Jean gives 30.00 in cash", till, "till-paid"):
            hands.touch(till, "take")
            self.on_screen("change", "$6.00", till, "changeDue")
            self.on_screen("page", "", till, "paid")
            self.check("receipt", "", lambda: "".join(self.scene.till.receipts()), "the printer's paper")
            self.in_ledger(JEAN, "Jean", "10,379", ())
        with self.step("Somebody pulls the network's plug", till, "till-unplugged"):
            hands.touch(self.scene.strip, "network")
            self.on_screen("chip", "", till, "statusBar", "chipText")
            self.on_screen("chip", "", self.scene.door.view, "statusBar", "chipText")
        with self.step("second", till, "till-offline"):
            hands.touch(till, "next")
            hands.touch(till, "Beer")
            hands.touch(till, "tile:schooner-pale")
            hands.touch(till, "Snacks")
            hands.touch(till, "tile:sea-salt-chips")
            hands.touch(self.scene.strip, f"tillCards:{JEAN}")
            self.on_screen("strip", "", till, "memberStrip")
            hands.touch(till, "Use points")
            hands.touch(till, "pointsRow:1")
            self.on_screen("use", "", till, "usePoints")
        with self.step("Points Pay offline", till, "till-offline-paid"):
            hands.touch(till, "usePoints")
            hands.touch(till, "take")
            self.on_screen("change", "", till, "changeDue")
            self.check("receipt", "", lambda: "".join(self.scene.till.receipts()[1:]), "the printer's paper")
        with self.step("queue", till, "till-queue"):
            hands.touch(till, "next")
            hands.touch(till, "Offline")
            self.on_screen("waiting", "", till, "waiting")
        with self.step("plug in", till, "till-all-sent"):
            hands.touch(self.scene.strip, "network")
            self.on_screen("chip", "All sent", till, "statusBar", "chipText")
            self.in_ledger(JEAN, "Jean", "9,668", ())
