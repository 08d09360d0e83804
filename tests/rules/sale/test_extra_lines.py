"""Fees, tips and what else a sale carries besides goods (R20, R28, R44, R71, R97, R100, R102)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from clubtill_rules.goods.line import Line
from clubtill_rules.goods.product import ProductKind, TaxRate
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale.basket import detach, remove, tender, totals
from clubtill_rules.sale.extra_lines import extra_line, fee_line, tip_line, with_line
from clubtill_rules.sale.posting import Posting, postings
from clubtill_rules.sale.sale import FeeTaken
from clubtill_rules.sale.tender import card
from clubtill_rules.values.days import local
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.points import whole
from clubtill_rules.values.refusal import Refusal
from tests.rules.sale.counter import by_card, counter, final, product, rung_up
from tests.rules.sale.larkspur import GOLD, NOW

HERE = counter([product("meal", 4000)])


def fee() -> Line:
    """Give the line of Gold's fee of 55.00, taxed."""
    return fee_line(3, "Gold", Money(5500), catalogue=HERE, at_us=NOW, tax_code_id="gst")


def test_a_fee_is_a_line_of_its_classification() -> None:
    """R20, R97: with a tax code like any product."""
    assert fee() == Line(
        n=0,
        product_id="fee:3",
        name="Gold",
        family_id="",
        category_id="",
        kind=ProductKind.FEE,
        added_at_us=NOW,
        unit_price=Money(5500),
        public_price=Money(5500),
        tax_code_id="gst",
        tax_bp=1000,
        tax_inclusive=True,
        reference="3",
    )
    vat = fee_line(3, "Gold", Money(5500), catalogue=HERE, at_us=NOW, tax_code_id="vat")
    none = fee_line(3, "Gold", Money(5500), catalogue=HERE, at_us=NOW)
    assert (vat.tax_bp, vat.tax_inclusive) == (2000, False)
    assert (none.tax_code_id, none.tax_bp, none.tax_inclusive) == ("", 0, True)


def test_an_extra_line_has_the_rate_of_its_day() -> None:
    """R97: a dated rate counts from its first day, by the calendar of the venue."""
    began = local(NOW, HERE.venue.zone).date()
    for starts, rate_bp in ((began, 1250), (began + timedelta(days=1), 1000)):
        code = replace(HERE.tax_codes["gst"], rates=(TaxRate(starts=starts, rate_bp=1250),))
        there = replace(HERE, tax_codes={"gst": code})
        assert fee_line(3, "Gold", Money(5500), catalogue=there, at_us=NOW, tax_code_id="gst").tax_bp == rate_bp


def test_fees_are_receipted_when_the_sale_is_final() -> None:
    """R20, R23: primary and linked; a fee of nil counts as paid; a fee product of no classification is nobody's."""
    basket = with_line(rung_up(HERE, "meal", "locker", member=True), fee())
    basket = with_line(basket, fee_line(5, "Golf", NIL, catalogue=HERE, at_us=NOW))
    assert ([line.n for line in basket.lines], basket.next_n) == ([1, 2, 3, 4], 5)
    sale = final(by_card(basket, HERE), HERE)
    assert sale.fees == (
        FeeTaken(n=3, classification=3, person_id="jean", amount=Money(5500)),
        FeeTaken(n=4, classification=5, person_id="jean", amount=NIL),
    )
    assert (sale.award, sale.tax_total) == (whole(80), Money(364 + 409 + 500))


def test_fees_earn_nothing_and_points_do_not_pay_them() -> None:
    """R20, R28, R44: nor do they pay tips."""
    basket = with_line(rung_up(HERE, member=True), fee())
    basket = with_line(basket, tip_line("Tip", Money(500), catalogue=HERE, at_us=NOW))
    rows = options(basket.lines, classification=GOLD, catalogue=HERE, available=whole(12_420))
    assert [row.reason for row in rows.rows] == ["points.excluded.fee", "points.excluded.kind"]
    assert totals(basket, HERE).earns.points == whole(0)


