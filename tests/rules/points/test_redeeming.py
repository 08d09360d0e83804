"""Redeeming, as tables: the ratio and Points Pay line by line (R44, R65-R71)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.goods.line import DiscountKind, PriceReason
from clubtill_rules.goods.product import Modifier, ProductKind
from clubtill_rules.members.classification import LocationRatio
from clubtill_rules.points.redeeming import choose, cost, fitting, options, ratio_at, unchoose, web_ratio, worth
from clubtill_rules.values.money import Money, total
from clubtill_rules.values.points import Points, whole
from clubtill_rules.values.refusal import Refusal
from tests.rules.points.goods import CATALOGUE, GOLD, LIGHT, PALE, PARMA, line, rows, settings
from tests.rules.points.workings import check

SILVER = replace(
    GOLD,
    redemption_ratio=50,
    web_redemption_ratio=100,
    location_ratios=(LocationRatio(location_id="bistro", ratio=80),),
)
JEANS = whole(12_420)
PLAIN = replace(GOLD, points_pay_discount_bp=0)
CAMPAIGN = PriceReason.CAMPAIGN
CAP = line(4, 2500, "Cap, club logo", "goods", points_price=whole(900))
LOCKER = line(5, 4500, "Locker rent", "fees", kind=ProductKind.FEE)
SCREEN = (PALE, LIGHT, CAP, replace(PARMA, price_reason=CAMPAIGN), LOCKER)


def offered(lines, classification=GOLD, catalogue=CATALOGUE, available=JEANS, ticked=frozenset()):
    """Give the options with the defaults of the worked table."""
    return options(lines, classification=classification, catalogue=catalogue, available=available, ticked=ticked)


RATIOS = {"R65-bistro": ("bistro", 80), "R65-elsewhere": ("bar", 50)}


@pytest.mark.parametrize(("location", "ratio"), rows(RATIOS, R65_bistro="R65.1", R65_elsewhere="R65.1"))
def test_ratio_at(location, ratio):
    """R65: the location's own ratio before the classification's: $10.00 costs 800 in the Bistro, 500 elsewhere."""
    assert ratio_at(SILVER, location) == ratio
    assert cost(Money(1000), ratio, money_decimals=2, grain_h=100) == whole(10 * ratio)


@pytest.mark.example("R65.1")
def test_web_ratio():
    """R65: the web has a ratio of its own, never a location's: $10.00 costs 1,000."""
    assert cost(Money(1000), web_ratio(SILVER), money_decimals=2, grain_h=100) == whole(1_000)


# minor units, ratio, decimals of the currency, grain, hundredths of a point
COSTS = {
    "R66-ratio-100": (500, 100, 2, 100, 50_000),
    "R66-ratio-25": (500, 25, 2, 100, 12_500),
    "R66-ratio-75": (1333, 75, 2, 100, 100_000),
    "R66-one-cent-more": (1334, 75, 2, 100, 100_100),
    "R1-whole-grain-rounds-up": (409, 75, 2, 100, 30_700),
    "R1-fine-grain-is-exact": (409, 75, 2, 1, 30_675),
    "R1-yen": (500, 1, 0, 100, 50_000),
    "R1-dinar": (1250, 100, 3, 100, 12_500),
    "D1-100-points-a-dollar": (100, 100, 2, 100, 10_000),
    "E11-the-whole-bill": (10_060, 10, 2, 100, 100_600),
}


@pytest.mark.parametrize(
    ("minor", "ratio", "decimals", "grain_h", "hundredths"),
    rows(
        COSTS, R66_ratio_100="R66.1", R66_ratio_25="R66.1", R66_ratio_75="R66.1", R66_one_cent_more="R66.1",
        R1_whole_grain_rounds_up="R1.1", R1_fine_grain_is_exact="R1.1", R1_yen="R1.2", R1_dinar="R1.2",
        E11_the_whole_bill="E11",
    ),
)  # fmt: skip
def test_cost(minor, ratio, decimals, grain_h, hundredths):
    """R1, R66, D1: points per unit of currency, rounded up to the grain."""
    assert cost(Money(minor), ratio, money_decimals=decimals, grain_h=grain_h) == Points(hundredths)


WORTH = {
    "R66-1000-at-75": (1_000, 75, 1333),
    "interface-12420-at-100": (12_420, 100, 12_420),
    "R70-50-at-100": (50, 100, 50),
    "R66-rounds-down": (1, 300, 0),
    "O29-next-visit": (3, 1, 300),
}


