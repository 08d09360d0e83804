"""Discounts: which one a line takes, in the order of R98, and what it comes to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.discount import Combo, ComboPart, Covers, Discount, MixAndMatch, Per, Trigger
from clubtill_rules.goods.line import DiscountKind, ManualDiscount, PriceReason
from clubtill_rules.goods.product import LevelPrice, Modifier, ModifierGroup, ProductKind, Special, SpecialKind
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale.basket import Basket, add, clear_points, detach, set_qty, tender, totals, use_points
from clubtill_rules.sale.discounts.giving import Discounted, discounted
from clubtill_rules.sale.discounts.triggers import Buyer, covers, is_for
from clubtill_rules.sale.handed_over import enter_coupon
from clubtill_rules.sale.line_changes import choose_modifiers, discount_line, discount_sale
from clubtill_rules.sale.posting import postings
from clubtill_rules.sale.sale import Sale, finalise
from clubtill_rules.sale.tender import card
from clubtill_rules.values.days import US_PER_S
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.points import whole
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.sale.larkspur import GOLD, JEAN, NOW, at, catalogue, jeans_account, priced, rung, selling, with_jean

BURGER, BEER, WINE, CHIPS = (
    priced("burger", 2000),
    priced("beer", 800, "beer"),
    priced("wine", 1500, "beer"),
    priced("chips", 450),
)
CHEESE = Modifier(id="cheese", name="Extra cheese", price=Money(250))
PARMA = priced("parma", 2400, modifier_groups=(ModifierGroup(id="more", name="More", modifiers=(CHEESE,)),))
MEMBERS = Trigger(classifications=())


def off(offer_id: str, kind: DiscountKind = DiscountKind.SPECIAL, **more: object) -> Discount:
    """Give a discount that says its id as its name."""
    return Discount(id=offer_id, name=offer_id.upper(), kind=kind, **more)  # type: ignore[arg-type] - a table's columns


def on(*products: str) -> Covers:
    """Cover some products."""
    return Covers(products=products)


def taken(basket: Basket) -> list[tuple[str, str, int]]:
    """Give of each line that has one: product, discount's id and cents."""
    return [(line.product_id, line.discount_id, line.discount.minor) for line in basket.lines if line.discount_kind]


