"""Line changes: prices and discounts by hand with what they ask for, open prices, modifiers, notes, splitting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.discount import Discount
from clubtill_rules.goods.line import DiscountKind, ManualDiscount, PriceReason
from clubtill_rules.goods.product import (
    LevelPrice,
    Modifier,
    ModifierGroup,
    OpenPrice,
    ProductKind,
    Special,
    SpecialKind,
)
from clubtill_rules.members.classification import MemberPriceLevel
from clubtill_rules.permissions import Act, Answer, Role, may
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale.asks import Ask
from clubtill_rules.sale.basket import Basket, add, detach, set_qty, tender, totals, use_points
from clubtill_rules.sale.discounts.by_hand import asked_for_price
from clubtill_rules.sale.line_changes import (
    ask_for_discount,
    ask_for_price,
    choose_modifiers,
    clear_price,
    discount_line,
    discount_sale,
    set_note,
    set_price,
    split,
)
from clubtill_rules.sale.sale import Sale, finalise
from clubtill_rules.sale.tender import card
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.points import whole
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.sale.larkspur import GOLD, NOW, at, catalogue, priced, rung, selling, with_jean

GOLD_AT_3 = replace(GOLD, member_prices=(MemberPriceLevel(location_id="main", level=3),))
BEER = replace(
    priced("beer", 800, "beer"),
    prices=(LevelPrice(level=1, price=Money(800)), LevelPrice(level=3, price=Money(650))),
)
CHEESE = Modifier(id="cheese", name="Extra cheese", price=Money(250))
BACON = Modifier(id="bacon", name="Bacon", price=Money(300))
RARE, WELL = Modifier(id="rare", name="Rare", price=NIL), Modifier(id="well", name="Well done", price=NIL)
DONE = ModifierGroup(id="done", name="How done", modifiers=(RARE, WELL), least=1, most=1)
EXTRAS = ModifierGroup(id="extras", name="Extras", modifiers=(CHEESE, BACON), most=2)
PARMA = priced("parma", 2400, modifier_groups=(EXTRAS,))
STEAK = priced("steak", 3000, modifier_groups=(EXTRAS, DONE))
MISC = replace(priced("misc", 0, open_price=OpenPrice(least=Money(100), most=Money(5000))), prices=())
FEE = priced("fee", 4500, kind=ProductKind.FEE)
HERE = selling(BEER, PARMA, STEAK, MISC, FEE, classifications={3: GOLD_AT_3})


def refusal(act: Callable[[], object]) -> tuple[str, dict[str, object]]:
    """Give code and facts of the refusal of an act."""
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.code, refused.value.facts


# ------------------------------------------------------------ prices by hand


@pytest.mark.example("R80.2")
def test_a_price_by_hand_stays_when_a_member_comes_and_goes() -> None:
    """R80: beer 8.00, Gold 6.50, back to 8.00; by hand 5.00 stays."""
    basket = rung("beer", here=HERE)
    assert with_jean(basket, HERE).line(1).unit_price == Money(650)
    assert detach(with_jean(basket, HERE), HERE).line(1).unit_price == Money(800)
    by_hand = set_price(basket, 1, Money(500), HERE)
    for now in (by_hand, with_jean(by_hand, HERE), detach(with_jean(by_hand, HERE), HERE)):
        line = now.line(1)
        assert (line.unit_price, line.public_price, line.price_reason) == (
            Money(500), Money(800), PriceReason.OVERRIDE,
        )  # fmt: skip
    assert clear_price(with_jean(by_hand, HERE), 1, HERE) == with_jean(basket, HERE)
    assert clear_price(basket, 1, HERE) == basket


@pytest.mark.example("R80.1")
@pytest.mark.parametrize(
    ("moment", "level"), [("2026-11-24 18:59", 3), ("2026-11-24 19:00", 3), ("2026-11-24 19:01", 2)]
)
def test_a_timed_level_at_the_moment_a_beer_is_rung_up(moment: str, level: int) -> None:
    """R80: Gold: level 2 always, level 3 Mon-Fri 17:00-19:00, the last minute included; the line keeps it later."""
    rows = (
        MemberPriceLevel(location_id="main", level=2),
        MemberPriceLevel(location_id="main", level=3, weekdays=(0, 1, 2, 3, 4), start_min=1020, end_min=1140),
    )
    beer = replace(BEER, prices=(*BEER.prices, LevelPrice(level=2, price=Money(750))))
    here = selling(beer, classifications={3: replace(GOLD, member_prices=rows)})
    basket = with_jean(rung("beer", here=here, at_us=at(moment)), here)
    assert set_qty(basket, 1, 2, here).line(1).level == level


@pytest.mark.parametrize(
    ("price", "gold", "asked"),
    [
        pytest.param(800, False, None, id="the price itself"),
        pytest.param(801, False, None, id="above it"),
        pytest.param(799, False, 13, id="a cent below: 0.125 % is 0.13 %"),
        pytest.param(600, False, 2500, id="a quarter below"),
        pytest.param(0, False, 10_000, id="for nothing"),
        pytest.param(650, True, None, id="Gold's own price"),
        pytest.param(600, True, 770, id="below Gold's: 7.6923 % is 7.70 %"),
    ],
)
def test_what_a_price_by_hand_asks_for(price: int, gold: bool, asked: int | None) -> None:
    """2.12 row 8: how far below the level's price, rounded up to a hundredth of a per cent."""
    basket = with_jean(rung("beer", here=HERE), HERE) if gold else rung("beer", here=HERE)
    found = ask_for_price(set_price(basket, 1, Money(1), HERE), 1, Money(price), HERE)
    assert (found and (found.act, found.amount)) == (asked and (Act.LOWER_PRICE, asked))


