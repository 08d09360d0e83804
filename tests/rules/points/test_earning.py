"""Earning, as tables: what a sale awards and why (R26-R31), and how long it lives (R34)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.goods.line import PaidByPoints
from clubtill_rules.goods.point_offer import PointOfferKind
from clubtill_rules.goods.product import Modifier, ProductKind
from clubtill_rules.points.earning import ExactLine, PaidByAmount, award, exact_values, last_usable_day
from clubtill_rules.values.days import instant
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points, whole
from tests.rules.points import earning_oracle as oracle
from tests.rules.points.goods import CATALOGUE, GOLD, JEAN, LIGHT, OWN, PALE, PARMA, line, offer, settings, with_offers
from tests.rules.points.workings import check

BY_POINTS = PaidByPoints(points=whole(1), value=Money(1), discount=Money(0))
GOLDEN = (PALE, PARMA, LIGHT)
ONE = replace(GOLD, points_multiplier_h=100)
HALF = replace(GOLD, points_multiplier_h=50)
NONE = replace(GOLD, points_multiplier_h=0)
example = pytest.mark.example


def row(name, lines, classification, catalogue, hundredths, *examples, **more):
    """Write a row of the table; `more` goes to `award`."""
    marks = [example(*examples)] if examples else []
    return pytest.param(lines, classification, catalogue, hundredths, more, marks=marks, id=name)


F, A, R = PointOfferKind.FACTOR, PointOfferKind.ADDITIONAL, PointOfferKind.REPLACEMENT
TWENTY = (line(1, 1000, qty=2),)  # 20 points by value
MIXED = (line(1, 455, rate_h=150), line(2, 330, rate_h=150))

AWARDS = [
    row(
        "the-worked-example-176",
        (line(1, 1200, rate_h=150), line(2, 2000, rate_h=300), line(3, 300, qty=2, fixed_points=5)), GOLD, CATALOGUE,
        17_600, "R26.1",
    ),
    row("rounded-down-once-11", MIXED, ONE, CATALOGUE, 1_100, "R26.2"),
    row("grain-of-a-hundredth", MIXED, ONE, settings(decimals=2), 1_177),
    row("never-a-float", (line(1, 455, rate_h=150),), ONE, settings(decimals=2), 682),
    row("golden-94", GOLDEN, GOLD, CATALOGUE, 9_400),
    row(
        "beers-paid-by-points-47",
        (replace(PALE, by_points=BY_POINTS), PARMA, replace(LIGHT, by_points=BY_POINTS)), GOLD, CATALOGUE, 4_700,
    ),
    row("silver-58", GOLDEN, replace(GOLD, points_multiplier_h=125), CATALOGUE, 5_800),
    row("at-the-marina-47", GOLDEN, GOLD, settings(factor_h=50), 4_700),
    row("location-factor-0", GOLDEN, GOLD, settings(factor_h=0), 0),
    row("yen", (line(1, 500),), ONE, settings(money_decimals=0), 50_000),
    row("dinar", (line(1, 1250),), ONE, settings(money_decimals=3), 100),
    row("fixed-points-take-factor-and-multiplier", (line(1, 100, fixed_points=5),), GOLD, settings(factor_h=50), 500),
    row("multiplier-0", GOLDEN, NONE, CATALOGUE, 0),
    row("switch-off-counts-as-one", GOLDEN, GOLD, settings(multiplier_for_loyalty=False), 4_700, "R27.1"),
    row("switch-off-0-still-means-none", GOLDEN, NONE, settings(multiplier_for_loyalty=False), 0, "R27.1"),
    row("a-blank-multiplier-is-one", GOLDEN, type(GOLD)(number=5, club_id="lp", description="Blank"), CATALOGUE,
        4_700, "R27.1"),
    row("after-the-line-discount", (line(1, 1000, discount=Money(250)),), ONE, CATALOGUE, 700),
    row("modifiers-earn-in-their-line",
        (line(1, 2400, qty=2, modifiers=(Modifier(id="c", name="Extra cheese", price=Money(250)),)),), ONE, CATALOGUE,
        5_300),
    row("an-item-offers-price-earns", (line(1, 1500, offer_points=whole(900)),), ONE, CATALOGUE, 1_500, "R76.1"),
    *(
        row(f"{kind.value}-earns-nothing", (line(1, 4500, kind=kind), LIGHT), ONE, CATALOGUE, 700)
        for kind in ProductKind if kind not in {ProductKind.GOODS, ProductKind.GAMING}
    ),
    row("gaming-earns", (line(1, 500, kind=ProductKind.GAMING),), ONE, CATALOGUE, 500),
    row("category-at-0", (line(1, 4500, rate_h=0),), ONE, CATALOGUE, 0),
    row("nothing-sold", (), ONE, CATALOGUE, 0),
    row("a-refund-line-takes-away", (line(1, 1050, qty=-1), line(2, 3000)), ONE, CATALOGUE, 1_900),
    # R28: points by amount
    row("18-of-30-dollars", (line(1, 3000),), ONE, CATALOGUE, 1_800, "R28.1",
        by_amount=PaidByAmount(amount=Money(1200))),
    row("one-cent-by-points-costs-a-point", (line(1, 3000),), ONE, CATALOGUE, 2_900,
        by_amount=PaidByAmount(amount=Money(1))),
    row("all-by-points", (line(1, 3000),), ONE, CATALOGUE, 0, by_amount=PaidByAmount(amount=Money(3000))),
    row("nothing-by-points", (line(1, 3000),), ONE, CATALOGUE, 3_000, by_amount=PaidByAmount(amount=Money(0))),
    row("each-line-by-its-own-rate", (line(1, 1000), line(2, 2000, rate_h=300)), ONE, settings(decimals=2), 4_666,
        by_amount=PaidByAmount(amount=Money(1000))),
    row("more-than-the-nets-is-all-of-them", (line(1, 3000),), ONE, CATALOGUE, 0,
        by_amount=PaidByAmount(amount=Money(3300))),
    row("of-no-lines-is-nothing", (line(1, 3000),), ONE, CATALOGUE, 3_000,
        by_amount=PaidByAmount(amount=Money(1200), lines=frozenset())),
    row("of-a-refund-is-nothing", (line(1, 3000, qty=-1), line(2, 5000)), ONE, CATALOGUE, 2_000,
        by_amount=PaidByAmount(amount=Money(1200), lines=frozenset({1}))),
    row("of-a-line-of-one-cent", (line(1, 1), line(2, 3000)), ONE, settings(decimals=2), 3_000,
        by_amount=PaidByAmount(amount=Money(1200), lines=frozenset({1}))),
    row("only-lines-that-points-may-pay", (line(1, 3000), line(2, 2000)), ONE, CATALOGUE, 3_800,
        by_amount=PaidByAmount(amount=Money(1200), lines=frozenset({1}))),
    row("of-the-nets-and-the-tax-on-top", (line(1, 3000),), ONE, settings(decimals=2), 1_909,
        by_amount=PaidByAmount(amount=Money(1200), of=Money(3300))),
    row("nothing-of-the-nets-and-the-tax-on-top", (line(1, 3000),), ONE, CATALOGUE, 3_000,
        by_amount=PaidByAmount(amount=Money(0), of=Money(3300))),
    row("all-of-the-nets-and-the-tax-on-top", (line(1, 3000),), ONE, CATALOGUE, 0,
        by_amount=PaidByAmount(amount=Money(3300), of=Money(3300))),
    row("what-earns-nothing-shares-nothing", (line(1, 3000), line(2, 3000, kind=ProductKind.FEE)), ONE, CATALOGUE,
        1_800, by_amount=PaidByAmount(amount=Money(1200))),
    row("lines-of-points-pay-share-nothing", (line(1, 3000), line(2, 3000, by_points=BY_POINTS)), ONE, CATALOGUE,
        1_800, by_amount=PaidByAmount(amount=Money(1200))),
    row("fixed-points-share-too", (line(1, 3000, fixed_points=10),), ONE, CATALOGUE, 600,
        by_amount=PaidByAmount(amount=Money(1200))),
    row("offers-share-too", TWENTY, ONE, with_offers(offer(A, 20_000)), 21_000,
        by_amount=PaidByAmount(amount=Money(1000))),
    # R30: offers
    row("factor-3", TWENTY, ONE, with_offers(offer(F, 300)), 6_000, "R30.1"),
    row("additional-200-a-unit", TWENTY, ONE, with_offers(offer(A, 20_000)), 42_000, "R30.1"),
    row("replacement-1000-a-unit", TWENTY, ONE, with_offers(offer(R, 100_000)), 200_000, "R30.1"),
    row("an-offer-is-last-after-the-multiplier", TWENTY, GOLD, with_offers(offer(A, 100)), 4_200),
    row("replacement-takes-no-multiplier", TWENTY, GOLD, with_offers(offer(R, 100)), 200),
    row("replacement-by-0-takes-all-away", TWENTY, GOLD, with_offers(offer(R, 0)), 0),
    row("an-offer-on-a-category-at-0", (line(1, 900, rate_h=0),), ONE, with_offers(offer(A, 500)), 500),
    row("no-offer-where-the-location-is-off", TWENTY, ONE, with_offers(offer(A, 20_000), factor_h=0), 0),
    row("no-offer-for-a-classification-that-is-off", TWENTY, NONE, with_offers(offer(A, 20_000)), 0),
    row("no-offer-on-a-fee", (line(1, 900, kind=ProductKind.FEE),), ONE, with_offers(offer(A, 20_000)), 0),
    row("no-offer-on-what-points-paid", (line(1, 900, by_points=BY_POINTS),), ONE, with_offers(offer(A, 20_000)), 0),
    row("the-latest-start-wins", TWENTY, ONE,
        with_offers(offer(F, 300, id="z", starts=date(2026, 11, 23)), offer(F, 200, id="a")), 4_000),
    row("of-one-start-the-highest-id", TWENTY, ONE, with_offers(offer(F, 300, id="b"), offer(F, 200, id="c")), 4_000),
    row("offers-do-not-add-up", TWENTY, ONE, with_offers(offer(A, 100, id="a"), offer(F, 300, id="b")), 6_000),
    # R31: fixed rates
    row("the-accounts-rate-30-not-22", (line(1, 1000, rate_h=150),), replace(GOLD, points_multiplier_h=150),
        CATALOGUE, 3_000, "R31.1", account=OWN),
    row("the-classifications-rate", (line(1, 1000, rate_h=150),), replace(ONE, fixed_rate_h=300), CATALOGUE, 3_000),
    row("account-before-classification", (line(1, 1000),), replace(ONE, fixed_rate_h=300), CATALOGUE, 2_000,
        account=OWN),
    row("an-account-without-one", (line(1, 1000),), replace(ONE, fixed_rate_h=300), CATALOGUE, 3_000,
        account=replace(OWN, fixed_rate_h=None)),
    row("an-accounts-rate-of-0", (line(1, 1000),), replace(ONE, fixed_rate_h=300), CATALOGUE, 0,
        account=replace(OWN, fixed_rate_h=0)),
    row("before-a-specials-rate", (line(1, 1000, rate_h=300, special_id="wine"),), ONE, CATALOGUE, 2_000, account=OWN),
    row("fixed-points-stay", (line(1, 1000, fixed_points=5),), ONE, CATALOGUE, 500, account=OWN),
    row("the-location-factor-applies-to-it", (line(1, 1000),), ONE, settings(factor_h=50), 1_000, account=OWN),
    # peers
    row("a-point-a-pen-two-pens", (line(1, 320, qty=2, fixed_points=1),), ONE, CATALOGUE, 200, "O1"),
    row("a-point-a-pen-four-pens", (line(1, 320, qty=4, fixed_points=1),), ONE, CATALOGUE, 400, "O1"),
    row("two-items-of-10.20-earn-10.20", (line(1, 510, qty=2),), ONE, settings(decimals=2), 1_020, "O5"),
    row("a-tenth-a-unit", (line(1, 26_500, rate_h=10),), ONE, settings(decimals=2), 1_650, "O7",
        by_amount=PaidByAmount(amount=Money(10_000))),
    row("10-per-cent-off-both-135", (line(1, 10_000, discount=Money(1_000)), line(2, 5_000, discount=Money(500))), ONE,
        CATALOGUE, 13_500, "O11"),
    row("10-per-cent-off-food-90",
        (line(1, 10_000, "Meal", "food", discount=Money(1_000)), line(2, 5_000, rate_h=0)), ONE, CATALOGUE, 9_000,
        "O13"),
    row("a-gift-card-pays-and-all-earns-100", (line(1, 10_000),), ONE, CATALOGUE, 10_000, "O15"),
    row("three-items-at-a-point-each", (line(1, 5_000, qty=3, fixed_points=1),), ONE, CATALOGUE, 300, "O29"),
    row("4000-at-a-half-2000", (line(1, 400_000),), HALF, CATALOGUE, 200_000, "E13"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "classification", "catalogue", "hundredths", "more"), AWARDS)
def test_award(lines, classification, catalogue, hundredths, more):
    """R1, R26-R28, R30, R31, R76: the award in hundredths of a point; every reason's arithmetic gives its result."""
    got = award(lines, member=JEAN, classification=classification, catalogue=catalogue, earns=True, **more)
    assert got.points == Points(hundredths)
    check(got.because, money_decimals=catalogue.venue.money_decimals, grain_h=catalogue.grain_h)


