"""Door events after the first versions: swipes with vouchers, the register of guests, the head count (R51-R53, D30)."""

from __future__ import annotations

from datetime import date

import msgspec

from clubtill_sync.wire.events import Int, SwipeV1


class SwipeV2(SwipeV1, frozen=True, kw_only=True):
    """A card at a door: SwipeV1 and the birthday voucher that was printed (R51), blank for none."""

    voucher_id: str
    voucher_key: str
    voucher_number: str


class GuestEntryV1(msgspec.Struct, frozen=True, kw_only=True):
    """A guest, visitor or temporary member signed in by the register of the venue's law (R53).

    Attributes:
        account_id: always blank: the register is the venue's, whoever brought the guest.
        key: one sign-in a guest, venue and entry day. `ground`: the test that was met; blank for none.
        host_id: the member who signed the guest in; blank for none.
        purge_day: from which day on the line is deleted.
    """

    club_id: str
    account_id: str
    venue_id: str
    location_id: str
    device_id: str
    staff_id: str
    at_us: Int
    entry_day: date
    key: str
    kind: str
    name: str
    address: str
    signature: str
    own_club: str
    fee_paid_on: date | None
    host_id: str
    ground: str
    purge_day: date
    offline: bool


class HeadCountV1(msgspec.Struct, frozen=True, kw_only=True):
    """People who came in without a card, went out, or were miscounted, at one door (R52, 2.12 row 22).

    Attributes:
        account_id: always blank.
        kind: in, out or correction. `count`: 1 or more; of a correction more or fewer, never nil.
    """

    club_id: str
    account_id: str
    venue_id: str
    location_id: str
    device_id: str
    staff_id: str
    at_us: Int
    entry_day: date
    kind: str
    count: Int
    reason: str
