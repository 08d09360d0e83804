"""Spend: what counts towards a tier, and that only the sum does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.goods.product import ProductKind
from clubtill_rules.tiers.periods import Days
from clubtill_rules.tiers.spend import Bought, BoughtLine, Products, Spend, spend
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.tiers.tier_oracle import spent

DAY = date(2026, 11, 24)
NOVEMBER = Days(first=date(2026, 11, 1), last=date(2026, 11, 30))


def line(cents: int, kind: ProductKind = ProductKind.GOODS, product: str = "beer", *, by_points: bool = False):
    """Make a line."""
    return BoughtLine(product_id=product, net=Money(cents), kind=kind, by_points=by_points)


def of(*bought: Bought, products: Products | None = None) -> int:
    """Give the spend in November in cents."""
    return spend(bought, NOVEMBER, products or Products()).amount.minor


def sale(*lines: BoughtLine, day: date = DAY, points: int = 0) -> Bought:
    """Make a sale."""
    return Bought(day=day, lines=lines, points_amount=Money(points))


KINDS = {
    ProductKind.GOODS: 1000,
    ProductKind.GAMING: 1000,
    ProductKind.FEE: 0,
    ProductKind.TOP_UP: 0,
    ProductKind.GIFT_CARD: 0,
    ProductKind.ACCOUNT_PAYMENT: 0,
    ProductKind.SURCHARGE: 0,
    ProductKind.TIP: 0,
}


@pytest.mark.parametrize("kind", ProductKind, ids=lambda kind: kind.value)
def test_what_is_a_purchase(kind: ProductKind) -> None:
    """R57: fees, account payments, top-ups and gift cards do not count, nor do surcharges and tips."""
    assert of(sale(line(1000, kind))) == KINDS[kind]


@pytest.mark.parametrize(
    ("bought", "cents"),
    [
        pytest.param([sale(line(2500), line(1500))], 4000, id="two lines"),
        pytest.param([sale(line(2500, by_points=True), line(1500))], 1500, id="a line paid with points"),
        pytest.param([sale(line(2500)), sale(line(-1000))], 1500, id="a refund"),
        pytest.param([sale(line(-1000))], -1000, id="only a refund"),
        pytest.param([sale(line(3000), points=1200)], 1800, id="points by amount"),
        pytest.param([sale(line(3000), points=3000)], 0, id="all by points"),
        pytest.param([sale(line(3000), points=1200), sale(line(-3000), points=-1200)], 0, id="and all refunded"),
        pytest.param([sale(line(-500), line(2000), points=1500)], 0, id="an exchange: points paid what was bought"),
        pytest.param([sale(line(-500), line(2000), points=-500)], 2000, id="an exchange: points were given back"),
        pytest.param([sale(line(5500, ProductKind.FEE), line(1000), points=400)], 600, id="points pay no fee"),
        pytest.param([sale(line(1000, by_points=True), line(1000), points=400)], 600, id="nor a line paid already"),
        pytest.param([sale()], 0, id="an empty sale"),
        pytest.param([], 0, id="nothing"),
    ],
)
def test_amount(bought: list[Bought], cents: int) -> None:
    """R57: net of discounts and refunds, without what points paid."""
    assert of(*bought) == cents


@pytest.mark.parametrize(
    ("day", "cents"),
    [
        pytest.param(date(2026, 10, 31), 0, id="the day before"),
        pytest.param(date(2026, 11, 1), 700, id="the first day"),
        pytest.param(date(2026, 11, 30), 700, id="the last day"),
        pytest.param(date(2026, 12, 1), 0, id="the day after"),
    ],
)
def test_trading_days_count(day: date, cents: int) -> None:
    """R57: by trading day, both ends included."""
    assert of(sale(line(700), day=day)) == cents


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        pytest.param("", "", "P9 p10 P100 beer", id="all"),
        pytest.param("P9", "P10", "P9 p10", id="digits count as numbers"),
        pytest.param("P10", "", "p10 P100", id="open end"),
        pytest.param("", "P10", "P9 p10 beer", id="open start"),
        pytest.param("BEER", "beer", "beer", id="whatever the case"),
    ],
)
def test_product_range(first: str, last: str, found: str) -> None:
    """R57: From Product to To Product, both included."""
    range_ = Products(first=first, last=last)
    assert [one for one in ("P9", "p10", "P100", "beer") if one in range_] == found.split()


def test_product_range_of_numbers() -> None:
    """R57: products numbered with digits alone, and with digits before letters."""
    assert [one for one in ("2", "10", "10a", "11") if one in Products(first="2", last="10")] == ["2", "10"]
    with pytest.raises(ValueError, match=r"^last: lies before first$"):
        Products(first="10", last="9")
    assert "9" in Products(first="9", last="9")


def test_points_are_shared_over_the_lines_of_the_sale() -> None:
    """R57: 15.00 in points on 10.00 and 20.00: 5.00 and 10.00 of them, whatever range is looked at."""
    bought = sale(line(1000, product="beer"), line(2000, product="wine"), points=1500)
    assert of(bought, products=Products(first="beer", last="beer")) == 500
    assert of(bought, products=Products(first="wine", last="wine")) == 1000
    assert of(bought, products=Products(first="cider", last="stout")) == 0


@pytest.mark.parametrize("points", [1001, -1])
def test_more_points_than_lines(points: int) -> None:
    """R57: points that pay, or come back for, more than the lines come to are a caller's mistake."""
    with pytest.raises(ValueError, match=r"^points_amount: more than the lines come to$"):
        of(sale(line(1000), points=points))