RUNS = [
    pytest.param({}, (1, 0), True, id="any-product-any-member"),
    pytest.param({"products": ("Pale",)}, (1, 0), True, id="its-product"),
    pytest.param({"products": ("Wine",)}, (1, 0), False, id="another-product"),
    pytest.param({"categories": ("beer",)}, (1, 0), True, id="its-category"),
    pytest.param({"categories": ("wine",)}, (1, 0), False, id="another-category"),
    pytest.param({"products": ("Wine",), "categories": ("beer",)}, (1, 0), True, id="product-or-category"),
    pytest.param({"classifications": (3, 4)}, (1, 0), True, id="its-classification"),
    pytest.param({"classifications": (4,)}, (1, 0), False, id="another-classification"),
    pytest.param({"starts": date(2026, 11, 25), "ends": date(2026, 11, 26)}, (1, 0), False, id="not-yet"),
    pytest.param({"starts": date(2026, 11, 22), "ends": date(2026, 11, 23)}, (1, 0), False, id="over"),
    pytest.param({}, (12, 59), True, id="the-last-minute-of-its-day"),
    pytest.param({}, (13, 0), False, id="after-midnight"),
    pytest.param({"ends": date(2026, 11, 25)}, (13, 0), True, id="the-last-day-counts"),
]


