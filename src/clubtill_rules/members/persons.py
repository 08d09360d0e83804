"""Persons: one person with a record in each of several clubs; each card opens its own record (R6, D20)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from clubtill_rules.members.account import MemberCard
from clubtill_rules.values.why import Because, because


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a card opens.

    Attributes:
        member: the record that the card belongs to; None where nobody's card it is.
        others: the person's records in other clubs, by club, which the screen offers. Their points stay apart.
    """

    member: MemberCard | None
    others: tuple[MemberCard, ...]
    because: tuple[Because, ...]


def opened_by(digest: str, records: Iterable[MemberCard]) -> Opened:
    """Give the one record that a card opens, and the person's other ones (R6).

    Raises:
        ValueError: the card stands on two records; a card belongs to one.
    """
    known = tuple(records)
    holders = [record for record in known if any(card.digest == digest for card in record.cards)]
    if len(holders) > 1:
        raise ValueError("records: one card on two of them")
    if not holders:
        return Opened(member=None, others=(), because=(because("why.card.unknown", "R88"),))
    member = holders[0]
    why = because("why.person.opened", "R6", number=member.number)
    return Opened(member=member, others=other_records(member, known), because=(why,))


def other_records(member: MemberCard, records: Iterable[MemberCard]) -> tuple[MemberCard, ...]:
    """Give a person's records in other clubs, by club (R6)."""
    found = [record for record in records if record.person_id == member.person_id and record.club_id != member.club_id]
    return tuple(sorted(found, key=lambda record: record.club_id))


def twice_in_a_club(records: Iterable[MemberCard]) -> tuple[tuple[str, str], ...]:
    """Name the persons with two records in one club, by person and club; there should be none (R6)."""
    counted = Counter((record.person_id, record.club_id) for record in records)
    return tuple(sorted(key for key, count in counted.items() if count > 1))
