"""The master data of the ledger tests' small club: settings, a beer, five accounts with one lot each."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import msgspec

from clubtill_ledger.operate import seed as seeds
from clubtill_rules.goods.product import Category, Family, LevelPrice, Media, MediaKind, Product, TaxCode
from clubtill_rules.members.account import MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club as ClubSettings
from clubtill_rules.members.venue import Location, OfflineMode, Venue
from clubtill_rules.values.days import DayClock, instant
from clubtill_rules.values.money import Money
from clubtill_sync.wire.documents import Terminal
from clubtill_sync.wire.feed import Document

CLUB_ID = "harbour"
ZONE = "Australia/Sydney"
CLOCK = DayClock(zone=ZONE)
START_US = instant(datetime(2026, 3, 13, 8, 0, tzinfo=UTC))  # Friday 19:00 in Sydney
SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 86_400 * SECOND
BOOT = "boot"
ACCOUNTS = ("A1", "A2", "A3", "A4", "A5")
OPENING_H = 100_000


def settings() -> tuple[Document, ...]:
    """The club's master data."""
    values: list[tuple[str, str, Any]] = [
        ("club", CLUB_ID, ClubSettings(id=CLUB_ID, name="Harbour Club", zone=ZONE)),
        ("venue", "V1", Venue(id="V1", name="Harbour", zone=ZONE)),
        ("venue", "V2", Venue(id="V2", name="Marina", zone=ZONE, offline_mode=OfflineMode.REFUSE)),
        ("location", "BAR", Location(id="BAR", venue_id="V1", name="Bar")),
        ("location", "DOOR", Location(id="DOOR", venue_id="V1", name="Door")),
        ("location", "MARINA", Location(id="MARINA", venue_id="V2", name="Marina bar")),
        (
            "classification",
            "c1",
            Classification(number=1, club_id=CLUB_ID, description="Gold", points_expiry_months=12),
        ),
        ("family", "beer", Family(id="beer", name="Beer")),
        ("category", "tap", Category(id="tap", name="Tap", rate_h=100)),
        ("tax_code", "gst", TaxCode(id="gst", name="GST", rate_bp=1000)),
        ("product", "pale", product("pale")),
        ("media", "cash", Media(id="cash", name="Cash", kind=MediaKind.CASH)),
        ("media", "points", Media(id="points", name="Points", kind=MediaKind.POINTS)),
        ("terminal", "T1", Terminal(id="T1", name="Till 1", location_id="BAR")),
        ("terminal", "T2", Terminal(id="T2", name="Till 2", location_id="BAR")),
        ("terminal", "D1", Terminal(id="D1", name="Door", location_id="DOOR")),
        ("terminal", "M1", Terminal(id="M1", name="Marina", location_id="MARINA")),
    ]
    return tuple(
        Document(kind=kind, id=name, version=1, body=msgspec.Raw(msgspec.json.encode(value)))
        for kind, name, value in values
    )


def product(product_id: str) -> Product:
    """A beer of five dollars."""
    return Product(
        id=product_id,
        name="Pale",
        family_id="beer",
        category_id="tap",
        tax_code_id="gst",
        prices=(LevelPrice(level=1, price=Money(500)),),
    )


def person(account_id: str) -> MemberCard:
    """The one person of an account."""
    return MemberCard(
        person_id=f"P{account_id}",
        account_id=account_id,
        club_id=CLUB_ID,
        number=f"10{account_id[1:]}",
        first_name="Jean",
        last_name=f"Member {account_id}",
        classification=1,
        renewal_date=date(2027, 6, 30),
        date_of_birth=date(1980, 3, 14),
    )


def account(account_id: str, opening_h: int = OPENING_H) -> seeds.Account:
    """An account with one lot that never expires."""
    opening = (seeds.Opening(amount_h=opening_h, earn_day=date(2026, 1, 1)),) if opening_h else ()
    return seeds.Account(club_id=CLUB_ID, account_id=account_id, persons=(person(account_id),), opening=opening)