@pytest.mark.parametrize(("more", "utc", "runs"), RUNS)
def test_when_an_offer_runs(more, utc, runs):
    """R30: by product or category, classification and the venue's calendar day on which the line was rung up."""
    rung = replace(TWENTY[0], added_at_us=instant(datetime(2026, 11, 24, *utc, tzinfo=UTC)))
    got = award((rung,), member=JEAN, classification=ONE, catalogue=with_offers(offer(F, 300, **more)), earns=True)
    assert got.points == whole(60 if runs else 20)


@pytest.mark.example("O3")
def test_the_member_at_the_end_owns_the_points():
    """R29: whoever was on the sale before, the award is that of the classification at its end; nobody earns nothing."""
    pens = (line(1, 320, qty=4, fixed_points=1),)

    def of(classification):
        return award(pens, member=None, classification=classification, catalogue=CATALOGUE, earns=True).points

    assert (of(NONE), of(ONE), of(GOLD), of(None)) == (whole(0), whole(4), whole(8), whole(0))
    assert of(ONE) == award(pens[::-1], member=JEAN, classification=ONE, catalogue=CATALOGUE, earns=True).points


def test_an_award_can_be_checked_without_the_person():
    """R26, D30: the ledger knows the sale's classification only, and computes the same figure."""
    got = award(GOLDEN, member=None, classification=GOLD, catalogue=CATALOGUE, earns=True)
    assert got.points == whole(94)


