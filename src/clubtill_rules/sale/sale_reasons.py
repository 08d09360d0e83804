"""Sale reasons: why a final sale has the prices, surcharges, points and tax it has, with the arithmetic."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import Line, PaidByPoints, PriceReason
from clubtill_rules.points.earning import PaidByAmount
from clubtill_rules.sale import surcharging
from clubtill_rules.sale.basket import Basket, Totals
from clubtill_rules.sale.tax import line_taxes
from clubtill_rules.values.points import Points
from clubtill_rules.values.why import Because, Rounding, because, working

_PRICE_RULES: Final = {PriceReason.MEMBER_LEVEL: "R80", PriceReason.CAMPAIGN: "R98", PriceReason.OVERRIDE: "R80"}


def reasons(basket: Basket, sums: Totals, ratio: int | None, catalogue: Catalogue) -> tuple[Because, ...]:
    """Explain a basket that becomes final. Refuses `sale.surcharge` where a surcharge is missing or wrong (R103)."""
    return (
        *_prices(basket.lines),
        *basket.because,
        *surcharging.check(basket, catalogue),
        *sums.earns.because,
        *(_paid(line, line.by_points, ratio or 0) for line in basket.lines if line.by_points is not None),
        *(_offered(line, line.offer_points) for line in basket.lines if line.offer_points is not None),
        *((_by_amount(basket.by_amount, ratio or 0),) if basket.by_amount is not None else ()),
        *_taxes(basket, sums, catalogue),
    )


def _prices(lines: Iterable[Line]) -> tuple[Because, ...]:
    """Explain every price that is not the public one."""
    return tuple(
        because(
            f"why.price.{line.price_reason.value}",
            _PRICE_RULES[line.price_reason],
            working=working(line.unit_price * line.qty, Rounding.EXACT, line.unit_price, ("x", line.qty)),
            line=line.n,
            product=line.name,
            unit=line.unit_price,
            public=line.public_price,
            saved=line.saved,
        )
        for line in lines
        if line.price_reason in _PRICE_RULES
    )


def _paid(line: Line, paid: PaidByPoints, ratio: int) -> Because:
    """Explain what points pay for a line: its own points price, or its value at the ratio."""
    if paid.own_price:
        how = working(paid.points, Rounding.EXACT, paid.points)
    else:
        how = working(paid.points, Rounding.CEILING, paid.value, ("x", ratio))
    return because(
        "why.points.paid_own_price" if paid.own_price else "why.points.paid",
        "R70" if paid.own_price else "R69",
        working=how,
        line=line.n,
        product=line.name,
        points=paid.points,
        value=paid.value,
        discount=paid.discount,
        ratio=ratio,
    )


def _offered(line: Line, each: Points) -> Because:
    """Explain what an Item Point Offer takes beside the price of a line."""
    points = each * line.qty
    return because(
        "why.offer.taken",
        "R76",
        working=working(points, Rounding.EXACT, each, ("x", line.qty)),
        product=line.name,
        qty=line.qty,
        points=points,
        price=line.unit_price,
    )


def _by_amount(paid: PaidByAmount, ratio: int) -> Because:
    """Explain what points pay by amount."""
    return because(
        "why.points.by_amount",
        "R74",
        working=working(paid.points, Rounding.CEILING, paid.amount, ("x", ratio)),
        amount=paid.amount,
        points=paid.points,
        ratio=ratio,
    )


def _taxes(basket: Basket, sums: Totals, catalogue: Catalogue) -> tuple[Because, ...]:
    """Explain the tax of each code that has a rate: the sum of its lines' (R97)."""
    points_tax = catalogue.venue.points_tax
    taxed = list(zip(basket.lines, line_taxes(basket.lines, points_tax, basket.by_amount), strict=True))
    found: list[Because] = []
    for tax in sums.tax:
        if tax.rate_bp:
            key = (tax.tax_code_id, tax.rate_bp)
            first, *more = [one for line, one in taxed if (line.tax_code_id, line.tax_bp) == key]
            found.append(
                because(
                    f"why.tax.{points_tax.value}",
                    "R97",
                    working=working(tax.amount, Rounding.EXACT, first, *(("+", amount) for amount in more)),
                    tax=tax.label,
                    rate_bp=tax.rate_bp,
                    amount=tax.amount,
                )
            )
    return tuple(found)
