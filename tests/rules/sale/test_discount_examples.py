"""Discounts of whole sales: the rules' own figures and those of peers, points and books (R68, R81, R98)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from clubtill_rules.goods.discount import Combo, ComboPart, Covers, MixAndMatch, Per, Trigger
from clubtill_rules.goods.line import DiscountKind
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale.basket import add, clear_points, detach, set_qty, tender, totals, use_points
from clubtill_rules.sale.handed_over import enter_coupon
from clubtill_rules.sale.posting import postings
from clubtill_rules.sale.tender import card
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.points import whole
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.sale.larkspur import GOLD, NOW, catalogue, priced, rung, selling, with_jean
from tests.rules.sale.offers import (
    BEER,
    BURGER,
    CHIPS,
    HAPPY,
    MEMBERS,
    WINE,
    levelled,
    off,
    on,
    sold,
    taken,
)

# ------------------------------------------------------------ the example of R98, and peers' figures


@pytest.mark.example("R98.1")
def test_one_sale_with_a_combo_a_scheme_and_a_sale_discount() -> None:
    """R98: 17.86 + 7.14 + 13.50 + 4.27 = 42.77, each line with one discount and why."""
    here = selling(
        BURGER,
        BEER,
        WINE,
        CHIPS,
        combos=(
            Combo(
                id="meal",
                name="Burger and beer",
                parts=(ComboPart(covers=on("burger")), ComboPart(covers=on("beer"))),
                price=Money(2500),
            ),
        ),
        discounts=(
            off("gold", DiscountKind.SCHEME, rate_bp=1000, covers=on("wine"), trigger=Trigger(classifications=(3,))),
            off("sale", DiscountKind.SALE, rate_bp=500, covers=on("chips")),
        ),
    )
    basket = with_jean(rung("burger", "beer", "wine", "chips", here=here), here)
    assert [(line.discount_kind, line.discount_id, line.discount_qty, line.net) for line in basket.lines] == [
        (DiscountKind.COMBO, "meal", 1, Money(1786)),
        (DiscountKind.COMBO, "meal", 1, Money(714)),
        (DiscountKind.SCHEME, "gold", 1, Money(1350)),
        (DiscountKind.SALE, "sale", 1, Money(427)),
    ]
    assert totals(basket, here).total == Money(4277)
    combo = {"offer": "Burger and beer"}
    share = (Money(300), ("x", Money(2000)), ("/", Money(2800)))
    more = (Money(300), ("x", Money(800)), ("/", Money(2800)), ("+", Money(1)))
    rate = (Money(1500), ("x", Decimal("0.1")))
    assert basket.because == (
        because(
            "why.discount.combo", "R98", working=working(Money(214), Rounding.FLOOR, *share), line=1,
            product="Burger", **combo, discount=Money(214),
        ),
        because(
            "why.discount.combo", "R98", working=working(Money(86), Rounding.FLOOR, *more), line=2, product="Beer",
            **combo, discount=Money(86),
        ),
        because(
            "why.discount.scheme", "R98", working=working(Money(150), Rounding.HALF_AWAY, *rate), line=3,
            product="Wine", offer="GOLD", discount=Money(150),
        ),
        because(
            "why.discount.sale", "R98",
            working=working(Money(23), Rounding.HALF_AWAY, Money(450), ("x", Decimal("0.05"))), line=4,
            product="Chips", offer="SALE", discount=Money(23),
        ),
    )  # fmt: skip
    assert totals(detach(basket, here), here).total == Money(4427)


TEN = off("ten", rate_bp=1000, trigger=Trigger(coupon="SPRING"))


@pytest.mark.example("O11")
def test_a_code_takes_ten_per_cent_off_everything() -> None:
    """R98: items of 100 and 50 with a code of 10 % pay 135 and earn 135."""
    here = selling(priced("a", 10_000), priced("b", 5_000), discounts=(TEN,))
    basket = enter_coupon(with_jean(rung("a", "b", here=here), here), "spring", here)
    sums = totals(basket, here)
    assert (sums.total, sums.earns.points) == (Money(13_500), whole(270))  # Gold earns twice
    assert detach(basket, here).coupons == ("SPRING",)


@pytest.mark.example("O13")
def test_a_code_for_food_leaves_the_rest() -> None:
    """R98: the same code for food only: 140 to pay; with points on food only, 90 count."""
    here = selling(
        priced("a", 10_000),
        priced("b", 5_000, "fees"),
        discounts=(replace(TEN, covers=Covers(families=("bistro",))),),
    )
    basket = enter_coupon(with_jean(rung("a", "b", here=here), here), "SPRING", here)
    assert (totals(basket, here).total, totals(basket, here).earns.points) == (Money(14_000), whole(180))


@pytest.mark.example("O17")
def test_the_same_discount_claimed_three_times_counts_once() -> None:
    """R98: 300 less 10 % is 270 and stays so: nothing stacks, where a peer goes on to 243 and 218.70."""
    three = tuple(replace(TEN, id=f"ten-{n}") for n in "abc")
    here = selling(priced("a", 30_000), discounts=three)
    basket = rung("a", here=here)
    for _ in range(3):
        basket = enter_coupon(basket, "SPRING", here)
        assert totals(basket, here).total == Money(27_000)
    assert taken(basket) == [("a", "ten-a", 3_000)]


@pytest.mark.example("O19")
def test_a_code_after_the_payment_waits_until_it_is_voided() -> None:
    """R98: 100 paid, then a 10 % code: the payment is taken out first, and 90 is due."""
    here = selling(priced("a", 10_000), discounts=(TEN,))
    basket = rung("a", here=here)
    again = replace(tender(basket, card(Money(10_000), Money(10_000), "card")), tenders=())
    assert totals(enter_coupon(again, "SPRING", here), here).due == Money(9_000)


@pytest.mark.example("O23")
def test_a_hundred_per_cent_closes_to_nothing() -> None:
    """R98: all of five lines, with tax on top: exactly nil, no cent left over."""
    cents = (560, 892, 4491, 21_726, 240_000)
    goods = [priced(f"p{n}", cent) for n, cent in enumerate(cents)]
    taxes = {"gst": replace(catalogue().tax_codes["gst"], inclusive=False)}
    here = selling(*goods, discounts=(off("all", rate_bp=10_000),), tax_codes=taxes)
    sums = totals(rung(*(p.id for p in goods), here=here), here)
    assert (sums.gross, sums.total, sums.tax_total, sums.due) == (Money(267_669), NIL, NIL, NIL)


@pytest.mark.example("O33")
def test_buy_two_take_one() -> None:
    """R98: seven at 5.10 with two free cost 25.50."""
    offer = MixAndMatch(id="3for2", name="Buy two, take one", n=3, covers=on("a"), rate_bp=10_000, cheapest=1)
    here = selling(priced("a", 510), mix_and_match=(offer,))
    basket = set_qty(rung("a", here=here), 1, 7, here)
    assert (totals(basket, here).total, basket.line(1).discount_qty) == (Money(2550), 6)


@pytest.mark.example("O35")
def test_a_line_takes_the_better_of_two_offers_not_both() -> None:
    """R98: 90 % off the cheapest and half off two groups: a peer goes to 37.78, here one counts a line: 38.67."""
    goods = (priced("board", 198), priced("desk", 510), priced("tray", 480, tax_code_id="vat"))
    here = selling(
        *goods,
        discounts=(
            off("half", rate_bp=5_000, covers=on("board", "desk")),
            off("nine", amount=Money(178), per=Per.LINE, covers=on("board")),
        ),
        tax_codes={
            "gst": catalogue().tax_codes["gst"],
            "vat": replace(catalogue().tax_codes["gst"], id="vat", inclusive=False),
        },
    )
    basket = rung("board", "desk", "tray", here=here)
    for n, qty in ((1, 10), (2, 3), (3, 4)):
        basket = set_qty(basket, n, qty, here)
    assert totals(basket, here).total == Money(990 + 765 + 2112)


@pytest.mark.example("O37")
def test_a_discount_lowers_tax_on_top_too() -> None:
    """R97, R98: 320 with 15 % on top is 368; 20 % off is 294.40."""
    taxes = {"gst": replace(catalogue().tax_codes["gst"], rate_bp=1500, inclusive=False)}
    here = selling(priced("a", 32_000), tax_codes=taxes, discounts=(off("fifth", rate_bp=2_000),))
    sums = totals(rung("a", here=here), here)
    assert (sums.total, sums.tax_total) == (Money(29_440), Money(3_840))


@pytest.mark.example("O39")
@pytest.mark.parametrize(
    ("per", "total"),
    [
        pytest.param(Per.LINE, 19_500, id="five off the line"),
        pytest.param(Per.SALE, 19_500, id="five off the sale"),
        pytest.param(Per.UNIT, 19_000, id="five off each"),
    ],
)
def test_an_amount_off_the_line_or_off_each(per: Per, total: int) -> None:
    """R98: two at 100 less 5, once or by quantity."""
    here = selling(priced("a", 10_000), discounts=(off("five", amount=Money(500), per=per),))
    assert totals(set_qty(rung("a", here=here), 1, 2, here), here).total == Money(total)


# ------------------------------------------------------------ points


@pytest.mark.example("S3")
@pytest.mark.parametrize(
    ("more", "reason"),
    [
        pytest.param({"discounts": (off("d", rate_bp=1000),)}, "points.excluded.discount", id="discount"),
        pytest.param(
            {"mix_and_match": (MixAndMatch(id="m", name="m", n=1, covers=on("burger"), price=Money(1)),)},
            "points.excluded.discount",
            id="mix and match",
        ),
        pytest.param({"specials": (HAPPY,)}, "points.excluded.campaign", id="campaign"),
        pytest.param(
            {"combos": (Combo(id="c", name="c", parts=(ComboPart(covers=on("burger")),), price=Money(1)),)},
            "points.excluded.discount",
            id="combo",
        ),
        pytest.param({}, "", id="a price level is a price"),
    ],
)
def test_what_cannot_be_paid_with_points(more: dict[str, object], reason: str) -> None:
    """R68: a line with a discount, mix and match, campaign or combo is excluded from Points Pay."""
    here = levelled(**more)
    basket = with_jean(rung("burger", here=here), here)
    rows = options(basket.lines, classification=GOLD, catalogue=here, available=whole(12_420))
    assert rows.row(1).reason == reason


def test_a_line_that_comes_under_a_combo_leaves_points_pay() -> None:
    """R68, R98: the burger was to be paid with points; the beer makes a combo of it, so money pays for both."""
    parts = (ComboPart(covers=on("burger")), ComboPart(covers=on("beer")))
    here = selling(
        BURGER, BEER, CHIPS, combos=(Combo(id="c", name="c", parts=parts, price=Money(2500)),)
    )  # fmt: skip
    basket = with_jean(rung("burger", "chips", here=here), here)
    rows = options(basket.lines, classification=GOLD, catalogue=here, available=whole(12_420))
    ticked = use_points(basket, rows, frozenset({1, 2}))
    done = add(ticked, "beer", catalogue=here, at_us=NOW)
    assert (done.ticked, done.line(1).by_points, done.line(1).discount_id) == (frozenset({2}), None, "c")
    assert clear_points(done).ticked == frozenset()


def test_points_are_earned_on_what_is_left() -> None:
    """R28: after every discount: 18.00 at Gold's 2 points."""
    here = selling(BURGER, discounts=(off("ten", rate_bp=1000),))
    assert totals(with_jean(rung("burger", here=here), here), here).earns.points == whole(36)


# ------------------------------------------------------------ books


@pytest.mark.example("R81.1")
@pytest.mark.parametrize(
    ("media", "books"),
    [
        pytest.param("expense", {"sales": -2000, "media:expense": 200, "media:card": 1800}, id="set"),
        pytest.param(None, {"sales": -1800, "media:card": 1800}, id="not set"),
    ],
)
def test_a_discount_on_its_media(media: str | None, books: dict[str, int]) -> None:
    """R81: 20.00 less 10 %: gross sale and the discount on its media, or the sale reduced; the member pays 18.00."""
    here = selling(
        BURGER,
        discounts=(off("ten", DiscountKind.SCHEME, rate_bp=1000, trigger=MEMBERS),),
        classifications={3: replace(GOLD, discount_expense_media=media)},
    )
    sale = sold(with_jean(rung("burger", here=here), here), here)
    assert sale.total == Money(1800)
    assert {p.account: p.amount.minor for p in postings(sale)} == books
    assert [why.code for why in sale.because if why.rule == "R98"] == ["why.discount.scheme"]