BEYOND = [
    pytest.param(PaidByAmount(amount=Money(-1)), "-1", id="less-than-nothing"),
    pytest.param(PaidByAmount(amount=Money(-1), of=Money(10)), "-1 of 10", id="less-than-nothing-of-10"),
    pytest.param(PaidByAmount(amount=Money(11), of=Money(10)), "11 of 10", id="more-than-it-says"),
    pytest.param(PaidByAmount(amount=Money(0), of=Money(0)), "0 of 0", id="of-nothing"),
]


@pytest.mark.parametrize(("paid", "told"), BEYOND)
def test_points_by_amount_beyond_their_lines_are_a_mistake_of_the_caller(paid, told):
    """R28: what points paid lies within what their lines come to."""
    with pytest.raises(ValueError, match=rf"^by_amount is {told}$"):
        exact_values((line(1, 3000),), classification=ONE, catalogue=CATALOGUE, by_amount=paid)


@pytest.mark.example("R40.1")
def test_what_is_kept_of_a_sale_is_floored_once():
    """R40: 11.775 gives 11; without line 1, floor(4.95) is 4, so that 7 and 4 are reversed, 11 in all."""
    exact = exact_values(MIXED, classification=ONE, catalogue=CATALOGUE)
    kept = [exact.floor(100), exact.floor(100, {2: 1}), exact.floor(100, {})]
    assert kept == [whole(11), whole(4), whole(0)]
    assert [before - after for before, after in pairwise(kept)] == [whole(7), whole(4)]
    assert exact.lines == (
        ExactLine(n=1, qty=1, numerator=682_500_000_00),
        ExactLine(n=2, qty=1, numerator=495_000_000_00),
    )
    assert exact.denominator == 100_000_000


