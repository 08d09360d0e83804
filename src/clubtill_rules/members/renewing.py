"""Renewing: what one fee makes of a Renewal Date, by Paid to Date (R21) or by Days Paid (R22).

The same arithmetic serves the primary and each linked classification; each has a Renewal Date of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from clubtill_rules.members.classification import Classification
from clubtill_rules.values.days import NEVER_PAID
from clubtill_rules.values.money import ceiling
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, Rounding, because, working


class RenewalKind(Enum):
    """How a fee reached its date: the fixed Paid to Date, or days from today or from the old date (R21, R22)."""

    PAID_TO = "paid_to"
    FIRST = "first"
    RUN_ON = "run_on"
    RESTART = "restart"


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """What a fee makes of a Renewal Date.

    Attributes:
        number: of the classification.
        before, after: the Renewal Dates; `before` is 1 January 1970 for somebody who never paid (R8).
        late: days since `before`, below 0 for an early payment; None where it does not count.
        more_needed: further payments until `after` reaches the day; 0 when it does (R22).
        already_paid: the fixed date was reached before, so a supervisor agrees first (R21).
        because: the reasons, the date's own first.
    """

    number: int
    kind: RenewalKind
    before: date
    after: date
    late: int | None
    more_needed: int = 0
    already_paid: bool = False
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoFee:
    """Why a classification takes no fee now: the code of the refusal, and the reason with its facts."""

    code: str
    because: Because


def no_fee(classification: Classification, day: date) -> NoFee | None:
    """Tell why a classification takes no fee on a trading day, or None where it does (R7, R21)."""
    if classification.paid_to is None and classification.days_paid is None:
        why = because("why.fee.no_date", "R7", classification=classification.description)
        return NoFee(code="fee.no_date", because=why)
    if classification.paid_to is not None and classification.paid_to < day:
        why = because(
            "why.fee.passed", "R21", classification=classification.description, paid_to=classification.paid_to, day=day
        )
        return NoFee(code="fee.passed", because=why)
    return None


def renew(classification: Classification, renewal_date: date, day: date) -> Renewal:
    """Give the Renewal Date that one fee makes (R21, R22).

    Args:
        classification: with Paid to Date, or Days Paid and Days Before Reset.
        renewal_date: the member's date of this classification.
        day: the venue's trading day.

    Raises:
        Refusal: `fee.no_date` without either, `fee.passed` when the Paid to Date is before the day.
    """
    stop = no_fee(classification, day)
    if stop is not None:
        raise Refusal(stop.code, **stop.because.facts)
    if classification.paid_to is not None:
        return _to_fixed_date(classification.number, classification.paid_to, renewal_date)
    days = classification.days_paid
    assert days is not None  # noqa: S101 - a classification with neither was refused
    return _by_days(classification, renewal_date, day, days=days)


def renew_often(classification: Classification, renewal_date: date, day: date, times: int) -> tuple[Renewal, ...]:
    """Give the renewals of several fees paid at once, one after the other (R22); at least one.

    Raises:
        Refusal: as `renew`; `fee.one_period` for more than one fee to a fixed Paid to Date.
    """
    if times < 1:
        raise ValueError(f"times: at least one fee, not {times}")
    if times > 1 and classification.paid_to is not None:
        raise Refusal("fee.one_period", classification=classification.description, paid_to=classification.paid_to)
    found: list[Renewal] = []
    for _ in range(times):
        found.append(renew(classification, found[-1].after if found else renewal_date, day))
    return tuple(found)


def _to_fixed_date(number: int, paid_to: date, before: date) -> Renewal:
    """Move to the Paid to Date; a date beyond it is kept, since a fee takes no paid day away."""
    after = max(paid_to, before)
    figure = working(after, Rounding.MOST, paid_to, (",", before))
    reasons = [because("why.renewal.paid_to", "R21", working=figure, paid_to=after)]
    already = before >= paid_to
    if already:
        reasons.append(because("why.renewal.already_paid", "R21", paid_to=before))
    return Renewal(
        number=number,
        kind=RenewalKind.PAID_TO,
        before=before,
        after=after,
        late=None,
        already_paid=already,
        because=tuple(reasons),
    )


def _by_days(classification: Classification, before: date, day: date, *, days: int) -> Renewal:
    late = None if before == NEVER_PAID else (day - before).days
    kind = _kind(late, classification.days_before_reset)
    start = before if kind is RenewalKind.RUN_ON else day
    after = start + timedelta(days=days)
    more = max(0, ceiling((day - after).days, days))
    figure = working(after, Rounding.EXACT, start, ("+", days))
    reasons = [because(f"why.renewal.{kind.value}", "R22", working=figure, days=days, start=start, paid_to=after)]
    if late is not None:
        figure = working(late, Rounding.EXACT, day, ("-", before))
        grace = classification.days_before_reset
        reasons.append(because("why.renewal.late", "R22", working=figure, n=late, grace=grace))
    if more:
        figure = working(more, Rounding.CEILING, day, ("-", after), ("/", days))
        reasons.append(because("why.renewal.more_needed", "R22", working=figure, n=more, paid_to=after))
    return Renewal(
        number=classification.number,
        kind=kind,
        before=before,
        after=after,
        late=late,
        more_needed=more,
        because=tuple(reasons),
    )


def _kind(late: int | None, grace: int) -> RenewalKind:
    if late is None:
        return RenewalKind.FIRST
    return RenewalKind.RUN_ON if late <= grace else RenewalKind.RESTART
