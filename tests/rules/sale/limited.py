"""Discounts with limits, and what was had of them."""

from __future__ import annotations

from datetime import date

from clubtill_rules.goods.discount import (
    Covers,
    Discount,
    DiscountLimit,
    LimitBy,
    LimitType,
    Trigger,
)
from clubtill_rules.goods.line import DiscountKind
from clubtill_rules.sale.basket import Basket
from clubtill_rules.sale.discounts.limits import (
    Tracked,
)
from clubtill_rules.values.money import Money
from tests.rules.sale.larkspur import priced

BURGER, COFFEE, DIP = priced("burger", 2000), priced("coffee", 400), priced("dip", 150)
QUARTER = DiscountLimit(
    type=LimitType.AMOUNT, by=LimitBy.CONTACT, starts=date(2026, 1, 1), months=3, value=10_000
)  # fmt: skip
TWICE = DiscountLimit(type=LimitType.TIMES, by=LimitBy.ACCOUNT, starts=date(2026, 1, 1), value=2)
FREE = Discount(
    id="free",
    name="Two coffees a month",
    kind=DiscountKind.SPECIAL,
    rate_bp=10_000,
    covers=Covers(products=("coffee",)),
    trigger=Trigger(classifications=()),
    limit=TWICE,
)
TENTH = Discount(id="tenth", name="Ten per cent", kind=DiscountKind.SCHEME, rate_bp=1000, limit=QUARTER)
NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)


def used(discount_id: str, amount: int = 0, times: int = 0, **more: object) -> Tracked:
    """Give what was had before: of Jean's account in November, unless told otherwise."""
    fields: dict[str, object] = {"holder_id": "jean-account", "period": NOVEMBER, **more}
    return Tracked(discount_id=discount_id, amount=Money(amount), times=times, **fields)  # type: ignore[arg-type]


def taken(basket: Basket) -> list[tuple[str, str, int, int]]:
    """Give of each discounted line: product, discount's id, cents and units."""
    return [
        (line.product_id, line.discount_id, line.discount.minor, line.discount_qty)
        for line in basket.lines
        if line.discount_kind
    ]
