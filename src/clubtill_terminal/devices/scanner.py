"""Framing of barcodes and QR codes from a scanner on a serial line: text ended by CR or LF (R86). Pure.

What a code means is decided by the masks, in `clubtill_rules.members.cards`. A scanner that is a keyboard is read by
`wedge.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from clubtill_terminal.devices.reader import BadReadReason, CardKind, CardSeen

BYTES_MAX: Final = 256
"""No code that we print is longer; a scanner that sends more has read something else."""
PRINTABLE: Final = range(0x20, 0x7F)


@dataclass(frozen=True, slots=True)
class Code:
    """The content of one barcode or QR code."""

    text: str = field(repr=False)


class CodeFraming:
    """The state machine. One object a scanner; not for several threads."""

    def __init__(self) -> None:
        self._open = bytearray()
        self._spoiled: BadReadReason | None = None

    def feed(self, chunk: bytes) -> list[Code | BadReadReason]:
        """Take bytes as they came and return the codes they completed. How the stream is cut makes no difference."""
        found: list[Code | BadReadReason] = []
        for code in chunk:
            if code in b"\r\n":
                found += self._finish(whole=True)
            elif self._spoiled is None:
                self._take(code)
        return found

    def silence(self) -> list[Code | BadReadReason]:
        """The line has been silent: half a code is torn, for a scanner sends its end at once."""
        return self._finish(whole=False)

    def _take(self, code: int) -> None:
        self._open.append(code)
        if code not in PRINTABLE:
            self._spoiled = BadReadReason.CHECK
        elif len(self._open) > BYTES_MAX:
            self._spoiled = BadReadReason.TOO_LONG

    def _finish(self, *, whole: bool) -> list[Code | BadReadReason]:
        content, spoiled = bytes(self._open), self._spoiled
        self._open.clear()
        self._spoiled = None
        if spoiled is not None:
            return [spoiled]
        if not content:
            return []
        return [Code(content.decode("ascii"))] if whole else [BadReadReason.TORN]


def card_of(source: str, code: Code) -> CardSeen:
    """The report of a scanned code."""
    return CardSeen(source=source, kind=CardKind.CODE, text=code.text)
