"""A second statement of R50's windows: every day of a birthday's window is listed, then looked up."""

from __future__ import annotations

from calendar import isleap, monthrange
from datetime import date, timedelta


def the_day(born: tuple[int, int], year: int) -> date:
    """Give the birthday of a year; of 29 February, 28 February in common years."""
    month, day = born
    if (month, day) == (2, 29) and not isleap(year):
        day = 28
    return date(year, month, day)


def window(kind: str, birthday: date, before: int, after: int, first_weekday: int) -> list[date]:
    """List the days of a birthday's window."""
    if kind == "day_of":
        return [birthday]
    if kind == "month_of":
        days = monthrange(birthday.year, birthday.month)[1]
        return [date(birthday.year, birthday.month, n) for n in range(1, days + 1)]
    if kind == "week_of":
        start = birthday
        while start.weekday() != first_weekday:
            start -= timedelta(days=1)
        return [start + timedelta(days=n) for n in range(7)]
    return [birthday + timedelta(days=n) for n in range(-before, after + 1)]


def rewarded(
    born: date, kind: str, days: list[date], *, before: int = 0, after: int = 0, first_weekday: int = 0
) -> dict[date, set[date]]:
    """Give for each day the birthdays in whose window it lies; the birth itself is no birthday."""
    inside: dict[date, set[date]] = {day: set() for day in days}
    for year in range(max(born.year + 1, min(days).year - 1), max(days).year + 2):
        birthday = the_day((born.month, born.day), year)
        for day in window(kind, birthday, before, after, first_weekday):
            if day in inside:
                inside[day].add(birthday)
    return inside
