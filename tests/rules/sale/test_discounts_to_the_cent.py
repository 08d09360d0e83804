"""Discounts to the cent: what a sale says of each, whole, where kinds, shared amounts and campaigns meet (R98)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clubtill_rules.goods.discount import Combo, ComboPart, MixAndMatch, Per, Trigger, VoucherOff
from clubtill_rules.goods.line import DiscountKind, ManualDiscount
from clubtill_rules.members.classification import MemberPriceLevel
from clubtill_rules.sale.basket import Basket
from clubtill_rules.sale.discounts.giving import discounted
from clubtill_rules.sale.discounts.limits import Tracked
from clubtill_rules.sale.discounts.triggers import Buyer
from clubtill_rules.sale.handed_over import with_used, with_vouchers
from clubtill_rules.sale.line_changes import ask_for_discount, choose_modifiers, discount_line, discount_sale
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, Rounding, Working, because, working
from tests.rules.sale.larkspur import GOLD, JEAN, at, jeans_account, priced, rung, selling, with_jean
from tests.rules.sale.limited import COFFEE, FREE, NOVEMBER, QUARTER, used
from tests.rules.sale.offers import BEER, BURGER, HAPPY, LEVELS, PARMA, WINE, levelled, off, on, taken


def told(kind: str, line: int, product: str, offer: str, how: Working) -> Because:
    """Give the reason of one line's discount."""
    return because(
        f"why.discount.{kind}", "R98", line=line, product=product, offer=offer, discount=how.result, working=how
    )


def share(whole: int, part: int, of: int, cents: int, more: int = 0) -> Working:
    """Give the working of a line's share of an amount."""
    rest = [("+", Money(more))] if more else []
    return working(Money(cents), Rounding.FLOOR, Money(whole), ("x", Money(part)), ("/", Money(of)), *rest)


def test_a_shared_amount_says_of_each_line_what_it_is_of() -> None:
    """R98: 1.00 of 20.00 and 8.00 is 0.71 and 0.29, the cent left to the larger remainder, under the offer's name."""
    here = selling(BURGER, BEER, discounts=(off("one", amount=Money(100), per=Per.SALE),))
    assert rung("burger", "beer", here=here).because == (
        told("special", 1, "Burger", "ONE", share(100, 2000, 2800, 71)),
        told("special", 2, "Beer", "ONE", share(100, 800, 2800, 29, 1)),
    )


def test_an_amount_off_the_sale_by_hand_says_why_it_was_given() -> None:
    """R98: three cents by hand over two lines, with the reason that staff gave; a single cent is the upper line's."""
    here = selling(BURGER, WINE)
    basket = discount_sale(rung("burger", "wine", here=here), ManualDiscount(amount=Money(3), reason="late"), here)
    assert basket.because == (
        told("manual", 1, "Burger", "late", share(3, 2000, 3500, 2, 1)),
        told("manual", 2, "Wine", "late", share(3, 1500, 3500, 1)),
    )
    assert taken(discount_sale(basket, ManualDiscount(amount=Money(1)), here)) == [("burger", "", 1)]


def test_nothing_by_hand_leaves_the_other_discounts() -> None:
    """R98: nil off the sale is no discount by hand, so the special is given."""
    here = selling(BURGER, discounts=(off("tenth", rate_bp=1000),))
    lines = rung("burger", here=here).lines
    assert discounted(lines, catalogue=here, manual=ManualDiscount()).lines[0].discount_id == "tenth"


def test_a_percentage_off_the_sale_by_hand_counts_against_the_levels_price() -> None:
    """R80, R98: 20 % of 20.00 is 4.00, of which Burger week's 17.00 has given 3.00."""
    here = levelled(specials=(HAPPY,))
    basket = discount_sale(rung("burger", here=here), ManualDiscount(rate_bp=2000, reason="sorry"), here)
    how = working(Money(100), Rounding.EXACT, Money(400), ("-", Money(300)))
    assert basket.because == (told("manual", 1, "Burger", "sorry", how),)


