"""Tax (R97), cash rounding (R79) and tenders (R44, R71)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.goods.line import Line, PaidByPoints
from clubtill_rules.goods.product import MediaKind, TaxCode
from clubtill_rules.members.venue import PointsTax
from clubtill_rules.sale.rounding import cash_total
from clubtill_rules.sale.tax import added_tax, line_tax, tax_sums
from clubtill_rules.sale.tender import card, part_cash, take_cash
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.points import whole
from clubtill_rules.values.refusal import Refusal
from tests.rules.sale.larkspur import catalogue

LINE = Line(
    n=1,
    product_id="pale",
    name="Schooner Pale",
    family_id="beer",
    category_id="beer",
    added_at_us=0,
    unit_price=Money(1440),
    public_price=Money(1440),
    tax_code_id="gst",
    tax_bp=1000,
)
BY_POINTS = replace(
    LINE,
    unit_price=Money(1600),
    by_points=PaidByPoints(points=whole(1440), value=Money(1440), discount=Money(160)),
)


@pytest.mark.parametrize(("net", "tax"), [(1440, 131), (648, 59), (2398, 218), (1600, 145), (720, 65), (0, 0)])
def test_inclusive_tax_of_a_line(net: int, tax: int) -> None:
    """R97: 10 % inside the price, a 1/11, rounded half away from zero per line."""
    assert line_tax(replace(LINE, unit_price=Money(net)), PointsTax.PAYMENT) == Money(tax)
    assert added_tax(replace(LINE, unit_price=Money(net)), PointsTax.PAYMENT) == NIL


def test_a_returned_line_carries_the_negative_tax() -> None:
    """R97 with R1: half away from zero is the same figure on both sides."""
    assert line_tax(replace(LINE, qty=-1), PointsTax.PAYMENT) == -line_tax(LINE, PointsTax.PAYMENT)


def test_exclusive_tax_comes_on_top() -> None:
    """R97: exclusive: round(line x rate), added."""
    line = replace(LINE, tax_inclusive=False, unit_price=Money(455))
    assert added_tax(line, PointsTax.PAYMENT) == Money(46)


def test_the_base_is_after_the_points_pay_discount_and_by_setting_after_points() -> None:
    """R97, D9: `payment` taxes 14.40 of a 16.00 line paid by points; `discount` taxes nothing of it."""
    assert line_tax(BY_POINTS, PointsTax.PAYMENT) == Money(131)
    assert line_tax(BY_POINTS, PointsTax.DISCOUNT) == NIL


def test_sums_are_kept_by_code() -> None:
    """R97: the sale's tax is the sum of its lines per code; a free code is listed with nil."""
    lines = [replace(LINE, unit_price=Money(n)) for n in (1440, 648, 2398)]
    lines.append(replace(LINE, tax_code_id="free", tax_bp=0))
    sums = tax_sums(lines, catalogue())
    assert [(s.tax_code_id, s.amount) for s in sums] == [("gst", Money(408)), ("free", NIL)]
    assert sums[0].label == "GST"


def test_a_code_that_left_the_catalogue_keeps_its_rate() -> None:
    """R97: the line stores its rate; only the label is lost."""
    sums = tax_sums([LINE], catalogue(tax_codes={"vat": TaxCode(id="vat", name="VAT")}))
    assert (sums[0].label, sums[0].amount) == ("gst", Money(131))


@pytest.mark.parametrize(
    ("exact", "cash"),
    [(2398, 2400), (2391, 2390), (2392, 2390), (2393, 2395), (2394, 2395), (2396, 2395), (2397, 2395), (2399, 2400)],
)
def test_australian_cash_rounding(exact: int, cash: int) -> None:
    """R79: 1, 2 down; 3, 4 up; 6, 7 down; 8, 9 up."""
    assert cash_total(Money(exact), 5) == Money(cash)


@given(st.integers(-(10**9), 10**9), st.sampled_from([0, 1, 2, 5, 10, 50, 100]))
def test_cash_rounding_is_the_nearest_step_and_its_own_mirror(minor: int, step: int) -> None:
    """R79: never more than half a step away, always a whole number of steps, the same for a refund."""
    rounded = cash_total(Money(minor), step)
    assert 2 * abs(rounded.minor - minor) <= max(step, 1)
    assert step <= 1 or rounded.minor % step == 0
    assert cash_total(Money(-minor), step) == -rounded


def test_cash_gives_change_on_the_rounded_price() -> None:
    """Interface 5.4: 23.98 in cash is 24.00; 30.00 given, 6.00 change, rounding 0.02."""
    tender = take_cash(Money(2398), Money(3000), 5, "cash")
    assert (tender.amount, tender.change, tender.rounding) == (Money(2398), Money(600), Money(2))


@given(st.integers(1, 10**7), st.integers(0, 10**7), st.sampled_from([0, 5, 10, 100]))
def test_cash_rounding_closes(due: int, over: int, step: int) -> None:
    """R79: what stays in the drawer is the amount plus the rounding, and all of what was due is paid."""
    given_money = Money(cash_total(Money(due), step).minor + over)
    tender = take_cash(Money(due), given_money, step, "cash")
    assert tender.given - tender.change == tender.amount + tender.rounding
    assert (tender.amount, tender.change) == (Money(due), Money(over))


@pytest.mark.parametrize(
    ("take", "code"),
    [
        pytest.param(lambda: take_cash(Money(2398), Money(2395), 5, "cash"), "tender.too_little", id="short"),
        pytest.param(lambda: take_cash(NIL, Money(500), 5, "cash"), "tender.nothing_due", id="nothing due"),
        pytest.param(lambda: part_cash(Money(2398), NIL, 5, "cash"), "tender.no_amount", id="no cash"),
        pytest.param(lambda: part_cash(Money(2398), Money(2399), 5, "cash"), "tender.too_little", id="under the coin"),
        pytest.param(lambda: card(Money(2398), Money(2400), "card"), "tender.too_much", id="card over"),
        pytest.param(lambda: card(Money(2398), NIL, "card"), "tender.no_amount", id="card nil"),
        pytest.param(lambda: card(NIL, Money(1), "card"), "tender.nothing_due", id="card on nothing"),
    ],
)
def test_what_cannot_be_taken(take: object, code: str) -> None:
    """R71: too little, too much, nothing: each is refused by name and nothing is taken."""
    with pytest.raises(Refusal) as refused:
        take()  # type: ignore[operator] - a table of acts
    assert refused.value.code == code


def test_a_short_payment_says_what_is_missing() -> None:
    """R79: 23.95 given for 24.00 in cash lacks 0.05."""
    with pytest.raises(Refusal) as refused:
        take_cash(Money(2398), Money(2395), 5, "cash")
    assert refused.value.facts == {"given": Money(2395), "missing": Money(5)}


def test_only_the_final_cash_part_is_rounded() -> None:
    """R79: 10.00 in cash on the way is exact; the rest of it in cash carries the rounding."""
    first = part_cash(Money(2398), Money(1000), 5, "cash")
    assert (first.amount, first.rounding, first.change, first.kind) == (Money(1000), NIL, NIL, MediaKind.CASH)
    last = part_cash(Money(1398), Money(2000), 5, "cash")
    assert (last.amount, last.rounding, last.change) == (Money(1398), Money(2), Money(600))
    assert card(Money(1398), Money(1398), "card").rounding == NIL