def test_why_a_price_by_hand_asks() -> None:
    """R80, 2.12: (8.00 - 6.00) / 8.00 is 25 %: a Cashier asks, a Supervisor may."""
    told = because(
        "why.asked.price", "R80", discount_bp=2500, price=Money(600), level_price=Money(800),
        working=working(
            2500, Rounding.CEILING, Money(800), ("-", Money(600)), ("/", Money(800)), ("x", 10_000)
        ),
    )  # fmt: skip
    asked = asked_for_price(Money(600), Money(800))
    assert asked == Ask(act=Act.LOWER_PRICE, amount=2500, because=(told,))
    assert may([Role.CASHIER], Act.LOWER_PRICE, 2500) is Answer.APPROVAL
    assert may([Role.SUPERVISOR], Act.LOWER_PRICE, 2500) is Answer.YES
    assert may([Role.SUPERVISOR], Act.LOWER_PRICE, 2501) is Answer.APPROVAL


def test_modifiers_do_not_count_for_a_price_by_hand() -> None:
    """R80, R104: the price is that of the unit without its modifiers."""
    basket = choose_modifiers(rung("parma", here=HERE), 1, ("cheese",), HERE)
    assert ask_for_price(basket, 1, Money(2400), HERE) is None
    cheaper = set_price(basket, 1, Money(2000), HERE)
    assert cheaper.line(1).gross == Money(2250)


def test_a_price_by_hand_is_a_discount_by_hand() -> None:
    """R68, R98: it takes no other discount, replaces the line's own, and leaves Points Pay."""
    here = selling(BEER, discounts=(Discount(id="d", name="D", kind=DiscountKind.SALE, rate_bp=5000),))
    basket = discount_line(rung("beer", here=here), 1, ManualDiscount(rate_bp=100), here)
    line = set_price(basket, 1, Money(700), here).line(1)
    assert (line.net, line.manual, line.discount_kind) == (Money(700), None, None)
    member = with_jean(rung("beer", here=HERE), HERE)
    rows = options(member.lines, classification=GOLD, catalogue=HERE, available=whole(12_420))
    ticked = use_points(member, rows, frozenset({1}))
    assert set_price(ticked, 1, Money(700), HERE).ticked == frozenset()


def test_prices_that_cannot_be_set() -> None:
    """R20, R76, R80: below nil, what is no goods, what points pay a part of."""
    assert refusal(lambda: set_price(rung("beer", here=HERE), 1, Money(-1), HERE)) == (
        "price.below_nil", {"product": "Beer"},
    )  # fmt: skip
    assert set_price(rung("beer", here=HERE), 1, NIL, HERE).line(1).gross == NIL
    assert refusal(lambda: set_price(rung("fee", here=HERE), 1, Money(1), HERE)) == ("price.fixed", {"product": "Fee"})
    beer = rung("beer", here=HERE)
    with_points = replace(beer, lines=(replace(beer.line(1), offer_points=whole(100)),))
    assert refusal(lambda: set_price(with_points, 1, Money(1), HERE)) == ("price.fixed", {"product": "Beer"})


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
    with pytest.raises(ValueError, match="price: beer has a price of its own"):
        add(Basket(sale_id="s"), "beer", catalogue=HERE, at_us=NOW, price=Money(100))


def test_each_open_price_has_a_line_of_its_own_and_can_be_keyed_again() -> None:
    """R104: two misc items are two lines; the second is corrected, inside the bounds only, and asks nobody."""
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


