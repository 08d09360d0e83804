"""Pricing: levels, timed levels and campaigns (R80, R98), and the rate of a line (R26)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import Line, PriceReason
from clubtill_rules.goods.product import LevelPrice, PointsPrice, Special, SpecialKind
from clubtill_rules.members.classification import Classification, MemberPriceLevel
from clubtill_rules.members.venue import Location
from clubtill_rules.sale.pricing import UnitPrice, member_level, price, priced_alike, reprice
from clubtill_rules.values.days import local
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import whole
from clubtill_rules.values.refusal import Refusal
from tests.rules.sale.larkspur import BRONZE, GOLD, NOW, PARMA, PRODUCTS, ZONE, at, catalogue, rung

PALE = PRODUCTS[0]
BEER = replace(PALE, prices=(*PALE.prices, LevelPrice(level=3, price=Money(650))))
HAPPY = MemberPriceLevel(location_id="main", level=3, weekdays=(0, 1, 2, 3, 4), start_min=17 * 60, end_min=19 * 60)
GOLD_HAPPY = replace(GOLD, member_prices=(*GOLD.member_prices, HAPPY))


def _price(
    product_id: str, classification: Classification | None, at_us: int = NOW, here: Catalogue | None = None
) -> UnitPrice:
    here = here or catalogue()
    return price(
        here.products[product_id], member_classification=classification, catalogue=here, at_us=at_us, zone=ZONE
    )


@pytest.mark.parametrize(
    ("product_id", "classification", "unit", "reason"),
    [
        pytest.param("pale", None, 850, PriceReason.LEVEL, id="nobody pays the location's level"),
        pytest.param("pale", GOLD, 800, PriceReason.MEMBER_LEVEL, id="Gold pays level 2"),
        pytest.param("pale", BRONZE, 850, PriceReason.LEVEL, id="no row for the pair: location default"),
        pytest.param("light", GOLD, 720, PriceReason.LEVEL, id="no price at level 2: level 1's, a public price"),
        pytest.param("parma", GOLD, 2398, PriceReason.CAMPAIGN, id="members' campaign"),
        pytest.param("parma", None, 2398, PriceReason.LEVEL, id="the campaign is for members only"),
    ],
)
def test_price_of_a_unit(
    product_id: str, classification: Classification | None, unit: int, reason: PriceReason
) -> None:
    """R80: by classification and location; the missing pair falls back to the location's default."""
    found = _price(product_id, classification)
    assert (found.unit, found.reason) == (Money(unit), reason)


def test_a_level_that_is_not_enabled_cannot_be_chosen() -> None:
    """R80: level 2 is switched off at this location, so Gold pays the default."""
    here = catalogue(location=Location(id="main", venue_id="point", name="Main Bar", enabled_levels=(1,)))
    assert _price("pale", GOLD, here=here).unit == Money(850)


def test_rows_of_other_locations_do_not_count() -> None:
    """R80: member price levels are a pair of classification and location."""
    elsewhere = replace(GOLD, member_prices=(MemberPriceLevel(location_id="marina", level=2),))
    assert _price("pale", elsewhere).unit == Money(850)


@pytest.mark.parametrize(
    ("moment", "level"),
    [
        ("2026-11-24 16:59", 2),
        ("2026-11-24 17:00", 3),
        ("2026-11-24 18:59", 3),
        ("2026-11-24 19:00", 3),
        ("2026-11-24 19:01", 2),
        ("2026-11-28 18:00", 2),
    ],
)
def test_a_timed_level_wins_in_its_window(moment: str, level: int) -> None:
    """R80: level 2 always, level 3 Mon-Fri 17:00-19:00, both minutes inclusive; Saturday has none."""
    here = catalogue(products={"pale": BEER})
    assert _price("pale", GOLD_HAPPY, at(moment), here).level == level


def test_the_narrowest_row_that_holds_wins() -> None:
    """R80: of three rows that hold, the one with the fewest minutes a week decides, whatever their order."""
    tuesday = MemberPriceLevel(location_id="main", level=1, weekdays=(1,), start_min=17 * 60, end_min=19 * 60)
    here = catalogue(products={"pale": BEER})
    for rows in ((HAPPY, tuesday), (tuesday, HAPPY)):
        gold = replace(GOLD, member_prices=(*GOLD.member_prices, *rows))
        assert _price("pale", gold, at("2026-11-24 18:00"), here).level == 1
        assert _price("pale", gold, at("2026-11-25 18:00"), here).level == 3


EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


@pytest.mark.parametrize(
    ("weekdays", "window", "other_days", "other_window"),
    [
        pytest.param((1, 2), (660, 1379), (1,), (0, 0), id="twelve hours on two days, a day"),
        pytest.param((1,), (1320, 120), (1,), (1140, 1380), id="22:00-02:00, 19:00-23:00"),
        pytest.param(EVERY_DAY, (0, 0), None, (0, 0), id="every day of the week, always"),
        pytest.param((1, 1, 1), (0, 0), (1,), (0, 0), id="a day that is named thrice"),
    ],
)
def test_of_two_rows_as_narrow_the_lower_level_wins(
    weekdays: tuple[int, ...],
    window: tuple[int, int],
    other_days: tuple[int, ...] | None,
    other_window: tuple[int, int],
) -> None:
    """R80: both hold on Tuesday at 22:30 and have as many minutes a week, whichever has which level."""
    row = MemberPriceLevel(
        location_id="main", level=2, weekdays=weekdays, start_min=window[0], end_min=window[1]
    )  # fmt: skip
    other = MemberPriceLevel(
        location_id="main", level=3, weekdays=other_days, start_min=other_window[0], end_min=other_window[1]
    )
    moment = local(at("2026-11-24 22:30"), ZONE)
    for rows in ((row, other), (replace(row, level=3), replace(other, level=2))):
        assert member_level(replace(GOLD, member_prices=rows), catalogue(), moment) == 2


def test_a_row_that_crosses_midnight_belongs_to_the_day_it_begins_on() -> None:
    """R80 with R46: Friday 22:00-02:00 holds on Saturday at 01:30 and not on Friday at 01:30."""
    late = MemberPriceLevel(location_id="main", level=3, weekdays=(4,), start_min=22 * 60, end_min=2 * 60)
    gold = replace(GOLD, member_prices=(*GOLD.member_prices, late))
    here = catalogue(products={"pale": BEER})
    assert _price("pale", gold, at("2026-11-28 01:30"), here).level == 3
    assert _price("pale", gold, at("2026-11-27 01:30"), here).level == 2


def test_a_product_without_a_price_is_refused_by_name() -> None:
    """R80: no price at the level nor at level 1."""
    with pytest.raises(Refusal) as refused:
        _price("unpriced", None)
    assert refused.value.code == "product.no_price"
    assert refused.value.facts == {"product": "Guest tap"}


def test_a_campaign_never_makes_a_member_pay_more() -> None:
    """R98: the lower price for the member; a campaign dearer than the level is passed over."""
    here = catalogue(specials=(replace(PARMA, price=Money(2500)),))
    assert _price("parma", GOLD, here=here).reason is PriceReason.LEVEL


def test_of_two_campaigns_the_cheaper_wins_then_the_lower_id() -> None:
    """R98: within a kind the lower price for the member, then the lower id."""
    cheap = replace(PARMA, id="z-cheap", price=Money(2000))
    same = replace(PARMA, id="a-cheap", price=Money(2000))
    assert _price("parma", GOLD, here=catalogue(specials=(PARMA, cheap, same))).special_id == "a-cheap"
    assert _price("parma", GOLD, here=catalogue(specials=(cheap, PARMA))).unit == Money(2000)


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        pytest.param({"starts": date(2026, 11, 24)}, True, id="first day"),
        pytest.param({"ends": date(2026, 11, 24)}, True, id="last day"),
        pytest.param({"ends": date(2026, 11, 23)}, False, id="over"),
        pytest.param({"starts": date(2026, 11, 25)}, False, id="not begun"),
        pytest.param({"weekdays": (2,)}, False, id="Wednesdays"),
        pytest.param({"locations": ("bistro",)}, False, id="elsewhere"),
        pytest.param({"locations": ("bistro", "main")}, True, id="here among others"),
        pytest.param({"products": (), "categories": ("bistro",)}, True, id="by category"),
        pytest.param({"products": ("pale",)}, False, id="another product"),
        pytest.param({"classifications": (1,)}, False, id="Bronze only"),
        pytest.param({"classifications": (1, 3)}, True, id="Bronze and Gold"),
    ],
)
def test_when_and_for_whom_a_special_runs(change: dict[str, object], *, holds: bool) -> None:
    """R26, R80: by dates, weekdays, place, product and member."""
    here = catalogue(specials=(replace(PARMA, **change),))  # type: ignore[arg-type] - a table's columns
    assert (_price("parma", GOLD, here=here).reason is PriceReason.CAMPAIGN) is holds


