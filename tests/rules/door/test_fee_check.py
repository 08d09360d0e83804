"""Fee check: when the Financial Check runs, against an oracle that walks through the week minute by minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.door.fee_check import FeeCheck, fee_check
from clubtill_rules.members.classification import Classification
from clubtill_rules.values.why import because
from tests.rules.door import week_oracle
from tests.rules.door.front_door import BRONZE, CLUBHOUSE, at

FRIDAY_NIGHT = replace(BRONZE, days_to_run=(4,), start_min=18 * 60, end_min=2 * 60)
OFFICE_HOURS = replace(BRONZE, days_to_run=(0, 1, 2, 3, 4), start_min=9 * 60, end_min=17 * 60)
ALL_DAY = replace(BRONZE, days_to_run=(0, 1, 2, 3, 4, 5, 6), start_min=0, end_min=23 * 60 + 59)
SATURDAY = replace(BRONZE, days_to_run=(5,), start_min=600, end_min=600)
NEVER = replace(BRONZE, days_to_run=(), start_min=0, end_min=0)


@pytest.mark.parametrize(
    ("window", "moment", "runs"),
    [
        pytest.param(FRIDAY_NIGHT, "2026-03-13 17:59", False, id="Fri 17:59"),
        pytest.param(FRIDAY_NIGHT, "2026-03-13 18:00", True, id="Fri 18:00"),
        pytest.param(FRIDAY_NIGHT, "2026-03-14 01:30", True, id="Sat 01:30"),
        pytest.param(FRIDAY_NIGHT, "2026-03-14 02:00:59", True, id="Sat 02:00:59"),
        pytest.param(FRIDAY_NIGHT, "2026-03-14 02:01", False, id="Sat 02:01"),
        pytest.param(FRIDAY_NIGHT, "2026-03-13 01:30", False, id="Fri 01:30 is Thursday's"),
        pytest.param(FRIDAY_NIGHT, "2026-03-14 23:00", False, id="Sat 23:00"),
        pytest.param(OFFICE_HOURS, "2026-03-13 09:00", True, id="the first minute"),
        pytest.param(OFFICE_HOURS, "2026-03-13 08:59:59", False, id="a second before"),
        pytest.param(OFFICE_HOURS, "2026-03-13 17:00:59", True, id="the last second of the last minute"),
        pytest.param(OFFICE_HOURS, "2026-03-14 12:00", False, id="a Saturday"),
        pytest.param(ALL_DAY, "2026-03-14 00:00", True, id="00:00-23:59 is all day"),
        pytest.param(ALL_DAY, "2026-03-14 23:59:59", True, id="to its last second"),
        pytest.param(SATURDAY, "2026-03-14 00:00", True, id="start = end is all day"),
        pytest.param(SATURDAY, "2026-03-15 00:00", False, id="and ends with its day"),
        pytest.param(NEVER, "2026-03-14 12:00", False, id="no day ticked is never"),
    ],
)
@pytest.mark.example("R46.1")
def test_windows(window: Classification, moment: str, runs: bool) -> None:
    """R46: both minutes included, calendar weekdays, a window past midnight belongs to the day it starts on."""
    assert fee_check(window, CLUBHOUSE, at(moment)).runs is runs


@pytest.mark.parametrize(
    ("start", "end", "instant_us", "runs"),
    [
        pytest.param("02:00", "02:30", at("2026-04-05 02:15"), True, id="clocks go back, first 02:15"),
        pytest.param("02:00", "02:30", at("2026-04-05 02:15", fold=1), True, id="second 02:15"),
        pytest.param("02:00", "02:30", at("2026-04-05 02:45"), False, id="between the two"),
        pytest.param("02:45", "03:10", at("2026-10-04 03:00"), True, id="clocks go forward, into the window"),
        pytest.param("02:00", "02:59", at("2026-10-04 01:59"), False, id="before an hour that does not exist"),
        pytest.param("02:00", "02:59", at("2026-10-04 03:00"), False, id="after it"),
    ],
)
def test_windows_where_the_clock_is_changed(start: str, end: str, instant_us: int, *, runs: bool) -> None:
    """R2, R46: the wall clock decides: an hour that comes twice counts twice, one that is left out never."""

    def minutes(text: str) -> int:
        return int(text[:2]) * 60 + int(text[3:])

    sunday = replace(BRONZE, days_to_run=(6,), start_min=minutes(start), end_min=minutes(end))
    assert fee_check(sunday, CLUBHOUSE, instant_us).runs is runs


def test_off_at_this_door() -> None:
    """R46: with the Reception option off the check never runs, whatever the window says."""
    check = fee_check(ALL_DAY, replace(CLUBHOUSE, financial_check=False), at("2026-03-13 18:00"))
    assert check == FeeCheck(runs=False, because=because("why.fee_check.off", "R46", venue="the Clubhouse"))


def test_the_reason_names_the_window() -> None:
    """R46, U86: the reason carries weekdays and both minutes, so that the line can say when fees are checked."""
    window = {"fee_weekdays": (4, 5, 6), "start_min": 1020, "end_min": 1439}
    rests, runs = at("2026-11-24 18:07"), at("2026-11-27 18:07")
    unsorted = replace(BRONZE, days_to_run=(6, 4, 5))
    assert fee_check(unsorted, CLUBHOUSE, rests) == FeeCheck(
        runs=False, because=because("why.fee_check.rests", "R46", **window, at_us=rests)
    )
    assert fee_check(unsorted, CLUBHOUSE, runs) == FeeCheck(
        runs=True, because=because("why.fee_check.runs", "R46", **window, at_us=runs)
    )


@given(
    weekdays=st.sets(st.integers(0, 6)),
    start=st.integers(0, 1439),
    end=st.integers(0, 1439),
    seconds=st.integers(0, 2 * 366 * 86_400),
    near=st.sampled_from([None, -60, -1, 0, 1, 59, 60]),
)
def test_agrees_with_a_walk_through_the_week(
    weekdays: set[int], start: int, end: int, seconds: int, near: int | None
) -> None:
    """R46: at any second of two years, and around both edges, the check runs where a minute-by-minute walk says so."""
    moment = datetime.fromtimestamp(1_767_225_600 + seconds, ZoneInfo("Australia/Sydney"))
    if near is not None:
        edge = moment.replace(hour=end // 60, minute=end % 60, second=0)
        moment = datetime.fromtimestamp(int(edge.timestamp()) + near, ZoneInfo("Australia/Sydney"))
    window = replace(BRONZE, days_to_run=tuple(sorted(weekdays)), start_min=start, end_min=end)
    of_the_week = moment.weekday() * 1440 + moment.hour * 60 + moment.minute
    expected = of_the_week in week_oracle.minutes_of_the_week(weekdays, start, end)
    assert fee_check(window, CLUBHOUSE, int(moment.timestamp()) * 1_000_000).runs is expected
