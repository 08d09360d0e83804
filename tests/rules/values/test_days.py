"""Days and windows, as tables: trading day, entry day, months and the weekly windows (R2, R34, R46)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.values.days import (
    DayClock,
    add_months,
    entry_day,
    in_dated_window,
    in_window,
    instant,
    local,
    trading_day,
)

SYDNEY = "Australia/Sydney"
SIX = DayClock(zone=SYDNEY)
HALF_PAST_TWO = DayClock(zone=SYDNEY, entry_reset_min=150)
ZONES = st.sampled_from((SYDNEY, "Australia/Lord_Howe", "Europe/Lisbon", "America/St_Johns", "Asia/Kolkata", "UTC"))


def at(text: str, *, fold: int = 0, zone: str = SYDNEY) -> int:
    """Give the instant of a wall-clock time; fold 1 is the second pass of a repeated hour."""
    return instant(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold))


def rows(table: dict[str, tuple], examples: dict[str, str]) -> list:
    """Give the rows of a table by their names, marked where they are a worked example of the rules."""
    return [
        pytest.param(*row, id=name, marks=[pytest.mark.example(examples[name])] if name in examples else [])
        for name, row in table.items()
    ]


DAYS = {
    "R2-half-past-midnight-is-yesterday": (trading_day, SIX, at("2026-03-14 00:30"), date(2026, 3, 13)),
    "R2-a-minute-before-reset": (entry_day, SIX, at("2026-03-14 05:59:59"), date(2026, 3, 13)),
    "R2-at-reset": (entry_day, SIX, at("2026-03-14 06:00"), date(2026, 3, 14)),
    "R2-each-day-has-its-own-start": (
        trading_day, DayClock(zone=SYDNEY, entry_reset_min=0), at("2026-03-14 00:30"), date(2026, 3, 13),
    ),
    "R2-entry-reset-at-midnight": (
        entry_day, DayClock(zone=SYDNEY, entry_reset_min=0), at("2026-03-14 00:30"), date(2026, 3, 14),
    ),
    "R2-clocks-back-first-pass": (entry_day, HALF_PAST_TWO, at("2026-04-05 02:45"), date(2026, 4, 5)),
    "R2-clocks-back-second-pass-stays": (entry_day, HALF_PAST_TWO, at("2026-04-05 02:15", fold=1), date(2026, 4, 5)),
    "R2-clocks-back-before-the-reset": (entry_day, HALF_PAST_TWO, at("2026-04-05 02:15"), date(2026, 4, 4)),
    "R2-clocks-forward-before": (entry_day, HALF_PAST_TWO, at("2026-10-04 01:59:59"), date(2026, 10, 3)),
    "R2-clocks-forward-at-three": (entry_day, HALF_PAST_TWO, at("2026-10-04 03:00"), date(2026, 10, 4)),
    "R2-a-half-hour-step": (
        entry_day, DayClock(zone="Australia/Lord_Howe", entry_reset_min=105),
        at("2026-04-05 01:40", fold=1, zone="Australia/Lord_Howe"), date(2026, 4, 5),
    ),
    "R2-the-day-after-the-step": (entry_day, HALF_PAST_TWO, at("2026-04-06 02:29"), date(2026, 4, 5)),
}  # fmt: skip


DAY_EXAMPLES = {
    "R2-half-past-midnight-is-yesterday": "R2.1",
    "R2-a-minute-before-reset": "R2.1",
    "R2-at-reset": "R2.1",
    "R2-clocks-back-first-pass": "R2.2",
    "R2-clocks-back-second-pass-stays": "R2.2",
    "R2-clocks-forward-before": "R2.2",
    "R2-clocks-forward-at-three": "R2.2",
}


@pytest.mark.parametrize(("of", "clock", "at_us", "day"), rows(DAYS, DAY_EXAMPLES))
def test_day(of, clock, at_us, day):
    """R2: the wall clock less the start gives the day, and a day once begun does not end."""
    assert of(at_us, clock) == day


@given(
    zone=ZONES, start_min=st.integers(0, 1439), hour=st.integers(0, 24 * 730),
    minutes=st.lists(st.integers(1, 90), max_size=40),
)  # fmt: skip
def test_days_never_go_back(zone, start_min, hour, minutes):
    """R2: whatever the zone and the start, a later instant has no earlier day, and days are not left out."""
    clock = DayClock(zone=zone, start_of_trading_day_min=start_min, entry_reset_min=start_min)
    at_us = instant(datetime(2025, 1, 1, tzinfo=UTC)) + hour * 3_600_000_000
    seen = [trading_day(at_us, clock)]
    for step in minutes:
        at_us += step * 60_000_000
        seen.append(trading_day(at_us, clock))
        assert entry_day(at_us, clock) == seen[-1]
    assert all(timedelta(0) <= later - earlier <= timedelta(days=1) for earlier, later in pairwise(seen))


@given(
    at_us=st.integers(0, 4 * 10**15), zone=ZONES,
)  # fmt: skip
def test_local_and_instant_are_inverse(at_us, zone):
    """R2: the wall clock of an instant, read in its zone in one of its two passes, is the instant again."""
    wall = local(at_us, zone)
    back = {instant(wall.replace(tzinfo=ZoneInfo(zone), fold=fold)) for fold in (0, 1)}
    assert at_us in back


def test_a_moment_without_a_zone_is_no_instant():
    """R2: instants are made of aware moments only."""
    with pytest.raises(ValueError, match="no zone"):
        instant(datetime(2026, 1, 1))  # noqa: DTZ001 - the mistake under test


MONTHS = {
    "R34-end-of-february": (date(2025, 8, 31), 6, date(2026, 2, 28)),
    "R34-leap-day-plus-a-year": (date(2024, 2, 29), 12, date(2025, 2, 28)),
    "R34-into-a-leap-year": (date(2023, 2, 28), 12, date(2024, 2, 28)),
    "R34-over-the-year": (date(2026, 11, 30), 3, date(2027, 2, 28)),
    "R34-december": (date(2026, 11, 24), 1, date(2026, 12, 24)),
    "R94-from-the-start": (date(2026, 1, 31), 2, date(2026, 3, 31)),
}


MONTH_EXAMPLES = {"R34-end-of-february": "R34.1", "R34-leap-day-plus-a-year": "R34.1"}


@pytest.mark.parametrize(("day", "months", "result"), rows(MONTHS, MONTH_EXAMPLES))
def test_add_months(day, months, result):
    """R34: months are added and the day clamped to the month's end."""
    assert add_months(day, months) == result


