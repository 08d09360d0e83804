"""Printers for the tests: the simulated one, and real links to a sink that answers as a printer does."""

from __future__ import annotations

import os
import random
import select
import socket
import tty
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Condition, Event, Thread
from typing import Protocol

import pytest

from clubtill_desk.lanes import Deliver
from clubtill_terminal.devices.printer_links import NetworkLink, OpenLink
from clubtill_terminal.devices.printing import JobReport, JobState, ReceiptPrinter, ReportJob
from clubtill_terminal.devices.receipt_printer import (
    ASK_OFFLINE_CAUSE,
    ASK_PAPER,
    ASK_PAPER_IN_TURN,
    PULSE_AT_ONCE,
    EscposPrinter,
    PrinterSettings,
)
from clubtill_terminal.devices.spool_printer import SpoolPrinter

DEADLINE_S = 20
COLUMNS = 48


class Jobs:
    """Takes reports and gives them to the test; calls are made in the printer's thread."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[JobReport] = SimpleQueue()

    def deliver(self, call: Callable[[], None]) -> None:
        """Make the call at once."""
        call()

    def report(self, report: JobReport) -> None:
        """Take a report."""
        self._queue.put(report)

    def states(self, count: int) -> list[tuple[str, JobState, str]]:
        """The next `count` reports: id, state and the fault's code."""
        reports = [self._queue.get(timeout=DEADLINE_S) for _ in range(count)]
        return [(report.job_id, report.state, report.fault.code if report.fault else "") for report in reports]

    def ends(self, count: int) -> list[bool]:
        """Of the next `count` reports, which are the last of their job."""
        return [self._queue.get(timeout=DEADLINE_S).last for _ in range(count)]

    def last(self, count: int) -> JobReport:
        """The last of the next `count` reports."""
        return [self._queue.get(timeout=DEADLINE_S) for _ in range(count)][-1]


class Sink:
    """A printer at the far end of a wire: takes bytes, answers questions about its state, prints what it is sent."""

    def __init__(self) -> None:
        self.paper = True
        self.paper_low = False
        self.cover_open = False
        self.dies_after: int | None = None
        self._buffer = b""
        self._came = Condition()
        self._printed: SimpleQueue[bytes] = SimpleQueue()

    def take(self, data: bytes) -> bytes | None:
        """Take bytes and return the answer; None if the power is gone."""
        with self._came:
            self._buffer += data
            self._came.notify_all()
        if self.dies_after is not None and len(self._buffer) > self.dies_after:
            return None
        prints = self.paper and not self.cover_open
        for question, answer in (
            (ASK_OFFLINE_CAUSE, 0x12 | 0x04 * self.cover_open),
            (ASK_PAPER, 0x12 | 0x60 * (not self.paper)),
            (ASK_PAPER_IN_TURN, 0x03 * self.paper_low),
        ):
            if self._buffer.endswith(question):
                if question is ASK_PAPER_IN_TURN and not prints:
                    return b""
                self._buffer = self._buffer.removesuffix(question)
                if question is ASK_PAPER_IN_TURN:
                    self._print()
                return bytes((answer,))
        if self._buffer in PULSE_AT_ONCE.values():
            self._print()
        return b""

    def _print(self) -> None:
        self._printed.put(self._buffer)
        self._buffer = b""

    def printed(self) -> bytes:
        """What was printed next."""
        return self._printed.get(timeout=DEADLINE_S)

    def buffered(self, length: int) -> bytes:
        """What lies in the printer, once so many bytes have come."""
        with self._came:
            assert self._came.wait_for(lambda: len(self._buffer) >= length, timeout=DEADLINE_S)
            return self._buffer

    def nothing_more(self) -> bool:
        """Whether nothing was printed beside what was taken."""
        return self._printed.empty()


class Desk(Protocol):
    """A printer and the hands that fill and unplug it."""

    def printer(self, deliver: Deliver, report: ReportJob) -> ReceiptPrinter: ...  # noqa: D102
    def set(self, **state: object) -> None: ...  # noqa: D102
    def printed(self) -> bytes: ...  # noqa: D102
    def nothing_more(self) -> bool: ...  # noqa: D102
    def switch_off(self) -> None: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102


