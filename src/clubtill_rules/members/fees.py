"""Fees: the list behind Receipt Member, what may be ticked in it, and the fees that go on the sale (R20, R21).

Nothing here changes a member: that is `receipt` in `joining`, when the sale is final.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from typing import Final

from clubtill_rules.members.access import is_banned
from clubtill_rules.members.account import MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club
from clubtill_rules.members.renewing import NoFee, Renewal, no_fee, renew
from clubtill_rules.permissions import Act
from clubtill_rules.values.days import NEVER_PAID
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, because

ALREADY_PAID_ACT: Final = Act.TAKE_FEE_ALREADY_PAID
"""R21: the row of the matrix for a fee of somebody who already paid to that date."""


class Due(Enum):
    """Whether a fee is due: paid up to the day, not paid, or not needed because everybody is active (R9)."""

    PAID = "paid"
    DUE = "due"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeRow:
    """One classification in the list.

    Attributes:
        primary: shown first and highlighted.
        paid_to: the last day paid for; None for never.
        renewal: what receipting it now would do; None where it is refused.
        needs_approval: already paid to the fixed date, so row 4 of the matrix decides (R21).
        code: the sentence of the refusal; blank where the fee can be taken.
    """

    number: int
    description: str
    primary: bool
    fee: Money
    paid_to: date | None
    due: Due
    renewal: Renewal | None
    needs_approval: bool
    code: str
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TickedFee:
    """A ticked row: the classification, the fee of one period in minor units, and how many periods are paid at once."""

    number: int
    fee: Money
    periods: int = 1


def fees_of(
    member: MemberCard, classifications: Mapping[int, Classification], club: Club, day: date
) -> tuple[FeeRow, ...]:
    """List what a member can pay for: the primary first, then the linked classifications by number (R20).

    Args:
        member: with the Renewal Date of the primary and of each link.
        classifications: the club's settings by number; one that is missing here refuses its row.
        club: its setting All Members Active means that no fee is needed (R9).
        day: the venue's trading day.
    """
    links = sorted(member.linked, key=lambda link: link.number)
    dates = [(member.classification, member.renewal_date), *((link.number, link.renewal_date) for link in links)]
    return tuple(
        _row(member, number, classifications.get(number), renewal_date, club=club, day=day, primary=place == 0)
        for place, (number, renewal_date) in enumerate(dates)
    )


def tick(
    rows: Collection[FeeRow], ticks: Mapping[int, int], *, approved: Collection[int] = frozenset()
) -> tuple[TickedFee, ...]:
    """Give the fees that OK adds to the sale, in the order of the list (R20).

    Args:
        rows: the list of `fees_of`.
        ticks: how many periods are paid by classification number; 1 is the rule, more catch up (R22).
        approved: numbers for which somebody entitled agreed to take a fee already paid (`ALREADY_PAID_ACT`).

    Raises:
        Refusal: of the first row that cannot be ticked, by its own code; `fee.already_paid` without approval.
        ValueError: a number is not in the list, or a count is below 1.
    """
    if set(ticks) - {row.number for row in rows} or any(periods < 1 for periods in ticks.values()):
        raise ValueError("ticks: numbers of the list, each at least once")
    for row in rows:
        if row.number in ticks and row.code:
            raise Refusal(row.code, **row.because[0].facts)
        if row.number in ticks and row.needs_approval and row.number not in approved:
            raise Refusal("fee.already_paid", classification=row.description, paid_to=row.paid_to)
    return tuple(
        TickedFee(number=row.number, fee=row.fee, periods=ticks[row.number]) for row in rows if row.number in ticks
    )


def _row(
    member: MemberCard,
    number: int,
    classification: Classification | None,
    renewal_date: date,
    *,
    club: Club,
    day: date,
    primary: bool,
) -> FeeRow:
    row = FeeRow(
        number=number,
        description="",
        primary=primary,
        fee=NIL,
        paid_to=None if renewal_date == NEVER_PAID else renewal_date,
        due=_due(renewal_date, club, day),
        renewal=None,
        needs_approval=False,
        code="fee.class_unknown",
        because=(because("why.class_unknown", "R6", number=number),),
    )
    if classification is None:
        return row
    row = replace(row, description=classification.description, fee=classification.fee)
    stop = _banned(member) or no_fee(classification, day)
    if stop is not None:
        return replace(row, code=stop.code, because=(stop.because,))
    renewal = renew(classification, renewal_date, day)
    return replace(row, renewal=renewal, needs_approval=renewal.already_paid, code="", because=renewal.because)


def _banned(member: MemberCard) -> NoFee | None:
    if not is_banned(member):
        return None
    return NoFee(code="fee.banned", because=because("why.fee.banned", "R11", number=member.number))


def _due(renewal_date: date, club: Club, day: date) -> Due:
    if renewal_date >= day:
        return Due.PAID
    return Due.NOT_NEEDED if club.all_members_active else Due.DUE
