"""Versions of refunds: the one mapping between the rules' refund and void and their event, there and back (D30)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clubtill_rules.goods.line import Line
from clubtill_rules.sale.discounts.limits import Tracked, given_back
from clubtill_rules.sale.refund_parts import RefundLine
from clubtill_rules.sale.refunding import Refund
from clubtill_rules.sale.sale import Sale, fees_of
from clubtill_rules.sale.voiding import Void
from clubtill_rules.values.money import NIL, Money, total
from clubtill_rules.values.points import NO_POINTS, Points
from clubtill_sync.wire.refund_events import RefundLineV1, RefundV1
from clubtill_sync.wire.versions import BrokenEvent
from clubtill_sync.wire.versions_sale import (
    line_from_wire,
    line_to_v2,
    taxes_from_v2,
    taxes_to_v2,
    tender_from_wire,
    tender_to_v2,
    tracked_to_v2,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """Where a refund is made and who agreed to it; the club and the place are those of the till that makes it."""

    club_id: str
    venue_id: str
    location_id: str
    approver_id: str = ""
    reason: str = ""
    shift_id: str = ""
    offline: bool = False


def refund_to_v1(refund: Refund, sale: Sale | None, at: At, tracked: Sequence[Tracked] = ()) -> RefundV1:
    """Write a refund. `sale` is what it refunds, None without a receipt; `tracked` is what limits get back (R94)."""
    by_lines = total([line.points_value for line in refund.lines])
    return RefundV1(
        void=False,
        sale_id=refund.sale_id,
        sale_device_id=sale.device_id if sale else "",
        sale_number=sale.number if sale else 0,
        club_id=at.club_id,
        venue_id=at.venue_id,
        location_id=at.location_id,
        device_id=refund.device_id,
        staff_id=refund.staff_id,
        approver_id=at.approver_id,
        reason=at.reason,
        at_us=refund.at_us,
        trading_day=refund.trading_day,
        club_day=refund.club_day,
        person_id=sale.person_id if sale else "",
        account_id=refund.account_id,
        member_number=sale.member_number if sale else "",
        classification=sale.classification if sale else None,
        lines=tuple(_line(line) for line in refund.lines),
        tenders=tuple(tender_to_v2(tender) for tender in refund.tenders),
        taxes=taxes_to_v2(refund.tax),
        points_back_h=refund.points_back.hundredths,
        award_back_h=refund.award_back.hundredths,
        total_minor=refund.total.minor,
        points_value_minor=refund.points_value.minor,
        value_by_amount_minor=(refund.points_value - by_lines).minor,
        tax_minor=refund.tax_total.minor,
        grace_days=refund.grace_days,
        expensed=refund.expensed,
        tracked=tracked_to_v2(tracked),
        tickets=(),
        shift_id=at.shift_id,
        offline=at.offline,
    )


def void_to_v1(void: Void, sale: Sale, at: At, *, grace_days: int) -> RefundV1:
    """Write the void of a final sale: every line with its whole figures, every medium as it was taken (R42)."""
    whole = [_whole(line, tax) for line, tax in zip(sale.lines, sale.line_taxes, strict=True)]
    back = [given_back(one, one.amount, one.times, sale_id=void.void_id) for one in sale.tracked]
    return RefundV1(
        void=True,
        sale_id=sale.sale_id,
        sale_device_id=sale.device_id,
        sale_number=sale.number,
        club_id=at.club_id,
        venue_id=at.venue_id,
        location_id=at.location_id,
        device_id=void.device_id,
        staff_id=void.staff_id,
        approver_id=at.approver_id,
        reason=at.reason,
        at_us=void.at_us,
        trading_day=void.trading_day,
        club_day=void.entries[0].day if void.entries else void.trading_day,
        person_id=sale.person_id,
        account_id=sale.account_id,
        member_number=sale.member_number,
        classification=sale.classification,
        lines=tuple(_line(line) for line in whole),
        tenders=tuple(tender_to_v2(tender) for tender in sale.tenders),
        taxes=taxes_to_v2(sale.tax),
        points_back_h=sale.points_used.hundredths,
        award_back_h=sale.award.hundredths,
        total_minor=sale.total.minor,
        points_value_minor=sale.points_value.minor,
        value_by_amount_minor=sale.value_by_amount.minor,
        tax_minor=sale.tax_total.minor,
        grace_days=grace_days,
        expensed=sale.expensed,
        tracked=tracked_to_v2(back),
        tickets=void.tickets,
        shift_id=at.shift_id,
        offline=at.offline,
    )


def refund_from_wire(event_id: str, body: RefundV1) -> Refund:
    """Read a refund or void back as the rules' refund. Raises BrokenEvent for a word that the rules do not have."""
    try:
        lines = tuple(_line_back(line) for line in body.lines)
        tenders = tuple(tender_from_wire(tender) for tender in body.tenders)
    except ValueError as error:
        raise BrokenEvent("a word or figure of the refund") from error
    return Refund(
        refund_id=event_id,
        sale_id=body.sale_id,
        account_id=body.account_id,
        device_id=body.device_id,
        staff_id=body.staff_id,
        at_us=body.at_us,
        trading_day=body.trading_day,
        club_day=body.club_day,
        lines=lines,
        tenders=tenders,
        points_back=Points(body.points_back_h),
        award_back=Points(body.award_back_h),
        total=Money(body.total_minor),
        points_value=Money(body.points_value_minor),
        tax=taxes_from_v2(body.taxes),
        tax_total=Money(body.tax_minor),
        fees=fees_of([line.line for line in lines], body.person_id),
        expensed=body.expensed,
        asks=(),
        award_leg=0,
        grace_days=body.grace_days,
        because=(),
    )


def _line(line: RefundLine) -> RefundLineV1:
    return RefundLineV1(
        line=line_to_v2(line.line, tax=line.tax),
        qty=line.qty,
        gross_minor=line.gross.minor,
        discount_minor=line.discount.minor,
        tax_minor=line.tax.minor,
        pp_discount_minor=line.points_pay_discount.minor,
        points_h=line.points.hundredths,
    )


def _whole(line: Line, tax: Money) -> RefundLine:
    """Give a sold line as a void takes it back: all of it."""
    cost = line.points_used if line.by_points else (line.offer_points or NO_POINTS) * line.qty
    return RefundLine(
        line=line,
        qty=line.qty,
        gross=line.gross,
        discount=line.discount,
        tax=tax,
        points_pay_discount=line.by_points.discount if line.by_points else NIL,
        points=cost,
    )


def _line_back(line: RefundLineV1) -> RefundLine:
    return RefundLine(
        line=line_from_wire(line.line),
        qty=line.qty,
        gross=Money(line.gross_minor),
        discount=Money(line.discount_minor),
        tax=Money(line.tax_minor),
        points_pay_discount=Money(line.pp_discount_minor),
        points=Points(line.points_h),
    )
