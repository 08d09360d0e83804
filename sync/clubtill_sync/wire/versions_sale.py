"""Versions of sales: the one mapping between the rules' finished sale and its events, there and back (D30, R40-R43).

A sale read back is the whole sale: a refund of it gives and takes the right points on any terminal and in the ledger.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

import msgspec

from clubtill_rules.goods.line import DiscountKind, Line, ManualDiscount
from clubtill_rules.goods.product import MediaKind, Modifier
from clubtill_rules.points.budgets import BudgetSpend
from clubtill_rules.points.earning import may_earn
from clubtill_rules.points.leases import LeaseSpend
from clubtill_rules.points.refunding import Earned
from clubtill_rules.sale.discounts.limits import Tracked
from clubtill_rules.sale.sale import Sale
from clubtill_rules.sale.tax import TaxSum
from clubtill_rules.sale.tender import Tender
from clubtill_rules.values.money import Money, total
from clubtill_rules.values.points import Points
from clubtill_sync.wire.events import LeaseSpendV1, LineV1, SaleV1, TenderV1
from clubtill_sync.wire.sale_events import (
    ApprovalV2,
    BudgetSpendV2,
    EarnedV2,
    FeeV1,
    LineV2,
    ManualV2,
    ModifierV2,
    SaleV2,
    TaxV2,
    TenderV2,
    TrackedV2,
)
from clubtill_sync.wire.versions import BrokenEvent, line_from_v1, line_to_v1, sale_to_v1

_WHOLE: Final = re.compile(r"[0-9]{1,60}")
"""A numerator or denominator; a longer one is no sale's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What the event of a sale tells besides the sale itself.

    Attributes:
        account_rate_h: the account's own rate of earning (R31).
        fees: what its fee lines made of Renewal Dates and Join Points (R20-R23).
        vouchers, campaigns: what was used and what counted (R102, R95).
        approvals: what somebody else agreed to (R93).
        parked_id: the parked sale that it was made of; `shift_id` the open shift.
    """

    account_rate_h: int | None = None
    fees: tuple[FeeV1, ...] = ()
    vouchers: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()
    approvals: tuple[ApprovalV2, ...] = ()
    parked_id: str = ""
    shift_id: str = ""


NOTHING_BESIDE: Final = Beside()


# ------------------------------------------------------------------ writing


def sale_to_v2(sale: Sale, beside: Beside = NOTHING_BESIDE) -> SaleV2:
    """Write a finished sale. Its id is its event's id and stands in the envelope."""
    told = msgspec.structs.asdict(sale_to_v1(sale))
    lines = tuple(line_to_v2(line, tax=tax) for line, tax in zip(sale.lines, sale.line_taxes, strict=True))
    return SaleV2(
        **told
        | {
            "lines": lines,
            "tenders": tuple(tender_to_v2(tender) for tender in sale.tenders),
            "lease_spends": tuple(LeaseSpendV1(lease_id=s.lease_id, amount_h=s.amount_h) for s in sale.lease_spends),
        },
        taxes=taxes_to_v2(sale.tax),
        budget_spends=tuple(BudgetSpendV2(budget_id=s.budget_id, amount_h=s.amount_h) for s in sale.budget_spends),
        points_by_amount_h=sale.points_by_amount.hundredths,
        value_by_amount_minor=sale.value_by_amount.minor,
        lines_by_amount=tuple(sorted(sale.lines_by_amount)),
        earned=tuple(
            EarnedV2(n=e.n, qty=e.qty, numerator=str(e.exact_h.numerator), denominator=str(e.exact_h.denominator))
            for e in sale.earned
        ),
        grain_h=sale.grain_h,
        account_rate_h=beside.account_rate_h,
        tracked=tracked_to_v2(sale.tracked),
        fees=beside.fees,
        vouchers=beside.vouchers,
        campaigns=beside.campaigns,
        approvals=beside.approvals,
        parked_id=beside.parked_id,
        shift_id=beside.shift_id,
    )


