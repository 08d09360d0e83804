"""Renewing: the Renewal Date that one fee makes, by Paid to Date or by Days Paid."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.members.renewing import NoFee, Renewal, RenewalKind, no_fee, renew, renew_often
from clubtill_rules.values.days import NEVER_PAID
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.members import renewal_oracle
from tests.rules.members.members_of_larkspur import BOWLS, DAY, GOLD, GUEST, STALE

JUNE = date(2025, 6, 30)


@pytest.mark.parametrize(
    ("renewal_date", "day", "days", "grace", "kind", "after"),
    [
        pytest.param(
            JUNE, date(2025, 7, 20), 365, 30, RenewalKind.RUN_ON, date(2026, 6, 30),
            marks=pytest.mark.example("R22.1"), id="20 days late runs on",
        ),
        pytest.param(
            JUNE, date(2025, 7, 30), 365, 30, RenewalKind.RUN_ON, date(2026, 6, 30),
            marks=pytest.mark.example("R22.1"), id="30 days late is the last that runs on",
        ),
        pytest.param(
            JUNE, date(2025, 7, 31), 365, 30, RenewalKind.RESTART, date(2026, 7, 31),
            marks=pytest.mark.example("R22.1"), id="31 days late restarts",
        ),
        pytest.param(
            JUNE, date(2025, 6, 1), 365, 30, RenewalKind.RUN_ON, date(2026, 6, 30),
            marks=pytest.mark.example("R22.1"), id="early payment extends",
        ),
        pytest.param(
            date(2027, 6, 30), date(2027, 6, 30), 365, 30, RenewalKind.RUN_ON, date(2028, 6, 29),
            marks=pytest.mark.example("R22.2"), id="days are days in a leap year",
        ),
        pytest.param(
            JUNE, date(2025, 7, 1), 365, 0, RenewalKind.RESTART, date(2026, 7, 1),
            marks=pytest.mark.example("R22.3"), id="no grace: one day late restarts",
        ),
        pytest.param(
            JUNE, JUNE, 365, 0, RenewalKind.RUN_ON, date(2026, 6, 30),
            marks=pytest.mark.example("R22.3"), id="no grace: the date itself still runs on",
        ),
        pytest.param(
            NEVER_PAID, date(2025, 7, 1), 365, 30_000, RenewalKind.FIRST, date(2026, 7, 1), id="never paid: from today"
        ),
        pytest.param(
            date(1970, 1, 2), date(2025, 7, 1), 365, 30, RenewalKind.RESTART, date(2026, 7, 1), id="paid long ago"
        ),
    ],
)  # fmt: skip
def test_days_paid(*, renewal_date: date, day: date, days: int, grace: int, kind: RenewalKind, after: date) -> None:
    """R22: run on within the grace, restart after it, from today for somebody who never paid."""
    row = replace(GOLD, days_paid=days, days_before_reset=grace)
    renewal = renew(row, renewal_date, day)
    assert (renewal.number, renewal.kind, renewal.before, renewal.after) == (3, kind, renewal_date, after)
    assert (renewal.more_needed, renewal.already_paid) == (0, False)


@pytest.mark.parametrize(
    ("days", "bought", "last"),
    [
        pytest.param(2, date(2026, 4, 10), date(2026, 4, 12), marks=pytest.mark.example("P1"), id="a three-day pass"),
        pytest.param(29, date(2026, 2, 1), date(2026, 3, 2), marks=pytest.mark.example("P3"), id="from 1 February"),
        pytest.param(29, date(2026, 2, 28), date(2026, 3, 29), marks=pytest.mark.example("P3"), id="from 28 February"),
    ],
)
def test_the_day_of_payment_counts_as_well(days: int, bought: date, last: date) -> None:
    """R9, R22: days are added to the day of payment, both ends are paid: Days Paid 2 is a pass of three days.

    What elsewhere is a month and two days, less the day it begins on, is 29 days here: memberships count no months.
    """
    renewal = renew(replace(GOLD, days_paid=days), NEVER_PAID, bought)
    assert renewal.after == last


def test_the_whole_answer_within_the_grace() -> None:
    """R22: the reasons name days, dates and lateness, with the arithmetic of each figure."""
    day, after = date(2025, 7, 20), date(2026, 6, 30)
    assert renew(GOLD, JUNE, day) == Renewal(
        number=3,
        kind=RenewalKind.RUN_ON,
        before=JUNE,
        after=after,
        late=20,
        because=(
            because(
                "why.renewal.run_on", "R22", days=365, start=JUNE, paid_to=after,
                working=working(after, Rounding.EXACT, JUNE, ("+", 365)),
            ),
            because("why.renewal.late", "R22", n=20, grace=30, working=working(20, Rounding.EXACT, day, ("-", JUNE))),
        ),
    )  # fmt: skip


def test_the_whole_answer_of_a_first_fee() -> None:
    """R22, R8: a first fee has no lateness."""
    after = DAY + timedelta(days=365)
    figure = working(after, Rounding.EXACT, DAY, ("+", 365))
    assert renew(GOLD, NEVER_PAID, DAY) == Renewal(
        number=3,
        kind=RenewalKind.FIRST,
        before=NEVER_PAID,
        after=after,
        late=None,
        because=(because("why.renewal.first", "R22", days=365, start=DAY, paid_to=after, working=figure),),
    )


def test_early_payment_is_late_by_less_than_nothing() -> None:
    """R22: lateness of an early payment is negative and is told so."""
    assert renew(GOLD, DAY, DAY - timedelta(days=9)).late == -9


@pytest.mark.example("R22.4")
def test_still_unpaid_after_a_fee_is_told_and_counted() -> None:
    """R22: Days Paid 30, grace 90, 60 late: the date is still past, one more fee is needed, and then it is enough."""
    row = replace(GOLD, days_paid=30, days_before_reset=90)
    before = DAY - timedelta(days=60)
    first = renew(row, before, DAY)
    middle = DAY - timedelta(days=30)
    assert (first.after, first.more_needed) == (middle, 1)
    assert first.because[2] == because(
        "why.renewal.more_needed", "R22", n=1, paid_to=middle,
        working=working(1, Rounding.CEILING, DAY, ("-", middle), ("/", 30)),
    )  # fmt: skip
    both = renew_often(row, before, DAY, 2)
    assert [(one.before, one.after, one.more_needed) for one in both] == [(before, middle, 1), (middle, DAY, 0)]


@pytest.mark.parametrize(
    ("late", "more"),
    [(59, 1), (60, 1), (61, 2), (30, 0), (31, 1), (90, 2)],
    ids=lambda figure: f"{figure}",
)
def test_how_many_more_fees_are_needed(late: int, more: int) -> None:
    """R22: 30 days a fee: as many as bring the date to the day itself, which is paid (R9)."""
    row = replace(GOLD, days_paid=30, days_before_reset=90)
    assert renew(row, DAY - timedelta(days=late), DAY).more_needed == more


@pytest.mark.parametrize(
    ("renewal_date", "day"),
    [
        pytest.param(NEVER_PAID, date(2026, 8, 1), marks=pytest.mark.example("R21.1"), id="joins on 1 August"),
        pytest.param(date(2026, 12, 30), date(2026, 1, 1), id="the day before"),
        pytest.param(NEVER_PAID, date(2026, 12, 31), id="on the last day itself"),
    ],
)
def test_paid_to_date(renewal_date: date, day: date) -> None:
    """R21: whenever in the year somebody pays, the Renewal Date is the Paid to Date."""
    to = date(2026, 12, 31)
    figure = working(to, Rounding.MOST, to, (",", renewal_date))
    assert renew(BOWLS, renewal_date, day) == Renewal(
        number=4,
        kind=RenewalKind.PAID_TO,
        before=renewal_date,
        after=to,
        late=None,
        because=(because("why.renewal.paid_to", "R21", paid_to=to, working=figure),),
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(date(2026, 12, 31), date(2026, 12, 31), id="to that date"),
        pytest.param(date(2027, 3, 1), date(2027, 3, 1), id="beyond it: no paid day is taken away"),
    ],
)
def test_already_paid_to_that_date(before: date, after: date) -> None:
    """R21: a fee of somebody who paid to the Paid to Date warns and moves nothing backwards."""
    renewal = renew(BOWLS, before, DAY)
    assert (renewal.already_paid, renewal.after) == (True, after)
    assert renewal.because[1] == because("why.renewal.already_paid", "R21", paid_to=before)


@pytest.mark.parametrize(
    ("row", "code", "facts"),
    [
        pytest.param(GUEST, "fee.no_date", {"classification": "Guest"}, id="neither date nor days"),
        pytest.param(
            STALE,
            "fee.passed",
            {"classification": "Social", "paid_to": date(2026, 11, 23), "day": DAY},
            id="Paid to Date was yesterday",
        ),
    ],
)
def test_no_fee_is_taken(row: object, code: str, facts: dict[str, object]) -> None:
    """R7, R21: a classification without a way to set a date, or whose date has passed, takes no fee."""
    with pytest.raises(Refusal) as refused:
        renew(row, JUNE, DAY)  # type: ignore[arg-type] - a table's column
    assert (refused.value.code, refused.value.facts) == (code, facts)
    rule = {"fee.no_date": "R7", "fee.passed": "R21"}[code]
    why = {"fee.no_date": "why.fee.no_date", "fee.passed": "why.fee.passed"}[code]
    assert no_fee(row, DAY) == NoFee(code=code, because=because(why, rule, **facts))  # type: ignore[arg-type]


def test_a_date_that_is_today_still_takes_fees() -> None:
    """R21: the Paid to Date itself is not before today."""
    assert no_fee(replace(STALE, paid_to=DAY), DAY) is None
    assert renew(replace(STALE, paid_to=DAY), JUNE, DAY).after == DAY
    assert no_fee(GOLD, DAY) is None


def test_several_fees_to_one_fixed_date_are_refused() -> None:
    """R21, R22: a second fee to the same date buys nothing; one is taken."""
    with pytest.raises(Refusal) as refused:
        renew_often(BOWLS, NEVER_PAID, DAY, 2)
    assert (refused.value.code, refused.value.facts) == (
        "fee.one_period",
        {"classification": "Bowls", "paid_to": date(2026, 12, 31)},
    )
    assert [one.after for one in renew_often(BOWLS, NEVER_PAID, DAY, 1)] == [date(2026, 12, 31)]


@pytest.mark.parametrize("times", [0, -1])
def test_at_least_one_fee(times: int) -> None:
    """R22: no fee at all is a caller's mistake."""
    with pytest.raises(ValueError, match=rf"^times: at least one fee, not {times}$"):
        renew_often(GOLD, JUNE, DAY, times)


