"""Tax: of each line, after every discount, and the sums of a sale by code (R97). Nothing is computed from a total."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import Line
from clubtill_rules.members.venue import PointsTax
from clubtill_rules.values.money import NIL, Money, half_away


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxSum:
    """The tax of a sale under one code and rate; `label` is what receipts call it, such as GST."""

    tax_code_id: str
    label: str
    rate_bp: int
    amount: Money


def line_tax(line: Line, points_tax: PointsTax) -> Money:
    """Give the tax in a line (inclusive) or on it (exclusive), rounded half away from zero (R97).

    The base is the line after discounts and Points Pay discount; under DISCOUNT the points lower it too (D9).
    """
    base = line.receipt_net
    if points_tax is PointsTax.DISCOUNT and line.by_points is not None:
        base = base - line.by_points.value
    divisor = 10_000 + line.tax_bp if line.tax_inclusive else 10_000
    return Money(half_away(base.minor * line.tax_bp, divisor))


def added_tax(line: Line, points_tax: PointsTax) -> Money:
    """Give the tax that comes on top of a line's price: nil where the price includes it."""
    return NIL if line.tax_inclusive else line_tax(line, points_tax)


def tax_sums(lines: Iterable[Line], catalogue: Catalogue) -> tuple[TaxSum, ...]:
    """Sum the lines' tax by code and rate, in the order in which they first occur. Free codes are listed with nil."""
    sums: dict[tuple[str, int], int] = {}
    for line in lines:
        key = (line.tax_code_id, line.tax_bp)
        sums[key] = sums.get(key, 0) + line_tax(line, catalogue.venue.points_tax).minor
    return tuple(
        TaxSum(
            tax_code_id=code_id,
            label=catalogue.tax_codes[code_id].label if code_id in catalogue.tax_codes else code_id,
            rate_bp=rate_bp,
            amount=Money(minor),
        )
        for (code_id, rate_bp), minor in sums.items()
    )
