"""Cast: the fixed people of the demo club, its settings, and the seed file for the ledger (interface, section 10).

Nobody here exists. Days are counted from `today`, so the story is the same on every day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from clubtill.demo import goods
from clubtill_rules.members.account import BanKind, CardState, Linked, MemberCard
from clubtill_rules.members.classification import Classification, LocationRatio, MemberPriceLevel
from clubtill_rules.members.club import Club
from clubtill_rules.members.venue import Location, Venue
from clubtill_rules.values.days import add_months
from clubtill_rules.values.money import Money
from clubtill_sync.wire.documents import Mask, Masks, Staff, Terminal

CLUB: Final = "larkspur"
STAFF_CLUB: Final = "staff"
ZONE: Final = "Australia/Sydney"
VENUE: Final = "larkspur-point"
MARINA: Final = "marina"
TILL: Final = "till-1"
TILL_TWO: Final = "till-2"
DOOR: Final = "door-1"
DOOR_TWO: Final = "door-2"
_FAR: Final = 3650


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person of the cast: what the seed says of them, the text of each card, and the points they bring."""

    member: MemberCard
    cards: tuple[tuple[str, CardState], ...]
    opening: tuple[tuple[int, date, date | None], ...] = ()


def card_text(number: str, issue: int = 1) -> str:
    """Give the text on a club card: two digits of site, the number, one digit of issue (R85)."""
    return f"12{number}{issue}"


def swipe_text(number: str, issue: int = 1) -> str:
    """Give what track 2 of a club card says, sentinels included."""
    return f";{card_text(number, issue)}?"


def classifications(today: date) -> tuple[Classification, ...]:
    """Give the twelve classifications in use, and the Staff club's one."""
    paid_to = paid_to_day(today)
    level = (
        MemberPriceLevel(location_id=goods.MAIN_BAR, level=2),
        MemberPriceLevel(location_id=goods.BISTRO, level=2),
        MemberPriceLevel(location_id=goods.MARINA, level=2),
    )
    usual: dict[str, Any] = {
        "club_id": CLUB,
        "points_pay_discount_bp": 1000,
        "points_pay_discount_media": "pp-discount",
        "points_pay_exclusions": ("tobacco",),
        "member_prices": level,
        "points_expiry_months": 24,
    }
    weekend = {"days_to_run": (4, 5, 6), "start_min": 17 * 60, "end_min": 23 * 60 + 59}

    def one(number: int, description: str, **settings: Any) -> Classification:
        return Classification(number=number, description=description, **{**usual, **settings})

    bronze = {"days_paid": 365, "days_before_reset": 30, "fee": Money(4500), "join_points": 500}
    return (
        one(1, "Bronze", visitation_points=5, birthday_points=200, **bronze, **weekend),
        one(
            2,
            "Silver",
            days_paid=365,
            fee=Money(6000),
            points_multiplier_h=125,
            visitation_points=5,
            birthday_points=200,
        ),
        one(
            3,
            "Gold",
            paid_to=paid_to,
            fee=Money(9000),
            points_multiplier_h=200,
            visitation_points=10,
            birthday_points=500,
            points_expiry_months=0,
            location_ratios=(LocationRatio(location_id=goods.BISTRO, ratio=80),),
        ),
        one(4, "Bowls", sub_club="B", paid_to=paid_to, fee=Money(3000), venues=(VENUE,)),
        one(5, "Golf", sub_club="G", paid_to=paid_to, fee=Money(6000), join_points=100),
        one(6, "Life", points_multiplier_h=150, visitation_points=10, birthday_points=500, days_paid=3660),
        one(7, "Junior", points_multiplier_h=0, days_paid=365, fee=Money(1000)),
        one(8, "Reciprocal", points_multiplier_h=50, days_paid=365, redemption_ratio=0),
        one(9, "Fishing", sub_club="F", paid_to=paid_to, fee=Money(2500)),
        one(90, "Visitor", points_multiplier_h=0, redemption_ratio=0, web_redemption_ratio=0, member_prices=()),
        one(97, "Lapsed", points_multiplier_h=0, redemption_ratio=0, member_prices=()),
        one(
            99,
            "BANNED",
            points_multiplier_h=0,
            redemption_ratio=0,
            web_redemption_ratio=0,
            points_pay_discount_bp=0,
            points_pay_discount_media=None,
            member_prices=(),
        ),
        replace(one(98, "Staff", days_paid=999, birthday_points=100), club_id=STAFF_CLUB),
    )


