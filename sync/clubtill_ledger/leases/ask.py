"""Ask: a device asks for points of an account, for a sale in hand or at attach (4.2, 4.4, R72).

The same ask again, by sale id and ask number, gets the same lease (I10). Nothing here waits: while connected holders
are asked to give points back there is no answer yet, and the caller comes again when they did, or when time is up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

import msgspec

from clubtill_ledger.store import books, devices, granting, leases, people
from clubtill_ledger.store.books import Books
from clubtill_ledger.store.devices import Device
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.granting import Ask
from clubtill_ledger.store.leases import HeldLease
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_rules.members.account import Block
from clubtill_rules.members.club import Club
from clubtill_rules.members.venue import Venue
from clubtill_rules.points.leases import Occasion, grant, wanted
from clubtill_rules.values.days import US_PER_S, trading_day
from clubtill_rules.values.ids import account_bucket
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.wire.requests import LeaseAnswer, LeaseAsk

CONNECTED_US: Final = 30 * US_PER_S
"""A device that sent a request within the length of a long poll and a little is taken for connected."""
ATTACH: Final = "attach"
ASK_NO_MAX: Final = 1_000_000
AMOUNT_H_MAX: Final = 2**53
RECALL_AGAIN_US: Final = 2 * US_PER_S
"""An asker waits this long; within it the same holder is asked once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    """One ask inside its transaction."""

    connection: Connection
    told: LeaseAsk
    device: Device
    club: Club
    venue: Venue
    now_us: int

    @property
    def today(self) -> date:
        """The club's day."""
        return trading_day(self.now_us, self.club.clock)


def ask(
    body: bytes, device: Device, store: Store, shelf: SettingsShelf, now_us: int, *, may_wait: bool
) -> LeaseAnswer | None:
    """Answer an ask; None (only if `may_wait`) while connected holders are asked to give back what is missing.

    Raises Refusal `unreadable`, `revoked`, `fork`, `key_reuse`, `unknown_account`, `account.blocked` or
    `unknown_settings`.
    """
    if device.revoked_us is not None:
        raise Refusal("revoked", drain=device.drain)
    try:
        told = msgspec.json.decode(body, type=LeaseAsk)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Refusal("unreadable") from None
    if not told.sale_id or not 0 <= told.ask_no < ASK_NO_MAX or not 0 <= told.amount_h <= AMOUNT_H_MAX:
        raise Refusal("unreadable")
    return store.write(partial(_ask, told=told, device=device, shelf=shelf, now_us=now_us, may_wait=may_wait))


def _ask(
    connection: Connection, *, told: LeaseAsk, device: Device, shelf: SettingsShelf, now_us: int, may_wait: bool
) -> LeaseAnswer | None:
    club = shelf.now(connection, now_us).club(told.club_id)
    settings = shelf.at(connection, None, trading_day(now_us, club.clock)) if club else None
    venue = settings.venue_of_terminal(device.terminal_id) if settings else None
    if club is None or venue is None:
        raise Refusal("unknown_settings")
    asking = _Asking(connection=connection, told=told, device=device, club=club, venue=venue, now_us=now_us)
    standing = leases.find_ask(connection, account_bucket(told.club_id, told.account_id), told.sale_id, told.ask_no)
    if standing is not None:
        if (standing.device_id, standing.club_id, standing.account_id) != _names(asking):
            raise Refusal("key_reuse")
        return _answer(asking, standing)
    if device.fork_us is not None:
        raise Refusal("fork")
    account = books.open_books(connection, club, told.account_id, asking.today)
    if account is None:
        raise Refusal("unknown_account")
    if account.block is not Block.NONE:
        raise Refusal("account.blocked")
    wanted_h = _wanted(asking)
    granted_h = grant(account.folded, wanted_h, _cap(told, venue)) if wanted_h else 0
    if may_wait and granted_h < wanted_h and _recall(asking):
        return None
    return _answer(asking, _grant(asking, account, granted_h) if granted_h > 0 else None)


def _names(asking: _Asking) -> tuple[str, str, str]:
    return asking.device.device_id, asking.told.club_id, asking.told.account_id


def _occasion(told: LeaseAsk) -> Occasion:
    return Occasion.ATTACH if told.amount_h == 0 or told.why == ATTACH else Occasion.SALE


def _wanted(asking: _Asking) -> int:
    """Give what is asked for: in mode REFUSE nothing ahead of a sale, at attach up to the venue's cap (4.1, 4.4)."""
    told, venue = asking.told, asking.venue
    held = leases.of_account(asking.connection, told.club_id, told.account_id)
    held_h = sum(one.left_h for one in held if one.device_id == asking.device.device_id and one.state == leases.OPEN)
    return wanted(venue.offline_mode, _occasion(told), told.amount_h, venue.lease_cap_h, held_h=held_h)


def _cap(told: LeaseAsk, venue: Venue) -> int | None:
    return venue.lease_cap_h if _occasion(told) is Occasion.ATTACH else None


def _recall(asking: _Asking) -> bool:
    return recall_elsewhere(
        asking.connection,
        club_id=asking.told.club_id,
        account_id=asking.told.account_id,
        device_id=asking.device.device_id,
        now_us=asking.now_us,
    )


def recall_elsewhere(connection: Connection, *, club_id: str, account_id: str, device_id: str, now_us: int) -> bool:
    """Ask every connected other holder for its lease back; give whether there is one to wait for (4.4, D22).

    A holder that was asked within the wait of this ask is not asked again.
    """
    waiting = False
    for held in _held_by_others(connection, club_id, account_id, device_id):
        if now_us - devices.last_contact_us(connection, held.device_id) > CONNECTED_US:
            continue
        if now_us - held.recall_us > RECALL_AGAIN_US:
            leases.recall(connection, held, now_us)
        waiting = True
    return waiting


def _held_by_others(connection: Connection, club_id: str, account_id: str, device_id: str) -> tuple[HeldLease, ...]:
    held = leases.of_account(connection, club_id, account_id)
    return tuple(one for one in held if one.device_id != device_id and one.state == leases.OPEN)


def _grant(asking: _Asking, account: Books, granted_h: int) -> HeldLease:
    """Move points from available to reserved, for one device."""
    told = asking.told
    ask = Ask(
        sale_id=told.sale_id,
        ask_no=told.ask_no,
        device_id=asking.device.device_id,
        why=told.why,
        asked_h=told.amount_h,
    )
    made = granting.grant(asking.connection, account, ask, granted_h, asking.now_us)
    books.close_books(asking.connection, [account], now_us=asking.now_us)
    return made


def _answer(asking: _Asking, lease: HeldLease | None) -> LeaseAnswer:
    told, mine = asking.told, asking.device.device_id
    current = lease if lease is not None and lease.state == leases.OPEN else None
    held = leases.of_account(asking.connection, told.club_id, told.account_id)
    standing = [one for one in held if one.state == leases.OPEN]
    return LeaseAnswer(
        lease=current.on_the_wire() if current else None,
        card=people.account_card(
            asking.connection, told.club_id, told.account_id, club=asking.club, today=asking.today
        ),
        held_elsewhere_h=sum(one.left_h for one in standing if one.device_id != mine),
        server_time_us=asking.now_us,
        held=tuple(one.on_the_wire() for one in standing if one.device_id == mine and one != current),
    )
