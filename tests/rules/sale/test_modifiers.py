"""Open prices, modifiers and notes (R104)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clubtill_rules.goods.discount import Discount
from clubtill_rules.goods.line import DiscountKind, ManualDiscount, PriceReason
from clubtill_rules.goods.product import (
    Special,
    SpecialKind,
)
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale.basket import Basket, add, detach, set_qty, tender, use_points
from clubtill_rules.sale.line_changes import (
    ask_for_price,
    choose_modifiers,
    discount_line,
    discount_sale,
    set_note,
    set_price,
)
from clubtill_rules.sale.sale import Sale, finalise
from clubtill_rules.sale.tender import card
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.points import whole
from tests.rules.sale.kitchen import (
    BACON,
    CHEESE,
    HERE,
    refusal,
)
from tests.rules.sale.larkspur import GOLD, NOW, rung, with_jean

# ------------------------------------------------------------ open prices


@pytest.mark.parametrize("cents", [100, 101, 4999, 5000])
def test_an_open_price_is_the_price(cents: int) -> None:
    """R104: keyed inside its bounds; it is public, no override, takes discounts and earns by its category."""
    here = replace(HERE, discounts=(Discount(id="d", name="D", kind=DiscountKind.SALE, rate_bp=1000),))
    basket = with_jean(add(Basket(sale_id="s"), "misc", catalogue=here, at_us=NOW, price=Money(cents)), here)
    line = basket.line(1)
    assert (line.unit_price, line.public_price, line.price_reason) == (Money(cents), Money(cents), PriceReason.OPEN)
    assert (line.discount, line.rate_h, line.points_price) == (Money(cents).share(1000), 100, None)
    assert detach(basket, here).line(1).unit_price == Money(cents)


def test_prices_that_cannot_be_keyed() -> None:
    """R104: none keyed, one outside the bounds, one for a product that has its own."""
    bounds = {"product": "Misc", "least": Money(100), "most": Money(5000)}
    assert refusal(lambda: rung("misc", here=HERE)) == ("price.needed", bounds)
    for cents in (99, 5001):
        assert refusal(
            lambda cents=cents: add(Basket(sale_id="s"), "misc", catalogue=HERE, at_us=NOW, price=Money(cents))
        ) == ("price.outside", {**bounds, "price": Money(cents)})
    with pytest.raises(ValueError, match=r"^price: beer has a price of its own$"):
        add(Basket(sale_id="s"), "beer", catalogue=HERE, at_us=NOW, price=Money(100))


def test_each_open_price_has_a_line_of_its_own_and_can_be_keyed_again() -> None:
    """R104: two misc items are two lines; the second is corrected in bounds, asks nobody, leaves Points Pay."""
    basket = add(Basket(sale_id="s"), "misc", catalogue=HERE, at_us=NOW, price=Money(500))
    basket = add(basket, "misc", catalogue=HERE, at_us=NOW, price=Money(500))
    again = set_price(basket, 2, Money(700), HERE)
    assert [(line.gross, line.public_price, line.price_reason) for line in again.lines] == [
        (Money(500), Money(500), PriceReason.OPEN),
        (Money(700), Money(700), PriceReason.OPEN),
    ]
    assert refusal(lambda: set_price(basket, 2, Money(99), HERE))[0] == "price.outside"
    assert ask_for_price(basket, 2, Money(100), HERE) is None
    gone = replace(HERE, products={})
    assert set_price(basket, 2, Money(99), gone).line(2).unit_price == Money(99)
    member = with_jean(basket, HERE)
    rows = options(member.lines, classification=GOLD, catalogue=HERE, available=whole(12_420))
    ticked = use_points(member, rows, frozenset({1, 2}))
    assert set_price(ticked, 2, Money(700), HERE).ticked == {1}


def test_an_open_price_follows_the_points_rate_of_its_specials() -> None:
    """R26, R104: a member's double points count for it, when the member comes too."""
    double = Special(
        id="double", name="Double", kind=SpecialKind.RATE, starts=date(2026, 1, 1), ends=date(2026, 12, 31),
        classifications=(), rate_h=200,
    )  # fmt: skip
    here = replace(HERE, specials=(double,))
    basket = add(Basket(sale_id="s"), "misc", catalogue=here, at_us=NOW, price=Money(500))
    assert (basket.line(1).rate_h, basket.line(1).special_id) == (100, "")
    assert with_jean(basket, here).line(1).rate_h == 200
    fresh = add(with_jean(Basket(sale_id="s"), here), "misc", catalogue=here, at_us=NOW, price=Money(500))
    assert (fresh.line(1).rate_h, fresh.line(1).special_id, fresh.line(1).level) == (200, "double", 1)
    by_hand = with_jean(set_price(rung("beer", here=here), 1, Money(1), here), here)
    assert by_hand.line(1).rate_h == 200


# ------------------------------------------------------------ modifiers and notes


def test_modifiers_follow_the_quantity_and_are_part_of_the_line() -> None:
    """R104: two parmas with cheese and bacon: 2 x 29.50; the member saves nothing by them."""
    basket = set_qty(
        add(Basket(sale_id="s"), "parma", catalogue=HERE, at_us=NOW, modifiers=("bacon", "cheese")), 1, 2, HERE
    )
    line = basket.line(1)
    assert (line.gross, line.extras, line.saved, line.modifiers) == (Money(5900), Money(550), NIL, (CHEESE, BACON))
    assert choose_modifiers(basket, 1, (), HERE).line(1).gross == Money(4800)


