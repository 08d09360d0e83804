"""Reminders of a renewal: who, when, and for which of his classifications."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from clubtill_rules.members.account import BanKind, Linked, MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.reminding import RenewalReminder, reminders
from clubtill_rules.values.days import NEVER_PAID
from tests.rules.members.members_of_larkspur import BOWLS, CLUB, GOLD, GUEST, MATEO

DAY = date(2026, 6, 1)
END = date(2026, 6, 20)
SOON = replace(MATEO, renewal_date=END, linked=())
BY_DAYS = replace(GOLD, paid_to=None, days_paid=365, days_before_reset=30)
TO_A_DATE = replace(GOLD, paid_to=date(2027, 6, 30), days_paid=None, days_before_reset=0)


def told(member: MemberCard, *known: Classification, day: date = DAY, window: int = 30) -> list[tuple[date, ...]]:
    """Give the reminders as (date, numbers)."""
    found = reminders(member, {one.number: one for one in known}, replace(CLUB, renewal_notice_days=window), day)
    return [(one.renewal_date, one.numbers) for one in found]


def test_a_reminder_is_named_by_person_and_date() -> None:
    """R107: the key is for ever: this person, this date."""
    found = reminders(SOON, {GOLD.number: BY_DAYS}, CLUB, DAY)
    assert found == (RenewalReminder(key="mateo:2026-06-20", renewal_date=END, numbers=(3,)),)


@pytest.mark.parametrize(
    ("day", "due"),
    [
        pytest.param(END - timedelta(days=31), False, id="a day before the window"),
        pytest.param(END - timedelta(days=30), True, id="the window's first day"),
        pytest.param(END, True, id="the last day paid for"),
        pytest.param(END + timedelta(days=1), False, id="over"),
    ],
)
def test_the_window(day: date, due: bool) -> None:
    """R107, R9: from so many days before the Renewal Date to that day, which is still paid for."""
    assert bool(told(SOON, BY_DAYS, day=day)) is due


@pytest.mark.parametrize(
    ("member", "known"),
    [
        pytest.param(replace(SOON, renewal_date=NEVER_PAID), BY_DAYS, id="never paid"),
        pytest.param(replace(SOON, ban=BanKind.HOUSE), BY_DAYS, id="banned"),
        pytest.param(SOON, replace(GUEST, number=3), id="a classification without a fee's date"),
        pytest.param(SOON, replace(TO_A_DATE, paid_to=date(2026, 5, 31)), id="its Paid to Date is over"),
        pytest.param(SOON, replace(TO_A_DATE, paid_to=END), id="paid to its Paid to Date, not yet moved on"),
        pytest.param(SOON, BOWLS, id="a classification that is not known"),
    ],
)
def test_who_is_not_reminded(member: MemberCard, known: Classification) -> None:
    """R107, R21, R22: nobody is asked for a fee that would not move his date on, nor who is banned."""
    assert told(member, known) == []


def test_a_date_that_was_moved_on_is_reminded_of() -> None:
    """R107, R21: once the Paid to Date stands a year later, a fee makes that date."""
    assert told(SOON, TO_A_DATE) == [(END, (3,))]


def test_links_have_dates_of_their_own() -> None:
    """R9, R107: what ends on one day is one reminder, another day another one, the soonest first."""
    bowls = replace(BOWLS, paid_to=None, days_paid=365, days_before_reset=30)
    golf = replace(bowls, number=9)
    links = (Linked(number=bowls.number, renewal_date=END), Linked(number=9, renewal_date=END - timedelta(days=3)))
    member = replace(SOON, linked=links)
    assert told(member, BY_DAYS, bowls, golf) == [(END - timedelta(days=3), (9,)), (END, (3, bowls.number))]
