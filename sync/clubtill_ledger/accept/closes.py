"""Closes: a lease that its holder gives back. What it did not spend returns to the account (4.4, I25)."""

from __future__ import annotations

from clubtill_ledger.accept.bucket import BucketWork, Hold
from clubtill_ledger.accept.sales import LEASE_UNKNOWN
from clubtill_ledger.store import leases
from clubtill_ledger.store.logs import Slot
from clubtill_ledger.store.settings import utc_day
from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.values.days import trading_day
from clubtill_sync.wire.events import Event, LeaseCloseV1

SPENT_DIFFERS = "SPENT_DIFFERS"
"""Flag: the holder counts other spends on the lease than the ledger has posted, such as one that is held."""


def post_close(work: BucketWork, slot: Slot, event: Event, body: LeaseCloseV1) -> frozenset[str]:
    """Post a lease's close and give its flags.

    Every spend on the lease stands before this in the holder's log, so it is posted or held by now. What a held sale
    spent stays reserved until that sale is posted: the holder's own count says how much that is.
    """
    club = work.settings(event.settings_version, utc_day(slot.eff_us)).club(body.club_id)
    if club is None:
        raise Hold("unknown_settings")
    books = work.books_of(club, body.account_id)
    held = work.leases.find(body.club_id, body.account_id, body.lease_id)
    if held is None or held.device_id != work.device.device_id:
        return frozenset({LEASE_UNKNOWN})
    flags = {SPENT_DIFFERS} if body.spent_h != held.spent_h else set()
    if held.state == leases.CLOSED:
        return frozenset(flags)
    returned_h = held.left_h - max(0, min(held.left_h, body.spent_h - held.spent_h))
    work.leases.close(held, returned_h, event.event_id)
    if not returned_h:
        return frozenset(flags)
    eff_us = max(slot.eff_us, held.granted_us + 1)
    made = Entry(
        event_id=event.event_id,
        leg=0,
        kind=EntryKind.LEASE_RETURN,
        account_id=body.account_id,
        amount_h=returned_h,
        eff_us=eff_us,
        day=trading_day(eff_us, club.clock),
        sale_id=held.sale_id,
        lease_id=held.lease_id,
    )
    return frozenset(flags | work.post(books, made, ""))
