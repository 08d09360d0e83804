"""Days: trading day, entry day and the weekday windows of the Financial Check, from instants and zones (R2, R46).

An instant is an integer of microseconds since 1970 in UTC. Nothing here reads a clock.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

US_PER_S: Final = 1_000_000
US_PER_DAY: Final = 86_400 * US_PER_S
NEVER_PAID: Final = date(1970, 1, 1)
"""R8: the Renewal Date of somebody who never paid."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LOOK_BACK_H: Final = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class DayClock:
    """The zone and the two day starts of a location group, or of a club (R2)."""

    zone: str
    start_of_trading_day_min: int = 360
    entry_reset_min: int = 360


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def instant(moment: datetime) -> int:
    """Turn an aware datetime into an instant."""
    if moment.tzinfo is None:
        raise ValueError("moment has no zone")
    return (moment - _EPOCH) // timedelta(microseconds=1)


def local(at_us: int, zone: str) -> datetime:
    """Give the wall clock of an instant in a zone, without zone information."""
    return (_EPOCH + timedelta(microseconds=at_us)).astimezone(_zone(zone)).replace(tzinfo=None)


@lru_cache(maxsize=4096)
def _reached(at_us: int, zone: str, start_min: int) -> date:
    """Give the latest day that the wall clock minus the start has reached by this instant.

    The wall clock only goes back where daylight saving ends. So besides now, only the last instant before a
    backward step within the last day can have reached a later day (R2: a day once begun does not end).
    """
    start = timedelta(minutes=start_min)
    now = local(at_us, zone)
    day = (now - start).date()
    earlier_us = at_us - _LOOK_BACK_H * 3600 * US_PER_S
    if now - local(earlier_us, zone) >= timedelta(hours=_LOOK_BACK_H):
        return day
    before_us, after_us = earlier_us, at_us
    gained = local(earlier_us, zone) - timedelta(microseconds=earlier_us)
    while after_us - before_us > 1:
        middle_us = (before_us + after_us) // 2
        if local(middle_us, zone) - timedelta(microseconds=middle_us) == gained:
            before_us = middle_us
        else:
            after_us = middle_us
    return max(day, (local(before_us, zone) - start).date())


def trading_day(at_us: int, clock: DayClock) -> date:
    """Give the trading day of an instant (R2). 00:30 on Saturday with start 06:00 is Friday."""
    return _reached(at_us, clock.zone, clock.start_of_trading_day_min)


def entry_day(at_us: int, clock: DayClock) -> date:
    """Give the entry day of an instant (R2)."""
    return _reached(at_us, clock.zone, clock.entry_reset_min)


def add_months(day: date, months: int) -> date:
    """Add months, clamped to the month's end (R34). 31 Aug 2025 + 6 -> 28 Feb 2026."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def in_window(moment: datetime, weekdays: frozenset[int], start_min: int, end_min: int) -> bool:
    """Tell whether a wall-clock moment lies in a weekly window (R46).

    Both minutes are inclusive; start = end is all day; end before start crosses midnight and belongs to the day it
    starts on. Weekdays are 0 (Monday) to 6.
    """
    minute = moment.hour * 60 + moment.minute
    today = moment.weekday()
    if start_min == end_min:
        return today in weekdays
    if start_min < end_min:
        return today in weekdays and start_min <= minute <= end_min
    if minute >= start_min:
        return today in weekdays
    return minute <= end_min and (today - 1) % 7 in weekdays


def in_dated_window(
    moment: datetime,
    *,
    starts: date | None,
    ends: date | None,
    weekdays: frozenset[int],
    start_min: int,
    end_min: int,
) -> bool:
    """Tell whether a wall-clock moment lies in a weekly window from a first to a last day, both inclusive (R46).

    What crosses midnight belongs to the day it began on, so it runs on into the morning after the last day.
    """
    if not in_window(moment, weekdays, start_min, end_min):
        return False
    began_yesterday = end_min < start_min and moment.hour * 60 + moment.minute <= end_min
    day = moment.date() - timedelta(days=1) if began_yesterday else moment.date()
    return (starts is None or starts <= day) and (ends is None or day <= ends)
