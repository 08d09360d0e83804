"""Links: whether a member's classifications go together: one primary, others linked, none twice, no 99 (R6, R25)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from clubtill_rules.members.account import MemberCard
from clubtill_rules.members.classification import BANNED, Classification
from clubtill_rules.members.settings.findings import Finding, Severity, found

_ERROR: Final = Severity.ERROR


def check_links(member: MemberCard, classifications: Mapping[int, Classification]) -> tuple[Finding, ...]:
    """Check the classifications of a member as they would be saved, after a change of the primary too (R6, R25).

    Args:
        member: with the primary and the links that he would have.
        classifications: of every club, by number.

    Returns:
        Errors, the primary's first, then by the order of the links; each names the number it is about.
    """
    return tuple(_findings(member, classifications))


def _findings(member: MemberCard, classifications: Mapping[int, Classification]) -> Iterator[Finding]:
    yield from _known(member, member.classification, "classification", classifications)
    seen: set[int] = set()
    for link in member.linked:
        if link.number == member.classification:
            yield found(_ERROR, "member.link_is_primary", "R6", link.number, "linked", number=link.number)
        elif link.number == BANNED:
            yield found(_ERROR, "member.link_banned", "R6", link.number, "linked", number=link.number)
        elif link.number in seen:
            yield found(_ERROR, "member.link_twice", "R6", link.number, "linked", number=link.number)
        else:
            yield from _known(member, link.number, "linked", classifications)
        seen.add(link.number)


def _known(
    member: MemberCard, number: int, field: str, classifications: Mapping[int, Classification]
) -> Iterator[Finding]:
    """Find a number that no classification has, or one of another club: points stay apart (R6)."""
    own = classifications.get(number)
    if own is None:
        yield found(_ERROR, "member.class_not_there", "R6", number, field, number=number)
    elif own.club_id != member.club_id:
        yield found(_ERROR, "member.class_of_other_club", "R6", number, field, number=number)
