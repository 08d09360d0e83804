"""Item Point Offers and web orders, as tables (R75, R76, R65)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.goods.line import DiscountKind, PaidByPoints, PriceReason
from clubtill_rules.goods.point_offer import ItemPointOffer
from clubtill_rules.goods.product import ProductKind
from clubtill_rules.members.classification import LocationRatio
from clubtill_rules.points.offers import Taken, offers_of, take_offer
from clubtill_rules.points.redeeming import offer_points
from clubtill_rules.points.web import WebOrder, pay_web_order
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points, whole
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.points import redeeming_oracle as oracle
from tests.rules.points.goods import CATALOGUE, GOLD, LIGHT, PALE, line, settings
from tests.rules.points.workings import check

CAP = line(4, 2500, "Cap", "goods", price_reason=PriceReason.MEMBER_LEVEL)
CAPS = replace(CAP, qty=2)
OFFER = ItemPointOffer(id="cap", product_id="Cap", points=900, price=Money(1500))
PAID = PaidByPoints(points=whole(1_440), value=Money(1440), discount=Money(160))


def take(lines, offer=OFFER, classification=GOLD, catalogue=CATALOGUE, available=900):
    """Take the offer on the cap, with whole points available."""
    return take_offer(lines, 4, offer, classification=classification, catalogue=catalogue, available=whole(available))


@pytest.mark.example("R76.1")
def test_the_cap_for_900_points_and_15_dollars():
    """R76: the line is 15.00 for price, receipt and earning, and 900 points go with the sale."""
    got = take((PALE, CAP))
    told = because(
        "why.offer.taken", "R76", product="Cap", qty=1, points=whole(900), price=Money(1500),
        working=working(whole(900), Rounding.EXACT, whole(900), ("x", 1)),
    )  # fmt: skip
    line_taken = replace(CAP, unit_price=Money(1500), offer_points=whole(900), price_reason=PriceReason.LEVEL)
    assert got == Taken(line=line_taken, points=whole(900), because=(told,))
    assert (got.line.net, got.line.receipt_net, got.line.saved) == (Money(1500), Money(1500), Money(1000))
    assert offer_points((PALE, got.line)) == whole(900)


def test_an_offer_takes_points_for_each_unit():
    """R76: two caps are 30.00 and 1,800 points; a point less refuses with both figures."""
    got = take((CAPS,), available=1_800)
    assert (got.line.net, got.points, offer_points((got.line,))) == (Money(3000), whole(1_800), whole(1_800))
    with pytest.raises(Refusal) as no:
        take((CAPS,), available=1_799)
    assert (no.value.code, no.value.facts) == ("points.short", {"needed": whole(1_800), "available": whole(1_799)})


def test_what_the_sale_uses_already_counts():
    """R76, R67: Points Pay of another line and another offer come out of the same points."""
    other = line(5, 900, "Mug", "goods", offer_points=whole(50), qty=2)
    lines = (replace(PALE, by_points=PAID), CAP, other)
    assert take(lines, available=2_440).points == whole(900)
    with pytest.raises(Refusal) as no:
        take(lines, available=2_439)
    assert no.value.facts == {"needed": whole(2_440), "available": whole(2_439)}


def test_the_limit_of_one_sale_holds_for_offers():
    """R44: at the club's limit it is taken, a hundredth below it refuses."""
    assert take((CAP,), catalogue=settings(max_points_per_sale_h=90_000)).points == whole(900)
    with pytest.raises(Refusal) as no:
        take((CAP,), catalogue=settings(max_points_per_sale_h=89_999))
    assert (no.value.code, no.value.facts) == ("points.cap", {"cap": Points(89_999), "needed": whole(900)})


