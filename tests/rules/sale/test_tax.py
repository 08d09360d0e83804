"""Tax of whole sales: the worked sums, rates by day, and what points pay by amount (R97)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import Line, PaidByPoints
from clubtill_rules.goods.product import ProductKind, TaxCode, TaxRate
from clubtill_rules.members.venue import PointsTax
from clubtill_rules.points.earning import PaidByAmount
from clubtill_rules.sale.basket import Basket, add, set_qty, totals
from clubtill_rules.sale.tax import TaxSum, added_tax, charged_parts, line_tax, line_taxes, tax_sums
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.points import whole
from tests.rules.sale.larkspur import NOW, at, catalogue, priced, rung, selling

GST = catalogue().tax_codes["gst"]


def a_line(n: int, cents: int, **more: object) -> Line:
    """Give a line of one unit with 10 % inside its price."""
    fields: dict[str, object] = {
        "n": n, "product_id": "p", "name": "P", "family_id": "f", "category_id": "c", "added_at_us": NOW,
        "unit_price": Money(cents), "public_price": Money(cents), "tax_code_id": "gst", "tax_bp": 1000, **more,
    }  # fmt: skip
    return Line(**fields)  # type: ignore[arg-type] - a table's columns


def by_points(value: int) -> PaidByPoints:
    """Give a choice of Points Pay."""
    return PaidByPoints(points=whole(value), value=Money(value), discount=NIL)


def paid(minor: int) -> PaidByAmount:
    """Give what points pay by amount, of all goods."""
    return PaidByAmount(amount=Money(minor))


def under(points_tax: PointsTax) -> Catalogue:
    """Give the settings with a venue's choice for points and tax."""
    here = catalogue()
    return replace(here, venue=replace(here.venue, points_tax=points_tax))


@pytest.mark.example("R97.1")
@pytest.mark.parametrize(
    ("points_tax", "tax"),
    [
        pytest.param(PointsTax.PAYMENT, (131, 59, 218), id="payment: on the full price"),
        pytest.param(PointsTax.DISCOUNT, (0, 0, 218), id="discount: not on what points pay"),
    ],
)
def test_tax_of_three_lines(points_tax: PointsTax, tax: tuple[int, ...]) -> None:
    """R97: 14.40, 6.48 and 23.98, the first two paid by points: 1.31 + 0.59 + 2.18 = 4.08, or 2.18."""
    lines = [
        a_line(1, 1440, by_points=by_points(1440)),
        a_line(2, 648, by_points=by_points(648)),
        a_line(3, 2398),
    ]
    assert line_taxes(lines, points_tax) == tuple(Money(one) for one in tax)
    whole_tax = TaxSum(tax_code_id="gst", label="GST", rate_bp=1000, amount=Money(sum(tax)))
    assert tax_sums(lines, under(points_tax)) == (whole_tax,)


@pytest.mark.example("T2")
def test_a_large_sale_with_tax_inside() -> None:
    """R97: 500 at 12.00 and one at 36.00 with 21 % inside: 1,041.32 + 6.25 a line, where a peer rounds unit prices."""
    goods = (priced("a", 1200, tax_code_id="vat"), priced("b", 3600, tax_code_id="vat"))
    here = selling(*goods, tax_codes={"vat": TaxCode(id="vat", name="VAT", rate_bp=2100, label="VAT")})
    basket = set_qty(rung("a", "b", here=here), 1, 500, here)
    sums = totals(basket, here)
    assert (sums.total, sums.tax_total, Money(610_000) - sums.total) == (Money(603_600), Money(104_757), Money(6_400))
    assert [line_tax(line, PointsTax.PAYMENT) for line in basket.lines] == [Money(104_132), Money(625)]


RISING = replace(
    GST,
    rates=(TaxRate(starts=date(2026, 7, 1), rate_bp=1250), TaxRate(starts=date(2026, 1, 1), rate_bp=1100)),
)


@pytest.mark.parametrize(
    ("day", "rate_bp"),
    [
        pytest.param(date(2025, 12, 31), 1000, id="before every date"),
        pytest.param(date(2026, 1, 1), 1100, id="on its first day"),
        pytest.param(date(2026, 6, 30), 1100, id="on its last day"),
        pytest.param(date(2026, 7, 1), 1250, id="the one that started last"),
        pytest.param(date(2030, 1, 1), 1250, id="until another one"),
    ],
)
def test_a_rate_holds_from_a_day(day: date, rate_bp: int) -> None:
    """R97: a code's rate is effective-dated."""
    assert RISING.rate_on(day) == rate_bp
    assert GST.rate_on(day) == 1000


def test_a_line_keeps_the_rate_of_the_day_it_was_rung_up() -> None:
    """R97: the venue's calendar day: at midnight a unit of the same price has a line and a tax of its own."""
    here = selling(priced("a", 1100), tax_codes={"gst": RISING})
    basket = rung("a", here=here, at_us=at("2026-06-30 23:59"))
    basket = add(basket, "a", catalogue=here, at_us=at("2026-07-01 00:00"))
    basket = add(basket, "a", catalogue=here, at_us=at("2026-07-01 00:01"))
    assert [(line.qty, line.tax_bp) for line in basket.lines] == [(1, 1100), (2, 1250)]
    assert [(tax.rate_bp, tax.amount) for tax in totals(basket, here).tax] == [(1100, Money(109)), (1250, Money(244))]