# ------------------------------------------------------------ discounts by hand


@pytest.mark.example("2.12.1")
def test_a_quarter_off_asks_a_cashier_and_not_a_supervisor() -> None:
    """R98, 2.12 row 7: Sam, Cashier, gives 25 % on a 24.00 parma: over 10 %; a Supervisor may 25 %."""
    basket, quarter = rung("parma", here=HERE), ManualDiscount(rate_bp=2500, reason="late")
    asked = ask_for_discount(basket, quarter, 1)
    told = because("why.asked.discount", "R98", discount_bp=2500, price=Money(2400))
    assert asked == Ask(act=Act.DISCOUNT, amount=2500, because=(told,))
    assert may([Role.CASHIER], asked.act, asked.amount) is Answer.APPROVAL
    assert may([Role.SUPERVISOR], asked.act, asked.amount) is Answer.YES
    done = discount_line(basket, 1, quarter, HERE)
    assert (done.line(1).net, done.line(1).manual) == (Money(1800), quarter)


def test_an_amount_asks_for_its_part_of_the_lines() -> None:
    """2.12 row 7: 2.40 of 24.00 is 10 %, a cent more is 10.05 % rounded up; of the whole sale of 32.00 it is 7.53 %."""
    basket = rung("parma", "beer", "fee", here=HERE)
    assert ask_for_discount(basket, ManualDiscount(amount=Money(240)), 1).amount == 1000
    asked = ask_for_discount(basket, ManualDiscount(amount=Money(241)), 1)
    assert asked.amount == 1005
    assert asked.because[0].working == working(
        1005, Rounding.CEILING, Money(241), ("/", Money(2400)), ("x", 10_000)
    )  # fmt: skip
    assert ask_for_discount(basket, ManualDiscount(amount=Money(241))).amount == 754
    own = discount_line(basket, 1, ManualDiscount(rate_bp=100), HERE)
    assert ask_for_discount(own, ManualDiscount(amount=Money(80))).amount == 1000
    assert refusal(lambda: ask_for_discount(basket, ManualDiscount(rate_bp=1), 3)) == ("discount.nothing_here", {})


@pytest.mark.parametrize(
    "manual",
    [
        pytest.param(ManualDiscount(), id="nothing"),
        pytest.param(ManualDiscount(rate_bp=1, amount=Money(1)), id="both"),
        pytest.param(ManualDiscount(rate_bp=-1), id="a percentage below nil"),
        pytest.param(ManualDiscount(amount=Money(-1)), id="an amount below nil"),
        pytest.param(ManualDiscount(rate_bp=5, amount=Money(-1)), id="one of them below nil"),
        pytest.param(ManualDiscount(rate_bp=-5, amount=Money(1)), id="the other below nil"),
    ],
)
def test_a_discount_is_a_percentage_or_an_amount(manual: ManualDiscount) -> None:
    """R98: one of the two, above nil: else a caller's mistake."""
    basket = rung("beer", here=HERE)
    for act in (lambda: discount_line(basket, 1, manual, HERE), lambda: discount_sale(basket, manual, HERE)):
        with pytest.raises(ValueError, match="manual: a percentage above nil, or an amount above nil"):
            act()


@pytest.mark.parametrize(
    ("manual", "net"),
    [
        pytest.param(ManualDiscount(rate_bp=10_000), 0, id="all of it"),
        pytest.param(ManualDiscount(amount=Money(800)), 0, id="to the last cent"),
        pytest.param(ManualDiscount(rate_bp=1), 800, id="less than a cent"),
        pytest.param(ManualDiscount(rate_bp=10_001), None, id="more than all"),
        pytest.param(ManualDiscount(amount=Money(801)), None, id="a cent too much"),
    ],
)
def test_no_more_than_a_line_costs(manual: ManualDiscount, net: int | None) -> None:
    """R98: no line goes below nil; what rounds to nothing is said to have no effect."""
    basket = rung("beer", here=HERE)
    line, sale = (lambda: discount_line(basket, 1, manual, HERE)), (lambda: discount_sale(basket, manual, HERE))
    if net is None:
        assert refusal(line) == refusal(sale) == ("discount.too_much", {"price": Money(800)})
    elif net == 800:
        assert refusal(line) == ("discount.no_effect", {"product": "Beer"})
    else:
        assert line().line(1).net == sale().line(1).net == Money(net)


