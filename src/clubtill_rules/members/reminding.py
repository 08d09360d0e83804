"""Reminding: who is told that his membership has to be renewed soon, and for what (R21, R22, R107)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from clubtill_rules.members.access import is_banned
from clubtill_rules.members.account import MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club
from clubtill_rules.members.renewing import no_fee, renew
from clubtill_rules.values.days import NEVER_PAID


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalReminder:
    """A Renewal Date that comes, and every classification of the person that ends on it.

    Attributes:
        key: names it for ever, so that it goes out once: by person and date.
        numbers: of the classifications, the primary's first. A fee for each of them would move its date on.
    """

    key: str
    renewal_date: date
    numbers: tuple[int, ...]


def reminders(
    member: MemberCard, classifications: Mapping[int, Classification], club: Club, day: date
) -> tuple[RenewalReminder, ...]:
    """List the Renewal Dates within the club's window for which a fee can be paid now, the soonest first (R107).

    Nobody is reminded who never paid, whose date is over, or who is banned; nor of a classification that takes no fee
    on that day, or whose Paid to Date the member has paid to already: it is reminded of once that was moved on.

    Args:
        member: the person.
        classifications: of the club, by number; one that is not known is left out.
        club: gives `renewal_notice_days`.
        day: the club's day.
    """
    if is_banned(member):
        return ()
    until = day + timedelta(days=club.renewal_notice_days)
    held = ((member.classification, member.renewal_date), *((one.number, one.renewal_date) for one in member.linked))
    found: dict[date, list[int]] = {}
    for number, ends in held:
        known = classifications.get(number)
        if known is not None and ends != NEVER_PAID and day <= ends <= until and _moves_on(known, ends, day):
            found.setdefault(ends, []).append(number)
    return tuple(
        RenewalReminder(key=f"{member.person_id}:{ends}", renewal_date=ends, numbers=tuple(found[ends]))
        for ends in sorted(found)
    )


def _moves_on(classification: Classification, ends: date, day: date) -> bool:
    """Tell whether a fee paid now makes a later date (R21, R22)."""
    return no_fee(classification, day) is None and renew(classification, ends, day).after > ends
