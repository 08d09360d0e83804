"""Birthdays: the points of a birthday, once a person and birthday year (R50).

The year of an award is that of the birthday itself, not of the swipe. 29 February is 28 February in common years.
"""

from __future__ import annotations

from datetime import date, timedelta

from clubtill_rules.door.visits import Given, SeenToday, points_refused
from clubtill_rules.members.account import MemberCard
from clubtill_rules.members.ages import birthday_in
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club
from clubtill_rules.members.venue import BirthdayWindow, Venue
from clubtill_rules.values.ids import birthday_key
from clubtill_rules.values.points import whole
from clubtill_rules.values.why import Rounding, because, working

DAYS_BETWEEN = 365
"""R50: no second award for a birthday less than this after the last one rewarded."""
_WEEK = 7


def birthday_around(date_of_birth: date, entry_day: date, venue: Venue) -> date | None:
    """Give the birthday in whose window an entry day lies, or None (R50). Of two the nearer, then the earlier.

    The birth itself is none.

    Args:
        date_of_birth: the person's.
        entry_day: the venue's entry day, so that a night out counts as one day (R2).
        venue: its Validity window.
    """
    days = [day for day in _birthdays(date_of_birth, entry_day) if _in_window(day, entry_day, venue)]
    return min(days, key=lambda day: abs(entry_day - day), default=None)


def birthday_year(date_of_birth: date, entry_day: date, venue: Venue) -> int:
    """Give the birthday year of an award that was given on a day: the window's birthday, else the nearest (R50).

    The ledger computes keys again from the effective day, which a wrong clock can have moved out of the window.
    """
    inside = birthday_around(date_of_birth, entry_day, venue)
    nearest = min(_birthdays(date_of_birth, entry_day), key=lambda day: abs(entry_day - day), default=entry_day)
    return (inside or nearest).year


def birthday(
    member: MemberCard,
    *,
    classification: Classification,
    club: Club,
    venue: Venue,
    entry_day: date,
    financial: bool,
    seen: SeenToday,
) -> Given:
    """Give the birthday points of a swipe (R50); nobody barred by R45's steps 1 to 5 comes here.

    Args:
        member: the person, with date of birth and the birthday last rewarded.
        classification: the primary classification with its whole points a birthday.
        club: whether points at the door need a paid-up member (as R48).
        venue: its Validity window.
        entry_day: the venue's entry day (R2).
        financial: whether the member is paid up (R9).
        seen: what was awarded already.
    """
    if not venue.birthday_check:
        return Given(because=because("why.birthday.unchecked", "R45", venue=venue.name))
    if not classification.birthday_points:
        return Given(because=because("why.birthday.none", "R50", classification=classification.description))
    if member.date_of_birth is None:
        return Given(because=because("why.birthday.no_date", "R50"))
    day = birthday_around(member.date_of_birth, entry_day, venue)
    if day is None:
        return Given(because=because("why.birthday.not_now", "R50", day=entry_day))
    refused = points_refused(member, club, financial=financial)
    if refused is not None:
        return Given(because=refused)
    return _once_a_year(member, day, classification, club, seen)


def _once_a_year(member: MemberCard, day: date, classification: Classification, club: Club, seen: SeenToday) -> Given:
    """Give the points unless this birthday, or the same one under another date of birth, was rewarded before."""
    key = birthday_key(club.id, member.person_id, day.year)
    last = member.birthday_awarded_on
    if key in seen.awarded or last == day:
        return Given(again_us=seen.awarded.get(key), because=because("why.birthday.again", "R50", birthday=day))
    if last is not None and day - last < timedelta(days=DAYS_BETWEEN):
        since = working((day - last).days, Rounding.EXACT, day, ("-", last))
        return Given(because=because("why.birthday.changed", "R50", working=since, birthday=day, last=last))
    points = whole(classification.birthday_points)
    return Given(points=points, key=key, because=because("why.birthday.given", "R50", points=points, birthday=day))


def _birthdays(date_of_birth: date, entry_day: date) -> list[date]:
    """Give the birthdays of the year before, this year and the next, from the first one on."""
    years = (entry_day.year - 1, entry_day.year, entry_day.year + 1)
    return [birthday_in(date_of_birth, year) for year in years if year > date_of_birth.year]


def _in_window(birthday_day: date, entry_day: date, venue: Venue) -> bool:
    window = venue.birthday_window
    if window is BirthdayWindow.DAY_OF:
        return entry_day == birthday_day
    if window is BirthdayWindow.WEEK_OF:
        first = birthday_day - timedelta(days=(birthday_day.weekday() - venue.first_weekday) % _WEEK)
        return first <= entry_day < first + timedelta(days=_WEEK)
    if window is BirthdayWindow.MONTH_OF:
        return (entry_day.year, entry_day.month) == (birthday_day.year, birthday_day.month)
    before, after = timedelta(days=venue.birthday_before_days), timedelta(days=venue.birthday_after_days)
    return birthday_day - before <= entry_day <= birthday_day + after
