"""Web keys: `clubtill ledger web-key make | list | revoke` and the OpenAPI document as a file."""

from __future__ import annotations

import asyncio
import json
import secrets
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from clubtill_ledger.operate.opening import DEFAULT, EXIT_REFUSED, Database, KeyFile, clock_us, opened
from clubtill_ledger.store import web_keys
from clubtill_ledger.store.engines import Store
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_ledger.web import keys, routes
from clubtill_rules.values.refusal import Refusal

app = typer.Typer(name="web-key", help="Keys of web stores and kiosks.", no_args_is_help=True)

_SENTENCES = {
    "web.unknown_scope": "A key needs scopes, of these: {scopes}. Nothing was made.",
    "web.unknown_place": "There is no club {club} or no terminal {terminal} with a location. Nothing was made.",
}


@app.command()
def make(  # noqa: PLR0917 - typer gives them by name
    club: Annotated[str, typer.Argument(help="Id of the club whose members it serves.")],
    terminal: Annotated[str, typer.Argument(help="Id of the web location's terminal, such as W1.")],
    name: Annotated[str, typer.Argument(help="What it is for, such as: web shop.")],
    scope: Annotated[list[str], typer.Option(help="What it may do; name it more than once.")],
    per_minute: Annotated[int, typer.Option(min=1, max=100_000, help="Requests that it may send a minute.")] = (
        keys.PER_MINUTE
    ),
    database: Database = DEFAULT,
    key_file: KeyFile = None,
) -> None:
    """Make a key and print it, once: only its hash is kept."""
    with opened(database, key_file) as store:
        try:
            made = keys.make(
                store,
                SettingsShelf(),
                club_id=club,
                terminal_id=terminal,
                name=name,
                scopes=tuple(dict.fromkeys(scope)),
                per_minute=per_minute,
                token=secrets.token_hex,
                now_us=clock_us(),
            )
        except Refusal as no:
            typer.echo(_SENTENCES[no.code].format(**no.facts), err=True)
            raise typer.Exit(EXIT_REFUSED) from None
    typer.echo(made)


@app.command(name="list")
def show(database: Database = DEFAULT, key_file: KeyFile = None) -> None:
    """List keys by name, without their secrets."""
    with opened(database, key_file) as store:
        found = store.read(web_keys.every)
    for one in found:
        state = "revoked" if one.revoked_us is not None else "active"
        typer.echo(f"{one.key_id} {one.name}: {state}, club {one.club_id}, {', '.join(one.scopes)}")


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="The key's id, as `list` prints it.")],
    database: Database = DEFAULT,
    key_file: KeyFile = None,
) -> None:
    """Revoke a key: every further request with it is refused."""
    with opened(database, key_file) as store:
        if store.read(partial(web_keys.find, key_id=key_id)) is None:
            typer.echo("No key has this id.", err=True)
            raise typer.Exit(EXIT_REFUSED)
        store.write(partial(web_keys.revoke, key_id=key_id, now_us=clock_us()))
    typer.echo("Revoked.")


@app.command()
def openapi(file: Annotated[Path, typer.Argument(help="Where to write the OpenAPI document.")]) -> None:
    """Write the OpenAPI document of the Web API; it needs no database."""
    file.write_text(json.dumps(document(), indent=2, sort_keys=True) + "\n", encoding="utf-8")
    typer.echo(f"Written to {file}.")


def document() -> dict[str, object]:
    """Give the OpenAPI document, as the service serves it."""
    nowhere: Store = Store.__new__(Store)  # no route is called

    async def rung(seconds: float) -> None:
        await asyncio.sleep(seconds)

    web = routes.Web(store=nowhere, now_us=clock_us, ring=lambda: None, rung=rung)
    return dict(routes.build(web).openapi())