def sold(basket: Basket, here: Catalogue) -> Sale:
    """Pay a sale by card and make it final."""
    due = totals(basket, here).due
    paid = tender(basket, card(due, due, "card")) if due > NIL else basket
    return finalise(
        paid,
        catalogue=here,
        number=1,
        device_id="till-1",
        staff_id="sam",
        at_us=NOW + US_PER_S,
        leases=(),
        offline=False,
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


# ------------------------------------------------------------ order, ties, sums


KINDS = [DiscountKind.MANUAL, DiscountKind.SPECIAL, DiscountKind.MIX_AND_MATCH, DiscountKind.COMBO,
         DiscountKind.SCHEME, DiscountKind.SALE]  # fmt: skip


@pytest.mark.parametrize("first", range(6), ids=[kind.value for kind in KINDS])
def test_the_first_kind_that_applies_is_taken_however_little_it_gives(first: int) -> None:
    """R98: manual > special > mix and match > combo > scheme > sale; each later one would give more."""
    cents = {kind: 10 * (rank + 1) for rank, kind in enumerate(KINDS)}
    singles = [DiscountKind.SPECIAL, DiscountKind.SCHEME, DiscountKind.SALE]
    kept = KINDS[first:]
    mix = MixAndMatch(id="m", name="m", n=1, covers=on("burger"), amount=Money(cents[DiscountKind.MIX_AND_MATCH]))
    combo = Combo(
        id="c", name="c", parts=(ComboPart(covers=on("burger")),), price=Money(2000 - cents[DiscountKind.COMBO])
    )
    here = selling(
        BURGER,
        discounts=tuple(off(kind.value, kind, amount=Money(cents[kind])) for kind in singles if kind in kept),
        mix_and_match=(mix,) if DiscountKind.MIX_AND_MATCH in kept else (),
        combos=(combo,) if DiscountKind.COMBO in kept else (),
    )
    basket = rung("burger", here=here)
    if DiscountKind.MANUAL in kept:
        basket = discount_line(basket, 1, ManualDiscount(amount=Money(10)), here)
    line = basket.line(1)
    assert (line.discount_kind, line.discount) == (KINDS[first], Money(cents[KINDS[first]]))


@pytest.mark.parametrize(
    ("offers", "expected"),
    [
        pytest.param((off("a", rate_bp=1000), off("b", rate_bp=1003)), ("b", 201), id="the lower price"),
        pytest.param((off("b", rate_bp=1000), off("a", amount=Money(200))), ("a", 200), id="then the lower id"),
        pytest.param((off("a", rate_bp=2), off("b", rate_bp=3)), ("b", 1), id="what rounds to nothing is none"),
        pytest.param((off("a", amount=Money(9999)),), ("a", 2000), id="never more than the line"),
        pytest.param((off("a", rate_bp=20_000),), ("a", 2000), id="never more than all of it"),
        pytest.param((off("a", amount=Money(-5)), off("b", rate_bp=-100)), None, id="never dearer"),
        pytest.param(
            (off("a", amount=Money(100), per=Per.SALE), off("b", rate_bp=500)), ("a", 100), id="shared at a tie"
        ),
        pytest.param(
            (off("b", amount=Money(100), per=Per.SALE), off("a", rate_bp=500)), ("a", 100), id="by itself at a tie"
        ),
        pytest.param(
            (off("b", amount=Money(101), per=Per.SALE), off("a", rate_bp=500)), ("b", 101), id="shared where it is more"
        ),
        pytest.param(
            (off("a", amount=Money(99), per=Per.SALE), off("b", rate_bp=500)), ("b", 100), id="not shared where less"
        ),
    ],
)
def test_within_a_kind(offers: tuple[Discount, ...], expected: tuple[str, int] | None) -> None:
    """R98: the lower price for the member, then the lower id; no line below nil."""
    basket = rung("burger", here=selling(BURGER, discounts=offers))
    assert taken(basket) == ([("burger", *expected)] if expected else [])


def test_workings_say_how_an_amount_came_about() -> None:
    """R98: each unit, each line, and what the line costs where that is less."""
    here = selling(
        BURGER,
        BEER,
        CHIPS,
        discounts=(
            off("each", amount=Money(50), covers=on("beer")),
            off("line", amount=Money(500), per=Per.LINE, covers=on("burger", "chips")),
        ),
    )
    basket = set_qty(rung("burger", "beer", "chips", here=here), 2, 3, here)
    assert [why.working for why in basket.because] == [
        working(Money(500), Rounding.LEAST, Money(500), (",", Money(2000))),
        working(Money(150), Rounding.EXACT, Money(50), ("x", 3)),
        working(Money(450), Rounding.LEAST, Money(500), (",", Money(450))),
    ]


def test_an_amount_off_the_sale_is_shared_over_what_it_covers() -> None:
    """R98: 1.00 over 20.00, 8.00 and 8.00: 0.56 + 0.22 + 0.22, the cent left to the largest remainder."""
    here = selling(
        BURGER,
        BEER,
        CHIPS,
        priced("stout", 800, "beer"),
        discounts=(off("one", amount=Money(100), per=Per.SALE, covers=on("burger", "beer", "stout")),),
    )
    assert taken(rung("chips", "burger", "beer", "stout", here=here)) == [
        ("burger", "one", 56),
        ("beer", "one", 22),
        ("stout", "one", 22),
    ]


def test_of_two_shared_amounts_the_larger_goes_first_then_the_lower_id() -> None:
    """R98: 3.00 on both takes them; the 2.00 that reaches a third line as well has only that left."""
    two = off("b", amount=Money(200), per=Per.SALE)
    three = off("c", amount=Money(300), per=Per.SALE, covers=on("beer", "wine"))
    here = selling(BEER, WINE, CHIPS, discounts=(two, three))
    assert taken(rung("beer", "wine", "chips", here=here)) == [
        ("beer", "c", 104),
        ("wine", "c", 196),
        ("chips", "b", 200),
    ]
    tie = selling(BEER, discounts=(replace(two, id="z"), replace(two, id="y")))
    assert taken(rung("beer", here=tie)) == [("beer", "y", 200)]


def test_a_line_whose_share_is_nothing_has_had_its_discount() -> None:
    """R98: one cent over two lines is the upper one's; the other does not go on to the next kind."""
    here = selling(
        BEER, priced("stout", 800, "beer"),
        discounts=(off("cent", amount=Money(1), per=Per.SALE), off("sale", DiscountKind.SALE, rate_bp=5000)),
    )  # fmt: skip
    assert taken(rung("beer", "stout", here=here)) == [("beer", "cent", 1)]


@pytest.mark.parametrize(
    ("change", "takes"),
    [
        pytest.param({}, True, id="goods"),
        pytest.param({"kind": ProductKind.FEE}, False, id="a fee"),
        pytest.param({"kind": ProductKind.GIFT_CARD}, False, id="a gift card"),
        pytest.param({"kind": ProductKind.SURCHARGE}, False, id="a surcharge"),
        pytest.param({"unit_price": NIL}, False, id="what costs nothing"),
        pytest.param({"unit_price": Money(1)}, True, id="what costs one cent"),
        pytest.param({"price_reason": PriceReason.OVERRIDE}, False, id="a price by hand"),
        pytest.param({"offer_points": whole(5)}, False, id="a price that points lowered"),
    ],
)
def test_which_lines_take_discounts(change: dict[str, object], takes: bool) -> None:
    """R76, R98, R102, R103: goods above nil, not set by hand; an old discount never survives a recount."""
    here = selling(BURGER, discounts=(off("all", rate_bp=10_000),))
    line = replace(rung("burger", here=here).line(1), **change)  # type: ignore[arg-type] - a table's columns
    found = discounted((line,), catalogue=here).lines[0]
    assert found.discount == (line.gross if takes else NIL)
    assert (found.discount_kind, found.discount_id, found.discount_qty) == (
        (DiscountKind.SPECIAL, "all", 1) if takes else (None, "", 0)
    )


def test_no_lines_no_discounts() -> None:
    """R98: an empty sale has none, and no moment to look at."""
    assert discounted((), catalogue=selling(BURGER)) == Discounted(lines=())


# ------------------------------------------------------------ prices come first


LEVELS = (LevelPrice(level=1, price=Money(2000)), LevelPrice(level=2, price=Money(1800)))
HAPPY = Special(
    id="campaign", name="Burger week", kind=SpecialKind.PRICE, starts=date(2026, 1, 1), ends=date(2026, 12, 31),
    products=("burger",), price=Money(1700),
)  # fmt: skip


def _levelled(**more: object) -> Catalogue:
    return selling(replace(BURGER, prices=LEVELS), **more)


def test_a_price_level_comes_first() -> None:
    """R80, R98: 10 % off Gold's 18.00 is 1.80; a level is a price, so both count."""
    here = _levelled(discounts=(off("ten", rate_bp=1000),))
    assert with_jean(rung("burger", here=here), here).line(1).net == Money(1620)


@pytest.mark.parametrize(
    ("rate_bp", "net"),
    [
        pytest.param(1499, 1700, id="one hundredth of a per cent short: the campaign stays"),
        pytest.param(1500, 1700, id="as low as the campaign: it stays"),
        pytest.param(1501, 1700, id="not a whole cent lower"),
        pytest.param(1505, 1699, id="one cent lower"),
        pytest.param(2500, 1500, id="a quarter off the level's price"),
    ],
)
def test_a_campaign_price_is_a_special_too(rate_bp: int, net: int) -> None:
    """R98: of campaign price and special the lower one counts, never one on top of the other."""
    here = _levelled(specials=(HAPPY,), discounts=(off("special", rate_bp=rate_bp),))
    line = rung("burger", here=here).line(1)
    assert (line.unit_price, line.net) == (Money(1700), Money(net))
    assert (line.discount_kind is None) is (net == 1700)


def test_what_a_special_gives_beyond_a_campaign_is_said() -> None:
    """R98: 25 % of 20.00 is 5.00, of which the campaign has given 3.00; for Gold 4.50, of which 1.00."""
    here = _levelled(specials=(HAPPY,), discounts=(off("special", rate_bp=2500),))
    basket = rung("burger", here=here)
    assert basket.because[0].working == working(Money(200), Rounding.EXACT, Money(500), ("-", Money(300)))
    gold = with_jean(basket, here)
    assert gold.because[0].working == working(Money(350), Rounding.EXACT, Money(450), ("-", Money(100)))


def test_after_the_specials_a_campaign_line_takes_nothing_more() -> None:
    """R68, R98: a campaign price is the line's discount, whatever mix, combo, scheme or sale would give."""
    here = _levelled(
        specials=(HAPPY,),
        mix_and_match=(MixAndMatch(id="m", name="m", n=1, covers=on("burger"), price=Money(1)),),
        combos=(Combo(id="c", name="c", parts=(ComboPart(covers=on("burger")),), price=Money(1)),),
        discounts=(
            off("shared", amount=Money(900), per=Per.SALE),
            off("scheme", DiscountKind.SCHEME, rate_bp=9000),
            off("sale", DiscountKind.SALE, rate_bp=9000),
        ),
    )
    basket = rung("burger", here=here)
    assert (taken(basket), basket.line(1).net) == ([], Money(1700))


def test_a_product_that_left_the_catalogue_is_measured_by_its_own_price() -> None:
    """R80, R98: nothing is looked up for it, so a special takes its percentage off what it was sold at."""
    here = _levelled(specials=(HAPPY,), discounts=(off("special", rate_bp=1000),))
    line = rung("burger", here=here).line(1)
    gone = replace(here, products={})
    assert discounted((line,), catalogue=gone).lines[0].discount == Money(170)


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
    here = _levelled(**more)
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


# ------------------------------------------------------------ triggers


MEMBER = replace(JEAN, date_of_birth=date(1966, 11, 25), attributes={"bowler": "yes", "team": ""})
BUYER = Buyer(member=MEMBER, account=jeans_account(1000), classification=GOLD)
DAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("trigger", "holds"),
    [
        pytest.param({}, True, id="everybody"),
        pytest.param({"locations": ("main", "bistro")}, True, id="here among others"),
        pytest.param({"locations": ("bistro",)}, False, id="elsewhere"),
        pytest.param({"coupon": "SPRING"}, True, id="the code entered"),
        pytest.param({"coupon": "spring"}, False, id="another code"),
        pytest.param({"classifications": ()}, True, id="any member"),
        pytest.param({"classifications": (1, 3)}, True, id="Bronze and Gold"),
        pytest.param({"classifications": (1,)}, False, id="Bronze only"),
        pytest.param({"attribute": "bowler"}, True, id="has the attribute"),
        pytest.param({"attribute": "bowler", "attribute_value": "yes"}, True, id="at its value"),
        pytest.param({"attribute": "bowler", "attribute_value": "no"}, False, id="at another value"),
        pytest.param({"attribute": "team"}, True, id="an attribute that is blank is there"),
        pytest.param({"attribute": "golfer"}, False, id="has it not"),
        pytest.param({"least_points": 999}, True, id="one point more than asked"),
        pytest.param({"least_points": 1000}, True, id="as many points as asked"),
        pytest.param({"least_points": 1001}, False, id="one point short"),
        pytest.param({"least_age": 59}, True, id="59 tomorrow's eve"),
        pytest.param({"least_age": 60}, False, id="60 only tomorrow"),
        pytest.param({"most_age": 59}, True, id="up to 59"),
        pytest.param({"most_age": 58}, False, id="up to 58"),
        pytest.param({"least_age": 59, "most_age": 59}, True, id="just 59"),
        pytest.param({"least_age": 60, "most_age": 99}, False, id="seniors"),
    ],
)
def test_for_whom_an_offer_is(trigger: dict[str, object], holds: bool) -> None:
    """R76, R98: place, code, classification, attribute, points held, age: all that is set must hold."""
    wanted = Trigger(**trigger)  # type: ignore[arg-type] - a table's columns
    assert is_for(wanted, BUYER, location_id="main", coupons=("SPRING",), day=DAY) is holds


