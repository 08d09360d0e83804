"""Admission: the verdict on a card at a door, with the points given and the acts that staff are offered (R45-R50).

The same function decides online and offline: all it needs stands on the member's and the account's card, in the
settings and in the deny list. What staff then do is another event, in `posting`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum
from typing import Final

from clubtill_rules.door.birthdays import birthday, birthday_around
from clubtill_rules.door.fee_check import fee_check
from clubtill_rules.door.visits import Given, SeenToday, visit
from clubtill_rules.members.access import banned_here, class_unknown, first_bar
from clubtill_rules.members.account import AccountCard, BanKind, CardToken, MemberCard
from clubtill_rules.members.cards.resolving import Bar, resolve
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club
from clubtill_rules.members.deny import NOBODY_DENIED, Deny
from clubtill_rules.members.standing import Standing, standing
from clubtill_rules.members.venue import Location, Venue
from clubtill_rules.permissions import Act, Answer, Role, may
from clubtill_rules.points.earning import last_usable_day
from clubtill_rules.values.days import entry_day, trading_day
from clubtill_rules.values.points import NO_POINTS, Points
from clubtill_rules.values.why import Because, because

ADMIT: Final = "admit"
REFUSE: Final = "refuse"
LET_IN: Final = "let_in"
TAKE_FEE: Final = "take_fee"
SEARCH: Final = "search"
IGNORE: Final = "ignore"

_RECEPTION: Final = frozenset({Role.RECEPTION})
_ABOUT_THE_CARD: Final = frozenset({"card.blocked", "card.replaced"})


class Verdict(Enum):
    """What staff see first. The order is the precedence, from last to first (U81)."""

    WELCOME = "welcome"
    CHECK = "check"
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """The answer to a card at a door.

    Attributes:
        code: the sentence of the verdict; `facts` fills it in.
        flags: what else there is to say, the most important first; a screen has room for three (U80).
        visit, birthday: points given at once (R48, R50), whatever becomes of the member; their keys are blank for none.
        again_us: instant of the first visit of this entry day, when this is a later one (U87).
        entry_day: the venue's; `earn_day` and `last_day` are the club's, None when nothing was given (D37, R34).
        acts: what the staff signed in may do, the likeliest first. WELCOME is always `admit`, written with the swipe.
        let_in: the row of the permission matrix under which somebody stopped could be let in; None for never.
        public_text: all that the public side may show: `welcome` or `see_staff` (D5).
        special: `birthday` for the strip above a WELCOME, otherwise blank; `birthday_on` is the day itself (U88).
    """

    verdict: Verdict
    code: str
    facts: dict[str, object] = field(default_factory=dict)
    flags: tuple[Because, ...] = ()
    visit: Points = NO_POINTS
    visit_key: str = ""
    again_us: int | None = None
    birthday: Points = NO_POINTS
    birthday_key: str = ""
    birthday_on: date | None = None
    entry_day: date
    earn_day: date | None = None
    last_day: date | None = None
    acts: tuple[str, ...] = ()
    let_in: Act | None = None
    public_text: str = "see_staff"
    special: str = ""
    because: tuple[Because, ...]


def check_in(
    *,
    card: CardToken | None,
    member: MemberCard | None,
    account: AccountCard | None,
    classification: Classification | None,
    club: Club,
    venue: Venue,
    location: Location,
    device_id: str,
    at_us: int,
    seen_today: SeenToday | None = None,
    deny: Deny | None = None,
    roles: Collection[Role] = _RECEPTION,
) -> CheckIn:
    """Decide on a card at a door, in R45's order.

    Args:
        card: the card that was read; None when the member was searched for.
        member: its holder; None for a card that nobody here has, which is stopped and logged like any other.
        account: the holder's points account.
        classification: the holder's primary classification; None when its settings are not known here.
        club: the holder's club.
        venue: where the door is.
        location: the door's location.
        device_id: the door's terminal.
        at_us: the instant of the swipe.
        seen_today: natural keys already awarded, as known here.
        deny: what the deny list says of card, person and account.
        roles: of the staff signed in at the door; they decide which acts are offered.
    """
    door = _Door(
        club=club,
        venue=venue,
        location=location,
        device_id=device_id,
        at_us=at_us,
        seen=seen_today or SeenToday(),
        deny=deny or NOBODY_DENIED,
        roles=roles,
    )
    bar = _bar(card, member, account, classification, door)
    if bar is not None:
        return _stopped(bar, member, door)
    if member is None:
        raise AssertionError("a card that nobody has is barred")
    if classification is None:
        return _class_unknown(member, door)
    return _let_through(member, account, classification, door)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Door:
    """The door at the moment of a swipe, and who stands at it."""

    club: Club
    venue: Venue
    location: Location
    device_id: str
    at_us: int
    seen: SeenToday
    deny: Deny
    roles: Collection[Role]

    @property
    def entry_day(self) -> date:
        return entry_day(self.at_us, self.venue.clock)

    @property
    def trading_day(self) -> date:
        return trading_day(self.at_us, self.venue.clock)

    @property
    def club_day(self) -> date:
        return trading_day(self.at_us, self.club.clock)

    @property
    def staff_decide(self) -> bool:
        return may(self.roles, Act.ADMIT_OR_REFUSE) is not Answer.NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """The verdict on somebody whom no bar stops (R45, steps 6 and 7)."""

    verdict: Verdict
    code: str
    facts: dict[str, object]
    acts: tuple[str, ...]
    let_in: Act | None = None
    because: tuple[Because, ...]


def _let_through(
    member: MemberCard, account: AccountCard | None, classification: Classification, door: _Door
) -> CheckIn:
    """Give points and verdict to somebody whom no bar stops (R45, steps 6 to 8)."""
    now = standing(member, classification, door.club, door.trading_day)
    judged = _judged(now, classification, door)
    came, born = _points(member, classification, door, financial=now.financial)
    birthday_on = birthday_around(member.date_of_birth, door.entry_day, door.venue) if member.date_of_birth else None
    special = judged.verdict is Verdict.WELCOME and (bool(born.points) or birthday_on == door.entry_day)
    earn_day = door.club_day if came.points or born.points else None
    return CheckIn(
        verdict=judged.verdict,
        code=judged.code,
        facts=judged.facts,
        flags=(
            *_ban_flag(member, door),
            *_visit_flags(came, born, special=special),
            *_expiry_flag(account, door.club, door.club_day),
        ),
        visit=came.points,
        visit_key=came.key,
        again_us=came.again_us,
        birthday=born.points,
        birthday_key=born.key,
        birthday_on=birthday_on,
        entry_day=door.entry_day,
        earn_day=earn_day,
        last_day=last_usable_day(earn_day, classification.points_expiry_months) if earn_day else None,
        acts=judged.acts,
        let_in=judged.let_in,
        public_text="welcome" if judged.verdict is Verdict.WELCOME else "see_staff",
        special="birthday" if special else "",
        because=(*judged.because, came.because, born.because),
    )


def _points(member: MemberCard, classification: Classification, door: _Door, *, financial: bool) -> tuple[Given, Given]:
    """Give the points of the visit and of the birthday; they are given whatever the fee check says (R48, R50)."""
    came = visit(
        member,
        classification=classification,
        club=door.club,
        venue=door.venue,
        location=door.location,
        device_id=door.device_id,
        entry_day=door.entry_day,
        financial=financial,
        seen=door.seen,
    )
    born = birthday(
        member,
        classification=classification,
        club=door.club,
        venue=door.venue,
        entry_day=door.entry_day,
        financial=financial,
        seen=door.seen,
    )
    return came, born


def _judged(now: Standing, classification: Classification, door: _Door) -> _Judged:
    """Judge by the fee: WELCOME when paid, STOP inside the window of the check, CHECK outside (R46, R47, D4)."""
    paid_to: dict[str, object] = {"paid_to": now.paid_to} if now.paid_to else {}
    if now.financial:
        return _Judged(
            verdict=Verdict.WELCOME, code="member.welcome", facts=paid_to, acts=(ADMIT,), because=now.because
        )
    check = fee_check(classification, door.venue, door.at_us)
    take_fee = (TAKE_FEE,) if now.takes_fee and may(door.roles, Act.TAKE_FEE) is not Answer.NEVER else ()
    admit = (ADMIT,) if door.staff_decide else ()
    facts = {"fee": now.fee, "n": now.days_late, **check.because.facts, **paid_to}
    why = (*now.because, check.because)
    if check.runs:
        return _Judged(
            verdict=Verdict.STOP,
            code="member.unpaid.stop",
            facts=facts,
            acts=(*take_fee, *_let_in(Act.LET_IN, door), *_refuse(door)),
            let_in=Act.LET_IN,
            because=why,
        )
    return _Judged(
        verdict=Verdict.CHECK,
        code="member.unpaid.check",
        facts=facts,
        acts=(*admit, *take_fee, *_refuse(door)),
        because=why,
    )


def _bar(
    card: CardToken | None,
    member: MemberCard | None,
    account: AccountCard | None,
    classification: Classification | None,
    door: _Door,
) -> Bar | None:
    """Give the first thing that stops this card or its holder, steps 1 to 5 of R45."""
    if member is None:
        return resolve(card, None, account, door.deny)
    return first_bar(
        member,
        account,
        card=card,
        classification=classification,
        club=door.club,
        venue=door.venue,
        day=door.trading_day,
        deny=door.deny,
    )


def _stopped(bar: Bar, member: MemberCard | None, door: _Door) -> CheckIn:
    """Stop at the first bar: no points, and only the acts that can help (R45, R12, U83)."""
    let_in = _let_in_row(bar.code, member)
    if bar.code == "member.unknown":
        acts: tuple[str, ...] = (SEARCH, IGNORE)
    elif bar.code in _ABOUT_THE_CARD:
        acts = (SEARCH, *_refuse(door))
    else:
        acts = (*_refuse(door), *_let_in(let_in, door))
    return CheckIn(
        verdict=Verdict.STOP,
        code=bar.code,
        facts=dict(bar.because.facts),
        entry_day=door.entry_day,
        acts=acts,
        let_in=let_in,
        because=(bar.because,),
    )


def _class_unknown(member: MemberCard, door: _Door) -> CheckIn:
    """Leave it to staff where a classification's settings are missing: nothing else can be decided by them."""
    why = class_unknown(member)
    return CheckIn(
        verdict=Verdict.CHECK,
        code="member.class_unknown",
        facts=dict(why.facts),
        entry_day=door.entry_day,
        acts=((ADMIT,) if door.staff_decide else ()) + _refuse(door),
        because=(why,),
    )


