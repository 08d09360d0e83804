"""Erase: `clubtill ledger erase CLUB MEMBER`: a person's personal data goes, figures stay."""

from __future__ import annotations

from typing import Annotated

import typer

from clubtill_ledger.office import erasing
from clubtill_ledger.operate.decide import Staff, Why, desk, new_id, who
from clubtill_ledger.operate.opening import DEFAULT, Database, KeyFile, clock_us


def erase(
    club: Annotated[str, typer.Argument(help="The club's id.")],
    member: Annotated[str, typer.Argument(help="The member's number, or the person's id.")],
    reason: Why,
    *,
    database: Database = DEFAULT,
    key_file: KeyFile = None,
    staff: Staff = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase a person: names, dates, photo, cards, notes, addresses. It cannot be undone; points and sales stay."""
    if not yes:
        typer.confirm(f"Erase member {member} of {club}? This cannot be undone", abort=True)
    with desk(database, key_file) as store:
        done = erasing.erase(
            store, club, member, clerk=who(staff), reason=reason, decision_id=new_id(), now_us=clock_us()
        )
    typer.echo(
        f"{len(done)} {'person' if len(done) == 1 else 'persons'} erased. Backups made before still hold the data: "
        "let them lapse, and erase again after a restore."
    )