def test_a_discount_by_hand_never_exceeds_a_line_that_shrinks() -> None:
    """R98: 12.00 off two beers; with one beer left it is 8.00."""
    basket = discount_line(
        set_qty(rung("beer", here=HERE), 1, 2, HERE), 1, ManualDiscount(amount=Money(1200)), HERE
    )  # fmt: skip
    assert basket.line(1).net == Money(400)
    assert set_qty(basket, 1, 1, HERE).line(1).net == NIL


def test_where_no_discount_by_hand_can_be() -> None:
    """R98: a fee, a price by hand, a campaign that is as low."""
    basket = set_price(rung("beer", "fee", here=HERE), 1, Money(700), HERE)
    for n, product in ((1, "Beer"), (2, "Fee")):
        act = lambda n=n: discount_line(basket, n, ManualDiscount(rate_bp=100), HERE)  # noqa: E731 - one of two
        assert refusal(act) == ("discount.not_here", {"product": product})
    assert refusal(lambda: discount_sale(basket, ManualDiscount(rate_bp=100), HERE)) == ("discount.nothing_here", {})
    assert discount_line(basket, 1, None, HERE) == basket
    here = catalogue(products={"parma": replace(HERE.products["parma"])})
    member = with_jean(rung("parma", here=here), here)
    assert refusal(lambda: discount_line(member, 1, ManualDiscount(rate_bp=8), here)) == (
        "discount.no_effect", {"product": "Parma"},
    )  # fmt: skip
    assert discount_line(member, 1, ManualDiscount(rate_bp=1000), here).line(1).net == Money(2160)


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


# ------------------------------------------------------------ splitting


def test_a_line_is_split_by_units() -> None:
    """R68: one of three beers becomes a line below, with its note, with a number of its own, for points to pay."""
    basket = with_jean(set_note(set_qty(rung("beer", "fee", here=HERE), 1, 3, HERE), 1, "cold", HERE), HERE)
    done = split(basket, 1, 1, HERE)
    assert [(line.n, line.product_id, line.qty, line.note) for line in done.lines] == [
        (1, "beer", 2, "cold"),
        (3, "beer", 1, "cold"),
        (2, "fee", 1, ""),
    ]
    assert done.next_n == 4
    rows = options(done.lines, classification=GOLD, catalogue=HERE, available=whole(12_420))
    ticked = use_points(done, rows, frozenset({1, 3}))
    assert ticked.ticked == {1, 3}
    assert split(ticked, 1, 1, HERE).ticked == {3}


def test_an_amount_by_hand_is_split_with_the_units() -> None:
    """R68, R98, D42: 1.00 off three beers is 0.67 off two and 0.33 off one; a percentage holds for both."""
    three = set_qty(rung("beer", here=HERE), 1, 3, HERE)
    amount = split(discount_line(three, 1, ManualDiscount(amount=Money(100), reason="late"), HERE), 1, 1, HERE)
    assert [(line.qty, line.discount, line.manual) for line in amount.lines] == [
        (2, Money(67), ManualDiscount(amount=Money(67), reason="late")),
        (1, Money(33), ManualDiscount(amount=Money(33), reason="late")),
    ]
    rate = split(discount_line(three, 1, ManualDiscount(rate_bp=1000), HERE), 1, 2, HERE)
    assert [(line.qty, line.discount) for line in rate.lines] == [(1, Money(80)), (2, Money(160))]


@pytest.mark.parametrize("units", [-1, 0, 3, 4])
def test_a_split_leaves_a_unit_on_both_lines(units: int) -> None:
    """R68: else nothing is split."""
    basket = set_qty(rung("beer", here=HERE), 1, 3, HERE)
    assert refusal(lambda: split(basket, 1, units, HERE)) == ("line.split", {"product": "Beer", "n": 3})


def test_after_the_first_payment_no_line_changes() -> None:
    """U42: the payment is voided first, whatever the act."""
    paid = tender(set_qty(rung("beer", here=HERE), 1, 2, HERE), card(Money(1600), Money(500), "card"))
    acts: tuple[Callable[[], Basket], ...] = (
        lambda: set_price(paid, 1, Money(1), HERE),
        lambda: clear_price(paid, 1, HERE),
        lambda: discount_line(paid, 1, None, HERE),
        lambda: discount_sale(paid, None, HERE),
        lambda: choose_modifiers(paid, 1, (), HERE),
        lambda: set_note(paid, 1, "x", HERE),
        lambda: split(paid, 1, 1, HERE),
    )
    for act in acts:
        assert refusal(act) == ("sale.being_paid", {"paid": Money(500)})
    assert isinstance(HERE, Catalogue)
    assert totals(paid, HERE).due == Money(1100)
