"""Changing: another primary classification (R25), and links set and taken away (R6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from clubtill_rules.members.access import is_banned
from clubtill_rules.members.account import Linked, MemberCard
from clubtill_rules.members.classification import BANNED, Classification
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, because


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A member in another classification, from the next sale on.

    Attributes:
        before, after: numbers of the classifications; `before` is what undoing restores.
        tier_change_date: the trading day; the dwell of R59 starts anew.
    """

    member: MemberCard
    before: int
    after: int
    tier_change_date: date
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinksChanged:
    """A member with one link more or one less."""

    member: MemberCard
    because: tuple[Because, ...]


def change_classification(member: MemberCard, to: Classification, day: date) -> Changed:
    """Move a member to another primary classification (R25). Renewal Date, lots and their expiry stay as they are.

    An open sale keeps what it has; the next one goes by the new classification.

    Args:
        member: not banned: lifting a ban restores the classification before it.
        to: of the same club, not linked to the member.
        day: the venue's trading day.

    Raises:
        Refusal: `class.banned` to or from 99, since a ban is an act of its own (R12); `class.same`; `class.linked`
            while the new one is a link (R6); `class.club` for another club's.
    """
    if to.number == BANNED or is_banned(member):
        raise Refusal("class.banned", number=member.number)
    _check_new(member, to)
    why = because("why.class.changed", "R25", classification=to.description, day=day, paid_to=member.renewal_date)
    return Changed(
        member=replace(member, classification=to.number),
        before=member.classification,
        after=to.number,
        tier_change_date=day,
        because=(why,),
    )


def add_link(member: MemberCard, to: Classification) -> LinksChanged:
    """Link one more classification, never paid until its fee is receipted (R6, R8). Links are kept by number.

    Raises:
        Refusal: `class.banned` for 99, `class.same` for the primary, `class.linked` for a link that is there,
            `class.club` for another club's.
    """
    if to.number == BANNED:
        raise Refusal("class.banned", number=member.number)
    _check_new(member, to)
    links = sorted((*member.linked, Linked(number=to.number)), key=lambda link: link.number)
    why = because("why.class.link_added", "R6", classification=to.description)
    return LinksChanged(member=replace(member, linked=tuple(links)), because=(why,))


def remove_link(member: MemberCard, number: int) -> LinksChanged:
    """Take a link away; what was paid for it is gone with it, unless its fee is refunded first (R6, R24).

    Raises:
        ValueError: the member has no such link.
    """
    links = tuple(link for link in member.linked if link.number != number)
    if links == member.linked:
        raise ValueError(f"number: {number} is not linked")
    why = because("why.class.link_removed", "R6", number=number)
    return LinksChanged(member=replace(member, linked=links), because=(why,))


def _check_new(member: MemberCard, to: Classification) -> None:
    """Refuse what is another club's, or the member's already: a number stands once on a member (R6)."""
    if to.club_id != member.club_id:
        raise Refusal("class.club", classification=to.description)
    if to.number == member.classification:
        raise Refusal("class.same", classification=to.description)
    if any(link.number == to.number for link in member.linked):
        raise Refusal("class.linked", classification=to.description)