NOT_TAKEN = [
    pytest.param(replace(CAP, by_points=PAID), GOLD, "points.offer.combined", {"product": "Cap"}, id="points-pay"),
    pytest.param(replace(CAP, discount=Money(1)), GOLD, "points.offer.combined", {"product": "Cap"}, id="discount"),
    pytest.param(
        replace(CAP, discount_kind=DiscountKind.COMBO), GOLD, "points.offer.combined", {"product": "Cap"}, id="combo",
    ),
    pytest.param(
        replace(CAP, price_reason=PriceReason.OVERRIDE), GOLD, "points.offer.combined", {"product": "Cap"},
        id="a-price-set-by-hand",
    ),
    pytest.param(
        CAP, replace(GOLD, redemption_ratio=0), "points.ratio_zero",
        {"classification": "Gold", "location": "Main Bar"}, id="ratio-0",
    ),
    pytest.param(
        CAP, replace(GOLD, location_ratios=(LocationRatio(location_id="bar", ratio=0),)), "points.ratio_zero",
        {"classification": "Gold", "location": "Main Bar"}, id="ratio-0-at-the-location",
    ),
    pytest.param(
        replace(CAP, kind=ProductKind.GIFT_CARD), GOLD, "points.excluded",
        {"product": "Cap", "classification": "Gold", "reason": "points.excluded.kind"}, id="a-gift-card",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("one", "classification", "code", "facts"), NOT_TAKEN)
def test_when_an_offer_is_not_taken(one, classification, code, facts):
    """R44, R76: not with Points Pay, a discount or a changed price, not at ratio 0, not for what points never pay."""
    with pytest.raises(Refusal) as no:
        take((one,), classification=classification)
    assert (no.value.code, no.value.facts) == (code, facts)


def test_a_campaign_price_gives_way_to_the_offer():
    """R76: a campaign is a price, and the offer's replaces it."""
    campaign = replace(CAP, price_reason=PriceReason.CAMPAIGN, unit_price=Money(2000))
    assert take((campaign,)).line.unit_price == Money(1500)


def test_an_offer_on_gaming_where_the_club_says_so():
    """R44, R76: gaming takes an offer only where points may pay for it."""
    chips = replace(CAP, kind=ProductKind.GAMING)
    assert take((chips,), catalogue=settings(points_pay_gaming=True)).points == whole(900)
    with pytest.raises(Refusal) as no:
        take((chips,))
    assert no.value.facts["reason"] == "points.excluded.kind"


@pytest.mark.parametrize(
    "one", [pytest.param(replace(CAP, qty=0), id="none"), pytest.param(replace(CAP, product_id="Mug"), id="other")]
)
def test_an_offer_of_another_product_is_a_mistake_of_the_caller(one):
    """R76: an offer is for its own product and one unit or more."""
    with pytest.raises(ValueError, match="offer cap is not for"):
        take((one,))


def test_the_offers_of_a_line():
    """R76: of its product, by id."""
    mug, more = replace(OFFER, id="a", product_id="Mug"), replace(OFFER, id="b", points=500)
    catalogue = replace(CATALOGUE, item_point_offers=(OFFER, mug, more))
    assert offers_of(CAP, catalogue) == (more, OFFER)


# ---------------------------------------------------------------- web orders


WEB = replace(GOLD, redemption_ratio=50, web_redemption_ratio=75)


def order(lines, classification=WEB, catalogue=CATALOGUE, available=2_000_00):
    """Pay an order on the web, with hundredths of a point available."""
    return pay_web_order(lines, classification=classification, catalogue=catalogue, available=Points(available))


@pytest.mark.example("R65.1")
def test_a_web_order_is_paid_at_the_webs_ratio():
    """R65, R75: 16.00 at 75 is 1,200 and 7.21 is 540.75, so 541; no Points Pay discount, no location's ratio."""
    rule = replace(WEB, location_ratios=(LocationRatio(location_id="bar", ratio=0),))
    got = order((PALE, replace(LIGHT, unit_price=Money(721), points_price=whole(9))), rule)
    costs = [
        because("why.points.cost", "R66", product=name, value=Money(value), ratio=75, points=whole(points),
                working=working(whole(points), Rounding.CEILING, Money(value), ("x", 75)))
        for name, value, points in (("Schooner Pale", 1600, 1_200), ("Light schooner", 721, 541))
    ]  # fmt: skip
    told = because(
        "why.points.web", "R75", points=whole(1_741), ratio=75,
        working=working(whole(1_741), Rounding.EXACT, whole(1_200), ("+", whole(541))),
    )  # fmt: skip
    assert got == WebOrder(
        lines=(
            replace(PALE, by_points=PaidByPoints(points=whole(1_200), value=Money(1600), discount=Money(0))),
            replace(
                LIGHT, unit_price=Money(721), points_price=whole(9),
                by_points=PaidByPoints(points=whole(541), value=Money(721), discount=Money(0)),
            ),
        ),
        points=whole(1_741), because=(*costs, told),
    )  # fmt: skip
    assert order((line(1, 1000),), replace(WEB, web_redemption_ratio=100)).points == whole(1_000)


REFUSED = [
    pytest.param((PALE,), WEB, {}, 119_999, "points.short", {"needed": whole(1_200), "available": Points(119_999)},
                 marks=pytest.mark.example("S4"), id="a-hundredth-short"),
    pytest.param((PALE, LIGHT), WEB, {}, 170_000, "points.short", {"needed": whole(1_740), "available": whole(1_700)},
                 marks=pytest.mark.example("S4"), id="no-part-of-an-order"),
    pytest.param((PALE,), replace(WEB, web_redemption_ratio=0), {}, 999_999, "points.ratio_zero",
                 {"classification": "Gold", "location": "Main Bar"}, id="ratio-0"),
    pytest.param((PALE, line(5, 4500, "Rent", kind=ProductKind.FEE)), WEB, {}, 999_999, "points.excluded",
                 {"product": "Rent", "classification": "Gold", "reason": "points.excluded.fee"}, id="a-fee-in-it"),
    pytest.param((PALE,), WEB, {"max_points_per_sale_h": 119_999}, 999_999, "points.cap",
                 {"cap": Points(119_999), "needed": whole(1_200)}, id="above-the-clubs-limit"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "rule", "club", "available", "code", "facts"), REFUSED)
def test_what_a_web_order_refuses(lines, rule, *, club, available, code, facts):
    """R44, R66, R68, R75: all or nothing; the refusal says what is missing or what cannot be paid."""
    with pytest.raises(Refusal) as no:
        order(lines, rule, settings(**club), available)
    assert (no.value.code, no.value.facts) == (code, facts)


def test_an_order_that_is_just_covered():
    """R75: exactly enough points, and exactly the club's limit, pay it."""
    assert order((PALE,), catalogue=settings(max_points_per_sale_h=120_000), available=120_000).points == whole(1_200)


def test_an_empty_order_is_a_mistake_of_the_caller():
    """R75: there is nothing to pay."""
    with pytest.raises(ValueError, match=r"^lines is empty$"):
        order(())


@given(
    nets=st.lists(st.integers(1, 9_000), min_size=1, max_size=5), ratio=st.integers(1, 400),
    available=st.integers(0, 3_000_000), decimals=st.sampled_from((0, 2, 3)), fine=st.booleans(),
)  # fmt: skip
def test_a_web_order_is_all_or_nothing(nets, *, ratio, available, decimals, fine):
    """R66, R75: each line rounded up for itself; paid wholly where the sum is there, else refused with that sum."""
    lines = tuple(line(n, net) for n, net in enumerate(nets, start=1))
    catalogue = settings(decimals=2 if fine else 0, money_decimals=decimals)
    costs = [oracle.cost_h(net, ratio, decimals, catalogue.grain_h) for net in nets]
    rule = replace(GOLD, web_redemption_ratio=ratio)
    if sum(costs) > available:
        with pytest.raises(Refusal) as no:
            order(lines, rule, catalogue, available)
        assert no.value.facts["needed"] == Points(sum(costs))
        return
    got = order(lines, rule, catalogue, available)
    assert [one.points_used.hundredths for one in got.lines] == costs
    assert [one.by_points.value.minor for one in got.lines if one.by_points] == nets
    assert got.points == Points(sum(costs))
    check(got.because, money_decimals=decimals, grain_h=catalogue.grain_h)