FRIDAY = frozenset({4})
EVENING = (1080, 120)  # 18:00 to 02:00
WINDOWS = {
    "R46-fri-17:59": ("2026-03-13 17:59", FRIDAY, *EVENING, False),
    "R46-fri-18:00": ("2026-03-13 18:00", FRIDAY, *EVENING, True),
    "R46-sat-01:30": ("2026-03-14 01:30", FRIDAY, *EVENING, True),
    "R46-sat-02:00:59": ("2026-03-14 02:00:59", FRIDAY, *EVENING, True),
    "R46-sat-02:01": ("2026-03-14 02:01", FRIDAY, *EVENING, False),
    "R46-fri-01:30-is-thursdays": ("2026-03-13 01:30", FRIDAY, *EVENING, False),
    "R46-sat-23:00": ("2026-03-14 23:00", FRIDAY, *EVENING, False),
    "R46-monday-belongs-to-sunday": ("2026-03-16 01:00", frozenset({6}), *EVENING, True),
    "R46-all-day-by-convention": ("2026-03-13 23:59:59", FRIDAY, 0, 1439, True),
    "R46-start-is-end-is-all-day": ("2026-03-13 09:00", FRIDAY, 600, 600, True),
    "R46-start-is-end-other-day": ("2026-03-14 10:00", FRIDAY, 600, 600, False),
    "R46-no-day-ticked": ("2026-03-13 09:00", frozenset(), 0, 0, False),
    "R80-18:59": ("2026-03-10 18:59", frozenset(range(5)), 1020, 1140, True),
    "R80-19:00": ("2026-03-10 19:00:59", frozenset(range(5)), 1020, 1140, True),
    "R80-19:01": ("2026-03-10 19:01", frozenset(range(5)), 1020, 1140, False),
}


WINDOW_EXAMPLES = {
    **dict.fromkeys(list(WINDOWS)[:7], "R46.1"),
    **{name: "R80.1" for name in WINDOWS if name.startswith("R80")},
}


@pytest.mark.parametrize(("text", "weekdays", "start", "end", "holds"), rows(WINDOWS, WINDOW_EXAMPLES))
def test_in_window(text, weekdays, start, end, holds):
    """R46, R80: both minutes inclusive; a window over midnight belongs to the day it starts on."""
    assert in_window(datetime.fromisoformat(text), weekdays, start, end) is holds


MARCH_13, MARCH_14 = date(2026, 3, 13), date(2026, 3, 14)
DATED = {
    "R46-no-dates-is-the-window-alone": ("2026-03-13 18:00", None, None, EVENING, True),
    "R46-outside-the-window": ("2026-03-13 17:59", None, None, EVENING, False),
    "R46-from-the-first-day": ("2026-03-13 18:00", MARCH_13, None, EVENING, True),
    "R46-not-before-it": ("2026-03-13 18:00", MARCH_14, None, EVENING, False),
    "R46-through-the-last-day": ("2026-03-13 23:59", None, MARCH_13, EVENING, True),
    "R46-not-after-it": ("2026-03-13 18:00", None, date(2026, 3, 12), EVENING, False),
    "R46-into-the-morning-after": ("2026-03-14 02:00", MARCH_13, MARCH_13, EVENING, True),
    "R46-the-morning-before-the-first": ("2026-03-14 02:00", MARCH_14, None, EVENING, False),
    "R46-the-minute-it-begins-is-that-day": ("2026-03-13 18:00", MARCH_13, MARCH_13, (1080, 1079), True),
    "R46-the-minute-before-is-the-day-before": ("2026-03-14 17:59", MARCH_13, MARCH_13, (1080, 1079), True),
    "R46-a-day-window-is-its-own-day": ("2026-03-13 00:30", MARCH_13, MARCH_13, (0, 60), True),
    "R46-all-day-by-one-minute": ("2026-03-13 00:30", MARCH_13, MARCH_13, (600, 600), True),
}


@pytest.mark.parametrize(("text", "first", "last", "minutes", "holds"), DATED.values(), ids=DATED.keys())
def test_in_dated_window(text, first, last, minutes, holds):
    """R46, R98: from a first to a last day; what crosses midnight belongs to the day it began on."""
    inside = in_dated_window(
        datetime.fromisoformat(text),
        starts=first,
        ends=last,
        weekdays=frozenset({4, 5}) if minutes != EVENING else FRIDAY,
        start_min=minutes[0],
        end_min=minutes[1],
    )
    assert inside is holds
