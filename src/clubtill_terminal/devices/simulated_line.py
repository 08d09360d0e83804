"""The simulated twin of a serial line: bytes put in by hand, a plug that can be pulled. Ships with the product (U123).

It stands where the wire is, so framing, thread, back-off and reports are the real ones.
"""

from __future__ import annotations

from threading import Condition

from clubtill_desk.faults import Fault
from clubtill_terminal.devices.serial_reader import SILENCE_S, Line
from clubtill_terminal.devices.stripe import check_character


class SimulatedLine:
    """A serial device on a desk: `open` is what a reader is given, the rest is what a hand does."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._plugged = True
        self._bytes = bytearray()

    def open(self) -> Line:
        """See `OpenLine`."""
        with self._changed:
            if not self._plugged:
                raise Fault("reader.unplugged", path="simulated")
            return self

    def read(self) -> bytes:
        """See `Line.read`."""
        with self._changed:
            self._changed.wait_for(lambda: self._bytes or not self._plugged, timeout=SILENCE_S)
            if not self._plugged:
                raise Fault("reader.unplugged", path="simulated")
            chunk = bytes(self._bytes)
            self._bytes.clear()
            return chunk

    def close(self) -> None:
        """See `Line.close`."""

    def send(self, data: bytes) -> None:
        """Put bytes on the wire; an unplugged device loses them."""
        with self._changed:
            if self._plugged:
                self._bytes += data
                self._changed.notify_all()

    def swipe(self, *tracks: str) -> None:
        """Swipe a card: `tracks` from sentinel to `?`, track 1 first."""
        self.send(b"".join(t.encode("ascii") + bytes([check_character(t.encode("ascii"))]) for t in tracks) + b"\r")

    def scan(self, text: str) -> None:
        """Scan a code."""
        self.send(text.encode("ascii") + b"\r")

    def unplug(self) -> None:
        """Pull the plug; what was on the wire is lost."""
        with self._changed:
            self._plugged = False
            self._bytes.clear()
            self._changed.notify_all()

    def plug(self) -> None:
        """Put the plug back in."""
        with self._changed:
            self._plugged = True
