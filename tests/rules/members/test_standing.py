"""Standing: paid up or not, since when, and for how long the date can be kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.members.account import Linked, MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club
from clubtill_rules.members.standing import Standing, count, financial, link_financial, standing
from clubtill_rules.values.days import NEVER_PAID, DayClock, instant, trading_day
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.why import Rounding, because, working

CLUB = Club(id="larkspur", name="Larkspur Point", zone="Australia/Sydney")
OPEN_CLUB = Club(id="larkspur", name="Larkspur Point", zone="Australia/Sydney", all_members_active=True)
BRONZE = Classification(
    number=1, club_id="larkspur", description="Bronze", days_paid=365, days_before_reset=30, fee=Money(4500)
)
FIXED = Classification(
    number=2, club_id="larkspur", description="Golf", paid_to=date(2026, 6, 30), days_before_reset=30, fee=Money(6000)
)
DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))


def member(renewal: date, classification: int = 1, linked: tuple[Linked, ...] = ()) -> MemberCard:
    """Make a member with a Renewal Date."""
    return MemberCard(
        person_id="p1",
        account_id="a1",
        club_id="larkspur",
        number="100002",
        first_name="Mateo",
        last_name="Ruiz",
        classification=classification,
        renewal_date=renewal,
        linked=linked,
    )


@pytest.mark.example("R9.1")
@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        pytest.param("2026-06-30 12:00", True, id="the Renewal Date itself"),
        pytest.param("2026-07-01 05:59", True, id="the trading day has not ended"),
        pytest.param("2026-07-01 06:00", False, id="the next trading day"),
    ],
)
def test_the_renewal_date_is_paid_for_until_its_trading_day_ends(moment: str, expected: bool) -> None:
    """R9: renewal 30 Jun 2026, trading day from 06:00: financial until Wed 1 Jul 05:59, un-financial from 06:00."""
    local = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Australia/Sydney"))
    day = trading_day(instant(local), DayClock(zone="Australia/Sydney"))
    assert financial(member(date(2026, 6, 30)), CLUB, day) is expected


@pytest.mark.example("R9.1")
def test_all_members_active_makes_everybody_financial() -> None:
    """R9: with All Members Active on, a never-paid member is financial; without it, not."""
    assert financial(member(NEVER_PAID), OPEN_CLUB, date(2026, 11, 24))
    assert not financial(member(NEVER_PAID), CLUB, date(2026, 11, 24))


def test_no_paid_fields_do_not_make_financial() -> None:
    """R9: a classification without Paid to Date and Days Paid does not by itself make its members financial."""
    plain = Classification(number=7, club_id="larkspur", description="Reciprocal")
    now = standing(member(NEVER_PAID, 7), plain, CLUB, date(2026, 11, 24))
    assert (now.financial, now.takes_fee) == (False, False)


def test_linked_dates_never_affect_the_primary() -> None:
    """R9: a linked classification has its own Renewal Date and its own test, in both directions."""
    day = date(2026, 11, 24)
    paid, unpaid = Linked(number=4, renewal_date=date(2027, 6, 30)), Linked(number=5)
    assert not financial(member(date(2026, 11, 12), linked=(paid,)), CLUB, day)
    assert financial(member(date(2027, 6, 30), linked=(unpaid,)), CLUB, day)
    assert link_financial(paid, CLUB, day)
    assert not link_financial(unpaid, CLUB, day)
    assert link_financial(unpaid, OPEN_CLUB, day)


@pytest.mark.parametrize(
    ("renewal", "classification", "day", "late", "left"),
    [
        pytest.param(date(2026, 11, 12), BRONZE, date(2026, 11, 24), 12, 18, id="Mateo: 12 late, 18 left"),
        pytest.param(date(2025, 6, 30), BRONZE, date(2025, 7, 30), 30, 0, id="30 late is the last day in grace"),
        pytest.param(date(2025, 6, 30), BRONZE, date(2025, 7, 31), 31, None, id="31 late has no date to keep"),
        pytest.param(date(2026, 11, 24), BRONZE, date(2026, 11, 24), 0, None, id="paid up today"),
        pytest.param(NEVER_PAID, BRONZE, date(2026, 11, 24), 0, None, id="never paid"),
        pytest.param(date(2026, 6, 30), FIXED, date(2026, 7, 10), 10, None, id="grace counts with Days Paid only"),
        pytest.param(date(2026, 11, 12), None, date(2026, 11, 24), 12, None, id="settings unknown"),
    ],
)
def test_days_late_and_left(
    renewal: date, classification: Classification | None, day: date, late: int, left: int | None
) -> None:
    """R22, interface 5.7: days late, and days in which renewing keeps the date, the last of them included."""
    now = standing(member(renewal), classification, CLUB, day)
    assert (now.days_late, now.days_left_in_grace) == (late, left)


DAY = date(2026, 11, 24)
PAID_UP = Standing(
    financial=True,
    never_paid=False,
    paid_to=date(2027, 6, 30),
    days_late=0,
    days_left_in_grace=None,
    fee=Money(4500),
    takes_fee=True,
    because=(because("why.standing.paid", "R9", paid_to=date(2027, 6, 30), day=DAY),),
)
UNPAID = because(
    "why.standing.unpaid", "R9", paid_to=date(2026, 11, 12), day=DAY, n=12,
    working=working(12, Rounding.EXACT, DAY, ("-", date(2026, 11, 12))),
)  # fmt: skip
LATE = Standing(
    financial=False,
    never_paid=False,
    paid_to=date(2026, 11, 12),
    days_late=12,
    days_left_in_grace=18,
    fee=Money(4500),
    takes_fee=True,
    because=(UNPAID,),
)
NEVER = Standing(
    financial=False,
    never_paid=True,
    paid_to=None,
    days_late=0,
    days_left_in_grace=None,
    fee=Money(4500),
    takes_fee=True,
    because=(because("why.standing.never_paid", "R8", day=DAY),),
)
ALL_ACTIVE = (because("why.standing.all_active", "R9", club="Larkspur Point"),)


@pytest.mark.parametrize(
    ("renewal", "classification", "club", "expected"),
    [
        pytest.param(date(2027, 6, 30), BRONZE, CLUB, PAID_UP, id="paid up"),
        pytest.param(date(2026, 11, 12), BRONZE, CLUB, LATE, id="late"),
        pytest.param(NEVER_PAID, BRONZE, CLUB, NEVER, id="never paid: no date is shown"),
        pytest.param(
            date(2026, 11, 12),
            BRONZE,
            OPEN_CLUB,
            replace(LATE, financial=True, days_late=0, days_left_in_grace=None, because=ALL_ACTIVE),
            id="late, where all members are active",
        ),
        pytest.param(
            NEVER_PAID, BRONZE, OPEN_CLUB, replace(NEVER, financial=True, because=ALL_ACTIVE), id="never paid, active"
        ),
        pytest.param(date(2027, 6, 30), BRONZE, OPEN_CLUB, PAID_UP, id="paid up, where all are active anyway"),
        pytest.param(
            DAY, BRONZE, OPEN_CLUB,
            replace(PAID_UP, paid_to=DAY, because=(because("why.standing.paid", "R9", paid_to=DAY, day=DAY),)),
            id="paid to today, where all are active anyway",
        ),
        pytest.param(date(2027, 6, 30), FIXED, CLUB, replace(PAID_UP, fee=Money(6000)), id="a fixed Paid to Date"),
        pytest.param(date(2027, 6, 30), None, CLUB, replace(PAID_UP, fee=NIL, takes_fee=False), id="settings unknown"),
        pytest.param(
            date(2027, 6, 30), replace(BRONZE, days_paid=None), CLUB, replace(PAID_UP, takes_fee=False),
            id="neither paid field: paying helps nobody",
        ),
    ],
)  # fmt: skip
def test_the_whole_standing(
    renewal: date, classification: Classification | None, club: Club, expected: Standing
) -> None:
    """R7, R8, R9: the standing with its dates, its fee and the reason that names them."""
    assert standing(member(renewal), classification, club, DAY) == expected


def test_fee_of_an_unknown_classification_is_nil() -> None:
    """R6: without the classification's settings no fee is known, and paying is not offered."""
    now = standing(member(date(2026, 11, 12)), None, CLUB, date(2026, 11, 24))
    assert (now.fee, now.takes_fee) == (NIL, False)