def test_a_night_special_runs_past_midnight_of_its_last_day() -> None:
    """R46: what crosses midnight belongs to the day it began on."""
    night = replace(PARMA, ends=date(2026, 11, 24), start_min=22 * 60, end_min=2 * 60)
    here = catalogue(specials=(night,))
    assert _price("parma", GOLD, at("2026-11-25 01:00"), here).reason is PriceReason.CAMPAIGN
    assert _price("parma", GOLD, at("2026-11-25 03:00"), here).reason is PriceReason.LEVEL
    assert _price("parma", GOLD, at("2026-11-25 23:00"), here).reason is PriceReason.LEVEL


def test_rate_is_the_categorys_unless_a_special_sets_one() -> None:
    """R26: of overlapping rate specials the latest start wins, then the highest id."""
    double = Special(
        id="z", name="Double", kind=SpecialKind.RATE, starts=date(2026, 1, 1), ends=date(2026, 12, 31), rate_h=200
    )
    later = replace(double, id="b", starts=date(2026, 6, 1), rate_h=300)
    tie = replace(later, id="c", rate_h=400)
    assert _price("pale", None).rate_h == 100
    assert _price("pale", None, here=catalogue(specials=(double,))).rate_h == 200
    assert _price("pale", None, here=catalogue(specials=(later, double))).rate_h == 300
    assert _price("pale", None, here=catalogue(specials=(tie, later, double))).rate_h == 400
    assert _price("pale", None, here=catalogue(specials=(replace(tie, rate_h=0), double))).rate_h == 0
    assert _price("pale", None, here=catalogue(specials=(replace(tie, rate_h=None), double))).special_id == "z"
    priced = replace(tie, kind=SpecialKind.PRICE, price=Money(9900))
    assert _price("pale", None, here=catalogue(specials=(priced, double))).rate_h == 200


def test_the_locations_default_level_is_what_the_public_pays() -> None:
    """R80: at a bar of level 2 everybody pays 8.00, Bronze has no row, and Gold's level 2 saves nothing."""
    here = catalogue(
        location=Location(id="main", venue_id="point", name="Main Bar", default_level=2, enabled_levels=(1, 2))
    )
    for classification in (None, BRONZE, GOLD):
        found = _price("pale", classification, here=here)
        assert (found.unit, found.public, found.level, found.reason) == (
            Money(800), Money(800), 2, PriceReason.LEVEL,
        )  # fmt: skip


def test_a_points_price_is_the_one_of_the_level_that_gave_the_price() -> None:
    """R70: points are set per product and price level; the cap has level 1 only, for Gold too."""
    assert _price("cap", GOLD).points_price == whole(900)
    assert _price("pale", GOLD).points_price is None


def test_an_overridden_price_stays_when_a_member_comes_or_goes() -> None:
    """R80: manually overridden 5.00 stays; everything else goes to the member's level and back."""
    line = Line(
        n=1,
        product_id="pale",
        name="Schooner Pale",
        family_id="beer",
        category_id="beer",
        added_at_us=NOW,
        unit_price=Money(850),
        public_price=Money(850),
    )
    overridden = replace(line, unit_price=Money(500), price_reason=PriceReason.OVERRIDE)
    for classification, unit in ((GOLD, 800), (None, 850)):
        assert reprice(line, member_classification=classification, catalogue=catalogue()).unit_price == Money(unit)
        assert reprice(overridden, member_classification=classification, catalogue=catalogue()).unit_price == Money(500)


