"""Write-off: a manager gives back the points that an unreachable terminal holds (4.4, I24, C13, C15).

It ends the proof for that lease: if the terminal did spend them, the member goes below nil by as much. So the bound is
shown before, and what was spent after all is listed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from clubtill_ledger.office.clerk import Clerk, entitled
from clubtill_ledger.store import books, decisions, devices, leases, people
from clubtill_ledger.store.decisions import Decision
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.entries import rows_of
from clubtill_ledger.store.leases import HeldLease
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_rules.permissions import Act
from clubtill_rules.points import leases as rules
from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.leases import Lease, WriteOff
from clubtill_rules.values.days import trading_day
from clubtill_rules.values.ids import account_bucket
from clubtill_rules.values.refusal import Refusal

ACT = "lease.write_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A lease that may be written off, who holds it, and what that can cost."""

    lease: HeldLease
    till: str
    member: str
    last_seen_us: int
    cost: WriteOff


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenOff:
    """A write-off that was decided, and what turned out to have been spent of the lease, beyond the bound never."""

    decision: Decision
    released_h: int
    spent_after_h: int


def bound(store: Store, lease_id: str) -> Bound:
    """Say what a write-off would release and could cost. Refuses lease.unknown, lease.closed."""
    return store.read(partial(_bound, lease_id=lease_id))


def _bound(connection: Connection, lease_id: str) -> Bound:
    held = leases.by_id(connection, lease_id)
    if held is None:
        raise Refusal("lease.unknown")
    if held.state != leases.OPEN or not held.left_h:
        raise Refusal("lease.closed")
    device = devices.find(connection, held.device_id)
    card = people.account_card(connection, held.club_id, held.account_id, club=None, today=None)
    names = [person.name for person in card.persons if person.name] if card else []
    seen_us = devices.last_contact_us(connection, held.device_id)
    last_seen_us = max(seen_us, device.hello_us if device else 0)
    till = device.name if device else held.device_id
    member = ", ".join(names) or held.account_id
    lease = Lease(
        lease_id=held.lease_id,
        account_id=held.account_id,
        granted_h=held.granted_h,
        spent_h=held.spent_h + held.returned_h,
    )
    cost = rules.write_off(lease, member=member, till=till, last_seen_us=last_seen_us)
    return Bound(lease=held, till=till, member=member, last_seen_us=last_seen_us, cost=cost)


def write_off(
    store: Store, shelf: SettingsShelf, lease_id: str, *, clerk: Clerk, reason: str, decision_id: str, now_us: int
) -> Decision:
    """Give a lease's rest back to its account and close it. The same decision id again gives the same decision.

    Refuses lease.unknown, lease.closed, permission.missing, decision.reason, unknown_settings.
    """
    entitled(clerk, Act.EDIT_OFFLINE, reason)
    made = partial(
        _write_off,
        lease_id=lease_id,
        shelf=shelf,
        clerk=clerk,
        reason=reason.strip(),
        decision_id=decision_id,
        now_us=now_us,
    )
    return store.write(made)


def _write_off(
    connection: Connection,
    *,
    lease_id: str,
    shelf: SettingsShelf,
    clerk: Clerk,
    reason: str,
    decision_id: str,
    now_us: int,
) -> Decision:
    held = leases.by_id(connection, lease_id)
    if held is None:
        raise Refusal("lease.unknown")
    bucket = account_bucket(held.club_id, held.account_id)
    standing = decisions.find(connection, bucket, decision_id)
    if standing is not None:
        return standing
    club = shelf.now(connection, now_us).club(held.club_id)
    if club is None:
        raise Refusal("unknown_settings")
    account = books.open_books(connection, club, held.account_id, trading_day(now_us, club.clock))
    held = leases.by_id(connection, lease_id)
    if account is None or held is None or held.state != leases.OPEN or not held.left_h:
        raise Refusal("lease.closed")
    amount_h = held.left_h
    leases.close(connection, held, amount_h, decision_id)
    entry = Entry(
        event_id=decision_id,
        leg=0,
        kind=EntryKind.LEASE_WRITEOFF,
        account_id=held.account_id,
        amount_h=amount_h,
        eff_us=max(now_us, held.granted_us + 1),
        day=account.today,
        sale_id=held.sale_id,
        lease_id=held.lease_id,
    )
    account.post(entry, device_id=held.device_id)
    made = Decision(
        bucket=bucket,
        decision_id=decision_id,
        act=ACT,
        subject=lease_id,
        staff_id=clerk.staff_id,
        approver_id=clerk.approver_id,
        reason=reason,
        at_us=now_us,
        club_id=held.club_id,
        account_id=held.account_id,
        facts={"amount_h": amount_h, "device_id": held.device_id},
    )
    decisions.keep(connection, made)
    books.close_books(connection, [account], now_us=now_us)
    return made


def written_off(store: Store) -> tuple[WrittenOff, ...]:
    """List every write-off with what its holder reported as spent of it afterwards."""
    return store.read(_written_off)


def _written_off(connection: Connection) -> tuple[WrittenOff, ...]:
    found: list[WrittenOff] = []
    for made in decisions.about(connection, "", act=ACT):
        rows = rows_of(connection, made.club_id, made.account_id)
        found.append(
            WrittenOff(decision=made, released_h=int(made.facts["amount_h"]), spent_after_h=_spent_after(rows, made))
        )
    return tuple(found)


def _spent_after(rows: Any, made: Decision) -> int:
    """Sum what was spent of a lease in entries posted after its write-off, in hundredths."""
    after = next((row.ver for row in rows if row.event_id == made.decision_id), 0)
    spent = EntryKind.LEASE_SPEND.value
    return sum(row.amount_h for row in rows if row.ver > after and row.kind == spent and row.lease_id == made.subject)
