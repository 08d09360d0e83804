"""The basket's acts: pure, undone by keeping the old one (U40, R29, R42, R68, R71, R80)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from clubtill_rules.goods.line import PriceReason
from clubtill_rules.members.access import Attach
from clubtill_rules.members.classification import MemberPriceLevel
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale.basket import (
    Basket,
    add,
    attach,
    buyer,
    clear_points,
    detach,
    remove,
    renew,
    set_qty,
    tender,
    totals,
    use_points,
    void_tenders,
)
from clubtill_rules.sale.discounts.triggers import NOBODY, Buyer
from clubtill_rules.sale.tender import card, take_cash
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import whole
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import because
from tests.rules.sale.larkspur import GOLD, JEAN, NOW, WELCOME, at, catalogue, jeans_account

HERE = catalogue()


def rung_up(*product_ids: str, at_us: int = NOW) -> Basket:
    """Give a basket with one unit of each product, in order."""
    basket = Basket(sale_id="sale-1042")
    for product_id in product_ids:
        basket = add(basket, product_id, catalogue=HERE, at_us=at_us)
    return basket


def with_jean(basket: Basket) -> Basket:
    """Put Jean, Gold, on the sale."""
    return attach(basket, JEAN, jeans_account(), WELCOME, HERE)


def paying_beers(basket: Basket) -> Basket:
    """Choose the first two lines of Jean's sale for Points Pay."""
    rows = options(basket.lines, classification=GOLD, catalogue=HERE, available=whole(12_420))
    return use_points(basket, rows, frozenset({1, 2}))


def test_the_same_product_joins_its_line() -> None:
    """R80: two schooners rung up at one price are one line of two."""
    basket = rung_up("pale", "light", "pale")
    assert [(line.product_id, line.qty) for line in basket.lines] == [("pale", 2), ("light", 1)]


def test_line_numbers_are_never_used_twice() -> None:
    """Line: a number names one line for ever, also after the line is gone."""
    basket = add(remove(rung_up("pale", "light"), 2), "cap", catalogue=HERE, at_us=NOW)
    assert [line.n for line in basket.lines] == [1, 3]


def test_units_of_two_prices_are_two_lines() -> None:
    """R29, R80: happy hour ends at 19:00, so 18:59 and 19:01 don't share a line, whoever is attached when."""
    happy = MemberPriceLevel(location_id="main", level=3, weekdays=(1,), start_min=17 * 60, end_min=19 * 60)
    here = catalogue(classifications={3: replace(GOLD, member_prices=(*GOLD.member_prices, happy))})
    basket = Basket(sale_id="s")
    for moment in ("2026-11-24 18:59", "2026-11-24 19:00", "2026-11-24 19:01"):
        basket = add(basket, "pale", catalogue=here, at_us=at(moment))
    assert [line.qty for line in basket.lines] == [2, 1]


def test_a_unit_does_not_join_a_line_that_points_pay() -> None:
    """R68: a line is paid by points wholly, so another unit stands beside it."""
    basket = add(paying_beers(with_jean(rung_up("pale", "light"))), "pale", catalogue=HERE, at_us=NOW)
    assert [(line.n, line.qty, line.by_points is not None) for line in basket.lines] == [
        (1, 1, True),
        (2, 1, True),
        (3, 1, False),
    ]
    assert basket.ticked == {1, 2}


@pytest.mark.parametrize(
    ("product_id", "code"),
    [("wheat", "product.sold_out"), ("unpriced", "product.no_price"), ("nowhere", "product.unknown")],
)
def test_what_cannot_be_rung_up(product_id: str, code: str) -> None:
    """U11, R80: each no has its name, and the basket stays as it was."""
    with pytest.raises(Refusal) as refused:
        rung_up("pale", product_id)
    assert refused.value.code == code


def test_quantity() -> None:
    """R68: a new quantity clears the line's Points Pay choice and no other; nil removes the line."""
    basket = paying_beers(with_jean(rung_up("pale", "light")))
    more = set_qty(basket, 1, 3, HERE)
    assert (more.line(1).qty, more.line(1).by_points, more.ticked) == (3, None, frozenset({2}))
    assert [line.n for line in set_qty(basket, 1, 0, HERE).lines] == [2]
    with pytest.raises(Refusal) as refused:
        set_qty(basket, 1, -1, HERE)
    assert refused.value.code == "line.quantity"


