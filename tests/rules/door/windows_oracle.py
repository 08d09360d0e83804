"""A second statement of R46's windows, minute by minute, on zoneinfo and integers alone.

A wall-clock minute is the count of minutes since 1970 that a clock on the wall shows. A window is a stretch of such
minutes that begins on a chosen weekday; a minute of real time lies in it when the wall then shows one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTES_OF_A_DAY = 1440
ZONES = ("Australia/Sydney", "Australia/Lord_Howe", "Europe/London", "America/St_Johns", "America/Santiago")
_FIRST_DAY = date(1970, 1, 1)


def wall_minutes(first_minute: int, count: int, zone: str) -> list[int]:
    """Give what the wall shows at each minute since 1970 in UTC, from the first one on."""
    own = ZoneInfo(zone)
    shown = []
    for minute in range(first_minute, first_minute + count):
        offset = datetime.fromtimestamp(minute * 60, own).utcoffset()
        assert offset is not None
        shown.append(minute + int(offset.total_seconds()) // 60)
    return shown


def runs(walls: list[int], weekdays: set[int], start: int, end: int) -> list[bool]:
    """Tell of each wall-clock minute whether a window that starts on one of the weekdays holds it."""
    inside: set[int] = set()
    for day in range(min(walls) // MINUTES_OF_A_DAY - 1, max(walls) // MINUTES_OF_A_DAY + 1):
        if (_FIRST_DAY + timedelta(days=day)).weekday() in weekdays:
            inside.update(_stretch(day * MINUTES_OF_A_DAY, start, end))
    return [wall in inside for wall in walls]


def _stretch(midnight: int, start: int, end: int) -> Iterator[int]:
    """Walk a window from its first minute to its last one, both included; start = end is the whole day."""
    if start == end:
        yield from range(midnight, midnight + MINUTES_OF_A_DAY)
        return
    minute = midnight + start
    yield minute
    while minute % MINUTES_OF_A_DAY != end:
        minute += 1
        yield minute


@lru_cache(maxsize=16)
def changes(zone: str) -> tuple[int, ...]:
    """Give the minutes since 1970 in UTC at which the zone's clocks were changed, 2020 to 2030, found hour by hour."""
    own = ZoneInfo(zone)
    found = []
    hour = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp()) // 3600
    last = int(datetime(2031, 1, 1, tzinfo=UTC).timestamp()) // 3600
    before = datetime.fromtimestamp(hour * 3600, own).utcoffset()
    while hour < last:
        hour += 1
        now = datetime.fromtimestamp(hour * 3600, own).utcoffset()
        if now != before:
            found.append(hour * 60)
        before = now
    return tuple(found)