def test_a_product_without_a_known_code_has_no_tax() -> None:
    """R97: nothing is invented: no rate, and its price includes what it includes."""
    line = rung("a", here=selling(priced("a", 1100, tax_code_id="gone"))).line(1)
    assert (line.tax_bp, line.tax_inclusive) == (0, True)
    outside = selling(priced("a", 1100), tax_codes={"gst": replace(GST, inclusive=False)})
    assert rung("a", here=outside).line(1).tax_inclusive is False


@pytest.mark.parametrize(
    ("lines", "value", "parts"),
    [
        pytest.param((a_line(1, 2000), a_line(2, 1000)), 1200, (800, 400), id="pro rata"),
        pytest.param((a_line(1, 2000), a_line(2, 1000)), 0, (0, 0), id="nothing was charged"),
        pytest.param((a_line(1, 2000), a_line(2, 1000)), 9999, (2000, 1000), id="never more than the goods"),
        pytest.param((a_line(1, 2000, kind=ProductKind.FEE), a_line(2, 1000)), 600, (0, 600), id="no fee"),
        pytest.param((a_line(1, 2000, by_points=by_points(2000)), a_line(2, 1000)), 600, (0, 600), id="once by points"),
        pytest.param((a_line(1, 2000, discount=Money(1500)), a_line(2, 1000)), 600, (200, 400), id="after discounts"),
        pytest.param((), 0, (), id="no lines"),
    ],
)
def test_what_points_pay_by_amount_is_pro_rata(lines: tuple[Line, ...], value: int, parts: tuple[int, ...]) -> None:
    """R74, R97: shared over the goods that points pay for by amount."""
    assert charged_parts(lines, paid(value)) == tuple(Money(part) for part in parts)


@pytest.mark.parametrize(
    ("points_tax", "taxes"),
    [
        pytest.param(PointsTax.PAYMENT, (182, 91), id="payment"),
        pytest.param(PointsTax.DISCOUNT, (109, 55), id="discount: 12.00 and 6.00 are left"),
    ],
)
def test_points_by_amount_lower_the_base_by_setting(points_tax: PointsTax, taxes: tuple[int, ...]) -> None:
    """R97, D9: 12.00 of 30.00 paid by points in #151: tax on all of it, or on what is left of each line."""
    lines = (a_line(1, 2000), a_line(2, 1000))
    assert line_taxes(lines, points_tax, paid(1200)) == tuple(Money(tax) for tax in taxes)
    assert tax_sums(lines, under(points_tax), paid(1200))[0].amount == Money(sum(taxes))


def test_points_by_amount_lower_tax_on_top_and_what_is_due() -> None:
    """R28, R97: 20.00 with 10 % on top, 5.00 by points: tax 2.00 or 1.50; due 17.00 or 16.50."""
    found = []
    for points_tax in PointsTax:
        here = replace(under(points_tax), products={"a": priced("a", 2000)})
        here = replace(here, tax_codes={"gst": replace(GST, inclusive=False)})
        sums = totals(replace(rung("a", here=here), by_amount=paid(500)), here)
        found.append((sums.total, sums.tax_total, sums.points_value, sums.due))
    assert found == [
        (Money(2200), Money(200), Money(500), Money(1700)),
        (Money(2150), Money(150), Money(500), Money(1650)),
    ]


def test_tax_on_top_of_a_part() -> None:
    """R97: what comes on top of a line is its tax; of an inclusive one nothing."""
    outside = a_line(1, 2000, tax_inclusive=False)
    assert added_tax(outside, PointsTax.DISCOUNT, Money(500)) == Money(150)
    assert added_tax(outside, PointsTax.PAYMENT, Money(500)) == Money(200)
    assert added_tax(a_line(1, 2000), PointsTax.DISCOUNT, Money(500)) == NIL


@given(
    st.lists(st.tuples(st.integers(1, 10**6), st.booleans()), min_size=1, max_size=12),
    st.integers(0, 10**7),
    st.sampled_from(PointsTax),
)
def test_tax_is_the_sum_of_its_lines(sold: list[tuple[int, bool]], value: int, points_tax: PointsTax) -> None:
    """R97: by code nothing is computed from a total, and no line has more tax than without points."""
    lines = tuple(
        a_line(n, cents, by_points=by_points(cents) if paid else None) for n, (cents, paid) in enumerate(sold, 1)
    )
    taxes = line_taxes(lines, points_tax, paid(value))
    full = line_taxes(lines, PointsTax.PAYMENT)
    assert tax_sums(lines, under(points_tax), paid(value))[0].amount == Money(sum(tax.minor for tax in taxes))
    assert all(NIL <= tax <= most for tax, most in zip(taxes, full, strict=True))
    assert points_tax is PointsTax.DISCOUNT or taxes == full
    assert Basket(sale_id="s").by_amount is None