@pytest.mark.parametrize(
    "trigger",
    [
        pytest.param({"classifications": ()}, id="any member"),
        pytest.param({"attribute": "bowler"}, id="attribute"),
        pytest.param({"least_points": 1}, id="points"),
        pytest.param({"least_age": 1}, id="from an age"),
        pytest.param({"most_age": 99}, id="to an age"),
    ],
)
def test_nobody_gets_what_needs_a_member(trigger: dict[str, object]) -> None:
    """R17, R98: without a member, or without benefits, only what is for everybody is given."""
    wanted = Trigger(**trigger)  # type: ignore[arg-type] - a table's columns
    assert wanted.needs_member
    assert not Trigger(coupon="X", locations=("main",)).needs_member
    for buyer in (Buyer(), Buyer(member=MEMBER), Buyer(classification=GOLD)):
        assert not is_for(wanted, buyer, location_id="main", coupons=(), day=DAY)


@pytest.mark.parametrize(
    ("buyer", "holds"),
    [
        pytest.param(replace(BUYER, account=None), False, id="no account, no points"),
        pytest.param(replace(BUYER, account=jeans_account(400, 600)), True, id="what a lease holds back counts"),
        pytest.param(replace(BUYER, account=jeans_account(400, 599)), False, id="one short with the lease"),
        pytest.param(
            replace(BUYER, account=replace(jeans_account(1000), deficit=whole(1))), False, id="a deficit lowers it"
        ),
    ],
)
def test_points_held_are_the_balance(buyer: Buyer, holds: bool) -> None:
    """R5, R76: avail + reserved - deficit, at least n points, none of them taken."""
    assert is_for(Trigger(least_points=1000), buyer, location_id="main", coupons=(), day=DAY) is holds


