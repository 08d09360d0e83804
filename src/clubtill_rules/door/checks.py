"""Checks: what a door makes of somebody whom no bar stops: fee, house full, interest group, visit (R45, 6 and 7).

Each check that fails keeps the door shut until someone acts. The gravest decides the verdict, of two alike the first in
this order; the others are said beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from clubtill_rules.door.doorway import Doorway, Interest, may_let_in, may_refuse
from clubtill_rules.door.fee_check import fee_check
from clubtill_rules.door.verdict import ADMIT, TAKE_FEE, Verdict
from clubtill_rules.door.visits import scope_of
from clubtill_rules.members.account import MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.standing import Standing
from clubtill_rules.permissions import Act, Answer, may
from clubtill_rules.values.ids import visit_key
from clubtill_rules.values.why import Because, Rounding, because, working

__all__ = ["Interest", "Judged", "judge"]

_GRAVITY = {verdict: n for n, verdict in enumerate(Verdict)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The verdict on somebody whom no bar stops, with the acts that staff here are offered."""

    verdict: Verdict
    code: str
    facts: dict[str, object]
    acts: tuple[str, ...]
    let_in: Act | None = None
    flags: tuple[Because, ...] = ()
    because: tuple[Because, ...]


def judge(member: MemberCard, now: Standing, classification: Classification, door: Doorway) -> Judged:
    """Judge by every check that is on (R45, R46, R47, D4): WELCOME where all are passed.

    Args:
        member: the person.
        now: the person's standing on the venue's trading day.
        classification: the primary classification, whose window the Financial Check has.
        door: the door at the moment of the swipe.
    """
    found = (_fee(now, classification, door), _house(door), _lifestyle(door), _visit(member, door))
    failed = [(judged, flag) for judged, flag in found if judged is not None]
    warned = tuple(flag for judged, flag in found if judged is None and flag is not None)
    if not failed:
        return replace(_welcome(now), flags=warned)
    first = max(failed, key=lambda one: _GRAVITY[one[0].verdict])
    others = [one for one in failed if one is not first]
    return replace(
        first[0],
        flags=(*(flag for _, flag in others if flag is not None), *warned),
        because=(*first[0].because, *(why for judged, _ in others for why in judged.because)),
    )


_Found = tuple[Judged | None, Because | None]
"""A check that failed, and what is said beside a graver one; without the first, a warning only."""


def _welcome(now: Standing) -> Judged:
    facts: dict[str, object] = {"paid_to": now.paid_to} if now.paid_to else {}
    return Judged(verdict=Verdict.WELCOME, code="member.welcome", facts=facts, acts=(ADMIT,), because=now.because)


def _fee(now: Standing, classification: Classification, door: Doorway) -> _Found:
    """Judge by the fee: STOP inside the window of the check, CHECK outside (R46, R47, D4)."""
    if now.financial:
        return None, None
    check = fee_check(classification, door.venue, door.at_us)
    take_fee = (TAKE_FEE,) if now.takes_fee and may(door.roles, Act.TAKE_FEE) is not Answer.NEVER else ()
    paid_to: dict[str, object] = {"paid_to": now.paid_to} if now.paid_to else {}
    facts = {"fee": now.fee, "n": now.days_late, **check.because.facts, **paid_to}
    stop = check.runs
    judged = Judged(
        verdict=Verdict.STOP if stop else Verdict.CHECK,
        code="member.unpaid.stop" if stop else "member.unpaid.check",
        facts=facts,
        acts=(*take_fee, *may_let_in(Act.LET_IN, door), *may_refuse(door))
        if stop
        else (*_admit(door), *take_fee, *may_refuse(door)),
        let_in=Act.LET_IN if stop else None,
        because=(*now.because, check.because),
    )
    return judged, because("door.flag.unpaid", "R47", fee=now.fee)


def _house(door: Doorway) -> _Found:
    """Judge by the head count: with the member and the guests the house limit is passed (2.12, row 19)."""
    limit = door.venue.house_limit
    if limit is None or door.inside is None or door.inside + 1 + door.guests <= limit:
        return None, None
    coming = 1 + door.guests
    full = working(door.inside + coming, Rounding.EXACT, door.inside, ("+", 1), ("+", door.guests))
    flag = because("door.flag.house_full", "R45", working=full, inside=door.inside, limit=limit)
    if door.venue.house_limit_warns:
        return None, flag
    judged = Judged(
        verdict=Verdict.STOP,
        code="house.full",
        facts=dict(flag.facts),
        acts=(*may_let_in(Act.LET_IN, door), *may_refuse(door)),
        let_in=Act.LET_IN,
        because=(because("why.house_full", "R45", working=full, inside=door.inside, n=coming, limit=limit),),
    )
    return judged, flag


def _lifestyle(door: Doorway) -> _Found:
    """Judge by the interest groups that open this venue's doors; none named is no check (R45)."""
    groups = door.venue.lifestyle_groups
    if not groups or any(one.group in groups and one.counts_on(door.trading_day) for one in door.interests):
        return None, None
    why = because("why.lifestyle", "R45", venue=door.venue.name)
    return _check("door.lifestyle", why, door), because("door.flag.lifestyle", "R45")


def _visit(member: MemberCard, door: Doorway) -> _Found:
    """Judge by earlier visits of the entry day in the club's scope, where the Visit Check is on (R45, R49)."""
    scope = scope_of(
        door.club.record_entry_by, venue_id=door.venue.id, location_id=door.location.id, device_id=door.device_id
    )
    key = visit_key(door.club.id, member.person_id, scope, door.entry_day)
    first_us = door.seen.came.get(key, door.seen.awarded.get(key))
    if not door.venue.visit_check or first_us is None:
        return None, None
    return _check("door.visited", because("why.visited", "R45", first_us=first_us), door), None


def _check(code: str, why: Because, door: Doorway) -> Judged:
    return Judged(
        verdict=Verdict.CHECK,
        code=code,
        facts=dict(why.facts),
        acts=(*_admit(door), *may_refuse(door)),
        because=(why,),
    )


def _admit(door: Doorway) -> tuple[str, ...]:
    return (ADMIT,) if door.staff_decide else ()
