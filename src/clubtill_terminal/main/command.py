"""Command: `clubtill terminal enrol | run`, and how a terminal is set up on this computer."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Annotated, Any, Final

import platformdirs
import typer
from PySide6.QtGui import QGuiApplication

from clubtill_desk.faults import Fault
from clubtill_desk.key_store import KeyStoreKind, open_key_store
from clubtill_rules.values.refusal import Refusal
from clubtill_terminal.devices.card_service import PcscService
from clubtill_terminal.devices.printer_links import NetworkLink, SerialLink
from clubtill_terminal.devices.receipt_printer import EscposPrinter, PrinterSettings
from clubtill_terminal.devices.serial_reader import SerialLine, serial_scanner, serial_stripe
from clubtill_terminal.devices.smart_card import SmartCardReader, SmartCardSettings
from clubtill_terminal.devices.spool_printer import SpoolPrinter
from clubtill_terminal.devices.wedge import WedgeReader, WedgeSettings
from clubtill_terminal.main import by_hand
from clubtill_terminal.main.running import Running
from clubtill_terminal.main.setup import Settings, enrol
from clubtill_terminal.screens.parts.theme import Look, Scheme
from clubtill_terminal.store.rescue import Rescued
from clubtill_wording.speech import Speech

command = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

MM_PER_INCH: Final = 25.4
EXIT_REFUSED: Final = 2

Folder = Annotated[Path, typer.Option("--folder", help="Where the terminal keeps its databases and its settings.")]
DEFAULT: Final = platformdirs.user_data_path("clubtill") / "terminal"

MACHINE: Final = platformdirs.user_cache_path("clubtill")
"""Backups leave a cache out: by what stands here a restored terminal knows that it was restored (6.6)."""


@command.command("enrol")
def enrol_terminal(
    ledger: Annotated[str, typer.Argument(help="Address of the ledger.")],
    code: Annotated[str, typer.Argument(help="The one-time code from head office.")],
    folder: Folder = DEFAULT,
    name: Annotated[str, typer.Option("--name", help="What this computer is called.")] = "till",
) -> None:
    """Make this computer a terminal of a ledger; a folder that is one already keeps its log and its keys."""
    if (folder / "terminal.toml").exists():
        typer.echo("This folder belongs to a terminal already. Name another one with --folder.", err=True)
        raise typer.Exit(EXIT_REFUSED)
    keys = open_key_store(folder)
    if keys.kind is KeyStoreKind.FILE:
        typer.echo(_sentence(keys.announcement, {}))
    try:
        enrol(_settings_of(folder, {"ledger": ledger}), keys, code, name)
    except (Refusal, Fault) as no:
        typer.echo(_sentence(no.code, no.facts), err=True)
        raise typer.Exit(EXIT_REFUSED) from no
    (folder / "terminal.toml").write_text(f'ledger = "{ledger}"\n', encoding="utf-8")
    typer.echo("This computer is a terminal now. Start it with: clubtill terminal run")


@command.command("run")
def run_terminal(folder: Folder = DEFAULT) -> None:
    """Show the till, Reception, or both, as head office has set up this terminal."""
    application = QGuiApplication(sys.argv[:1])
    options = _options(folder)
    try:
        running = Running(_settings(folder, options), open_key_store(folder))
    except Fault as fault:
        typer.echo(_sentence(fault.code, fault.facts), err=True)
        raise typer.Exit(EXIT_REFUSED) from fault
    if running.rescued is not None:
        typer.echo(_rescue_text(running.rescued), err=True)
    add_devices(running, options, folder)
    running.start()
    try:
        raise typer.Exit(application.exec())
    finally:
        running.close()


@command.command("export")
def export_queue(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not be there yet.")], folder: Folder = DEFAULT
) -> None:
    """Write this terminal's queue to a file, for `clubtill ledger import`, when no network will carry it again."""
    options = _options(folder)
    try:
        count = by_hand.export(folder, open_key_store(folder), file, now_us=_settings_of(folder, options).now_us())
    except FileExistsError as there:
        typer.echo(f"{file} is there already. Name another file.", err=True)
        raise typer.Exit(EXIT_REFUSED) from there
    except Fault as fault:
        typer.echo(_sentence(fault.code, fault.facts), err=True)
        raise typer.Exit(EXIT_REFUSED) from fault
    typer.echo(f"{count} events are in {file}. Only your own ledger can read them: clubtill ledger import {file.name}")