@pytest.mark.example("R10.1")
def test_count_of_the_example() -> None:
    """R10: 120 members, 87 with Renewal today or later: 87 / 33 / 120."""
    today = date(2026, 11, 24)
    people = [member(today + timedelta(days=n)) for n in range(87)]
    people += [member(today - timedelta(days=n)) for n in range(1, 34)]
    counted = count(people, CLUB, today)
    assert (counted[1].financial, counted[1].unfinancial, counted[1].total) == (87, 33, 120)


@given(people=st.lists(st.tuples(st.integers(1, 5), DAYS), max_size=60), day=DAYS)
def test_counts_add_up(people: list[tuple[int, date]], day: date) -> None:
    """R10: Financial + Un-financial = Total, for every classification and for all members together."""
    counted = count([member(renewal, number) for number, renewal in people], CLUB, day)
    for number in range(1, 6):
        own = [renewal for other, renewal in people if other == number]
        assert (counted[number].total if number in counted else 0) == len(own)
        assert (counted[number].financial if number in counted else 0) == sum(renewal >= day for renewal in own)


@given(renewal=DAYS, day=DAYS, grace=st.integers(0, 400))
def test_late_and_left_fit_together(renewal: date, day: date, grace: int) -> None:
    """R22: inside the grace, days late and days left add up to Days Before Reset; nobody is both paid up and late."""
    row = Classification(number=1, club_id="larkspur", description="B", days_paid=365, days_before_reset=grace)
    now = standing(member(renewal), row, CLUB, day)
    assert now.financial == (now.days_late == 0)
    if now.days_left_in_grace is not None:
        assert now.days_late + now.days_left_in_grace == grace
    else:
        assert now.financial or now.days_late > grace
