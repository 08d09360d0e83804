"""Ages: birthdays and legal age from a date of birth, with both rules for 29 February (R19, R50).

The reward for a birthday and legal age differ on purpose: the reward falls on 28 February in common years, legal age is
reached on the day that the country's law says.
"""

from __future__ import annotations

import calendar
from datetime import date
from enum import Enum

_LEAP_DAY = (2, 29)


class LeapAge(Enum):
    """When a person born on 29 February is a year older in a common year: a setting per country (R19)."""

    MARCH_1 = "march_1"
    FEBRUARY_28 = "february_28"


def birthday_in(date_of_birth: date, year: int) -> date:
    """Give the day of a birthday in a year; 29 February is 28 February in common years (R50)."""
    if (date_of_birth.month, date_of_birth.day) == _LEAP_DAY and not calendar.isleap(year):
        return date(year, 2, 28)
    return date_of_birth.replace(year=year)


def age_on(date_of_birth: date, day: date, leap_age: LeapAge = LeapAge.MARCH_1) -> int:
    """Give the legal age in whole years on a day; below 0 before the birth (R19)."""
    years = day.year - date_of_birth.year
    return years if day >= _reached(date_of_birth, day.year, leap_age) else years - 1


def of_age(date_of_birth: date, years: int, day: date, leap_age: LeapAge = LeapAge.MARCH_1) -> bool:
    """Tell whether somebody has reached an age on a day (R19)."""
    return age_on(date_of_birth, day, leap_age) >= years


def _reached(date_of_birth: date, year: int, leap_age: LeapAge) -> date:
    if (date_of_birth.month, date_of_birth.day) != _LEAP_DAY or calendar.isleap(year):
        return date_of_birth.replace(year=year)
    return date(year, 3, 1) if leap_age is LeapAge.MARCH_1 else date(year, 2, 28)
