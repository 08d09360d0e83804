"""A reader on a serial line, stripe or scanner: one thread that reads, frames, and survives unplugging.

Knows neither tracks nor codes; the framing it is given does.
"""

from __future__ import annotations

import errno
import termios
from collections.abc import Callable
from threading import Event, Thread
from typing import Final, Generic, Protocol, TypeAlias, TypeVar

import serial

from clubtill_desk.faults import Fault
from clubtill_terminal.devices import scanner, stripe
from clubtill_terminal.devices.reader import BadRead, BadReadReason, CardSeen, ReaderDown, ReaderUp, Report
from clubtill_terminal.devices.scanner import Code, CodeFraming
from clubtill_terminal.devices.stripe import StripeFraming, Swipe

SILENCE_S: Final = 0.05
"""A line silent for so long has ended what it was sending; at 9600 baud a character takes a millisecond."""
BACK_OFF_S: Final = (0.25, 0.5, 1.0, 2.0)
"""Waits between tries to open a port that is not there; the last one stays."""

F = TypeVar("F")


class Framing(Protocol[F]):
    """Turns a byte stream into whole things. Holds at most one unfinished thing, of bounded length."""

    def feed(self, chunk: bytes) -> list[F | BadReadReason]:
        """Take bytes as they came and return what they completed, in order."""

    def silence(self) -> list[F | BadReadReason]:
        """The line has been silent: return what that completes."""


class Line(Protocol):
    """An open serial line."""

    def read(self) -> bytes:
        """What has come, at least one byte; empty after `SILENCE_S` without any. Fault: `reader.unplugged`."""

    def close(self) -> None:
        """Release the port."""


OpenLine: TypeAlias = Callable[[], Line]
"""Opens the port. Faults: `reader.unplugged` if it is not there, `reader.busy` if another program holds it."""


class SerialReader(Generic[F]):
    """Reads one serial line with a thread of its own. A port that is not there is tried again until `close`."""

    def __init__(
        self, *, source: str, line: OpenLine, framing: Framing[F], card_of: Callable[[str, F], CardSeen], report: Report
    ) -> None:
        """Make a reader that is started later; see `serial_stripe` and `serial_scanner`."""
        self.source = source
        self._open_line = line
        self._framing = framing
        self._card_of = card_of
        self._report = report
        self._closing = Event()
        self._down = False
        self._thread = Thread(target=self._run, name=f"reader-{source}", daemon=True)

    def start(self) -> None:
        """See `Reader.start`."""
        self._thread.start()

    def close(self) -> None:
        """See `Reader.close`. Waits for the thread, at most `SILENCE_S` and the time of one report."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        tries = 0
        while not self._closing.is_set():
            try:
                line = self._open_line()
            except Fault as fault:
                self._say_down(fault)
                self._closing.wait(BACK_OFF_S[min(tries, len(BACK_OFF_S) - 1)])
                tries += 1
                continue
            tries = 0
            self._down = False
            self._report(ReaderUp(source=self.source))
            try:
                self._listen(line)
            except Fault as fault:
                self._tell(self._framing.silence())
                self._say_down(fault)
            finally:
                line.close()

    def _listen(self, line: Line) -> None:
        while not self._closing.is_set():
            chunk = line.read()
            self._tell(self._framing.feed(chunk) if chunk else self._framing.silence())

    def _tell(self, found: list[F | BadReadReason]) -> None:
        for one in found:
            if isinstance(one, BadReadReason):
                self._report(BadRead(source=self.source, reason=one))
            else:
                self._report(self._card_of(self.source, one))

    def _say_down(self, fault: Fault) -> None:
        if not self._down:
            self._down = True
            self._report(ReaderDown(source=self.source, code=fault.code))


class SerialLine:
    """A port of the operating system, by pyserial."""

    def __init__(self, path: str, *, baud: int = 9600) -> None:
        """Open `path` for this program alone. Faults: see `OpenLine`."""
        try:
            self._port = serial.Serial(path, baud, timeout=SILENCE_S, exclusive=True)
        except (serial.SerialException, OSError, termios.error) as error:
            held = getattr(error, "errno", None) in (errno.EAGAIN, errno.EBUSY)
            raise Fault("reader.busy" if held else "reader.unplugged", path=path) from error
        self._path = path

    def read(self) -> bytes:
        """See `Line.read`."""
        try:
            first = self._port.read(1)
            return bytes(first + self._port.read(self._port.in_waiting)) if first else b""
        except (serial.SerialException, OSError, termios.error) as error:
            # pyserial tells an unplugged port in these three ways, depending on the call.
            raise Fault("reader.unplugged", path=self._path) from error

    def close(self) -> None:
        """See `Line.close`."""
        self._port.close()


def serial_stripe(*, source: str, line: OpenLine, sends_check: bool, report: Report) -> SerialReader[Swipe]:
    """A magnetic stripe reader on a serial line; `sends_check` as its settings say (R82)."""
    framing = StripeFraming(sends_check=sends_check)
    return SerialReader(source=source, line=line, framing=framing, card_of=stripe.card_of, report=report)


def serial_scanner(*, source: str, line: OpenLine, report: Report) -> SerialReader[Code]:
    """A barcode or QR scanner on a serial line (R86)."""
    return SerialReader(source=source, line=line, framing=CodeFraming(), card_of=scanner.card_of, report=report)
