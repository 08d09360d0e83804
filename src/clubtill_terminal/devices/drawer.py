"""The cash drawer, which hangs at the receipt printer and opens by its pulse. When it may open: elsewhere (U118)."""

from __future__ import annotations

from typing import Protocol

from clubtill_terminal.devices.printing import Pin, PrintPulse, ReceiptPrinter


class Drawer(Protocol):
    """A cash drawer."""

    def open(self, job_id: str) -> None:
        """Open it; what comes of it is reported as the print job of that id."""


class PrinterDrawer:
    """A drawer at a printer, real or simulated."""

    def __init__(self, printer: ReceiptPrinter, *, pin: Pin = 2) -> None:
        """Take the printer it hangs at, and the pin of its connector that opens it."""
        self._printer = printer
        self._pin = pin

    def open(self, job_id: str) -> None:
        """See `Drawer.open`."""
        self._printer.print(job_id, (PrintPulse(pin=self._pin),))
