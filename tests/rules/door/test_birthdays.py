"""Birthdays: every window, once a birthday year, leap days, and a date of birth that is changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.door.admission import CheckIn
from clubtill_rules.door.birthdays import birthday_around, birthday_year
from clubtill_rules.door.visits import SeenToday
from clubtill_rules.members.account import MemberCard
from clubtill_rules.members.venue import BirthdayWindow, Venue
from clubtill_rules.points.lots import fold
from clubtill_rules.values.points import whole
from tests.rules.door.front_door import CLUB, CLUBHOUSE, PRIYA, SILVER, at, posted, see

DAY_OF = CLUBHOUSE
WEEK_OF = replace(CLUBHOUSE, birthday_window=BirthdayWindow.WEEK_OF)
SUNDAY_WEEK = replace(WEEK_OF, first_weekday=6)
MONTH_OF = replace(CLUBHOUSE, birthday_window=BirthdayWindow.MONTH_OF)
AROUND = replace(CLUBHOUSE, birthday_window=BirthdayWindow.DAYS_AROUND, birthday_before_days=3, birthday_after_days=7)
MARCH_14 = date(1984, 3, 14)
NEW_YEAR = date(1990, 1, 1)
LEAP_DAY = date(2000, 2, 29)


def born(day: date | None, awarded_on: date | None = None) -> MemberCard:
    """Make a paid-up member born on a day."""
    return replace(PRIYA, date_of_birth=day, birthday_awarded_on=awarded_on)


def _in(venue: Venue, moment: str, birth: date) -> CheckIn:
    return see(born(birth), moment, venue=venue)


@pytest.mark.parametrize(
    ("venue", "birth", "moment", "given_"),
    [
        pytest.param(DAY_OF, MARCH_14, "2026-03-14 00:30", False, id="day of: Sat 00:30 is still Friday"),
        pytest.param(DAY_OF, MARCH_14, "2026-03-14 06:00", True, id="day of: Sat 06:00"),
        pytest.param(DAY_OF, MARCH_14, "2026-03-15 01:00", True, id="day of: Sun 01:00 is the same night out"),
        pytest.param(DAY_OF, MARCH_14, "2026-03-15 06:00", False, id="day of: Sun 06:00"),
        pytest.param(WEEK_OF, MARCH_14, "2026-03-09 12:00", True, id="week of: its Monday"),
        pytest.param(WEEK_OF, MARCH_14, "2026-03-15 12:00", True, id="week of: its Sunday"),
        pytest.param(WEEK_OF, MARCH_14, "2026-03-16 12:00", False, id="week of: the next Monday"),
        pytest.param(WEEK_OF, MARCH_14, "2026-03-08 12:00", False, id="week of: the Sunday before"),
        pytest.param(SUNDAY_WEEK, MARCH_14, "2026-03-08 12:00", True, id="week from Sunday: that Sunday"),
        pytest.param(SUNDAY_WEEK, MARCH_14, "2026-03-15 12:00", False, id="week from Sunday: the next"),
        pytest.param(WEEK_OF, NEW_YEAR, "2025-12-29 12:00", True, id="week of: Mon 29 Dec for 1 Jan"),
        pytest.param(WEEK_OF, NEW_YEAR, "2026-01-04 12:00", True, id="week of: Sun 4 Jan"),
        pytest.param(WEEK_OF, NEW_YEAR, "2025-12-28 12:00", False, id="week of: Sun 28 Dec"),
        pytest.param(MONTH_OF, MARCH_14, "2026-03-01 12:00", True, id="month of: its first"),
        pytest.param(MONTH_OF, MARCH_14, "2026-03-31 12:00", True, id="month of: its last"),
        pytest.param(MONTH_OF, MARCH_14, "2026-04-01 12:00", False, id="month of: the next"),
        pytest.param(MONTH_OF, MARCH_14, "2026-04-01 05:59", True, id="month of: the last night out"),
        pytest.param(AROUND, MARCH_14, "2026-03-11 12:00", True, id="around: 3 days before"),
        pytest.param(AROUND, MARCH_14, "2026-03-10 12:00", False, id="around: 4 days before"),
        pytest.param(AROUND, MARCH_14, "2026-03-21 12:00", True, id="around: 7 days after"),
        pytest.param(AROUND, MARCH_14, "2026-03-22 12:00", False, id="around: 8 days after"),
        pytest.param(AROUND, NEW_YEAR, "2025-12-30 12:00", True, id="around: before the turn of the year"),
        pytest.param(DAY_OF, LEAP_DAY, "2026-02-28 12:00", True, id="leap day: 28 Feb 2026"),
        pytest.param(DAY_OF, LEAP_DAY, "2026-03-01 12:00", False, id="leap day: not 1 Mar 2026"),
        pytest.param(DAY_OF, LEAP_DAY, "2028-02-29 12:00", True, id="leap day: 29 Feb 2028"),
        pytest.param(DAY_OF, LEAP_DAY, "2028-02-28 12:00", False, id="leap day: not 28 Feb 2028"),
        pytest.param(MONTH_OF, LEAP_DAY, "2026-03-01 12:00", False, id="leap day: February is its month"),
    ],
)
def test_windows(venue: Venue, birth: date, moment: str, given_: bool) -> None:
    """R50: the entry day of the swipe must lie in the venue's window around the birthday."""
    check = _in(venue, moment, birth)
    assert check.birthday == whole(200 if given_ else 0)
    assert bool(check.birthday_key) is given_


