"""A document as ESC/POS bytes, by python-escpos. Called on the printer's thread: the library takes 0.8 s to import."""

from __future__ import annotations

import importlib
import struct
from typing import Final

from clubtill_terminal.devices.drawn_line import CODE_PAGE, draw, needs_drawing
from clubtill_terminal.devices.printing import Document, PrintCut, PrintLine, PrintPulse, PrintQr, PrintRule

PROFILE: Final = "TM-T88V"
RASTER: Final = b"\x1dv0"
_QR_DOTS_A_MODULE: Final = 6


def escpos_bytes(document: Document, columns: int) -> bytes:
    """All that goes down the wire for this document on paper of so many columns of font A."""
    printer = importlib.import_module("escpos.printer").Dummy(profile=PROFILE)
    printer.hw("INIT")
    printer.charcode(CODE_PAGE.upper())
    page = b""
    for element in document:
        match element:
            case PrintLine(text=text, bold=bold, double=double, align=align) if not needs_drawing(text):
                printer.set_with_default(align=align, bold=bold, double_height=double, double_width=False)
                printer.textln(text)
            case PrintLine():
                # Not by the library's image: its profile knows one width of paper only, and refuses wider lines.
                printer.set_with_default()
                page += bytes(printer.output) + _raster(element, columns)
                printer.clear()
            case PrintRule():
                printer.set_with_default()
                printer.textln("-" * columns)
            case PrintQr(text=text):
                printer.set_with_default(align="center")
                printer.qr(text, native=True, size=_QR_DOTS_A_MODULE)
                printer.ln()
            case PrintCut():
                printer.set_with_default()
                printer.cut(mode="PART")
            case PrintPulse(pin=pin):
                printer.cashdraw(pin)
    return page + bytes(printer.output)


def _raster(line: PrintLine, columns: int) -> bytes:
    """A drawn line as one raster image (GS v 0), a bit a dot."""
    rows = draw(line, columns)
    width = len(rows[0])
    return RASTER + struct.pack("<BHH", 0, width, len(rows)) + b"".join(rows)
