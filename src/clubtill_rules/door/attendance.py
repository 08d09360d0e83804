"""Attendance, entry records and the head count (R52). Attendance and entry are two figures; a report says which.

Attendance is a member's first transaction of a trading day, a sale as well as a swipe. An entry is somebody let in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from clubtill_rules.door.posting import Acting, Admission, Outcome, Swipe
from clubtill_rules.door.verdict import Verdict
from clubtill_rules.members.venue import Venue
from clubtill_rules.permissions import Act, Answer, may
from clubtill_rules.values.days import entry_day, local
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, Rounding, because, working


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """Anything a member did: a finalised sale, a fee, a swipe."""

    event_id: str
    person_id: str
    venue_id: str
    trading_day: date
    at_us: int


def attendances(transactions: Iterable[Transaction]) -> tuple[Transaction, ...]:
    """Give each member's first transaction of each trading day, wherever it was, in order of time (R52)."""
    first: dict[tuple[str, date], Transaction] = {}
    for one in sorted(transactions, key=_by_time):
        if one.person_id:
            first.setdefault((one.person_id, one.trading_day), one)
    return tuple(first.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRecord:
    """What is kept of a swipe and of what became of it (R52).

    Attributes:
        local: the venue's wall clock at the swipe.
        code: the sentence of the verdict; `reason` is staff's own.
        outcome: None while nobody has acted.
    """

    person_id: str
    member_number: str
    card_digest: str
    venue_id: str
    location_id: str
    device_id: str
    at_us: int
    local: datetime
    entry_day: date
    verdict: Verdict
    code: str
    outcome: Outcome | None
    reason: str
    guests: int
    staff_id: str
    approver_id: str
    offline: bool


def entry_record(swiped: Swipe, act: Admission | None, venue: Venue) -> EntryRecord:
    """Put the two events of an entry together (R52).

    Raises:
        ValueError: `act` belongs to another swipe.
    """
    if act is not None and act.swipe_event_id != swiped.event_id:
        raise ValueError("act: belongs to another swipe")
    return EntryRecord(
        person_id=swiped.person_id,
        member_number=swiped.member_number,
        card_digest=swiped.card_digest,
        venue_id=swiped.venue_id,
        location_id=swiped.location_id,
        device_id=swiped.device_id,
        at_us=swiped.at_us,
        local=local(swiped.at_us, venue.zone),
        entry_day=swiped.entry_day,
        verdict=swiped.verdict,
        code=swiped.code,
        outcome=act.outcome if act else None,
        reason=act.reason if act else "",
        guests=act.guests if act else 0,
        staff_id=act.staff_id if act else swiped.staff_id,
        approver_id=act.approver_id if act else "",
        offline=swiped.offline,
    )


class MovementKind(Enum):
    """What changes a head count."""

    IN = "in"
    OUT = "out"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """People who came in, went out, or were miscounted, at one door of a venue.

    Attributes:
        count: people, 1 or more; of a correction more or fewer, never nil.
    """

    event_id: str
    location_id: str
    entry_day: date
    at_us: int
    kind: MovementKind
    count: int
    staff_id: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadCount:
    """Who is inside a venue. `let_in` counts by door those who came in, whether they left or not."""

    inside: int
    let_in: Mapping[str, int]
    because: tuple[Because, ...] = ()


def came_in(act: Admission, venue: Venue) -> Movement | None:
    """Give the movement of an admission, guests included; None for somebody refused (R52)."""
    if act.outcome is Outcome.REFUSE:
        return None
    return Movement(
        event_id=act.event_id,
        location_id=act.location_id,
        entry_day=entry_day(act.at_us, venue.clock),
        at_us=act.at_us,
        kind=MovementKind.IN,
        count=1 + act.guests,
        staff_id=act.staff_id,
        reason=act.reason,
    )


def went_out(*, event_id: str, location_id: str, venue: Venue, at_us: int, count: int = 1) -> Movement:
    """Write down that people left by a door.

    Raises:
        ValueError: `count` is below 1.
    """
    if count < 1:
        raise ValueError("count: at least one person")
    return Movement(
        event_id=event_id,
        location_id=location_id,
        entry_day=entry_day(at_us, venue.clock),
        at_us=at_us,
        kind=MovementKind.OUT,
        count=count,
    )


def correction(
    *, event_id: str, location_id: str, venue: Venue, at_us: int, count: int, reason: str, acting: Acting
) -> Movement:
    """Correct the head count by so many people more or fewer (2.12, row 22).

    Raises:
        Refusal: `head_count.not_allowed`, `head_count.reason` without one.
        ValueError: `count` is 0.
    """
    if count == 0:
        raise ValueError("count: corrects nothing")
    if may(acting.roles, Act.CORRECT_HEAD_COUNT) is not Answer.YES:
        raise Refusal("head_count.not_allowed")
    if not reason.strip():
        raise Refusal("head_count.reason")
    return Movement(
        event_id=event_id,
        location_id=location_id,
        entry_day=entry_day(at_us, venue.clock),
        at_us=at_us,
        kind=MovementKind.CORRECTION,
        count=count,
        staff_id=acting.staff_id,
        reason=reason.strip(),
    )


def head_count(movements: Iterable[Movement], day: date) -> HeadCount:
    """Count who is inside on an entry day, over all doors and in any order of arrival (R52).

    The house is empty when an entry day begins. A movement that was sent twice counts once (R4). Nobody counts fewer
    than none: exits of people whom no door counted in show as none inside, and a correction puts it right.
    """
    once = {one.event_id: one for one in movements if one.entry_day == day}
    came, left, corrected = (sum(one.count for one in once.values() if one.kind is kind) for kind in MovementKind)
    total = came - left + corrected
    let_in: dict[str, int] = {}
    for one in once.values():
        if one.kind is MovementKind.IN:
            let_in[one.location_id] = let_in.get(one.location_id, 0) + one.count
    summed = working(total, Rounding.EXACT, came, ("-", left), ("+", corrected))
    inside = max(0, total)
    return HeadCount(
        inside=inside, let_in=let_in, because=(because("why.head_count", "R52", working=summed, inside=inside),)
    )


def _by_time(one: Transaction) -> tuple[int, str]:
    return one.at_us, one.event_id
