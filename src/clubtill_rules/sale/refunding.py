"""Refunding: a refund by line and by part of a line, from the figures stored with the sale (R1, R24, R40-R43, R97).

Nothing is priced, taxed or rated again: every figure of a line is split by cumulative rounding, so that any sequence of
part refunds gives back what was taken and no more (D42). Lines paid by points give back points, not money (R41).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import Line
from clubtill_rules.goods.product import MediaKind, ProductKind
from clubtill_rules.permissions import Act
from clubtill_rules.points.refunding import Moved, check_points_refund, kept, reversal
from clubtill_rules.sale.asks import Ask
from clubtill_rules.sale.refund_parts import (
    RefundLine,
    part_by_amount,
    part_of_line,
    part_of_surcharge,
    taxes_of,
)
from clubtill_rules.sale.rounding import cash_total
from clubtill_rules.sale.sale import FeeTaken, Sale, fees_of
from clubtill_rules.sale.tax import TaxSum, line_tax
from clubtill_rules.sale.tender import Tender
from clubtill_rules.values.days import trading_day
from clubtill_rules.values.money import NIL, Money, total
from clubtill_rules.values.points import NO_POINTS, Points
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, because

_FIRST_BACK: Final = {MediaKind.GIFT_CARD: 0, MediaKind.ACCOUNT: 1}
"""Gift cards and charge accounts get back first what they paid (R100, R102); the rest in the order of payment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """A refund, as one value. `sale_id` is blank without a receipt.

    Attributes:
        tenders: what each medium gives back: points, PP discount, Discount Expense, then money; cash with its rounding.
        points_back: returns to the account (R41); `award_back` is taken from it (R40).
        total: what goes back in points and money, tax included; `points_value` is the part that points paid.
        fees: whose effects are to be taken back, each while it is the latest of its classification (R24).
        expensed: discounts were booked on a medium of their own (R81).
        asks: rows 10 and 11 of the matrix.
        award_leg: leg of the award in the sale's event; `grace_days` of the club are stamped on what returns (R41).
    """

    refund_id: str
    sale_id: str
    account_id: str
    device_id: str
    staff_id: str
    at_us: int
    trading_day: date
    club_day: date
    lines: tuple[RefundLine, ...]
    tenders: tuple[Tender, ...]
    points_back: Points
    award_back: Points
    total: Money
    points_value: Money
    tax: tuple[TaxSum, ...]
    tax_total: Money
    fees: tuple[FeeTaken, ...]
    expensed: bool
    asks: tuple[Ask, ...]
    award_leg: int
    grace_days: int
    because: tuple[Because, ...]

    @property
    def given(self) -> tuple[Tender, ...]:
        """What is handed back: the tenders without points and discount media."""
        return tuple(t for t in self.tenders if t.kind not in (MediaKind.POINTS, MediaKind.DISCOUNT))

    @property
    def cash_rounding(self) -> Money:
        """What cash rounding added to what is handed back (R79)."""
        return total([t.rounding for t in self.tenders])


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """By whom, where and when a refund or a void is made; `event_id` is its id."""

    event_id: str
    device_id: str
    staff_id: str
    at_us: int


def left_of(sale: Sale, already: Sequence[Refund] = ()) -> dict[int, int]:
    """Give how many units of each line can still go back, by line number; surcharges follow the goods (R103)."""
    back = _units_back(already)
    return {line.n: line.qty - back.get(line.n, 0) for line in sale.lines if line.kind is not ProductKind.SURCHARGE}


