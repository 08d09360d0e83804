"""Commands: `clubtill ledger init | serve | migrate | code | seed | status | expire | revoke | clear-fork | restored`.

The outermost room: it reads the clock and the system's randomness, and says in plain words what it did.
"""

from __future__ import annotations

import os
import secrets
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from clubtill_ledger.accept import enrol
from clubtill_ledger.app.calls import Ledger
from clubtill_ledger.jobs import expiry
from clubtill_ledger.office import returning
from clubtill_ledger.operate import backup as backups
from clubtill_ledger.operate import budgets, conformance, decide, distribution, imports, serving, web_keys
from clubtill_ledger.operate import erase as erases
from clubtill_ledger.operate import jobs as jobs_commands
from clubtill_ledger.operate import mail as mail_commands
from clubtill_ledger.operate import photo as photos
from clubtill_ledger.operate import rebuild as rebuilds
from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.operate import verify as verifies
from clubtill_ledger.operate.opening import DEFAULT, EXIT_REFUSED, Database, KeyFile, key_beside, opened
from clubtill_ledger.operate.opening import clock_us as clock_us  # noqa: PLC0414 - the tests name it from here
from clubtill_ledger.operate.opening import prepare as prepare  # noqa: PLC0414 - as clock_us
from clubtill_ledger.store import devices, installation, schema, streams
from clubtill_ledger.store.engines import KEY_BYTES, Store

app = typer.Typer(name="ledger", help="The central ledger.", no_args_is_help=True, add_completion=False)

app.command()(serving.serve)
app.command()(conformance.conformance)
app.command(name="citus")(distribution.distribute)
app.command()(rebuilds.rebuild)
app.command()(verifies.verify)
app.command()(verifies.seal)
app.command(name="write-off")(decide.write_off_lease)
app.command(name="close-period")(decide.close_period)
app.command(name="exceptions")(decide.list_exceptions)
app.command(name="import")(imports.take_in)
app.command()(erases.erase)
app.command()(photos.photo)
app.command()(backups.backup)
app.command()(backups.restore)
app.command()(backups.returned)
app.add_typer(decide.app)
app.add_typer(budgets.app)
app.add_typer(web_keys.app)
app.add_typer(jobs_commands.app)
app.add_typer(mail_commands.app)


@app.command()
def init(
    database: Database = DEFAULT,
    key_file: KeyFile = None,
    plain: Annotated[bool, typer.Option("--plain", help="Do not encrypt the file.")] = False,  # noqa: FBT002 - typer's way
) -> None:
    """Make a ledger: key file, tables, keys."""
    if "://" not in database:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
        if not plain and not Path(database).exists():
            key_file = key_file or key_beside(database)
            _make_key(key_file)
    with opened(database, key_file, checked=False) as store:
        prepare(store)
    typer.echo(
        "The ledger stands." if key_file is None else f"The ledger stands. Its key is in {key_file}: keep a copy."
    )


def _make_key(key_file: Path) -> None:
    """Write a new key that only this user can read; one that stands already is used as it is."""
    if key_file.exists():
        return
    handle = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")


@app.command()
def migrate(database: Database = DEFAULT, key_file: KeyFile = None) -> None:
    """Bring the tables to this program's version."""
    with opened(database, key_file, checked=False) as store:
        version = schema.migrate(store)
        store.write(streams.prepare)
    typer.echo(f"The tables are at version {version}.")


@app.command()
def code(
    terminal: Annotated[str, typer.Argument(help="Id of the terminal's document, such as T1.")],
    database: Database = DEFAULT,
    key_file: KeyFile = None,
) -> None:
    """Print a one-time code, good for ten minutes, with which a terminal enrols itself."""
    with opened(database, key_file) as store:
        typer.echo(enrol.make_code(store, terminal, secrets.choice, now_us=clock_us()))


@app.command()
def seed(
    file: Annotated[Path, typer.Argument(help="A JSON file with documents, accounts and deny rows.")],
    database: Database = DEFAULT,
    key_file: KeyFile = None,
) -> None:
    """Load documents, members with opening points, and the deny list."""
    with opened(database, key_file) as store:
        loaded = seeds.load(store, Ledger(store).shelf, seeds.read(file.read_bytes()), now_us=clock_us())
    typer.echo(
        f"{loaded.documents} documents, {loaded.accounts} accounts, {loaded.openings} opening entries and "
        f"{loaded.denials} denials were new."
    )


@app.command()
def status(database: Database = DEFAULT, key_file: KeyFile = None) -> None:
    """Say what the ledger holds and how its devices stand."""
    with opened(database, key_file) as store:
        this = store.read(installation.read)
        heads = store.read(streams.heads)
        known = store.read(devices.every)
        version = schema.check(store)
    typer.echo(f"Tables at version {version}; ledger epoch {this.ledger_epoch}, feed epoch {this.feed_epoch}.")
    typer.echo(f"{sum(heads.values())} rows in {len(heads)} streams.")
    for one in known:
        state = "revoked" if one.revoked_us is not None else "forked" if one.fork_us is not None else "active"
        typer.echo(f"{one.name} ({one.terminal_id}), epoch {one.epoch}: {state}, id {one.device_id}")


@app.command()
def expire(database: Database = DEFAULT, key_file: KeyFile = None) -> None:
    """Post the expiry of points that are past their last usable day. Safe to run at any time."""
    with opened(database, key_file) as store:
        posted = expiry.run(store, Ledger(store).shelf, clock_us())
    typer.echo(f"Points of {posted} accounts expired.")


@app.command()
def revoke(
    device_id: Annotated[str, typer.Argument(help="The device's id, as `status` prints it.")],
    database: Database = DEFAULT,
    key_file: KeyFile = None,
    drain: Annotated[bool, typer.Option("--drain", help="Keep what it still sends, for a manager to judge.")] = False,  # noqa: FBT002 - typer's way
) -> None:
    """Revoke a device: it gets nothing more, and nothing it sends is posted."""
    with opened(database, key_file) as store:
        _known(store, device_id)
        store.write(lambda connection: devices.change(connection, device_id, revoked_us=clock_us(), drain=drain))
    typer.echo("Revoked.")


@app.command(name="clear-fork")
def clear_fork(
    device_id: Annotated[str, typer.Argument(help="The device's id, as `status` prints it.")],
    database: Database = DEFAULT,
    key_file: KeyFile = None,
) -> None:
    """Let a forked device go on, in a new epoch, after a manager has looked at both of its logs."""
    with opened(database, key_file) as store:
        epoch = _known(store, device_id).epoch + 1
        store.write(lambda connection: devices.change(connection, device_id, fork_us=None, epoch=epoch))
    typer.echo(f"Cleared. The device goes on in epoch {epoch}.")


@app.command()
def restored(database: Database = DEFAULT, key_file: KeyFile = None) -> None:
    """Say that this database was restored from a backup: terminals fetch all anew and send again what is lost."""
    with opened(database, key_file) as store:
        staff_id = decide.who("").staff_id
        epoch = returning.begin(
            store, staff_id=staff_id, reason="restored", decision_id=decide.new_id(), now_us=clock_us()
        )
    typer.echo(f"Ledger epoch {epoch} begins. Terminals send again what this database does not know.")


def _known(store: Store, device_id: str) -> devices.Device:
    found = store.read(partial(devices.find, device_id=device_id))
    if found is None:
        typer.echo("No device has this id.", err=True)
        raise typer.Exit(EXIT_REFUSED)
    return found
