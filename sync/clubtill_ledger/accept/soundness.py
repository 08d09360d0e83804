"""Soundness: what every honest terminal keeps in an event. One that does not is held for a manager to judge (C25).

Nothing here asks what the ledger knows: only whether the figures of a body can be those of a fact of its kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from clubtill_rules.door.attendance import MovementKind
from clubtill_rules.door.registers import GuestKind
from clubtill_rules.sale.shifts import MovementKind as DrawerKind
from clubtill_rules.values.ids import account_bucket, device_bucket
from clubtill_sync.wire.door_events import GuestEntryV1, HeadCountV1
from clubtill_sync.wire.events import AdmissionV1, LeaseCloseV1, SaleV1, SwipeV1
from clubtill_sync.wire.refund_events import RefundV1
from clubtill_sync.wire.sale_events import SaleV2
from clubtill_sync.wire.shift_events import DrawerMovedV1, ShiftClosedV1, ShiftOpenedV1
from clubtill_sync.wire.versions import Body

_GUESTS: Final = frozenset(kind.value for kind in GuestKind)
_PEOPLE: Final = frozenset(kind.value for kind in MovementKind)
_DRAWER: Final = frozenset({DrawerKind.SAFE_DROP.value, DrawerKind.PAID_OUT.value, DrawerKind.DRAWER_OPENED.value})


def bucket_of(body: Body, device_id: str) -> int:
    """Give an event's bucket: of its account; of a refund without one that of the till that sold; else its device's.

    So a sale, its refunds and its void always lie in one bucket.
    """
    if body.account_id and body.club_id:
        return account_bucket(body.club_id, body.account_id)
    if isinstance(body, RefundV1) and body.sale_device_id:
        return device_bucket(body.sale_device_id)
    return device_bucket(device_id)


def sound(body: Body, device_id: str) -> bool:  # noqa: C901, PLR0911 - one a kind of event
    """Tell whether an event of a device keeps what it has to."""
    if body.device_id != device_id:
        return False
    match body:
        case SaleV1():
            return _sale(body)
        case SwipeV1():
            given = bool(body.visit_h or body.birthday_h)
            return min(body.visit_h, body.birthday_h) >= 0 and (bool(body.account_id and body.person_id) or not given)
        case AdmissionV1():
            return body.guests >= 0
        case LeaseCloseV1():
            return body.spent_h >= 0
        case RefundV1():
            return _refund(body)
        case GuestEntryV1():
            return not body.account_id and bool(body.key) and body.kind in _GUESTS
        case HeadCountV1():
            more = body.count > 0 or (body.kind == MovementKind.CORRECTION.value and body.count != 0)
            return not body.account_id and body.kind in _PEOPLE and more
        case ShiftOpenedV1():
            return not body.account_id and body.float_minor >= 0
        case DrawerMovedV1():
            opened = body.kind == DrawerKind.DRAWER_OPENED.value
            moves = body.amount_minor == 0 if opened else body.amount_minor < 0
            return not body.account_id and body.kind in _DRAWER and moves
        case ShiftClosedV1():
            return not body.account_id and _shift(body)
        case _:
            return _spent(body) >= 0


def _spent(body: Any) -> int:
    return int(getattr(body, "spent_h", 0))


def _sale(body: SaleV1) -> bool:
    spent = [spend.amount_h for spend in body.lease_spends]
    more: list[int] = []
    if isinstance(body, SaleV2):
        spent += [spend.amount_h for spend in body.budget_spends]
        more = [body.points_by_amount_h, body.value_by_amount_minor, *(fee.points_h for fee in body.fees)]
        if body.grain_h < 1 or not _sale_v2(body):
            return False
    return (
        min((0, body.award_h, body.points_used_h, *spent, *more)) == 0
        and sum(spent) == body.points_used_h
        and (bool(body.account_id) or not (body.award_h or body.points_used_h))
        and _once(line.n for line in body.lines)
        and all(line.qty > 0 for line in body.lines)
    )


def _sale_v2(body: SaleV2) -> bool:
    """Tell whether what the second version tells fits its lines and its member."""
    lines = {line.n: line for line in body.lines}
    return (
        all(one.n in lines and one.qty == lines[one.n].qty for one in body.earned)
        and _once(one.n for one in body.earned)
        and set(body.lines_by_amount) <= set(lines)
        and all(fee.line in lines for fee in body.fees)
        and [fee.place for fee in body.fees] == list(range(len(body.fees)))
        and (bool(body.person_id and body.account_id) or not body.fees)
        and _once(body.vouchers)
        and _once(body.campaigns)
        and _once((one.discount_id, one.holder_id, one.period) for one in body.tracked)
    )


def _refund(body: RefundV1) -> bool:
    figures = [
        figure
        for line in body.lines
        for figure in (line.qty, line.gross_minor, line.discount_minor, line.pp_discount_minor, line.points_h)
    ]
    with_points = bool(body.points_back_h or body.award_back_h)
    return (
        min((0, body.points_back_h, body.award_back_h, body.grace_days, *figures)) == 0
        and bool(body.lines)
        and _once(line.line.n for line in body.lines)
        and all(line.line.qty > 0 for line in body.lines)
        and bool(body.sale_id) == bool(body.sale_device_id)
        and (bool(body.account_id and body.sale_id) or not with_points)
        and (bool(body.sale_id) or not (body.void or body.account_id))
    )


def _shift(body: ShiftClosedV1) -> bool:
    pieces = sum(one.piece_minor * one.pieces for one in body.counted)
    return (
        pieces == body.counted_minor
        and body.counted_minor - body.expected_minor == body.variance_minor
        and all(one.piece_minor > 0 and one.pieces >= 0 for one in body.counted)
        and _once(one.piece_minor for one in body.counted)
        and _once(one.media_id for one in body.media)
    )


def _once(values: Iterable[Any]) -> bool:
    told = list(values)
    return len(set(told)) == len(told)
