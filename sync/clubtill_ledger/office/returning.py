"""Returning: after a restore from a backup, what came back from which device, and who has not been heard yet (C26)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from clubtill_ledger.store import decisions, devices, installation, logs
from clubtill_ledger.store.decisions import Decision
from clubtill_ledger.store.engines import Connection, Store
from clubtill_rules.values.ids import MASTER_STREAM

ACT = "ledger.restore"
_BUCKET = MASTER_STREAM


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A device since the last restore.

    Attributes:
        before, now: its acknowledged events in its present epoch, then and now.
        heard: it has said hello since. Until then nobody knows what it has that this ledger lost.
    """

    device_id: str
    name: str
    epoch: int
    before: int
    now: int
    heard: bool


def begin(store: Store, *, staff_id: str, reason: str, decision_id: str, now_us: int) -> int:
    """Begin new epochs after a restore, and note how far each device's log stood. Gives the ledger epoch (C26)."""
    return store.write(partial(_begin, staff_id=staff_id, reason=reason, decision_id=decision_id, now_us=now_us))


def _begin(connection: Connection, *, staff_id: str, reason: str, decision_id: str, now_us: int) -> int:
    if decisions.find(connection, _BUCKET, decision_id) is not None:
        return installation.read(connection).ledger_epoch
    this = installation.begin_epoch(connection)
    marks = {one.device_id: [one.epoch, _acked(connection, one)] for one in devices.every(connection)}
    made = Decision(
        bucket=_BUCKET,
        decision_id=decision_id,
        act=ACT,
        subject=f"epoch {this.ledger_epoch}",
        staff_id=staff_id,
        reason=reason,
        at_us=now_us,
        facts={"marks": marks},
    )
    decisions.keep(connection, made)
    return this.ledger_epoch


def returned(store: Store) -> Sequence[Returned]:
    """List the devices since the last restore, by name; nothing where there was none."""
    return store.read(_returned)


def _returned(connection: Connection) -> Sequence[Returned]:
    restores = decisions.about(connection, "", act=ACT)
    if not restores:
        return ()
    last = restores[-1]
    found: list[Returned] = []
    for one in devices.every(connection):
        epoch, before = last.facts["marks"].get(one.device_id, (one.epoch, 0))
        now = _acked(connection, one)
        found.append(
            Returned(
                device_id=one.device_id,
                name=one.name,
                epoch=one.epoch,
                before=before if epoch == one.epoch else 0,
                now=now,
                heard=one.hello_us >= last.at_us,
            )
        )
    return tuple(found)


def _acked(connection: Connection, one: devices.Device) -> int:
    standing = logs.mark(connection, one.device_id, one.epoch)
    return standing.acked_seq if standing else 0
