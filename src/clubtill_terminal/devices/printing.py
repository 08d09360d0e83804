"""What a receipt printer is asked to do and what it reports: documents, job states, and the shape of a printer.

A document is a sequence of lines for one width; who writes it has laid it out already. Which sale it belongs to is not
known here, and when it may be printed neither: that is after the commit (U61).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, Protocol, TypeAlias

from clubtill_desk.faults import Fault

COLUMNS_80MM: Final = 48
DOTS_A_COLUMN: Final = 12
"""Font A is 12 dots wide and 24 high on every printer that we know."""


Pin: TypeAlias = Literal[2, 5]
"""The contact of a printer's drawer socket that a drawer hangs at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintLine:
    """A line of text, at most as wide as the paper.

    Attributes:
        text: the characters; what stands at the right edge is brought there by two or more spaces.
        bold: printed in bold.
        double: twice as high; as many columns as any other line.
        align: `left` is where a line begins, which for a line in Arabic or Hebrew is the right edge.
    """

    text: str
    bold: bool = False
    double: bool = False
    align: Literal["left", "center"] = "left"


@dataclass(frozen=True, slots=True)
class PrintRule:
    """A line across the paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintQr:
    """A QR code in the middle; `text` is an opaque id and nothing else (U122)."""

    text: str


@dataclass(frozen=True, slots=True)
class PrintCut:
    """Feed past the knife and cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintPulse:
    """Open the drawer that hangs at the printer, by its pin 2 or 5. Opens it although there is no paper to print on."""

    pin: Pin = 2


Document: TypeAlias = tuple[PrintLine | PrintRule | PrintQr | PrintCut | PrintPulse, ...]


class JobState(StrEnum):
    """How far a print job has come (U116)."""

    WAITING = "waiting"
    SENT = "sent"
    CONFIRMED = "confirmed"
    UNKNOWN = "unknown"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobReport:
    """A job came into a state.

    Attributes:
        job_id: as it was given.
        state: `FAILED` means that nothing was printed. `UNKNOWN` means that it may have been, in part or whole: a
            reprint is marked COPY. `SENT` is the last word of a printer that cannot answer.
        last: whether the job has ended with this report; `SENT` ends one where nothing can be confirmed.
        fault: for `FAILED` and `UNKNOWN`: why.
        paper_low: the printer says that its roll will end soon.
    """

    job_id: str
    state: JobState
    last: bool = False
    fault: Fault | None = None
    paper_low: bool = False


ReportJob: TypeAlias = Callable[[JobReport], None]
"""Takes a report in the printer's own thread; the program posts it to the GUI thread."""


class ReceiptPrinter(Protocol):
    """Prints one job after the other on a thread of its own."""

    def print(self, job_id: str, document: Document) -> None:
        """Put a job at the end of the queue and return at once; it is `WAITING` and reports follow.

        Ids are letters, digits, dash, dot and underscore; a job that failed may be given again under its id.
        """

    def close(self) -> None:
        """Print what waits, then end the thread. May be called twice."""


def as_text(document: Document, columns: int = COLUMNS_80MM) -> str:
    """The document as it looks on paper of so many columns, with a QR code and a drawer's pulse in brackets."""
    rows: list[str] = []
    for element in document:
        match element:
            case PrintLine(text=text, align=align):
                # A printer goes on in the next row where a line is too long.
                parts = [text[at : at + columns] for at in range(0, len(text), columns)] or [""]
                rows += [part.center(columns).rstrip() if align == "center" else part.rstrip() for part in parts]
            case PrintRule():
                rows.append("-" * columns)
            case PrintQr(text=text):
                rows.append(f"[QR: {text}]".center(columns).rstrip())
            case PrintPulse(pin=pin):
                rows.append(f"[drawer: pin {pin}]")
            case PrintCut():
                rows.append("")
    return "\n".join(rows) + "\n"