class SpoolDesk:
    """The simulated printer, which prints into a folder."""

    def __init__(self, tmp_path: Path) -> None:
        self._folder = tmp_path / "spool"
        self._state: dict[str, object] = {}
        self._read = 0
        self._printer: SpoolPrinter | None = None

    def printer(self, deliver: Deliver, report: ReportJob) -> ReceiptPrinter:
        """Make it."""
        self._printer = SpoolPrinter(folder=self._folder, deliver=deliver, report=report)
        self.set(**self._state)
        return self._printer

    def set(self, **state: object) -> None:
        """Fill, empty, open."""
        self._state |= state
        for name, value in state.items() if self._printer else ():
            setattr(self._printer, name, value)

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("*.bin")) if self._folder.is_dir() else []

    def printed(self) -> bytes:
        """The next file."""
        self._read += 1
        return self._files()[self._read - 1].read_bytes()

    def nothing_more(self) -> bool:
        """Whether all files were read."""
        return len(self._files()) == self._read

    def switch_off(self) -> None:
        """Switch it off."""
        self.set(switched_on=False)

    def close(self) -> None:
        """Nothing to release."""


class WireDesk(ABC):
    """A real link to a sink."""

    def __init__(self) -> None:
        self.sink = Sink()
        self._closing = Event()
        self._thread = Thread(target=self._run, name="sink", daemon=True)

    def printer(self, deliver: Deliver, report: ReportJob) -> ReceiptPrinter:
        """Make the real stack over this link."""
        settings = PrinterSettings(columns=COLUMNS, answer_s=0.5, print_s=0.5)
        return EscposPrinter(link=self.link(), settings=settings, deliver=deliver, report=report)

    @abstractmethod
    def link(self) -> OpenLink:
        """How the product opens it."""

    @abstractmethod
    def _run(self) -> None:
        """Be the sink, until closing."""

    def set(self, **state: object) -> None:
        """Fill, empty, open."""
        for name, value in state.items():
            setattr(self.sink, name, value)

    def printed(self) -> bytes:
        """The next job that came out."""
        return self.sink.printed()

    def nothing_more(self) -> bool:
        """Whether nothing else came out."""
        return self.sink.nothing_more()


def server() -> socket.socket:
    """A server on loopback, below the ports that the system gives out by itself."""
    for port in random.sample(range(20_000, 32_000), 100):
        with suppress(OSError):
            return socket.create_server(("127.0.0.1", port))
    pytest.fail("no free port")


class NetworkDesk(WireDesk):
    """A printer in the network, on loopback."""

    def __init__(self) -> None:
        super().__init__()
        self._server = server()
        self._address = self._server.getsockname()
        self._thread.start()

    def link(self) -> OpenLink:
        """As in the product."""
        return lambda: NetworkLink(*self._address)

    def _run(self) -> None:
        while not self._closing.is_set():
            if not select.select([self._server], [], [], 0.05)[0]:
                continue
            connection, _ = self._server.accept()
            with connection:
                while data := connection.recv(4096):
                    answer = self.sink.take(data)
                    if answer is None:
                        break
                    connection.sendall(answer)
        self._server.close()

    def switch_off(self) -> None:
        """Stop listening."""
        self.close()

    def close(self) -> None:
        """End the sink."""
        self._closing.set()
        self._thread.join()


class LineDesk(WireDesk):
    """A printer at a pseudo-terminal, as serial line or as device file."""

    def __init__(self, name: Path, opened: Callable[[str], OpenLink]) -> None:
        super().__init__()
        self._name = name
        self._opened = opened
        self._master, self._slave = os.openpty()
        tty.setraw(self._master)
        tty.setraw(self._slave)
        name.symlink_to(os.ttyname(self._slave))
        self._thread.start()

    def link(self) -> OpenLink:
        """As in the product."""
        return self._opened(str(self._name))

    def _run(self) -> None:
        while not self._closing.is_set():
            if select.select([self._master], [], [], 0.05)[0]:
                answer = self.sink.take(os.read(self._master, 4096))
                if answer is None:
                    break
                os.write(self._master, answer)

    def switch_off(self) -> None:
        """Take the device away."""
        self._name.unlink()

    def close(self) -> None:
        """End the sink."""
        self._closing.set()
        self._thread.join()
        os.close(self._master)
        os.close(self._slave)
