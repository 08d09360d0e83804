"""Purchases: what each line of a sale or refund counts towards its member's tier (R57). The ledger sums them."""

from __future__ import annotations

from collections.abc import Iterable

from clubtill_rules.sale.refunding import Refund
from clubtill_rules.sale.sale import Sale
from clubtill_rules.tiers.spend import Bought, BoughtLine, counted
from clubtill_rules.values.money import NIL, Money, total


def spend_of_sale(sale: Sale) -> tuple[Money, ...]:
    """Give what each line of a sale counts, in the order of its lines: tax included, after every discount."""
    lines = tuple(
        BoughtLine(
            product_id=line.product_id,
            net=line.receipt_net + (NIL if line.tax_inclusive else tax),
            kind=line.kind,
            by_points=line.by_points is not None,
        )
        for line, tax in zip(sale.lines, sale.line_taxes, strict=True)
    )
    bought = Bought(day=sale.trading_day, lines=lines, points_amount=sale.value_by_amount)
    return counted(_payable(bought, lines))


def spend_of_refund(refund: Refund) -> tuple[Money, ...]:
    """Give what each line of a refund takes away again, nil or below, in the order of its lines."""
    lines = tuple(
        BoughtLine(
            product_id=line.line.product_id,
            net=NIL - line.total,
            kind=line.line.kind,
            by_points=line.line.by_points is not None,
        )
        for line in refund.lines
    )
    by_amount = refund.points_value - total([line.points_value for line in refund.lines])
    return counted(_payable(Bought(day=refund.trading_day, lines=lines, points_amount=NIL - by_amount), lines))


def _payable(bought: Bought, lines: Iterable[BoughtLine]) -> Bought:
    """Hold what points paid to what purchases came to: a figure of another program's sale may be odd, a sum may not."""
    most = sum(abs(line.net.minor) for line in lines if line.is_purchase)
    least = max(-most, min(most, bought.points_amount.minor))
    return Bought(day=bought.day, lines=bought.lines, points_amount=Money(least))
