"""Print receipts: work the queue that sales leave behind. A job that may have been cut is never printed again unasked.

Runs on the writer lane up to the printer's own worker; what became of a job is kept (U116).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import msgspec

from clubtill_rules.values.refusal import Refusal
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.devices.printing import Document, PrintCut, PrintLine, PrintPulse, PrintQr, PrintRule
from clubtill_terminal.store import sales
from clubtill_terminal.store.sales import PrintJob
from clubtill_wording.receipts import LineKind, ReceiptLine, as_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job for the printer. `drawer` opens the drawer as well; `copy` is a print after the first one."""

    job_id: str
    drawer: bool
    copy: bool


Waiting: TypeAlias = tuple[Job, tuple[ReceiptLine, ...]]
"""A job with the receipt it prints."""

_LINES = msgspec.json.Decoder(tuple[ReceiptLine, ...])


def document(lines: tuple[ReceiptLine, ...], *, drawer: bool, copy_text: str = "") -> Document:
    """Lay a receipt out for the printer; with `drawer` its pulse goes first, and a copy says so at its head."""
    head: list[PrintLine | PrintPulse] = [PrintPulse()] if drawer else []
    if copy_text:
        head.append(PrintLine(text=copy_text, bold=True, align="center"))
    return (*head, *(part for line in lines for part in _parts(line)))


def _parts(line: ReceiptLine) -> Document:
    match line.kind:
        case LineKind.RULE:
            return (PrintRule(),)
        case LineKind.CUT:
            return (PrintCut(),)
        case LineKind.QR:
            return (PrintQr(text=line.code), PrintLine(text=line.text, align="center"))
        case _:
            rows = as_text((line,)).splitlines()
            return tuple(
                PrintLine(
                    text=row.strip() if line.centred else row,
                    bold=line.strong,
                    double=line.large,
                    align="center" if line.centred else "left",
                )
                for row in rows
            )


def add_copy(terminal: Terminal, sale_id: str) -> None:
    """Queue one more print of a sale, marked COPY.

    Raises:
        Refusal: `receipt.unknown`, when the sale is not kept here any more.
    """
    with terminal.store.facts.begin() as facts:
        if sales.find_sale(facts, sale_id) is None:
            raise Refusal("receipt.unknown")
        job = PrintJob(job_id=f"{sale_id}-c{terminal.new_id()}", sale_id=sale_id, state="waiting", drawer=False)
        sales.add_print_job(facts, job)


def take_waiting(terminal: Terminal) -> tuple[Waiting, ...]:
    """Give what waits for the printer, and note that it is on its way: from here on its end may be unknown."""
    with terminal.store.facts.begin() as facts:
        waiting = [job for job in sales.unprinted(facts) if job.state == "waiting"]
        found = []
        for job in waiting:
            kept = sales.find_sale(facts, job.sale_id)
            if kept is not None:
                one = Job(job_id=job.job_id, drawer=job.drawer, copy=not job.job_id.endswith("-1"))
                found.append((one, _LINES.decode(kept.receipt)))
            sales.mark_printed(facts, job.job_id, "sent")
    return tuple(found)


def keep_end(terminal: Terminal, job_id: str, state: str) -> None:
    """Keep what became of a job: confirmed, ended (by a printer that cannot confirm), unknown or failed."""
    with terminal.store.facts.begin() as facts:
        sales.mark_printed(facts, job_id, state)


def cut_off(terminal: Terminal) -> tuple[PrintJob, ...]:
    """Give the jobs that were on their way when the terminal stopped: their end is unknown; a copy may be printed."""
    with terminal.store.facts.begin() as facts:
        cut = [job for job in sales.unprinted(facts) if job.state == "sent"]
        for job in cut:
            sales.mark_printed(facts, job.job_id, "unknown")
    return tuple(cut)