def paid_to_day(today: date) -> date:
    """Give the next 30 June that is at least half a year away: the club's year."""
    year = today.year if today <= date(today.year, 1, 1) else today.year + 1
    return date(year, 6, 30)


def people(today: date) -> tuple[Person, ...]:
    """Give the fixed cast."""
    paid = paid_to_day(today)

    def member(number: str, first: str, last: str, classification: int, **more: Any) -> MemberCard:
        found: dict[str, Any] = {
            "person_id": f"p{number}",
            "account_id": f"a{number}",
            "club_id": CLUB,
            "number": number,
            "first_name": first,
            "last_name": last,
            "classification": classification,
            "renewal_date": paid,
            "date_of_birth": date(today.year - 40, 3, 14) if today.month != 3 else date(today.year - 40, 9, 14),  # noqa: PLR2004 - not this month
        }
        return MemberCard(**{**found, **more})

    def person(who: MemberCard, points: int = 0, **more: Any) -> Person:
        first = date(today.year - 1, today.month, 1)
        lots = ((points * 100, first, None),) if points else ()
        return Person(**{"member": who, "cards": ((card_text(who.number), CardState.ACTIVE),), "opening": lots, **more})

    ending = date(today.year, 12, 31)
    jean = member(
        "100001",
        "Jean",
        "Okafor",
        3,
        linked=(Linked(number=4, renewal_date=paid), Linked(number=5, renewal_date=paid)),
        note="Allergic to shellfish",
        attributes={"joined": "March 2019"},
    )
    return (
        person(
            jean,
            cards=(
                (card_text("100001", 2), CardState.ACTIVE),
                (card_text("100001", 1), CardState.REPLACED),
            ),
            opening=((130_000, add_months(ending, -24), ending), (1_112_000, date(today.year - 1, 1, 15), None)),
        ),
        person(member("100002", "Mateo", "Ruiz", 1, renewal_date=today - timedelta(days=12)), 640),
        person(
            member(
                "100003",
                "Priya",
                "Nair",
                2,
                linked=(Linked(number=4, renewal_date=paid),),
                date_of_birth=_birthday(today, 34),
                note="Likes the table by the window",
            ),
            2815,
        ),
        person(member("100004", "Tom", "Becker", 99, ban=BanKind.POLICE, ban_note="Order of the court"), 150),
        person(member("100005", "Aroha", "Ngata", 4), 905),
        person(
            member(
                "100006",
                "Lena",
                "Fischer",
                2,
                linked=(
                    Linked(number=4, renewal_date=paid),
                    Linked(number=5, renewal_date=paid),
                    Linked(number=9, renewal_date=today - timedelta(days=100)),
                ),
            ),
            5120,
        ),
        person(member("100007", "Wei", "Zhang", 6, renewal_date=today + timedelta(days=_FAR)), 21_750),
        person(member("100008", "Sara", "Haddad", 2), 1480),
        person(member("100009", "Olive", "Grant", 1), 330, cards=((card_text("100009"), CardState.BLOCKED),)),
        person(member("100010", "Ben", "Cole", 3), 8410),
        Person(
            member=replace(
                member("900001", "Jean", "Okafor", 98, renewal_date=today + timedelta(days=900)),
                club_id=STAFF_CLUB,
                attributes={"person": "p100001"},
            ),
            cards=((card_text("900001"), CardState.ACTIVE),),
            opening=((50_000, today, None),),
        ),
        Person(
            member=replace(
                member("900002", "Sam", "Kelly", 98, renewal_date=today + timedelta(days=900)), club_id=STAFF_CLUB
            ),
            cards=((card_text("900002"), CardState.ACTIVE),),
        ),
    )