@pytest.mark.parametrize(("points", "ratio", "minor"), rows(WORTH, R66_1000_at_75="R66.1", O29_next_visit="O29"))
def test_worth(points, ratio, minor):
    """R66: what points buy is rounded down to the minor unit."""
    assert worth(whole(points), ratio, money_decimals=2) == Money(minor)


@given(
    minor=st.integers(0, 10**9), ratio=st.integers(1, 100_000), decimals=st.sampled_from((0, 2, 3)),
    grain_h=st.sampled_from((1, 100)),
)  # fmt: skip
def test_cost_buys_the_amount_and_not_a_grain_less_does(minor, ratio, decimals, grain_h):
    """R66: cost and worth are one formula: the cost is the least number of grains that is worth the amount."""
    points = cost(Money(minor), ratio, money_decimals=decimals, grain_h=grain_h)
    assert worth(points, ratio, money_decimals=decimals) >= Money(minor)
    if points:
        assert worth(points - Points(grain_h), ratio, money_decimals=decimals) < Money(minor)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: cost(Money(1), 0, money_decimals=2, grain_h=1),
        lambda: worth(whole(1), 0, money_decimals=2),
        lambda: offered(SCREEN, replace(GOLD, redemption_ratio=0)),
    ],
    ids=["cost", "worth", "screen"],
)
def test_ratio_0_redeems_nothing(ask):
    """R66: 0 means that redemption is not allowed; it is never divided by."""
    with pytest.raises(Refusal) as no:
        ask()
    assert no.value.code == "points.ratio_zero"


def test_ratio_0_at_the_location_refuses_own_prices_too():
    """R70: the location's ratio is checked first, and the refusal names classification and place."""
    shut = replace(GOLD, location_ratios=(LocationRatio(location_id="bar", ratio=0),))
    with pytest.raises(Refusal) as no:
        offered((CAP,), shut)
    assert (no.value.code, no.value.facts) == ("points.ratio_zero", {"classification": "Gold", "location": "Main Bar"})


def test_the_screen_of_the_worked_table():
    """R68, interface 5.3: 1,440 and 648 with the discount, 900 by its own price, campaign and fee not at all."""
    rows = offered(SCREEN).rows
    assert [(row.n, row.points, row.value, row.discount, row.own_price, row.reason) for row in rows] == [
        (1, whole(1_440), Money(1440), Money(160), False, ""),
        (3, whole(648), Money(648), Money(72), False, ""),
        (4, whole(900), Money(900), Money(1600), True, ""),
        (2, whole(0), Money(0), Money(0), False, "points.excluded.campaign"),
        (5, whole(0), Money(0), Money(0), False, "points.excluded.fee"),
    ]


@pytest.mark.example("R72.1", "R69.1")
def test_the_golden_choice():
    """R68, interface 5.3: 2,088 points used, 10,332 left, 117.18 - 23.20 = 93.98 to pay."""
    lines = choose(SCREEN, offered(SCREEN), frozenset({1, 3}))
    used = sum((one.points_used for one in lines), whole(0))
    assert (used, whole(12_420) - used) == (whole(2_088), whole(10_332))
    assert total([one.net for one in lines]) == Money(11_718)
    assert total([one.net for one in lines if one.by_points is None]) == Money(9_398)
    assert [one.receipt_net for one in lines[:2]] == [Money(1440), Money(648)]


