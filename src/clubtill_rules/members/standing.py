"""Standing: whether a member is paid up on a day, since when not, and how long the date can still be kept (R8-R10).

A day is always the venue's trading day, at the till and at Reception alike. Who may enter or buy with that standing is
decided in `access` and at the door.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from clubtill_rules.members.account import Linked, MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club
from clubtill_rules.values.days import NEVER_PAID
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.why import Because, Rounding, because, working


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A member's standing on a day.

    Attributes:
        paid_to: the last day paid for, or None for somebody who never paid (R8).
        days_late: days since `paid_to` of somebody un-financial; 0 otherwise and for somebody who never paid.
        days_left_in_grace: days in which renewing still runs on from the old date (R22); 0 is the last of them. None
            where there is no old date to keep: paid up, never paid, too late, or a fixed Paid to Date.
        fee: what renewing costs.
        takes_fee: the classification has a way to set a Renewal Date, so that paying helps (R7).
    """

    financial: bool
    never_paid: bool
    paid_to: date | None
    days_late: int
    days_left_in_grace: int | None
    fee: Money
    takes_fee: bool
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """The three counting columns of a classification (R10)."""

    financial: int
    unfinancial: int

    @property
    def total(self) -> int:
        """All members of the classification."""
        return self.financial + self.unfinancial


def financial(member: MemberCard, club: Club, day: date) -> bool:
    """Tell whether a member is paid up on a trading day, the Renewal Date itself included (R9).

    Linked classifications never count here; `link_financial` is their own test.
    """
    return club.all_members_active or member.renewal_date >= day


def link_financial(link: Linked, club: Club, day: date) -> bool:
    """Tell whether a linked classification is paid on a trading day, by its own Renewal Date (R9)."""
    return club.all_members_active or link.renewal_date >= day


def standing(member: MemberCard, classification: Classification | None, club: Club, day: date) -> Standing:
    """Give a member's standing on a trading day (R8, R9) with what renewing costs and keeps (R22).

    Args:
        member: the person.
        classification: the primary classification; None when its settings are not known here.
        club: its setting All Members Active makes everybody financial.
        day: the venue's trading day.
    """
    paid_up = financial(member, club, day)
    never = member.renewal_date == NEVER_PAID
    late = 0 if paid_up or never else (day - member.renewal_date).days
    grace = classification.days_before_reset - late if late and classification and classification.days_paid else None
    return Standing(
        financial=paid_up,
        never_paid=never,
        paid_to=None if never else member.renewal_date,
        days_late=late,
        days_left_in_grace=None if grace is None or grace < 0 else grace,
        fee=classification.fee if classification else NIL,
        takes_fee=classification is not None
        and (classification.paid_to is not None or classification.days_paid is not None),
        because=(_why(member, club, day, paid_up=paid_up, never=never, late=late),),
    )


def count(members: Iterable[MemberCard], club: Club, day: date) -> dict[int, Count]:
    """Count members by primary classification, paid up and not (R10). `day` is today in the head office's zone."""
    by_number: Counter[tuple[int, bool]] = Counter(
        (member.classification, financial(member, club, day)) for member in members
    )
    return {
        number: Count(financial=by_number[number, True], unfinancial=by_number[number, False])
        for number in sorted({number for number, _ in by_number})
    }


def _why(member: MemberCard, club: Club, day: date, *, paid_up: bool, never: bool, late: int) -> Because:
    if club.all_members_active and member.renewal_date < day:
        return because("why.standing.all_active", "R9", club=club.name)
    if never:
        return because("why.standing.never_paid", "R8", day=day)
    if paid_up:
        return because("why.standing.paid", "R9", paid_to=member.renewal_date, day=day)
    figure = working(late, Rounding.EXACT, day, ("-", member.renewal_date))
    return because("why.standing.unpaid", "R9", paid_to=member.renewal_date, day=day, n=late, working=figure)
