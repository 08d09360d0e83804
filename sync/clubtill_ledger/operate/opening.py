"""Opening: how every command comes to its database: by file or URL, with its key, and a sentence when that fails."""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import platformdirs
import typer

from clubtill_ledger.store import installation, schema, streams
from clubtill_ledger.store.engines import KEY_BYTES, Store, open_store
from clubtill_ledger.store.faults import StoreFault
from clubtill_ledger.store.installation import Installation
from clubtill_sync.signing import key_text, new_key

EXIT_REFUSED: Final = 2
SENTENCES: Final = {
    "ledger.newer": "This database was made by a newer program ({found}). Update this program. Nothing was changed.",
    "ledger.no_schema": "This database has no tables yet. Run `clubtill ledger init` or `migrate` first.",
    "ledger.key_wrong": "The key file does not open this database.",
    "ledger.sqlite_old": "SQLite {found} can lose data under this load. Install sqlcipher3, which brings a newer one.",
    "ledger.seed_wrong": "The seed file cannot be used: {why}",
    "ledger.engine_unknown": "The ledger keeps its data in SQLite or PostgreSQL, not in {engine}.",
    "ledger.key_missing": "The key file {path} cannot be read.",
    "ledger.url_wrong": "This is no database URL. It has the form postgresql://USER:PASSWORD@HOST:PORT/DATABASE.",
    "ledger.unreachable": "The database cannot be reached: {why}.",
    "ledger.not_empty": "This database holds {count} tables, such as {found}. Name one that holds nothing.",
    "ledger.schema_name": "A schema needs a PostgreSQL URL and a name of small letters, digits and _, not {name!r}.",
    "ledger.busy": "The database was busy for too long. Try again.",
}

Database = Annotated[
    str, typer.Option("--database", envvar="CLUBTILL_LEDGER_DATABASE", help="A file of SQLite, or a PostgreSQL URL.")
]
KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--key-file", envvar="CLUBTILL_LEDGER_KEY_FILE", help="The file's key; by default beside it, if there."
    ),
]


def _default_database() -> str:
    return str(platformdirs.user_data_path("clubtill") / "ledger.db")


DEFAULT: Final = _default_database()


def clock_us() -> int:
    """Give the instant now."""
    return time.time_ns() // 1_000  # noqa: TID251 - the outermost room reads the clock


def key_beside(database: str) -> Path:
    """Give where the key of a file lies unless it is named."""
    return Path(f"{database}.key")


@contextmanager
def opened(database: str, key_file: Path | None, *, checked: bool = True) -> Iterator[Store]:
    """Open the database for one command; a fault becomes a sentence and an exit code."""
    if key_file is None and "://" not in database and key_beside(database).exists():
        key_file = key_beside(database)
    try:
        store = open_store(database, key_file=key_file)
        try:
            if checked:
                schema.check(store)
            yield store
        finally:
            store.close()
    except StoreFault as fault:
        raise tell(fault) from fault


def tell(fault: StoreFault) -> typer.Exit:
    """Say a fault in a sentence, and give the exit to be raised."""
    typer.echo(SENTENCES.get(fault.code, fault.code).format(**fault.facts), err=True)
    return typer.Exit(EXIT_REFUSED)


def prepare(store: Store) -> Installation:
    """Make what a new ledger needs: tables, the heads of its streams, its keys. What stands is left alone."""
    schema.migrate(store)
    store.write(streams.prepare)
    made = Installation(
        server_key=key_text(new_key()),
        card_key=base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode(),
        cursor_key=base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode(),
    )
    return store.write(partial(installation.write, made=made))