@pytest.mark.example("R50.2")
def test_the_year_is_that_of_the_birthday() -> None:
    """R50: born 1 Jan, WEEK_OF: a swipe on 30 Dec 2025 awards 2026, and on 2 Jan 2026 there is nothing more."""
    first = _in(WEEK_OF, "2025-12-30 19:00", NEW_YEAR)
    assert first.birthday_key == "bday:larkspur:priya:2026"
    seen = SeenToday(awarded={first.birthday_key: at("2025-12-30 19:00")})
    assert not see(born(NEW_YEAR), "2026-01-02 19:00", venue=WEEK_OF, seen_today=seen).birthday
    assert not see(born(NEW_YEAR, date(2026, 1, 1)), "2026-01-02 19:00", venue=WEEK_OF).birthday


@pytest.mark.parametrize(
    ("member", "changes", "code"),
    [
        pytest.param(born(None), {}, "why.birthday.no_date", id="no date of birth"),
        pytest.param(
            born(MARCH_14),
            {"classification": replace(SILVER, birthday_points=0)},
            "why.birthday.none",
            id="value 0",
        ),
        pytest.param(replace(born(MARCH_14), earns_points=False), {}, "why.points.declined", id="declined the scheme"),
        pytest.param(
            replace(born(MARCH_14), renewal_date=date(2026, 2, 28)),
            {"club": replace(CLUB, visit_points_need_financial=True)},
            "why.points.unpaid",
            id="unpaid where the club asks for paid up",
        ),
        pytest.param(born(date(2026, 3, 14)), {}, "why.birthday.not_now", id="the day of birth itself is none"),
    ],
)
@pytest.mark.example("R50.3")
def test_no_award(member: MemberCard, changes: dict[str, object], code: str) -> None:
    """R50: no date, no value, no part in the scheme, unpaid under R48's switch: none, and the reason says which."""
    check = see(member, "2026-03-14 12:00", **changes)
    assert not check.birthday
    assert code in [why.code for why in check.because]


@pytest.mark.example("R50.3")
def test_unpaid_members_get_it_by_default() -> None:
    """R50, D3: un-financial: same switch as R48, so by default the birthday is rewarded though the verdict is STOP."""
    check = see(replace(born(MARCH_14), renewal_date=date(2026, 2, 28)), "2026-03-14 18:00")
    assert check.birthday == whole(200)


@pytest.mark.example("R50.3")
def test_joining_on_the_birthday() -> None:
    """R50: who joins on the birthday gets it at the next swipe of that day; nothing else has to have happened."""
    member = replace(born(MARCH_14), application_date=date(2026, 3, 14))
    assert see(member, "2026-03-14 20:00").birthday == whole(200)


@pytest.mark.parametrize(
    ("old", "new", "moment", "code"),
    [
        pytest.param(date(2025, 12, 14), date(1984, 1, 10), "2026-01-10 12:00", "changed", id="27 days later"),
        pytest.param(date(2025, 12, 14), date(1984, 12, 10), "2026-12-10 12:00", "changed", id="361 days later"),
        pytest.param(date(2025, 12, 14), date(1984, 12, 13), "2026-12-13 12:00", "changed", id="364 days later"),
        pytest.param(date(2025, 12, 14), date(1984, 12, 14), "2026-12-14 12:00", "given", id="365 days later"),
        pytest.param(date(2026, 3, 14), date(1984, 3, 2), "2026-03-02 12:00", "changed", id="moved to earlier"),
        pytest.param(date(2026, 3, 14), date(1984, 3, 14), "2026-03-14 12:00", "again", id="the same birthday"),
        pytest.param(date(2028, 2, 29), LEAP_DAY, "2029-02-28 12:00", "given", id="leap day, a year later"),
    ],
)
@pytest.mark.example("R50.3")
@pytest.mark.example("B1")
def test_changed_date_of_birth(old: date, new: date, moment: str, code: str) -> None:
    """R50: a changed date of birth earns no second award within 365 days of the birthday rewarded last."""
    check = see(born(new, awarded_on=old), moment)
    assert check.because[-1].code == f"why.birthday.{code}"
    assert bool(check.birthday) is (code == "given")


