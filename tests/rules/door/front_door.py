"""The front door: the fixed cast as far as a door needs it (interface 5.6 to 5.8 and 10), and one swipe in one line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from clubtill_rules.door.admission import CheckIn, check_in
from clubtill_rules.door.posting import Swipe, entries, swipe
from clubtill_rules.members.account import AccountCard, CardToken, MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club
from clubtill_rules.members.venue import Location, Venue
from clubtill_rules.points.entries import Entry
from clubtill_rules.values.days import instant
from clubtill_rules.values.money import Money

ZONE: Final = "Australia/Sydney"
CLUB: Final = Club(id="larkspur", name="Larkspur Point", zone=ZONE)
CLUBHOUSE: Final = Venue(id="clubhouse", name="the Clubhouse", zone=ZONE)
MARINA: Final = Venue(id="marina", name="the Marina", zone=ZONE)
FRONT: Final = Location(id="front", venue_id="clubhouse", name="Front door")

BRONZE: Final = Classification(
    number=1,
    club_id="larkspur",
    description="Bronze",
    days_paid=365,
    days_before_reset=30,
    fee=Money(4500),
    visitation_points=5,
    birthday_points=200,
    points_expiry_months=24,
    days_to_run=(4, 5, 6),
    start_min=17 * 60,
    end_min=23 * 60 + 59,
)
SILVER: Final = replace(BRONZE, number=2, description="Silver", fee=Money(6000))
GOLD: Final = replace(BRONZE, number=3, description="Gold", fee=Money(9000), visitation_points=10)

PRIYA: Final = MemberCard(
    person_id="priya",
    account_id="a-priya",
    club_id="larkspur",
    number="100003",
    first_name="Priya",
    last_name="Nair",
    classification=2,
    renewal_date=date(2027, 6, 30),
    cards=(CardToken(digest="c-priya", last4="0031"),),
)
MATEO: Final = replace(
    PRIYA,
    person_id="mateo",
    account_id="a-mateo",
    number="100002",
    first_name="Mateo",
    last_name="Ruiz",
    classification=1,
    renewal_date=date(2026, 11, 12),
)
CLASSES: Final = {1: BRONZE, 2: SILVER, 3: GOLD}


def at(text: str, zone: str = ZONE, *, fold: int = 0) -> int:
    """Give the instant of a wall-clock time, such as "2026-11-24 18:05"; `fold` 1 is the second of two."""
    return instant(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold))


def see(member: MemberCard | None, moment: str | int, **changes: Any) -> CheckIn:
    """Swipe a member's card at the front door, with anything changed by name."""
    asked: dict[str, Any] = {
        "card": member.cards[0] if member and member.cards else None,
        "member": member,
        "account": AccountCard(account_id=member.account_id, club_id="larkspur", version=1) if member else None,
        "classification": CLASSES.get(member.classification) if member else None,
        "club": CLUB,
        "venue": CLUBHOUSE,
        "location": FRONT,
        "device_id": "door-1",
        "at_us": moment if isinstance(moment, int) else at(moment),
    }
    return check_in(**{**asked, **changes})


def written(check: CheckIn, member: MemberCard | None, at_us: int, event_id: str) -> Swipe:
    """Write a check-in down as its swipe event."""
    return swipe(
        check,
        event_id=event_id,
        card=member.cards[0] if member and member.cards else None,
        member=member,
        club_id="larkspur",
        location=FRONT,
        device_id="door-1",
        staff_id="ana",
        at_us=at_us,
        offline=False,
    )


def posted(check: CheckIn, member: MemberCard, at_us: int, event_id: str) -> tuple[Entry, ...]:
    """Give the entries of a check-in."""
    return entries(written(check, member, at_us, event_id))
