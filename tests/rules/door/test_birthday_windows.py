"""Birthday windows: all days of eight years against a list of each window's days, leap birthdays included."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.door.birthdays import birthday_around, birthday_year
from clubtill_rules.members.venue import BirthdayWindow, Venue
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


ALWAYS = replace(
    CLUBHOUSE, birthday_window=BirthdayWindow.DAYS_AROUND, birthday_before_days=300, birthday_after_days=300
)
MARCH_14 = date(1984, 3, 14)


@pytest.mark.parametrize(
    ("day", "birthday"),
    [
        pytest.param(date(2026, 9, 12), date(2026, 3, 14), id="182 days after, 183 before"),
        pytest.param(date(2026, 9, 13), date(2027, 3, 14), id="183 days after, 182 before"),
        pytest.param(date(2027, 9, 13), date(2027, 3, 14), id="183 days from both: the earlier"),
        pytest.param(date(2027, 9, 14), date(2028, 3, 14), id="a day later: the next"),
    ],
)
def test_of_two_windows_the_nearer_birthday(day: date, birthday: date) -> None:
    """R50: where windows overlap, the nearer birthday, of two alike the earlier, and its year."""
    assert birthday_around(MARCH_14, day, ALWAYS) == birthday
    assert birthday_year(MARCH_14, day, ALWAYS) == birthday.year


@pytest.mark.parametrize(
    ("venue", "day", "year"),
    [
        pytest.param(replace(ALWAYS, birthday_before_days=0), date(2026, 12, 1), 2026, id="in its window"),
        pytest.param(
            replace(ALWAYS, birthday_after_days=0, birthday_before_days=0), date(2026, 12, 1), 2027, id="none"
        ),
        pytest.param(CLUBHOUSE, date(2026, 12, 1), 2027, id="the nearest"),
        pytest.param(CLUBHOUSE, date(1983, 3, 14), 1983, id="before the birth: the day's own"),
    ],
)
def test_the_year_of_an_award(venue: Venue, day: date, year: int) -> None:
    """R3, R50: the window's birthday, though another be nearer; else the nearest; else the day's own year."""
    assert birthday_year(MARCH_14, day, venue) == year


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
