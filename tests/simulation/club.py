"""The club of a seed: two venues, two clubs of points, goods, members with lots that end while the seed runs."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from clubtill_ledger.operate.seed import Account, CardIn, Opening, Seed
from clubtill_ledger.store.budgets import Limit
from clubtill_rules.goods.product import Category, Family, LevelPrice, Media, MediaKind, Product, TaxCode
from clubtill_rules.members.account import MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club
from clubtill_rules.members.venue import Location, OfflineMode, Venue
from clubtill_rules.values.money import Money
from clubtill_sync.wire.documents import Staff, Terminal
from clubtill_sync.wire.feed import DenyRow, Document

CLUB = "harbour"
MAIN, OTHER = "V1", "V2"
LOCATIONS = {"BAR": MAIN, "DOOR": MAIN, "MARINA": OTHER}
STAFF, MANAGER = "sam", "vera"
PRODUCTS = {"pale": 650, "jug": 1800, "parma": 2400, "chips": 400}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClubMix:
    """What a seed draws of the club."""

    zone: str
    start_min: int
    first_day: date
    days: int
    accounts: int
    mode: str
    other_mode: str
    lease_cap: int
    expiry_months: int
    grace_days: int
    limit_minor: int = 5_000

    def until_day_ends(self, at_us: int) -> int:
        """Give how long the club's day still goes on, in microseconds."""
        wall = datetime.fromtimestamp(at_us / 1e6, ZoneInfo(self.zone)).replace(tzinfo=None)
        minutes = wall.hour * 60 + wall.minute - self.start_min
        return (1440 - minutes % 1440) * 60_000_000

    def crosses_an_edge(self) -> bool:
        """Tell whether these days hold a change of the clocks, the end of a month or a leap day (F13)."""
        days = [self.first_day + timedelta(days=n) for n in range(self.days + 1)]
        shifts = {datetime(d.year, d.month, d.day, 12, tzinfo=ZoneInfo(self.zone)).utcoffset() for d in days}
        return len(shifts) > 1 or len({d.month for d in days}) > 1


def place_of(index: int) -> str:
    """Give the location of the terminal with this number."""
    return ("BAR", "DOOR", "BAR", "MARINA")[index % 4]


def settings(mix: ClubMix, terminals: int) -> tuple[Document, ...]:
    """Give the club's documents, each in its first version."""
    return tuple(
        Document(kind=kind, id=name, version=1, body=msgspec.Raw(msgspec.json.encode(value)))
        for kind, name, value in _values(mix, terminals)
    )


def _values(mix: ClubMix, terminals: int) -> Iterator[tuple[str, str, Any]]:
    days = {"zone": mix.zone, "start_of_trading_day_min": mix.start_min, "entry_reset_min": mix.start_min}
    yield (
        "club",
        CLUB,
        Club(
            id=CLUB,
            name="Harbour",
            zone=mix.zone,
            start_of_day_min=mix.start_min,
            refund_grace_days=mix.grace_days,
            allow_points_pay_per_product=True,
        ),
    )
    cap_h = mix.lease_cap * 100
    for venue, mode in ((MAIN, mix.mode), (OTHER, mix.other_mode)):
        yield "venue", venue, Venue(id=venue, name=venue, offline_mode=OfflineMode(mode), lease_cap_h=cap_h, **days)
    for location, venue in LOCATIONS.items():
        yield "location", location, Location(id=location, venue_id=venue, name=location)
    for number, visits in ((1, 5), (2, 0)):
        yield (
            "classification",
            f"c{number}",
            Classification(
                number=number,
                club_id=CLUB,
                points_expiry_months=mix.expiry_months,
                visitation_points=visits,
                birthday_points=50,
                points_multiplier_h=100 * number,
                fee=Money(2500 * number),
                days_paid=365,
                days_before_reset=30,
                join_points=20 * number,
            ),
        )
    yield "family", "goods", Family(id="goods", name="Goods")
    yield "category", "tap", Category(id="tap", name="Tap", rate_h=100)
    yield "tax_code", "gst", TaxCode(id="gst", name="GST", rate_bp=1000)
    for name, minor in PRODUCTS.items():
        yield "product", name, product(name, minor)
    yield "media", "cash", Media(id="cash", name="Cash", kind=MediaKind.CASH)
    yield "media", "points", Media(id="points", name="Points", kind=MediaKind.POINTS)
    yield "staff", STAFF, Staff(id=STAFF, name="Sam", short_name="Sam", roles=("duty_manager",))
    yield "staff", MANAGER, Staff(id=MANAGER, name="Vera", short_name="Vera", roles=("membership_officer",))
    for n in range(terminals):
        yield "terminal", f"T{n}", Terminal(id=f"T{n}", name=f"Till {n}", location_id=place_of(n))