def test_more_of_what_is_sold_out_is_refused() -> None:
    """U11: what sold out meanwhile can be lowered, not raised."""
    basket = rung_up("pale", "pale")
    gone = catalogue(products={"pale": replace(HERE.products["pale"], sold_out=True)})
    assert set_qty(basket, 1, 1, gone).line(1).qty == 1
    assert set_qty(basket, 1, 2, gone) == basket
    for act in (lambda: set_qty(basket, 1, 3, gone), lambda: add(basket, "pale", catalogue=gone, at_us=NOW)):
        with pytest.raises(Refusal) as refused:
            act()
        assert (refused.value.code, refused.value.facts) == ("product.sold_out", {"product": "Schooner Pale"})


def test_a_line_that_is_not_there_is_a_callers_mistake() -> None:
    """D28: a number that never was is no rule's no."""
    with pytest.raises(KeyError, match=r"^7$"):
        remove(rung_up("pale"), 7)


def test_attach_and_detach_price_the_lines() -> None:
    """R80: attach Gold -> 8.00; detach -> 8.50; what has no member price stays."""
    basket = rung_up("pale", "pale", "light")
    member = with_jean(basket)
    assert [line.unit_price for line in member.lines] == [Money(800), Money(720)]
    assert totals(member, HERE).saved == Money(100)
    assert detach(member, HERE) == basket


def test_who_buys_is_the_member_with_his_account() -> None:
    """R17, R98: discounts are for the member attached with benefits, his account and classification; else nobody."""
    basket = with_jean(rung_up("pale"))
    assert buyer(basket, HERE) == Buyer(member=JEAN, account=jeans_account(), classification=GOLD)
    assert buyer(replace(basket, benefits=False), HERE) == NOBODY


def test_attach_without_benefits_keeps_public_prices() -> None:
    """R17: un-financial under FEES_ONLY: attached, standard prices, no earning."""
    unpaid = Attach(ok=True, code="member.unpaid.till", benefits=False, because=())
    basket = attach(rung_up("pale"), JEAN, jeans_account(), unpaid, HERE)
    assert basket.member == JEAN
    assert basket.line(1).unit_price == Money(850)
    assert totals(basket, HERE).earns.points == whole(0)


def test_a_member_who_may_not_be_attached_is_refused_by_name() -> None:
    """R11: the sale goes on without; the refusal carries what the decision knew."""
    banned = Attach(ok=False, code="member.excluded", benefits=False, because=(because("x", "R11", number="100004"),))
    with pytest.raises(Refusal) as refused:
        attach(rung_up("pale"), JEAN, jeans_account(), banned, HERE)
    assert (refused.value.code, refused.value.facts) == ("member.excluded", {"number": "100004"})


def test_detaching_clears_points_pay() -> None:
    """R42: removing the member removes all Points Pay selections."""
    basket = detach(paying_beers(with_jean(rung_up("pale", "light"))), HERE)
    assert basket.ticked == frozenset()
    assert all(line.by_points is None for line in basket.lines)


def test_renew_takes_newer_cards_of_the_same_person_only() -> None:
    """R11: the card of the member attached is renewed; nobody else's gets on the sale that way."""
    basket = with_jean(rung_up("pale"))
    newer = replace(JEAN, version=2)
    assert renew(basket, newer, jeans_account(1)) == replace(basket, member=newer, account=jeans_account(1))
    assert renew(basket, replace(JEAN, person_id="tom"), jeans_account(1)) == basket


def test_points_choices_can_be_cleared() -> None:
    """R72: clearing the choice leaves the sale as before it."""
    basket = with_jean(rung_up("pale", "light"))
    assert clear_points(paying_beers(basket)) == basket


