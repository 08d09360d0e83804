"""Shift events: a drawer opened with a float, cash out of it or into the safe, and the count at the end (2.12, 0137).

`club_id` is the club of the venue's own members; a shift has no account, so its rows lie in the device's bucket.
"""

from __future__ import annotations

from datetime import date

import msgspec

from clubtill_sync.wire.events import Int


class ShiftOpenedV1(msgspec.Struct, frozen=True, kw_only=True):
    """A shift opened with a float out of the safe. Its event id is the shift's id."""

    club_id: str
    account_id: str
    venue_id: str
    location_id: str
    device_id: str
    staff_id: str
    at_us: Int
    trading_day: date
    cash_media: str
    float_minor: Int


class DrawerMovedV1(msgspec.Struct, frozen=True, kw_only=True):
    """Cash dropped into the safe or paid out, or the drawer opened without a sale. `kind` as the rules' movement."""

    shift_id: str
    club_id: str
    account_id: str
    venue_id: str
    location_id: str
    device_id: str
    staff_id: str
    approver_id: str
    at_us: Int
    trading_day: date
    cash_media: str
    kind: str
    amount_minor: Int
    reason: str


class CountedV1(msgspec.Struct, frozen=True, kw_only=True):
    """So many pieces of a denomination in minor units."""

    piece_minor: Int
    pieces: Int


class MediumV1(msgspec.Struct, frozen=True, kw_only=True):
    """What a medium took in a shift less what it gave back."""

    media_id: str
    amount_minor: Int


class ShiftClosedV1(msgspec.Struct, frozen=True, kw_only=True):
    """A shift closed by its count; the variance is recorded, whatever it is (0137).

    Attributes:
        staff_id: whose shift it was; `closed_by` is who closed it.
        expected_minor: cash that ought to have been there; `variance_minor` is counted less expected.
    """

    shift_id: str
    club_id: str
    account_id: str
    venue_id: str
    location_id: str
    device_id: str
    staff_id: str
    closed_by: str
    approver_id: str
    at_us: Int
    trading_day: date
    opened_at_us: Int
    cash_media: str
    float_minor: Int
    media: tuple[MediumV1, ...]
    drops_minor: Int
    paid_out_minor: Int
    expected_minor: Int
    counted: tuple[CountedV1, ...]
    counted_minor: Int
    variance_minor: Int
    sales: Int
    refunds: Int
    voids: Int
    drawer_opened: Int
