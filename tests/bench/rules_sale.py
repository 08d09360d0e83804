"""The rules of a sale by its size: attach, price, discount, earn, Points Pay options, final and posted, in CPU time.

A sale of 10 lines must take no longer than a screen notices. Growth is what a line costs between 100 and 1,000 lines,
over what it costs between 10 and 100: 1.0 is linear.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from time import process_time_ns
from typing import Final

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.discount import Combo, ComboPart, Covers, Discount, MixAndMatch, Trigger
from clubtill_rules.goods.line import DiscountKind, Line
from clubtill_rules.goods.product import MediaKind
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale.basket import Basket, add, attach, tender, totals
from clubtill_rules.sale.posting import entries, postings
from clubtill_rules.sale.sale import finalise
from clubtill_rules.sale.tender import card
from clubtill_rules.values.days import US_PER_S
from clubtill_rules.values.money import Money
from tests.bench.figures import Figure, median
from tests.rules.sale.larkspur import GOLD, JEAN, NOW, WELCOME, jeans_account, priced, selling

SMALL: Final = 10
MIDDLE: Final = 100
LARGE: Final = 1_000
SMALL_US: Final = 2_000
GROWTH: Final = 1.3
_PRODUCTS: Final = 50


def run(*, quick: bool) -> Iterator[Figure]:
    """Measure the three sizes in turn, so that a slow moment of the machine meets all of them."""
    rounds = 7 if quick else 31
    here = _place()
    sales = {size: _rung_up(size, here) for size in (SMALL, MIDDLE, LARGE)}
    took: dict[int, list[float]] = {size: [] for size in sales}
    for at in range(rounds + 1):
        for size, basket in sales.items():
            repeats = LARGE // size
            start_ns = process_time_ns()
            for _ in range(repeats):
                _whole_sale(basket, here)
            if at:  # the first round warms up
                took[size].append((process_time_ns() - start_ns) / 1_000 / repeats)
    small, middle, large = (min(took[size]) for size in (SMALL, MIDDLE, LARGE))
    yield Figure(
        bench="rules_sale.ten_lines",
        value=median(took[SMALL]),
        unit="us",
        rounds=rounds,
        bound=SMALL_US,
        judged="value",
    )
    first, second = (middle - small) / (MIDDLE - SMALL), (large - middle) / (LARGE - MIDDLE)
    yield Figure(
        bench="rules_sale.growth",
        value=second,
        unit="us a line",
        baseline=first,
        ratio=second / first,
        growth=second / first,
        rounds=rounds,
        bound=GROWTH,
        judged="growth",
    )


def _whole_sale(basket: Basket, here: Catalogue) -> None:
    """Do all that the rules do of a sale whose lines are rung up."""
    basket = attach(basket, JEAN, jeans_account(), WELCOME, here)
    options(basket.lines, classification=GOLD, catalogue=here, available=jeans_account().balance)
    due = totals(basket, here).due
    paid = tender(basket, card(due, due, here.media_of(MediaKind.CARD).id))
    sale = finalise(
        paid,
        catalogue=here,
        number=1,
        device_id="till-1",
        staff_id="sam",
        at_us=NOW + US_PER_S,
        leases=(),
        offline=False,
    )
    entries(sale)
    postings(sale)


def _place() -> Catalogue:
    """Give a bar with fifty products and an offer of every kind."""
    products = [priced(f"p{n}", 400 + 10 * n, "beer" if n % 2 else "bistro") for n in range(_PRODUCTS)]
    members = Trigger(classifications=())
    return selling(
        *products,
        discounts=(
            Discount(id="d1", name="Special", kind=DiscountKind.SPECIAL, rate_bp=1000, covers=Covers(products=("p1",))),
            Discount(id="d2", name="Scheme", kind=DiscountKind.SCHEME, rate_bp=500, trigger=members),
            Discount(id="d3", name="Sale", kind=DiscountKind.SALE, amount=Money(20), covers=Covers(families=("beer",))),
        ),
        mix_and_match=(
            MixAndMatch(id="m1", name="Three", n=3, covers=Covers(products=("p3", "p5", "p7")), price=Money(1000)),
        ),
        combos=(
            Combo(
                id="c1",
                name="Meal",
                parts=(ComboPart(covers=Covers(products=("p2",))), ComboPart(covers=Covers(products=("p9",)))),
                price=Money(800),
            ),
        ),
    )


def _rung_up(size: int, here: Catalogue) -> Basket:
    """Give a sale of so many lines: each product's line again and again, as if each were rung up by itself."""
    once = Basket(sale_id="sale")
    for n in range(_PRODUCTS):
        once = add(once, f"p{n}", catalogue=here, at_us=NOW)
    lines: list[Line] = [replace(once.lines[n % _PRODUCTS], n=n + 1, discount_kind=None) for n in range(size)]
    return replace(once, lines=tuple(lines), next_n=size + 1)
