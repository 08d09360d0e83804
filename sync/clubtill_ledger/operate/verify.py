"""Verify: `clubtill ledger verify | seal`: whether the ledger is what it says, and the seals that make it provable."""

from __future__ import annotations

from typing import Final

import typer

from clubtill_ledger.jobs import seals
from clubtill_ledger.office import verifying
from clubtill_ledger.operate.opening import DEFAULT, Database, KeyFile, clock_us, opened
from clubtill_ledger.store.settings import SettingsShelf

EXIT_WRONG: Final = 1
SHOWN_MAX: Final = 100


def verify(database: Database = DEFAULT, key_file: KeyFile = None) -> None:
    """Check the logs of all devices from their bytes, numbers, versions, sums and seals. Exit code 1 if not."""
    with opened(database, key_file) as store:
        found = verifying.verify(store, SettingsShelf(), clock_us())
    for one in found[:SHOWN_MAX]:
        typer.echo(str(one), err=True)
    if len(found) > SHOWN_MAX:
        typer.echo(f"and {len(found) - SHOWN_MAX} more", err=True)
    if found:
        typer.echo(
            f"{len(found)} {'thing does' if len(found) == 1 else 'things do'} not hold. Nothing was changed. "
            "Stop the service, keep this database as it is, and compare it with a backup."
        )
        raise typer.Exit(EXIT_WRONG)
    typer.echo("Logs, numbers, versions, sums and seals hold.")


def seal(database: Database = DEFAULT, key_file: KeyFile = None) -> None:
    """Seal the entries of the days that are over. Safe at any time; meant for every night."""
    with opened(database, key_file) as store:
        sealed = seals.run(store, clock_us())
    typer.echo(f"{sealed} buckets got a seal.")
