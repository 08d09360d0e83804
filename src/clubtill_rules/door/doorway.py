"""Doorway: one door at the moment of a swipe, with its days and with what the staff at it may do (R2, 2.12)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from clubtill_rules.door.verdict import LET_IN, REFUSE
from clubtill_rules.door.visits import SeenToday
from clubtill_rules.members.club import Club
from clubtill_rules.members.deny import Deny
from clubtill_rules.members.venue import Location, Venue
from clubtill_rules.permissions import Act, Answer, Role, may
from clubtill_rules.values.days import entry_day, trading_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """A member's place in an interest group: active by its own flag, and to its own last day (R45).

    Attributes:
        active_to: the last day, included; None is open. It has nothing to do with the Renewal Date.
    """

    group: str
    active: bool = True
    active_to: date | None = None

    def counts_on(self, day: date) -> bool:
        """Tell whether the member is in the group on a trading day."""
        return self.active and (self.active_to is None or day <= self.active_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doorway:
    """The door at the moment of a swipe, and who stands at it."""

    club: Club
    venue: Venue
    location: Location
    device_id: str
    at_us: int
    seen: SeenToday
    deny: Deny
    roles: Collection[Role]
    interests: Collection[Interest]
    inside: int | None
    guests: int

    @property
    def entry_day(self) -> date:
        """The venue's entry day (R2)."""
        return entry_day(self.at_us, self.venue.clock)

    @property
    def trading_day(self) -> date:
        """The venue's trading day (R2), on which fees are judged (R9)."""
        return trading_day(self.at_us, self.venue.clock)

    @property
    def club_day(self) -> date:
        """The club's day, on which points are earned (D37)."""
        return trading_day(self.at_us, self.club.clock)

    @property
    def staff_decide(self) -> bool:
        """Whether staff here admit and refuse (2.12, row 18)."""
        return may(self.roles, Act.ADMIT_OR_REFUSE) is not Answer.NEVER


def may_let_in(row: Act | None, door: Doorway) -> tuple[str, ...]:
    """Offer letting in under a row of the matrix, where staff here may, alone or with an approval."""
    return (LET_IN,) if row is not None and may(door.roles, row) is not Answer.NEVER else ()


def may_refuse(door: Doorway) -> tuple[str, ...]:
    """Offer refusing, where staff here decide."""
    return (REFUSE,) if door.staff_decide else ()
