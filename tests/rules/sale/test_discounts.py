"""Discounts: which one a line takes, in the order of R98, and what it comes to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clubtill_rules.goods.discount import Combo, ComboPart, Discount, MixAndMatch, Per
from clubtill_rules.goods.line import DiscountKind, ManualDiscount, PriceReason
from clubtill_rules.goods.product import ProductKind
from clubtill_rules.sale.basket import add, set_qty, totals
from clubtill_rules.sale.discounts.giving import Discounted, discounted
from clubtill_rules.sale.line_changes import choose_modifiers, discount_line, discount_sale
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.points import whole
from clubtill_rules.values.why import Rounding, working
from tests.rules.sale.larkspur import NOW, priced, rung, selling, with_jean
from tests.rules.sale.offers import (
    BEER,
    BURGER,
    CHIPS,
    HAPPY,
    MEMBERS,
    PARMA,
    WINE,
    levelled,
    off,
    on,
    taken,
)

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


def test_a_price_level_comes_first() -> None:
    """R80, R98: 10 % off Gold's 18.00 is 1.80; a level is a price, so both count."""
    here = levelled(discounts=(off("ten", rate_bp=1000),))
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
    here = levelled(specials=(HAPPY,), discounts=(off("special", rate_bp=rate_bp),))
    line = rung("burger", here=here).line(1)
    assert (line.unit_price, line.net) == (Money(1700), Money(net))
    assert (line.discount_kind is None) is (net == 1700)


def test_what_a_special_gives_beyond_a_campaign_is_said() -> None:
    """R98: 25 % of 20.00 is 5.00, of which the campaign has given 3.00; for Gold 4.50, of which 1.00."""
    here = levelled(specials=(HAPPY,), discounts=(off("special", rate_bp=2500),))
    basket = rung("burger", here=here)
    assert basket.because[0].working == working(Money(200), Rounding.EXACT, Money(500), ("-", Money(300)))
    gold = with_jean(basket, here)
    assert gold.because[0].working == working(Money(350), Rounding.EXACT, Money(450), ("-", Money(100)))


def test_after_the_specials_a_campaign_line_takes_nothing_more() -> None:
    """R68, R98: a campaign price is the line's discount, whatever mix, combo, scheme or sale would give."""
    here = levelled(
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
    here = levelled(specials=(HAPPY,), discounts=(off("special", rate_bp=1000),))
    line = rung("burger", here=here).line(1)
    gone = replace(here, products={})
    assert discounted((line,), catalogue=gone).lines[0].discount == Money(170)


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