def test_reason() -> None:
    """R57: the working: purchases less what points paid; a sale outside the days is not counted."""
    bought = [sale(line(9), day=date(2026, 12, 1)), sale(line(3000), points=1200), sale(line(250))]
    assert spend(bought, NOVEMBER) == Spend(
        amount=Money(2050),
        because=(
            because(
                "why.tier.spend",
                "R57",
                working=working(Money(2050), Rounding.EXACT, Money(3250), ("-", Money(1200))),
                amount=Money(2050),
                n=2,
                first=NOVEMBER.first,
                last=NOVEMBER.last,
            ),
        ),
    )


LINES = st.lists(
    st.tuples(st.sampled_from(list(ProductKind)), st.integers(-20_000, 50_000), st.booleans(), st.integers(0, 9)),
    max_size=20,
)


@given(rows=LINES, order=st.randoms(use_true_random=False))
def test_only_the_sum_counts(rows: list[tuple[ProductKind, int, bool, int]], order) -> None:
    """R57: in any order and however the same lines are split over sales and days of the period, the sum is one."""
    lines = [line(cents, kind, by_points=points) for kind, cents, points, _ in rows]
    once = of(sale(*lines))
    assert once == spent([(kind.value, cents, points) for kind, cents, points, _ in rows])
    one_by_one = [
        sale(one, day=NOVEMBER.first + timedelta(days=day)) for one, (*_, day) in zip(lines, rows, strict=True)
    ]
    order.shuffle(one_by_one)
    assert of(*one_by_one) == once


@given(
    cents=st.lists(st.integers(0, 5000), min_size=1, max_size=8),
    share=st.integers(0, 1000),
    refund=st.booleans(),
)
def test_points_by_amount_lose_no_cent(cents: list[int], share: int, refund: bool) -> None:
    """R57: what points paid by amount is taken off once, over any split of the products into ranges."""
    sign = -1 if refund else 1
    points = sum(cents) * share // 1000
    bought = sale(*(line(sign * c, product=f"P{n}") for n, c in enumerate(cents)), points=sign * points)
    parts = [of(bought, products=Products(first=f"P{n}", last=f"P{n}")) for n in range(len(cents))]
    assert sum(parts) == of(bought) == sign * (sum(cents) - points)
    assert all(0 <= sign * part <= whole for part, whole in zip(parts, cents, strict=True))
    assert spend([bought], NOVEMBER).amount + spend([], NOVEMBER).amount == Money(sign * (sum(cents) - points)) + NIL


def test_what_is_not_said() -> None:
    """R57: a line is goods paid with money, a sale is without points, a range is open at both ends."""
    plain = BoughtLine(product_id="beer", net=Money(1))
    assert plain == BoughtLine(product_id="beer", net=Money(1), kind=ProductKind.GOODS, by_points=False)
    assert Bought(day=DAY, lines=(plain,)) == Bought(day=DAY, lines=(plain,), points_amount=NIL)
    assert Products() == Products(first="", last="")