@command.command("exchange-key")
def exchange_key(folder: Folder = DEFAULT) -> None:
    """Give this terminal a new key. Stop the terminal first; cut off, the command may be run again."""
    options = _options(folder)
    try:
        by_hand.exchange_key(_settings_of(folder, options), open_key_store(folder))
    except (Refusal, Fault) as no:
        typer.echo(_sentence(no.code, no.facts), err=True)
        raise typer.Exit(EXIT_REFUSED) from no
    typer.echo("This terminal has a new key. Start it again.")


def _settings_of(folder: Path, options: dict[str, Any]) -> Settings:
    """Give what a command without a window needs."""
    return Settings(folder=folder, ledger=options["ledger"], look=Look(px_per_mm=1.0), machine=MACHINE)


def _rescue_text(rescued: Rescued) -> str:
    """Say what a rescue of the database did and what it could not do."""
    kept = f"The damaged file is kept as {rescued.aside}."
    if not rescued.pages_lost:
        return f"A database of this terminal was damaged and has been put right. Nothing is missing. {kept}"
    told = f"A database of this terminal was damaged in {rescued.pages_lost} places. "
    if rescued.unsent_lost:
        told += f"{rescued.unsent_lost} events that were not sent are LOST: compare receipts with head office. "
    missing = ", ".join(rescued.tables_lost)
    return f"{told}What head office has is safe. Rows are missing here of: {missing}. {kept}"


def _sentence(code: str, facts: dict[str, object]) -> str:
    said = Speech().sentence(code, facts)
    return f"{said.title}. {said.body}"


def _options(folder: Path) -> dict[str, Any]:
    path = folder / "terminal.toml"
    if not path.exists():
        typer.echo("This computer is not a terminal yet. Run first: clubtill terminal enrol LEDGER CODE", err=True)
        raise typer.Exit(EXIT_REFUSED)
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _settings(folder: Path, options: dict[str, Any]) -> Settings:
    look = Look(
        px_per_mm=float(options.get("px_per_mm", 0)) or glass_px_per_mm(),
        text_scale=float(options.get("text_scale", 1.0)),
        scheme=Scheme(options.get("scheme", "light")),
        reduced_motion=bool(options.get("reduced_motion", False)),
    )
    return Settings(
        folder=folder,
        ledger=options["ledger"],
        look=look,
        staff_id=options.get("staff", ""),
        public_side=bool(options.get("public_side", False)),
        machine=MACHINE,
    )


def add_devices(running: Running, options: dict[str, Any], folder: Path) -> None:
    """Add the devices that `terminal.toml` names; a keyboard reader and a spool stand in where nothing is named."""
    stripe, scanner = options.get("stripe_port"), options.get("scanner_port")
    if stripe:
        checks = bool(options.get("stripe_sends_check", True))
        running.add_reader(
            lambda report: serial_stripe(
                source="stripe", line=lambda: SerialLine(stripe), sends_check=checks, report=report
            )
        )
    if scanner:
        running.add_reader(
            lambda report: serial_scanner(source="scanner", line=lambda: SerialLine(scanner), report=report)
        )
    if options.get("wedge", True):
        running.add_reader(lambda report: WedgeReader(source="wedge", settings=WedgeSettings(), report=report))
    if options.get("smart_card"):
        settings = SmartCardSettings(reader=str(options.get("smart_card_reader", "")))
        running.add_reader(
            lambda report: SmartCardReader(source="chip", service=PcscService(), settings=settings, report=report)
        )
    host, port = options.get("printer_host"), options.get("printer_port")
    if host or port:
        running.set_printer(
            lambda deliver, report: EscposPrinter(
                link=(lambda: NetworkLink(host)) if host else (lambda: SerialLink(str(port))),
                settings=PrinterSettings(answers=bool(options.get("printer_answers", True))),
                deliver=deliver,
                report=report,
            )
        )
    else:
        running.set_printer(
            lambda deliver, report: SpoolPrinter(folder=folder / "spool", deliver=deliver, report=report)
        )


def glass_px_per_mm() -> float:
    """Ask the screen how many pixels a millimetre of its glass has."""
    return QGuiApplication.primaryScreen().physicalDotsPerInch() / MM_PER_INCH
