"""Photo: `clubtill ledger photo CLUB MEMBER FILE` puts a member's photo on the card; terminals fetch it by its hash."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer

from clubtill_ledger.feed import photos
from clubtill_ledger.operate.opening import DEFAULT, EXIT_REFUSED, Database, KeyFile, clock_us, opened
from clubtill_ledger.store import people
from clubtill_rules.values.refusal import Refusal

_SENTENCES: Final = {
    "photo.too_large": "The photo is too large. It may have {bytes_max} bytes: make it smaller. Nothing was changed.",
    "photo.too_many_pixels": "The photo is too large. Its sides may have {side_max} pixels: make it smaller.",
    "photo.type": "This is no photo that terminals show. Save it as JPEG or PNG. Nothing was changed.",
    "unknown_member": "No member of this club has this number. Nothing was changed.",
}


def photo(
    club: Annotated[str, typer.Argument(help="The club's id.")],
    member: Annotated[str, typer.Argument(help="The member's number.")],
    file: Annotated[Path, typer.Argument(help="A JPEG or PNG, already small.", exists=True, dir_okay=False)],
    database: Database = DEFAULT,
    key_file: KeyFile = None,
) -> None:
    """Put a photo on a member's card."""
    body = file.read_bytes()
    with opened(database, key_file) as store:
        try:
            person_id = store.read(partial(people.person_of_number, club_id=club, number=member))
            name = photos.give(store, club, person_id, body, now_us=clock_us())
        except Refusal as no:
            typer.echo(_SENTENCES[no.code].format(**no.facts), err=True)
            raise typer.Exit(EXIT_REFUSED) from no
    typer.echo(f"The photo is on the card. Its hash is {name[:12]}.")
