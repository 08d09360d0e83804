"""Import: `clubtill ledger import FILE`, for the queue of a terminal that no network will reach again (6.1)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from clubtill_ledger.accept import imports
from clubtill_ledger.accept.imports import Imported
from clubtill_ledger.operate.opening import DEFAULT, EXIT_REFUSED, Database, KeyFile, clock_us, opened
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_rules.values.refusal import Refusal

SENTENCES: Final = {
    "import.unreadable": "This is no export file of a terminal, or it is damaged. Nothing was taken in.",
    "import.other_installation": "This file belongs to another installation. Nothing was taken in.",
    "import.signature": (
        "This file is not signed by the terminal's key. If the key was lost with the computer, and you know where the "
        "file comes from, say --by-word. Nothing was taken in."
    ),
    "import.chain": "Events in this file do not follow each other: it was changed. Nothing was taken in.",
    "import.unknown_device": "This ledger does not know the terminal. Nothing was taken in.",
    "import.gap": (
        "The file begins with event {first}, and this ledger waits for {expected}: an earlier file is missing. "
        "Nothing of it was taken in."
    ),
    "epoch": "The file is of a part of the log that this ledger never gave.",
}

File = Annotated[Path, typer.Argument(help="The file that `clubtill terminal export` wrote.", exists=True)]
ByWord = Annotated[bool, typer.Option("--by-word", help="Take an unsigned file: you vouch for where it comes from.")]


def take_in(file: File, database: Database = DEFAULT, key_file: KeyFile = None, *, by_word: ByWord = False) -> None:
    """Take in what `clubtill terminal export` wrote, as if it came by network. The same file may come again."""
    with opened(database, key_file) as store:
        try:
            done = imports.take_in(file.read_bytes(), store, SettingsShelf(), clock_us(), by_word=by_word)
        except Refusal as no:
            typer.echo(SENTENCES[no.code].format(**{name: no.facts[name] for name in no.facts}), err=True)
            raise typer.Exit(EXIT_REFUSED) from no
    typer.echo(_told(done))


def _told(done: Imported) -> str:
    parts = [f"{count} {status}" for status, count in sorted(done.became.items())]
    text = f"{done.events} events of device {done.device_id}: {', '.join(parts) or 'none'}."
    if done.became["held"]:
        text += " What is held waits for a manager."
    if done.forked:
        text += " Another log stands in the same places: both are kept. Look at them before you clear the fork."
    return text
