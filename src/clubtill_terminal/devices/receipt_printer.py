"""The receipt printer: a queue of jobs, a lane that prints them, and what becomes of each (U115 to U117).

The printer is asked before a job whether it can print, and after it whether it has, where the model can answer. A job
whose outcome is not known says so; it is never printed again unasked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from clubtill_desk.faults import Fault
from clubtill_desk.lanes import Deliver, Done, Failed, Lane, Refused
from clubtill_terminal.devices.escpos_page import escpos_bytes
from clubtill_terminal.devices.printer_links import LinkBroken, OpenLink, PrinterLink
from clubtill_terminal.devices.printing import (
    COLUMNS_80MM,
    Document,
    JobReport,
    JobState,
    Pin,
    PrintPulse,
    ReportJob,
)

ASK_OFFLINE_CAUSE: Final = b"\x10\x04\x02"
ASK_PAPER: Final = b"\x10\x04\x04"
"""DLE EOT: answered at once, whatever waits in the printer."""
ASK_PAPER_IN_TURN: Final = b"\x1d\x72\x01"
"""GS r: answered in its turn, so when all that came before it was printed."""

PULSE_AT_ONCE: Final[Mapping[Pin, bytes]] = {2: b"\x10\x14\x01\x00\x02", 5: b"\x10\x14\x01\x01\x02"}
"""DLE DC4: opens the drawer although the printer cannot print; the pulse in a document would wait for paper."""

COVER_OPEN: Final = 0x04
PAPER_END: Final = 0x60
PAPER_LOW: Final = 0x0C
PAPER_END_IN_TURN: Final = 0x0C
PAPER_LOW_IN_TURN: Final = 0x03
STATUS_MASK, STATUS_MARK = 0x93, 0x12
"""The bits that tell an answer to DLE EOT from anything else."""
IN_TURN_MASK: Final = 0x90

_JOB_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterSettings:
    """How a printer is set up.

    Attributes:
        columns: of font A on its paper.
        answers: whether the model tells its state; set-up tries it out (U117).
        answer_s: how long to wait for an answer about its state.
        print_s: how long printing a receipt may take.
    """

    columns: int = COLUMNS_80MM
    answers: bool = True
    answer_s: float = 1.0
    print_s: float = 15.0


class EscposPrinter:
    """A printer that speaks ESC/POS; a `ReceiptPrinter`."""

    def __init__(self, *, link: OpenLink, settings: PrinterSettings, deliver: Deliver, report: ReportJob) -> None:
        """Start the printer's lane; `deliver` brings its reports to the thread that `report` runs in."""
        self._open_link = link
        self._settings = settings
        self._deliver = deliver
        self._report = report
        self._lane = Lane("printer", deliver)

    def print(self, job_id: str, document: Document) -> None:
        """See `ReceiptPrinter.print`."""
        if _JOB_ID.fullmatch(job_id) is None:
            raise ValueError("a job's id is letters, digits, dash, dot and underscore")
        self._report(JobReport(job_id=job_id, state=JobState.WAITING))
        self._lane.submit(partial(self._run, job_id, document), partial(self._ended, job_id))

    def close(self) -> None:
        """See `ReceiptPrinter.close`."""
        self._lane.close()

    def _ended(self, job_id: str, outcome: Done[JobReport] | Refused | Failed) -> None:
        match outcome:
            case Done(report):
                self._report(report)
            case Failed(fault):
                self._report(JobReport(job_id=job_id, state=JobState.UNKNOWN, fault=fault, last=True))
            case Refused(refusal):
                raise refusal  # no rule is asked here

    def _run(self, job_id: str, document: Document) -> JobReport:
        tell = partial(JobReport, job_id=job_id)
        try:
            link = self._open_link()
        except Fault as unreachable:
            return tell(state=JobState.FAILED, last=True, fault=unreachable)
        try:
            obstacle = self._obstacle(link)
            if obstacle is None:
                return self._send(link, escpos_bytes(document, self._settings.columns), tell)
            pulses = [PULSE_AT_ONCE[element.pin] for element in document if isinstance(element, PrintPulse)]
            if pulses and obstacle.code != "printer.unreachable":
                link.write(b"".join(pulses))
                if len(pulses) == len(document):
                    return tell(state=JobState.SENT, last=True)
            return tell(state=JobState.FAILED, last=True, fault=obstacle)
        except LinkBroken:
            return tell(state=JobState.UNKNOWN, last=True, fault=Fault("printer.unknown"))
        finally:
            link.close()

    def _send(self, link: PrinterLink, data: bytes, tell: partial[JobReport]) -> JobReport:
        link.write(data)
        if not self._settings.answers:
            return tell(state=JobState.SENT, last=True)
        self._deliver(partial(self._report, tell(state=JobState.SENT)))
        link.write(ASK_PAPER_IN_TURN)
        answer = link.read(self._settings.print_s)
        if not answer or answer[0] & IN_TURN_MASK:
            why = self._obstacle(link)
            lost = why is None or why.code == "printer.unreachable"
            return tell(state=JobState.UNKNOWN, last=True, fault=Fault("printer.unknown") if lost else why)
        if answer[0] & PAPER_END_IN_TURN:
            return tell(state=JobState.UNKNOWN, last=True, fault=Fault("printer.paper"))
        return tell(state=JobState.CONFIRMED, last=True, paper_low=bool(answer[0] & PAPER_LOW_IN_TURN))

    def _obstacle(self, link: PrinterLink) -> Fault | None:
        """What keeps the printer from printing, as far as it tells."""
        if not self._settings.answers:
            return None
        try:
            offline = self._ask(link, ASK_OFFLINE_CAUSE)
            paper = self._ask(link, ASK_PAPER)
        except LinkBroken:
            return Fault("printer.unreachable")
        if offline is None or paper is None:
            return Fault("printer.unreachable")
        if paper & PAPER_END:
            return Fault("printer.paper")
        return Fault("printer.cover") if offline & COVER_OPEN else None

    def _ask(self, link: PrinterLink, question: bytes) -> int | None:
        link.write(question)
        answer = link.read(self._settings.answer_s)
        return answer[0] if answer and answer[0] & STATUS_MASK == STATUS_MARK else None