def _let_in_row(code: str, member: MemberCard | None) -> Act | None:
    """Give the row of the matrix for letting somebody in; a ban of unknown kind counts as one of the law (R12, D35)."""
    if code == "member.venue":
        return Act.LET_IN
    if code == "member.excluded":
        house = member is not None and member.ban is BanKind.HOUSE
        return Act.LET_IN_HOUSE_BAN if house else Act.LET_IN_OTHER_BAN
    return None


def _let_in(row: Act | None, door: _Door) -> tuple[str, ...]:
    return (LET_IN,) if row is not None and may(door.roles, row) is not Answer.NEVER else ()


def _refuse(door: _Door) -> tuple[str, ...]:
    return (REFUSE,) if door.staff_decide else ()


def _ban_flag(member: MemberCard, door: _Door) -> tuple[Because, ...]:
    """Show a banner for a banned member whom this venue lets through (R11)."""
    banner = banned_here(member, door.venue, door.deny)
    return (Because(code="door.flag.banned", rule="R11", facts=banner.facts),) if banner else ()


def _visit_flags(came: Given, born: Given, *, special: bool) -> tuple[Because, ...]:
    """Say what no strip says: a later visit (U87), and a birthday's points below a CHECK or STOP (U81, U88)."""
    again = (because("door.again", "R48", first_us=came.again_us),) if came.again_us is not None else ()
    points = (because("door.flag.birthday", "R50", points=born.points),) if born.points and not special else ()
    return again + points


def _expiry_flag(account: AccountCard | None, club: Club, club_day: date) -> tuple[Because, ...]:
    """Warn of points that end within the club's warning days (R36)."""
    until = club_day + timedelta(days=club.expiry_warning_days)
    soon = [lot for lot in account.expiring if club_day <= lot.last_day <= until] if account else []
    if not soon:
        return ()
    points = Points(sum(lot.left.hundredths for lot in soon))
    return (because("door.flag.expiring", "R36", points=points, day=max(lot.last_day for lot in soon)),)
