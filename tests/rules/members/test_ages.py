"""Ages: the birthday that is rewarded, and legal age, which part for 29 February."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.members.ages import LeapAge, age_on, birthday_in, of_age
from clubtill_rules.members.venue import Venue

BIRTHS = st.dates(date(1900, 1, 1), date(2020, 12, 31))


@pytest.mark.parametrize(
    ("born", "year", "expected"),
    [
        pytest.param(date(2000, 2, 29), 2026, date(2026, 2, 28), id="common year"),
        pytest.param(date(2000, 2, 29), 2028, date(2028, 2, 29), id="leap year"),
        pytest.param(date(2000, 2, 29), 2100, date(2100, 2, 28), id="a century that is no leap year"),
        pytest.param(date(1980, 2, 28), 2028, date(2028, 2, 28), id="28 February stays"),
        pytest.param(date(1984, 3, 14), 2026, date(2026, 3, 14), id="any other day"),
    ],
)
def test_birthday_in_a_year(born: date, year: int, expected: date) -> None:
    """R50: for the reward 29 February is 28 February in common years."""
    assert birthday_in(born, year) == expected


@pytest.mark.parametrize(
    ("day", "leap_age", "expected"),
    [
        pytest.param(
            date(2026, 2, 28),
            LeapAge.MARCH_1,
            False,
            marks=pytest.mark.example("R19.1"),
            id="under 18 on 28 Feb 2026",
        ),
        pytest.param(
            date(2026, 3, 1), LeapAge.MARCH_1, True, marks=pytest.mark.example("R19.1"), id="18 on 1 Mar 2026"
        ),
        pytest.param(date(2026, 2, 27), LeapAge.FEBRUARY_28, False, id="the other law, the day before"),
        pytest.param(date(2026, 2, 28), LeapAge.FEBRUARY_28, True, id="the other law"),
    ],
)
def test_legal_age_of_a_leap_day_child(day: date, leap_age: LeapAge, expected: bool) -> None:
    """R19: born 29 Feb 2008: 18 on 1 March 2026 by default, on 28 February where a country says so."""
    assert of_age(date(2008, 2, 29), 18, day, leap_age) is expected


def test_age_is_reached_on_the_birthday() -> None:
    """R19: an ordinary birthday counts from its own day on, under either law."""
    assert not of_age(date(2008, 11, 24), 18, date(2026, 11, 23))
    assert of_age(date(2008, 11, 24), 18, date(2026, 11, 24))
    assert of_age(date(2008, 2, 29), 20, date(2028, 2, 29))
    assert not of_age(date(2008, 2, 29), 20, date(2028, 2, 28), LeapAge.FEBRUARY_28)


@given(born=BIRTHS, days=st.integers(0, 40_000), leap_age=st.sampled_from(LeapAge))
def test_age_counts_birthdays(born: date, days: int, leap_age: LeapAge) -> None:
    """R19: the age goes up by one on exactly one day of each year, and never down."""
    day = born + timedelta(days=days)
    step = age_on(born, day + timedelta(days=1), leap_age) - age_on(born, day, leap_age)
    assert step in {0, 1}
    assert age_on(born, born, leap_age) == 0
    assert abs(age_on(born, day, leap_age) - days / 365.25) < 1.1


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        pytest.param(date(2008, 11, 24), date(2026, 11, 23), 17, id="the day before"),
        pytest.param(date(2008, 11, 24), date(2026, 11, 24), 18, id="the birthday"),
        pytest.param(date(2008, 11, 24), date(2008, 11, 23), -1, id="before the birth"),
        pytest.param(date(2008, 2, 29), date(2028, 2, 29), 20, id="a leap day in a leap year"),
    ],
)
def test_age_in_whole_years(born: date, day: date, years: int) -> None:
    """R19: whole years by the default law; below 0 before the birth; of age from exactly that many years on."""
    assert age_on(born, day) == years
    assert of_age(born, years, day)
    assert not of_age(born, years + 1, day)


def test_the_law_is_a_setting_of_the_venue() -> None:
    """R19: 1 March unless the venue's country says otherwise."""
    venue = Venue(id="v", name="V", zone="Australia/Sydney")
    abroad = Venue(id="w", name="W", zone="Europe/London", leap_age=LeapAge.FEBRUARY_28)
    born, day = date(2008, 2, 29), date(2026, 2, 28)
    assert [of_age(born, 18, day, place.leap_age) for place in (venue, abroad)] == [False, True]
