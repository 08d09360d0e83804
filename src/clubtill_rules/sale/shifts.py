"""Shifts: a drawer opened with a float, what goes in and out of it, and the count at the end (2.12 rows 1, 12-14).

Every figure is exact and every movement is a posting: over a whole shift the cash medium comes to nil.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from clubtill_rules.goods.product import MediaKind
from clubtill_rules.permissions import Act
from clubtill_rules.sale.asks import Ask
from clubtill_rules.sale.parking import Parked
from clubtill_rules.sale.posting import Posting
from clubtill_rules.sale.refunding import Refund
from clubtill_rules.sale.sale import Sale
from clubtill_rules.sale.tabs import Tab
from clubtill_rules.sale.tender import Tender
from clubtill_rules.sale.voiding import Void
from clubtill_rules.values.money import NIL, Money, total
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, Rounding, because, working

SAFE: Final = "safe"
PAID_OUT: Final = "paid_out"
VARIANCE: Final = "cash_variance"
"""Accounts of the books: where drops go, what was paid out, and what the count found over (minus) or short."""


class MovementKind(Enum):
    """What moved, or that only the drawer was opened."""

    SALE = "sale"
    REFUND = "refund"
    VOID = "void"
    SAFE_DROP = "safe_drop"
    PAID_OUT = "paid_out"
    DRAWER_OPENED = "drawer_opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One medium's part of what happened in a shift.

    Attributes:
        amount: into the medium; below nil is out of it. With cash its rounding is in it, so this is what moved.
        of: the event: a sale, refund or void, or blank.
        reason: why money left the drawer, or why it was opened without a sale.
    """

    kind: MovementKind
    media_id: str
    media_kind: MediaKind
    amount: Money
    at_us: int
    of: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """An open shift of one person on one till. `cash_media` is the medium of its drawer."""

    shift_id: str
    device_id: str
    staff_id: str
    opened_at_us: int
    cash_media: str
    float_amount: Money
    movements: tuple[Movement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The X-figures of a shift.

    Attributes:
        media: what each medium took less what it gave back, by id in order; without float, drops and paid-outs.
        drops, paid_out: what left the drawer for the safe and for payments, 0 or more.
        expected: cash that ought to be in the drawer now.
        sales, refunds, voids: how many. `drawer_opened` counts openings without a sale.
    """

    media: tuple[tuple[str, Money], ...]
    float_amount: Money
    drops: Money
    paid_out: Money
    expected: Money
    sales: int
    refunds: int
    voids: int
    drawer_opened: int
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A shift after money was moved out of its drawer or it was opened, with what has to be asked for."""

    shift: Shift
    asks: tuple[Ask, ...]
    postings: tuple[Posting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A closed shift.

    Attributes:
        counted: by denomination in minor units: how many of each.
        variance: counted less expected; above nil is over. It is recorded and never stops a close.
        asks: row 13 or, for another's shift, row 14.
        postings: the drawer to the safe, and the variance; they sum to nil.
    """

    shift: Shift
    figures: Figures
    counted: tuple[tuple[int, int], ...]
    counted_total: Money
    variance: Money
    closed_by: str
    closed_at_us: int
    asks: tuple[Ask, ...]
    postings: tuple[Posting, ...]
    because: tuple[Because, ...]


def open_shift(
    shift_id: str, *, device_id: str, staff_id: str, at_us: int, cash_media: str, float_amount: Money
) -> Moved:
    """Open a shift with a float out of the safe (row 1). A float below nil is a caller's mistake: ValueError."""
    if float_amount < NIL:
        raise ValueError("float_amount: below nil")
    shift = Shift(
        shift_id=shift_id,
        device_id=device_id,
        staff_id=staff_id,
        opened_at_us=at_us,
        cash_media=cash_media,
        float_amount=float_amount,
    )
    return Moved(shift=shift, asks=(Ask(act=Act.SELL),), postings=float_postings(cash_media, float_amount))


def sold(shift: Shift, sale: Sale) -> Shift:
    """Add what each medium took of a sale. Its postings are the sale's own."""
    return _with(shift, MovementKind.SALE, sale.taken, of=sale.sale_id, at_us=sale.at_us, sign=1)


def refunded(shift: Shift, refund: Refund) -> Shift:
    """Add what each medium gave back of a refund."""
    return _with(shift, MovementKind.REFUND, refund.given, of=refund.refund_id, at_us=refund.at_us, sign=-1)


def voided(shift: Shift, void: Void) -> Shift:
    """Add what each medium gave back of a voided sale."""
    return _with(shift, MovementKind.VOID, void.gives_back, of=void.void_id, at_us=void.at_us, sign=-1)


def safe_drop(shift: Shift, amount: Money, *, at_us: int) -> Moved:
    """Put cash from the drawer into the safe (row 13). Refuses `tender.no_amount`, `shift.not_in_drawer`."""
    movement = _movement(shift, MovementKind.SAFE_DROP, -amount, "", at_us)
    return _out(shift, movement, Ask(act=Act.CLOSE_OWN_SHIFT))


def pay_out(shift: Shift, amount: Money, *, reason: str, at_us: int) -> Moved:
    """Pay cash out of the drawer, with a reason (row 12).

    Refuses `tender.no_amount`, `shift.no_reason`, `shift.not_in_drawer`.
    """
    movement = _movement(shift, MovementKind.PAID_OUT, -amount, _reasoned(reason), at_us)
    return _out(shift, movement, Ask(act=Act.OPEN_DRAWER, amount=amount.minor))


def open_drawer(shift: Shift, *, reason: str, at_us: int) -> Moved:
    """Open the drawer without a sale, with a reason (row 12). Refuses `shift.no_reason`."""
    opened = _movement(shift, MovementKind.DRAWER_OPENED, NIL, _reasoned(reason), at_us)
    shift = replace(shift, movements=(*shift.movements, opened))
    return Moved(shift=shift, asks=(Ask(act=Act.OPEN_DRAWER),), postings=())


def x_figures(shift: Shift) -> Figures:
    """Sum a shift so far; nothing changes by it."""
    media: dict[str, Money] = {}
    for one in shift.movements:
        if one.kind in (MovementKind.SALE, MovementKind.REFUND, MovementKind.VOID) and one.media_id:
            media[one.media_id] = media.get(one.media_id, NIL) + one.amount
    trade = media.get(shift.cash_media, NIL)
    drops = -total([m.amount for m in shift.movements if m.kind is MovementKind.SAFE_DROP])
    paid_out = -total([m.amount for m in shift.movements if m.kind is MovementKind.PAID_OUT])
    expected = shift.float_amount + trade - drops - paid_out
    told = because(
        "why.shift.expected",
        "2.12",
        working=working(expected, Rounding.EXACT, shift.float_amount, ("+", trade), ("-", drops), ("-", paid_out)),
        amount=expected,
    )
    return Figures(
        media=tuple(sorted(media.items())),
        float_amount=shift.float_amount,
        drops=drops,
        paid_out=paid_out,
        expected=expected,
        sales=_count(shift, MovementKind.SALE),
        refunds=_count(shift, MovementKind.REFUND),
        voids=_count(shift, MovementKind.VOID),
        drawer_opened=_count(shift, MovementKind.DRAWER_OPENED),
        because=(told,),
    )


def close(
    shift: Shift,
    counted: Mapping[int, int] | None,
    *,
    closed_by: str,
    at_us: int,
    tabs: Sequence[Tab] = (),
    parked: Sequence[Parked] = (),
) -> Closed:
    """Close a shift by its count; what the count finds over or short is recorded, whatever it is.

    Args:
        shift: as it stands.
        counted: pieces by denomination in minor units; an empty drawer is an empty mapping. None: not counted yet.
        closed_by: who closes; for another's shift row 14 is asked for.
        at_us: the moment.
        tabs: open tabs; those for which this person answers stop the close until handed over or closed (R105).
        parked: sales put aside; those of this person stop it likewise (R73).

    Raises:
        Refusal: `shift.open_tabs`, `shift.parked`, with how many; `shift.not_counted`.
        ValueError: a denomination below 1 or fewer than no pieces of it.
    """
    if open_tabs := sum(1 for tab in tabs if tab.staff_id == shift.staff_id):
        raise Refusal("shift.open_tabs", n=open_tabs)
    if held := sum(1 for one in parked if one.staff_id == shift.staff_id):
        raise Refusal("shift.parked", n=held)
    if counted is None:
        raise Refusal("shift.not_counted")
    if any(piece < 1 or pieces < 0 for piece, pieces in counted.items()):
        raise ValueError("counted: a denomination below 1, or fewer than no pieces")
    figures = x_figures(shift)
    found = Money(sum(piece * pieces for piece, pieces in counted.items()))
    variance = found - figures.expected
    act = Act.CLOSE_OWN_SHIFT if closed_by == shift.staff_id else Act.CLOSE_OTHERS_SHIFT
    told = because(
        "why.shift.variance",
        "2.12",
        working=working(variance, Rounding.EXACT, found, ("-", figures.expected)),
        amount=variance,
    )
    return Closed(
        shift=shift,
        figures=figures,
        counted=tuple(sorted(counted.items(), reverse=True)),
        counted_total=found,
        variance=variance,
        closed_by=closed_by,
        closed_at_us=at_us,
        asks=(Ask(act=act),),
        postings=close_postings(shift.cash_media, figures.expected, found),
        because=(*figures.because, told),
    )


def float_postings(cash_media: str, float_amount: Money) -> tuple[Posting, ...]:
    """Give the postings of a float: out of the safe into the drawer."""
    return _booked((_cash(cash_media), float_amount), (SAFE, -float_amount))


def out_postings(cash_media: str, kind: MovementKind, amount: Money) -> tuple[Posting, ...]:
    """Give the postings of cash that leaves the drawer for the safe or for a payment; none of nil."""
    return _booked((_cash(cash_media), -amount), (SAFE if kind is MovementKind.SAFE_DROP else PAID_OUT, amount))


def close_postings(cash_media: str, expected: Money, counted: Money) -> tuple[Posting, ...]:
    """Give the postings of a close: what was counted into the safe, and the variance (0137)."""
    return _booked((_cash(cash_media), -expected), (SAFE, counted), (VARIANCE, expected - counted))


def _cash(cash_media: str) -> str:
    return f"media:{cash_media}"


def _booked(*amounts: tuple[str, Money]) -> tuple[Posting, ...]:
    return tuple(Posting(account=account, amount=amount) for account, amount in amounts if amount)


def _count(shift: Shift, kind: MovementKind) -> int:
    """Count events of a kind: a sale in two parts is one; each opening of the drawer is one."""
    found = [one.of or str(place) for place, one in enumerate(shift.movements) if one.kind is kind]
    return len(set(found))


def _with(shift: Shift, kind: MovementKind, tenders: Sequence[Tender], *, of: str, at_us: int, sign: int) -> Shift:
    """Add one movement a medium; of an event without money one without a medium, so that it is counted."""
    made = tuple(
        Movement(
            kind=kind,
            media_id=tender.media_id,
            media_kind=tender.kind,
            amount=(tender.amount + tender.rounding) * sign,
            at_us=at_us,
            of=of,
        )
        for tender in tenders
    )
    nothing = Movement(kind=kind, media_id="", media_kind=MediaKind.POINTS, amount=NIL, at_us=at_us, of=of)
    return replace(shift, movements=(*shift.movements, *(made or (nothing,))))


def _movement(shift: Shift, kind: MovementKind, amount: Money, reason: str, at_us: int) -> Movement:
    return Movement(
        kind=kind,
        media_id=shift.cash_media,
        media_kind=MediaKind.CASH,
        amount=amount,
        at_us=at_us,
        reason=reason,
    )


def _reasoned(reason: str) -> str:
    """Give a reason without blanks around it. Refuses `shift.no_reason`."""
    if not reason.strip():
        raise Refusal("shift.no_reason")
    return reason.strip()


def _out(shift: Shift, movement: Movement, ask: Ask) -> Moved:
    """Take cash out of the drawer: never more than ought to be in it."""
    amount = -movement.amount
    if amount <= NIL:
        raise Refusal("tender.no_amount")
    if amount > x_figures(shift).expected:
        raise Refusal("shift.not_in_drawer", amount=amount)
    moved = replace(shift, movements=(*shift.movements, movement))
    return Moved(shift=moved, asks=(ask,), postings=out_postings(shift.cash_media, movement.kind, amount))
