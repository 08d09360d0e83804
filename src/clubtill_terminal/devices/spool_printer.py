"""The simulated receipt printer: prints into a folder, one text and one file of ESC/POS bytes a job. Ships (U123).

It stands at the end of the wire and answers as a printer does, so queue, states and bytes are the real ones. The folder
is the paper: it outlives the program, and numbers go on where they stopped.
"""

from __future__ import annotations

import re
from collections import deque
from pathlib import Path
from typing import Final

from clubtill_desk.faults import Fault
from clubtill_desk.lanes import Deliver
from clubtill_terminal.devices import receipt_printer
from clubtill_terminal.devices.printer_links import LinkBroken, PrinterLink
from clubtill_terminal.devices.printing import Document, PrintPulse, ReportJob, as_text
from clubtill_terminal.devices.receipt_printer import EscposPrinter, PrinterSettings

_NUMBER: Final = re.compile(r"(\d{6,})-.*\.(txt|bin)")


class SpoolPrinter:
    """A `ReceiptPrinter` that prints into a folder, with a roll that can end and a plug that can be pulled.

    Attributes:
        switched_on: off, the printer cannot be reached.
        paper: without it, nothing is printed.
        paper_low: whether it says so.
        cover_open: nothing is printed.
        dies_after: it loses its power after so many bytes of a job; None if it does not.
    """

    def __init__(self, *, folder: Path, deliver: Deliver, report: ReportJob) -> None:
        """Print into `folder`, which is made if it is not there."""
        self.switched_on = True
        self.paper = True
        self.paper_low = False
        self.cover_open = False
        self.dies_after: int | None = None
        self._folder = folder
        self._waiting: deque[tuple[str, str]] = deque()
        self._settings = PrinterSettings()
        self._printer = EscposPrinter(link=self._open, settings=self._settings, deliver=deliver, report=report)

    def print(self, job_id: str, document: Document) -> None:
        """See `ReceiptPrinter.print`."""
        # The words go beside the wire: whoever reads the folder wants text, not dots. Jobs keep their order.
        self._waiting.append((job_id, as_text(document, self._settings.columns)))
        self._printer.print(job_id, document)

    def close(self) -> None:
        """See `ReceiptPrinter.close`."""
        self._printer.close()

    def _open(self) -> PrinterLink:
        job_id, text = self._waiting.popleft()
        if not self.switched_on:
            raise Fault("printer.unreachable")
        return _Wire(self, self._folder, job_id, text, columns=self._settings.columns)


class _Wire:
    """See `PrinterLink`: the printer's end of it."""

    def __init__(self, printer: SpoolPrinter, folder: Path, job_id: str, text: str, *, columns: int) -> None:
        self._printer = printer
        self._folder = folder
        self._job_id = job_id
        self._text = text
        self._columns = columns
        self._data = b""
        self._answers: deque[bytes] = deque()

    def write(self, data: bytes) -> None:
        prints = self._printer.paper and not self._printer.cover_open
        if data == receipt_printer.ASK_OFFLINE_CAUSE:
            self._answer(receipt_printer.STATUS_MARK | receipt_printer.COVER_OPEN * self._printer.cover_open)
        elif data == receipt_printer.ASK_PAPER:
            self._answer(receipt_printer.STATUS_MARK | receipt_printer.PAPER_END * (not self._printer.paper))
        elif data == receipt_printer.ASK_PAPER_IN_TURN:
            if prints:
                self._out(self._data, self._text)
                self._answer(receipt_printer.PAPER_LOW_IN_TURN * self._printer.paper_low)
        elif self._printer.dies_after is not None and self._printer.dies_after < len(data):
            raise LinkBroken
        elif prints:
            self._data += data
        else:
            pins = [PrintPulse(pin=pin) for pin, pulse in receipt_printer.PULSE_AT_ONCE.items() if pulse in data]
            self._out(data, as_text(tuple(pins), self._columns))

    def read(self, timeout_s: float) -> bytes:  # noqa: ARG002 - nothing is waited for: an answer is there or not
        return self._answers.popleft() if self._answers else b""

    def close(self) -> None:
        """Nothing is printed of a job that the printer did not get to."""

    def _answer(self, status: int) -> None:
        self._answers.append(bytes((status,)))

    def _out(self, data: bytes, text: str) -> None:
        """Lay what was carried out into the folder: whole files under a number of their own."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            numbers = [int(m[1]) for path in self._folder.iterdir() if (m := _NUMBER.fullmatch(path.name)) is not None]
            name = f"{max(numbers, default=0) + 1:06d}-{self._job_id}"
            for suffix, content in ((".bin", data), (".txt", text.encode("utf-8"))):
                part = self._folder / f".{name}{suffix}.part"
                part.write_bytes(content)
                part.replace(self._folder / f"{name}{suffix}")
        except OSError as error:
            raise LinkBroken from error
