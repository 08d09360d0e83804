"""Strip: the window with the demo's devices: cards to swipe at the till and at the door, plugs to pull, paper to take.

It moves simulated devices and the cable, as a hand would; what follows is the programs' own doing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from PySide6.QtCore import Property, QObject, QSize, QUrl, Signal, Slot
from PySide6.QtQuick import QQuickView

from clubtill.demo import cast
from clubtill.demo.cable import Cable
from clubtill.demo.station import Station
from clubtill_desk.resources import resources
from clubtill_terminal.screens.parts.theme import Look, dress, furnish
from clubtill_terminal.screens.shown import Rows, View
from clubtill_wording.speech import Speech

_QML: Final = Path(__file__).with_name("Strip.qml")
_WIDE_MM: Final = 240
_HIGH_MM: Final = 112


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCard:
    """A card of the cast, and what its second track says."""

    number: str
    name: str
    track: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRow:
    """A card that can be swiped."""

    number: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StripShown:
    """Texts of the strip."""

    banner: str
    till: str
    door: str
    network: str
    paper: str
    reader: str
    unplugged: bool = False
    no_paper: bool = False
    no_reader: bool = False


def demo_cards(today: date) -> list[DemoCard]:
    """Give the newest card of everybody of the demo's main club."""
    return [
        DemoCard(number=one.member.number, name=one.member.first_name, track=f";{one.cards[0][0]}?")
        for one in cast.people(today)
        if one.member.club_id == cast.CLUB
    ]


class Strip(View):
    """The strip's view model: texts, and what each button does to a device."""

    SHOWS = StripShown
    changed: Signal

    def __init__(self, till: Station, door: Station, cable: Cable, today: date) -> None:
        """Take the devices of both terminals and the cable in hand. `today` is the day on which the club was made."""
        self._till, self._door, self._cable = till, door, cable
        cards = demo_cards(today)
        self._tracks = {card.number: card.track for card in cards}
        self._speech = Speech()
        self._reader_out = False
        super().__init__(self._derive())
        self._rows = Rows(CardRow, self)
        label = self._speech.label
        self._rows.replace([CardRow(number=one.number, label=label("demo.swipe", name=one.name)) for one in cards])

    def _derive(self) -> StripShown:
        label = self._speech.label
        plugged, paper = self._cable.plugged, self._till.printer is None or self._till.printer.paper
        return StripShown(
            banner=label("demo.banner"),
            till=self._till.name,
            door=self._door.name,
            network=label("demo.unplug" if plugged else "demo.plug"),
            paper=label("demo.no_paper" if paper else "demo.paper"),
            reader=label("demo.plug_reader" if self._reader_out else "demo.unplug_reader"),
            unplugged=not plugged,
            no_paper=not paper,
            no_reader=self._reader_out,
        )

    @Property(QObject, constant=True)
    def cards(self) -> Rows:
        """The cards."""
        return self._rows

    @Slot(str)
    def swipeAtTill(self, number: str) -> None:  # noqa: N802 - QML's case
        """Swipe a card at the till."""
        self._till.stripe.swipe(self._tracks[number])

    @Slot(str)
    def swipeAtDoor(self, number: str) -> None:  # noqa: N802 - QML's case
        """Swipe a card at the door."""
        self._door.stripe.swipe(self._tracks[number])

    @Slot()
    def turnNetwork(self) -> None:  # noqa: N802 - QML's case
        """Pull the network's plug, or put it back in."""
        if self._cable.plugged:
            self._cable.pull()
        else:
            self._cable.plug()
        self.show(self._derive())

    @Slot()
    def turnPaper(self) -> None:  # noqa: N802 - QML's case
        """Take the paper out of the printer, or load it."""
        if self._till.printer is not None:
            self._till.printer.paper = not self._till.printer.paper
        self.show(self._derive())

    @Slot()
    def turnReader(self) -> None:  # noqa: N802 - QML's case
        """Pull the till's card reader, or plug it in."""
        self._reader_out = not self._reader_out
        (self._till.stripe.unplug if self._reader_out else self._till.stripe.plug)()
        self.show(self._derive())


def open_strip(strip: Strip, look: Look, closed: Callable[[], None]) -> QQuickView:
    """Open the strip's window. `closed` is called when somebody closes it."""
    view = QQuickView()
    furnish(view.engine(), resources())
    dress(view.engine(), look)
    view.setResizeMode(QQuickView.ResizeMode.SizeRootObjectToView)
    view.setInitialProperties({"vm": strip})
    view.setSource(QUrl.fromLocalFile(str(_QML)))
    view.setTitle(f"Clubtill {Speech().label('bar.demo')}: {Speech().label('demo.title')}")
    view.resize(QSize(round(_WIDE_MM * look.px_per_mm), round(_HIGH_MM * look.px_per_mm)))
    view.visibleChanged.connect(lambda shown: None if shown else closed())
    view.show()
    return view
