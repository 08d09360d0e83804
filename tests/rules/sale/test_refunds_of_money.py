"""Refunds in money: which medium gets what back, surcharges, fees, goods without a receipt (R41, R79, R97, R100)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clubtill_rules.goods.line import PaidByPoints
from clubtill_rules.goods.product import MediaKind, ProductKind
from clubtill_rules.permissions import Act
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale.asks import Ask
from clubtill_rules.sale.basket import totals, use_points
from clubtill_rules.sale.extra_lines import fee_line, with_line
from clubtill_rules.sale.posting import Posting, entries_of_refund, postings_of_refund
from clubtill_rules.sale.refund_parts import RefundLine
from clubtill_rules.sale.refunding import Refund, left_of, refund, refund_without_receipt
from clubtill_rules.sale.sale import FeeTaken
from clubtill_rules.sale.surcharging import by_medium, taken, with_days
from clubtill_rules.sale.tax import TaxSum
from clubtill_rules.sale.tender import Tender, card, charge, exact
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.points import NO_POINTS, whole
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import because
from tests.rules.sale.counter import (
    SUNDAY,
    by_card,
    counter,
    final,
    in_cash,
    line_of,
    made,
    paid_with,
    product,
    rung_up,
    with_discount,
)
from tests.rules.sale.larkspur import GOLD, NOW, at
from tests.rules.sale.returns import HERE, MEAL, back, sale_1042
from tests.rules.sale.test_surcharges import CARD, WEEKEND


def test_an_expensed_discount_is_reversed_too() -> None:
    """R81: sales 20.00, discount medium 2.00 and card 18.00 go back as they were booked, beside points and theirs."""
    here = counter(classifications={3: replace(GOLD, discount_expense_media="expense")})
    basket = with_discount(rung_up(here, "cap", "pale", member=True), 1, 250)
    rows = options(basket.lines, classification=GOLD, catalogue=here, available=whole(12_420))
    sale = final(by_card(use_points(basket, rows, frozenset({2})), here), here)
    assert (sale.points_pay_media, sale.expense_media, sale.expensed) == ("pp-discount", "expense", True)
    one = refund(sale, (), {1: 1, 2: 1}, made=made(), catalogue=here)
    assert one.expensed
    assert postings_of_refund(one) == (
        Posting(account="sales", amount=Money(3300)),
        Posting(account="media:points", amount=Money(-720)),
        Posting(account="media:pp-discount", amount=Money(-80)),
        Posting(account="media:expense", amount=Money(-250)),
        Posting(account="media:card", amount=Money(-2250)),
    )
    plain = final(by_card(with_discount(rung_up(here, "cap", member=True), 1, 250), here), here)
    assert (plain.points_pay_media, plain.expense_media) == ("", "expense")
    bare = sale_1042()
    assert (bare.points_pay_media, bare.expense_media, bare.expensed) == ("pp-discount", "", False)


def test_added_tax_goes_back_as_it_was_stored() -> None:
    """R97: three at 3.33 with 20 % added: 2.00 of tax in parts of 0.67, 0.66, 0.67, each beside the price."""
    here = counter([product("jug", 333, tax_code_id="vat")])
    sale = final(by_card(rung_up(here, "jug", "jug", "jug"), here), here)
    first = refund(sale, (), {1: 1}, made=made(), catalogue=here)
    second = refund(sale, [first], {1: 1}, made=made(), catalogue=here)
    assert [(one.tax_total, one.total) for one in (first, second)] == [
        (Money(67), Money(400)),
        (Money(66), Money(399)),
    ]
    assert postings_of_refund(first) == (
        Posting(account="sales", amount=Money(333)),
        Posting(account="tax:vat", amount=Money(67)),
        Posting(account="media:card", amount=Money(-400)),
    )


def test_gift_cards_and_accounts_get_back_first_what_they_paid() -> None:
    """R100, R102: cash 20.00, account 10.00, gift card 15.00, card 10.00: none above what it paid."""
    basket = paid_with(
        rung_up(HERE, "wine", "meal"),
        Tender(media_id="cash", kind=MediaKind.CASH, amount=Money(2000), given=Money(2000)),
        charge(Money(3500), Money(1000), "account", "jean-account"),
        exact(Money(2500), Money(1500), "gift", MediaKind.GIFT_CARD, "G-1"),
        card(Money(1000), Money(1000), "card"),
    )
    sale = final(basket, HERE)
    first = back(sale, n=1)
    assert first.given == (
        Tender(media_id="gift", kind=MediaKind.GIFT_CARD, amount=Money(1500), given=Money(1500), reference="G-1"),
    )
    second = back(sale, first, n=2)
    assert [(t.media_id, t.amount, t.reference) for t in second.given] == [
        ("account", Money(1000), "jean-account"),
        ("cash", Money(2000), ""),
        ("card", Money(1000), ""),
    ]
    assert postings_of_refund(first) == (
        Posting(account="sales", amount=Money(1500)),
        Posting(account="owed:gift_cards", amount=Money(-1500)),
    )


def test_cash_is_rounded_once_over_all_refunds() -> None:
    """R79: 2 x 1.03 paid with 2.05: the first 1.05, the second 1.00; never 2.10."""
    here = counter([product("mint", 103)])
    sale = final(in_cash(rung_up(here, "mint", "mint"), here), here)
    first = refund(sale, (), {1: 1}, made=made(), catalogue=here)
    second = refund(sale, [first], {1: 1}, made=made(), catalogue=here)
    assert first.given == (
        Tender(media_id="cash", kind=MediaKind.CASH, amount=Money(103), given=Money(105), rounding=Money(2)),
    )
    assert second.given == (
        Tender(media_id="cash", kind=MediaKind.CASH, amount=Money(103), given=Money(100), rounding=Money(-3)),
    )
    assert (first.cash_rounding + second.cash_rounding, sale.cash_rounding) == (Money(-1), Money(-1))


def test_the_same_medium_in_two_parts_gets_one_sum_back() -> None:
    """R71: two card payments of one medium are given back together."""
    basket = by_card(by_card(rung_up(HERE, "meal"), HERE, 1000), HERE)
    assert [(t.media_id, t.amount) for t in back(final(basket, HERE)).given] == [("card", Money(4000))]


@pytest.mark.example("R103.1")
def test_surcharges_go_back_in_proportion() -> None:
    """R103: of 40.00 on a Sunday by card a quarter back takes 1.00 and 0.17 along, the rest 3.00 and 0.49."""
    here = counter([product("plate", 1000)], surcharges=(WEEKEND, CARD))
    basket = with_days(rung_up(here, "plate", "plate", "plate", "plate", at_us=SUNDAY), here)
    due = by_medium(basket, here, "card", totals(basket, here).due, at_us=SUNDAY)
    sale = final(taken(basket, due, card(due.to_take, due.to_take, "card")), here, at_us=SUNDAY)
    first = refund(sale, (), {1: 1}, made=made(), catalogue=here)
    assert [(line.line.product_id, line.qty, line.gross, line.tax) for line in first.lines] == [
        ("plate", 1, Money(1000), Money(91)),
        ("sunday", 0, Money(100), Money(9)),
        ("card-fee", 0, Money(17), Money(2)),
    ]
    assert (first.total, first.tax_total) == (Money(1117), Money(102))
    rest = refund(sale, [first], {1: 3}, made=made(), catalogue=here)
    assert (first.total + rest.total, first.tax_total + rest.tax_total) == (Money(4466), Money(406))
    assert left_of(sale, [first]) == {1: 3}
    with pytest.raises(ValueError, match=r"^wanted: 1 of line 2$"):
        refund(sale, (), {2: 1}, made=made(), catalogue=here)


def test_a_mediums_surcharge_follows_what_money_paid() -> None:
    """R103, R41: a beer paid by points takes none of the card's surcharge along, but its part of the day's."""
    here = counter([MEAL], surcharges=(WEEKEND, CARD))
    basket = rung_up(here, "meal", "pale", member=True, at_us=SUNDAY)
    rows = options(basket.lines, classification=GOLD, catalogue=here, available=whole(12_420))
    basket = with_days(use_points(basket, rows, frozenset({2})), here)
    due = by_medium(basket, here, "card", totals(basket, here).due, at_us=SUNDAY)
    sale = final(taken(basket, due, card(due.to_take, due.to_take, "card")), here, at_us=SUNDAY)
    assert [line.net for line in sale.lines] == [Money(4000), Money(800), Money(472), Money(67)]
    beer = refund(sale, (), {2: 1}, made=made(), catalogue=here)
    assert [(line.line.product_id, line.gross) for line in beer.lines] == [("pale", Money(800)), ("sunday", Money(72))]
    assert (beer.total, beer.points_value, beer.given[0].amount) == (Money(792), Money(720), Money(72))
    meal = refund(sale, [beer], {1: 1}, made=made(), catalogue=here)
    assert [line.gross for line in meal.lines] == [Money(4000), Money(400), Money(67)]


def test_a_surcharge_alone_in_money_follows_everything() -> None:
    """R103: all goods by points, the Sunday's 0.72 by card at 1.5 %: its cent goes back with the goods."""
    here = counter(surcharges=(WEEKEND, replace(CARD, rate_bp=150)))
    basket = rung_up(here, "pale", member=True, at_us=SUNDAY)
    rows = options(basket.lines, classification=GOLD, catalogue=here, available=whole(12_420))
    basket = with_days(use_points(basket, rows, frozenset({1})), here)
    due = by_medium(basket, here, "card", totals(basket, here).due, at_us=SUNDAY)
    sale = final(taken(basket, due, card(due.to_take, due.to_take, "card")), here, at_us=SUNDAY)
    one = refund(sale, (), {1: 1}, made=made(), catalogue=here)
    assert (one.total, one.given[0].amount) == (Money(720 + 72 + 1), Money(73))


