"""Rebuild: `clubtill ledger rebuild`: says whether every projection is what raw events and entries make of it."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from clubtill_ledger.office import rebuilding
from clubtill_ledger.operate.opening import DEFAULT, Database, KeyFile, clock_us, opened
from clubtill_ledger.store.settings import SettingsShelf

EXIT_DIFFERS: Final = 1
SHOWN_MAX: Final = 100


def rebuild(
    database: Database = DEFAULT,
    key_file: KeyFile = None,
    write: Annotated[bool, typer.Option("--write/--check", help="Mend what differs. Default: only say it.")] = False,  # noqa: FBT002 - typer's way
) -> None:
    """Make every projection again from the raw events and entries and compare. Exit code 1 where something differs.

    Nothing is written without --write, and entries and raw events never are.
    """
    with opened(database, key_file) as store:
        act = rebuilding.write if write else rebuilding.differences
        found = act(store, SettingsShelf(), clock_us())
    for one in found[:SHOWN_MAX]:
        typer.echo(str(one), err=True)
    if len(found) > SHOWN_MAX:
        typer.echo(f"and {len(found) - SHOWN_MAX} more", err=True)
    if not found:
        typer.echo("Every projection is what the raw events and entries make of it.")
        return
    single = len(found) == 1
    if write:
        typer.echo(f"{len(found)} {'row is' if single else 'rows are'} mended. Run it again to make sure.")
    else:
        rows = "row differs" if single else "rows differ"
        typer.echo(f"{len(found)} {rows}. Nothing was written. Keep a backup, then run it with --write.")
    raise typer.Exit(EXIT_DIFFERS)