DATES = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 12, 31))


@given(st.one_of(st.just(NEVER_PAID), DATES), DATES, st.integers(1, 3660), st.integers(0, 3660))
def test_renewal_agrees_with_plain_days(renewal_date: date, day: date, days: int, grace: int) -> None:
    """R22: against day numbers and nothing else; the fees told to be missing are enough, and one less is not."""
    row = replace(GOLD, days_paid=days, days_before_reset=grace)
    renewal = renew(row, renewal_date, day)
    assert renewal.after.toordinal() == renewal_oracle.renewed(
        renewal_date.toordinal(), day.toordinal(), days, grace, never=renewal_date == NEVER_PAID
    )
    reached = renew_often(row, renewal_date, day, 1 + renewal.more_needed)
    assert reached[-1].after >= day
    assert all(one.after < day for one in reached[:-1])
    assert [one.more_needed for one in reached] == list(range(renewal.more_needed, -1, -1))


@given(DATES, DATES, st.integers(1, 3660), st.integers(0, 3660))
def test_a_fee_never_takes_a_day_away(renewal_date: date, day: date, days: int, grace: int) -> None:
    """R21, R22: whatever was paid for stays paid for."""
    assert renew(replace(GOLD, days_paid=days, days_before_reset=grace), renewal_date, day).after > renewal_date
    fixed = replace(GOLD, days_paid=None, paid_to=day + timedelta(days=days))
    assert renew(fixed, renewal_date, day).after >= renewal_date
