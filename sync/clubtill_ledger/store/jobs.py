"""Jobs: the ledger's own table of work, by kind and subject. Each is run once, by one worker at a time.

All lie in one bucket: they are few, and a worker looks at all of them. A worker holds a job until an instant; one that
was killed does not give it up, so another takes it when that instant has passed. `tries` tells one holding from the
next: what a worker writes about a job it no longer holds does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.tables_jobs import job
from clubtill_rules.values.ids import MASTER_STREAM

BUCKET: Final = MASTER_STREAM
WAITING: Final = "waiting"
RUNNING: Final = "running"
DONE: Final = "done"
GIVEN_UP: Final = "given_up"


class Lost(Exception):  # noqa: N818 - an answer: somebody else holds the job now
    """The worker held its job for too long without a sign, so another may have taken it: stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job. `subject` says what of its kind: a club's day, a venue's day, an hour.

    Attributes:
        tries: how often it was taken.
        state: waiting, running, done or given_up.
        result: what the last run said.
        holder, until_us: which worker has it, and until when nobody else may take it.
        begun_us, ended_us: of the last run.
    """

    kind: str
    subject: str
    due_us: int
    tries: int = 0
    state: str = WAITING
    result: str = ""
    holder: str = ""
    until_us: int = 0
    begun_us: int = 0
    ended_us: int = 0


def plan(connection: Connection, wanted: Iterable[tuple[str, str, int]]) -> int:
    """Write jobs (kind, subject, due) that do not stand yet. Gives how many were new."""
    many = {(kind, subject): due_us for kind, subject, due_us in wanted}
    kinds = {kind for kind, _ in many}
    standing = {
        (row.kind, row.subject)
        for row in connection.execute(
            sa.select(job.c.kind, job.c.subject).where(
                job.c.bucket == BUCKET,
                job.c.kind.in_(kinds),
                job.c.subject.in_({subject for _, subject in many}),
            )
        )
    }
    rows = [
        {"bucket": BUCKET, "kind": kind, "subject": subject, "due_us": due_us, "state": WAITING}
        for (kind, subject), due_us in many.items()
        if (kind, subject) not in standing
    ]
    if rows:
        connection.execute(job.insert(), rows)
    return len(rows)


def claim(
    connection: Connection, kinds: Sequence[str], *, holder: str, now_us: int, hold_us: int, only: str = ""
) -> Job | None:
    """Take the job that is due longest, or that its holder has let go by dying; None where there is none.

    On PostgreSQL other workers' claims are passed over, not waited for. `only` names one subject, due or not.
    """
    free = sa.or_(
        sa.and_(job.c.state == WAITING, sa.true() if only else job.c.due_us <= now_us),
        sa.and_(job.c.state == RUNNING, job.c.until_us < now_us),
    )
    where = [job.c.bucket == BUCKET, job.c.kind.in_(kinds), free]
    if only:
        where.append(job.c.subject == only)
    row = connection.execute(
        sa.select(job)
        .where(*where)
        .order_by(job.c.due_us, job.c.kind, job.c.subject)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    taken = replace(
        _read(row),
        state=RUNNING,
        tries=row.tries + 1,
        holder=holder,
        until_us=now_us + hold_us,
        begun_us=now_us,
        ended_us=0,
    )
    values = {name: getattr(taken, name) for name in ("state", "tries", "holder", "until_us", "begun_us", "ended_us")}
    connection.execute(sa.update(job).where(*_named(taken.kind, taken.subject)).values(**values))
    return taken


def hold(connection: Connection, held: Job, until_us: int) -> None:
    """Hold a job longer. Raises Lost where another has it by now."""
    _change(connection, held, until_us=until_us)


def end(connection: Connection, held: Job, *, result: str, now_us: int) -> None:
    """Note that a job is done. Raises Lost."""
    _change(connection, held, state=DONE, result=result, ended_us=now_us, holder="", until_us=0)


def put_off(connection: Connection, held: Job, *, result: str, now_us: int, due_us: int | None) -> None:
    """Let a job that failed wait until an instant, or give it up where there is none. Raises Lost."""
    values: dict[str, Any] = {"result": result, "ended_us": now_us, "holder": "", "until_us": 0}
    state = GIVEN_UP if due_us is None else WAITING
    _change(connection, held, state=state, due_us=held.due_us if due_us is None else due_us, **values)


def again(connection: Connection, kind: str, subject: str, *, now_us: int) -> bool:
    """Let a job that is done or given up be run again; False where none such stands."""
    written = connection.execute(
        sa.update(job)
        .where(*_named(kind, subject), job.c.state.in_((DONE, GIVEN_UP)))
        .values(state=WAITING, due_us=now_us, tries=0)
    )
    return written.rowcount == 1


def find(connection: Connection, kind: str, subject: str) -> Job | None:
    """Find a job."""
    row = connection.execute(sa.select(job).where(*_named(kind, subject))).one_or_none()
    return _read(row) if row else None


def listed(connection: Connection, *, state: str = "", rows_max: int = 200) -> tuple[Job, ...]:
    """Give jobs, those due last first, of one state or of all."""
    chosen = sa.select(job).where(job.c.bucket == BUCKET)
    if state:
        chosen = chosen.where(job.c.state == state)
    ordered = chosen.order_by(job.c.due_us.desc(), job.c.kind, job.c.subject).limit(rows_max)
    return tuple(_read(row) for row in connection.execute(ordered))


def forget(connection: Connection, before_us: int) -> int:
    """Forget jobs that were done before an instant. Gives how many."""
    old = (job.c.bucket == BUCKET, job.c.state == DONE, job.c.ended_us < before_us)
    return connection.execute(sa.delete(job).where(*old)).rowcount


def _change(connection: Connection, held: Job, **values: Any) -> None:
    written = connection.execute(
        sa.update(job)
        .where(
            *_named(held.kind, held.subject),
            job.c.state == RUNNING,
            job.c.holder == held.holder,
            job.c.tries == held.tries,
        )
        .values(**values)
    )
    if written.rowcount != 1:
        raise Lost


def _named(kind: str, subject: str) -> tuple[sa.ColumnElement[bool], ...]:
    return job.c.bucket == BUCKET, job.c.kind == kind, job.c.subject == subject


def _read(row: sa.Row[Any]) -> Job:
    return Job(**{name: row._mapping[name] for name in Job.__slots__})  # noqa: SLF001 - SQLAlchemy's way to columns
