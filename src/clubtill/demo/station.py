"""Station: one terminal of the demo: the real program with its own folder and keys, and simulated devices at its wires.

Cards are read through the real stripe framing and receipts go through the real printer queue; only the wires' far ends
are ours. A terminal made here knows the demo's ledger and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize, QUrl
from PySide6.QtQml import QQmlComponent
from PySide6.QtQuick import QQuickItem, QQuickView

from clubtill_desk.key_store import MemoryKeyStore
from clubtill_desk.lanes import Deliver
from clubtill_desk.resources import resources
from clubtill_terminal.devices.printing import ReportJob
from clubtill_terminal.devices.serial_reader import serial_stripe
from clubtill_terminal.devices.simulated_line import SimulatedLine
from clubtill_terminal.devices.spool_printer import SpoolPrinter
from clubtill_terminal.main.running import Running
from clubtill_terminal.main.setup import Settings, enrol
from clubtill_terminal.screens.parts.theme import Look, dress, furnish
from clubtill_wording.speech import Speech


@dataclass(slots=True, kw_only=True)
class Station:
    """A terminal that runs, the line on which its cards are swiped, and its printer with the folder of its paper."""

    name: str
    room: str
    running: Running
    stripe: SimulatedLine
    paper: Path
    printer: SpoolPrinter | None = None

    @property
    def view(self) -> QQuickView:
        """Its window. KeyError before `ready`."""
        return self.running.views[self.room]

    @property
    def ready(self) -> bool:
        """Whether it knows its settings and shows its window."""
        return self.room in self.running.views

    def now_us(self) -> int:
        """Read the terminal's clock."""
        return self.running.settings.now_us()

    def receipts(self) -> list[str]:
        """Give what the printer has printed, oldest first."""
        return [path.read_text(encoding="utf-8") for path in sorted(self.paper.glob("*.txt"))]

    def close(self) -> None:
        """End the terminal."""
        self.running.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a station stands, which window it shows, `till` or `reception`, and who works there."""

    name: str
    room: str
    folder: Path
    staff_id: str


def mark(view: QQuickView) -> None:
    """Mark a window as the demo's: in its title and on its glass (U143)."""
    word = Speech().label("bar.demo")
    view.setTitle(f"{word}: {view.title()}")
    component = QQmlComponent(view.engine(), QUrl.fromLocalFile(str(Path(__file__).with_name("Mark.qml"))))
    item = component.createWithInitialProperties({"text": word})
    if not isinstance(item, QQuickItem):
        raise TypeError(component.errorString())
    item.setParent(view)
    item.setParentItem(view.contentItem())


def open_public(station: Station, look: Look, size: QSize) -> QQuickView:
    """Open the side of Reception that guests see, in a window of its own."""
    view = QQuickView()
    furnish(view.engine(), resources())
    dress(view.engine(), look)
    view.setResizeMode(QQuickView.ResizeMode.SizeRootObjectToView)
    view.setInitialProperties({"vm": station.running.reception})
    view.loadFromModule("screens.reception", "Public")
    view.setTitle("Clubtill Public")
    view.resize(size)
    view.show()
    mark(view)
    return view


def open_station(place: Place, *, ledger: str, code: str, look: Look, size: QSize) -> Station:
    """Enrol a terminal with a one-time code and start it.

    Raises:
        Refusal, Fault: as enrolment says.
    """
    keys = MemoryKeyStore()
    settings = Settings(folder=place.folder, ledger=ledger, look=look, size=size, staff_id=place.staff_id, demo=True)
    enrol(settings, keys, code, place.name)
    running = Running(settings, keys)
    line = SimulatedLine()
    running.add_reader(lambda report: serial_stripe(source="stripe", line=line.open, sends_check=True, report=report))
    station = Station(name=place.name, room=place.room, running=running, stripe=line, paper=place.folder / "spool")
    if place.room == "till":
        printers: list[SpoolPrinter] = []

        def make(deliver: Deliver, report: ReportJob) -> SpoolPrinter:
            printers.append(SpoolPrinter(folder=station.paper, deliver=deliver, report=report))
            return printers[0]

        running.set_printer(make)
        station.printer = printers[0]
    running.start()
    return station
