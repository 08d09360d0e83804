"""The contract of receipt printers: the simulated one, and real links to a sink that answers as a printer does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clubtill_desk.faults import Fault
from clubtill_terminal.devices.drawer import PrinterDrawer
from clubtill_terminal.devices.escpos_page import escpos_bytes
from clubtill_terminal.devices.printer_links import FileLink, NetworkLink, SerialLink
from clubtill_terminal.devices.printing import (
    Document,
    JobReport,
    JobState,
    PrintCut,
    PrintLine,
    PrintPulse,
    PrintQr,
    PrintRule,
    ReceiptPrinter,
)
from clubtill_terminal.devices.receipt_printer import ASK_PAPER_IN_TURN, EscposPrinter, PrinterSettings
from clubtill_terminal.devices.spool_printer import SpoolPrinter
from tests.terminal.devices.printer_desks import COLUMNS, Desk, Jobs, LineDesk, NetworkDesk, SpoolDesk, server

RECEIPT: Document = (
    PrintLine(text="LARKSPUR POINT CLUB", bold=True, align="center"),
    PrintLine(text="2 Schooner Pale          @ 8.00            16.00"),
    PrintRule(),
    PrintLine(text="TOTAL                                      16.00", bold=True, double=True),
    PrintQr(text="0192f0c1a2"),
    PrintCut(),
)
WAITING, SENT, CONFIRMED, UNKNOWN, FAILED = (
    JobState.WAITING,
    JobState.SENT,
    JobState.CONFIRMED,
    JobState.UNKNOWN,
    JobState.FAILED,
)


KINDS: dict[str, Callable[[Path], Desk]] = {
    "spool": SpoolDesk,
    "network": lambda _: NetworkDesk(),
    "serial": lambda path: LineDesk(path / "printer", lambda name: lambda: SerialLink(name)),
    "file": lambda path: LineDesk(path / "printer", lambda name: lambda: FileLink(name)),
}


@pytest.fixture(params=KINDS)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """Each kind of printer in turn."""
    desk = KINDS[request.param](tmp_path)
    yield desk
    desk.close()


@pytest.fixture
def jobs() -> Jobs:
    """A fresh place for reports."""
    return Jobs()


@pytest.fixture
def network() -> Iterator[NetworkDesk]:
    """A printer in the network, for what one kind of link shows as well as all."""
    desk = NetworkDesk()
    yield desk
    desk.close()


@pytest.fixture
def printer(desk: Desk, jobs: Jobs) -> Iterator[ReceiptPrinter]:
    """A printer that runs."""
    printer = desk.printer(jobs.deliver, jobs.report)
    yield printer
    printer.close()


class TestPrinting:
    """A receipt printer."""

    def test_a_job_is_waiting_then_sent_then_confirmed(self, printer: ReceiptPrinter, desk: Desk, jobs: Jobs) -> None:
        """U116: the bytes arrive whole and once, and the printer's own word confirms them."""
        printer.print("sale-1042", RECEIPT)
        assert jobs.states(3) == [("sale-1042", WAITING, ""), ("sale-1042", SENT, ""), ("sale-1042", CONFIRMED, "")]
        assert desk.printed() == escpos_bytes(RECEIPT, COLUMNS)
        assert desk.nothing_more()

    def test_jobs_are_printed_in_order_and_closing_prints_what_waits(
        self, printer: ReceiptPrinter, desk: Desk, jobs: Jobs
    ) -> None:
        """U116: a queue; nothing that was given is lost by closing."""
        documents: list[Document] = [(PrintLine(text=f"receipt {n}"),) for n in range(5)]
        for n, document in enumerate(documents):
            printer.print(f"job-{n}", document)
        printer.close()
        assert [desk.printed() for _ in documents] == [escpos_bytes(document, COLUMNS) for document in documents]
        assert {state for _, state, _ in jobs.states(15)} == {WAITING, SENT, CONFIRMED}

    @pytest.mark.parametrize(
        ("state", "code"), [({"paper": False}, "printer.paper"), ({"cover_open": True}, "printer.cover")]
    )
    def test_a_printer_that_cannot_print_is_asked_first(
        self, printer: ReceiptPrinter, desk: Desk, jobs: Jobs, state: dict[str, bool], code: str
    ) -> None:
        """U115, U117: nothing is sent and the reason is named; given again when that is mended, the job is printed."""
        desk.set(**state)
        printer.print("sale-1042", RECEIPT)
        assert jobs.states(2) == [("sale-1042", WAITING, ""), ("sale-1042", FAILED, code)]
        assert desk.nothing_more()
        desk.set(paper=True, cover_open=False)
        printer.print("sale-1042", RECEIPT)
        assert jobs.states(3)[-1] == ("sale-1042", CONFIRMED, "")
        assert desk.printed() == escpos_bytes(RECEIPT, COLUMNS)

    def test_a_printer_that_is_off_is_a_fault_and_nothing_was_printed(
        self, printer: ReceiptPrinter, desk: Desk, jobs: Jobs
    ) -> None:
        """U115: a printer that cannot be reached fails the job and leaves the queue running."""
        desk.switch_off()
        for job_id in ("sale-1", "sale-2"):
            printer.print(job_id, RECEIPT)
        states = jobs.states(4)
        assert [entry for entry in states if entry[1] is FAILED] == [
            ("sale-1", FAILED, "printer.unreachable"),
            ("sale-2", FAILED, "printer.unreachable"),
        ]
        assert desk.nothing_more()

    def test_a_printer_that_dies_in_the_middle_leaves_the_outcome_unknown(
        self, printer: ReceiptPrinter, desk: Desk, jobs: Jobs
    ) -> None:
        """U116: what may have been printed in part is not said to have failed; staff look and may reprint a COPY."""
        desk.set(dies_after=20)
        printer.print("sale-1042", RECEIPT)
        last = jobs.states(2)[-1]
        if last[1] is SENT:
            (last,) = jobs.states(1)
        assert last == ("sale-1042", UNKNOWN, "printer.unknown")
        assert desk.nothing_more()

    def test_a_roll_that_ends_soon_is_told(self, printer: ReceiptPrinter, desk: Desk, jobs: Jobs) -> None:
        """U117: low paper is a warning beside a job that was printed."""
        desk.set(paper_low=True)
        printer.print("sale-1042", RECEIPT)
        assert jobs.last(3) == JobReport(job_id="sale-1042", state=CONFIRMED, last=True, paper_low=True)

    def test_the_drawer_opens_through_the_printer(self, printer: ReceiptPrinter, desk: Desk, jobs: Jobs) -> None:
        """U118: the pulse is a job of its own, on the pin that is set up."""
        PrinterDrawer(printer).open("drawer-1")
        PrinterDrawer(printer, pin=5).open("drawer-2")
        assert [entry[1] for entry in jobs.states(6)].count(CONFIRMED) == 2
        assert desk.printed().endswith(b"\x1bp\x0022")
        assert desk.printed().endswith(b"\x1bp\x0122")

    def test_the_drawer_opens_without_paper(self, printer: ReceiptPrinter, desk: Desk, jobs: Jobs) -> None:
        """U115: cash can be taken while the roll is changed; no pulse waits for paper to open the drawer later."""
        desk.set(paper=False)
        PrinterDrawer(printer).open("drawer-1")
        assert jobs.states(2) == [("drawer-1", WAITING, ""), ("drawer-1", SENT, "")]
        assert desk.printed() == b"\x10\x14\x01\x00\x02"

    def test_a_receipt_that_cannot_be_printed_still_opens_the_drawer(
        self, printer: ReceiptPrinter, desk: Desk, jobs: Jobs
    ) -> None:
        """U115: a sale in cash without paper: nothing of the receipt is printed, its pulse is carried out at once."""
        desk.set(paper=False)
        printer.print("sale-1042", (PrintPulse(), *RECEIPT))
        assert jobs.states(2)[-1] == ("sale-1042", FAILED, "printer.paper")
        assert desk.printed() == b"\x10\x14\x01\x00\x02"
        assert desk.nothing_more()

    def test_the_last_report_of_a_job_says_so(self, printer: ReceiptPrinter, desk: Desk, jobs: Jobs) -> None:
        """U116: whoever keeps the queue knows when a job has ended, whatever its end."""
        printer.print("sale-1", RECEIPT)
        assert jobs.ends(3) == [False, False, True]
        desk.set(cover_open=True)
        printer.print("sale-2", RECEIPT)
        assert jobs.ends(2) == [False, True]

    @pytest.mark.parametrize("job_id", ["", "../sale", "a b", "-x", "x" * 101])
    def test_an_id_is_a_plain_name(self, printer: ReceiptPrinter, desk: Desk, job_id: str) -> None:
        """A job's id may become a file's name; anything else is a bug at the caller."""
        with pytest.raises(ValueError, match="id"):
            printer.print(job_id, RECEIPT)
        assert desk.nothing_more()