def test_units_kept_of_several_lines_count_in_proportion():
    """R40: 2 of 3 units at 5.00 and 1 of 2 at 0.75 keep 10.75 points, exactly, and are floored together."""
    lines = (line(1, 500, qty=3), line(2, 75, qty=2), line(3, 9_999))
    exact = exact_values(lines, classification=ONE, catalogue=CATALOGUE)
    assert exact.floor(1, {1: 2, 2: 1}) == Points(1_075)
    assert exact.floor(100, {1: 2, 2: 1}) == whole(10)
    assert exact.floor(1, {1: 3, 2: 2, 3: 1}) == exact.floor(1)


def test_thirds_of_units_make_a_whole_point():
    """R40: one of three units of three lines of 1.00 is a third of a point each: together one point, not 0.99."""
    lines = tuple(line(n, 100, qty=3, discount=Money(200)) for n in (1, 2, 3))
    exact = exact_values((*lines, line(4, 5)), classification=ONE, catalogue=CATALOGUE)
    assert exact.floor(100, {1: 1, 2: 1, 3: 1}) == whole(1)
    assert exact.floor(1, {1: 1}) == Points(33)


def test_large_sums_stay_exact():
    """R1: beyond what a binary fraction can hold, a cent is still a hundredth of a point."""
    exact = exact_values((line(1, 10**17 + 1),), classification=ONE, catalogue=settings(decimals=2))
    assert exact.floor(1) == exact.floor(1, {1: 1}) == Points(10**17 + 1)


LINES = st.lists(
    st.builds(line, st.integers(1, 9), st.integers(0, 10_000), rate_h=st.integers(0, 400), qty=st.integers(1, 5)),
    max_size=6,
)


