"""Door reasons: what the points of visits and birthdays say for themselves, word for word (R48, R50)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from clubtill_rules.door.birthdays import birthday
from clubtill_rules.door.visits import Given, SeenToday, visit
from clubtill_rules.members.account import MemberCard
from clubtill_rules.members.club import EntryScope
from clubtill_rules.values.points import NO_POINTS, whole
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.door.front_door import CLUB, CLUBHOUSE, FRONT, PRIYA, SILVER, see

DAY = date(2026, 11, 24)
VISIT_KEY = "visit:larkspur:priya:clubhouse:2026-11-24"
BIRTHDAY_KEY = "bday:larkspur:priya:2026"
BORN = replace(PRIYA, date_of_birth=date(1990, 11, 24))
NEEDS_PAID = replace(CLUB, visit_points_need_financial=True)
DECLINED = because("why.points.declined", "R48")
UNPAID = because("why.points.unpaid", "R48", club="Larkspur Point")


def came(member: MemberCard = PRIYA, **changes: Any) -> Given:
    """Give a visit's points."""
    asked: dict[str, Any] = {
        "classification": SILVER, "club": CLUB, "venue": CLUBHOUSE, "location": FRONT, "device_id": "door-1",
        "entry_day": DAY, "financial": False, "seen": SeenToday(),
    }  # fmt: skip
    return visit(member, **{**asked, **changes})


def born(member: MemberCard = BORN, **changes: Any) -> Given:
    """Give a birthday's points."""
    asked: dict[str, Any] = {
        "classification": SILVER, "club": CLUB, "venue": CLUBHOUSE, "entry_day": DAY, "financial": False,
        "seen": SeenToday(),
    }  # fmt: skip
    return birthday(member, **{**asked, **changes})


NO_VISIT = because("why.visit.none", "R48", classification="Silver")


@pytest.mark.parametrize(
    ("member", "changes", "expected"),
    [
        pytest.param(
            PRIYA,
            {},
            Given(points=whole(5), key=VISIT_KEY, because=because("why.visit.given", "R48", points=whole(5), day=DAY)),
            id="given",
        ),
        pytest.param(
            PRIYA,
            {"seen": SeenToday(awarded={VISIT_KEY: 7})},
            Given(again_us=7, because=because("why.visit.again", "R48", first_us=7, day=DAY)),
            id="a later visit",
        ),
        pytest.param(
            PRIYA, {"classification": replace(SILVER, visitation_points=0)}, Given(because=NO_VISIT), id="no value"
        ),
        pytest.param(
            PRIYA, {"venue": replace(CLUBHOUSE, entry_check=False)}, Given(because=NO_VISIT), id="switched off"
        ),
        pytest.param(replace(PRIYA, earns_points=False), {}, Given(because=DECLINED), id="declined"),
        pytest.param(PRIYA, {"club": NEEDS_PAID}, Given(because=UNPAID), id="unpaid"),
    ],
)
def test_a_visit_says_why(member: MemberCard, changes: dict[str, Any], expected: Given) -> None:
    """R48: points, key and reason with its facts."""
    assert came(member, **changes) == expected


@pytest.mark.parametrize(
    ("by", "scope"),
    [
        pytest.param(EntryScope.CLUB, "club", id="club"),
        pytest.param(EntryScope.LOCATION_GROUP, "clubhouse", id="location group"),
        pytest.param(EntryScope.LOCATION, "front", id="location"),
        pytest.param(EntryScope.TERMINAL, "door-1", id="terminal"),
    ],
)
def test_the_key_names_the_scope(by: EntryScope, scope: str) -> None:
    """R48, R49: keys are kept in the ledger, so each scope has its one name."""
    assert came(club=replace(CLUB, record_entry_by=by)).key == f"visit:larkspur:priya:{scope}:2026-11-24"


AGAIN = because("why.birthday.again", "R50", birthday=DAY)
SINCE = working(364, Rounding.EXACT, DAY, ("-", date(2025, 11, 25)))


@pytest.mark.parametrize(
    ("member", "changes", "expected"),
    [
        pytest.param(
            BORN,
            {},
            Given(
                points=whole(200),
                key=BIRTHDAY_KEY,
                because=because("why.birthday.given", "R50", points=whole(200), birthday=DAY),
            ),
            id="given",
        ),
        pytest.param(
            BORN,
            {"seen": SeenToday(awarded={BIRTHDAY_KEY: 7})},
            Given(again_us=7, because=AGAIN),
            id="given before, by key",
        ),
        pytest.param(replace(BORN, birthday_awarded_on=DAY), {}, Given(because=AGAIN), id="given before, by card"),
        pytest.param(
            replace(BORN, birthday_awarded_on=date(2025, 11, 25)),
            {},
            Given(because=because("why.birthday.changed", "R50", working=SINCE, birthday=DAY, last=date(2025, 11, 25))),
            id="another date of birth 364 days ago",
        ),
        pytest.param(
            BORN,
            {"venue": replace(CLUBHOUSE, birthday_check=False)},
            Given(because=because("why.birthday.unchecked", "R45", venue="the Clubhouse")),
            id="switched off",
        ),
        pytest.param(
            BORN,
            {"classification": replace(SILVER, birthday_points=0)},
            Given(because=because("why.birthday.none", "R50", classification="Silver")),
            id="no value",
        ),
        pytest.param(PRIYA, {}, Given(because=because("why.birthday.no_date", "R50")), id="no date of birth"),
        pytest.param(
            BORN,
            {"entry_day": date(2026, 11, 25)},
            Given(because=because("why.birthday.not_now", "R50", day=date(2026, 11, 25))),
            id="another day",
        ),
        pytest.param(replace(BORN, earns_points=False), {}, Given(because=DECLINED), id="declined"),
        pytest.param(BORN, {"club": NEEDS_PAID}, Given(because=UNPAID), id="unpaid"),
    ],
)
def test_a_birthday_says_why(member: MemberCard, changes: dict[str, Any], expected: Given) -> None:
    """R50: points, key and reason with its facts."""
    assert born(member, **changes) == expected


def test_the_paid_up_get_both() -> None:
    """R48, R50, D3: where the club asks for a paid-up member."""
    assert came(club=NEEDS_PAID, financial=True) == came()
    assert born(club=NEEDS_PAID, financial=True) == born()


def test_without_points_there_is_no_earn_day() -> None:
    """R34, R48: who takes no part in the scheme gets neither points nor days."""
    check = see(replace(BORN, earns_points=False), "2026-11-24 18:07")
    assert (check.visit, check.birthday, check.earn_day, check.last_day) == (NO_POINTS, NO_POINTS, None, None)


def test_points_for_the_paid_up_only() -> None:
    """R48, R50, D3: where the club asks for a paid-up member, one who is gets visit and birthday."""
    check = see(BORN, "2026-11-24 18:07", club=NEEDS_PAID)
    assert (check.visit, check.birthday) == (whole(5), whole(200))