ACTS: list[tuple[str, Callable[[Basket], Basket]]] = [
    ("add", lambda b: add(b, "pale", catalogue=HERE, at_us=NOW)),
    ("set_qty", lambda b: set_qty(b, 1, 2, HERE)),
    ("remove", lambda b: remove(b, 1)),
    ("attach", with_jean),
    ("detach", lambda b: detach(b, HERE)),
    ("clear_points", clear_points),
]


@pytest.mark.parametrize(("name", "act"), ACTS, ids=[name for name, _ in ACTS])
def test_after_the_first_payment_lines_and_member_stay(name: str, act: Callable[[Basket], Basket]) -> None:
    """U42: a payment is voided first, explicitly; after that every act works again."""
    del name
    basket = tender(with_jean(rung_up("pale")), card(Money(800), Money(300), "card"))
    with pytest.raises(Refusal) as refused:
        act(basket)
    assert (refused.value.code, refused.value.facts) == ("sale.being_paid", {"paid": Money(300)})
    assert act(void_tenders(basket)).tenders == ()


def test_points_come_before_other_payments() -> None:
    """R71: with 3.00 paid of 15.20 both beers no longer fit under the 12.20 left; the light one does."""
    basket = tender(with_jean(rung_up("pale", "light")), card(Money(1520), Money(300), "card"))
    rows = options(basket.lines, classification=GOLD, catalogue=HERE, available=whole(12_420))
    with pytest.raises(Refusal) as refused:
        use_points(basket, rows, frozenset({1, 2}))
    assert (refused.value.code, refused.value.facts) == ("points.other_tenders", {"paid": Money(300)})
    assert use_points(basket, rows, frozenset({2})).ticked == {2}


def test_a_products_own_points_price_comes_before_any_payment() -> None:
    """R70: custom points need Points Pay before other tenders, however much is left."""
    basket = tender(with_jean(rung_up("cap", "cap", "pale")), card(Money(5800), Money(100), "card"))
    rows = options(basket.lines, classification=GOLD, catalogue=HERE, available=whole(12_420))
    with pytest.raises(Refusal) as refused:
        use_points(basket, rows, frozenset({1}))
    assert refused.value.code == "points.other_tenders"


def test_totals_follow_split_payments() -> None:
    """R71, R79: card first, then the cash price of what is left is rounded, not of the whole."""
    basket = tender(with_jean(rung_up("pale", "parma")), card(Money(3198), Money(1000), "card"))
    sums = totals(basket, HERE)
    assert (sums.paid, sums.due, sums.cash_due, sums.cash_rounding) == (
        Money(1000),
        Money(2198),
        Money(2200),
        Money(2),
    )
    paid = tender(basket, take_cash(sums.due, Money(2200), 5, "cash"))
    assert (totals(paid, HERE).due, totals(paid, HERE).cash_due) == (Money(0), Money(0))
    less = totals(replace(paid, lines=paid.lines[:1]), HERE)
    assert (less.due, less.cash_due, less.cash_rounding) == (Money(-2398), Money(0), Money(0))


def test_what_a_sale_earns_is_the_members_and_the_accounts() -> None:
    """R13, R27, R31: 8.00 at twice one point; three points by the account's own rate; none once he earns no points."""
    basket = with_jean(rung_up("pale"))
    assert totals(basket, HERE).earns.points == whole(16)
    own_rate = replace(basket, account=replace(jeans_account(), fixed_rate_h=300))
    assert totals(own_rate, HERE).earns.points == whole(48)
    off = replace(basket, member=replace(JEAN, earns_points=False))
    assert totals(off, HERE).earns.points == whole(0)


def test_an_empty_basket_comes_to_nothing() -> None:
    """Interface 5.1: nothing to pay."""
    sums = totals(Basket(sale_id="s"), HERE)
    assert (sums.total, sums.due, sums.cash_due, sums.tax, sums.earns.points) == (
        Money(0),
        Money(0),
        Money(0),
        (),
        whole(0),
    )


def test_an_overridden_line_is_never_joined() -> None:
    """R80: a price set by hand is that line's alone."""
    basket = rung_up("pale")
    line = replace(basket.line(1), price_reason=PriceReason.OVERRIDE)
    assert len(add(replace(basket, lines=(line,)), "pale", catalogue=HERE, at_us=NOW).lines) == 2