def test_more_than_all_of_a_dear_line_is_all_of_it() -> None:
    """R98: 200 % of 10,000.00 is 10,000.00 to the cent; a voucher's free product is 100 % of it."""
    hall = priced("hall", 1_000_000)
    whole = working(Money(1_000_000), Rounding.HALF_AWAY, Money(1_000_000), ("x", 1))
    twice = rung("hall", here=selling(hall, discounts=(off("twice", rate_bp=20_000),)))
    assert (twice.line(1).discount, _whole(twice)) == (Money(1_000_000), [(whole.result, whole.terms[0].value)])
    free = VoucherOff(id="v-1", name="The hall for a day", free_product="hall")
    basket = with_vouchers(rung("hall", here=selling(hall)), (free,), selling(hall))
    assert (basket.line(1).discount, basket.because[0].facts["offer"]) == (Money(1_000_000), "The hall for a day")


def _whole(basket: Basket) -> list[tuple[object, object]]:
    """Give of each reason what came out and of what."""
    return [(why.working.result, why.working.terms[0].value) for why in basket.because if why.working]


def test_a_percentage_counts_before_an_amount() -> None:
    """R98: of an offer with both the 10 % is given, line by line, though it says that its 5.00 are of the sale."""
    here = selling(BURGER, discounts=(off("both", rate_bp=1000, amount=Money(500), per=Per.SALE),))
    assert taken(rung("burger", here=here)) == [("burger", "both", 200)]


def test_an_amount_off_each_line_is_not_a_shared_one() -> None:
    """R98: 5.00 off the only line is the lesser of 5.00 and its price."""
    here = selling(BURGER, discounts=(off("line", amount=Money(500), per=Per.LINE),))
    how = working(Money(500), Rounding.LEAST, Money(500), (",", Money(2000)))
    assert rung("burger", here=here).because == (told("special", 1, "Burger", "LINE", how),)


def test_a_shared_amount_is_weighed_against_single_ones_beside_a_campaign() -> None:
    """R98: the campaign's burger gets 25 % of 20.00 less 3.00; the beer 2.00 of that or 2.50, whichever is more."""
    quarter = off("quarter", rate_bp=2500)
    for amount, beers in ((100, ("quarter", 200)), (250, ("shared", 250))):
        shared = off("shared", amount=Money(amount), per=Per.SALE, covers=on("burger", "beer"))
        here = levelled(specials=(HAPPY,), discounts=(quarter, shared))
        here = replace(here, products={**here.products, "beer": BEER})
        assert taken(rung("burger", "beer", here=here)) == [("burger", "quarter", 200), ("beer", *beers)]


def test_discounts_of_lines_alone_count_for_no_sale() -> None:
    """R94: without a sale's id the entry names none; two coffees of the account's month are one entry."""
    here = selling(COFFEE, discounts=(FREE,))
    line = replace(rung("coffee", here=here).line(1), qty=2)
    buyer = Buyer(member=JEAN, account=jeans_account(), classification=GOLD)
    found = discounted((line,), catalogue=here, buyer=buyer)
    assert found.tracked == (
        Tracked(discount_id="free", holder_id="jean-account", period=NOVEMBER, amount=Money(800), times=2, sale_id=""),
    )
    assert (found.idle, found.lines[0].discount_kind) == ((), DiscountKind.SPECIAL)


def test_a_line_that_costs_nothing_takes_nothing_off() -> None:
    """R98: neither it nor a sale of nothing else has a discount by hand, and nobody is asked for one."""
    here = selling(BURGER)
    basket = rung("burger", here=here)
    basket = replace(basket, lines=(replace(basket.line(1), unit_price=NIL),))
    tenth = ManualDiscount(rate_bp=1000)
    with pytest.raises(Refusal) as refused:
        discount_line(basket, 1, tenth, here)
    assert (refused.value.code, refused.value.facts) == ("discount.not_here", {"product": "Burger"})
    for n in (None, 1):
        with pytest.raises(Refusal) as refused:
            ask_for_discount(basket, tenth, n)
        assert (refused.value.code, refused.value.facts) == ("discount.nothing_here", {})