def test_fees_that_go_back_are_named() -> None:
    """R24: the refund names whose fee it was; whether it is still the latest is the caller's question."""
    basket = with_line(rung_up(HERE, "meal", member=True), fee_line(3, "Gold", Money(5500), catalogue=HERE, at_us=NOW))
    sale = final(by_card(basket, HERE), HERE)
    assert back(sale).fees == ()
    one = back(sale, n=2)
    assert one.fees == (FeeTaken(n=2, classification=3, person_id="jean", amount=Money(5500)),)
    assert one.award_back == NO_POINTS


def test_without_a_receipt_goods_go_back_in_cash() -> None:
    """R41, row 11: at the prices rung up, discounts off, cash rounded, tax as it is now, never points."""
    basket = with_discount(rung_up(HERE, "jug", "jug", "wine", member=True), 1, 50)
    one = refund_without_receipt(basket.lines, made=made(), catalogue=HERE, media_id="cash")
    assert one == Refund(
        refund_id="refund-1",
        sale_id="",
        account_id="",
        device_id="till-2",
        staff_id="lee",
        at_us=made().at_us,
        trading_day=date(2026, 11, 24),
        club_day=date(2026, 11, 24),
        lines=(
            RefundLine(line=basket.lines[0], qty=2, gross=Money(666), discount=Money(50), tax=Money(56)),
            RefundLine(line=basket.lines[1], qty=1, gross=Money(1500), discount=NIL, tax=Money(136)),
        ),
        tenders=(
            Tender(media_id="cash", kind=MediaKind.CASH, amount=Money(2116), given=Money(2115), rounding=Money(-1)),
        ),
        points_back=NO_POINTS,
        award_back=NO_POINTS,
        total=Money(2116),
        points_value=NIL,
        tax=(TaxSum(tax_code_id="gst", label="GST", rate_bp=1000, amount=Money(192)),),
        tax_total=Money(192),
        fees=(),
        expensed=False,
        asks=(Ask(act=Act.REFUND_WITHOUT_RECEIPT, amount=2116),),
        award_leg=0,
        grace_days=0,
        because=(because("why.refund.no_receipt", "R41", amount=Money(2116)),),
    )
    assert entries_of_refund(one) == ()
    assert sum(p.amount.minor for p in postings_of_refund(one)) == 0
    unnamed = refund_without_receipt(
        basket.lines, made=made(at_us=at("2026-11-26 00:30")), catalogue=replace(HERE, tax_codes={}), media_id="cash"
    )
    assert (unnamed.tax[0].label, unnamed.trading_day) == ("gst", date(2026, 11, 25))
    own = replace(HERE, club=replace(HERE.club, start_of_day_min=0))
    other = refund_without_receipt(
        basket.lines, made=made(at_us=at("2026-11-26 00:30")), catalogue=own, media_id="cash"
    )
    assert (other.trading_day, other.club_day) == (date(2026, 11, 25), date(2026, 11, 26))


