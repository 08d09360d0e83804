"""Check-in: a member who was let in today has points set aside on the venue's redemption terminal (4.4 (b)).

Never on a door, and in the mode REFUSE nowhere (4.1). The swipe's own id is the ask, so that it is granted once (I10).
"""

from __future__ import annotations

from typing import Final

from clubtill_ledger.accept.bucket import BucketWork
from clubtill_ledger.store import granting, leases
from clubtill_ledger.store.books import Books
from clubtill_ledger.store.devices import Device
from clubtill_ledger.store.logs import Slot
from clubtill_ledger.store.settings import Settings
from clubtill_rules.members.account import Block
from clubtill_rules.members.venue import Venue
from clubtill_rules.points.leases import Occasion, grant, wanted
from clubtill_rules.values.days import trading_day

CHECK_IN: Final = "check_in"


def set_aside(work: BucketWork, slot: Slot, *, settings: Settings, venue: Venue, account: Books, event_id: str) -> None:
    """Grant a lease to the redemption terminal, where there is one that holds none for the account yet.

    A swipe that arrives after its club's day is over sets nothing aside: the member has left.
    """
    wanted_h = wanted(venue.offline_mode, Occasion.CHECK_IN, 0, venue.lease_cap_h)
    if work.replaying or not wanted_h or account.block is not Block.NONE:
        return
    if trading_day(slot.eff_us, account.club.clock) != account.today:
        return
    device = granting.redemption_device(work.connection, settings, venue.id)
    granted_h = grant(account.folded, wanted_h, venue.lease_cap_h)
    if device is None or granted_h <= 0 or _holds(work, account, device):
        return
    ask = granting.Ask(sale_id=event_id, ask_no=0, device_id=device.device_id, why=CHECK_IN, asked_h=0)
    granting.grant(work.connection, account, ask, granted_h, work.now_us)


def _holds(work: BucketWork, account: Books, device: Device) -> bool:
    work.flush()
    held = leases.of_account(work.connection, account.club.id, account.account_id)
    return any(one.device_id == device.device_id and one.state == leases.OPEN for one in held)