def test_an_offer_of_one_bar_is_given_there() -> None:
    """R98: at the Main Bar what is for the Main Bar is given, and what is for the other bar is not."""
    main, garden = (Trigger(locations=(place,)) for place in ("main", "garden"))
    offers = (off("here", rate_bp=1000, trigger=main), off("there", rate_bp=9000, trigger=garden))
    assert taken(rung("burger", here=selling(BURGER, discounts=offers))) == [("burger", "here", 200)]


def test_the_level_that_a_campaign_is_measured_by_is_that_of_the_lines_moment() -> None:
    """R80, R98: half of 10.00 and a cheese less the campaign's 1.00; at 19:30 half of 20.00 and a cheese less 11.00."""
    hours = MemberPriceLevel(location_id="main", level=2, weekdays=(1,), start_min=17 * 60, end_min=19 * 60)
    parma = replace(PARMA, prices=(LEVELS[0], replace(LEVELS[1], price=Money(1000))))
    here = selling(
        parma,
        specials=(replace(HAPPY, products=("parma",), price=Money(900)),),
        discounts=(off("half", rate_bp=5000),),
        classifications={3: replace(GOLD, member_prices=(hours,))},
    )
    early, late = (
        choose_modifiers(
            with_jean(rung("parma", here=here, at_us=at(f"2026-11-24 {hour}")), here), 1, ("cheese",), here
        )
        for hour in ("18:30", "19:30")
    )
    assert [basket.line(1).unit_price for basket in (early, late)] == [Money(900), Money(900)]
    assert taken(early) == [("parma", "half", 525)]
    assert taken(late) == [("parma", "half", 25)]


def test_a_set_says_of_each_line_what_it_saves() -> None:
    """R98: three for 40.00 save 15.00, a burger with a wine for 30.00 saves 5.00, under the offer's name."""
    mix = MixAndMatch(id="m", name="Three", n=3, covers=on("burger", "wine"), price=Money(4000))
    here = selling(BURGER, WINE, mix_and_match=(mix,))
    basket = rung("burger", "burger", "wine", here=here)
    assert basket.because == (
        told("mix_and_match", 1, "Burger", "Three", share(1500, 4000, 5500, 1091, 1)),
        told("mix_and_match", 2, "Wine", "Three", share(1500, 1500, 5500, 409)),
    )
    pair = Combo(
        id="c", name="Dinner", parts=(ComboPart(covers=on("burger")), ComboPart(covers=on("wine"))), price=Money(3000)
    )
    here = selling(BURGER, WINE, combos=(pair,))
    assert rung("burger", "wine", here=here).because == (
        told("combo", 1, "Burger", "Dinner", share(500, 2000, 3500, 286, 1)),
        told("combo", 2, "Wine", "Dinner", share(500, 1500, 3500, 214)),
    )


def test_a_set_whose_limit_is_used_up_leaves_its_lines_to_the_next_kind() -> None:
    """R94, R98: a cent was to be saved, but the limit's 100.00 are gone: the sale's tenth is off, and it is said."""
    mix = MixAndMatch(id="m", name="Pair", n=2, covers=on("burger"), price=Money(3999), limit=QUARTER)
    here = selling(BURGER, mix_and_match=(mix,), discounts=(off("tenth", DiscountKind.SALE, rate_bp=1000),))
    basket = with_jean(rung("burger", "burger", here=here), here)
    assert taken(basket) == [("burger", "m", 1)]
    had = used("m", 10_000, 1, holder_id="jean", period=QUARTER.starts)
    for spent, expected in ((had, "tenth"), (replace(had, amount=Money(9_999)), "m")):
        later = with_used(basket, (replace(spent, period=date(2026, 10, 1)),), here)
        reached = because("why.discount.limit_reached", "R94", offer="Pair")
        assert (later.line(1).discount_id, reached in later.because) == (expected, expected == "tenth")
