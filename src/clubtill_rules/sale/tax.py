"""Tax: of each line, after every discount, and the sums of a sale by code (R97). Nothing is computed from a total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import Line
from clubtill_rules.goods.product import ProductKind
from clubtill_rules.members.venue import PointsTax
from clubtill_rules.points.earning import PaidByAmount
from clubtill_rules.values.money import NIL, Money, half_away, shares


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxSum:
    """The tax of a sale under one code and rate; `label` is what receipts call it, such as GST."""

    tax_code_id: str
    label: str
    rate_bp: int
    amount: Money


def line_tax(line: Line, points_tax: PointsTax, paid_by_amount: Money = NIL) -> Money:
    """Give the tax in a line (inclusive) or on it (exclusive), rounded half away from zero (R97).

    The base is the line after discounts and Points Pay discount; under DISCOUNT the points lower it too (D9): those of
    the line (R68), and its part of what points pay by amount, as `charged_parts` gives it.
    """
    base = line.receipt_net
    if points_tax is PointsTax.DISCOUNT:
        base -= paid_by_amount
        if line.by_points is not None:
            base -= line.by_points.value
    divisor = 10_000 + line.tax_bp if line.tax_inclusive else 10_000
    return Money(half_away(base.minor * line.tax_bp, divisor))


def charged_parts(lines: Sequence[Line], by_amount: PaidByAmount | None) -> tuple[Money, ...]:
    """Give each line's part of what points pay by amount (#151): pro rata over the lines that share it (R74, R97).

    Args:
        lines: of the sale.
        by_amount: what points pay, of which lines; where it names none, of all goods that points do not pay already.
            A part is never above its line.
    """
    if by_amount is None:
        return (NIL,) * len(lines)
    weights = [line.receipt_net.minor if _shares(line, by_amount) else 0 for line in lines]
    return shares(min(by_amount.amount, Money(sum(weights))), weights)


def _shares(line: Line, by_amount: PaidByAmount) -> bool:
    if by_amount.lines is not None:
        return line.n in by_amount.lines
    return line.kind is ProductKind.GOODS and line.by_points is None


def line_taxes(
    lines: Sequence[Line], points_tax: PointsTax, by_amount: PaidByAmount | None = None
) -> tuple[Money, ...]:
    """Give the tax of every line of a sale, in order; `by_amount` is what points pay by amount (R97)."""
    parts = charged_parts(lines, by_amount)
    return tuple(line_tax(line, points_tax, part) for line, part in zip(lines, parts, strict=True))


def added_tax(line: Line, points_tax: PointsTax, paid_by_amount: Money = NIL) -> Money:
    """Give the tax that comes on top of a line's price: nil where the price includes it."""
    return NIL if line.tax_inclusive else line_tax(line, points_tax, paid_by_amount)


def tax_on_top(lines: Sequence[Line]) -> dict[int, Money]:
    """Give the tax that comes on top of each line by number, where points pay nothing of it."""
    return {line.n: added_tax(line, PointsTax.PAYMENT) for line in lines}


def tax_sums(lines: Sequence[Line], catalogue: Catalogue, by_amount: PaidByAmount | None = None) -> tuple[TaxSum, ...]:
    """Sum the lines' tax by code and rate, in the order in which they first occur. Free codes are listed with nil."""
    sums: dict[tuple[str, int], int] = {}
    for line, tax in zip(lines, line_taxes(lines, catalogue.venue.points_tax, by_amount), strict=True):
        key = (line.tax_code_id, line.tax_bp)
        sums[key] = sums.get(key, 0) + tax.minor
    return tuple(
        TaxSum(
            tax_code_id=code_id,
            label=catalogue.tax_codes[code_id].label if code_id in catalogue.tax_codes else code_id,
            rate_bp=rate_bp,
            amount=Money(minor),
        )
        for (code_id, rate_bp), minor in sums.items()
    )
