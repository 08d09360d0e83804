"""Lines and settings for the tables of earning and redeeming: as little as a row needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import Line
from clubtill_rules.goods.point_offer import PointOffer
from clubtill_rules.goods.product import Family
from clubtill_rules.members.account import AccountCard, MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club
from clubtill_rules.members.venue import Location, Venue
from clubtill_rules.values.days import instant
from clubtill_rules.values.money import Money

DAY = date(2026, 11, 24)
NOON_US = instant(datetime(2026, 11, 24, 1, tzinfo=UTC))  # 12:00 in Sydney

JEAN = MemberCard(
    person_id="jean", account_id="a1", club_id="lp", number="100001", first_name="Jean", last_name="Okafor",
    classification=3,
)  # fmt: skip
GOLD = Classification(
    number=3, club_id="lp", description="Gold", points_multiplier_h=200, points_pay_discount_bp=1000,
    points_pay_discount_media="pp",
)  # fmt: skip
OWN = AccountCard(account_id="a1", club_id="lp", version=1, fixed_rate_h=200)
CATALOGUE = Catalogue(
    club=Club(id="lp", name="Larkspur Point", zone="Australia/Sydney", allow_points_pay_per_product=True),
    venue=Venue(id="club", name="Clubhouse", zone="Australia/Sydney"),
    location=Location(id="bar", venue_id="club", name="Main Bar"),
    families={"tobacco": Family(id="tobacco", name="Tobacco")},
)


def line(n: int, unit: int, name: str = "Pale", family: str = "beer", **more: object) -> Line:
    """Make a line of one unit at one point a unit of currency, both overridable."""
    fields: dict[str, object] = {
        "rate_h": 100, "category_id": family, "public_price": Money(unit), "added_at_us": NOON_US, **more,
    }  # fmt: skip
    return Line(n=n, product_id=name, name=name, family_id=family, unit_price=Money(unit), **fields)


def settings(*, decimals: int = 0, money_decimals: int = 2, factor_h: int = 100, **club: object) -> Catalogue:
    """Give the catalogue with a club's, the venue's or the location's settings changed."""
    return replace(
        CATALOGUE,
        club=replace(CATALOGUE.club, points_decimals=decimals, **club),
        venue=replace(CATALOGUE.venue, money_decimals=money_decimals),
        location=replace(CATALOGUE.location, point_factor_h=factor_h),
    )


def offer(kind, value_h, **more):
    """Make an offer that runs today for every product."""
    fields = {"id": "o1", "name": "Triple", "starts": DAY, "ends": DAY, **more}
    return PointOffer(kind=kind, value_h=value_h, **fields)


def with_offers(*offers, **more):
    """Give the settings with these offers."""
    return replace(settings(**more), point_offers=offers)


PALE = line(1, 800, "Schooner Pale", qty=2)
PARMA = line(2, 2398, "Member parma", "bistro")
LIGHT = line(3, 720, "Light schooner")


def rows(table: dict[str, tuple[object, ...]], **examples: str) -> list[object]:
    """Make parameters of a table; `examples` names the worked examples of rows, by their name with underscores."""
    return [
        pytest.param(
            *values, id=name,
            marks=[pytest.mark.example(*examples[key].split())] if (key := name.replace("-", "_")) in examples else [],
        )
        for name, values in table.items()
    ]  # fmt: skip
