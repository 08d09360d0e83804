"""One document of every kind of master data, with more than its defaults filled in."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from clubtill_rules.goods.discount import (
    Combo,
    ComboPart,
    Covers,
    Discount,
    DiscountKind,
    MixAndMatch,
    Trigger,
)
from clubtill_rules.goods.point_offer import ItemPointOffer, PointOffer, PointOfferKind
from clubtill_rules.goods.product import Category, Family, Media, MediaKind, Special, SpecialKind, TaxCode
from clubtill_rules.goods.surcharge import Surcharge
from clubtill_rules.members.attributes import Attribute, AttributeType, LookUp
from clubtill_rules.members.campaigns import Campaign, CampaignState
from clubtill_rules.members.classification import (
    Allowance,
    Benefits,
    Classification,
    LocationRatio,
    MemberPriceLevel,
)
from clubtill_rules.members.club import Club, TierReview, TimePeriod
from clubtill_rules.members.venue import Location, MemberCache, Venue
from clubtill_rules.values.money import Money
from clubtill_sync.wire.documents import Layout, Mask, Masks, PriceLevel, Staff, Tab, Terminal
from clubtill_sync.wire.feed import Document
from tests.ledger.master import CLUB_ID, ZONE, product

STARTS, ENDS = date(2026, 1, 1), date(2027, 12, 31)
TRIGGER = Trigger(starts=STARTS, weekdays=(0, 4), classifications=(1,), least_age=18)
GOLD = Classification(
    number=1,
    club_id=CLUB_ID,
    description="Gold",
    points_expiry_months=12,
    fee=Money(2_500),
    location_ratios=(LocationRatio(location_id="BAR", ratio=90),),
    venues=("V1",),
    member_prices=(MemberPriceLevel(location_id="BAR", level=1, weekdays=(4, 5)),),
    benefits=Benefits(discount_ids=("happy",)),
    allowance=Allowance(limit=Money(5_000)),
)
VALUES: dict[str, tuple[str, Any]] = {
    "club": (
        CLUB_ID,
        Club(
            id=CLUB_ID, name="Harbour", zone=ZONE, tier_review=TierReview(period=TimePeriod.LAST_MONTH, next_day=ENDS)
        ),
    ),
    "venue": ("V1", Venue(id="V1", name="Harbour", zone=ZONE, member_cache=MemberCache.WORKING_SET)),
    "location": ("BAR", Location(id="BAR", venue_id="V1", name="Bar", enabled_levels=(1, 2))),
    "classification": ("c1", GOLD),
    "family": ("beer", Family(id="beer", name="Ales")),
    "category": ("tap", Category(id="tap", name="Tap", rate_h=150)),
    "tax_code": ("gst", TaxCode(id="gst", name="GST", rate_bp=1_000)),
    "product": ("pale", product("pale")),
    "special": (
        "friday",
        Special(id="friday", name="Friday", kind=SpecialKind.RATE, starts=STARTS, ends=ENDS, weekdays=(4,), rate_h=200),
    ),
    "media": ("cash", Media(id="cash", name="Cash", kind=MediaKind.CASH)),
    "staff": ("S1", Staff(id="S1", name="Ada", short_name="A", roles=("till",), pin_hash="argon2")),
    "terminal": ("T1", Terminal(id="T1", name="Till 1", location_id="BAR", redemption_terminal=True)),
    "layout": ("BAR", Layout(id="BAR", tabs=(Tab(name="Beer", glyph="b", products=("pale", "")),))),
    "masks": ("m", Masks(id="m", masks=(Mask(pattern="6007*", kind="member"),))),
    "price_level": ("2", PriceLevel(id="2", number=2, name="Member")),
    "discount": (
        "happy",
        Discount(id="happy", name="Happy hour", kind=DiscountKind.SPECIAL, rate_bp=1_000, trigger=TRIGGER),
    ),
    "mix_and_match": (
        "six",
        MixAndMatch(id="six", name="Six", n=6, covers=Covers(products=("pale",)), price=Money(2_500)),
    ),
    "combo": (
        "meal",
        Combo(id="meal", name="Meal", parts=(ComboPart(covers=Covers(families=("beer",))),), price=Money(900)),
    ),
    "surcharge": ("sunday", Surcharge(id="sunday", name="Sunday", rate_bp=1_000, tax_code_id="gst", weekdays=(6,))),
    "point_offer": (
        "double",
        PointOffer(id="double", name="Double", kind=PointOfferKind.FACTOR, value_h=200, starts=STARTS, ends=ENDS),
    ),
    "item_point_offer": ("o1", ItemPointOffer(id="o1", product_id="pale", points=100, price=Money(200))),
    "campaign": (
        "spring",
        Campaign(
            code="spring", club_id=CLUB_ID, starts=STARTS, ends=ENDS, state=CampaignState.ENABLED, persons=("PA1",)
        ),
    ),
    "attribute": (
        "team",
        Attribute(code="team", type=AttributeType.TEXT, look_up=LookUp.OPTIONS, options=("reds", "blues")),
    ),
}


def document(kind: str, version: int = 2, day: date | None = None, **changed: Any) -> Document:
    """Write a version of the document of a kind."""
    name, value = VALUES[kind]
    if changed:
        told = msgspec.to_builtins(value) | changed
        body = msgspec.json.encode(told)
    else:
        body = msgspec.json.encode(value)
    return Document(kind=kind, id=name, version=version, effective_from=day, body=msgspec.Raw(body))