def limits(mix: ClubMix) -> tuple[Limit, ...]:
    """Give what the venues in the mode BUDGET may lose at most (4.3, I23)."""
    modes = ((MAIN, mix.mode), (OTHER, mix.other_mode))
    return tuple(
        Limit(
            venue_id=venue,
            limit_minor=mix.limit_minor,
            each_h=mix.limit_minor * 40,
            total_h=mix.limit_minor * 60,
            hours=36,
        )
        for venue, mode in modes
        if mode == "budget"
    )


def changed(mix: ClubMix, chance: random.Random, version: int) -> tuple[Document, ...]:
    """Give another version of some settings: a price, a rate, how long points live; one is in force from tomorrow."""
    name = chance.choice(list(PRODUCTS))
    later = mix.first_day + timedelta(days=chance.randrange(1, mix.days + 1))
    values: list[tuple[str, str, Any, date | None]] = [
        ("product", name, product(name, PRODUCTS[name] + 10 * version), chance.choice((None, later))),
        ("category", "tap", Category(id="tap", name="Tap", rate_h=chance.choice((50, 100, 150))), None),
    ]
    return tuple(
        Document(kind=kind, id=key, version=version, effective_from=day, body=msgspec.Raw(msgspec.json.encode(value)))
        for kind, key, value, day in values
    )


def denied(person_id: str, *, lifted: bool) -> tuple[DenyRow, ...]:
    """Give a ban of a person, or its end."""
    return (DenyRow(kind="person", id=person_id, code="member.excluded", denied=not lifted),)


def product(name: str, minor: int) -> Product:
    """Give a product at a price."""
    return Product(
        id=name,
        name=name,
        family_id="goods",
        category_id="tap",
        tax_code_id="gst",
        prices=(LevelPrice(level=1, price=Money(minor)),),
    )


def member(account: str, n: int, mix: ClubMix, chance: random.Random) -> MemberCard:
    """Give a person of an account; some have their birthday while the seed runs."""
    birthday = mix.first_day + timedelta(days=chance.randrange(-3, mix.days + 3))
    born = date(1980, birthday.month, birthday.day)  # 1980 had a 29 February
    return MemberCard(
        person_id=f"P{account}{n}",
        account_id=account,
        club_id=CLUB,
        number=f"{int(account[1:]) * 10 + n:06d}",
        first_name=f"Jean{n}",
        last_name=f"Member{account}",
        classification=chance.choice((1, 1, 2)),
        renewal_date=mix.first_day + timedelta(days=chance.choice((2, 15, 400))),
        date_of_birth=born,
    )


def accounts(mix: ClubMix, chance: random.Random) -> tuple[Account, ...]:
    """Give the accounts with what they bring along: some lots end within the days of the seed."""
    made = []
    for n in range(1, mix.accounts + 1):
        name = f"A{n}"
        persons = tuple(member(name, k, mix, chance) for k in range(1, 1 + chance.choice((1, 1, 2))))
        lots = tuple(_lot(mix, chance) for _ in range(chance.randrange(4)))
        cards = tuple(CardIn(person_id=one.person_id, text=f"12{one.number}1") for one in persons)
        made.append(Account(club_id=CLUB, account_id=name, persons=persons, opening=lots, cards=cards))
    return tuple(made)


def _lot(mix: ClubMix, chance: random.Random) -> Opening:
    earned = mix.first_day - timedelta(days=chance.randrange(5, 300))
    ends = mix.first_day + timedelta(days=chance.randrange(-1, mix.days + 2)) if chance.random() < 0.6 else None
    return Opening(amount_h=100 * chance.randrange(100, 6000), earn_day=earned, last_day=ends)


def seed_of(mix: ClubMix, terminals: int, chance: random.Random) -> Seed:
    """Give what the ledger is loaded with."""
    return Seed(documents=settings(mix, terminals), accounts=accounts(mix, chance))
