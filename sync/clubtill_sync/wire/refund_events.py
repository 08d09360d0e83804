"""Refund events: goods that came back, and final sales that were voided (R24, R40-R43). Frozen versions (D30).

A refund carries its lines as they were sold with the figures that went back, so that its facts need no other event.
"""

from __future__ import annotations

from datetime import date

import msgspec

from clubtill_sync.wire.events import Int
from clubtill_sync.wire.sale_events import LineV2, TaxV2, TenderV2, TrackedV2


class RefundLineV1(msgspec.Struct, frozen=True, kw_only=True):
    """What went back of one sold line. Amounts are 0 or more; `qty` is 0 for a part of a surcharge (R103)."""

    line: LineV2
    qty: Int
    gross_minor: Int
    discount_minor: Int
    tax_minor: Int
    pp_discount_minor: Int
    points_h: Int


class RefundV1(msgspec.Struct, frozen=True, kw_only=True):
    """A refund, or the void of a whole sale. Its event id is the refund's id.

    Attributes:
        void: the whole sale was voided on its day (R42).
        sale_id, sale_device_id, sale_number: the sale and its till; blank and 0 without a receipt. The sale's account
            or, without one, its till says in which bucket both lie.
        approver_id, reason: who agreed and why, where the matrix asks for it.
        club_day: the club's day (D37); `grace_days` are stamped on points that return to expired lots (R41).
        points_back_h, award_back_h: what returns to the account, and what is taken from it, Join Points not counted.
        points_value_minor: what of the total points had paid; `value_by_amount_minor` of it by amount (R74).
        expensed: discounts were booked on a medium of their own (R81).
        tracked: what limited discounts get back (R94). `tickets`: barrel tickets taken back by a void (R54).
        shift_id: the open shift out of whose drawer it was paid; blank for none.
    """

    void: bool
    sale_id: str
    sale_device_id: str
    sale_number: Int
    club_id: str
    venue_id: str
    location_id: str
    device_id: str
    staff_id: str
    approver_id: str
    reason: str
    at_us: Int
    trading_day: date
    club_day: date
    person_id: str
    account_id: str
    member_number: str
    classification: Int | None
    lines: tuple[RefundLineV1, ...]
    tenders: tuple[TenderV2, ...]
    taxes: tuple[TaxV2, ...]
    points_back_h: Int
    award_back_h: Int
    total_minor: Int
    points_value_minor: Int
    value_by_amount_minor: Int
    tax_minor: Int
    grace_days: Int
    expensed: bool
    tracked: tuple[TrackedV2, ...]
    tickets: tuple[str, ...]
    shift_id: str
    offline: bool
