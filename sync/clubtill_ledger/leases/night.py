"""Night: points of a venue's working set go to its redemption terminal before the day, so that it may spend them (4.4).

Never to a terminal that shows Reception alone, and never in mode REFUSE. What the terminal holds already counts, so
that one that is cut off does not gather more each night. A day's grant has a name of its own: run again it is the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

from clubtill_ledger.store import books, granting, leases, packing, working_sets
from clubtill_ledger.store.devices import Device
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.granting import Ask
from clubtill_ledger.store.settings import Settings, SettingsShelf
from clubtill_rules.members.account import Block
from clubtill_rules.members.caching import HOME_VENUE
from clubtill_rules.members.venue import Venue
from clubtill_rules.points.leases import Occasion, grant, in_working_set, wanted
from clubtill_rules.values.days import entry_day, trading_day
from clubtill_rules.values.ids import BUCKETS, account_bucket

WHY: Final = Occasion.NIGHT.value


@dataclass(frozen=True, slots=True, kw_only=True)
class _Night:
    """A venue, its redemption terminal, and the settings of now."""

    venue: Venue
    device: Device
    settings: Settings
    day: date
    now_us: int


def grant_night(
    store: Store, shelf: SettingsShelf, venue_id: str, *, now_us: int, between: Callable[[], None] = lambda: None
) -> int:
    """Grant to a venue's redemption terminal for the day; gives how many accounts it got points of."""
    settings = store.read(partial(shelf.now, now_us=now_us))
    venue = settings.venue(venue_id)
    device = store.read(partial(granting.redemption_device, settings=settings, venue_id=venue_id))
    if venue is None or device is None or not wanted(venue.offline_mode, Occasion.NIGHT, 0, venue.lease_cap_h):
        return 0
    night = _Night(venue=venue, device=device, settings=settings, day=entry_day(now_us, venue.clock), now_us=now_us)
    granted = 0
    for bucket in range(BUCKETS):
        for club_id, account_id in store.read(partial(_chosen, bucket=bucket, night=night)):
            granted += store.write(partial(_grant, night=night, club_id=club_id, account_id=account_id))
        between()
    return granted


def _chosen(connection: Connection, bucket: int, night: _Night) -> list[tuple[str, str]]:
    """Give the accounts of the venue's working set that have points."""
    seen = packing.seen_at(connection, bucket, night.venue.id)
    return [
        (club_id, account_id)
        for club_id, account_id, homes in working_sets.with_points(connection, bucket, HOME_VENUE)
        if any(
            in_working_set(night.venue.id, home_venue=home, seen_on=seen.get((club_id, account_id)), day=night.day)
            for home in homes or {""}
        )
    ]


def _grant(connection: Connection, night: _Night, club_id: str, account_id: str) -> int:
    club = night.settings.club(club_id)
    told = f"{WHY}\x00{night.venue.id}\x00{night.device.device_id}\x00{night.day}\x00{club_id}\x00{account_id}"
    name = hashlib.sha256(told.encode()).hexdigest()[:32]
    if club is None or leases.find_ask(connection, account_bucket(club_id, account_id), name, 0) is not None:
        return 0
    account = books.open_books(connection, club, account_id, trading_day(night.now_us, club.clock))
    if account is None or account.block is not Block.NONE:
        return 0
    mine = [
        held.left_h
        for held in leases.of_account(connection, club_id, account_id)
        if held.device_id == night.device.device_id and held.state == leases.OPEN
    ]
    asked_h = wanted(night.venue.offline_mode, Occasion.NIGHT, 0, night.venue.lease_cap_h) - sum(mine)
    granted_h = grant(account.folded, asked_h, night.venue.lease_cap_h)
    if granted_h <= 0:
        return 0
    ask = Ask(sale_id=name, ask_no=0, device_id=night.device.device_id, why=WHY, asked_h=asked_h)
    granting.grant(connection, account, ask, granted_h, night.now_us)
    books.close_books(connection, [account], now_us=night.now_us)
    return 1
