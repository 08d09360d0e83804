"""Register: who was a member at the end of a trading day, and the roll of those paid up (R106).

Both are folds of dated events. What happens later never changes a print; an event that arrives late with an earlier
effective time does, so each print says up to which day the data were complete.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club
from clubtill_rules.values.days import NEVER_PAID
from clubtill_rules.values.why import Because, because


class Status(Enum):
    """What somebody is on the register; ENDED is on it no more (resigned, expelled, died)."""

    MEMBER = "member"
    BLOCKED = "blocked"
    BANNED = "banned"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberEvent:
    """Something that changed a member's row; what is None stays as it was.

    Attributes:
        at_us: the effective instant (R3); `event_id` decides between equal ones.
        day: the venue's trading day of it; that of the first event is the day of joining.
        renewal_date: of the primary classification.
    """

    event_id: str
    at_us: int
    day: date
    person_id: str
    number: str | None = None
    name: str | None = None
    classification: int | None = None
    renewal_date: date | None = None
    status: Status | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRow:
    """A row of the register. `votes` and the financial test make the roll."""

    person_id: str
    number: str
    name: str
    classification: int
    joined: date
    renewal_date: date
    status: Status
    votes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """A print as at the end of a trading day, rows by member number.

    Attributes:
        complete_to: the day up to which every device's events had arrived, "data complete to".
    """

    as_at: date
    complete_to: date
    rows: tuple[RegisterRow, ...]
    because: tuple[Because, ...]

    @property
    def complete(self) -> bool:
        """No late event can change this print."""
        return self.complete_to >= self.as_at


def complete_to(devices: Mapping[str, date], today: date) -> date:
    """Give the day up to which the data are complete: the earliest day for which some device is still waited for.

    Args:
        devices: per device, the last trading day of which everything has arrived.
        today: what stands when there is no device.
    """
    return min(devices.values(), default=today)


def register(
    events: Iterable[MemberEvent], classifications: Mapping[int, Classification], as_at: date, complete: date
) -> Register:
    """Give the register as at the end of a trading day (R106).

    Args:
        events: in any order; the same id twice is the same event (R4).
        classifications: settings as at the day, for the right to vote; one that is missing here does not vote.
        as_at: the trading day.
        complete: the day of `complete_to`.
    """
    people: dict[str, RegisterRow] = {}
    for event in sorted({event.event_id: event for event in events}.values(), key=lambda e: (e.at_us, e.event_id)):
        if event.day <= as_at:
            people[event.person_id] = _changed(people.get(event.person_id), event)
    rows = [
        replace(row, votes=row.classification in classifications and classifications[row.classification].votes)
        for row in people.values()
        if row.status is not Status.ENDED
    ]
    why = because("why.register", "R106", n=len(rows), day=as_at, complete_to=complete)
    return Register(
        as_at=as_at,
        complete_to=complete,
        rows=tuple(sorted(rows, key=lambda row: (row.number, row.person_id))),
        because=(why,),
    )


def roll(of: Register, club: Club) -> Register:
    """Give the roll: those of the register who were paid up that day (R9, R106); each row tells the right to vote."""
    rows = tuple(row for row in of.rows if club.all_members_active or row.renewal_date >= of.as_at)
    why = because("why.roll", "R106", n=len(rows), day=of.as_at, complete_to=of.complete_to)
    return replace(of, rows=rows, because=(why,))


def changed_rows(earlier: Register, later: Register) -> tuple[tuple[RegisterRow | None, RegisterRow | None], ...]:
    """Give what late events changed between two prints as at one day: each row before and after (R106).

    Raises:
        ValueError: the prints are as at different days.
    """
    if earlier.as_at != later.as_at:
        raise ValueError("later: as at another day")
    before = {row.person_id: row for row in earlier.rows}
    after = {row.person_id: row for row in later.rows}
    everybody = sorted(before.keys() | after.keys())
    pairs = [(before.get(person), after.get(person)) for person in everybody]
    return tuple(pair for pair in pairs if pair[0] != pair[1])


def _changed(row: RegisterRow | None, event: MemberEvent) -> RegisterRow:
    """Change a row by an event; somebody who ended and comes back joins anew."""
    if row is None:
        row = RegisterRow(
            person_id=event.person_id,
            number="",
            name="",
            classification=0,
            joined=event.day,
            renewal_date=NEVER_PAID,
            status=Status.MEMBER,
            votes=False,
        )
    back = row.status is Status.ENDED and event.status not in (None, Status.ENDED)
    return replace(
        row,
        number=row.number if event.number is None else event.number,
        name=row.name if event.name is None else event.name,
        classification=row.classification if event.classification is None else event.classification,
        joined=event.day if back else row.joined,
        renewal_date=row.renewal_date if event.renewal_date is None else event.renewal_date,
        status=row.status if event.status is None else event.status,
    )
