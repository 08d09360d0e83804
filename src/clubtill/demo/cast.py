"""Cast: the fixed people of the demo club, its settings, and the seed file for the ledger (interface, section 10).

Nobody here exists. Days are counted from `today`, so the story is the same on every day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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
    return (*_tiers(today), *_sections(today), *_outsiders())


def _classification(number: int, description: str, **settings: Any) -> Classification:
    """Give a classification of the main club with what is usual there."""
    usual: dict[str, Any] = {
        "club_id": CLUB,
        "points_pay_discount_bp": 1000,
        "points_pay_discount_media": "pp-discount",
        "points_pay_exclusions": ("tobacco",),
        "member_prices": tuple(
            MemberPriceLevel(location_id=place, level=2) for place in (goods.MAIN_BAR, goods.BISTRO, goods.MARINA)
        ),
        "points_expiry_months": 24,
    }
    return Classification(number=number, description=description, **{**usual, **settings})


def _tiers(today: date) -> tuple[Classification, ...]:
    """Give Bronze, whose fees are checked on weekend evenings, Silver, Gold, Life and Junior."""
    one = _classification
    weekend = {"days_to_run": (4, 5, 6), "start_min": 17 * 60, "end_min": 23 * 60 + 59}
    bronze = {"days_paid": 365, "days_before_reset": 30, "fee": Money(4500), "join_points": 500, **weekend}
    silver = {"days_paid": 365, "fee": Money(6000), "points_multiplier_h": 125}
    gold = {"paid_to": paid_to_day(today), "fee": Money(9000), "points_multiplier_h": 200, "points_expiry_months": 0}
    bistro = (LocationRatio(location_id=goods.BISTRO, ratio=80),)
    return (
        one(1, "Bronze", visitation_points=5, birthday_points=200, **bronze),
        one(2, "Silver", visitation_points=5, birthday_points=200, **silver),
        one(3, "Gold", visitation_points=10, birthday_points=500, location_ratios=bistro, **gold),
        one(6, "Life", points_multiplier_h=150, visitation_points=10, birthday_points=500, days_paid=3660),
        one(7, "Junior", points_multiplier_h=0, days_paid=365, fee=Money(1000)),
    )


def _sections(today: date) -> tuple[Classification, ...]:
    """Give the sub-clubs (nobody checks Golf's fees at a door), Reciprocal, and the Staff club's one."""
    one, paid_to = _classification, paid_to_day(today)
    golf: dict[str, Any] = {"days_to_run": (), "visitation_points": 5}
    return (
        one(4, "Bowls", sub_club="B", paid_to=paid_to, fee=Money(3000), venues=(VENUE,)),
        one(5, "Golf", sub_club="G", paid_to=paid_to, fee=Money(6000), join_points=100, **golf),
        one(9, "Fishing", sub_club="F", paid_to=paid_to, fee=Money(2500)),
        one(8, "Reciprocal", points_multiplier_h=50, days_paid=365, redemption_ratio=0),
        one(98, "Staff", club_id=STAFF_CLUB, days_paid=999, birthday_points=100),
    )


def _outsiders() -> tuple[Classification, ...]:
    """Give those who earn nothing and pay public prices: Visitor, Lapsed, and 99."""
    one = _classification
    nothing: dict[str, Any] = {"points_multiplier_h": 0, "redemption_ratio": 0, "member_prices": ()}
    banned = {"web_redemption_ratio": 0, "points_pay_discount_bp": 0, "points_pay_discount_media": None}
    return (
        one(90, "Visitor", web_redemption_ratio=0, **nothing),
        one(97, "Lapsed", **nothing),
        one(99, "BANNED", **nothing, **banned),
    )


def paid_to_day(today: date) -> date:
    """Give the next 30 June that is at least half a year away: the club's year."""
    year = today.year if today <= date(today.year, 1, 1) else today.year + 1
    return date(year, 6, 30)


def people(today: date) -> tuple[Person, ...]:
    """Give the fixed cast."""
    return (*_ordinary(today), *_special(today), *_staff_club(today))


def _member(today: date, number: str, first: str, last: str, classification: int, **more: Any) -> MemberCard:
    """Give a member of the main club, paid up, whose birthday is not in this month."""
    found: dict[str, Any] = {
        "person_id": f"p{number}",
        "account_id": f"a{number}",
        "club_id": CLUB,
        "number": number,
        "first_name": first,
        "last_name": last,
        "classification": classification,
        "renewal_date": paid_to_day(today),
        "date_of_birth": date(today.year - 40, 3, 14) if today.month != 3 else date(today.year - 40, 9, 14),  # noqa: PLR2004 - not this month
    }
    return MemberCard(**{**found, **more})


def _person(today: date, who: MemberCard, points: int = 0, **more: Any) -> Person:
    """Give a person with one card, whose points were earned last year and never expire."""
    first = date(today.year - 1, today.month, 1)
    lots = ((points * 100, first, None),) if points else ()
    return Person(**{"member": who, "cards": ((card_text(who.number), CardState.ACTIVE),), "opening": lots, **more})


def _ordinary(today: date) -> tuple[Person, ...]:
    """Give those of the story: an ordinary sale, a late fee, a birthday, a ban."""
    paid, ending = paid_to_day(today), date(today.year, 12, 31)
    jean = _member(
        today,
        "100001",
        "Jean",
        "Okafor",
        3,
        linked=(Linked(number=4, renewal_date=paid), Linked(number=5, renewal_date=paid)),
        note="Allergic to shellfish",
        attributes={"joined": "March 2019"},
    )
    mateo = _member(today, "100002", "Mateo", "Ruiz", 1, renewal_date=today - timedelta(days=12))
    priya = _member(
        today,
        "100003",
        "Priya",
        "Nair",
        2,
        linked=(Linked(number=4, renewal_date=paid),),
        date_of_birth=_birthday(today, 34),
        note="Likes the table by the window",
    )
    tom = _member(today, "100004", "Tom", "Becker", 99, ban=BanKind.POLICE, ban_note="Order of the court")
    return (
        _person(
            today,
            jean,
            cards=((card_text("100001", 2), CardState.ACTIVE), (card_text("100001", 1), CardState.REPLACED)),
            opening=((130_000, add_months(ending, -24), ending), (1_112_000, date(today.year - 1, 1, 15), None)),
        ),
        _person(today, mateo, 640),
        _person(today, priya, 2815),
        _person(today, tom, 150),
    )


def _special(today: date) -> tuple[Person, ...]:
    """Give those who each show one thing more: venue, fees, Life, Arabic, a stopped card, a tier, a fee unchecked."""
    paid = paid_to_day(today)
    lena = _member(
        today,
        "100006",
        "Lena",
        "Fischer",
        2,
        linked=(
            Linked(number=4, renewal_date=paid),
            Linked(number=5, renewal_date=paid),
            Linked(number=9, renewal_date=today - timedelta(days=100)),
        ),
    )
    wei = _member(today, "100007", "Wei", "Zhang", 6, renewal_date=today + timedelta(days=_FAR))
    nora = _member(today, "100011", "Nora", "Lind", 5, renewal_date=today - timedelta(days=20))
    stopped = ((card_text("100009"), CardState.BLOCKED),)
    return (
        _person(today, _member(today, "100005", "Aroha", "Ngata", 4), 905),
        _person(today, lena, 5120),
        _person(today, wei, 21_750),
        _person(today, _member(today, "100008", "Sara", "Haddad", 2), 1480),
        _person(today, _member(today, "100009", "Olive", "Grant", 1), 330, cards=stopped),
        _person(today, _member(today, "100010", "Ben", "Cole", 3), 8410),
        _person(today, nora, 700),
    )


def _staff_club(today: date) -> tuple[Person, ...]:
    """Give the second club's two members; one of them is Jean (R6)."""
    paid = today + timedelta(days=900)
    jean = _member(
        today, "900001", "Jean", "Okafor", 98, club_id=STAFF_CLUB, renewal_date=paid, attributes={"person": "p100001"}
    )
    sam = _member(today, "900002", "Sam", "Kelly", 98, club_id=STAFF_CLUB, renewal_date=paid)
    return _person(today, jean, opening=((50_000, today, None),)), _person(today, sam)


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
