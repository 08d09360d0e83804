"""Campaigns: a list of members by hand, by query or by import, and the attribute that they carry meanwhile (R95)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from clubtill_rules.members.access import is_banned
from clubtill_rules.members.account import MemberCard
from clubtill_rules.members.ages import LeapAge, age_on
from clubtill_rules.members.attributes import (
    Attribute,
    AttributeType,
    Value,
    Visibility,
    remove_attribute,
    set_attribute,
    value_of,
)
from clubtill_rules.members.club import Club
from clubtill_rules.members.standing import financial
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, because


class MemberFact(Enum):
    """What a query can ask of a member besides attributes, with the type of its answer."""

    NUMBER = "number"  # text
    CLASSIFICATION = "classification"  # integer: the primary
    RENEWAL_DATE = "renewal_date"  # date
    PAID_UP = "paid_up"  # boolean (R9)
    BANNED = "banned"  # boolean
    EARNS_POINTS = "earns_points"  # boolean
    AGE = "age"  # integer; nobody without a date of birth


class Op(Enum):
    """How a fact is compared with a value. SET and NOT_SET compare with nothing."""

    IS = "is"
    IS_NOT = "is_not"
    BELOW = "below"
    AT_MOST = "at_most"
    ABOVE = "above"
    AT_LEAST = "at_least"
    SET = "set"
    NOT_SET = "not_set"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One comparison of a query. `fact` is a member's own, or an attribute by its code; `value` is of the fact's type.

    Where somebody has no such fact, no comparison holds, IS_NOT neither; only NOT_SET does.
    """

    fact: MemberFact | str
    op: Op
    value: Value | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf:
    """AND: every part holds."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """OR: at least one part holds."""

    parts: tuple[Query, ...]


Query = Comparison | AllOf | AnyOf
"""A Boolean query."""


class CampaignState(Enum):
    """Where a campaign is: members are collected, members carry the attribute, or no longer."""

    PREPARED = "prepared"
    ENABLED = "enabled"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A member campaign.

    Attributes:
        code: also the code of the attribute that its members carry.
        starts, ends: the first and the last of its days.
        persons: ids of its members, each once, in the order in which they came.
    """

    code: str
    club_id: str
    starts: date
    ends: date
    state: CampaignState = CampaignState.PREPARED
    persons: tuple[str, ...] = ()

    @property
    def attribute(self) -> Attribute:
        """What its members carry while it is enabled; they do not see it."""
        return Attribute(code=self.code, type=AttributeType.BOOLEAN, visibility=Visibility.SYSTEM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Switched:
    """A campaign after it was enabled or disabled, and the members whose attributes changed with it."""

    campaign: Campaign
    members: tuple[MemberCard, ...]
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What an imported list of member numbers gave: the persons, and the rows (from 1) that name nobody."""

    persons: tuple[str, ...]
    unknown: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignEntry:
    """The attribute entry of a sale that a campaign triggered; the key makes it one a sale and person (R95)."""

    key: str
    campaign: str
    person_id: str
    event_id: str
    day: date


def facts_of(
    member: MemberCard,
    attributes: Iterable[Attribute],
    club: Club,
    day: date,
    leap_age: LeapAge = LeapAge.MARCH_1,
) -> dict[MemberFact | str, Value]:
    """Give everything that a query can ask of a member on a trading day; what is not known is left out.

    Args:
        member: the person.
        attributes: set-ups of the attributes that count.
        club: for the financial test (R9).
        day: the trading day.
        leap_age: when somebody born on 29 February is a year older (R19).
    """
    facts: dict[MemberFact | str, Value] = {
        MemberFact.NUMBER: member.number,
        MemberFact.CLASSIFICATION: member.classification,
        MemberFact.RENEWAL_DATE: member.renewal_date,
        MemberFact.PAID_UP: financial(member, club, day),
        MemberFact.BANNED: is_banned(member),
        MemberFact.EARNS_POINTS: member.earns_points,
    }
    if member.date_of_birth is not None:
        facts[MemberFact.AGE] = age_on(member.date_of_birth, day, leap_age)
    for attribute in attributes:
        value = value_of(member, attribute)
        if value is not None:
            facts[attribute.code] = value
    return facts


def holds(query: Query, facts: Mapping[MemberFact | str, Value]) -> bool:
    """Tell whether a query holds for somebody's facts. AND of nothing holds, OR of nothing does not.

    Raises:
        ValueError: a fact is compared with a value of another type.
    """
    if isinstance(query, AllOf):
        return all(holds(part, facts) for part in query.parts)
    if isinstance(query, AnyOf):
        return any(holds(part, facts) for part in query.parts)
    if query.op in (Op.SET, Op.NOT_SET):
        return (query.fact in facts) is (query.op is Op.SET)
    if query.fact not in facts:
        return False
    return _compare(facts[query.fact], query.op, query.value)


def by_query(
    query: Query, members: Iterable[MemberCard], attributes: Iterable[Attribute], club: Club, day: date
) -> tuple[str, ...]:
    """Give the ids of a club's members for whom a query holds, in the order given (R95)."""
    known = tuple(attributes)
    return tuple(
        member.person_id
        for member in members
        if member.club_id == club.id and holds(query, facts_of(member, known, club, day))
    )


def by_list(numbers: Sequence[str], members: Iterable[MemberCard]) -> Listed:
    """Read an imported list of member numbers, one a row; blank rows count for nothing (R95)."""
    known = {member.number: member.person_id for member in members}
    rows = [(row, text.strip()) for row, text in enumerate(numbers, start=1) if text.strip()]
    return Listed(
        persons=tuple(dict.fromkeys(known[text] for _, text in rows if text in known)),
        unknown=tuple((row, text) for row, text in rows if text not in known),
    )


def add_members(campaign: Campaign, persons: Iterable[str]) -> Campaign:
    """Put persons on a campaign's list, each once, whichever way they were found (R95).

    Raises:
        Refusal: `campaign.started` once it was enabled.
    """
    if campaign.state is not CampaignState.PREPARED:
        raise Refusal("campaign.started")
    return replace(campaign, persons=tuple(dict.fromkeys((*campaign.persons, *persons))))


def enable(campaign: Campaign, members: Iterable[MemberCard], others: Iterable[Campaign], day: date) -> Switched:
    """Enable a campaign: its members carry its attribute from now on (R95).

    Args:
        campaign: prepared, with at least one member.
        members: of the club; those on the list are changed.
        others: campaigns that exist; of one club at most one runs on any day.
        day: the trading day.

    Raises:
        Refusal: `campaign.started`, `campaign.nobody`, `campaign.over` when its last day has passed, and
            `campaign.another` while another of the club is enabled for some of its days.
    """
    if campaign.state is not CampaignState.PREPARED:
        raise Refusal("campaign.started")
    if not campaign.persons:
        raise Refusal("campaign.nobody")
    if campaign.ends < max(day, campaign.starts):
        raise Refusal("campaign.over", day=campaign.ends)
    for other in others:
        if other.club_id == campaign.club_id and other.state is CampaignState.ENABLED and _overlap(other, campaign):
            raise Refusal("campaign.another", day=other.ends)
    chosen = [member for member in members if member.person_id in campaign.persons]
    changed = tuple(set_attribute(member, campaign.attribute, "yes") for member in chosen)
    why = because("why.campaign.enabled", "R95", n=len(changed), day=campaign.ends)
    return Switched(campaign=replace(campaign, state=CampaignState.ENABLED), members=changed, because=(why,))


def disable(campaign: Campaign, members: Iterable[MemberCard]) -> Switched:
    """Disable a campaign: whoever carries its attribute loses it (R95).

    Raises:
        Refusal: `campaign.not_running` unless it is enabled.
    """
    if campaign.state is not CampaignState.ENABLED:
        raise Refusal("campaign.not_running")
    carriers = [member for member in members if campaign.code in (member.attributes or {})]
    changed = tuple(remove_attribute(member, campaign.code) for member in carriers)
    why = because("why.campaign.disabled", "R95", n=len(changed))
    return Switched(campaign=replace(campaign, state=CampaignState.DISABLED), members=changed, because=(why,))


def triggers(campaign: Campaign, member: MemberCard, day: date) -> bool:
    """Tell whether a campaign counts for a sale of a member on a trading day: enabled, in its days, carried (R95)."""
    running = campaign.state is CampaignState.ENABLED and campaign.starts <= day <= campaign.ends
    return running and member.club_id == campaign.club_id and value_of(member, campaign.attribute) is True


def entry_of(campaign: Campaign, member: MemberCard, day: date, event_id: str) -> CampaignEntry | None:
    """Give the attribute entry of a final sale, or None where the campaign did not count for it (R95)."""
    if not triggers(campaign, member, day):
        return None
    key = campaign_key(campaign.club_id, campaign.code, member.person_id, event_id)
    return CampaignEntry(key=key, campaign=campaign.code, person_id=member.person_id, event_id=event_id, day=day)


def campaign_key(club_id: str, code: str, person_id: str, event_id: str) -> str:
    """Name the attribute entry of a sale (R95)."""
    return f"campaign:{club_id}:{code}:{person_id}:{event_id}"


def _overlap(one: Campaign, other: Campaign) -> bool:
    return one.starts <= other.ends and other.starts <= one.ends


def _compare(fact: Value, op: Op, value: Value | None) -> bool:
    if type(fact) is not type(value):
        raise ValueError(f"query: a {type(fact).__name__} is compared with a {type(value).__name__}")
    if op is Op.IS:
        return fact == value
    if op is Op.IS_NOT:
        return fact != value
    below, above = fact < value, fact > value  # type: ignore[operator] # of one type
    return {Op.BELOW: below, Op.AT_MOST: not above, Op.ABOVE: above, Op.AT_LEAST: not below}[op]