def test_a_shifting_swipe_is_no_changed_birthday() -> None:
    """R50: born 1 Jan, WEEK_OF: swiping late one year and early the next is 358 days apart and still two birthdays."""
    member = born(NEW_YEAR, awarded_on=date(2026, 1, 1))
    assert see(member, "2026-12-28 12:00", venue=WEEK_OF).birthday_key == "bday:larkspur:priya:2027"


@pytest.mark.parametrize("a_first", [True, False], ids=["A arrives first", "B arrives first"])
@pytest.mark.example("R50.1")
def test_two_doors_one_birthday(a_first: bool) -> None:
    """R50: WEEK_OF, A on Tue 10 Mar (offline), B on Wed 11 Mar: A's stands with A's earn date, B's is reversed."""
    awards = []
    for moment, event_id in (("2026-03-10 19:00", "b" * 32), ("2026-03-11 19:00", "a" * 32)):
        at_us = at(moment)
        check = see(born(MARCH_14), at_us, venue=WEEK_OF, classification=replace(SILVER, visitation_points=0))
        awards += posted(check, PRIYA, at_us, event_id)
    folded = fold(awards if a_first else awards[::-1], as_of=date(2026, 3, 12), refund_grace_days=30)
    assert folded.balance_h == 20_000
    assert folded.dropped == {("a" * 32, 1)}
    assert [(lot.earn_day, lot.last_day) for lot in folded.lots] == [(date(2026, 3, 10), date(2028, 3, 10))]


BIRTHS = st.dates(date(1940, 1, 1), date(2005, 12, 31)) | st.just(LEAP_DAY)
DAYS = st.dates(date(2020, 1, 1), date(2032, 12, 31))


def _anniversary(birth: date, year: int) -> date:
    """Give the day of a birthday in a year by counting from 1 March, where leap days cannot be in the way."""
    try:
        return birth.replace(year=year)
    except ValueError:
        return date(year, 3, 1) - timedelta(days=1)


@given(birth=BIRTHS, day=DAYS)
def test_weeks_are_iso_weeks(birth: date, day: date) -> None:
    """R50: WEEK_OF from Monday is the ISO week of the birthday, also over the turn of a year."""
    weeks = {_anniversary(birth, year).isocalendar()[:2]: year for year in range(day.year - 1, day.year + 2)}
    found = birthday_around(birth, day, WEEK_OF)
    assert (found.year if found else None) == weeks.get(day.isocalendar()[:2])


@given(birth=BIRTHS, day=DAYS, before=st.integers(0, 60), after=st.integers(0, 60))
def test_days_around_count_days(birth: date, day: date, before: int, after: int) -> None:
    """R50: DAYS_AROUND holds from `before` days ahead to `after` days behind, both included."""
    venue = replace(AROUND, birthday_before_days=before, birthday_after_days=after)
    distances = [(day - _anniversary(birth, year)).days for year in range(day.year - 1, day.year + 2)]
    assert (birthday_around(birth, day, venue) is not None) == any(-before <= days <= after for days in distances)


@given(
    birth=BIRTHS,
    first=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    steps=st.lists(st.integers(0, 120), max_size=40),
    venues=st.lists(st.sampled_from([DAY_OF, WEEK_OF, SUNDAY_WEEK, MONTH_OF, AROUND]), min_size=1, max_size=5),
)
def test_one_award_a_birthday_year_and_none_lost(
    birth: date, first: date, steps: list[int], venues: list[Venue]
) -> None:
    """R50: over years of swipes at venues with different windows, an unchanged date of birth is rewarded once a year.

    Neither the key nor the 365 days ever take away a birthday that was not rewarded.
    """
    day, last, rewarded = first, None, set[int]()
    for n, step in enumerate(steps):
        day += timedelta(days=step)
        venue = venues[n % len(venues)]
        around = birthday_around(birth, day, venue)
        check = see(born(birth, last), f"{day} 12:00", venue=venue)
        assert bool(check.birthday) == (around is not None and around.year not in rewarded)
        if check.birthday and around is not None:
            rewarded.add(around.year)
            last = around


@given(birth=BIRTHS, day=DAYS, venue=st.sampled_from([DAY_OF, WEEK_OF, MONTH_OF, AROUND]))
def test_year_of_an_award_survives_a_corrected_clock(birth: date, day: date, venue: Venue) -> None:
    """R3, R50: moved by a day, an award near its birthday keeps its birthday year, in or out of the window."""
    around = birthday_around(birth, day, venue)
    if around is not None and around == day:
        for moved in (-1, 0, 1):
            assert birthday_year(birth, day + timedelta(days=moved), venue) == around.year
