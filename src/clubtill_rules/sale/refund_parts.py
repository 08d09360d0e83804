"""Refund parts: the stored figures of a sold line split for the units that go back (D42), and what follows them.

Surcharges follow the goods (R103), points that paid by amount the lines they paid for (R41, R74). Every split is by
cumulative rounding, so all parts of a figure sum to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clubtill_rules.goods.line import Line
from clubtill_rules.goods.product import ProductKind
from clubtill_rules.points.refunding import Moved, points_back
from clubtill_rules.sale.sale import Sale
from clubtill_rules.sale.tax import TaxSum
from clubtill_rules.values.money import NIL, Money, part_of, total
from clubtill_rules.values.points import NO_POINTS, Points
from clubtill_rules.values.why import Because, Rounding, because, working


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundLine:
    """What goes back of one sold line. Amounts are 0 or more, as the sale had them.

    Attributes:
        line: as it was sold.
        qty: units that go back; 0 for a part of a surcharge, which follows the goods.
        points_pay_discount: what the PP Discount Media gets back of it (R41).
        points: what returns to the account.
    """

    line: Line
    qty: int
    gross: Money
    discount: Money
    tax: Money
    points_pay_discount: Money = NIL
    points: Points = NO_POINTS

    @property
    def net(self) -> Money:
        """After the discount, before any Points Pay discount, as the books have it."""
        return self.gross - self.discount

    @property
    def points_value(self) -> Money:
        """What the points media gets back of it; nil of a line that money paid (R41)."""
        return self.net - self.points_pay_discount if self.line.by_points else NIL

    @property
    def total(self) -> Money:
        """What the customer paid for it by points and money: after every discount, with tax that was added."""
        return self.net - self.points_pay_discount + (NIL if self.line.tax_inclusive else self.tax)


def part_of_line(sale: Sale, line: Line, tax: Money, before: int, now: int) -> tuple[RefundLine, tuple[Because, ...]]:
    """Split a sold line's stored figures for the units that go back now (D42)."""

    def part(figure: Money) -> Money:
        return Money(part_of(figure.minor, before, now, line.qty))

    gross, discount = part(line.gross), part(line.discount)
    off = part(line.by_points.discount) if line.by_points else NIL
    cost = line.by_points.points if line.by_points else (line.offer_points or NO_POINTS) * line.qty
    moved = Moved(points=NO_POINTS, because=())
    if cost:
        moved = points_back(cost, qty=line.qty, back_before=before, back_now=now, grain_h=sale.grain_h)
    split = RefundLine(
        line=line,
        qty=now,
        gross=gross,
        discount=discount,
        tax=part(tax),
        points_pay_discount=off,
        points=moved.points,
    )
    told = because(
        "why.refund.line",
        "R1",
        working=working(split.total, Rounding.HALF_AWAY, line.receipt_net, ("x", now), ("/", line.qty)),
        line=line.n,
        product=line.name,
        units=now,
        qty=line.qty,
        amount=split.total,
    )
    return split, (told, *moved.because)


def part_of_surcharge(
    sale: Sale, surcharge: Line, tax: Money, gone: Sequence[RefundLine], now: Sequence[RefundLine]
) -> RefundLine:
    """Give the part of a surcharge that follows what goes back of its base (R103).

    A surcharge by day follows the goods; one by medium follows everything that money paid.
    """
    by_medium = any(tender.surcharge_line == surcharge.n for tender in sale.tenders)
    base = {line.n for line in sale.lines if (_money_paid(line) if by_medium else line.kind is ProductKind.GOODS)}
    base = base if _worth(sale.lines, base) else {line.n for line in sale.lines if _is_sold(line)}
    of, before, more = _worth(sale.lines, base), _back_of(gone, base), _back_of(now, base)
    return RefundLine(
        line=surcharge,
        qty=0,
        gross=Money(part_of(surcharge.gross.minor, before, more, of)),
        discount=NIL,
        tax=Money(part_of(tax.minor, before, more, of)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ByAmount:
    """What goes back of the points that paid by amount (#151)."""

    value: Money = NIL
    points: Points = NO_POINTS
    because: tuple[Because, ...] = ()


def part_by_amount(sale: Sale, gone: Sequence[RefundLine], now: Sequence[RefundLine]) -> ByAmount:
    """Give back points that paid by amount in proportion to what goes back of the lines they paid (R41).

    Tax that was added counts with a line: so what points paid of it is never more than the line, and money gives back
    the rest of it.
    """
    if not sale.points_by_amount:
        return ByAmount()
    base = sale.lines_by_amount
    paid = [
        line.receipt_net + (NIL if line.tax_inclusive else tax)
        for line, tax in zip(sale.lines, sale.line_taxes, strict=True)
        if line.n in base
    ]
    before, more = (sum(line.total.minor for line in lines if line.line.n in base) for lines in (gone, now))
    of = total(paid).minor
    moved = points_back(sale.points_by_amount, qty=of, back_before=before, back_now=more, grain_h=sale.grain_h)
    value = Money(part_of(sale.value_by_amount.minor, before, more, of))
    return ByAmount(value=value, points=moved.points, because=moved.because)


def _is_sold(line: Line) -> bool:
    return line.kind is not ProductKind.SURCHARGE


def _money_paid(line: Line) -> bool:
    return _is_sold(line) and line.by_points is None


def _worth(lines: Sequence[Line], numbers: set[int]) -> int:
    """Sum what lines came to, tax that is added not counted, in minor units."""
    return sum(line.receipt_net.minor for line in lines if line.n in numbers)


def _back_of(lines: Sequence[RefundLine], numbers: set[int]) -> int:
    return sum((line.net - line.points_pay_discount).minor for line in lines if line.line.n in numbers)


def taxes_of(lines: Sequence[RefundLine], labels: Mapping[str, str]) -> tuple[TaxSum, ...]:
    """Sum the tax that is reversed by code and rate, in the order in which they first occur (R97)."""
    sums: dict[tuple[str, int], Money] = {}
    for line in lines:
        key = (line.line.tax_code_id, line.line.tax_bp)
        sums[key] = sums.get(key, NIL) + line.tax
    return tuple(
        TaxSum(tax_code_id=code, label=labels.get(code, code), rate_bp=rate, amount=amount)
        for (code, rate), amount in sums.items()
    )
