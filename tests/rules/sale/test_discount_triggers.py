"""Triggers: when, where, for whom and for which goods an offer is given (R46, R76, R98)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clubtill_rules.goods.discount import Combo, ComboPart, Covers, MixAndMatch, Trigger
from clubtill_rules.sale.basket import add, set_qty
from clubtill_rules.sale.discounts.triggers import Buyer, covers, is_for
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import whole
from tests.rules.sale.larkspur import GOLD, JEAN, at, jeans_account, rung, selling, with_jean
from tests.rules.sale.offers import (
    BEER,
    BURGER,
    off,
    on,
    taken,
)

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
    ("least", "balance", "holds"),
    [
        pytest.param(0, None, True, id="no points asked for, no account known"),
        pytest.param(1, None, False, id="a point, no account known"),
        pytest.param(0, -1, True, id="no points asked for, one owed"),
        pytest.param(1, 0, False, id="a point short of one"),
        pytest.param(1, 1, True, id="one point"),
    ],
)
def test_how_many_points_are_held(least: int, balance: int | None, holds: bool) -> None:
    """R5, R98: an offer for any member asks for no points; one for a single point asks for that."""
    account = None if balance is None else jeans_account(balance)
    buyer = Buyer(member=JEAN, account=account, classification=GOLD)
    trigger = Trigger(classifications=(), least_points=least)
    assert is_for(trigger, buyer, location_id="main", coupons=(), day=DAY) is holds


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


HAPPY_HOUR = Trigger(start_min=1020, end_min=1140)


def _combo(*products: str) -> Combo:
    parts = tuple(ComboPart(covers=on(product)) for product in products)
    return Combo(id="c", name="C", parts=parts, price=Money(1), trigger=HAPPY_HOUR)


@pytest.mark.parametrize(
    ("more", "quantities"),
    [
        pytest.param({"discounts": (off("h", rate_bp=5000, trigger=HAPPY_HOUR),)}, [2, 1], id="a discount"),
        pytest.param(
            {"discounts": (off("h", rate_bp=5000, covers=on("beer"), trigger=HAPPY_HOUR),)}, [3], id="of other goods"
        ),
        pytest.param(
            {"mix_and_match": (MixAndMatch(id="m", name="M", n=9, covers=on("burger"), trigger=HAPPY_HOUR),)},
            [2, 1],
            id="a mix and match",
        ),
        pytest.param(
            {"mix_and_match": (MixAndMatch(id="m", name="M", n=9, covers=on("beer"), trigger=HAPPY_HOUR),)},
            [3],
            id="a mix of other goods",
        ),
        pytest.param({"combos": (_combo("beer", "burger"),)}, [2, 1], id="a combo of which it is a part"),
        pytest.param({"combos": (_combo("beer", "chips"),)}, [3], id="a combo of other goods"),
        pytest.param({"discounts": (off("h", rate_bp=5000),)}, [3], id="a discount at any time"),
    ],
)
def test_units_under_two_offers_are_two_lines(more: dict[str, object], quantities: list[int]) -> None:
    """R29, R46, R98: the happy hour ends at 19:00, so the burger of 19:01 has a line and a discount of its own."""
    here = selling(BURGER, **more)
    basket = rung("burger", here=here, at_us=at("2026-11-24 18:59"))
    for moment in ("2026-11-24 19:00", "2026-11-24 19:01"):
        basket = add(basket, "burger", catalogue=here, at_us=at(moment))
    assert [line.qty for line in basket.lines] == quantities
