"""Versions: which class a kind and version of event is, and the one mapping between the rules' classes and the wire.

A version that was ever sent is read for ever: `golden/` keeps bytes of each (D30). A changed fact is a new version
beside the old one, never a changed class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from clubtill_rules.goods.line import Line, PaidByPoints, PriceReason
from clubtill_rules.goods.product import ProductKind
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points
from clubtill_sync.wire.budgets import BudgetCloseV1
from clubtill_sync.wire.door_events import GuestEntryV1, HeadCountV1, SwipeV2
from clubtill_sync.wire.events import (
    AdmissionV1,
    Event,
    LeaseCloseV1,
    LeaseSpendV1,
    LineV1,
    SaleV1,
    SwipeV1,
    TenderV1,
)
from clubtill_sync.wire.refund_events import RefundV1
from clubtill_sync.wire.sale_events import SaleV2
from clubtill_sync.wire.shift_events import DrawerMovedV1, ShiftClosedV1, ShiftOpenedV1

if TYPE_CHECKING:  # writing only reads fields; the ledger reads events without loading how they are made
    from clubtill_rules.door.posting import Admission, Swipe
    from clubtill_rules.sale.sale import Sale

Body = (
    SaleV1
    | SwipeV1
    | AdmissionV1
    | LeaseCloseV1
    | RefundV1
    | GuestEntryV1
    | HeadCountV1
    | ShiftOpenedV1
    | DrawerMovedV1
    | ShiftClosedV1
    | BudgetCloseV1
)

BODIES: Final[dict[tuple[str, int], type[Body]]] = {
    ("sale", 1): SaleV1,
    ("swipe", 1): SwipeV1,
    ("admission", 1): AdmissionV1,
    ("lease_close", 1): LeaseCloseV1,
    ("sale", 2): SaleV2,
    ("refund", 1): RefundV1,
    ("swipe", 2): SwipeV2,
    ("guest_entry", 1): GuestEntryV1,
    ("head_count", 1): HeadCountV1,
    ("shift_opened", 1): ShiftOpenedV1,
    ("drawer_moved", 1): DrawerMovedV1,
    ("shift_closed", 1): ShiftClosedV1,
    ("budget_close", 1): BudgetCloseV1,
}
"""Every kind and version that was ever sent."""
_NAMES: Final = {body: name for name, body in BODIES.items()}
_NIL_CHARACTER: Final = b"\\u0000"
_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_EVENT: Final = msgspec.json.Decoder(Event)


class UnknownEvent(Exception):  # noqa: N818 - an answer: this program is older than the event
    """A kind or version that this program does not know. The ledger keeps its bytes and answers `held` (C25)."""

    def __init__(self, kind: str, version: int) -> None:
        super().__init__(kind, version)
        self.kind = kind
        self.version = version


class BrokenEvent(Exception):  # noqa: N818 - an answer: these bytes are no event
    """Bytes that are not what they say they are. `why` is for the log and names no value of the event."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


# ------------------------------------------------------------------ bytes


def encode_event(
    *,
    event_id: str,
    body: Body,
    occurred_at_us: int,
    mono_us: int,
    boot_id: str,
    rules_version: str,
    settings_version: str,
) -> bytes:
    """Write an event's bytes. They are made once, kept, and sent as they are for ever (I4)."""
    kind, version = _NAMES[type(body)]
    return msgspec.json.encode(
        Event(
            event_id=event_id,
            kind=kind,
            version=version,
            occurred_at_us=occurred_at_us,
            mono_us=mono_us,
            boot_id=boot_id,
            rules_version=rules_version,
            settings_version=settings_version,
            body=msgspec.Raw(msgspec.json.encode(body)),
        )
    )


def decode_event(data: bytes | msgspec.Raw) -> Event:
    """Read the envelope of an event; its body stays as it came. Raises BrokenEvent."""
    if _NIL_CHARACTER in bytes(data):  # PostgreSQL keeps no text with one
        raise BrokenEvent("a nil character")
    try:
        return _EVENT.decode(data)
    except _UNREADABLE as error:
        raise BrokenEvent(str(error)) from error


def decode_body(event: Event) -> Body:
    """Read the body of an event. Raises UnknownEvent for a kind or version from a newer program, and BrokenEvent."""
    body = BODIES.get((event.kind, event.version))
    if body is None:
        raise UnknownEvent(event.kind, event.version)
    try:
        return msgspec.json.decode(event.body, type=body)
    except _UNREADABLE as error:
        raise BrokenEvent(str(error)) from error


# ------------------------------------------------------------------ lines


def line_to_v1(line: Line, *, tax: Money) -> LineV1:
    """Write a line of a sale with its tax (R97)."""
    paid = line.by_points
    return LineV1(
        n=line.n,
        product_id=line.product_id,
        name=line.name,
        family_id=line.family_id,
        category_id=line.category_id,
        kind=line.kind.value,
        qty=line.qty,
        added_at_us=line.added_at_us,
        level=line.level,
        unit_minor=line.unit_price.minor,
        public_minor=line.public_price.minor,
        price_reason=line.price_reason.value,
        special_id=line.special_id,
        discount_minor=line.discount.minor,
        rate_h=line.rate_h,
        fixed_points=line.fixed_points,
        points_price_h=line.points_price.hundredths if line.points_price is not None else None,
        tax_code_id=line.tax_code_id,
        tax_bp=line.tax_bp,
        tax_inclusive=line.tax_inclusive,
        tax_minor=tax.minor,
        pp_points_h=paid.points.hundredths if paid else 0,
        pp_value_minor=paid.value.minor if paid else 0,
        pp_discount_minor=paid.discount.minor if paid else 0,
        pp_own_price=paid.own_price if paid else False,
        by_points=paid is not None,
    )