def refund(
    sale: Sale,
    already: Sequence[Refund],
    wanted: Mapping[int, int],
    *,
    made: Made,
    catalogue: Catalogue,
    to_account: str | None = None,
) -> Refund:
    """Refund units of lines with the receipt (R40-R43, R97).

    Args:
        sale: as it was made final.
        already: every refund of it so far.
        wanted: units by line number, 1 or more each.
        made: by whom, where and when.
        catalogue: for days, cash step and grace; no price, rate or tax is taken from it.
        to_account: the account that is to get the points; None is the one that paid.

    Raises:
        Refusal: `refund.no_lines`; `refund.nothing_left` of the whole sale; `refund.beyond` with the `product` and the
            `n` units left of it; `refund.points.other_account` (R41).
        ValueError: a line that was not sold, or is a surcharge; fewer than one unit; a refund of another sale.
    """
    before = _checked(sale, already, wanted)
    lines, told = _lines(sale, already, before, wanted)
    by_amount = part_by_amount(sale, [line for one in already for line in one.lines], lines)
    back = sum((line.points for line in lines), NO_POINTS) + by_amount.points
    if back and to_account is not None:
        check_points_refund(paid_account=sale.account_id, to_account=to_account, with_receipt=True)
    taken = _award_back(sale, before, wanted)
    points_value = total([line.points_value for line in lines]) + by_amount.value
    whole = total([line.total for line in lines])
    return Refund(
        refund_id=made.event_id,
        sale_id=sale.sale_id,
        account_id=sale.account_id,
        device_id=made.device_id,
        staff_id=made.staff_id,
        at_us=made.at_us,
        trading_day=trading_day(made.at_us, catalogue.venue.clock),
        club_day=trading_day(made.at_us, catalogue.club.clock),
        lines=lines,
        tenders=(
            *_media(sale, lines, points_value),
            *_money(sale, already, whole - points_value, catalogue.venue.cash_step_minor),
        ),
        points_back=back,
        award_back=taken.points,
        total=whole,
        points_value=points_value,
        tax=taxes_of(lines, {t.tax_code_id: t.label for t in sale.tax}),
        tax_total=total([line.tax for line in lines]),
        fees=fees_of([line.line for line in lines], sale.person_id),
        expensed=sale.expensed,
        asks=(Ask(act=Act.REFUND, amount=whole.minor),),
        award_leg=len(sale.lease_spends) + len(sale.budget_spends),
        grace_days=catalogue.club.refund_grace_days,
        because=(*told, *by_amount.because, *(taken.because if sale.earned else ())),
    )


def refund_without_receipt(lines: Sequence[Line], *, made: Made, catalogue: Catalogue, media_id: str) -> Refund:
    """Refund goods for which there is no receipt: in cash, at the prices the lines carry, never points (R41, row 11).

    Args:
        lines: as rung up now, with the discounts that staff find right.
        made: by whom, where and when.
        catalogue: for days, tax labels and cash step.
        media_id: the cash that is handed out.

    Raises:
        Refusal: `refund.no_lines`; `refund.only_goods` for a fee, gift card or anything else that is no goods;
            `refund.points.no_receipt` for a line that points pay.
    """
    if not lines:
        raise Refusal("refund.no_lines")
    for line in lines:
        if line.kind is not ProductKind.GOODS:
            raise Refusal("refund.only_goods", product=line.name)
        if line.by_points is not None or line.offer_points is not None:
            raise Refusal("refund.points.no_receipt")
    back = tuple(
        RefundLine(
            line=line,
            qty=line.qty,
            gross=line.gross,
            discount=line.discount,
            tax=line_tax(line, catalogue.venue.points_tax),
        )
        for line in lines
    )
    whole = total([line.total for line in back])
    labels = {code.id: code.label for code in catalogue.tax_codes.values()}
    return Refund(
        refund_id=made.event_id,
        sale_id="",
        account_id="",
        device_id=made.device_id,
        staff_id=made.staff_id,
        at_us=made.at_us,
        trading_day=trading_day(made.at_us, catalogue.venue.clock),
        club_day=trading_day(made.at_us, catalogue.club.clock),
        lines=back,
        tenders=(_cash_back(media_id, NIL, whole, catalogue.venue.cash_step_minor),),
        points_back=NO_POINTS,
        award_back=NO_POINTS,
        total=whole,
        points_value=NIL,
        tax=taxes_of(back, labels),
        tax_total=total([line.tax for line in back]),
        fees=(),
        expensed=False,
        asks=(Ask(act=Act.REFUND_WITHOUT_RECEIPT, amount=whole.minor),),
        award_leg=0,
        grace_days=0,
        because=(because("why.refund.no_receipt", "R41", amount=whole),),
    )


def _units_back(already: Sequence[Refund]) -> dict[int, int]:
    """Sum the units that have gone back, by line number."""
    back: dict[int, int] = {}
    for one in already:
        for line in one.lines:
            back[line.line.n] = back.get(line.line.n, 0) + line.qty
    return back


def _award_back(sale: Sale, before: Mapping[int, int], wanted: Mapping[int, int]) -> Moved:
    """Give what goes back of the award: what was kept before less what is kept now (R40)."""
    after = {n: before.get(n, 0) + wanted.get(n, 0) for n in before.keys() | wanted.keys()}
    return reversal(kept(sale.earned, before), kept(sale.earned, after), grain_h=sale.grain_h)