def test_a_fee_cleared_changes_nothing() -> None:
    """R20: clearing the line leaves the sale as it was."""
    basket = rung_up(HERE, "meal", member=True)
    assert remove(with_line(basket, fee()), 2).lines == basket.lines


def test_a_fee_needs_its_member() -> None:
    """R20: nobody on the sale, or nobody any more when it becomes final."""
    with pytest.raises(Refusal) as refused:
        with_line(rung_up(HERE, "meal"), fee())
    assert refused.value.code == "fee.no_member"
    alone = detach(with_line(rung_up(HERE, member=True), fee()), HERE)
    paid = tender(alone, card(Money(5500), Money(5500), "card"))
    with pytest.raises(Refusal) as refused:
        final(paid, HERE)
    assert refused.value.code == "fee.no_member"
    locker = final(by_card(rung_up(HERE, "locker"), HERE), HERE)
    assert locker.fees == ()


def test_a_tip_is_owed_to_staff() -> None:
    """R28: free of tax, no turnover, no points."""
    tip = tip_line("Tip", Money(500), catalogue=HERE, at_us=NOW)
    assert tip == Line(
        n=0,
        product_id="tip",
        name="Tip",
        family_id="",
        category_id="",
        kind=ProductKind.TIP,
        added_at_us=NOW,
        unit_price=Money(500),
        public_price=Money(500),
    )
    sale = final(by_card(with_line(rung_up(HERE, "meal", member=True), tip), HERE), HERE)
    assert (sale.award, sale.total, sale.tax_total) == (whole(80), Money(4500), Money(364))
    assert postings(sale) == (
        Posting(account="sales", amount=Money(-4000)),
        Posting(account="owed:tips", amount=Money(-500)),
        Posting(account="media:card", amount=Money(4500)),
    )


@pytest.mark.parametrize("minor", [0, -1])
def test_a_tip_is_something(minor: int) -> None:
    """R28: nothing is no tip; a cent is."""
    with pytest.raises(Refusal) as refused:
        tip_line("Tip", Money(minor), catalogue=HERE, at_us=NOW)
    assert refused.value.code == "tender.no_amount"
    assert tip_line("Tip", Money(1), catalogue=HERE, at_us=NOW).net == Money(1)


@pytest.mark.parametrize(
    ("kind", "account"),
    [
        (ProductKind.GOODS, "sales"),
        (ProductKind.FEE, "sales"),
        (ProductKind.GAMING, "sales"),
        (ProductKind.GIFT_CARD, "owed:gift_cards"),
        (ProductKind.TOP_UP, "owed:top_ups"),
        (ProductKind.TIP, "owed:tips"),
        (ProductKind.ACCOUNT_PAYMENT, "charge_accounts"),
    ],
)
def test_where_the_books_put_a_line(kind: ProductKind, account: str) -> None:
    """R28, R100, R102: turnover, or owed to a holder, to staff, or paid by a debtor."""
    line = extra_line(kind, "x", "X", Money(900), catalogue=HERE, at_us=NOW, reference="")
    sale = final(by_card(with_line(rung_up(HERE, member=True), line), HERE), HERE)
    assert postings(sale) == (
        Posting(account=account, amount=Money(-900)),
        Posting(account="media:card", amount=Money(900)),
    )


def test_kinds_share_an_account_in_one_posting() -> None:
    """R97: lines of one account are one posting, tax of one code as well."""
    basket = rung_up(HERE, "meal", "bread")
    lines = [replace(line, tax_code_id="vat", tax_bp=2000, tax_inclusive=False) for line in basket.lines]
    sale = final(by_card(replace(basket, lines=tuple(lines)), HERE), HERE)
    assert postings(sale) == (
        Posting(account="sales", amount=Money(-4400)),
        Posting(account="tax:vat", amount=Money(-880)),
        Posting(account="media:card", amount=Money(5280)),
    )
