"""Guests: signing in guests, visitors and temporary members by the register of the venue's law (R53)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from clubtill_rules.door.registers import REGISTERS, Detail, Ground, GuestKind, Register, Shown
from clubtill_rules.members.access import is_banned
from clubtill_rules.members.account import Block, MemberCard
from clubtill_rules.members.ages import of_age
from clubtill_rules.members.club import Club
from clubtill_rules.members.venue import Venue
from clubtill_rules.values.days import add_months
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, Rounding, because, working

APPLICANT_DAYS: Final = 30
"""R53: an applicant may visit within so many days of applying."""
FULL_AGE: Final = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody to be signed in, as staff or the kiosk wrote it down; blank is not given.

    Attributes:
        name: full name, or surname and initials.
        signature: digest of the signature.
        distance_m: metres from the venue to where the visitor lives; None is not known.
        similar_club: a club of like or reciprocal kind of which the visitor is a member.
        sport, function: what the visitor came for.
        applied_on: day of an application for membership.
        shown: cards that were shown; `pass_card_to` is the Pass Card's last day.
        fees_apply: whether the register must hold the day of the last fee.
    """

    name: str = ""
    address: str = ""
    signature: str = ""
    distance_m: int | None = None
    similar_club: str = ""
    sport: str = ""
    function: str = ""
    interstate: bool = False
    gaming_visitor: bool = False
    applied_on: date | None = None
    shown: frozenset[Shown] = frozenset()
    pass_card_to: date | None = None
    fees_apply: bool = True
    fee_paid_on: date | None = None
    date_of_birth: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestEntry:
    """A line of the register.

    Attributes:
        key: one sign-in a guest, venue and entry day.
        host_id: the member who signs in; blank for none.
        purge_day: from which day on the line is deleted.
    """

    event_id: str
    key: str
    kind: GuestKind
    venue_id: str
    entry_day: date
    at_us: int
    name: str
    address: str
    signature: str
    own_club: str
    fee_paid_on: date | None
    host_id: str
    ground: Ground | None
    purge_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Somebody signed in; `entry` is None for whom the law keeps out of the register."""

    entry: GuestEntry | None
    because: tuple[Because, ...]


def sign_in(
    visitor: Visitor,
    kind: GuestKind,
    *,
    event_id: str,
    venue: Venue,
    club: Club,
    entry_day: date,
    at_us: int,
    host: MemberCard | None = None,
    register: Iterable[GuestEntry] = (),
) -> SignedIn:
    """Sign somebody in, once an entry day (R53).

    Args:
        visitor: what was written down.
        kind: the register.
        event_id: id of the event.
        venue: its law, distance and years of keeping.
        club: its limit of guests a member and entry day.
        entry_day: the venue's (R2).
        at_us: the instant.
        host: the member who signs in a guest.
        register: what this venue's register holds of the day, and of the host's guests elsewhere in the club.

    Raises:
        Refusal: `guest.not_here` (a register of another law), `guest.missing` (which details), `guest.cards` (which
            cards), `guest.host` (no member, or one who is barred), `guest.no_ground` (no test is met), `guest.again`,
            `guest.limit`.
    """
    rules = REGISTERS[kind]
    if rules.profile is not venue.guest_profile:
        raise Refusal("guest.not_here", venue=venue.name)
    if rules.minors_exempt and _minor(visitor, venue, entry_day):
        return SignedIn(entry=None, because=(because("why.guest.minor", "R53", age=FULL_AGE),))
    _complete(rules, visitor, host)
    ground = _ground(rules, visitor, venue, entry_day)
    key = _key(visitor, venue, entry_day)
    known = tuple(register)
    first = min((one.at_us for one in known if one.key == key), default=None)
    if first is not None:
        raise Refusal("guest.again", first_us=first)
    host_id = _host_of(rules, host, club, entry_day, known)
    entry = GuestEntry(
        event_id=event_id,
        key=key,
        kind=kind,
        venue_id=venue.id,
        entry_day=entry_day,
        at_us=at_us,
        name=visitor.name.strip(),
        address=visitor.address.strip(),
        signature=visitor.signature,
        own_club=visitor.similar_club.strip(),
        fee_paid_on=visitor.fee_paid_on,
        host_id=host_id,
        ground=ground,
        purge_day=purge_day(entry_day, venue),
    )
    return SignedIn(entry=entry, because=(_why(ground, visitor, rules, venue, entry_day), _kept(entry, venue)))


def _host_of(
    rules: Register, host: MemberCard | None, club: Club, entry_day: date, known: tuple[GuestEntry, ...]
) -> str:
    """Give the member who signs the guest in, within the club's limit; blank for a register without one."""
    if host is None or not rules.needs_host:
        return ""
    _within_limit(host.person_id, club, entry_day, known)
    return host.person_id


def _kept(entry: GuestEntry, venue: Venue) -> Because:
    """Say until when an entry is kept."""
    days = (entry.purge_day - entry.entry_day).days
    how = working(entry.purge_day, Rounding.EXACT, entry.entry_day, ("+", days))
    return because("why.guest.kept", "R53", working=how, day=entry.purge_day, n=venue.guest_retention_years)


