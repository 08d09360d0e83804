"""The contract of serial readers, on the simulated line and on a real pseudo-terminal."""

from __future__ import annotations

import os
import tty
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from clubtill_desk.faults import Fault
from clubtill_terminal.devices.reader import BadRead, BadReadReason, CardKind, CardSeen, Reader, ReaderDown, ReaderUp
from clubtill_terminal.devices.serial_reader import Line, SerialLine, serial_scanner, serial_stripe
from clubtill_terminal.devices.simulated_line import SimulatedLine
from clubtill_terminal.devices.stripe import check_character


class Desk(Protocol):
    """A serial device and the hand that uses it."""

    def open(self) -> Line: ...  # noqa: D102
    def send(self, data: bytes) -> None: ...  # noqa: D102
    def unplug(self) -> None: ...  # noqa: D102
    def plug(self) -> None: ...  # noqa: D102


class Pty:
    """A real line of the operating system: a pseudo-terminal behind a name that stays, as /dev/serial/by-id does."""

    def __init__(self, name: Path) -> None:
        self._name = name
        self._ends: tuple[int, int] | None = None
        self.plug()

    def open(self) -> Line:
        """Open it as the product does."""
        return SerialLine(str(self._name))

    def plug(self) -> None:
        """Let the device appear."""
        master, slave = os.openpty()
        tty.setraw(master)
        tty.setraw(slave)
        self._name.symlink_to(os.ttyname(slave))
        self._ends = master, slave

    def unplug(self) -> None:
        """Let the device vanish."""
        if self._ends is not None:
            self._name.unlink()
            for end in self._ends:
                os.close(end)
            self._ends = None

    def send(self, data: bytes) -> None:
        """Send from the device."""
        if self._ends is not None:
            os.write(self._ends[0], data)


