"""Gift cards: sold, used in parts, credited, expired (R102, R44, R90), and peers' figures for cards and wallets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.goods.line import Line
from clubtill_rules.goods.product import MediaKind, ProductKind
from clubtill_rules.permissions import Act
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale.asks import Ask
from clubtill_rules.sale.basket import Basket, tender, totals, void_tenders
from clubtill_rules.sale.extra_lines import extra_line, with_line
from clubtill_rules.sale.gift_cards import (
    Expired,
    GiftCard,
    Paid,
    ask,
    credited,
    expire,
    pay,
    selling_line,
    sold,
    taken_back,
)
from clubtill_rules.sale.posting import Posting, postings
from clubtill_rules.sale.refunding import refund
from clubtill_rules.sale.tender import Tender, card, take_cash
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.points import whole
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.sale.counter import by_card, counter, final, in_cash, made, product, rung_up, with_discount
from tests.rules.sale.larkspur import GOLD, NOW

TODAY = date(2026, 11, 24)
HERE = counter(
    [
        product("dinner", 3240),
        product("hundred", 10_000),
        product("twelve", 1200),
        product("thirty-six", 3600),
        product("thirty-eight", 3800),
        product("fifty", 5000),
    ]
)


def gift(left: int = 5000, *, number: str = "G-1", sold_for: int = 5000, last_day: date | None = None) -> GiftCard:
    """Give a gift card."""
    return GiftCard(
        number=number,
        sold_for=Money(sold_for),
        left=Money(left),
        sold_on=TODAY,
        last_day=last_day,
        sale_id="sale-0",
    )


def selling(number: str, minor: int) -> Line:
    """Give the line that sells one."""
    return selling_line(number, "Gift card", Money(minor), catalogue=HERE, at_us=NOW, offline=False)


def using(one: GiftCard, basket: Basket, minor: int | None = None, **more: object) -> Paid:
    """Pay by gift card today, online."""
    amount = None if minor is None else Money(minor)
    fields: dict[str, object] = {"media_id": "gift", "day": TODAY, "offline": False, "amount": amount, **more}
    return pay(one, basket, HERE, **fields)  # type: ignore[arg-type] - a table's columns


@pytest.mark.example("R102.1")
def test_sold_for_cash_it_is_owed() -> None:
    """R102: 50.00 in cash: sales 0.00, owed 50.00, no tax, no points; it lives 36 months."""
    basket = with_line(rung_up(HERE, member=True), selling("G-1", 5000))
    sale = final(in_cash(basket, HERE), HERE)
    assert (sale.tax_total, sale.award.hundredths, sale.discount) == (NIL, 0, NIL)
    assert postings(sale) == (
        Posting(account="owed:gift_cards", amount=Money(-5000)),
        Posting(account="media:cash", amount=Money(5000)),
    )
    assert sold(sale, HERE) == (
        GiftCard(
            number="G-1",
            sold_for=Money(5000),
            left=Money(5000),
            sold_on=TODAY,
            last_day=date(2029, 11, 24),
            sale_id="sale-1",
        ),
    )
    for_ever = replace(HERE, club=replace(HERE.club, gift_card_months=0))
    assert sold(sale, for_ever)[0].last_day is None
    assert sold(final(by_card(rung_up(HERE, "dinner"), HERE), HERE), HERE) == ()


@pytest.mark.example("R102.1")
def test_it_pays_like_a_medium_in_parts() -> None:
    """R102: sale 32.40: the card pays 32.40, left 17.60; tax 2.95 on the sale; what is owed falls by 32.40."""
    basket = rung_up(HERE, "dinner")
    paid = using(gift(), basket)
    assert paid == Paid(
        tender=Tender(
            media_id="gift", kind=MediaKind.GIFT_CARD, amount=Money(3240), given=Money(3240), reference="G-1"
        ),
        card=gift(1760),
        asks=(Ask(act=Act.GIFT_CARD, amount=3240),),
        because=(
            because(
                "why.gift_card.paid",
                "R102",
                working=working(Money(1760), Rounding.EXACT, Money(5000), ("-", Money(3240))),
                amount=Money(3240),
                left=Money(1760),
            ),
        ),
    )
    sale = final(tender(basket, paid.tender), HERE)
    assert sale.tax_total == Money(295)
    assert postings(sale) == (
        Posting(account="sales", amount=Money(-3240)),
        Posting(account="owed:gift_cards", amount=Money(3240)),
    )


@pytest.mark.parametrize(
    ("one", "minor", "taken", "left"),
    [
        pytest.param(gift(1000), None, 1000, 0, id="all that is on it"),
        pytest.param(gift(5000), 1, 1, 4999, id="a cent of it"),
        pytest.param(gift(3240), 3240, 3240, 0, id="exactly what is due"),
        pytest.param(gift(1000), 1000, 1000, 0, id="exactly what is on it"),
    ],
)
def test_up_to_what_is_left_on_it(one: GiftCard, minor: int | None, taken: int, left: int) -> None:
    """R102: a part, no cash back."""
    paid = using(one, rung_up(HERE, "dinner"), minor)
    assert (paid.tender.amount, paid.tender.change, paid.card.left) == (Money(taken), NIL, Money(left))


def test_the_same_card_twice_in_one_sale() -> None:
    """R102: what it paid before in this sale is no longer on it."""
    basket = rung_up(HERE, "dinner")
    basket = tender(basket, using(gift(2000), basket, 1500).tender)
    assert using(gift(2000), basket).card.left == NIL
    assert using(gift(2000, number="G-2"), basket).tender.amount == Money(1740)
    with pytest.raises(Refusal) as refused:
        using(gift(2000), basket, 501)
    assert (refused.value.code, refused.value.facts) == ("gift_card.short", {"amount": Money(500)})


@pytest.mark.parametrize(
    ("one", "minor", "more", "code", "facts"),
    [
        pytest.param(gift(), None, {"offline": True}, "gift_card.offline", {}, id="offline"),
        pytest.param(
            gift(last_day=date(2026, 11, 23)),
            None,
            {},
            "gift_card.expired",
            {"day": date(2026, 11, 23)},
            id="a day too late",
        ),
        pytest.param(gift(1000), 1001, {}, "gift_card.short", {"amount": Money(1000)}, id="a cent too much for it"),
        pytest.param(gift(0), None, {}, "gift_card.short", {"amount": NIL}, id="nothing on it"),
        pytest.param(gift(), 0, {}, "tender.no_amount", {}, id="nothing asked"),
        pytest.param(gift(), -1, {}, "tender.no_amount", {}, id="less than nothing"),
        pytest.param(gift(), 3241, {}, "gift_card.for_money", {"amount": Money(3240)}, id="a cent more than is due"),
    ],
)
def test_what_it_does_not_pay(
    one: GiftCard, minor: int | None, more: dict[str, object], code: str, facts: dict[str, object]
) -> None:
    """R102, R90: offline, past its day, more than is on it or due."""
    with pytest.raises(Refusal) as refused:
        using(one, rung_up(HERE, "dinner"), minor, **more)
    assert (refused.value.code, refused.value.facts) == (code, facts)


def test_its_last_day_is_good() -> None:
    """R102: like every day that is shown, the last one counts."""
    assert using(gift(last_day=TODAY), rung_up(HERE, "dinner")).card.left == Money(1760)


def test_nothing_is_left_to_pay() -> None:
    """R71: a sale that is paid takes no gift card."""
    for minor in (None, 100):
        with pytest.raises(Refusal) as refused:
            using(gift(), by_card(rung_up(HERE, "dinner"), HERE), minor)
        assert refused.value.code == "tender.nothing_due"


@pytest.mark.parametrize("kind", [ProductKind.GIFT_CARD, ProductKind.TOP_UP, ProductKind.ACCOUNT_PAYMENT])
def test_money_is_not_paid_by_gift_card(kind: ProductKind) -> None:
    """R44, R102: beside dinner it pays dinner; what others have paid counts for the money first."""
    line = extra_line(kind, "x", "X", Money(2000), catalogue=HERE, at_us=NOW)
    basket = with_line(rung_up(HERE, "dinner"), line)
    assert using(gift(9000), basket).tender.amount == Money(3240)
    with pytest.raises(Refusal) as refused:
        using(gift(9000), basket, 3241)
    assert (refused.value.code, refused.value.facts) == ("gift_card.for_money", {"amount": Money(3240)})
    some = tender(basket, card(Money(5240), Money(500), "card"))
    assert using(gift(9000), some).tender.amount == Money(3240)
    more = tender(basket, card(Money(5240), Money(2500), "card"))
    assert using(gift(9000), more).tender.amount == Money(2740)
    after = tender(basket, using(gift(1000), basket).tender)
    assert using(gift(9000, number="G-2"), after).tender.amount == Money(2240)
    alone = with_line(rung_up(HERE), line)
    with pytest.raises(Refusal) as refused:
        using(gift(9000), alone, 1)
    assert (refused.value.code, refused.value.facts) == ("gift_card.for_money", {"amount": NIL})


def test_points_do_not_pay_one() -> None:
    """R44, R102: Points Pay leaves its line out."""
    basket = with_line(rung_up(HERE, member=True), selling("G-1", 5000))
    rows = options(basket.lines, classification=GOLD, catalogue=HERE, available=whole(12_420))
    assert [row.reason for row in rows.rows] == ["points.excluded.kind"]


def test_selling_one() -> None:
    """R102, R90, row 17: an amount, online; the line names the card."""
    line = selling("G-9", 1)
    assert line == Line(
        n=0,
        product_id="gift_card",
        name="Gift card",
        family_id="",
        category_id="",
        kind=ProductKind.GIFT_CARD,
        added_at_us=NOW,
        unit_price=Money(1),
        public_price=Money(1),
        reference="G-9",
    )
    assert ask(Money(7000)) == Ask(act=Act.GIFT_CARD, amount=7000)
    with pytest.raises(Refusal) as refused:
        selling("G-9", 0)
    assert refused.value.code == "tender.no_amount"
    with pytest.raises(Refusal) as refused:
        selling_line("G-9", "Gift card", Money(1), catalogue=HERE, at_us=NOW, offline=True)
    assert refused.value.code == "gift_card.offline"


def test_a_refund_goes_back_to_it() -> None:
    """R102: what it paid, to the card that paid it, and no more."""
    basket = rung_up(HERE, "dinner")
    basket = tender(basket, using(gift(1000), basket).tender)
    basket = tender(basket, using(gift(500, number="G-2"), basket).tender)
    sale = final(by_card(basket, HERE), HERE)
    back = refund(sale, (), {1: 1}, made=made(), catalogue=HERE)
    assert credited(gift(0), back) == gift(1000)
    assert credited(gift(0, number="G-2"), back) == gift(500, number="G-2")
    assert credited(gift(7, number="G-3"), back) == gift(7, number="G-3")


def test_a_sold_card_is_taken_back_whole() -> None:
    """R102: while nothing of it was used; a cent used is a cent too many."""
    assert taken_back(gift()) == gift(0)
    with pytest.raises(Refusal) as refused:
        taken_back(gift(4999))
    assert (refused.value.code, refused.value.facts) == ("gift_card.used", {"amount": Money(4999)})


@pytest.mark.parametrize(
    ("one", "expired"),
    [
        pytest.param(gift(1760, last_day=date(2026, 11, 23)), 1760, id="the day after its last"),
        pytest.param(gift(1760, last_day=TODAY), None, id="on its last day"),
        pytest.param(gift(0, last_day=date(2026, 11, 1)), None, id="nothing left"),
        pytest.param(gift(1760), None, id="for ever"),
    ],
)
def test_it_expires_once(one: GiftCard, expired: int | None) -> None:
    """R102: after its months what is left is no longer owed; asking again finds nothing."""
    found = expire(one, TODAY)
    assert found == (None if expired is None else Expired(card=replace(one, left=NIL), amount=Money(expired)))
    assert found is None or expire(found.card, TODAY) is None


@pytest.mark.example("O9")
def test_wallets_of_50_and_10() -> None:
    """R71, R102: 12 of 50: due 0; 36 with 10: due 26; 38 with the rest; 20 refunded to it: 20 and 0."""
    first, second = gift(5000), gift(1000, number="G-2")
    basket = rung_up(HERE, "twelve")
    paid = using(first, basket)
    assert totals(tender(basket, paid.tender), HERE).due == NIL
    first = paid.card
    basket = rung_up(HERE, "thirty-six")
    paid = using(second, basket)
    assert totals(tender(basket, paid.tender), HERE).due == Money(2600)
    second = paid.card
    here = counter([product("twenty", 2000), product("eighteen", 1800)])
    basket = rung_up(here, "twenty", "eighteen")
    paid = using(first, basket)
    sale = final(tender(basket, paid.tender), here)
    back = refund(sale, (), {1: 1}, made=made(), catalogue=here)
    assert (credited(paid.card, back).left, credited(second, back).left) == (Money(2000), NIL)


@pytest.mark.example("O15")
def test_a_gift_card_is_a_payment_not_a_discount() -> None:
    """R28, R102: 100.00, the card pays 50.00: due 50.00, earns on 100.00."""
    basket = rung_up(HERE, "hundred", member=True)
    sums = totals(tender(basket, using(gift(5000), basket).tender), HERE)
    assert (sums.due, sums.earns.points) == (Money(5000), whole(200))


@pytest.mark.example("O19")
def test_a_discount_after_it_leaves_the_rest_on_it() -> None:
    """R98, R102: 100.00 by a card of 100.00; voided for a discount of 10 %, it pays 90.00 and keeps 10.00."""
    one = gift(10_000, sold_for=10_000)
    basket = rung_up(HERE, "hundred")
    basket = with_discount(void_tenders(tender(basket, using(one, basket).tender)), 1, 1000)
    paid = using(one, basket)
    assert (totals(tender(basket, paid.tender), HERE).due, paid.card.left) == (NIL, Money(1000))


@pytest.mark.example("O25")
def test_what_is_bought_in_a_sale_cannot_pay_it() -> None:
    """R102: wallet 10, order 100 and a new card of 50: the wallet is used up, 50.00 are left, on the new card."""
    basket = with_line(rung_up(HERE, "hundred"), selling("G-2", 5000))
    paid = using(gift(1000), basket)
    assert (totals(tender(basket, paid.tender), HERE).due, paid.card.left) == (Money(14_000), NIL)
    sale = final(by_card(tender(basket, paid.tender), HERE), HERE)
    assert [(one.number, one.left) for one in sold(sale, HERE)] == [("G-2", Money(5000))]


@pytest.mark.example("O31")
def test_three_cards_in_one_sale() -> None:
    """R102: 125, 100 and 250: three cards, 475 owed."""
    basket = rung_up(HERE)
    for number, minor in (("A", 12_500), ("B", 10_000), ("C", 25_000)):
        basket = with_line(basket, selling(number, minor))
    sale = final(by_card(basket, HERE), HERE)
    assert [(one.number, one.left.minor) for one in sold(sale, HERE)] == [("A", 12_500), ("B", 10_000), ("C", 25_000)]
    assert postings(sale)[0] == Posting(account="owed:gift_cards", amount=Money(-47_500))


@pytest.mark.example("T1")
def test_change_left_on_a_card() -> None:
    """R102: 10 at 50.00 and a card of 100.00 for 600.00 in cash; then 5 at 50.00 with it: due 150.00."""
    basket = with_line(rung_up(HERE, *["fifty"] * 10), selling("G-1", 10_000))
    sale = final(tender(basket, take_cash(totals(basket, HERE).due, Money(60_000), 5, "cash")), HERE)
    (one,) = sold(sale, HERE)
    assert (sale.change, one.left) == (NIL, Money(10_000))
    basket = rung_up(HERE, *["fifty"] * 5)
    assert totals(tender(basket, using(one, basket).tender), HERE).due == Money(15_000)


@given(st.integers(1, 20_000), st.lists(st.integers(1, 9000), max_size=8))
def test_a_card_never_pays_more_than_it_was_sold_for(value: int, asked: list[int]) -> None:
    """R102: over any uses and refunds of them, what it paid and what is left are what it was sold for."""
    one, spent = gift(value, sold_for=value), 0
    for number, minor in enumerate(asked):
        here = counter([product("thing", minor)])
        basket = rung_up(here, "thing", sale_id=f"sale-{number}")
        if not one.left:
            break
        paid = pay(one, basket, here, media_id="gift", day=TODAY, offline=False)
        basket = tender(basket, paid.tender)
        sale = final(by_card(basket, here) if totals(basket, here).due else basket, here)
        one, spent = paid.card, spent + paid.tender.amount.minor
        if number % 2:
            one = credited(one, refund(sale, (), {1: 1}, made=made(), catalogue=here))
            spent -= paid.tender.amount.minor
        assert one.left.minor + spent == value
        assert one.left >= NIL