def _complete(rules: Register, visitor: Visitor, host: MemberCard | None) -> None:
    """Refuse what is not written down, and a guest without a member who may bring one."""
    missing = tuple(detail.value for detail in rules.details if not _given(detail, visitor))
    if missing:
        raise Refusal("guest.missing", missing=missing, n=len(missing))
    if rules.needs_host and (host is None or is_banned(host) or host.block is not Block.NONE):
        raise Refusal("guest.host")


def distance_needed(rules: Register, venue: Venue) -> int:
    """Give the metres beyond which somebody lives far away: the register's, or the venue's setting (R53)."""
    if venue.guest_distance_m is None:
        return rules.distance_m
    return max(rules.distance_m, venue.guest_distance_m) if rules.distance_only_grows else venue.guest_distance_m


def purge_day(entry_day: date, venue: Venue) -> date:
    """Give the day from which a line of the register is deleted: the years of keeping later (R53)."""
    return add_months(entry_day, 12 * venue.guest_retention_years)


def purged(register: Iterable[GuestEntry], today: date) -> tuple[GuestEntry, ...]:
    """Give the lines of a register that are to be deleted today (R53)."""
    return tuple(one for one in register if one.purge_day <= today)


def _minor(visitor: Visitor, venue: Venue, day: date) -> bool:
    return visitor.date_of_birth is not None and not of_age(visitor.date_of_birth, FULL_AGE, day, venue.leap_age)


def _given(detail: Detail, visitor: Visitor) -> bool:
    match detail:
        case Detail.NAME:
            return bool(visitor.name.strip())
        case Detail.ADDRESS:
            return bool(visitor.address.strip())
        case Detail.SIGNATURE:
            return bool(visitor.signature)
        case Detail.RESIDENCE_OR_CLUB:
            return bool(visitor.address.strip() or visitor.similar_club.strip())
        case Detail.OWN_CLUB:
            return bool(visitor.similar_club.strip())
        case _:  # Detail.FEE_PAID_ON
            return visitor.fee_paid_on is not None or not visitor.fees_apply


def _ground(rules: Register, visitor: Visitor, venue: Venue, day: date) -> Ground | None:
    """Give the first test that is met; refuse where there are some and none is."""
    if not rules.grounds:
        return None
    met = next((ground for ground in rules.grounds if _met(ground, rules, visitor, venue, day)), None)
    if met is not None:
        return met
    if rules.grounds == (Ground.ALL_CARDS,):
        missing = tuple(card.value for card in Shown if card not in _valid_cards(visitor, day))
        raise Refusal("guest.cards", missing=missing, n=len(missing))
    raise Refusal(
        "guest.no_ground",
        tests=tuple(ground.value for ground in rules.grounds),
        distance_m=visitor.distance_m,
        limit_m=distance_needed(rules, venue),
    )


def _met(ground: Ground, rules: Register, visitor: Visitor, venue: Venue, day: date) -> bool:  # noqa: PLR0911 - one a test
    match ground:
        case Ground.MEMBERS_GUEST:
            return True
        case Ground.FAR_AWAY:
            return visitor.distance_m is not None and visitor.distance_m > distance_needed(rules, venue)
        case Ground.SIMILAR_CLUB:
            return bool(visitor.similar_club.strip())
        case Ground.SPORT:
            return bool(visitor.sport.strip())
        case Ground.INTERSTATE:
            return visitor.interstate
        case Ground.FUNCTION:
            return bool(visitor.function.strip())
        case Ground.APPLICANT:
            applied = visitor.applied_on
            return applied is not None and timedelta(0) <= day - applied <= timedelta(days=APPLICANT_DAYS)
        case Ground.GAMING_VISITOR:
            return visitor.gaming_visitor
        case _:  # Ground.ALL_CARDS
            return _valid_cards(visitor, day) == frozenset(Shown)


def _valid_cards(visitor: Visitor, day: date) -> frozenset[Shown]:
    """Give the cards shown that count: a Pass Card only while it runs."""
    current = visitor.pass_card_to is not None and day <= visitor.pass_card_to
    return visitor.shown if current else visitor.shown - {Shown.PASS_CARD}


def _key(visitor: Visitor, venue: Venue, day: date) -> str:
    """Name a guest of a day by name and address, whatever the case and the spaces."""
    who = "|".join(" ".join(text.casefold().split()) for text in (visitor.name, visitor.address, visitor.similar_club))
    return f"guest:{venue.id}:{day.isoformat()}:{who}"


def _within_limit(host_id: str, club: Club, day: date, register: tuple[GuestEntry, ...]) -> None:
    if club.guest_limit is None:
        return
    brought = sum(1 for one in register if one.host_id == host_id and one.entry_day == day)
    if brought >= club.guest_limit:
        raise Refusal("guest.limit", limit=club.guest_limit)


def _why(ground: Ground | None, visitor: Visitor, rules: Register, venue: Venue, day: date) -> Because:
    if ground is None:
        return because("why.guest.register", "R53")
    if ground is Ground.FAR_AWAY:
        return because(
            "why.guest.far_away", "R53", distance_m=visitor.distance_m, limit_m=distance_needed(rules, venue)
        )
    applied = visitor.applied_on if ground is Ground.APPLICANT else None
    since = working((day - applied).days, Rounding.EXACT, day, ("-", applied)) if applied is not None else None
    return because(f"why.guest.{ground.value}", "R53", working=since)