def test_alike_units_join_and_others_do_not() -> None:
    """R104: same modifiers join; others, a note or a discount by hand make a line of their own."""
    basket = rung("parma", "parma", here=HERE)
    basket = add(basket, "parma", catalogue=HERE, at_us=NOW, modifiers=("cheese",))
    basket = add(basket, "parma", catalogue=HERE, at_us=NOW, modifiers=("cheese",))
    assert [line.qty for line in basket.lines] == [2, 2]
    noted = add(set_note(basket, 1, " no onion ", HERE), "parma", catalogue=HERE, at_us=NOW)
    assert [(line.qty, line.note) for line in noted.lines] == [(2, "no onion"), (2, ""), (1, "")]
    by_hand = discount_line(rung("beer", here=HERE), 1, ManualDiscount(rate_bp=1000), HERE)
    assert len(add(by_hand, "beer", catalogue=HERE, at_us=NOW).lines) == 2
    offer = rung("beer", here=HERE)
    with_points = replace(offer, lines=(replace(offer.line(1), offer_points=whole(5)),))
    assert len(add(with_points, "beer", catalogue=HERE, at_us=NOW).lines) == 2


@pytest.mark.parametrize(
    ("product", "ids", "expected"),
    [
        pytest.param("parma", ("cheese", "cheese"), ("cheese", "cheese"), id="twice the same"),
        pytest.param("parma", ("bacon", "cheese"), ("cheese", "bacon"), id="in the order of the group"),
        pytest.param("steak", ("rare", "bacon"), ("bacon", "rare"), id="in the order of the groups"),
        pytest.param("parma", ("rare",), "modifier.unknown", id="another product's"),
        pytest.param("beer", ("cheese",), "modifier.unknown", id="of a product without any"),
        pytest.param("steak", ("rare", "well"), "modifier.too_many", id="one too many"),
        pytest.param("parma", ("cheese", "bacon", "cheese"), "modifier.too_many", id="three of two"),
    ],
)
def test_which_modifiers_can_be_chosen(product: str, ids: tuple[str, ...], expected: object) -> None:
    """R104: of the product's groups, no more than each allows; what is refused changes nothing."""
    acts = (
        lambda: add(Basket(sale_id="s"), product, catalogue=HERE, at_us=NOW, modifiers=ids),
        lambda: choose_modifiers(rung(product, here=HERE), 1, ids, HERE),
    )
    for act in acts:
        if isinstance(expected, tuple):
            assert tuple(modifier.id for modifier in act().line(1).modifiers) == expected
        else:
            facts: dict[str, object] = {"product": product.title()}
            if expected == "modifier.too_many":
                facts |= {"group": "How done", "n": 1} if product == "steak" else {"group": "Extras", "n": 2}
            assert refusal(act) == (expected, facts)


def test_required_choices_are_made_before_the_line_is_paid() -> None:
    """R104: a steak without its "how done" takes neither money nor points; with it, both."""
    basket = with_jean(rung("beer", "steak", here=HERE), HERE)
    assert (basket.line(1).missing, basket.line(2).missing) == ((), ("How done",))
    needed = ("line.choices_missing", {"product": "Steak", "group": "How done"})
    rows = options(basket.lines, classification=GOLD, catalogue=HERE, available=whole(12_420))
    assert refusal(lambda: use_points(basket, rows, frozenset({1, 2}))) == needed
    assert use_points(basket, rows, frozenset({1})).ticked == {1}
    one = card(Money(3650), Money(100), "card")
    assert refusal(lambda: tender(basket, one)) == needed
    done = choose_modifiers(basket, 2, ("well",), HERE)
    assert done.line(2).missing == ()
    assert tender(done, one).tenders == (one,)
    assert use_points(done, rows, frozenset({1, 2})).ticked == {1, 2}


def test_a_sale_that_costs_nothing_still_needs_its_choices() -> None:
    """R104: all of a steak taken off by hand: no payment stops it, so its end does."""
    free = discount_sale(rung("steak", here=HERE), ManualDiscount(rate_bp=10_000), HERE)

    def final(basket: Basket) -> Sale:
        return finalise(
            basket, catalogue=HERE, number=1, device_id="till-1", staff_id="sam", at_us=NOW, leases=(), offline=False
        )

    assert refusal(lambda: final(free)) == ("line.choices_missing", {"product": "Steak", "group": "How done"})
    assert final(choose_modifiers(free, 1, ("rare",), HERE)).total == NIL


def test_choosing_anew_leaves_points_pay() -> None:
    """R68, R104: the line's price changes, so its points choice is cleared; a product that is gone has no choices."""
    basket = with_jean(rung("parma", here=HERE), HERE)
    rows = options(basket.lines, classification=GOLD, catalogue=HERE, available=whole(12_420))
    ticked = use_points(basket, rows, frozenset({1}))
    assert choose_modifiers(ticked, 1, ("cheese",), HERE).ticked == frozenset()
    assert set_note(ticked, 1, "no onion", HERE).ticked == {1}
    gone = replace(HERE, products={})
    assert refusal(lambda: choose_modifiers(basket, 1, (), gone)) == ("product.unknown", {})


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        pytest.param("  no onion\n", "no onion", id="without space around it"),
        pytest.param("x" * 60, "x" * 60, id="60 characters"),
        pytest.param(" " + "x" * 60 + " ", "x" * 60, id="60 without the space"),
        pytest.param("", "", id="taken away"),
        pytest.param("x" * 61, None, id="61 characters"),
    ],
)
def test_notes(text: str, kept: str | None) -> None:
    """R104: up to 60 characters."""
    basket = set_note(rung("beer", here=HERE), 1, "old", HERE)
    if kept is None:
        assert refusal(lambda: set_note(basket, 1, text, HERE)) == ("line.note_too_long", {"n": 61, "limit": 60})
    else:
        assert set_note(basket, 1, text, HERE).line(1).note == kept
