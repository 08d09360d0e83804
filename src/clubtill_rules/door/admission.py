"""Admission: the verdict on a card at a door, with the points given and the acts that staff are offered (R45-R50).

The same function decides online and offline: all it needs stands on the member's and the account's card, in the
settings and in the deny list. What staff then do is another event, in `posting`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, cast

from clubtill_rules.door.birthdays import birthday, birthday_around
from clubtill_rules.door.checks import Interest, judge
from clubtill_rules.door.doorway import Doorway, may_let_in, may_refuse
from clubtill_rules.door.verdict import ADMIT, IGNORE, LET_IN, REFUSE, SEARCH, TAKE_FEE, Verdict
from clubtill_rules.door.visits import Given, SeenToday, visit
from clubtill_rules.door.vouchers import BirthdayVoucher, birthday_voucher
from clubtill_rules.members.access import banned_here, class_unknown, first_bar
from clubtill_rules.members.account import AccountCard, CardToken, MemberCard
from clubtill_rules.members.bans import let_in_row
from clubtill_rules.members.cards.resolving import Bar, resolve
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club
from clubtill_rules.members.deny import NOBODY_DENIED, Deny
from clubtill_rules.members.standing import standing
from clubtill_rules.members.venue import Location, Venue
from clubtill_rules.permissions import Act, Role
from clubtill_rules.points.earning import last_usable_day
from clubtill_rules.values.points import NO_POINTS, Points
from clubtill_rules.values.why import Because, Rounding, because, working

__all__ = [
    "ADMIT", "IGNORE", "LET_IN", "REFUSE", "SEARCH", "TAKE_FEE", "CheckIn", "Verdict", "check_in",
]  # fmt: skip

_RECEPTION: Final = frozenset({Role.RECEPTION})
_ABOUT_THE_CARD: Final = frozenset({"card.blocked", "card.replaced"})


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
        barred: one of R45's steps 1 to 5 stopped this, or nothing could be decided: no points, voucher or tickets.
        voucher: what Reception prints for the birthday (R51); None for nothing.
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
    barred: bool = False
    voucher: BirthdayVoucher | None = None
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
    interests: Collection[Interest] = (),
    inside: int | None = None,
    guests: int = 0,
) -> CheckIn:
    """Decide on a card at a door, in R45's order. Guests below nil are a ValueError.

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
        interests: the holder's interest groups, where the venue asks for one (R45, step 7).
        inside: the head count (R52); None where it is not known, and nothing is decided by it.
        guests: how many come in with the holder.
    """
    if guests < 0:
        raise ValueError("guests: below 0")
    door = Doorway(
        club=club,
        venue=venue,
        location=location,
        device_id=device_id,
        at_us=at_us,
        seen=seen_today or SeenToday(),
        deny=deny or NOBODY_DENIED,
        roles=roles,
        interests=interests,
        inside=inside,
        guests=guests,
    )
    bar = _bar(card, member, account, classification, door)
    if bar is not None:
        return _stopped(bar, member, door)
    holder = cast("MemberCard", member)  # a card that nobody has was barred
    if classification is None:
        return _class_unknown(holder, door)
    return _let_through(holder, account, classification, door)


def _let_through(
    member: MemberCard, account: AccountCard | None, classification: Classification, door: Doorway
) -> CheckIn:
    """Give points and verdict to somebody whom no bar stops (R45, steps 6 to 8)."""
    now = standing(member, classification, door.club, door.trading_day)
    judged = judge(member, now, classification, door)
    came, born = _points(member, classification, door, financial=now.financial)
    looked_at = door.venue.birthday_check and member.date_of_birth
    birthday_on = birthday_around(looked_at, door.entry_day, door.venue) if looked_at else None
    special = judged.verdict is Verdict.WELCOME and (bool(born.points) or birthday_on == door.entry_day)
    earn_day = door.club_day if came.points or born.points else None
    return CheckIn(
        verdict=judged.verdict,
        code=judged.code,
        facts=judged.facts,
        flags=(
            *_ban_flag(member, door),
            *judged.flags,
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
        voucher=birthday_voucher(
            member,
            classification,
            door.club,
            door.venue,
            born=born,
            entry_day=door.entry_day,
            financial=now.financial,
            seen=door.seen,
        ),
        special="birthday" if special else "",
        because=(*judged.because, came.because, born.because),
    )


def _points(
    member: MemberCard, classification: Classification, door: Doorway, *, financial: bool
) -> tuple[Given, Given]:
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


def _bar(
    card: CardToken | None,
    member: MemberCard | None,
    account: AccountCard | None,
    classification: Classification | None,
    door: Doorway,
) -> Bar | None:
    """Give the first thing that stops this card or its holder, steps 1 to 5 of R45."""
    if member is None:
        return resolve(card, None, None, door.deny)
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


def _stopped(bar: Bar, member: MemberCard | None, door: Doorway) -> CheckIn:
    """Stop at the first bar: no points, and only the acts that can help (R45, R12, U83)."""
    let_in = _let_in_row(bar.code, member)
    if bar.code == "member.unknown":
        acts: tuple[str, ...] = (SEARCH, IGNORE)
    elif bar.code in _ABOUT_THE_CARD:
        acts = (SEARCH, *may_refuse(door))
    else:
        acts = (*may_refuse(door), *may_let_in(let_in, door))
    return CheckIn(
        verdict=Verdict.STOP,
        code=bar.code,
        facts=dict(bar.because.facts),
        entry_day=door.entry_day,
        acts=acts,
        let_in=let_in,
        barred=True,
        because=(bar.because,),
    )


def _class_unknown(member: MemberCard, door: Doorway) -> CheckIn:
    """Leave it to staff where a classification's settings are missing: nothing else can be decided by them."""
    why = class_unknown(member)
    return CheckIn(
        verdict=Verdict.CHECK,
        code="member.class_unknown",
        facts=dict(why.facts),
        entry_day=door.entry_day,
        acts=((ADMIT,) if door.staff_decide else ()) + may_refuse(door),
        barred=True,
        because=(why,),
    )


def _let_in_row(code: str, member: MemberCard | None) -> Act | None:
    """Give the row of the matrix for letting somebody in whom a bar stops; None for never (R12, D35)."""
    if code == "member.venue":
        return Act.LET_IN
    return let_in_row(member.ban) if code == "member.excluded" and member is not None else None


def _ban_flag(member: MemberCard, door: Doorway) -> tuple[Because, ...]:
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
    summed = working(points, Rounding.EXACT, NO_POINTS, *(("+", lot.left) for lot in soon))
    return (because("door.flag.expiring", "R36", working=summed, points=points, day=max(lot.last_day for lot in soon)),)