# the line, the classification, the catalogue: points in hundredths, value, discount
PRICES = {
    "R69-burger": (line(1, 2000, "Burger", "food"), GOLD, CATALOGUE, (180_000, 1800, 200)),
    "R69-wine-without-discount": (
        line(1, 1500, "Wine", "wine"), replace(GOLD, points_pay_discount_exclusions=("wine",)), CATALOGUE,
        (150_000, 1500, 0),
    ),
    "R69-without-discount-to-the-cent": (
        line(1, 10_000, "Wine", "wine"), replace(GOLD, points_pay_discount_exclusions=("wine",)), CATALOGUE,
        (1_000_000, 10_000, 0),
    ),
    "R69-rounding-at-100": (line(1, 455), GOLD, CATALOGUE, (40_900, 409, 46)),
    "R69-rounding-at-75": (line(1, 455), replace(GOLD, redemption_ratio=75), CATALOGUE, (30_700, 409, 46)),
    "R69-whole-discount": (line(1, 455), replace(GOLD, points_pay_discount_bp=10_000), CATALOGUE, (0, 0, 455)),
    "R69-no-discount": (line(1, 455), PLAIN, CATALOGUE, (45_500, 455, 0)),
    "R70-coffee": (line(1, 450, "Coffee", points_price=whole(50)), GOLD, CATALOGUE, (5_000, 50, 400)),
    "R70-by-quantity": (line(1, 450, "Coffee", qty=3, points_price=whole(50)), GOLD, CATALOGUE, (15_000, 150, 1200)),
    "R70-worth-more-than-the-line": (
        line(1, 450, "Coffee", points_price=whole(600)), GOLD, CATALOGUE, (60_000, 450, 0),
    ),
    "R70-switch-off-costs-by-ratio": (
        line(1, 450, "Coffee", points_price=whole(50)), PLAIN, settings(allow_points_pay_per_product=False),
        (45_000, 450, 0),
    ),
    "R68-a-price-level-is-no-discount": (
        line(1, 800, price_reason=PriceReason.MEMBER_LEVEL), PLAIN, CATALOGUE, (80_000, 800, 0),
    ),
    "R69-schooners": (PALE, GOLD, CATALOGUE, (144_000, 1440, 160)),
    "R69-light": (LIGHT, GOLD, CATALOGUE, (64_800, 648, 72)),
    "R68-open-price": (line(1, 800, price_reason=PriceReason.OPEN), PLAIN, CATALOGUE, (80_000, 800, 0)),
    "R44-gaming-where-the-club-says-so": (
        line(1, 500, kind=ProductKind.GAMING), PLAIN, settings(points_pay_gaming=True), (50_000, 500, 0),
    ),
    "R104-modifiers-are-paid-with-their-line": (
        line(1, 2400, qty=2, modifiers=(Modifier(id="c", name="Extra cheese", price=Money(250)),)), GOLD, CATALOGUE,
        (477_000, 4770, 530),
    ),
    "R70-two-units": (
        line(1, 450, "Coffee", qty=2, points_price=whole(50)), PLAIN, CATALOGUE, (10_000, 100, 800),
    ),
    "O5-one-item": (line(1, 100, points_price=whole(5)), GOLD, settings(decimals=2), (500, 5, 95)),
    "R1-fine-grain": (line(1, 409), replace(PLAIN, redemption_ratio=75), settings(decimals=2), (30_675, 409, 0)),
}  # fmt: skip


@pytest.mark.parametrize(("one", "classification", "catalogue", "price"), rows(
    PRICES, R69_burger="R69.2", R69_wine_without_discount="R69.2", R69_rounding_at_100="R69.3",
    R69_rounding_at_75="R69.3", R69_whole_discount="R69.4", R70_coffee="R70.1", R1_fine_grain="R1.1",
    R69_schooners="R69.1", R69_light="R69.1", O5_one_item="O5",
))  # fmt: skip
def test_price_in_points(one, classification, catalogue, price):
    """R1, R66, R68-R70: a line's points, what goes to the points media and to the PP Discount Media."""
    (row,) = offered((one,), classification, catalogue, available=whole(99_999)).rows
    assert (row.points.hundredths, row.value.minor, row.discount.minor, row.reason) == (*price, "")
    assert row.value + row.discount == one.net
    check(row.because, grain_h=catalogue.grain_h)
    assert [why.rule for why in row.because][-1] == ("R70" if row.own_price else "R66")


