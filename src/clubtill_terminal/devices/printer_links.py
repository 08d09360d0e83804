"""The ways to a receipt printer: network, serial line, device file. Bytes out, and bytes back where it answers.

Nothing here knows ESC/POS. A link is opened for each job, so a printer that was switched off is found by the next.
"""

from __future__ import annotations

import os
import select
import socket
import termios
from collections.abc import Callable
from typing import Protocol, TypeAlias

import serial

from clubtill_desk.faults import Fault


class LinkBroken(Exception):  # noqa: N818 - it tells what happened
    """The link broke while bytes were on their way: how many arrived is not known."""


class PrinterLink(Protocol):
    """An open way to a printer."""

    def write(self, data: bytes) -> None:
        """Send all of it. Raises LinkBroken."""

    def read(self, timeout_s: float) -> bytes:
        """One byte of an answer; empty if none came in time. Raises LinkBroken."""

    def close(self) -> None:
        """Let go; never fails."""


OpenLink: TypeAlias = Callable[[], PrinterLink]
"""Opens the way. Fault: `printer.unreachable`, and then nothing was sent."""


class NetworkLink:
    """A printer in the network, usually at port 9100."""

    def __init__(self, host: str, port: int = 9100, *, timeout_s: float = 5.0) -> None:
        """Connect within `timeout_s`. Fault: `printer.unreachable`."""
        try:
            self._socket = socket.create_connection((host, port), timeout=timeout_s)
        except OSError as error:
            raise Fault("printer.unreachable") from error

    def write(self, data: bytes) -> None:
        """See `PrinterLink.write`."""
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise LinkBroken from error

    def read(self, timeout_s: float) -> bytes:
        """See `PrinterLink.read`."""
        try:
            ready = select.select([self._socket], [], [], timeout_s)[0]
            if not ready:
                return b""
            if answer := self._socket.recv(1):
                return answer
        except OSError as error:
            raise LinkBroken from error
        raise LinkBroken  # the printer closed the connection

    def close(self) -> None:
        """See `PrinterLink.close`."""
        self._socket.close()


class SerialLink:
    """A printer on a serial line."""

    def __init__(self, path: str, *, baud: int = 19200, timeout_s: float = 5.0) -> None:
        """Open `path` for this program alone. Fault: `printer.unreachable`."""
        try:
            self._port = serial.Serial(path, baud, write_timeout=timeout_s, exclusive=True)
        except (serial.SerialException, OSError, termios.error) as error:
            raise Fault("printer.unreachable") from error

    def write(self, data: bytes) -> None:
        """See `PrinterLink.write`."""
        try:
            self._port.write(data)
        except (serial.SerialException, OSError, termios.error) as error:
            raise LinkBroken from error

    def read(self, timeout_s: float) -> bytes:
        """See `PrinterLink.read`."""
        try:
            self._port.timeout = timeout_s
            return bytes(self._port.read(1))
        except (serial.SerialException, OSError, termios.error) as error:
            raise LinkBroken from error

    def close(self) -> None:
        """See `PrinterLink.close`."""
        self._port.close()


class FileLink:
    """A printer behind a device file such as /dev/usb/lp0."""

    def __init__(self, path: str, *, timeout_s: float = 5.0) -> None:
        """Open `path`. Fault: `printer.unreachable`."""
        self._timeout_s = timeout_s
        try:
            self._file = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        except OSError as error:
            raise Fault("printer.unreachable") from error

    def write(self, data: bytes) -> None:
        """See `PrinterLink.write`."""
        while data:
            try:
                if not select.select([], [self._file], [], self._timeout_s)[1]:
                    raise LinkBroken  # the printer takes no more
                data = data[os.write(self._file, data) :]
            except OSError as error:
                raise LinkBroken from error

    def read(self, timeout_s: float) -> bytes:
        """See `PrinterLink.read`."""
        try:
            return os.read(self._file, 1) if select.select([self._file], [], [], timeout_s)[0] else b""
        except OSError as error:
            raise LinkBroken from error

    def close(self) -> None:
        """See `PrinterLink.close`."""
        os.close(self._file)