def test_a_model_that_cannot_answer_ends_with_sent(network: NetworkDesk, jobs: Jobs) -> None:
    """U117: where set-up says that the model is mute it is not asked, and `sent` is all that is known."""
    mute = EscposPrinter(
        link=network.link(), settings=PrinterSettings(answers=False), deliver=jobs.deliver, report=jobs.report
    )
    mute.print("sale-1042", RECEIPT)
    assert jobs.last(2) == JobReport(job_id="sale-1042", state=SENT, last=True)
    mute.close()
    expected = escpos_bytes(RECEIPT, COLUMNS)
    assert network.sink.buffered(len(expected)) == expected


@pytest.mark.parametrize("answer", [b"", b"\x00", b"?"])
def test_what_answers_like_no_printer_is_not_sent_a_job(network: NetworkDesk, jobs: Jobs, answer: bytes) -> None:
    """U117: what answers no question is not the printer that was set up; neither receipt nor pulse is lost in it."""
    network.sink.take = lambda _: answer
    printer = network.printer(jobs.deliver, jobs.report)
    printer.print("sale-1042", RECEIPT)
    assert jobs.states(2)[-1] == ("sale-1042", FAILED, "printer.unreachable")
    PrinterDrawer(printer).open("drawer-1")
    assert jobs.states(2)[-1] == ("drawer-1", FAILED, "printer.unreachable")
    printer.close()


