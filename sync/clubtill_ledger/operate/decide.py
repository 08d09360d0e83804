"""Decide: what whoever runs the ledger does about held facts, leases, closed periods and exceptions, at a console."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

import typer
import uuid_utils

from clubtill_ledger.office import exceptions, held, periods, write_off
from clubtill_ledger.office.clerk import Clerk, operator
from clubtill_ledger.operate.opening import DEFAULT, EXIT_REFUSED, Database, KeyFile, clock_us, opened
from clubtill_ledger.store.engines import Store
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_rules.values.days import US_PER_S
from clubtill_rules.values.refusal import Refusal

app = typer.Typer(name="held", help="Events that were kept and not posted.", no_args_is_help=True)

SENTENCES: Final = {
    "held.unknown": "No event has this id.",
    "held.decided": "This event is not held any more: it is {status}. Nothing was changed.",
    "held.still": "This event cannot be posted: {why}. It stays held, with its bytes.",
    "lease.unknown": "No lease has this id.",
    "lease.closed": "This lease holds nothing any more. Nothing was changed.",
    "period.open": "{day} is not over yet for this club. Nothing was closed.",
    "period.closed": "The books are closed through {day} already. Nothing was changed.",
    "unknown_settings": "The ledger has no settings of this club.",
    "member.unknown": "This club has no such member.",
    "decision.reason": "Say why, with --reason.",
    "permission.missing": "You may not do this.",
}
Why = Annotated[str, typer.Option("--reason", help="Why; kept with the decision.")]
Staff = Annotated[str, typer.Option("--staff", help="Who decides; by default the name you are logged in with.")]


def who(staff: str) -> Clerk:
    """Give who decides at this console."""
    return operator(staff or getpass.getuser())


def new_id() -> str:
    """Make the id of a decision."""
    return UUID(str(uuid_utils.uuid7())).hex  # noqa: TID251 - the outermost room makes ids


@contextmanager
def desk(database: str, key_file: Any) -> Iterator[Store]:
    """Open the database for a decision; what is refused becomes a sentence and an exit code."""
    with opened(database, key_file) as store:
        try:
            yield store
        except Refusal as no:
            typer.echo(SENTENCES.get(no.code, no.code).format(**no.facts), err=True)
            raise typer.Exit(EXIT_REFUSED) from no


def at(us: int) -> str:
    """Write an instant, in UTC, to the second."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=us // US_PER_S)).strftime("%Y-%m-%d %H:%M:%SZ")


def points_text(amount_h: int) -> str:
    """Write points: whole ones without decimals."""
    whole, rest = divmod(amount_h, 100)
    return f"{whole}.{rest:02}" if rest else str(whole)


def _line(row: Any) -> str:
    what = f"{row.kind or 'unreadable'} {row.version}"
    flags = f" [{', '.join(row.flags)}]" if row.flags else ""
    reason = f" {row.reason}" if row.reason else ""
    return f"{row.event_id} {at(row.eff_us)} {what}, device {row.device_id} {row.epoch}/{row.seq}:{reason}{flags}"


@app.command(name="list")
def list_held(
    database: Database = DEFAULT,
    key_file: KeyFile = None,
    reason: Annotated[str, typer.Option(help="Only those held for this, such as revoked.")] = "",
    device: Annotated[str, typer.Option(help="Only those of this device.")] = "",
) -> None:
    """List what is held, the oldest first."""
    with desk(database, key_file) as store:
        found = held.waiting(store, reason=reason, device_id=device)
    for row in found:
        typer.echo(_line(row))
    typer.echo(f"{len(found)} held.")


@app.command()
def show(event: str, database: Database = DEFAULT, key_file: KeyFile = None) -> None:
    """Show an event whole, with its bytes and what was decided about it."""
    with desk(database, key_file) as store:
        found = held.show(store, event)
    typer.echo(f"{_line(found.row)}\n{found.row.status}, received {at(found.row.received_us)}\n{found.text}")
    for one in found.decided:
        typer.echo(f"{at(one.at_us)} {one.staff_id}: {one.act}. {one.reason}")


