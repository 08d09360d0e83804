"""Initials: the sub-club letters that are printed on a member's card (R101)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from clubtill_rules.members.account import MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club
from clubtill_rules.members.standing import link_financial
from clubtill_rules.values.why import Because, because


@dataclass(frozen=True, slots=True, kw_only=True)
class Initials:
    """The text for the card, blank where no classification has initials; the reasons say whose they are, in order."""

    text: str
    because: tuple[Because, ...]


def initials(member: MemberCard, classifications: Mapping[int, Classification], club: Club, day: date) -> Initials:
    """Give the initials for a member's card (R101): the primary's, then those of paid-up links by number.

    Args:
        member: with his links.
        classifications: the club's settings by number; one that is missing here has no initials.
        club: its setting All Members Active counts for links too (R9).
        day: the trading day of printing.
    """
    links = sorted(member.linked, key=lambda link: link.number)
    paid = [link.number for link in links if link_financial(link, club, day)]
    shown = [classifications[number] for number in (member.classification, *paid) if number in classifications]
    reasons = [
        because("why.initials.printed", "R101", classification=one.description, initials=one.sub_club)
        for one in shown
        if one.sub_club
    ]
    reasons += [
        because("why.initials.unpaid", "R101", number=link.number, paid_to=link.renewal_date)
        for link in links
        if link.number not in paid
    ]
    return Initials(text="".join(one.sub_club for one in shown), because=tuple(reasons))