EXCLUDED = {
    "R68-fee": (LOCKER, GOLD, "points.excluded.fee", "R68"),
    "R68-top-up": (line(1, 5000, kind=ProductKind.TOP_UP), GOLD, "points.excluded.kind", "R44"),
    "R44-gift-card": (line(1, 5000, kind=ProductKind.GIFT_CARD), GOLD, "points.excluded.kind", "R44"),
    "R44-gaming": (line(1, 500, kind=ProductKind.GAMING), GOLD, "points.excluded.kind", "R44"),
    "R68-refund-line": (line(1, 500, qty=-1), GOLD, "points.excluded.kind", "R44"),
    "R68-worth-nothing": (line(1, 0), GOLD, "points.excluded.kind", "R44"),
    "R68-family": (
        line(1, 4000, "Cigarettes", "tobacco"), replace(GOLD, points_pay_exclusions=("tobacco",)),
        "points.excluded.family", "R68",
    ),
    **{
        f"R44-{kind.value}": (line(1, 500, kind=kind), GOLD, "points.excluded.kind", "R44")
        for kind in (ProductKind.SURCHARGE, ProductKind.TIP, ProductKind.ACCOUNT_PAYMENT)
    },
    "R68-discount": (line(1, 800, discount=Money(1)), GOLD, "points.excluded.discount", "R68"),
    **{
        f"R68-{kind.value}-of-nothing": (line(1, 800, discount_kind=kind), GOLD, "points.excluded.discount", "R68")
        for kind in DiscountKind
    },
    "R76-offer": (line(1, 1500, offer_points=whole(900)), GOLD, "points.excluded.offer", "R76"),
    "R69-no-medium": (
        line(1, 800), replace(GOLD, points_pay_discount_media=None), "points.excluded.media", "R69",
    ),
    "R70-no-medium": (CAP, replace(PLAIN, points_pay_discount_media=None), "points.excluded.media", "R69"),
    "R68-campaign": (line(1, 800, price_reason=CAMPAIGN), GOLD, "points.excluded.campaign", "R68"),
    "R68-override": (line(1, 800, price_reason=PriceReason.OVERRIDE), GOLD, "points.excluded.override", "R68"),
    "R70-excluded-stays-excluded": (replace(CAP, price_reason=CAMPAIGN), GOLD, "points.excluded.campaign", "R68"),
}  # fmt: skip


WHY_DISCOUNTED = {
    DiscountKind.MIX_AND_MATCH: "why.excluded.mix_and_match",
    DiscountKind.COMBO: "why.excluded.combo",
}


@pytest.mark.parametrize(("one", "classification", "code", "rule"), rows(
    EXCLUDED, R68_discount="S3", R68_campaign="S3", R68_mix_and_match_of_nothing="S3", R68_combo_of_nothing="S3",
))  # fmt: skip
def test_excluded_lines_say_why(one, classification, code, rule):
    """R44, R68, R70: an excluded line shows its reason, costs nothing and cannot be chosen."""
    screen = offered((one,), classification)
    (row,) = screen.rows
    assert (row.reason, row.points, row.because[0].rule) == (code, whole(0), rule)
    assert row.because[0].code in (code.replace("points.", "why."), WHY_DISCOUNTED.get(one.discount_kind))
    with pytest.raises(Refusal) as no:
        choose((one,), screen, frozenset({one.n}))
    facts = {"product": one.name, "classification": "Gold", "reason": code}
    assert (no.value.code, no.value.facts) == ("points.excluded", facts)


def test_no_exclusion_list_excludes_nothing():
    """R68: an empty exclusion list means that nothing is excluded."""
    assert all(not row.reason for row in offered((PALE, LIGHT, line(9, 4000, "Cigarettes", "tobacco"))).rows)


@pytest.mark.example("R69.2")
def test_media_of_the_worked_example():
    """R69: burger and wine ticked, cigarettes not: points $33.00, PP discount $2.00, left $40.00, 3,300 points."""
    lines = (line(1, 2000, "Burger", "food"), line(2, 1500, "Wine", "wine"), line(3, 4000, "Cigarettes", "tobacco"))
    rule = replace(GOLD, points_pay_exclusions=("tobacco",), points_pay_discount_exclusions=("wine",))
    screen = offered(lines, rule)
    paid = choose(lines, screen, frozenset({1, 2}))
    by_points = [one.by_points for one in paid if one.by_points]
    assert total([p.value for p in by_points]) == Money(3300)
    assert total([p.discount for p in by_points]) == Money(200)
    assert total([one.net for one in paid if one.by_points is None]) == Money(4000)
    assert sum((p.points for p in by_points), whole(0)) == whole(3300)


def test_short_by_what_the_ticks_leave():
    """R68: the next tick would exceed: needs n, has m; the ticked line itself stays ticked."""
    lines = (PALE, LIGHT)
    first, second = offered(lines, available=whole(2_000), ticked=frozenset({1})).rows
    assert (first.reason, second.reason, second.short_by) == ("", "points.short", whole(88))
    assert second.because[-1].facts == {"needed": whole(2_088), "available": whole(2_000)}
    assert offered(lines, available=whole(2_088), ticked=frozenset({1})).row(3).reason == "", "just enough"
    free, also = offered(lines, available=whole(2_000)).rows
    assert (free.reason, also.reason) == ("", "")


def test_short_by_one_point():
    """R68: one point too few refuses the whole choice with both figures; with the point it goes through."""
    lines = (PALE, LIGHT)
    with pytest.raises(Refusal) as no:
        choose(lines, offered(lines, available=whole(2_087)), frozenset({1, 3}))
    assert (no.value.code, no.value.facts) == ("points.short", {"needed": whole(2_088), "available": whole(2_087)})
    assert all(one.by_points for one in choose(lines, offered(lines, available=whole(2_088)), frozenset({1, 3})))


