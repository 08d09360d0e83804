"""Versions of shifts: opened, cash moved, closed (D30). Their postings are made of these figures alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from clubtill_rules.sale.shifts import Closed, Movement, Shift
from clubtill_sync.wire.shift_events import CountedV1, DrawerMovedV1, MediumV1, ShiftClosedV1, ShiftOpenedV1


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawerAt:
    """Where a drawer stands, on which trading day, and who agreed; blank where nobody had to."""

    club_id: str
    venue_id: str
    location_id: str
    trading_day: date
    approver_id: str = ""


def opened_to_v1(shift: Shift, at: DrawerAt) -> ShiftOpenedV1:
    """Write the opening of a shift. Its id is its event's id and stands in the envelope."""
    return ShiftOpenedV1(
        club_id=at.club_id,
        account_id="",
        venue_id=at.venue_id,
        location_id=at.location_id,
        device_id=shift.device_id,
        staff_id=shift.staff_id,
        at_us=shift.opened_at_us,
        trading_day=at.trading_day,
        cash_media=shift.cash_media,
        float_minor=shift.float_amount.minor,
    )


def moved_to_v1(shift: Shift, moved: Movement, at: DrawerAt) -> DrawerMovedV1:
    """Write a drop, a payment out of the drawer, or its opening without a sale."""
    return DrawerMovedV1(
        shift_id=shift.shift_id,
        club_id=at.club_id,
        account_id="",
        venue_id=at.venue_id,
        location_id=at.location_id,
        device_id=shift.device_id,
        staff_id=shift.staff_id,
        approver_id=at.approver_id,
        at_us=moved.at_us,
        trading_day=at.trading_day,
        cash_media=shift.cash_media,
        kind=moved.kind.value,
        amount_minor=moved.amount.minor,
        reason=moved.reason,
    )


def closed_to_v1(closed: Closed, at: DrawerAt) -> ShiftClosedV1:
    """Write the close of a shift with its count."""
    shift, figures = closed.shift, closed.figures
    return ShiftClosedV1(
        shift_id=shift.shift_id,
        club_id=at.club_id,
        account_id="",
        venue_id=at.venue_id,
        location_id=at.location_id,
        device_id=shift.device_id,
        staff_id=shift.staff_id,
        closed_by=closed.closed_by,
        approver_id=at.approver_id,
        at_us=closed.closed_at_us,
        trading_day=at.trading_day,
        opened_at_us=shift.opened_at_us,
        cash_media=shift.cash_media,
        float_minor=figures.float_amount.minor,
        media=tuple(MediumV1(media_id=name, amount_minor=amount.minor) for name, amount in figures.media),
        drops_minor=figures.drops.minor,
        paid_out_minor=figures.paid_out.minor,
        expected_minor=figures.expected.minor,
        counted=tuple(CountedV1(piece_minor=piece, pieces=pieces) for piece, pieces in closed.counted),
        counted_minor=closed.counted_total.minor,
        variance_minor=closed.variance.minor,
        sales=figures.sales,
        refunds=figures.refunds,
        voids=figures.voids,
        drawer_opened=figures.drawer_opened,
    )
