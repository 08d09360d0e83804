"""The command `clubtill`: hands each subcommand to the room that answers it.

A room is imported when its subcommand is called and not before, so `clubtill ledger` starts on a machine without Qt.
Nothing is decided here.
"""

import sys
from dataclasses import dataclass
from importlib import import_module, metadata
from typing import Annotated

import typer


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Where a subcommand is answered: a module with a `command` (a `typer.Typer`), and the extra that installs it."""

    module: str
    extra: str
    purpose: str


ROOMS = {
    "terminal": Room(module="clubtill_terminal.main", extra="terminal", purpose="The till and Reception of this PC."),
    "ledger": Room(
        module="clubtill_ledger.operate", extra="ledger", purpose="The central ledger: serve and look after it."
    ),
    "demo": Room(
        module="clubtill.demo", extra="terminal,ledger", purpose="A club to try it with: ledger, till and door."
    ),
}

app = typer.Typer(
    help="The till and the door of membership clubs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _tell_version(wanted: bool) -> None:  # noqa: FBT001 - typer hands an option's value over by position
    if wanted:
        typer.echo(f"clubtill {metadata.version('clubtill')}")
        raise typer.Exit


@app.callback()
def _clubtill(
    *,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_tell_version, help="Tell the version.")
    ] = False,
) -> None:
    del version  # its callback has answered


def _register(name: str, room: Room) -> None:
    def enter(context: typer.Context) -> None:
        try:
            command = import_module(room.module).command
        except ModuleNotFoundError as missing:
            if missing.name is None or missing.name.startswith("clubtill"):
                raise
            typer.echo(
                f"This part of Clubtill is not installed here. Install clubtill[{room.extra}] ({missing.name}).",
                err=True,
            )
            raise typer.Exit(2) from None
        typer.main.get_command(command).main(args=context.args, prog_name=context.command_path)

    passes_on = {"allow_extra_args": True, "ignore_unknown_options": True, "allow_interspersed_args": False}
    app.command(name, help=room.purpose, add_help_option=False, context_settings=passes_on)(enter)


for _name, _room in ROOMS.items():
    _register(_name, _room)


def main() -> None:
    """Answer the command line."""
    app(args=sys.argv[1:], prog_name="clubtill")


if __name__ == "__main__":
    main()