@pytest.fixture(params=["simulated", "pty"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """Each kind of line in turn."""
    desk: Desk = SimulatedLine() if request.param == "simulated" else Pty(tmp_path / "stripe")
    yield desk
    desk.unplug()


TRACK_1 = "%B6284120000000019^OKAFOR/JEAN^2912?"
TRACK_2 = ";12000001?"
UP = ReaderUp(source="stripe")
DOWN = ReaderDown(source="stripe", code="reader.unplugged")
SEEN = CardSeen(source="stripe", kind=CardKind.STRIPE, tracks=(TRACK_2,))


def sent(*tracks: str) -> bytes:
    """What a reader sends for these tracks."""
    return b"".join(track.encode() + bytes([check_character(track.encode())]) for track in tracks) + b"\r"


@pytest.fixture
def stripe(desk: Desk, reports) -> Iterator[Reader]:
    """A stripe reader that is running."""
    reader = serial_stripe(source="stripe", line=desk.open, sends_check=True, report=reports)
    reader.start()
    yield reader
    reader.close()


@pytest.mark.usefixtures("stripe")
class TestStripe:
    """A stripe reader on a serial line."""

    def test_a_swipe_is_seen_with_its_tracks(self, desk, reports) -> None:
        """R82: both tracks of a swipe come in one report, after the reader said that it is ready."""
        assert reports.next() == UP
        desk.send(sent(TRACK_1, TRACK_2))
        assert reports.next() == CardSeen(source="stripe", kind=CardKind.STRIPE, tracks=(TRACK_1, TRACK_2))

    def test_a_damaged_swipe_is_a_bad_read_and_the_next_one_is_read(self, desk, reports) -> None:
        """R82: a flipped bit gives a reason and no card; the reader goes on."""
        assert reports.next() == UP
        flipped = bytearray(sent(TRACK_2))
        flipped[3] ^= 1
        desk.send(bytes(flipped))
        desk.send(sent(TRACK_2))
        assert reports.take(2) == [BadRead(source="stripe", reason=BadReadReason.CHECK), SEEN]

    def test_half_a_swipe_ends_with_the_silence_after_it(self, desk, reports) -> None:
        """R82: what stops in the middle is torn, and does not join the next swipe."""
        assert reports.next() == UP
        desk.send(sent(TRACK_2)[:5])
        assert reports.next() == BadRead(source="stripe", reason=BadReadReason.TORN)
        desk.send(sent(TRACK_2))
        assert reports.next() == SEEN

    def test_unplugging_is_said_once_and_plugging_in_again_mends_it(self, desk, reports) -> None:
        """U115: a device that goes away is one report, and it works again without anybody's help."""
        assert reports.next() == UP
        desk.unplug()
        assert reports.next() == DOWN
        desk.plug()
        assert reports.next() == UP
        desk.send(sent(TRACK_2))
        assert reports.next() == SEEN
        assert reports.left() == []

    def test_unplugged_in_the_middle_of_a_swipe_is_torn(self, desk, reports) -> None:
        """R82: half a swipe before the plug was pulled does not join the swipe after it was put back."""
        assert reports.next() == UP
        desk.send(sent(TRACK_2)[:5])
        desk.unplug()
        # Whether the half that was on the wire is still handed over is the line's affair.
        while (seen := reports.next()) != DOWN:
            assert seen == BadRead(source="stripe", reason=BadReadReason.TORN)
        desk.plug()
        assert reports.next() == UP
        desk.send(sent(TRACK_2))
        assert reports.next() == SEEN


def test_a_missing_device_is_said_once_and_found_when_it_comes(desk: Desk, reports) -> None:
    """U115: a reader whose device is not there at the start waits for it."""
    desk.unplug()
    reader = serial_stripe(source="stripe", line=desk.open, sends_check=True, report=reports)
    reader.start()
    assert reports.next() == DOWN
    desk.plug()
    assert reports.next() == UP
    reader.close()
    assert reports.left() == []


def test_nothing_is_reported_after_close(desk: Desk, reports) -> None:
    """A closed reader is silent, and closing twice is allowed; so is closing one that never started."""
    reader = serial_stripe(source="stripe", line=desk.open, sends_check=True, report=reports)
    reader.start()
    assert reports.next() == UP
    reader.close()
    reader.close()
    desk.send(sent(TRACK_2))
    assert reports.left() == []
    serial_stripe(source="stripe", line=desk.open, sends_check=True, report=reports).close()


def test_a_scanner_reads_codes_of_its_line(desk: Desk, reports) -> None:
    """R86: a code is text ended by CR or LF, both together included."""
    scanner = serial_scanner(source="scanner", line=desk.open, report=reports)
    scanner.start()
    assert reports.next() == ReaderUp(source="scanner")
    desk.send(b"9312345678907\r\nM-7KQ2\n")
    assert reports.take(2) == [
        CardSeen(source="scanner", kind=CardKind.CODE, text="9312345678907"),
        CardSeen(source="scanner", kind=CardKind.CODE, text="M-7KQ2"),
    ]
    scanner.close()


def test_a_port_that_another_program_holds_is_busy(tmp_path: Path) -> None:
    """A second program on the same port is named as such, not as an unplugged cable."""
    pty = Pty(tmp_path / "stripe")
    first = pty.open()
    with pytest.raises(Fault, match=r"reader\.busy"):
        pty.open()
    first.close()
    pty.open().close()
    pty.unplug()


def test_the_simulated_line_swipes_and_scans_like_a_hand(reports) -> None:
    """U123: what the demo's buttons do goes through the real framing."""
    line = SimulatedLine()
    stripe = serial_stripe(source="stripe", line=line.open, sends_check=True, report=reports)
    stripe.start()
    line.swipe(TRACK_2)
    assert reports.take(2) == [UP, SEEN]
    stripe.close()
    scanner = serial_scanner(source="scanner", line=line.open, report=reports)
    scanner.start()
    line.scan("100001")
    assert reports.take(2)[1] == CardSeen(source="scanner", kind=CardKind.CODE, text="100001")
    scanner.close()
