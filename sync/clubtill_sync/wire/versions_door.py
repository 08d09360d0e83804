"""Versions of what a door reports besides admissions: swipes with vouchers, guests, the head count (D30)."""

from __future__ import annotations

import msgspec

from clubtill_rules.door.attendance import Movement
from clubtill_rules.door.guests import GuestEntry
from clubtill_rules.door.posting import Swipe
from clubtill_sync.wire.door_events import GuestEntryV1, HeadCountV1, SwipeV2
from clubtill_sync.wire.versions import swipe_to_v1


def swipe_to_v2(swipe: Swipe, *, voucher_number: str = "") -> SwipeV2:
    """Write a card at a door with the birthday voucher that it printed."""
    return SwipeV2(
        **msgspec.structs.asdict(swipe_to_v1(swipe)),
        voucher_id=swipe.voucher_id,
        voucher_key=swipe.voucher_key,
        voucher_number=voucher_number,
    )


def guest_to_v1(
    entry: GuestEntry, *, club_id: str, location_id: str, device_id: str, staff_id: str, offline: bool
) -> GuestEntryV1:
    """Write a line of the register. Its id is its event's id and stands in the envelope."""
    return GuestEntryV1(
        club_id=club_id,
        account_id="",
        venue_id=entry.venue_id,
        location_id=location_id,
        device_id=device_id,
        staff_id=staff_id,
        at_us=entry.at_us,
        entry_day=entry.entry_day,
        key=entry.key,
        kind=entry.kind.value,
        name=entry.name,
        address=entry.address,
        signature=entry.signature,
        own_club=entry.own_club,
        fee_paid_on=entry.fee_paid_on,
        host_id=entry.host_id,
        ground=entry.ground.value if entry.ground else "",
        purge_day=entry.purge_day,
        offline=offline,
    )


def head_count_to_v1(moved: Movement, *, club_id: str, venue_id: str, device_id: str) -> HeadCountV1:
    """Write a movement of the head count that no admission tells."""
    return HeadCountV1(
        club_id=club_id,
        account_id="",
        venue_id=venue_id,
        location_id=moved.location_id,
        device_id=device_id,
        staff_id=moved.staff_id,
        at_us=moved.at_us,
        entry_day=moved.entry_day,
        kind=moved.kind.value,
        count=moved.count,
        reason=moved.reason,
    )
