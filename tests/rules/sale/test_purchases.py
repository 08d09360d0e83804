"""What lines count towards a tier: summed line by line it is the spend of R57."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.goods.product import ProductKind
from clubtill_rules.sale.purchases import spend_of_refund, spend_of_sale
from clubtill_rules.sale.refunding import refund
from clubtill_rules.tiers.periods import Days
from clubtill_rules.tiers.spend import Bought, BoughtLine, Products, counted, spend
from clubtill_rules.values.money import Money, total
from tests.rules.sale.counter import by_points_amount, counter, final, in_cash, made, product, rung_up

DAY = date(2026, 11, 24)
LINE = st.builds(
    BoughtLine,
    product_id=st.sampled_from(("P9", "P10", "beer")),
    net=st.integers(0, 9_999).map(Money),
    kind=st.sampled_from(ProductKind),
    by_points=st.booleans(),
)


@given(lines=st.lists(LINE, max_size=6), share=st.integers(0, 100), gives_back=st.booleans(), products=st.booleans())
def test_lines_sum_to_the_spend(lines, share, gives_back, products):
    """R57, D32: what each line counts sums to the spend, points by amount shared, a range of products apart or not."""
    most = sum(line.net.minor for line in lines if line.is_purchase)
    sign = -1 if gives_back else 1
    made = tuple(replace(line, net=Money(sign * line.net.minor)) for line in lines)
    bought = Bought(day=DAY, lines=made, points_amount=Money(sign * (most * share // 100)))
    chosen = Products(first="P9", last="P9") if products else Products()
    parts = counted(bought)
    mine = [part for line, part in zip(made, parts, strict=True) if line.product_id in chosen]
    assert total(mine) == spend([bought], Days(first=DAY, last=DAY), chosen).amount
    assert [part for line, part in zip(made, parts, strict=True) if not line.is_purchase and part] == []


def test_a_sale_counts_what_money_paid_and_its_refund_takes_it_away():
    """R57, R74: a sale of 16.00 of which points pay 5.00 by amount counts 11.00, and given back it counts nil."""
    here = counter([product("pie", 1000), product("tea", 600)])
    basket = by_points_amount(rung_up(here, "pie", "tea", member=True), 500, here)
    sale = final(in_cash(basket, here), here)
    assert total(spend_of_sale(sale)).minor == 1100
    given = refund(sale, (), {1: 1, 2: 1}, made=made(), catalogue=here)
    assert [part.minor for part in spend_of_refund(given)] == [-part.minor for part in spend_of_sale(sale)]


def test_an_odd_figure_of_points_never_stops_a_sum():
    """R57: where points are said to have paid more than the purchases came to, these count nil, never below."""
    here = counter([product("pie", 1000)])
    sale = final(in_cash(rung_up(here, "pie", member=True), here), here)
    assert total(spend_of_sale(replace(sale, value_by_amount=Money(9_999)))).minor == 0
