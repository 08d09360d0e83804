"""Running: a worker takes a due job, does it, and notes what came of it. Time, names and kinds are arguments.

A job may be run again at any moment: after a kill, by a second worker, by hand. What it writes is keyed, so that it
stands once. While it runs it says so (`Turn.go_on`) after each chunk; who is silent for too long has lost the job.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

from clubtill_ledger.store import jobs
from clubtill_ledger.store.engines import Store
from clubtill_ledger.store.faults import StoreFault
from clubtill_ledger.store.jobs import Job, Lost
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_rules.values.days import US_PER_S

HOLD_US: Final = 120 * US_PER_S
"""A worker that gave no sign for so long is taken for dead."""
TRIES_MAX: Final = 8
FIRST_PAUSE_US: Final = 60 * US_PER_S

_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One run of a job.

    Attributes:
        subject: what of its kind the job is about.
        now_us: the instant at which the run began.
        go_on: to be called between chunks; raises `Lost` where another worker has the job.
    """

    store: Store
    shelf: SettingsShelf
    subject: str
    now_us: int
    go_on: Callable[[], None]


Work: TypeAlias = Callable[[Turn], str]
"""Does a job and says in a few words, without names of people, what it did."""


def run_next(
    store: Store,
    shelf: SettingsShelf,
    works: Mapping[str, Work],
    *,
    holder: str,
    clock_us: Callable[[], int],
    only: str = "",
) -> Job | None:
    """Run the job that is due longest; gives it as it stands afterwards, None where none is due.

    A job that fails waits twice as long each time and is given up after the eighth. Raises StoreFault ledger.disk.
    """
    begun_us = clock_us()
    take = partial(jobs.claim, kinds=tuple(works), holder=holder, now_us=begun_us, hold_us=HOLD_US, only=only)
    held = store.write(take)
    if held is None:
        return None

    def go_on() -> None:
        store.write(partial(jobs.hold, held=held, until_us=clock_us() + HOLD_US))

    try:
        told = works[held.kind](
            Turn(store=store, shelf=shelf, subject=held.subject, now_us=begun_us, go_on=go_on),
        )
        store.write(partial(jobs.end, held=held, result=told, now_us=clock_us()))
    except Lost:
        _LOG.warning("job.lost kind=%s subject=%s", held.kind, held.subject)
    except Exception as error:
        if isinstance(error, StoreFault) and error.code == "ledger.disk":
            raise
        _LOG.exception("job.failed kind=%s subject=%s try=%s", held.kind, held.subject, held.tries)
        _put_off(store, held, error, clock_us())
    return store.read(partial(jobs.find, kind=held.kind, subject=held.subject))


def _put_off(store: Store, held: Job, error: Exception, now_us: int) -> None:
    """Let a failed job wait. What is kept of the error is its class and code, since its text may name people."""
    code = getattr(error, "code", "")
    result = f"failed: {type(error).__name__} {code}".strip()
    due_us = now_us + FIRST_PAUSE_US * 2 ** (held.tries - 1) if held.tries < TRIES_MAX else None
    try:
        store.write(partial(jobs.put_off, held=held, result=result, now_us=now_us, due_us=due_us))
    except Lost:
        _LOG.warning("job.lost kind=%s subject=%s", held.kind, held.subject)
