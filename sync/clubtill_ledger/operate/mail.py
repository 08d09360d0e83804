"""Mail: `clubtill ledger mail set | off | contact | campaign | list | blocked`: what goes out, and to whom (6.8)."""

from __future__ import annotations

import csv
import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer

from clubtill_ledger.jobs.letters import KINDS, campaign
from clubtill_ledger.jobs.sending import still_true
from clubtill_ledger.jobs.wording import words_of
from clubtill_ledger.operate.opening import DEFAULT, EXIT_REFUSED, Database, KeyFile, clock_us, opened
from clubtill_ledger.store import mailing
from clubtill_ledger.store.engines import Store
from clubtill_ledger.store.mailing import LISTED, QUEUED, Letter, MailSettings
from clubtill_ledger.store.settings import SettingsShelf

app = typer.Typer(name="mail", help="Outgoing mail.", no_args_is_help=True, add_completion=False)

SECURITY: Final = ("tls", "starttls", "none")


@app.command(name="set")
def set_up(
    *,
    host: Annotated[str, typer.Option(help="The mail server.")],
    sender: Annotated[str, typer.Option(help="From whom mail comes, such as club@example.org.")],
    port: Annotated[int, typer.Option(help="Its port.")] = 587,
    security: Annotated[str, typer.Option(help="tls, starttls or none.")] = "starttls",
    account: Annotated[str, typer.Option(help="The account to sign in with.")] = "",
    password_file: Annotated[Path | None, typer.Option(help="A file with its password.")] = None,
    rate: Annotated[int, typer.Option(min=1, help="Mails a minute at most.")] = 60,
    ca_file: Annotated[str, typer.Option(help="Certificates to trust besides the system's.")] = "",
    link: Annotated[
        str, typer.Option(help="The address under which people reach this ledger, for unsubscribing.")
    ] = "",
    database: Database = DEFAULT,
    key_file: KeyFile = None,
) -> None:
    """Turn mail on."""
    if security not in SECURITY:
        typer.echo(f"Security is one of {', '.join(SECURITY)}. Nothing was changed.", err=True)
        raise typer.Exit(EXIT_REFUSED)
    password = password_file.read_text(encoding="utf-8").strip() if password_file else ""
    told = MailSettings(
        host=host, port=port, security=security, account=account, password=password, sender=sender, rate=rate,
        ca_file=ca_file, link=link.rstrip("/"),
    )  # fmt: skip
    with opened(database, key_file) as store:
        store.write(partial(mailing.keep_settings, told=told))
    typer.echo(f"Mail goes out by {host}, at most {rate} a minute.")


@app.command()
def off(database: Database = DEFAULT, key_file: KeyFile = None) -> None:
    """Turn mail off; what waits stays."""
    with opened(database, key_file) as store:
        store.write(partial(mailing.keep_settings, told=MailSettings()))
    typer.echo("Mail is off.")


@app.command()
def contact(
    *,
    club: Annotated[str, typer.Argument(help="The club's id.")],
    account: Annotated[str, typer.Argument(help="The account's id.")],
    person: Annotated[str, typer.Argument(help="The person's id.")],
    email: Annotated[str | None, typer.Option(help="A new address; it is no longer blocked.")] = None,
    language: Annotated[str | None, typer.Option(help="Such as en_AU.")] = None,
    consents: Annotated[
        str | None, typer.Option(help=f"Any of {', '.join(KINDS)}, with commas; blank is none.")
    ] = None,
    database: Database = DEFAULT,
    key_file: KeyFile = None,
) -> None:
    """Keep how a person is reached, and which mail he agreed to."""
    chosen = tuple(filter(None, (consents or "").split(",")))
    if not set(chosen) <= set(KINDS):
        typer.echo(f"Kinds of mail are {', '.join(KINDS)}. Nothing was changed.", err=True)
        raise typer.Exit(EXIT_REFUSED)
    values: dict[str, object] = {
        "email": email,
        "language": language,
        "consents": chosen if consents is not None else None,
    }
    told = {name: value for name, value in values.items() if value is not None}
    with opened(database, key_file) as store:
        if told and not store.write(lambda on: mailing.change_contact(on, club, account, person, **told)):
            typer.echo("Nobody of this account has this id. Nothing was changed.", err=True)
            raise typer.Exit(EXIT_REFUSED)
    typer.echo("Kept.")


@app.command(name="campaign")
def send_campaign(
    *,
    club: Annotated[str, typer.Argument(help="The club's id.")],
    code: Annotated[str, typer.Argument(help="Names the message for ever: nobody gets it twice.")],
    title: Annotated[str, typer.Option(help="Its title.")],
    text_file: Annotated[Path, typer.Option(help="A file with its text.")],
    database: Database = DEFAULT,
    key_file: KeyFile = None,
) -> None:
    """Queue a message to everybody on the club's marketing list who agreed to campaigns."""
    text = text_file.read_text(encoding="utf-8")
    with opened(database, key_file) as store:
        told = store.read(mailing.settings)
        if not told.link:
            typer.echo(
                "People must be able to unsubscribe: give --link to `mail set` first. Nothing was queued.", err=True
            )
            raise typer.Exit(EXIT_REFUSED)
        queued = campaign(store, SettingsShelf(), club, code, title=title, text=text, now_us=clock_us())
    typer.echo(f"{queued} mails wait to be sent.")


@app.command(name="list")
def list_letters(
    kind: Annotated[str, typer.Option(help=f"One of {', '.join(KINDS)}; by default all.")] = "",
    take: Annotated[bool, typer.Option("--take", help="Hand out what waits as CSV; it is not sent any more.")] = False,  # noqa: FBT002 - typer's way
    database: Database = DEFAULT,
    key_file: KeyFile = None,
) -> None:
    """Say what was sent; with --take, give what waits to a letter or SMS house, under the same keys."""
    out = csv.writer(sys.stdout)
    with opened(database, key_file) as store:
        found = store.read(partial(mailing.listed, kind=kind))
        if not take:
            for one in found:
                typer.echo(
                    f"{one.kind} {one.subject} of {one.account_id}: {one.state}, try {one.tries} {one.answer}".rstrip()
                )
            return
        for row in hand_out(store, [one for one in found if one.state == QUEUED], now_us=clock_us()):
            out.writerow(row)


def hand_out(store: Store, waiting: list[Letter], *, now_us: int) -> list[tuple[str, ...]]:
    """Take letters that wait off the queue and give (kind, key, account, first name, address, title, text) of each."""
    rows: list[tuple[str, ...]] = []
    settings = store.read(partial(SettingsShelf().now, now_us=now_us))
    for one in waiting:
        found = store.read(partial(mailing.contacts, club_id=one.club_id, account_id=one.account_id))
        to = next((person for person in found if person.person_id == one.person_id), None)
        club = settings.club(one.club_id)
        true = club is not None and store.read(
            partial(still_true, settings=settings, club=club, letter=one, now_us=now_us)
        )
        if to is None or club is None or one.kind not in to.consents or not true:
            continue
        if store.write(partial(mailing.move, letter=one, was=QUEUED, state=LISTED, at_us=now_us)):
            title, text = words_of(one, club, to)
            rows.append((one.kind, one.subject, one.account_id, to.first_name, to.email, title, text))
    return rows


@app.command()
def blocked(database: Database = DEFAULT, key_file: KeyFile = None) -> None:
    """List addresses that the mail server refused for good, until somebody gives a new one."""
    with opened(database, key_file) as store:
        for club_id, account_id, person_id, answer in store.read(mailing.blocked):
            typer.echo(f"{club_id} {account_id} {person_id}: {answer}")