def test_somebody_whose_birth_is_not_known_is_in_no_age_group() -> None:
    """R19, R98: no date, no age; and no attributes, none that is asked for."""
    unknown = replace(BUYER, member=replace(MEMBER, date_of_birth=None, attributes=None))
    asked = {"location_id": "main", "coupons": (), "day": DAY}
    assert not is_for(Trigger(most_age=99), unknown, **asked)  # type: ignore[arg-type] - a table's columns
    assert not is_for(Trigger(attribute="bowler"), unknown, **asked)  # type: ignore[arg-type] - a table's columns
    assert is_for(Trigger(classifications=()), unknown, **asked)  # type: ignore[arg-type] - a table's columns


@pytest.mark.parametrize(
    ("goods", "holds"),
    [
        pytest.param(Covers(), True, id="nothing named is all"),
        pytest.param(Covers(products=("burger",)), True, id="the product"),
        pytest.param(Covers(categories=("bistro",)), True, id="its category"),
        pytest.param(Covers(families=("kitchen",)), True, id="its family"),
        pytest.param(Covers(products=("beer",), families=("kitchen",)), True, id="either is enough"),
        pytest.param(Covers(products=("beer",)), False, id="another product"),
        pytest.param(Covers(categories=("kitchen",)), False, id="another category"),
        pytest.param(Covers(families=("bistro",)), False, id="another family"),
    ],
)
def test_which_goods_an_offer_covers(goods: Covers, holds: bool) -> None:
    """R98: product, category or family, one of them is enough."""
    line = rung("burger", here=selling(replace(BURGER, family_id="kitchen"))).line(1)
    assert covers(goods, line) is holds