def test_a_printer_that_says_in_its_turn_that_paper_ended(network: NetworkDesk, jobs: Jobs) -> None:
    """U116: the last lines may be missing."""
    take = network.sink.take
    network.sink.take = lambda data: b"\x0c" if data.endswith(ASK_PAPER_IN_TURN) else take(data)
    printer = network.printer(jobs.deliver, jobs.report)
    printer.print("sale-1042", RECEIPT)
    assert jobs.states(3)[-1] == ("sale-1042", UNKNOWN, "printer.paper")
    printer.close()


def test_paper_that_ends_during_a_job_leaves_it_unknown_and_says_why(network: NetworkDesk, jobs: Jobs) -> None:
    """U116: the printer was fine before, and stops in the middle: unknown, because of the paper."""
    take = network.sink.take

    def ends_in_the_job(data: bytes) -> bytes | None:
        network.sink.paper = network.sink.paper and not data.startswith(b"\x1b@")
        return take(data)

    network.sink.take = ends_in_the_job
    printer = network.printer(jobs.deliver, jobs.report)
    printer.print("sale-1042", RECEIPT)
    assert jobs.states(3) == [
        ("sale-1042", WAITING, ""),
        ("sale-1042", SENT, ""),
        ("sale-1042", UNKNOWN, "printer.paper"),
    ]
    printer.close()


def test_a_bug_while_printing_ends_the_job_and_not_the_printer(
    jobs: Jobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake of ours is reported with its reference, and the next job is printed with its own text."""
    from clubtill_terminal.devices import receipt_printer  # noqa: PLC0415 - its name is patched

    with monkeypatch.context() as broken:
        broken.setattr(receipt_printer, "escpos_bytes", lambda *_: 1 // 0)
        broken.setattr("clubtill_desk.lanes._log.error", lambda *_, **__: None)
        printer = SpoolPrinter(folder=tmp_path, deliver=jobs.deliver, report=jobs.report)
        printer.print("bad", RECEIPT)
        assert jobs.states(2)[-1] == ("bad", UNKNOWN, "bug")
    printer.print("good", (PrintLine(text="good"),))
    assert jobs.states(3)[-1] == ("good", CONFIRMED, "")
    printer.close()
    assert (tmp_path / "000001-good.txt").read_text() == "good\n"


def test_the_spool_is_paper_that_outlives_the_program(jobs: Jobs, tmp_path: Path) -> None:
    """U123: numbers go on after a restart, nothing is overwritten, and the text is that of 48 columns."""
    for job_id in ("first", "second"):
        printer = SpoolPrinter(folder=tmp_path, deliver=jobs.deliver, report=jobs.report)
        printer.print(job_id, RECEIPT)
        printer.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "000001-first.bin",
        "000001-first.txt",
        "000002-second.bin",
        "000002-second.txt",
    ]
    assert (tmp_path / "000001-first.txt").read_text().splitlines() == [
        "              LARKSPUR POINT CLUB",
        "2 Schooner Pale          @ 8.00            16.00",
        "------------------------------------------------",
        "TOTAL                                      16.00",
        "                [QR: 0192f0c1a2]",
        "",
    ]


def test_the_spool_tells_what_was_carried_out_without_paper(jobs: Jobs, tmp_path: Path) -> None:
    """U123: the text of a receipt that was not printed does not lie in the folder."""
    printer = SpoolPrinter(folder=tmp_path, deliver=jobs.deliver, report=jobs.report)
    printer.paper = False
    printer.print("sale-1042", (PrintPulse(pin=5), *RECEIPT))
    printer.close()
    assert (tmp_path / "000001-sale-1042.txt").read_text() == "[drawer: pin 5]\n"


def test_a_spool_on_a_broken_disk_is_an_unknown_job(jobs: Jobs, tmp_path: Path) -> None:
    """A folder that cannot be written is the world's doing, not a bug."""
    (tmp_path / "spool").write_bytes(b"a file where the folder should be")
    printer = SpoolPrinter(folder=tmp_path / "spool", deliver=jobs.deliver, report=jobs.report)
    printer.print("sale-1042", RECEIPT)
    assert jobs.states(3)[-1] == ("sale-1042", UNKNOWN, "printer.unknown")
    printer.close()


def test_a_pulse_in_a_document_is_a_part_of_it() -> None:
    """One job may print and open the drawer, in the order of the document."""
    both = escpos_bytes((PrintPulse(), PrintLine(text="x")), COLUMNS)
    assert both.index(b"\x1bp\x0022") < both.index(b"x\n")


@pytest.mark.parametrize("opened", [NetworkLink, SerialLink, FileLink])
def test_a_link_to_nowhere_is_unreachable(opened: type, tmp_path: Path) -> None:
    """Each way to a printer names the same fault when there is none."""
    with server() as taken:
        port = taken.getsockname()[1]
    where = ("127.0.0.1", port) if opened is NetworkLink else (str(tmp_path / "nothing"),)
    with pytest.raises(Fault, match=r"printer\.unreachable"):
        opened(*where)
