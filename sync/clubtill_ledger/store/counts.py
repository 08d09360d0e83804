"""Counts: a few sums over the whole database, for metrics. Small tables and indexes only; it reads all buckets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store import streams
from clubtill_ledger.store.leases import OPEN
from clubtill_ledger.store.tables import device, lease
from clubtill_ledger.store.tables_jobs import job

ENDED: Final = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What was counted. `quietest_us`: the oldest last greeting of an active device; `job_due_us`: of waiting jobs.

    `heads`: the last number of each stream; `places`: where each device that is not revoked stands.
    """

    heads: Mapping[int, int]
    places: Mapping[str, str]
    devices: int
    forked: int
    quietest_us: int
    leases: int
    leased_h: int
    jobs: int
    job_due_us: int


def read(connection: Connection) -> Counts:
    """Count."""
    active = device.c.revoked_us.is_(None)
    devices, quietest = connection.execute(
        sa.select(sa.func.count(), sa.func.min(sa.func.nullif(device.c.hello_us, 0))).where(active)
    ).one()
    placed = sa.select(device.c.device_id, device.c.terminal_id).where(active)
    forked = connection.execute(sa.select(sa.func.count()).where(active, device.c.fork_us.is_not(None))).scalar()
    named = sa.select(device.c.device_id).scalar_subquery()
    open_ones = connection.execute(
        sa.select(sa.func.count(), sa.func.sum(lease.c.granted_h - lease.c.spent_h - lease.c.returned_h)).where(
            lease.c.device_id.in_(named), lease.c.state == OPEN
        )
    ).one()
    waiting = sa.select(sa.func.count(), sa.func.min(job.c.due_us)).where(job.c.state != ENDED)
    jobs, due = connection.execute(waiting).one()
    return Counts(
        heads=streams.heads(connection),
        places={row.device_id: row.terminal_id for row in connection.execute(placed)},
        devices=devices,
        forked=forked or 0,
        quietest_us=quietest or 0,
        leases=open_ones[0],
        leased_h=int(open_ones[1] or 0),
        jobs=jobs,
        job_due_us=due or 0,
    )
