"""A station: a computer with an enrolled terminal at work, a stripe reader on a real line, and a printer's spool."""

from __future__ import annotations

import os
import time
import tty
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QSize
from PySide6.QtGui import QPointingDevice

from clubtill.demo import cast
from clubtill_desk.key_store import MemoryKeyStore
from clubtill_sync.client import Answer
from clubtill_sync.wire.requests import EntriesAnswer
from clubtill_terminal.actions.check_in import CheckedIn
from clubtill_terminal.actions.link import Queue, read_queue
from clubtill_terminal.devices.reader import REPEAT_US
from clubtill_terminal.devices.serial_reader import SerialLine, serial_stripe
from clubtill_terminal.devices.spool_printer import SpoolPrinter
from clubtill_terminal.devices.stripe import check_character
from clubtill_terminal.main.running import Running
from clubtill_terminal.main.setup import Settings, enrol
from clubtill_terminal.screens.parts.theme import Look
from clubtill_terminal.screens.till.counter import Counter
from tests.walks.kit.hands import Hands, WaitUntil

PX_PER_MM = 3.95
_AGAIN_S = REPEAT_US / 1_000_000 + 0.5


class Line:
    """A stripe reader's cable: a pseudo-terminal of the operating system."""

    def __init__(self) -> None:
        self._device, self._port = os.openpty()
        tty.setraw(self._device)
        tty.setraw(self._port)
        self.path = os.ttyname(self._port)
        self._last: dict[str, float] = {}

    def swipe(self, track: str, wait_until: WaitUntil) -> None:
        """Send a track as the reader does; the same card again only after the time in which it counts once (U72)."""
        last_s = self._last.get(track, -_AGAIN_S)
        wait_until(lambda: time.monotonic() - last_s > _AGAIN_S, 10)
        data = track.encode()
        os.write(self._device, data + bytes((check_character(data),)) + b"\r")
        self._last[track] = time.monotonic()

    def close(self) -> None:
        """Unplug it."""
        os.close(self._device)
        os.close(self._port)


class Station:
    """A terminal at work, as `clubtill terminal run` makes it."""

    room: ClassVar[str]
    """Which window it shows."""

    def __init__(
        self, folder: Path, *, url: str, code: str, staff_id: str, finger: QPointingDevice, wait_until: WaitUntil
    ) -> None:
        """Enrol with the code and start; gives back when the feed has brought everything and the window stands."""
        self.wait_until = wait_until
        self.folder = folder
        keys = MemoryKeyStore()
        look = Look(px_per_mm=PX_PER_MM, reduced_motion=True)
        settings = Settings(folder=folder, ledger=url, look=look, size=QSize(1366, 768), staff_id=staff_id)
        enrol(settings, keys, code, folder.name)
        self.running = Running(settings, keys)
        self.line = Line()
        self.running.add_reader(
            lambda report: serial_stripe(
                source="stripe", line=lambda: SerialLine(self.line.path), sends_check=True, report=report
            )
        )
        self.running.set_printer(
            lambda deliver, report: SpoolPrinter(folder=folder / "spool", deliver=deliver, report=report)
        )
        self.running.start()
        wait_until(lambda: self.queue().data_at_us > 0 and self.online and self.room in self.running.views, 30)
        self.hands = Hands(self.running.views[self.room], PX_PER_MM, finger, wait_until)

    @property
    def online(self) -> bool:
        """Whether the terminal counts as online."""
        return self.running.traffic.connection.online

    def queue(self) -> Queue:
        """Give what waits to be sent."""
        return read_queue(self.running.terminal)

    def entries(self, club_id: str, account_id: str) -> EntriesAnswer:
        """Ask the ledger for an account's entries, signed by this terminal."""
        outcome = self.running.calls.account_entries(club_id, account_id)
        assert isinstance(outcome, Answer), outcome
        return outcome.value

    def close(self) -> None:
        """Stop the terminal, then unplug its line."""
        self.running.close()
        self.line.close()


class TillStation(Station):
    """A till: its window, and the receipts that its printer has printed."""

    room = "till"

    def swipe(self, number: str, issue: int = 1) -> None:
        """Swipe a member's card."""
        self.line.swipe(cast.swipe_text(number, issue), self.wait_until)

    @property
    def counter(self) -> Counter:
        """What the window shows, as one state."""
        assert self.running.till is not None
        return self.running.till.counter

    def receipts(self) -> list[str]:
        """Give the text of every printed receipt, in order."""
        return [path.read_text(encoding="utf-8") for path in sorted((self.folder / "spool").glob("*.txt"))]


class DoorStation(Station):
    """A door: Reception's window, and what became of each card that was swiped there."""

    room = "reception"

    def check_in(self, number: str, issue: int = 1) -> CheckedIn:
        """Swipe a member's card; give what the door said when it stands on the screen."""
        assert self.running.reception is not None
        door = self.running.reception.door
        before = door.state.cards
        self.line.swipe(cast.swipe_text(number, issue), self.wait_until)
        self.wait_until(lambda: door.state.cards > before and not door.state.busy, 10)
        checked = door.state.checked
        assert checked is not None
        assert checked.member is not None
        self.hands.sees(checked.member.name)
        return checked