def line_to_v2(line: Line, *, tax: Money) -> LineV2:
    """Write a line of a sale or refund with its tax (R97)."""
    manual = line.manual
    return LineV2(
        **msgspec.structs.asdict(line_to_v1(line, tax=tax)),
        modifiers=tuple(ModifierV2(id=m.id, name=m.name, price_minor=m.price.minor) for m in line.modifiers),
        note=line.note,
        manual=ManualV2(rate_bp=manual.rate_bp, amount_minor=manual.amount.minor, reason=manual.reason)
        if manual
        else None,
        discount_kind=line.discount_kind.value if line.discount_kind else "",
        discount_id=line.discount_id,
        discount_qty=line.discount_qty,
        offer_points_h=line.offer_points.hundredths if line.offer_points is not None else None,
        reference=line.reference,
    )


def tender_to_v2(tender: Tender) -> TenderV2:
    """Write a tender of a sale or refund."""
    return TenderV2(
        media_id=tender.media_id,
        kind=tender.kind.value,
        amount_minor=tender.amount.minor,
        given_minor=tender.given.minor,
        change_minor=tender.change.minor,
        rounding_minor=tender.rounding.minor,
        reference=tender.reference,
        surcharge_line=tender.surcharge_line,
    )


def taxes_to_v2(taxes: Sequence[TaxSum]) -> tuple[TaxV2, ...]:
    """Write the tax by code and rate."""
    return tuple(
        TaxV2(tax_code_id=t.tax_code_id, label=t.label, rate_bp=t.rate_bp, amount_minor=t.amount.minor) for t in taxes
    )


def tracked_to_v2(tracked: Sequence[Tracked]) -> tuple[TrackedV2, ...]:
    """Write what counts against limits."""
    return tuple(
        TrackedV2(
            discount_id=t.discount_id,
            holder_id=t.holder_id,
            period=t.period,
            amount_minor=t.amount.minor,
            times=t.times,
        )
        for t in tracked
    )


# ------------------------------------------------------------------ reading


def sale_from_wire(event_id: str, body: SaleV1) -> Sale:
    """Read a sale of any version as the rules' own value, with the days that its terminal told.

    Of the first version, which did not tell it, what each line earned is its part of the award by its net.
    Raises BrokenEvent for a word or figure that the rules do not have.
    """
    lines = tuple(line_from_wire(line) for line in body.lines)
    try:
        if isinstance(body, SaleV2):
            return _read(event_id, body, lines, _told_by_v2(event_id, body), by_amount_minor=body.value_by_amount_minor)
        return _read(event_id, body, lines, {"earned": _by_net(lines, body.award_h)})
    except (ValueError, ZeroDivisionError) as error:
        raise BrokenEvent("a word or figure of the sale") from error


def line_from_wire(line: LineV1) -> Line:
    """Read a line of any version. Raises BrokenEvent."""
    read = line_from_v1(line)
    if not isinstance(line, LineV2):
        return read
    manual = line.manual
    try:
        kind = DiscountKind(line.discount_kind) if line.discount_kind else None
    except ValueError as error:
        raise BrokenEvent(f"line {line.n}: kind of discount") from error
    return replace(
        read,
        modifiers=tuple(Modifier(id=m.id, name=m.name, price=Money(m.price_minor)) for m in line.modifiers),
        note=line.note,
        manual=ManualDiscount(rate_bp=manual.rate_bp, amount=Money(manual.amount_minor), reason=manual.reason)
        if manual
        else None,
        discount_kind=kind,
        discount_id=line.discount_id,
        discount_qty=line.discount_qty,
        offer_points=Points(line.offer_points_h) if line.offer_points_h is not None else None,
        reference=line.reference,
    )


def tender_from_wire(tender: TenderV1) -> Tender:
    """Read a tender of any version. Raises ValueError for a kind of medium that does not exist."""
    return Tender(
        media_id=tender.media_id,
        kind=MediaKind(tender.kind),
        amount=Money(tender.amount_minor),
        given=Money(tender.given_minor),
        change=Money(tender.change_minor),
        rounding=Money(tender.rounding_minor),
        reference=tender.reference if isinstance(tender, TenderV2) else "",
        surcharge_line=tender.surcharge_line if isinstance(tender, TenderV2) else 0,
    )