@pytest.mark.parametrize(
    ("trigger", "moment", "holds"),
    [
        pytest.param({"starts": date(2026, 11, 24)}, "2026-11-24 00:00", True, id="from its first day"),
        pytest.param({"starts": date(2026, 11, 24)}, "2026-11-23 23:59", False, id="not the day before"),
        pytest.param({"ends": date(2026, 11, 24)}, "2026-11-24 23:59", True, id="through its last day"),
        pytest.param({"ends": date(2026, 11, 24)}, "2026-11-25 00:00", False, id="not the day after"),
        pytest.param({"weekdays": (1,)}, "2026-11-24 12:00", True, id="Tuesdays"),
        pytest.param({"weekdays": (1,)}, "2026-11-25 12:00", False, id="no Wednesday"),
        pytest.param({"start_min": 1020, "end_min": 1140}, "2026-11-24 19:00", True, id="the last minute"),
        pytest.param({"start_min": 1020, "end_min": 1140}, "2026-11-24 19:01", False, id="a minute later"),
        pytest.param(
            {"start_min": 1320, "end_min": 120, "ends": date(2026, 11, 24)}, "2026-11-25 02:00", True,
            id="into the morning after the last day",
        ),
        pytest.param(
            {"start_min": 1320, "end_min": 120, "starts": date(2026, 11, 25)}, "2026-11-25 02:00", False,
            id="not in the morning of the first",
        ),
    ],
)  # fmt: skip
def test_when_an_offer_runs(trigger: dict[str, object], moment: str, holds: bool) -> None:
    """R46, R98: by dates, weekdays and minutes of the venue's wall clock, at the moment the line was rung up."""
    offer = off("d", rate_bp=1000, trigger=Trigger(**trigger))  # type: ignore[arg-type] - a table's columns
    here = selling(BURGER, discounts=(offer,))
    assert bool(taken(rung("burger", here=here, at_us=at(moment)))) is holds


