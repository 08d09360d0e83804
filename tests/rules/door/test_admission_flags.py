"""Admission flags: what is said beside a verdict, of bans that count elsewhere and of points that end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clubtill_rules.door.admission import Verdict
from clubtill_rules.members.account import AccountCard, BanKind, ExpiringLot
from clubtill_rules.members.classification import BANNED
from clubtill_rules.members.deny import Deny
from clubtill_rules.values.points import NO_POINTS, whole
from clubtill_rules.values.why import Because, Rounding, because, working
from tests.rules.door.front_door import CLUBHOUSE, PRIYA, SILVER, see

TUESDAY = "2026-11-24 18:07"
TOM = replace(PRIYA, person_id="tom", number="100004", classification=BANNED, ban=BanKind.HOUSE)

BANNED_HERE = because("door.flag.banned", "R11", venue="the Clubhouse")


def test_banned_where_the_venue_does_not_exclude() -> None:
    """R11: Exclude Banned off: no block, the classification counts as an ordinary one, and a flag says so."""
    check = see(TOM, TUESDAY, venue=replace(CLUBHOUSE, exclude_banned=False), classification=SILVER)
    assert (check.verdict, check.flags) == (Verdict.WELCOME, (BANNED_HERE,))


def test_denied_where_the_venue_does_not_exclude() -> None:
    """R11: the same where only the deny list knows of the ban."""
    lenient = replace(CLUBHOUSE, exclude_banned=False)
    denied = see(PRIYA, TUESDAY, venue=lenient, deny=Deny(banned=frozenset({"priya"})))
    assert (denied.verdict, denied.flags) == (Verdict.WELCOME, (BANNED_HERE,))
    assert see(PRIYA, TUESDAY, venue=lenient).flags == ()


def test_expiring_points_are_a_flag() -> None:
    """R36: lots 60 to 28 Feb and 40 to 20 Mar, today 1 Feb, 30 days: 60 points expire by 28 February."""
    account = AccountCard(
        account_id="a-priya",
        club_id="larkspur",
        version=1,
        expiring=(
            ExpiringLot(last_day=date(2026, 1, 31), left=whole(7)),
            ExpiringLot(last_day=date(2026, 2, 28), left=whole(60)),
            ExpiringLot(last_day=date(2026, 3, 20), left=whole(40)),
        ),
    )
    assert see(PRIYA, "2026-02-01 12:00", account=account).flags == (_expiring(60, date(2026, 2, 28), 60),)


def _expiring(points: int, day: date, *lots: int) -> Because:
    summed = working(whole(points), Rounding.EXACT, NO_POINTS, *(("+", whole(one)) for one in lots))
    return because("door.flag.expiring", "R36", working=summed, points=whole(points), day=day)


@pytest.mark.parametrize(
    ("day", "lots"),
    [
        pytest.param("2026-02-01", (60, 40), id="both ends of the warning days"),
        pytest.param("2026-01-31", (60,), id="the second a day too far"),
        pytest.param("2026-02-02", (40,), id="the first over since yesterday"),
    ],
)
def test_expiring_from_today_to_the_last_warning_day(day: str, lots: tuple[int, ...]) -> None:
    """R36: lots that end on 1 Feb and on 3 Mar, 30 days: from the day itself to the thirtieth after it."""
    ends = {60: date(2026, 2, 1), 40: date(2026, 3, 3)}
    lasting = tuple(ExpiringLot(last_day=ends[left], left=whole(left)) for left in (40, 60))
    account = AccountCard(account_id="a-priya", club_id="larkspur", version=1, expiring=lasting)
    in_order = tuple(left for left in (40, 60) if left in lots)
    expected = _expiring(sum(lots), max(ends[left] for left in lots), *in_order)
    assert see(PRIYA, f"{day} 12:00", account=account).flags == (expected,)


def test_an_account_that_is_not_known() -> None:
    """R36, R90: where only the person is known, nothing is said of points that end."""
    check = see(PRIYA, TUESDAY, account=None)
    assert (check.verdict, check.flags) == (Verdict.WELCOME, ())