def taxes_from_v2(taxes: Sequence[TaxV2]) -> tuple[TaxSum, ...]:
    """Read the tax by code and rate."""
    return tuple(
        TaxSum(tax_code_id=t.tax_code_id, label=t.label, rate_bp=t.rate_bp, amount=Money(t.amount_minor)) for t in taxes
    )


def tracked_from_v2(tracked: Sequence[TrackedV2], sale_id: str) -> tuple[Tracked, ...]:
    """Read what counts against limits, of a sale or refund with this id."""
    return tuple(
        Tracked(
            discount_id=t.discount_id,
            holder_id=t.holder_id,
            period=t.period,
            amount=Money(t.amount_minor),
            times=t.times,
            sale_id=sale_id,
        )
        for t in tracked
    )


def _read(
    event_id: str, body: SaleV1, lines: tuple[Line, ...], more: Mapping[str, Any], *, by_amount_minor: int = 0
) -> Sale:
    """Read what every version tells, with what only this one does; made once, for a sale is large."""
    by_points = [line.by_points for line in lines if line.by_points is not None]
    return Sale(
        sale_id=event_id,
        number=body.number,
        club_id=body.club_id,
        venue_id=body.venue_id,
        location_id=body.location_id,
        device_id=body.device_id,
        staff_id=body.staff_id,
        at_us=body.at_us,
        trading_day=body.trading_day,
        lines=lines,
        line_taxes=tuple(Money(line.tax_minor) for line in body.lines),
        member_number=body.member_number,
        person_id=body.person_id,
        account_id=body.account_id,
        classification=body.classification,
        benefits=body.benefits,
        multiplier_h=body.multiplier_h,
        ratio=body.ratio,
        tenders=tuple(tender_from_wire(tender) for tender in body.tenders),
        points_used=Points(body.points_used_h),
        lease_spends=tuple(LeaseSpend(lease_id=s.lease_id, amount_h=s.amount_h) for s in body.lease_spends),
        award=Points(body.award_h),
        award_earn_day=body.award_earn_day,
        award_last_day=body.award_last_day,
        gross=total([line.gross for line in lines]),
        discount=total([line.discount for line in lines]),
        points_pay_discount=total([paid.discount for paid in by_points]),
        total=Money(body.total_minor),
        points_value=total([*(paid.value for paid in by_points), Money(by_amount_minor)]),
        tax_total=Money(body.tax_minor),
        saved=total([line.saved for line in lines]),
        offline=body.offline,
        **{"tax": (), **more},
    )


def _told_by_v2(event_id: str, body: SaleV2) -> dict[str, Any]:
    """Give what the second version tells besides."""
    return {
        "tax": taxes_from_v2(body.taxes),
        "budget_spends": tuple(BudgetSpend(budget_id=s.budget_id, amount_h=s.amount_h) for s in body.budget_spends),
        "points_by_amount": Points(body.points_by_amount_h),
        "value_by_amount": Money(body.value_by_amount_minor),
        "lines_by_amount": frozenset(body.lines_by_amount),
        "earned": tuple(
            Earned(n=e.n, qty=e.qty, exact_h=Fraction(_whole(e.numerator), _whole(e.denominator))) for e in body.earned
        ),
        "grain_h": body.grain_h,
        "tracked": tracked_from_v2(body.tracked, event_id),
    }


def _whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError("earned")
    return int(text)


def _by_net(lines: Sequence[Line], award_h: int) -> tuple[Earned, ...]:
    """Share the award over the lines that can have earned it, by their net: of a sale that did not tell more."""
    earning = [line for line in lines if may_earn(line) and line.net.minor > 0]
    of = total([line.net for line in earning]).minor
    return tuple(Earned(n=e.n, qty=e.qty, exact_h=Fraction(award_h * e.net.minor, of)) for e in earning if award_h)