@app.command()
def post(event: str, reason: Why, database: Database = DEFAULT, key_file: KeyFile = None, staff: Staff = "") -> None:
    """Post a held event, at the time at which it happened."""
    with desk(database, key_file) as store:
        told = held.post(
            store,
            SettingsShelf(),
            event,
            clerk=who(staff),
            reason=reason,
            decision_id=new_id(),
            now_us=clock_us(),
        )
    typer.echo(f"Posted{' with ' + ', '.join(sorted(told.flags)) if told.flags else ''}.")


@app.command()
def void(event: str, reason: Why, database: Database = DEFAULT, key_file: KeyFile = None, staff: Staff = "") -> None:
    """Void a held event: it is kept and never counts."""
    with desk(database, key_file) as store:
        held.void(store, event, clerk=who(staff), reason=reason, decision_id=new_id(), now_us=clock_us())
    typer.echo("Voided. Its bytes are kept.")


@app.command()
def retry(database: Database = DEFAULT, key_file: KeyFile = None) -> None:
    """Post what can be posted now without anybody's judgement, such as after an update of the program."""
    with desk(database, key_file) as store:
        told = held.retry(store, SettingsShelf(), clock_us())
    typer.echo(f"{told.posted} posted, {sum(told.waiting.values())} still held.")
    for why, count in sorted(told.waiting.items()):
        typer.echo(f"{count} {why}")


def write_off_lease(
    lease: Annotated[str, typer.Argument(help="The lease's id, as `leases` of a device lists it.")],
    reason: Why,
    *,
    database: Database = DEFAULT,
    key_file: KeyFile = None,
    staff: Staff = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Give back points that an unreachable terminal holds; says first what that can cost."""
    with desk(database, key_file) as store:
        told = write_off.bound(store, lease)
        points = points_text(told.cost.amount_h)
        seen = at(told.last_seen_us) if told.last_seen_us else "never"
        typer.echo(
            f"Release {points} points held by {told.till} (last seen {seen})? "
            f"If {told.till} did spend them, {told.member} may go {points} below zero."
        )
        if not yes:
            typer.confirm("Release", abort=True)
        write_off.write_off(
            store,
            SettingsShelf(),
            lease,
            clerk=who(staff),
            reason=reason,
            decision_id=new_id(),
            now_us=clock_us(),
        )
    typer.echo("Released.")


def close_period(
    club: Annotated[str, typer.Argument(help="The club's id.")],
    day: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="The last day of the period.")],
    database: Database = DEFAULT,
    key_file: KeyFile = None,
    staff: Staff = "",
) -> None:
    """Close a club's books through a day: what arrives later for it counts from the day after, flagged LATE."""
    last_day = date(day.year, day.month, day.day)
    with desk(database, key_file) as store:
        periods.close(store, SettingsShelf(), club, last_day, clerk=who(staff), now_us=clock_us())
        found = periods.closed(store, club)
    for one in found:
        typer.echo(f"closed through {one.last_day} by {one.staff_id}, {at(one.closed_us)}: {one.late} came late")


def list_exceptions(
    flag: Annotated[str, typer.Argument(help="A flag; without one they are counted.")] = "",
    database: Database = DEFAULT,
    key_file: KeyFile = None,
) -> None:
    """Count what was posted with a flag, or list it; and the write-offs with what was spent after all."""
    with desk(database, key_file) as store:
        found = exceptions.listed(store, flag) if flag else ()
        counts = {} if flag else exceptions.counts(store)
        offs = () if flag else write_off.written_off(store)
    for row in found:
        typer.echo(_line(row))
    for name, count in counts.items():
        typer.echo(f"{count} {name}. {exceptions.MEANING.get(name, '')}".rstrip())
    for one in offs:
        spent, released = points_text(one.spent_after_h), points_text(one.released_h)
        typer.echo(
            f"{at(one.decision.at_us)} {one.decision.staff_id} released {released} points of lease "
            f"{one.decision.subject}: {spent} were spent after all. {one.decision.reason}"
        )
