"""Prices and discounts by hand with what they ask for, and splitting a line (R68, R80, R98, 2.12)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.discount import Discount
from clubtill_rules.goods.line import DiscountKind, ManualDiscount, PriceReason
from clubtill_rules.goods.product import (
    LevelPrice,
)
from clubtill_rules.members.classification import MemberPriceLevel
from clubtill_rules.permissions import Act, Answer, Role, may
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale.asks import Ask
from clubtill_rules.sale.basket import Basket, detach, set_qty, tender, totals, use_points
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
from clubtill_rules.sale.tender import card
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.points import whole
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.sale.kitchen import (
    BEER,
    HERE,
    refusal,
)
from tests.rules.sale.larkspur import GOLD, at, catalogue, rung, selling, with_jean

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
    gone = clear_price(by_hand, 1, replace(HERE, products={})).line(1)
    assert (gone.unit_price, gone.price_reason) == (Money(500), PriceReason.LEVEL)


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
        with pytest.raises(ValueError, match=r"^manual: a percentage above nil, or an amount above nil$"):
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
