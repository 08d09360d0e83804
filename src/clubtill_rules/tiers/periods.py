"""Periods: the wizard's Time Period as trading days, and the member panel's line "to keep Gold" (R62)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import TierReview, TimePeriod
from clubtill_rules.tiers.bands import floor_of
from clubtill_rules.values.days import add_months
from clubtill_rules.values.money import Money
from clubtill_rules.values.why import Because, Rounding, because, working

_DAY: Final = timedelta(days=1)
_WEEK: Final = 7
_YEAR: Final = 12
_QUARTER: Final = 3
_STEPS_BACK: Final = {
    TimePeriod.THIS_WEEK: 0,
    TimePeriod.LAST_WEEK: 1,
    TimePeriod.THIS_MONTH: 0,
    TimePeriod.LAST_MONTH: 1,
    TimePeriod.THIS_QUARTER: 0,
    TimePeriod.LAST_QUARTER: 1,
    TimePeriod.THIS_CALENDAR_YEAR: 0,
    TimePeriod.LAST_CALENDAR_YEAR: 1,
    TimePeriod.THIS_FINANCIAL_YEAR: 0,
    TimePeriod.LAST_FINANCIAL_YEAR: 1,
}
_MONTHS: Final = {
    TimePeriod.THIS_MONTH: 1,
    TimePeriod.LAST_MONTH: 1,
    TimePeriod.THIS_QUARTER: _QUARTER,
    TimePeriod.LAST_QUARTER: _QUARTER,
    TimePeriod.THIS_CALENDAR_YEAR: _YEAR,
    TimePeriod.LAST_CALENDAR_YEAR: _YEAR,
    TimePeriod.THIS_FINANCIAL_YEAR: _YEAR,
    TimePeriod.LAST_FINANCIAL_YEAR: _YEAR,
}
_FINANCIAL: Final = frozenset({TimePeriod.THIS_FINANCIAL_YEAR, TimePeriod.LAST_FINANCIAL_YEAR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Trading days from one to another, both included.

    Raises:
        ValueError: `last` lies before `first`.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("last: lies before first")

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def days_of(
    period: TimePeriod,
    today: date,
    *,
    first_weekday: int = 0,
    financial_year_start_month: int = 7,
    last_days: int = 0,
    custom: Days | None = None,
) -> Days:
    """Give the trading days of a Time Period (R62). "This" week, month and so on reach to their end.

    Args:
        period: which.
        today: the trading day of the run.
        first_weekday: of a week; 0 is Monday.
        financial_year_start_month: 1 to 12.
        last_days: n of "Last n days", which end yesterday.
        custom: the days of a custom range.

    Raises:
        ValueError: a figure that its period needs is missing or means no day.
    """
    match period:
        case TimePeriod.TODAY:
            return Days(first=today, last=today)
        case TimePeriod.YESTERDAY:
            return Days(first=today - _DAY, last=today - _DAY)
        case TimePeriod.LAST_DAYS:
            if last_days < 1:
                raise ValueError("last_days: at least one day")
            return Days(first=today - last_days * _DAY, last=today - _DAY)
        case TimePeriod.CUSTOM:
            if custom is None:
                raise ValueError("custom: a custom range names its days")
            return custom
        case TimePeriod.THIS_WEEK | TimePeriod.LAST_WEEK:
            back = (today.weekday() - first_weekday) % _WEEK + _WEEK * _STEPS_BACK[period]
            return Days(first=today - back * _DAY, last=today - (back - _WEEK + 1) * _DAY)
        case _:
            start_month = financial_year_start_month if period in _FINANCIAL else 1
            return _months(period, today, start_month)


def _months(period: TimePeriod, today: date, start_month: int) -> Days:
    """Give the days of a period of whole months, counted from the first month of its year."""
    if not 1 <= start_month <= _YEAR:
        raise ValueError("financial_year_start_month: 1 to 12")
    months = _MONTHS[period]
    into = (today.month - start_month) % _YEAR % months
    first = add_months(today.replace(day=1), -into - months * _STEPS_BACK[period])
    return Days(first=first, last=add_months(first, months) - _DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewLine:
    """The member panel's line: spent so much of what is needed to keep a tier, by a day (R62).

    Attributes:
        left: what is still to spend; nil when the tier is kept.
        tier: the classification's description.
    """

    spent: Money
    needed: Money
    left: Money
    tier: str
    by: date
    because: tuple[Because, ...]


def review_days(
    review: TierReview, today: date, *, first_weekday: int = 0, financial_year_start_month: int = 7
) -> Days | None:
    """Give the days whose spend the panel's line counts; None for a custom range, which is no review (R62)."""
    if review.period is TimePeriod.CUSTOM:
        return None
    return days_of(
        review.period,
        today,
        first_weekday=first_weekday,
        financial_year_start_month=financial_year_start_month,
        last_days=review.last_days,
    )


def review_line(spent: Money, tier: Classification | None, review: TierReview | None, today: date) -> ReviewLine | None:
    """Give the member panel's line, or None: no review set, its day gone by, or a classification without a tier (R62).

    Args:
        spent: by the member in the days of `review_days`.
        tier: the primary classification; None when its settings are not known here.
        review: the club's; None leaves the line away.
        today: the trading day.
    """
    if review is None or review.period is TimePeriod.CUSTOM or review.next_day < today:
        return None
    if tier is None or not tier.is_tier:
        return None
    needed = floor_of(tier)
    left = Money(max(0, (needed - spent).minor))
    why = because(
        "why.tier.review",
        "R62",
        working=working(left, Rounding.MOST, Money(0), (",", needed - spent)),
        spent=spent,
        needed=needed,
        classification=tier.description,
        day=review.next_day,
    )
    return ReviewLine(spent=spent, needed=needed, left=left, tier=tier.description, by=review.next_day, because=(why,))
