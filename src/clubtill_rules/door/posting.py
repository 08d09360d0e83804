"""Posting: what a swipe does to points, and what staff made of it. Two events: the swipe and the admission (R45, R52).

Points follow the swipe, the head count follows the admission; refusing somebody takes no points back.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final

from clubtill_rules.door.admission import CheckIn, Verdict
from clubtill_rules.members.account import CardToken, MemberCard
from clubtill_rules.members.venue import Location
from clubtill_rules.permissions import Answer, Approval, Role, approve, may
from clubtill_rules.points.entries import AwardFor, Entry, EntryKind
from clubtill_rules.values.points import Points
from clubtill_rules.values.refusal import Refusal

VISIT_LEG: Final = 0
BIRTHDAY_LEG: Final = 1
"""Legs are fixed, so that the same swipe always gives the same entries (R4)."""


class Outcome(Enum):
    """What became of a swipe."""

    ADMIT = "admit"
    REFUSE = "refuse"
    LET_IN = "let_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Swipe:
    """A card at a door as it happened: verdict and points (R52). Ids are blank for a card that nobody has.

    Attributes:
        code: the sentence of the verdict.
        entry_day: the venue's; `earn_day` and `last_day` the club's, None when nothing was given.
        offline: decided without the ledger; the answer is the same function's.
        voucher_id, voucher_key: of the birthday voucher printed (R51); blank for none.
    """

    event_id: str
    club_id: str
    venue_id: str
    location_id: str
    device_id: str
    staff_id: str
    at_us: int
    card_digest: str
    person_id: str
    account_id: str
    member_number: str
    classification: int | None
    verdict: Verdict
    code: str
    entry_day: date
    visit: Points
    visit_key: str
    birthday: Points
    birthday_key: str
    earn_day: date | None
    last_day: date | None
    offline: bool
    voucher_id: str = ""
    voucher_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """What staff made of a swipe, who and why (R52). `approver_id` is blank where nobody had to approve."""

    event_id: str
    swipe_event_id: str
    club_id: str
    venue_id: str
    location_id: str
    device_id: str
    staff_id: str
    approver_id: str = ""
    at_us: int
    person_id: str
    account_id: str
    outcome: Outcome
    reason: str = ""
    guests: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Who acts at a door, and with which roles."""

    staff_id: str
    roles: Collection[Role]


def swipe(
    check: CheckIn,
    *,
    event_id: str,
    card: CardToken | None,
    member: MemberCard | None,
    club_id: str,
    location: Location,
    device_id: str,
    staff_id: str,
    at_us: int,
    offline: bool,
) -> Swipe:
    """Write down a card at a door with its verdict and points; every attempt is written down (R45, step 8)."""
    return Swipe(
        event_id=event_id,
        club_id=club_id,
        venue_id=location.venue_id,
        location_id=location.id,
        device_id=device_id,
        staff_id=staff_id,
        at_us=at_us,
        card_digest=card.digest if card else "",
        person_id=member.person_id if member else "",
        account_id=member.account_id if member else "",
        member_number=member.number if member else "",
        classification=member.classification if member else None,
        verdict=check.verdict,
        code=check.code,
        entry_day=check.entry_day,
        visit=check.visit,
        visit_key=check.visit_key,
        birthday=check.birthday,
        birthday_key=check.birthday_key,
        earn_day=check.earn_day,
        last_day=check.last_day,
        offline=offline,
        voucher_id=check.voucher.voucher_id if check.voucher else "",
        voucher_key=check.voucher.key if check.voucher else "",
    )


def entries(swiped: Swipe) -> tuple[Entry, ...]:
    """Give the points entries of a swipe: the visit's award and the birthday's, under their natural keys (R48, R50)."""
    awards = (
        (VISIT_LEG, swiped.visit, swiped.visit_key, AwardFor.VISIT),
        (BIRTHDAY_LEG, swiped.birthday, swiped.birthday_key, AwardFor.BIRTHDAY),
    )
    if swiped.earn_day is None:
        return ()
    return tuple(
        Entry(
            event_id=swiped.event_id,
            leg=leg,
            kind=EntryKind.AWARD,
            account_id=swiped.account_id,
            amount_h=points.hundredths,
            eff_us=swiped.at_us,
            day=swiped.earn_day,
            earn_day=swiped.earn_day,
            last_day=swiped.last_day,
            natural_key=key,
            award_for=award_for,
        )
        for leg, points, key, award_for in awards
        if points
    )


def admission(
    check: CheckIn,
    swiped: Swipe,
    outcome: Outcome,
    *,
    event_id: str,
    at_us: int,
    acting: Acting,
    approver: Acting | None = None,
    reason: str = "",
    guests: int = 0,
) -> Admission:
    """Write down what staff made of a swipe: admit, refuse or let in (R47, R52, 2.12). No points move.

    Args:
        check: the verdict; what it does not offer is refused.
        swiped: the swipe it refers to.
        outcome: the act.
        event_id: id of this second event.
        at_us: the instant of the act.
        acting: who acts. On WELCOME the door itself admits, whoever is signed in.
        approver: who approves letting in, where the one who acts may not do so alone.
        reason: why, in staff's own words.
        guests: how many come in with the member.

    Raises:
        Refusal: `door.not_offered`; `door.needs_approval` without an approval that counts, `door.own_approval`.
        ValueError: `guests` is below 0.
    """
    if guests < 0:
        raise ValueError("guests: below 0")
    if outcome.value not in check.acts:
        raise Refusal("door.not_offered", outcome=outcome.value)
    needed = outcome is Outcome.LET_IN and _needs_approval(check, acting, approver)
    return Admission(
        event_id=event_id,
        swipe_event_id=swiped.event_id,
        club_id=swiped.club_id,
        venue_id=swiped.venue_id,
        location_id=swiped.location_id,
        device_id=swiped.device_id,
        staff_id=acting.staff_id,
        approver_id=approver.staff_id if approver and needed else "",
        at_us=at_us,
        person_id=swiped.person_id,
        account_id=swiped.account_id,
        outcome=outcome,
        reason=reason,
        guests=guests,
    )


def _needs_approval(check: CheckIn, acting: Acting, approver: Acting | None) -> bool:
    """Tell whether letting in counts on the approver; refuse where nobody's approval is there that counts."""
    if check.let_in is None or may(acting.roles, check.let_in) is Answer.NEVER:
        raise Refusal("door.not_offered", outcome=Outcome.LET_IN.value)
    if may(acting.roles, check.let_in) is Answer.YES:
        return False
    if approver is None:
        raise Refusal("door.needs_approval")
    answer = approve(
        check.let_in,
        asker_id=acting.staff_id,
        asker_roles=acting.roles,
        approver_id=approver.staff_id,
        approver_roles=approver.roles,
    )
    if answer is Approval.OWN_ACT:
        raise Refusal("door.own_approval")
    if answer is not Approval.GIVEN:
        raise Refusal("door.needs_approval")
    return True