def test_a_unit_is_priced_whole() -> None:
    """R26, R70, R80, R98: level, public price, campaign, rate and points price, for a member and for nobody."""
    cap = replace(
        PRODUCTS[3],
        prices=(*PRODUCTS[3].prices, LevelPrice(level=2, price=Money(2200))),
        points_prices=(PointsPrice(level=1, points=900), PointsPrice(level=2, points=800)),
    )
    dates = {"starts": date(2026, 1, 1), "ends": date(2026, 12, 31), "classifications": (3,)}
    double = Special(id="double", name="Double", kind=SpecialKind.RATE, rate_h=200, **dates)  # type: ignore[arg-type]
    week = Special(id="week", name="Cap week", kind=SpecialKind.PRICE, price=Money(2200), **dates)  # type: ignore[arg-type]
    here = catalogue(products={"cap": cap}, specials=(double,))
    public = UnitPrice(
        unit=Money(2500), public=Money(2500), level=1, reason=PriceReason.LEVEL, special_id="", rate_h=100,
        points_price=whole(900),
    )  # fmt: skip
    gold = UnitPrice(
        unit=Money(2200), public=Money(2500), level=2, reason=PriceReason.MEMBER_LEVEL, special_id="double", rate_h=200,
        points_price=whole(800),
    )  # fmt: skip
    assert (_price("cap", None, here=here), _price("cap", GOLD, here=here)) == (public, gold)
    both = replace(here, specials=(double, week))
    assert _price("cap", GOLD, here=both) == replace(gold, reason=PriceReason.CAMPAIGN, special_id="week")
    assert _price("cap", GOLD, here=replace(both, categories={})).rate_h == 200
    assert _price("cap", None, here=replace(both, categories={})).rate_h == 0


def test_a_line_is_priced_again_whole() -> None:
    """R26, R70, R80: everything that hangs on the member changes; a keyed or overridden line's rate does as well."""
    double = Special(
        id="z", name="Double", kind=SpecialKind.RATE, starts=date(2026, 1, 1), ends=date(2026, 12, 31), rate_h=200,
        classifications=(3,),
    )  # fmt: skip
    here = catalogue(specials=(double,))
    line = rung("pale", here=here).line(1)
    gold = reprice(line, member_classification=GOLD, catalogue=here)
    assert gold == replace(
        line, level=2, unit_price=Money(800), price_reason=PriceReason.MEMBER_LEVEL, special_id="z", rate_h=200
    )
    assert reprice(gold, member_classification=None, catalogue=here) == line
    assert reprice(replace(line, public_price=Money(1)), member_classification=None, catalogue=here) == line
    cap = replace(
        PRODUCTS[3],
        prices=(*PRODUCTS[3].prices, LevelPrice(level=2, price=Money(2200))),
        points_prices=(PointsPrice(level=2, points=800),),
    )
    caps = catalogue(products={"cap": cap})
    of_gold = reprice(rung("cap", here=caps).line(1), member_classification=GOLD, catalogue=caps)
    assert (of_gold.unit_price, of_gold.points_price) == (Money(2200), whole(800))
    for reason in (PriceReason.OVERRIDE, PriceReason.OPEN):
        own = replace(line, unit_price=Money(1), price_reason=reason)
        assert reprice(own, member_classification=GOLD, catalogue=here) == replace(own, rate_h=200)


def test_a_product_that_left_the_catalogue_keeps_its_price() -> None:
    """R80: a line is never lost because the settings changed meanwhile."""
    line = Line(
        n=1,
        product_id="gone",
        name="Old stout",
        family_id="beer",
        category_id="beer",
        added_at_us=NOW,
        unit_price=Money(910),
        public_price=Money(910),
    )
    assert reprice(line, member_classification=GOLD, catalogue=catalogue()) == line


def test_two_moments_are_priced_alike_only_if_they_are_for_everybody() -> None:
    """R29, R80: Gold's happy hour ends between 19:00 and 19:01, so these are two prices even without Gold here."""
    here = catalogue(classifications={3: GOLD_HAPPY}, specials=())
    assert priced_alike(BEER, here, at("2026-11-24 17:00"), at("2026-11-24 19:00"))
    assert not priced_alike(BEER, here, at("2026-11-24 19:00"), at("2026-11-24 19:01"))
    marina = replace(GOLD, member_prices=(replace(HAPPY, location_id="marina"),))
    there = catalogue(classifications={3: marina}, specials=())
    assert priced_alike(BEER, there, at("2026-11-24 19:00"), at("2026-11-24 19:01"))
    ending = catalogue(specials=(replace(PARMA, end_min=19 * 60, locations=("main",)),))
    parma = ending.products["parma"]
    assert not priced_alike(parma, ending, at("2026-11-24 19:00"), at("2026-11-24 19:01"))
    assert priced_alike(PALE, ending, at("2026-11-24 19:00"), at("2026-11-24 19:01"))
