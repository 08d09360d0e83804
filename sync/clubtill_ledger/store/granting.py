"""Granting: sets an amount of an account's points aside for one device, in open books (4.2, 4.4).

It also knows which device stands as a venue's redemption terminal.

Whether, and how much, its callers decide by the rules. The row's unique key (ask event id, ask number) refuses a second
grant for the same ask (I10).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from sqlalchemy.engine import Connection

from clubtill_ledger.store import devices, leases
from clubtill_ledger.store.books import Books
from clubtill_ledger.store.devices import Device
from clubtill_ledger.store.leases import HeldLease
from clubtill_ledger.store.logs import ASK_LEGS
from clubtill_ledger.store.settings import Settings
from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.folding import NEVER
from clubtill_rules.points.leases import advice

SELLS: Final = "till"
"""What a terminal shows that sells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """For which event and which device a lease is granted, what was asked for, and why."""

    sale_id: str
    ask_no: int
    device_id: str
    why: str
    asked_h: int


def grant(connection: Connection, account: Books, ask: Ask, granted_h: int, now_us: int) -> HeldLease:
    """Move points from available to reserved, for one device. The caller closes the books.

    A grant is dated no earlier than any entry that it counted: I24 rests on it.
    """
    granted_us = max([now_us, *(one.eff_us for one in account.entries)])
    made = HeldLease(
        club_id=account.club.id,
        account_id=account.account_id,
        lease_id=lease_id(ask, granted_us),
        sale_id=ask.sale_id,
        ask_no=ask.ask_no,
        device_id=ask.device_id,
        why=ask.why,
        asked_h=ask.asked_h,
        granted_h=granted_h,
        spent_h=0,
        returned_h=0,
        state=leases.OPEN,
        advice=_advice(account, granted_h),
        granted_us=granted_us,
        recall_us=0,
        closed_by="",
    )
    leases.grant(connection, made)
    entry = Entry(
        event_id=ask.sale_id,
        leg=ASK_LEGS + ask.ask_no,
        kind=EntryKind.LEASE_GRANT,
        account_id=account.account_id,
        amount_h=granted_h,
        eff_us=granted_us,
        day=account.today,
        sale_id=ask.sale_id,
        lease_id=made.lease_id,
    )
    account.post(entry, device_id=ask.device_id)
    return made


def redemption_device(connection: Connection, settings: Settings, venue_id: str) -> Device | None:
    """Find the device of a venue's redemption terminal: enrolled, neither revoked nor forked, the last one heard of.

    Never one of a terminal that does not sell, such as a door's (4.4).
    """
    chosen = sorted(
        one.id
        for one in settings.by_kind.get("terminal", {}).values()
        if one.redemption_terminal and SELLS in one.shows and _stands_in(settings, one.id, venue_id)
    )
    standing = (one for name in chosen for one in devices.at_terminal(connection, name))
    sound = (one for one in standing if one.revoked_us is None and one.fork_us is None)
    return max(sound, key=lambda one: (one.hello_us, one.enrolled_us, one.device_id), default=None)


def _stands_in(settings: Settings, terminal_id: str, venue_id: str) -> bool:
    venue = settings.venue_of_terminal(terminal_id)
    return venue is not None and venue.id == venue_id


def lease_id(ask: Ask, granted_us: int) -> str:
    """Name a lease: a UUIDv7 of its grant, so that ids sort as leases were granted; the same for the same run."""
    random = int.from_bytes(hashlib.sha256(f"{ask.sale_id}\x00{ask.ask_no}".encode()).digest()[:10], "big")
    version, variant = 7 << 76, 2 << 62
    low = random & ((1 << 80) - 1) & ~(0xF << 76) & ~(3 << 62)
    return f"{(granted_us // 1_000) << 80 | version | variant | low:032x}"


def _advice(account: Books, amount_h: int) -> str:
    """Write the lots that a grant stands on, as the device reads them (4.4)."""
    lots = advice(account.folded, amount_h)
    return leases.advice_text([(None if lot.last_day == NEVER else lot.last_day, lot.left.hundredths) for lot in lots])
