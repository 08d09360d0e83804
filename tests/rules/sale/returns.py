"""A counter to bring goods back to: what is sold there, the sale of interface 5.1, and one refund of a line."""

from __future__ import annotations

from clubtill_rules.points.redeeming import options
from clubtill_rules.sale.basket import use_points
from clubtill_rules.sale.refunding import Refund, refund
from clubtill_rules.sale.sale import Sale
from clubtill_rules.values.points import whole
from tests.rules.sale.counter import counter, final, in_cash, made, product, rung_up
from tests.rules.sale.larkspur import GOLD

MEAL = product("meal", 4000)
HERE = counter([MEAL, product("wine", 1500), product("jug", 333)])


def back(sale: Sale, *already: Refund, n: int = 1, units: int = 1, event_id: str = "refund-1") -> Refund:
    """Refund units of one line."""
    return refund(sale, already, {n: units}, made=made(event_id), catalogue=HERE)


def sale_1042() -> Sale:
    """Give the sale of interface 5.1: two Pale and a Light by points, the parma for 24.00 in cash; 47 points earned."""
    basket = rung_up(HERE, "pale", "pale", "parma", "light", member=True, sale_id="sale-1042")
    rows = options(basket.lines, classification=GOLD, catalogue=HERE, available=whole(12_420))
    return final(in_cash(use_points(basket, rows, frozenset({1, 3})), HERE), HERE)
