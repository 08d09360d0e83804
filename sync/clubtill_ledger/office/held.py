"""Held facts: what waits for a manager or a newer program: listed, posted, voided, tried again (C13, C22, C23, C25).

Nothing that was held is ever dropped: posted it counts, voided it does not, and in both cases its bytes, its place and
who decided stay. A revoked device's events after its last acknowledged head are all here (I33).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from clubtill_ledger.accept.releasing import release
from clubtill_ledger.accept.replaying import read_again
from clubtill_ledger.office.clerk import Clerk, entitled
from clubtill_ledger.store import decisions, held
from clubtill_ledger.store.decisions import Decision
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_rules.permissions import Act
from clubtill_rules.values.refusal import Refusal

POST = "held.post"
VOID = "held.void"
RETRY = ("unknown_kind", "unknown_settings", "unknown_product", "unknown_account", "failed", "sale_not_seen", "broken")
"""Reasons for which nobody has to decide: a newer program, later settings or the sale itself may have come since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A held event whole: its row, what this program reads in it, and what was decided about it."""

    row: Any
    text: str
    decided: tuple[Decision, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What became of it: `status` posted or void, with the flags of a posted one."""

    status: str
    flags: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retried:
    """How many held events were posted on their own, and how many wait on, by reason."""

    posted: int
    waiting: dict[str, int]


def waiting(store: Store, *, reason: str = "", device_id: str = "") -> Sequence[Any]:
    """List the held events, the oldest first, without their bytes."""
    return store.read(partial(held.standing, reason=reason, device_id=device_id))


def show(store: Store, event_id: str) -> Shown:
    """Give an event with all that is kept of it. Refuses held.unknown."""
    return store.read(partial(_show, event_id=event_id))


def _show(connection: Connection, event_id: str) -> Shown:
    row = _found(connection, event_id)
    text = bytes(row.bytes).decode("utf-8", errors="replace")
    return Shown(row=row, text=text, decided=decisions.about(connection, event_id))


def post(
    store: Store, shelf: SettingsShelf, event_id: str, *, clerk: Clerk, reason: str, decision_id: str, now_us: int
) -> Decided:
    """Post a held event, at its own effective instant, by a manager's word.

    Asked again under the same decision id it gives the same answer. Refuses held.unknown, held.decided for one that is
    not held any more, held.still with why it cannot be posted, permission.missing, decision.reason.
    """
    entitled(clerk, Act.EDIT_OFFLINE, reason)
    row = store.read(partial(_found, event_id=event_id))
    if row.status != held.HELD:
        return store.read(partial(_again, row=row, act=POST, decision_id=decision_id))
    made = _decision(row, POST, clerk=clerk, reason=reason, decision_id=decision_id, now_us=now_us)
    return _release(store, shelf, row, made, now_us)


def void(store: Store, event_id: str, *, clerk: Clerk, reason: str, decision_id: str, now_us: int) -> Decided:
    """Void a held event: it is kept, marked, and never counts. Refuses as `post`."""
    entitled(clerk, Act.EDIT_OFFLINE, reason)
    row = store.read(partial(_found, event_id=event_id))
    if row.status != held.HELD:
        return store.read(partial(_again, row=row, act=VOID, decision_id=decision_id))
    made = _decision(row, VOID, clerk=clerk, reason=reason, decision_id=decision_id, now_us=now_us)
    return store.write(partial(_void, row=row, made=made))


def retry(store: Store, shelf: SettingsShelf, now_us: int) -> Retried:
    """Post what waited for a newer program, for settings or for its sale, and can be posted now (C25).

    Each in a transaction of its own; one that fails stays held. What needs a manager's judgement is left alone.
    """
    posted = 0
    for reason in RETRY:
        for told in store.read(partial(held.standing, reason=reason)):
            row = store.read(partial(_found, event_id=told.event_id))
            try:
                _release(store, shelf, row, None, now_us)
                posted += 1
            except Refusal:
                continue
    return Retried(posted=posted, waiting=store.read(held.by_reason))


def _release(store: Store, shelf: SettingsShelf, row: Any, made: Decision | None, now_us: int) -> Decided:
    flags = store.write(partial(_post, row=row, made=made, shelf=shelf, now_us=now_us))
    if read_again(row).bucket != row.bucket:
        store.write(lambda connection: held.settle(connection, row.bucket, row.event_id, status=held.MOVED))
    return Decided(status=held.POSTED, flags=flags)


def _post(connection: Connection, row: Any, made: Decision | None, shelf: SettingsShelf, now_us: int) -> frozenset[str]:
    """Post in the transaction of the event's bucket, with the decision beside it."""
    into = read_again(row).bucket
    if into == row.bucket:
        now = held.find(connection, row.event_id, lock_in=into)
        if now is None or now.status != held.HELD:
            raise Refusal("held.decided", status=now.status if now else "")
    flags = release(connection, row, shelf=shelf, now_us=now_us, judged=made is not None)
    if made is not None and decisions.find(connection, into, made.decision_id) is None:
        decisions.keep(connection, _in(made, into))
    return flags


def _void(connection: Connection, row: Any, made: Decision) -> Decided:
    now = held.find(connection, row.event_id, lock_in=row.bucket)
    if now is None or now.status != held.HELD:
        raise Refusal("held.decided", status=now.status if now else "")
    held.settle(connection, row.bucket, row.event_id, status=held.VOID)
    decisions.keep(connection, made)
    return Decided(status=held.VOID, flags=frozenset())


def _found(connection: Connection, event_id: str) -> Any:
    row = held.find(connection, event_id)
    if row is None:
        raise Refusal("held.unknown")
    return row


def _again(connection: Connection, row: Any, act: str, decision_id: str) -> Decided:
    """Answer an ask that comes again; refuse one about something that was decided otherwise."""
    mine = [one for one in decisions.about(connection, row.event_id, act=act) if one.decision_id == decision_id]
    if not mine:
        raise Refusal("held.decided", status=row.status)
    return Decided(status=held.POSTED if act == POST else held.VOID, flags=frozenset(row.flags if act == POST else ()))


def _decision(row: Any, act: str, *, clerk: Clerk, reason: str, decision_id: str, now_us: int) -> Decision:
    return Decision(
        bucket=row.bucket,
        decision_id=decision_id,
        act=act,
        subject=row.event_id,
        staff_id=clerk.staff_id,
        approver_id=clerk.approver_id,
        reason=reason.strip(),
        at_us=now_us,
        club_id=row.club_id,
        account_id=row.account_id,
        facts={"held": row.reason, "device_id": row.device_id, "seq": row.seq},
    )


def _in(made: Decision, bucket: int) -> Decision:
    values = {name: getattr(made, name) for name in Decision.__slots__}
    return Decision(**values | {"bucket": bucket})