def line_from_v1(line: LineV1) -> Line:
    """Read a line of a sale. Raises BrokenEvent for a kind or a price reason that does not exist."""
    try:
        kind, reason = ProductKind(line.kind), PriceReason(line.price_reason)
    except ValueError as error:
        raise BrokenEvent(f"line {line.n}: kind or price reason") from error
    paid = PaidByPoints(
        points=Points(line.pp_points_h),
        value=Money(line.pp_value_minor),
        discount=Money(line.pp_discount_minor),
        own_price=line.pp_own_price,
    )
    return Line(
        n=line.n,
        product_id=line.product_id,
        name=line.name,
        family_id=line.family_id,
        category_id=line.category_id,
        kind=kind,
        qty=line.qty,
        added_at_us=line.added_at_us,
        level=line.level,
        unit_price=Money(line.unit_minor),
        public_price=Money(line.public_minor),
        price_reason=reason,
        special_id=line.special_id,
        discount=Money(line.discount_minor),
        rate_h=line.rate_h,
        fixed_points=line.fixed_points,
        points_price=Points(line.points_price_h) if line.points_price_h is not None else None,
        tax_code_id=line.tax_code_id,
        tax_bp=line.tax_bp,
        tax_inclusive=line.tax_inclusive,
        by_points=paid if line.by_points else None,
    )


def sale_lines_from_v1(sale: SaleV1) -> tuple[Line, ...]:
    """Read the lines of a sale, to compute its award again (ledger design 4.5). Raises BrokenEvent."""
    return tuple(line_from_v1(line) for line in sale.lines)


# ------------------------------------------------------------------ sales


def sale_to_v1(sale: Sale) -> SaleV1:
    """Write a finished sale. Its id is its event's id and stands in the envelope."""
    return SaleV1(
        number=sale.number,
        club_id=sale.club_id,
        venue_id=sale.venue_id,
        location_id=sale.location_id,
        device_id=sale.device_id,
        staff_id=sale.staff_id,
        at_us=sale.at_us,
        trading_day=sale.trading_day,
        lines=tuple(line_to_v1(line, tax=tax) for line, tax in zip(sale.lines, sale.line_taxes, strict=True)),
        tenders=tuple(
            TenderV1(
                media_id=tender.media_id,
                kind=tender.kind.value,
                amount_minor=tender.amount.minor,
                given_minor=tender.given.minor,
                change_minor=tender.change.minor,
                rounding_minor=tender.rounding.minor,
            )
            for tender in sale.tenders
        ),
        person_id=sale.person_id,
        account_id=sale.account_id,
        member_number=sale.member_number,
        classification=sale.classification,
        benefits=sale.benefits,
        multiplier_h=sale.multiplier_h,
        ratio=sale.ratio,
        points_used_h=sale.points_used.hundredths,
        lease_spends=tuple(
            LeaseSpendV1(lease_id=spend.lease_id, amount_h=spend.amount_h) for spend in sale.lease_spends
        ),
        award_h=sale.award.hundredths,
        award_earn_day=sale.award_earn_day,
        award_last_day=sale.award_last_day,
        total_minor=sale.total.minor,
        tax_minor=sale.tax_total.minor,
        offline=sale.offline,
    )


# ------------------------------------------------------------------ doors


def swipe_to_v1(swipe: Swipe) -> SwipeV1:
    """Write a card at a door. Its id is its event's id and stands in the envelope."""
    return SwipeV1(
        club_id=swipe.club_id,
        venue_id=swipe.venue_id,
        location_id=swipe.location_id,
        device_id=swipe.device_id,
        staff_id=swipe.staff_id,
        at_us=swipe.at_us,
        card_digest=swipe.card_digest,
        person_id=swipe.person_id,
        account_id=swipe.account_id,
        member_number=swipe.member_number,
        classification=swipe.classification,
        verdict=swipe.verdict.value,
        code=swipe.code,
        entry_day=swipe.entry_day,
        visit_h=swipe.visit.hundredths,
        visit_key=swipe.visit_key,
        birthday_h=swipe.birthday.hundredths,
        birthday_key=swipe.birthday_key,
        earn_day=swipe.earn_day,
        last_day=swipe.last_day,
        offline=swipe.offline,
    )


def admission_to_v1(admission: Admission) -> AdmissionV1:
    """Write what staff made of a swipe. Its id is its event's id and stands in the envelope."""
    return AdmissionV1(
        swipe_event_id=admission.swipe_event_id,
        club_id=admission.club_id,
        venue_id=admission.venue_id,
        location_id=admission.location_id,
        device_id=admission.device_id,
        staff_id=admission.staff_id,
        approver_id=admission.approver_id,
        at_us=admission.at_us,
        person_id=admission.person_id,
        account_id=admission.account_id,
        outcome=admission.outcome.value,
        reason=admission.reason,
        guests=admission.guests,
    )