def _lines(
    sale: Sale, already: Sequence[Refund], before: Mapping[int, int], wanted: Mapping[int, int]
) -> tuple[tuple[RefundLine, ...], tuple[Because, ...]]:
    """Give the parts of the lines that go back, with the surcharges that follow them, and why."""
    taxes = {line.n: tax for line, tax in zip(sale.lines, sale.line_taxes, strict=True)}
    lines: list[RefundLine] = []
    told: list[Because] = []
    for line in sale.lines:
        if line.n in wanted:
            part, why = part_of_line(sale, line, taxes[line.n], before.get(line.n, 0), wanted[line.n])
            lines.append(part)
            told += why
    gone = [line for one in already for line in one.lines]
    surcharges = [line for line in sale.lines if line.kind is ProductKind.SURCHARGE]
    follow = [part_of_surcharge(sale, line, taxes[line.n], gone, lines) for line in surcharges]
    return (*lines, *(line for line in follow if line.gross or line.tax)), tuple(told)


def _checked(sale: Sale, already: Sequence[Refund], wanted: Mapping[int, int]) -> dict[int, int]:
    """Give the units that have gone back, by line number; refuse what cannot go back, as `refund` says."""
    if any(one.sale_id != sale.sale_id for one in already):
        raise ValueError("already: a refund of another sale")
    left = left_of(sale, already)
    if not any(left.values()):
        raise Refusal("refund.nothing_left")
    if not wanted:
        raise Refusal("refund.no_lines")
    names = {line.n: line.name for line in sale.lines}
    for n, units in wanted.items():
        if n not in left or units < 1:
            raise ValueError(f"wanted: {units} of line {n}")
        if units > left[n]:
            raise Refusal("refund.beyond", product=names[n], n=left[n])
    return _units_back(already)


def _media(sale: Sale, lines: Sequence[RefundLine], points_value: Money) -> tuple[Tender, ...]:
    """Reverse the media that nobody handed over, each for its part of the lines (R41, R69, R81)."""
    off = total([line.points_pay_discount for line in lines])
    expensed = total([line.discount for line in lines]) if sale.expensed else NIL
    points_media = next((t.media_id for t in sale.tenders if t.kind is MediaKind.POINTS), "")
    rows = (
        (points_media, MediaKind.POINTS, points_value),
        (sale.points_pay_media, MediaKind.DISCOUNT, off),
        (sale.expense_media, MediaKind.DISCOUNT, expensed),
    )
    return tuple(Tender(media_id=m, kind=kind, amount=amount, given=amount) for m, kind, amount in rows if amount)


def _money(sale: Sale, already: Sequence[Refund], owed: Money, step_minor: int) -> tuple[Tender, ...]:
    """Give the money back to the media that paid, none more than it paid: gift cards and accounts first."""
    paid: dict[tuple[str, MediaKind, str], Money] = {}
    for tender in sorted(sale.taken, key=lambda t: _FIRST_BACK.get(t.kind, len(_FIRST_BACK))):
        key = (tender.media_id, tender.kind, tender.reference)
        paid[key] = paid.get(key, NIL) + tender.amount
    back: dict[tuple[str, MediaKind, str], Money] = {}
    for one in already:
        for tender in one.given:
            key = (tender.media_id, tender.kind, tender.reference)
            back[key] = back.get(key, NIL) + tender.amount
    given: list[Tender] = []
    for key, most in paid.items():
        done = back.get(key, NIL)
        amount = min(owed, most - done)
        owed -= amount
        media_id, kind, reference = key
        if amount and kind is MediaKind.CASH:
            given.append(_cash_back(media_id, done, amount, step_minor))
        elif amount:
            given.append(Tender(media_id=media_id, kind=kind, amount=amount, given=amount, reference=reference))
    return tuple(given)


def _cash_back(media_id: str, done: Money, amount: Money, step_minor: int) -> Tender:
    """Hand out cash so that all of it so far is rounded once, whatever the parts (R79)."""
    handed = cash_total(done + amount, step_minor) - cash_total(done, step_minor)
    return Tender(media_id=media_id, kind=MediaKind.CASH, amount=amount, given=handed, rounding=handed - amount)
