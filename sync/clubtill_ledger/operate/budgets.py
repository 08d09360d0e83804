"""Budgets: `clubtill ledger budgets limit | list | release`: what a venue may lose while it is cut off (4.3)."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Annotated

import typer

from clubtill_ledger.leases import budgets as desk
from clubtill_ledger.operate.opening import DEFAULT, EXIT_REFUSED, Database, KeyFile, clock_us, opened
from clubtill_ledger.store import budgets, devices
from clubtill_ledger.store.budgets import Limit
from clubtill_ledger.store.engines import Store
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_rules.members.venue import Venue
from clubtill_rules.points.budgets import Budget, worst_case
from clubtill_rules.values.money import Money

app = typer.Typer(name="budgets", help="What a venue may lose while it is cut off.", no_args_is_help=True)

_POINT_H = 100


@app.command()
def limit(  # noqa: PLR0917 - typer gives them by name
    venue: Annotated[str, typer.Argument(help="Id of the venue's document.")],
    most: Annotated[str, typer.Argument(help="The most that it may lose, in money, such as 500.00.")],
    each: Annotated[int, typer.Option(min=0, help="Points for any one account, on one terminal.")] = 2_000,
    device: Annotated[int, typer.Option(min=0, help="Points for all accounts together, on one terminal.")] = 10_000,
    hours: Annotated[int, typer.Option(min=1, max=168, help="How long a terminal may use them.")] = 72,
    award_cap: Annotated[int, typer.Option(min=0, help="Points a terminal may award a day; 0 is 100,000.")] = 0,
    database: Database = DEFAULT,
    key_file: KeyFile = None,
) -> None:
    """Type the limit of a venue. It counts in the mode BUDGET alone; what is granted already stays granted."""
    with opened(database, key_file) as store:
        known = _venue(store, venue)
        told = Limit(
            venue_id=venue,
            limit_minor=_minor(most, known.money_decimals),
            each_h=each * _POINT_H,
            total_h=device * _POINT_H,
            hours=hours,
            award_cap_h=award_cap * _POINT_H,
        )
        store.write(partial(budgets.set_limit, told=told))
    typer.echo(f"If every terminal went offline now, the most you could lose is {most} {known.currency}.")


@app.command(name="list")
def show(database: Database = DEFAULT, key_file: KeyFile = None) -> None:
    """List limits, and every budget that counts against one, with what the ledger knows was spent of it."""
    with opened(database, key_file) as store:
        settings = store.read(partial(SettingsShelf().now, now_us=clock_us()))
        standing = store.read(budgets.every)
        for one in store.read(budgets.limits):
            venue = settings.venue(one.venue_id)
            ratio = desk.ratio_of(venue, settings) if venue else 0
            if venue is None or not ratio:
                typer.echo(f"{one.venue_id}: nobody can redeem here, so nothing can be lost.")
                continue
            mine = [held.of_rules({}) for held in standing if held.venue_id == one.venue_id]
            typer.echo(f"{one.venue_id}: {_worst(mine, ratio, venue)} granted of {_money(one.limit_minor, venue)}.")
        for held in standing:
            spent = store.read(partial(budgets.spent_of, device_id=held.device_id, budget_id=held.budget_id))
            device = store.read(partial(devices.find, device_id=held.device_id))
            name = device.name if device else held.device_id
            typer.echo(
                f"  {name}, id {held.device_id}: {held.total_h // _POINT_H} points, {held.state}, "
                f"{sum(spent.values()) // _POINT_H} known to be spent"
            )


@app.command()
def release(
    device_id: Annotated[str, typer.Argument(help="The device's id, as `list` prints it.")],
    database: Database = DEFAULT,
    key_file: KeyFile = None,
) -> None:
    """Release the budget of a terminal that will not come back. If it did spend it, the limit may be exceeded once."""
    with opened(database, key_file) as store:
        held = store.write(partial(desk.release, device_id=device_id))
    if held is None:
        typer.echo("This device holds no budget. Nothing was changed.", err=True)
        raise typer.Exit(EXIT_REFUSED)
    typer.echo(
        f"Released. If that terminal did spend its {held.total_h // _POINT_H} points, members may go as much below "
        "zero, beyond the limit."
    )


def _worst(mine: list[Budget], ratio: int, venue: Venue) -> str:
    amount = worst_case(mine, ratio, money_decimals=venue.money_decimals).facts["amount"]
    return _money(amount.minor if isinstance(amount, Money) else 0, venue)


def _money(minor: int, venue: Venue) -> str:
    return f"{Decimal(minor).scaleb(-venue.money_decimals)} {venue.currency}"


def _venue(store: Store, venue_id: str) -> Venue:
    found = store.read(partial(SettingsShelf().now, now_us=clock_us())).venue(venue_id)
    if found is None:
        typer.echo("No venue has this id. Nothing was changed.", err=True)
        raise typer.Exit(EXIT_REFUSED)
    return found


def _minor(text: str, decimals: int) -> int:
    """Read an amount of money. Ends the command for what is none, or finer than the currency's smallest coin."""
    whole, _, part = text.partition(".")
    if not whole.isdecimal() or (part and not part.isdecimal()) or len(part) > decimals or len(whole) > 12:  # noqa: PLR2004 - a thousand billion
        typer.echo("This is no amount of money, such as 500.00. Nothing was changed.", err=True)
        raise typer.Exit(EXIT_REFUSED)
    return int(whole + part.ljust(decimals, "0"))