def _birthday(today: date, age: int) -> date:
    """Give a date of birth whose birthday is today; 29 February is never needed."""
    return date(today.year - age, today.month, 28 if (today.month, today.day) == (2, 29) else today.day)


def settings(today: date) -> Iterable[tuple[str, str, object]]:
    """Give every document as (kind, id, value)."""
    yield (
        "club",
        CLUB,
        Club(id=CLUB, name="Larkspur Point Bowls & Social Club", zone=ZONE, allow_points_pay_per_product=True),
    )
    yield "club", STAFF_CLUB, Club(id=STAFF_CLUB, name="Staff", zone=ZONE)
    head = {
        "zone": ZONE,
        "receipt_name": "LARKSPUR POINT CLUB",
        "receipt_lines": ("ABN 00 000 000 000",),
        "receipt_footer": "Thank you. Keep as record.",
        "house_limit": 400,
    }
    yield "venue", VENUE, Venue(id=VENUE, name="Larkspur Point", **head)  # type: ignore[arg-type]  # one set of words for both venues
    yield "venue", MARINA, Venue(id=MARINA, name="Marina", **head)  # type: ignore[arg-type]  # as above
    places = (
        (goods.MAIN_BAR, VENUE, "Main Bar", 100),
        (goods.BISTRO, VENUE, "Bistro", 100),
        (goods.FRONT_DOOR, VENUE, "Front door", 100),
        (goods.MARINA, MARINA, "Marina", 50),
        (goods.MARINA_DOOR, MARINA, "Marina door", 100),
    )
    for key, venue, name, factor_h in places:
        yield (
            "location",
            key,
            Location(id=key, venue_id=venue, name=name, point_factor_h=factor_h, enabled_levels=(1, 2, 3)),
        )
    for one in classifications(today):
        yield "classification", f"{one.club_id}-{one.number}", one
    for kind, many in (
        ("family", goods.families()),
        ("category", goods.categories()),
        ("tax_code", goods.tax_codes()),
        ("media", goods.media()),
        ("product", goods.products()),
        ("special", goods.specials(today)),
        ("layout", goods.layouts()),
    ):
        for item in many:
            yield kind, item.id, item
    yield from staff_and_terminals()


def staff_and_terminals() -> Iterable[tuple[str, str, object]]:
    """Give staff, terminals and card masks."""
    for key, name, short, roles in (
        ("sam", "Sam Kelly", "Sam K.", ("cashier",)),
        ("ana", "Ana Petrova", "Ana P.", ("reception",)),
        ("lee", "Lee Tran", "Lee T.", ("duty_manager",)),
    ):
        yield "staff", key, Staff(id=key, name=name, short_name=short, roles=roles)
    for key, name, location, shows, redeems in (
        (TILL, "Main Bar 1", goods.MAIN_BAR, ("till",), True),
        (TILL_TWO, "Main Bar 2", goods.MAIN_BAR, ("till",), False),
        (DOOR, "Front door", goods.FRONT_DOOR, ("reception",), False),
        (DOOR_TWO, "Side door", goods.FRONT_DOOR, ("reception",), False),
    ):
        yield (
            "terminal",
            key,
            Terminal(id=key, name=name, location_id=location, shows=shows, redemption_terminal=redeems),
        )
    yield "masks", "masks", Masks(id="masks", masks=(Mask(pattern="(12)XXXXXXX", kind="card"),))


def seed(today: date) -> bytes:
    """Give the seed file of the demo's ledger. Card texts stand in it; the ledger keeps their digests only."""
    documents = [{"kind": kind, "id": key, "version": 1, "body": value} for kind, key, value in settings(today)]
    accounts = [
        {
            "club_id": one.member.club_id,
            "account_id": one.member.account_id,
            "persons": [one.member],
            "cards": [{"person_id": one.member.person_id, "text": text, "state": state} for text, state in one.cards],
            "opening": [
                {"amount_h": amount_h, "earn_day": earned, "last_day": last} for amount_h, earned, last in one.opening
            ],
        }
        for one in people(today)
    ]
    return msgspec.json.encode({"documents": documents, "accounts": accounts})
