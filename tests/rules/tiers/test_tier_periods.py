"""Periods: every entry of the Time Period list, and the panel's line to keep a tier."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import TierReview, TimePeriod
from clubtill_rules.tiers.periods import Days, ReviewLine, days_of, review_days, review_line
from clubtill_rules.values.money import Money
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.tiers.ladder import GOLD, SILVER, SOCIAL

TUESDAY = date(2026, 11, 24)
REVIEW = TierReview(period=TimePeriod.THIS_MONTH, next_day=date(2027, 1, 31))


def days(first: str, last: str) -> Days:
    """Give days from text."""
    return Days(first=date.fromisoformat(first), last=date.fromisoformat(last))


@pytest.mark.parametrize(
    ("period", "today", "asked", "expected"),
    [
        pytest.param(TimePeriod.TODAY, TUESDAY, {}, days("2026-11-24", "2026-11-24"), id="today"),
        pytest.param(TimePeriod.YESTERDAY, TUESDAY, {}, days("2026-11-23", "2026-11-23"), id="yesterday"),
        pytest.param(TimePeriod.THIS_WEEK, TUESDAY, {}, days("2026-11-23", "2026-11-29"), id="this week, from Monday"),
        pytest.param(TimePeriod.LAST_WEEK, TUESDAY, {}, days("2026-11-16", "2026-11-22"), id="last week"),
        pytest.param(
            TimePeriod.THIS_WEEK,
            TUESDAY,
            {"first_weekday": 6},
            days("2026-11-22", "2026-11-28"),
            id="this week, from Sunday",
        ),
        pytest.param(
            TimePeriod.THIS_WEEK,
            TUESDAY,
            {"first_weekday": 1},
            days("2026-11-24", "2026-11-30"),
            id="this week, begun today",
        ),
        pytest.param(
            TimePeriod.LAST_WEEK,
            TUESDAY,
            {"first_weekday": 2},
            days("2026-11-11", "2026-11-17"),
            id="last week, from Wednesday",
        ),
        pytest.param(TimePeriod.THIS_MONTH, TUESDAY, {}, days("2026-11-01", "2026-11-30"), id="this month"),
        pytest.param(TimePeriod.LAST_MONTH, TUESDAY, {}, days("2026-10-01", "2026-10-31"), id="last month"),
        pytest.param(
            TimePeriod.LAST_MONTH, date(2028, 3, 31), {}, days("2028-02-01", "2028-02-29"), id="last month, leap year"
        ),
        pytest.param(TimePeriod.THIS_QUARTER, TUESDAY, {}, days("2026-10-01", "2026-12-31"), id="this quarter"),
        pytest.param(TimePeriod.LAST_QUARTER, TUESDAY, {}, days("2026-07-01", "2026-09-30"), id="last quarter"),
        pytest.param(
            TimePeriod.LAST_QUARTER, date(2026, 1, 1), {}, days("2025-10-01", "2025-12-31"), id="quarter over the year"
        ),
        pytest.param(
            TimePeriod.THIS_CALENDAR_YEAR, TUESDAY, {}, days("2026-01-01", "2026-12-31"), id="this calendar year"
        ),
        pytest.param(
            TimePeriod.LAST_CALENDAR_YEAR, TUESDAY, {}, days("2025-01-01", "2025-12-31"), id="last calendar year"
        ),
        pytest.param(
            TimePeriod.THIS_CALENDAR_YEAR,
            TUESDAY,
            {"financial_year_start_month": 4},
            days("2026-01-01", "2026-12-31"),
            id="the calendar year has no start month",
        ),
        pytest.param(
            TimePeriod.THIS_FINANCIAL_YEAR, TUESDAY, {}, days("2026-07-01", "2027-06-30"), id="this financial year"
        ),
        pytest.param(
            TimePeriod.LAST_FINANCIAL_YEAR, TUESDAY, {}, days("2025-07-01", "2026-06-30"), id="last financial year"
        ),
        pytest.param(
            TimePeriod.THIS_FINANCIAL_YEAR,
            date(2026, 6, 30),
            {},
            days("2025-07-01", "2026-06-30"),
            id="its last day",
        ),
        pytest.param(
            TimePeriod.THIS_FINANCIAL_YEAR,
            date(2026, 4, 1),
            {"financial_year_start_month": 4},
            days("2026-04-01", "2027-03-31"),
            id="from April",
        ),
        pytest.param(
            TimePeriod.THIS_FINANCIAL_YEAR,
            TUESDAY,
            {"financial_year_start_month": 1},
            days("2026-01-01", "2026-12-31"),
            id="from January",
        ),
        pytest.param(
            TimePeriod.THIS_FINANCIAL_YEAR,
            TUESDAY,
            {"financial_year_start_month": 12},
            days("2025-12-01", "2026-11-30"),
            id="from December",
        ),
        pytest.param(
            TimePeriod.LAST_DAYS, TUESDAY, {"last_days": 7}, days("2026-11-17", "2026-11-23"), id="last 7, to yesterday"
        ),
        pytest.param(TimePeriod.LAST_DAYS, TUESDAY, {"last_days": 1}, days("2026-11-23", "2026-11-23"), id="last 1"),
        pytest.param(
            TimePeriod.CUSTOM,
            TUESDAY,
            {"custom": days("2026-02-03", "2026-02-05")},
            days("2026-02-03", "2026-02-05"),
            id="custom",
        ),
    ],
)
def test_every_period(period: TimePeriod, today: date, asked: dict[str, Any], expected: Days) -> None:
    """R62: the Time Period list, as trading days from first to last."""
    assert days_of(period, today, **asked) == expected


@pytest.mark.parametrize(
    ("period", "asked", "said"),
    [
        pytest.param(TimePeriod.LAST_DAYS, {}, "last_days: at least one day", id="last 0 days"),
        pytest.param(TimePeriod.CUSTOM, {}, "custom: a custom range names its days", id="custom without days"),
        pytest.param(
            TimePeriod.THIS_FINANCIAL_YEAR,
            {"financial_year_start_month": 0},
            "financial_year_start_month: 1 to 12",
            id="month 0",
        ),
        pytest.param(
            TimePeriod.LAST_FINANCIAL_YEAR,
            {"financial_year_start_month": 13},
            "financial_year_start_month: 1 to 12",
            id="month 13",
        ),
    ],
)
def test_figures_that_mean_no_day(period: TimePeriod, asked: dict[str, Any], said: str) -> None:
    """R62: a missing or senseless figure is named."""
    with pytest.raises(ValueError, match=f"^{said}$"):
        days_of(period, TUESDAY, **asked)


def test_days_include_both_ends() -> None:
    """R62: the first and the last day belong to a range; days in the wrong order are refused."""
    range_ = days("2026-11-01", "2026-11-30")
    inside = [date(2026, 10, 31) in range_, date(2026, 11, 1) in range_, date(2026, 11, 30) in range_]
    assert [*inside, date(2026, 12, 1) in range_] == [False, True, True, False]
    with pytest.raises(ValueError, match=r"^last: lies before first$"):
        days("2026-11-02", "2026-11-01")


THIS_AND_LAST = [
    (TimePeriod.TODAY, TimePeriod.YESTERDAY),
    (TimePeriod.THIS_WEEK, TimePeriod.LAST_WEEK),
    (TimePeriod.THIS_MONTH, TimePeriod.LAST_MONTH),
    (TimePeriod.THIS_QUARTER, TimePeriod.LAST_QUARTER),
    (TimePeriod.THIS_CALENDAR_YEAR, TimePeriod.LAST_CALENDAR_YEAR),
    (TimePeriod.THIS_FINANCIAL_YEAR, TimePeriod.LAST_FINANCIAL_YEAR),
]


@given(
    today=st.dates(date(1990, 1, 1), date(2100, 1, 1)),
    weekday=st.integers(0, 6),
    month=st.integers(1, 12),
    pair=st.sampled_from(THIS_AND_LAST),
)
def test_last_ends_where_this_begins(
    today: date, weekday: int, month: int, pair: tuple[TimePeriod, TimePeriod]
) -> None:
    """R62: "this" holds today; "last" is what "this" was on the day before it began, and leaves no day between."""
    asked: dict[str, Any] = {"first_weekday": weekday, "financial_year_start_month": month}
    this, last = (days_of(period, today, **asked) for period in pair)
    assert today in this
    assert last == days_of(pair[0], this.first - timedelta(days=1), **asked)
    assert last.last + timedelta(days=1) == this.first


@pytest.mark.parametrize(
    ("spent", "left"),
    [
        pytest.param(8640, 1360, id="86.40 of 100.00"),
        pytest.param(9999, 1, id="a cent short"),
        pytest.param(10000, 0, id="kept"),
        pytest.param(12000, 0, id="more than kept"),
    ],
)
def test_line_to_keep_a_tier(spent: int, left: int) -> None:
    """R62: spent 86.40 of 100.00 to keep Gold, by 31 Jan."""
    assert review_line(Money(spent), GOLD, REVIEW, TUESDAY) == ReviewLine(
        spent=Money(spent),
        needed=Money(10000),
        left=Money(left),
        tier="Gold",
        by=date(2027, 1, 31),
        because=(
            because(
                "why.tier.review",
                "R62",
                working=working(Money(left), Rounding.MOST, Money(0), (",", Money(10000 - spent))),
                spent=Money(spent),
                needed=Money(10000),
                classification="Gold",
                day=date(2027, 1, 31),
            ),
        ),
    )


def test_line_counts_what_maintains() -> None:
    """R58, R62: with a Tier Min Period the line counts to Min to Maintain."""
    line = review_line(Money(0), SILVER, REVIEW, REVIEW.next_day)
    assert line is not None
    assert line.needed == Money(4000)


@pytest.mark.parametrize(
    ("tier", "review", "today"),
    [
        pytest.param(GOLD, None, TUESDAY, id="no review set"),
        pytest.param(GOLD, replace(REVIEW, period=TimePeriod.CUSTOM), TUESDAY, id="a custom range is no review"),
        pytest.param(SOCIAL, REVIEW, TUESDAY, id="no tier"),
        pytest.param(None, REVIEW, TUESDAY, id="settings unknown"),
        pytest.param(GOLD, REVIEW, date(2027, 2, 1), id="its day has gone by"),
    ],
)
def test_without_a_line(tier: Classification | None, review: TierReview | None, today: date) -> None:
    """R62: without a review the line is not shown."""
    assert review_line(Money(8640), tier, review, today) is None


def test_days_of_the_line() -> None:
    """R62: the line counts the days of the review's own period; a custom range has none."""
    weekly = replace(REVIEW, period=TimePeriod.THIS_WEEK)
    assert review_days(weekly, TUESDAY) == days("2026-11-23", "2026-11-29")
    assert review_days(weekly, TUESDAY, first_weekday=6) == days("2026-11-22", "2026-11-28")
    yearly = replace(REVIEW, period=TimePeriod.LAST_FINANCIAL_YEAR)
    assert review_days(yearly, TUESDAY) == days("2025-07-01", "2026-06-30")
    april = review_days(yearly, TUESDAY, financial_year_start_month=4)
    assert april == days("2025-04-01", "2026-03-31")
    rolling = replace(REVIEW, period=TimePeriod.LAST_DAYS, last_days=30)
    assert review_days(rolling, TUESDAY) == days("2026-10-25", "2026-11-23")
    assert review_days(replace(REVIEW, period=TimePeriod.CUSTOM), TUESDAY) is None
