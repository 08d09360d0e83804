"""Draw periods and workings: when a draw earns, and what its tickets say for themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clubtill_rules.door.draws import Season, Tickets
from clubtill_rules.values.money import Money
from clubtill_rules.values.why import Rounding, Working, working
from tests.rules.door.front_door import ZONE, at
from tests.rules.door.test_draws import NOON, NOVEMBER, SINGLE, UNITS, bought, of

FRIDAY_NIGHTS = replace(NOVEMBER, weekdays=(4,), start_min=18 * 60, end_min=2 * 60, ends=date(2026, 11, 27))


@pytest.mark.parametrize(
    ("season", "moment", "holds"),
    [
        pytest.param(FRIDAY_NIGHTS, "2026-11-27 17:59", False, id="Fri 17:59"),
        pytest.param(FRIDAY_NIGHTS, "2026-11-27 18:00", True, id="Fri 18:00"),
        pytest.param(FRIDAY_NIGHTS, "2026-11-28 02:00", True, id="Sat 02:00 belongs to the last Friday"),
        pytest.param(FRIDAY_NIGHTS, "2026-11-28 02:01", False, id="Sat 02:01"),
        pytest.param(FRIDAY_NIGHTS, "2026-11-28 18:00", False, id="Sat 18:00"),
        pytest.param(replace(FRIDAY_NIGHTS, weekdays=(5,), starts=date(2026, 11, 1)), "2026-11-01 01:00", False,
                     id="Sun 01:00 belongs to the Saturday before the first day"),
        pytest.param(replace(FRIDAY_NIGHTS, weekdays=(5,), starts=date(2026, 10, 31)), "2026-11-01 01:00", True,
                     id="and counts where that is the first day"),
        pytest.param(replace(NOVEMBER, start_min=540, end_min=1020), "2026-11-24 09:00", True, id="09:00"),
        pytest.param(replace(NOVEMBER, start_min=540, end_min=1020), "2026-11-24 08:59", False, id="08:59"),
        pytest.param(replace(NOVEMBER, start_min=540, end_min=1020), "2026-11-24 17:00", True, id="17:00"),
        pytest.param(replace(NOVEMBER, start_min=540, end_min=1020), "2026-11-24 17:01", False, id="17:01"),
        pytest.param(replace(NOVEMBER, start_min=600, end_min=600), "2026-11-01 09:00", True, id="all day"),
        pytest.param(replace(NOVEMBER, start_min=600, end_min=600), "2026-12-01 09:00", False, id="to its last day"),
        pytest.param(replace(NOVEMBER, weekdays=(2,)), "2026-11-24 12:00", False, id="another weekday"),
    ],
)  # fmt: skip
def test_seasons(season: Season, moment: str, holds: bool) -> None:
    """R54, R46: dates, weekdays and times; a window past midnight belongs to the day it starts on."""
    assert season.holds(at(moment), ZONE) is holds


def _workings(found: Tickets) -> list[Working | None]:
    return [why.working for why in found.because]


def test_the_working_of_single_sales() -> None:
    """R54: without carrying, each sale has its own: floor(30.00 / 50.00) and floor(90.00 / 50.00)."""
    assert _workings(of(SINGLE, bought("s1", 3000), bought("s2", 9000, NOON + 1))) == [
        working(1, Rounding.EXACT, 0, ("+", 0), ("+", 1)),
        working(0, Rounding.FLOOR, Money(3000), ("/", Money(5000))),
        working(1, Rounding.FLOOR, Money(9000), ("/", Money(5000))),
    ]


def test_the_working_of_units() -> None:
    """R54: units are counted as they are, each product by itself."""
    assert _workings(of(UNITS, bought("s1", 100, qty=7), bought("s2", 100, NOON + 1, product="wine", qty=3))) == [
        working(3, Rounding.EXACT, 0, ("+", 2), ("+", 1)),
        working(2, Rounding.FLOOR, 7, ("/", 3)),
        working(1, Rounding.FLOOR, 3, ("/", 3)),
    ]
