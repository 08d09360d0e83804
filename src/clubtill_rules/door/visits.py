"""Visits: the points of a visit, once an entry day in the club's scope (R48, R49)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from clubtill_rules.members.account import MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club, EntryScope
from clubtill_rules.members.venue import Location, Venue
from clubtill_rules.values.ids import visit_key
from clubtill_rules.values.points import NO_POINTS, Points, whole
from clubtill_rules.values.why import Because, because


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenToday:
    """Natural keys already used, as far as this terminal knows, each with the instant of its first use.

    Attributes:
        awarded: of visits and birthdays that gave points, and of vouchers.
        came: of visits, points or none (Visit Check; R45, step 7).
    """

    awarded: Mapping[str, int] = field(default_factory=dict)
    came: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Points given at the door, or why none.

    Attributes:
        key: natural key of the award; blank when nothing is given.
        again_us: instant of the award that stands already under the same key; None if there is none.
    """

    points: Points = NO_POINTS
    key: str = ""
    again_us: int | None = None
    because: Because


def scope_of(by: EntryScope, *, venue_id: str, location_id: str, device_id: str) -> str:
    """Name the scope in which a visit counts once an entry day (R49)."""
    names = {
        EntryScope.CLUB: "club",
        EntryScope.LOCATION_GROUP: venue_id,
        EntryScope.LOCATION: location_id,
        EntryScope.TERMINAL: device_id,
    }
    return names[by]


def visit(
    member: MemberCard,
    *,
    classification: Classification,
    club: Club,
    venue: Venue,
    location: Location,
    device_id: str,
    entry_day: date,
    financial: bool,
    seen: SeenToday,
) -> Given:
    """Give the visit points of a swipe (R48); nobody barred by R45's steps 1 to 5 comes here.

    Args:
        member: the person; one who takes no part in the scheme gets none.
        classification: the primary classification with its whole points a visit.
        club: its scope (R49) and whether visit points need a paid-up member (D3: no by default).
        venue: its Entry Check turns visit points on.
        location: the door's location.
        device_id: the door's terminal.
        entry_day: the venue's entry day (R2).
        financial: whether the member is paid up (R9).
        seen: what was awarded already.
    """
    if not classification.visitation_points or not venue.entry_check:
        return Given(because=because("why.visit.none", "R48", classification=classification.description))
    refused = points_refused(member, club, financial=financial)
    if refused is not None:
        return Given(because=refused)
    scope = scope_of(club.record_entry_by, venue_id=venue.id, location_id=location.id, device_id=device_id)
    key = visit_key(club.id, member.person_id, scope, entry_day)
    if key in seen.awarded:
        first_us = seen.awarded[key]
        return Given(again_us=first_us, because=because("why.visit.again", "R48", first_us=first_us, day=entry_day))
    points = whole(classification.visitation_points)
    return Given(points=points, key=key, because=because("why.visit.given", "R48", points=points, day=entry_day))


def points_refused(member: MemberCard, club: Club, *, financial: bool) -> Because | None:
    """Say why a member gets no points at the door at all: declined the scheme, or unpaid where that counts (D3)."""
    if not member.earns_points:
        return because("why.points.declined", "R48")
    if club.visit_points_need_financial and not financial:
        return because("why.points.unpaid", "R48", club=club.name)
    return None
