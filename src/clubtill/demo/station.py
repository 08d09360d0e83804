"""Station: one terminal of the demo: the real program with its own folder and keys, and simulated devices at its wires.

Cards are read through the real stripe framing and receipts go through the real printer queue; only the wires' far ends
are ours. A terminal made here knows the demo's ledger and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtQuick import QQuickView

from clubtill_desk.key_store import MemoryKeyStore
from clubtill_desk.lanes import Deliver
from clubtill_terminal.devices.printing import ReportJob
from clubtill_terminal.devices.serial_reader import serial_stripe
from clubtill_terminal.devices.simulated_line import SimulatedLine
from clubtill_terminal.devices.spool_printer import SpoolPrinter
from clubtill_terminal.main.running import Running
from clubtill_terminal.main.setup import Settings, enrol
from clubtill_terminal.screens.parts.theme import Look


@dataclass(slots=True, kw_only=True)
class Station:
    """A terminal that runs, the line on which its cards are swiped, and its printer with the folder of its paper."""

    name: str
    running: Running
    stripe: SimulatedLine
    paper: Path
    printer: SpoolPrinter | None = None

    @property
    def view(self) -> QQuickView:
        """Its window. StopIteration until the terminal knows its settings."""
        return next(iter(self.running.views.values()))

    def receipts(self) -> list[str]:
        """Give what the printer has printed, oldest first."""
        return [path.read_text(encoding="utf-8") for path in sorted(self.paper.glob("*.txt"))]

    def close(self) -> None:
        """End the terminal."""
        self.running.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a station stands and who works there."""

    name: str
    folder: Path
    staff_id: str
    prints: bool


def open_station(place: Place, *, ledger: str, code: str, look: Look, size: QSize) -> Station:
    """Enrol a terminal with a one-time code and start it.

    Raises:
        Refusal, Fault: as enrolment says.
    """
    keys = MemoryKeyStore()
    settings = Settings(
        folder=place.folder, ledger=ledger, look=look, size=size, staff_id=place.staff_id, demo=True
    )
    enrol(settings, keys, code, place.name)
    running = Running(settings, keys)
    line = SimulatedLine()
    running.add_reader(
        lambda report: serial_stripe(source="stripe", line=line.open, sends_check=True, report=report)
    )
    station = Station(name=place.name, running=running, stripe=line, paper=place.folder / "spool")
    if place.prints:
        printers: list[SpoolPrinter] = []

        def make(deliver: Deliver, report: ReportJob) -> SpoolPrinter:
            printers.append(SpoolPrinter(folder=station.paper, deliver=deliver, report=report))
            return printers[0]

        running.set_printer(make)
        station.printer = printers[0]
    running.start()
    return station
