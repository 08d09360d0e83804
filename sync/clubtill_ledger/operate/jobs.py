"""Jobs at work: the worker inside `serve`, and the commands `clubtill ledger jobs run | list | again`."""

from __future__ import annotations

import logging
import os
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Final

import typer

from clubtill_ledger.jobs.running import run_next
from clubtill_ledger.operate.jobs_kinds import KINDS, WORKS, due_now
from clubtill_ledger.operate.opening import DEFAULT, EXIT_REFUSED, Database, KeyFile, clock_us, opened
from clubtill_ledger.store import jobs
from clubtill_ledger.store.engines import Store
from clubtill_ledger.store.faults import StoreFault
from clubtill_ledger.store.jobs import DONE, GIVEN_UP, RUNNING, WAITING, Job
from clubtill_ledger.store.settings import SettingsShelf

TICK_S: Final = 2.0
"""So often a worker that has nothing to do looks again."""
JOIN_S: Final = 10.0

_LOG: Final = logging.getLogger(__name__)

app = typer.Typer(name="jobs", help="What the ledger does by itself.", no_args_is_help=True, add_completion=False)


def holder_name() -> str:
    """Name this worker: its process and something that no other has."""
    return f"{os.getpid()}-{secrets.token_hex(4)}"


@dataclass(slots=True)
class Worker:
    """Plans and runs jobs on a thread of its own until it is told to stop. A job in work ends or is taken again."""

    store: Store
    shelf: SettingsShelf
    now_us: Callable[[], int]
    on_broken_disk: Callable[[], None]
    holder: str = field(default_factory=holder_name)
    _planned: set[tuple[str, str]] = field(default_factory=set)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to work."""
        self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take no further job, and wait a while for the one in work."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(JOIN_S)

    def once(self) -> Job | None:
        """Plan what is due and run one job; None where none is due."""
        now_us = self.now_us()
        settings = self.store.read(partial(self.shelf.now, now_us=now_us))
        wanted = due_now(settings, now_us)
        named = {(kind, subject) for kind, subject, _ in wanted}
        if not named <= self._planned:
            self.store.write(partial(jobs.plan, wanted=wanted))
            self._planned = named
        return run_next(self.store, self.shelf, WORKS, holder=self.holder, clock_us=self.now_us)

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                if self.once() is not None:
                    continue
            except StoreFault as fault:
                if fault.code == "ledger.disk":
                    self.on_broken_disk()
                _LOG.warning("jobs.fault code=%s", fault.code)
            except Exception:  # noqa: BLE001 - a worker that ended would be missed by nobody until points expire late
                _LOG.exception("jobs.failed")
            self._stop.wait(TICK_S)


@contextmanager
def at_work(store: Store, *, broken_disk_exit: int) -> Iterator[Worker]:
    """Have a worker beside the server; a broken disk ends the process, as it does on a request."""
    worker = Worker(
        store=store, shelf=SettingsShelf(), now_us=clock_us, on_broken_disk=lambda: os._exit(broken_disk_exit)
    )
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()


@app.command(name="run")
def run(
    kind: Annotated[str, typer.Argument(help="One kind only, such as expiry; by default all that are due.")] = "",
    subject: Annotated[str, typer.Argument(help="One job of the kind, due or not, such as harbour:2026-03-14.")] = "",
    database: Database = DEFAULT,
    key_file: KeyFile = None,
) -> None:
    """Plan what is due and run it now, as the server does by itself. Safe at any time."""
    if kind and kind not in KINDS:
        typer.echo(f"No such kind of job. There are: {', '.join(KINDS)}.", err=True)
        raise typer.Exit(EXIT_REFUSED)
    works = {kind: WORKS[kind]} if kind else WORKS
    with opened(database, key_file) as store:
        shelf, now_us = SettingsShelf(), clock_us()
        settings = store.read(partial(shelf.now, now_us=now_us))
        wanted = [one for one in due_now(settings, now_us) if one[0] in works]
        store.write(partial(jobs.plan, wanted=wanted))
        if subject:
            store.write(partial(jobs.plan, wanted=[(kind, subject, now_us)]))
        ran = 0
        while (
            done := run_next(store, shelf, works, holder=holder_name(), clock_us=clock_us, only=subject)
        ) is not None:
            typer.echo(told(done))
            ran += 1
    typer.echo(f"{ran} jobs were run." if ran else "Nothing was due.")


@app.command(name="list")
def list_jobs(
    state: Annotated[str, typer.Option(help="waiting, running, done or given_up; by default all.")] = "",
    database: Database = DEFAULT,
    key_file: KeyFile = None,
) -> None:
    """List jobs, those due last first."""
    with opened(database, key_file) as store:
        for one in store.read(partial(jobs.listed, state=state)):
            typer.echo(told(one))


@app.command()
def again(
    kind: Annotated[str, typer.Argument(help="The job's kind, as `list` prints it.")],
    subject: Annotated[str, typer.Argument(help="Its subject.")],
    database: Database = DEFAULT,
    key_file: KeyFile = None,
) -> None:
    """Let a job that is done, or was given up, be run again. What it wrote stands once all the same."""
    with opened(database, key_file) as store:
        if not store.write(partial(jobs.again, kind=kind, subject=subject, now_us=clock_us())):
            typer.echo("No such job is done or given up. `clubtill ledger jobs list` shows all.", err=True)
            raise typer.Exit(EXIT_REFUSED)
    typer.echo("It will be run again.")


_STATES: Final = {WAITING: "waits", RUNNING: "runs", DONE: "done", GIVEN_UP: "given up"}


def told(one: Job) -> str:
    """Say how a job stands."""
    result = f": {one.result}" if one.result else ""
    return f"{one.kind} {one.subject} {_STATES[one.state]}, try {one.tries}{result}"