def test_without_a_receipt_only_goods_and_never_points() -> None:
    """R41: nothing, a fee, a line that points pay: each is refused by name."""
    basket = rung_up(HERE, "jug", "locker")
    by_points = PaidByPoints(points=whole(333), value=Money(333), discount=NIL)
    rows = [
        ((), "refund.no_lines", {}),
        (basket.lines, "refund.only_goods", {"product": "Locker rent"}),
        ((replace(basket.lines[0], by_points=by_points),), "refund.points.no_receipt", {}),
        ((replace(basket.lines[0], offer_points=whole(5)),), "refund.points.no_receipt", {}),
    ]
    for lines, code, facts in rows:
        with pytest.raises(Refusal) as refused:
            refund_without_receipt(lines, made=made(), catalogue=HERE, media_id="cash")
        assert (refused.value.code, refused.value.facts) == (code, facts)


def test_kinds_of_lines_that_go_back_whole() -> None:
    """R102, R24: a sold gift card's line names the card whose money goes back."""
    basket = rung_up(HERE, "jug")
    gift = replace(line_of(basket, "jug"), kind=ProductKind.GIFT_CARD, reference="G-7")
    sale = final(by_card(replace(basket, lines=(gift,)), HERE), HERE)
    one = back(sale)
    assert (one.lines[0].line.reference, postings_of_refund(one)[0]) == (
        "G-7",
        Posting(account="owed:gift_cards", amount=Money(333)),
    )