@given(lines=LINES, multiplier_h=st.integers(1, 500), cut=st.integers(0, 6))
def test_one_floor_a_sale(lines, multiplier_h, cut):
    """R26: floored once, so a sale earns what its two parts do, or one grain more."""
    classification = replace(GOLD, points_multiplier_h=multiplier_h)

    def of(some):
        return award(
            some, member=JEAN, classification=classification, catalogue=CATALOGUE, earns=True
        ).points.hundredths

    assert 0 <= of(lines) - of(lines[:cut]) - of(lines[cut:]) <= 100
    assert of(lines) % 100 == 0


SOLD = st.builds(
    oracle.Sold, net=st.integers(0, 30_000), qty=st.integers(1, 4), rate_h=st.integers(0, 400),
    fixed=st.none() | st.integers(0, 50), offer=st.sampled_from(("", "", "factor", "additional", "replacement")),
    offer_h=st.integers(0, 2_000), shares=st.booleans(), earns=st.sampled_from((True, True, False)),
)  # fmt: skip


@given(
    sold=st.lists(SOLD, max_size=5), decimals=st.sampled_from((0, 2, 3)), factor_h=st.integers(1, 300),
    multiplier_h=st.integers(1, 500), points_decimals=st.sampled_from((0, 2)), own=st.none() | st.integers(0, 500),
    part=st.integers(0, 100),
)  # fmt: skip
def test_an_award_is_what_plain_fractions_give(sold, *, decimals, factor_h, multiplier_h, points_decimals, own, part):
    """R1, R26-R28, R30, R31: rates, factors, offers, fixed rates and points by amount, floored once, with workings."""
    lines = tuple(
        line(n, 0, f"p{n}", discount=Money(-one.net), qty=one.qty, rate_h=one.rate_h, fixed_points=one.fixed,
             kind=ProductKind.GOODS if one.earns else ProductKind.TIP)
        for n, one in enumerate(sold, start=1)
    )  # fmt: skip
    offers = tuple(
        offer(PointOfferKind(one.offer), one.offer_h, id=f"o{n}", products=(f"p{n}",))
        for n, one in enumerate(sold, start=1) if one.offer
    )  # fmt: skip
    sharing = frozenset(n for n, one in enumerate(sold, start=1) if one.shares)
    of = sum(one.net for one in sold if one.shares and one.earns)
    paid = of * part // 100
    by_amount = PaidByAmount(amount=Money(paid), lines=sharing) if of else None
    catalogue = with_offers(*offers, decimals=points_decimals, money_decimals=decimals, factor_h=factor_h)
    got = award(
        lines, member=JEAN, classification=replace(GOLD, points_multiplier_h=multiplier_h), catalogue=catalogue,
        earns=True, account=replace(OWN, fixed_rate_h=own), by_amount=by_amount,
    )  # fmt: skip
    assert got.points.hundredths == oracle.award_h(
        sold, decimals=decimals, factor_h=factor_h, multiplier_h=multiplier_h, grain_h=catalogue.grain_h,
        fixed_rate_h=own, paid=paid if by_amount else 0,
    )  # fmt: skip
    check(got.because, money_decimals=decimals, grain_h=catalogue.grain_h)


@pytest.mark.parametrize(
    ("earned", "months", "last"),
    [
        pytest.param(date(2025, 8, 31), 6, date(2026, 2, 28), marks=example("R34.1"), id="month-end"),
        pytest.param(date(2024, 2, 29), 12, date(2025, 2, 28), marks=example("R34.1"), id="leap-day"),
        pytest.param(date(2026, 11, 24), 0, None, id="never"),
        pytest.param(date(2024, 12, 31), 24, date(2026, 12, 31), id="silver-at-24-months"),
    ],
)
def test_last_usable_day(earned, months, last):
    """R34: months are added and clamped to the month's end; 0 is never."""
    assert last_usable_day(earned, months) == last