def test_a_line_keeps_the_offer_of_its_moment() -> None:
    """R80, R98: rung up at 18:59 it has the happy hour's discount, also when 19:01 comes on the same sale."""
    happy = off("happy", rate_bp=5000, trigger=Trigger(start_min=1020, end_min=1140))
    here = selling(BURGER, BEER, discounts=(happy,))
    basket = add(rung("burger", here=here, at_us=at("2026-11-24 18:59")), "beer", catalogue=here,
                 at_us=at("2026-11-24 19:01"))  # fmt: skip
    assert taken(basket) == [("burger", "happy", 1000)]


def test_ages_are_looked_at_on_the_day_of_the_last_line() -> None:
    """R19, R98: 60 at midnight: the line before it has the seniors' price too, as the sale goes on."""
    seniors = off("seniors", rate_bp=1000, trigger=Trigger(least_age=60))
    here = selling(BURGER, BEER, discounts=(seniors,))
    born = replace(JEAN, date_of_birth=date(1966, 11, 25))
    basket = replace(with_jean(rung("burger", here=here, at_us=at("2026-11-24 23:59")), here), member=born)
    assert taken(set_qty(basket, 1, 1, here)) == []
    later = add(basket, "beer", catalogue=here, at_us=at("2026-11-25 00:00"))
    assert taken(later) == [("burger", "seniors", 200), ("beer", "seniors", 80)]


# ------------------------------------------------------------ by hand, over the whole sale


def test_a_discount_by_hand_comes_before_all_and_a_lines_own_before_the_sales() -> None:
    """R98: 5.00 off the burger by hand, 10 % off the rest, nothing of the special."""
    here = selling(BURGER, BEER, discounts=(off("special", rate_bp=9000),))
    basket = discount_line(rung("burger", "beer", here=here), 1, ManualDiscount(amount=Money(500), reason="late"), here)
    basket = discount_sale(basket, ManualDiscount(rate_bp=1000, reason="regular"), here)
    assert taken(basket) == [("burger", "", 500), ("beer", "", 80)]
    assert [(why.code, why.facts["offer"]) for why in basket.because] == [
        ("why.discount.manual", "late"),
        ("why.discount.manual", "regular"),
    ]
    assert taken(discount_sale(discount_line(basket, 1, None, here), None, here)) == [
        ("burger", "special", 1800),
        ("beer", "special", 720),
    ]


def test_an_amount_by_hand_off_the_sale_is_shared_again_with_every_line() -> None:
    """R98: 3.00 off burger and beer is 2.14 + 0.86; chips rung up later take their share; a campaign is passed over."""
    here = selling(BURGER, BEER, CHIPS, WINE, specials=(replace(HAPPY, products=("wine",), price=Money(1400)),))
    three = ManualDiscount(amount=Money(300))
    basket = discount_sale(rung("burger", "beer", "wine", here=here), three, here)
    assert taken(basket) == [("burger", "", 214), ("beer", "", 86)]
    more = add(basket, "chips", catalogue=here, at_us=NOW)
    assert taken(more) == [("burger", "", 185), ("beer", "", 74), ("chips", "", 41)]
    only = replace(basket, lines=(basket.line(3),))
    assert taken(discount_sale(only, three, here)) == []
    small = discount_sale(rung("chips", here=here), ManualDiscount(amount=Money(450)), here)
    assert totals(small, here).total == NIL
    assert taken(set_qty(small, 1, 0, here)) == []


@pytest.mark.example("R104.1")
def test_line_and_modifiers_are_one_line_for_a_discount() -> None:
    """R104: 2 x (parma 24.00 + extra cheese 2.50), "no onion": 53.00; scheme 10 % -> 5.30 -> 47.70."""
    here = selling(PARMA, discounts=(off("scheme", DiscountKind.SCHEME, rate_bp=1000, trigger=MEMBERS),))
    basket = set_qty(with_jean(rung("parma", here=here), here), 1, 2, here)
    line = choose_modifiers(basket, 1, ("cheese",), here).line(1)
    assert (line.gross, line.discount, line.net, line.saved) == (Money(5300), Money(530), Money(4770), Money(530))
