"""Boundaries: the moments of a run at which a terminal may be cut off, counted; at the fatal one it kills itself.

A boundary is a side of something that leaves the process: a COMMIT that wrote, bytes that go to the printer, a request,
an answer. The product is watched where its libraries let it be: at the engine, at the link and at the transport.
"""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine

from clubtill_sync.deadlines import DeadlineTransport
from clubtill_terminal.devices.printer_links import PrinterLink
from clubtill_terminal.devices.spool_printer import SpoolPrinter


class Boundaries:
    """Counts and writes down what is reached, a line each; with `fatal` the process ends there as by a power cut.

    Attributes:
        place: where the story is, written before every boundary.
    """

    def __init__(self, path: Path, fatal: int) -> None:
        self.place = "start"
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._fatal = fatal
        self._count = 0
        self._gate = threading.Lock()

    def reach(self, label: str) -> None:
        """Come to a boundary."""
        with self._gate:
            self._count += 1
            os.write(self._file, f"{self.place}\t{label}\n".encode())
            if self._count == self._fatal:
                os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, engine: Engine, name: str) -> None:
        """Take both sides of every COMMIT of a file that wrote something."""
        commit, seen = engine.dialect.do_commit, {"changes": 0}

        def watched(connection: Any) -> None:
            wrote = connection.total_changes != seen["changes"]
            if wrote:
                self.reach(f"before COMMIT of {name}")
            commit(connection)
            seen["changes"] = connection.total_changes  # the search index writes within COMMIT
            if wrote:
                self.reach(f"after COMMIT of {name}")

        engine.dialect.do_commit = watched


class WatchedTransport(httpx.BaseTransport):
    """The network, with both sides of every request; a line that is cut leads to a port where nobody listens."""

    def __init__(self, boundaries: Boundaries, nobody: int) -> None:
        self.cut = False
        self._boundaries = boundaries
        self._nobody = nobody
        self._network = DeadlineTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and read its whole answer."""
        what = f"{request.method} {request.url.path}"
        if self.cut:
            request.url = request.url.copy_with(port=self._nobody)
        self._boundaries.reach(f"before {what}")
        response = self._network.handle_request(request)
        content = b"".join(response.iter_raw())
        self._boundaries.reach(f"answered {what}")
        return httpx.Response(response.status_code, headers=response.headers, stream=_Read(content))

    def close(self) -> None:
        """Close every connection."""
        self._network.close()


class _Read(httpx.SyncByteStream):
    """An answer that was read, as it came: still coded."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Any:
        yield self._content


class WatchedPrinter(SpoolPrinter):
    """The spool printer, with both sides of everything that is written to it."""

    boundaries: Boundaries

    def _open(self) -> PrinterLink:
        return _WatchedLink(super()._open(), self.boundaries)


class _WatchedLink:
    """See `PrinterLink`."""

    def __init__(self, link: PrinterLink, boundaries: Boundaries) -> None:
        self._link = link
        self._boundaries = boundaries
        self.read = link.read
        self.close = link.close

    def write(self, data: bytes) -> None:
        """See `PrinterLink.write`."""
        self._boundaries.reach(f"before {len(data)} bytes to the printer" if len(data) < 8 else "before the receipt")
        self._link.write(data)
        self._boundaries.reach(f"after {len(data)} bytes to the printer" if len(data) < 8 else "after the receipt")