def test_the_clubs_limit_for_one_sale():
    """R44: with a cap of 1,500 points a sale, the second beer is short although the balance would do."""
    lines, capped = (PALE, LIGHT), settings(max_points_per_sale_h=150_000)
    screen = offered(lines, catalogue=capped, ticked=frozenset({1}))
    assert (screen.available, screen.capped) == (whole(1_500), True)
    assert (screen.row(3).reason, screen.row(3).because[-1].rule) == ("points.short", "R44")
    with pytest.raises(Refusal) as no:
        choose(lines, screen, frozenset({1, 3}))
    assert (no.value.code, no.value.facts) == ("points.cap", {"cap": whole(1_500), "needed": whole(2_088)})
    just = offered(lines, catalogue=settings(max_points_per_sale_h=208_800))
    assert just.capped
    assert all(one.by_points for one in choose(lines, just, frozenset({1, 3})))
    assert offered(lines, catalogue=capped, available=whole(900)).available == whole(900)


def test_fitting_ticks_from_the_top():
    """R68: use what fits: a line that does not fit is left out, a later one that does is taken."""
    screen = offered(SCREEN, available=whole(1_600))
    assert fitting(screen) == {1}
    assert fitting(offered(SCREEN, available=whole(1_000))) == {3}
    assert [fitting(offered(SCREEN, available=whole(n))) for n in (2_087, 2_088)] == [{1}, {1, 3}]
    assert fitting(offered(SCREEN)) == {1, 3, 4}


TENDERED = {
    "R71-fits-in-what-is-left": (frozenset({3}), 1000, False),
    "R71-exactly-what-is-left": (frozenset({1}), 720, False),
    "R71-more-than-is-left": (frozenset({1}), 721, True),
    "R71-nothing-ticked": (frozenset(), 2320, False),
    "R70-own-price-first": (frozenset({4}), 1, True),
}


@pytest.mark.parametrize(("ticked", "tendered", "refused"), rows(TENDERED))
def test_other_payments_first(ticked, tendered, refused):
    """R70, R71: lines may be ticked while their sum stays within what other payments left; own prices come first."""
    lines = (PALE, LIGHT, CAP) if 4 in ticked else (PALE, LIGHT)
    screen = offered(lines)
    if not refused:
        assert {one.n for one in choose(lines, screen, ticked, tendered=Money(tendered)) if one.by_points} == ticked
        return
    with pytest.raises(Refusal) as no:
        choose(lines, screen, ticked, tendered=Money(tendered))
    assert (no.value.code, no.value.facts) == ("points.other_tenders", {"paid": Money(tendered)})


def test_choosing_anew_and_clearing():
    """R42, R73: a new choice replaces the old one, and clearing leaves no trace."""
    screen = offered(SCREEN)
    first = choose(SCREEN, screen, frozenset({1}))
    second = choose(first, screen, frozenset({3}))
    assert [one.n for one in second if one.by_points] == [3]
    assert unchoose(second) == SCREEN


def test_an_option_of_other_lines_is_a_mistake_of_the_caller():
    """R68: options are made of the lines they are chosen for; a changed line is noticed."""
    screen = offered(SCREEN)
    with pytest.raises(ValueError, match="line 1 has changed"):
        choose((replace(PALE, qty=3), *SCREEN[1:]), screen, frozenset({1}))


@given(
    nets=st.lists(st.integers(1, 20_000), min_size=1, max_size=6), bp=st.integers(0, 10_000),
    ratio=st.integers(1, 500), available=st.integers(0, 2_000_000),
)  # fmt: skip
def test_what_fits_is_covered_and_balances(nets, bp, ratio, available):
    """R69, R70: value and discount make the line, points are in whole grains, and what fits is never too much."""
    lines = tuple(line(n, net) for n, net in enumerate(nets, start=1))
    rule = replace(GOLD, redemption_ratio=ratio, points_pay_discount_bp=bp)
    screen = offered(lines, rule, available=Points(available))
    paid = [one for one in choose(lines, screen, fitting(screen)) if one.by_points]
    assert sum(one.points_used.hundredths for one in paid) <= available
    for one in paid:
        assert one.by_points.value + one.by_points.discount == one.net
        assert one.points_used.hundredths % 100 == 0
