"""Fee windows: the Financial Check against a minute-by-minute oracle, over three days and over a year."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.door.fee_check import fee_check
from clubtill_rules.values.days import in_window, local
from tests.rules.door.front_door import BRONZE, CLUBHOUSE
from tests.rules.door.windows_oracle import MINUTES_OF_A_DAY, ZONES, changes, runs, wall_minutes

US_OF_A_MINUTE = 60_000_000
SPAN = 3 * MINUTES_OF_A_DAY
FIRST = int(datetime(2020, 1, 2, tzinfo=UTC).timestamp()) // 60
LAST = int(datetime(2030, 12, 25, tzinfo=UTC).timestamp()) // 60


@st.composite
def spans(draw: Callable[..., int]) -> tuple[str, int]:
    """Give a zone and the first minute of three days, a third of them with a change of the clocks inside."""
    zone = ZONES[draw(st.integers(0, len(ZONES) - 1))]
    if draw(st.integers(0, 2)) == 0:
        changed = changes(zone)
        return zone, changed[draw(st.integers(0, len(changed) - 1))] - draw(st.integers(1, SPAN - 1))
    return zone, draw(st.integers(FIRST, LAST))


@given(
    span=spans(),
    weekdays=st.sets(st.integers(0, 6)),
    start=st.integers(0, 1439),
    end=st.integers(0, 1439),
    same=st.booleans(),
)
def test_three_days(span: tuple[str, int], weekdays: set[int], *, start: int, end: int, same: bool) -> None:
    """R46: at each minute of three days, the hour that comes twice and the one left out included."""
    (zone, first), end = span, start if same and not end % 4 else end
    expected = runs(wall_minutes(first, SPAN, zone), weekdays, start, end)
    days = frozenset(weekdays)
    found = [in_window(local((first + n) * US_OF_A_MINUTE, zone), days, start, end) for n in range(SPAN)]
    assert found == expected
    window = replace(BRONZE, days_to_run=tuple(weekdays), start_min=start, end_min=end)
    venue = replace(CLUBHOUSE, zone=zone)
    edges = {n for n in range(1, SPAN) if expected[n] != expected[n - 1]}
    for n in {0, SPAN - 1, *edges, *(n - 1 for n in edges)}:
        for second in (0, 59):
            at_us = (first + n) * US_OF_A_MINUTE + second * 1_000_000
            assert fee_check(window, venue, at_us).runs is expected[n]


SETTINGS = {
    "Friday nights": ({4}, 18 * 60, 2 * 60),
    "every night over the change of the clocks": (set(range(7)), 22 * 60, 2 * 60 + 30),
    "Sundays from 02:15 to 02:45": ({6}, 135, 165),
    "weekdays, office hours": ({0, 1, 2, 3, 4}, 9 * 60, 17 * 60),
    "Saturday, all day": ({5}, 600, 600),
    "one minute": ({0, 3}, 1439, 0),
    "never": (set[int](), 0, 0),
}


@pytest.fixture(scope="module")
def year() -> tuple[list[datetime], list[int]]:
    """Walk through 2026 in Sydney: what the rules' wall clock and the oracle's show at each minute."""
    first = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) // 60
    count = 365 * MINUTES_OF_A_DAY
    rules = [local((first + n) * US_OF_A_MINUTE, "Australia/Sydney") for n in range(count)]
    return rules, wall_minutes(first, count, "Australia/Sydney")


@pytest.mark.parametrize("name", SETTINGS)
def test_one_whole_year(name: str, year: tuple[list[datetime], list[int]]) -> None:
    """R46: each minute of a year with both changes of the clocks."""
    weekdays, start, end = SETTINGS[name]
    moments, walls = year
    days = frozenset(weekdays)
    assert [in_window(moment, days, start, end) for moment in moments] == runs(walls, weekdays, start, end)


def test_the_oracle_knows_the_changes() -> None:
    """R2: two changes a year in Sydney, and half an hour on Lord Howe."""
    assert len([n for n in changes("Australia/Sydney") if datetime.fromtimestamp(n * 60, UTC).year == 2026]) == 2
    change = changes("Australia/Lord_Howe")[0]
    before, after = wall_minutes(change - 60, 121, "Australia/Lord_Howe")[::120]
    assert abs(after - before - 120) == 30
