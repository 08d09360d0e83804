"""Birthday windows: all days of eight years against a list of each window's days, leap birthdays included."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.door.birthdays import birthday_around
from clubtill_rules.members.venue import BirthdayWindow
from tests.rules.door.birthday_oracle import rewarded
from tests.rules.door.front_door import CLUBHOUSE

DAYS = [date(2024, 1, 1) + timedelta(days=n) for n in range(8 * 365 + 2)]
LEAP_DAY = date(2000, 2, 29)


@pytest.mark.parametrize("kind", BirthdayWindow, ids=lambda kind: kind.value)
@pytest.mark.parametrize(
    "born",
    [
        pytest.param(LEAP_DAY, id="29 Feb"),
        pytest.param(date(1999, 2, 28), id="28 Feb"),
        pytest.param(date(1990, 1, 1), id="1 Jan"),
        pytest.param(date(1990, 12, 31), id="31 Dec"),
        pytest.param(date(1984, 3, 14), id="14 Mar"),
        pytest.param(date(2026, 6, 15), id="born meanwhile"),
        pytest.param(date(2028, 2, 29), id="born meanwhile on a leap day"),
    ],
)
def test_eight_years(kind: BirthdayWindow, born: date) -> None:
    """R50: on each day of 2024 to 2031 exactly the birthday in whose window it lies."""
    venue = replace(CLUBHOUSE, birthday_window=kind, birthday_before_days=3, birthday_after_days=7, first_weekday=2)
    expected = rewarded(born, kind.value, DAYS, before=3, after=7, first_weekday=2)
    found = {day: birthday_around(born, day, venue) for day in DAYS}
    assert {day: {one} if one else set() for day, one in found.items()} == expected


@given(
    born=st.dates(date(1930, 1, 1), date(2031, 12, 31)) | st.just(LEAP_DAY),
    kind=st.sampled_from(BirthdayWindow),
    first_weekday=st.integers(0, 6),
    before=st.integers(0, 40),
    after=st.integers(0, 40),
    start=st.integers(0, 7 * 365),
)
def test_any_window(
    born: date, kind: BirthdayWindow, *, first_weekday: int, before: int, after: int, start: int
) -> None:
    """R50: whatever the window's figures, every day of a year, the turn of the year and of February with it."""
    days = DAYS[start : start + 366]
    venue = replace(
        CLUBHOUSE,
        birthday_window=kind,
        birthday_before_days=before,
        birthday_after_days=after,
        first_weekday=first_weekday,
    )
    expected = rewarded(born, kind.value, days, before=before, after=after, first_weekday=first_weekday)
    for day in days:
        one = birthday_around(born, day, venue)
        assert ({one} if one else set()) == expected[day]
