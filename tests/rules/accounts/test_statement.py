"""Statement: lines that add up, ageing at every boundary, and the quirk of the bank details."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.accounts.book import AccountFact, FactKind
from clubtill_rules.accounts.statement import (
    Ageing,
    Statement,
    StatementLine,
    statement,
    statement_days,
)
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.accounts.larkspur_account import ACCOUNT, EXAMPLE, SILVER, charge, payment, refund

NAMED = replace(SILVER, venues=("clubhouse", "marina"))
OCT, NOV = date(2026, 10, 25), date(2026, 11, 24)


def made(*facts: AccountFact, first: date = OCT, last: date = NOV, **changes: Any) -> Statement:
    """Make a statement."""
    asked: dict[str, Any] = {
        "classification": NAMED, "venue_id": "clubhouse", "bank_details": "BSB 062-000", "comments": "Thank you",
    }  # fmt: skip
    return statement(ACCOUNT, facts, first=first, last=last, **{**asked, **changes})


@pytest.mark.example("R100.1")
def test_example() -> None:
    """R100: 24 Nov: closing 90.00; 0-30 days 50.00 (19 days), 31-60 days 40.00 (45 days); available 110.00."""
    assert made(*EXAMPLE) == Statement(
        first=OCT,
        last=NOV,
        opening=Money(4000),
        lines=(
            StatementLine(
                day=date(2026, 11, 5),
                kind=FactKind.CHARGE,
                venue_id="clubhouse",
                reference="R-c3",
                amount=Money(5000),
                balance=Money(9000),
            ),
        ),
        closing=Money(9000),
        ageing=Ageing(to_30=Money(5000), to_60=Money(4000), to_90=NIL, over_90=NIL),
        credit=NIL,
        overdue=Money(4000),
        available=Money(11_000),
        bank_details="BSB 062-000",
        comments="Thank you",
        because=(
            because(
                "why.statement.closing",
                "R100",
                working=working(Money(9000), Rounding.EXACT, Money(4000), ("+", Money(5000))),
                amount=Money(9000),
                opening=Money(4000),
                n=1,
            ),
            because("why.statement.bank", "R16", venue="clubhouse"),
        ),
    )


def test_lines_run() -> None:
    """R100: one line a charge, payment and credit, in order, each with what is owed after it."""
    facts = (
        charge("c1", 5000, "2026-10-24"),
        charge("c2", 1000, "2026-10-25"),
        payment("p1", 2000, "2026-11-02"),
        refund("r1", 500, "c2", "2026-11-24"),
        charge("c3", 700, "2026-11-25"),
    )
    found = made(*reversed(facts))
    assert found.opening == Money(5000)
    assert [(one.kind, one.amount.minor, one.balance.minor) for one in found.lines] == [
        (FactKind.CHARGE, 1000, 6000),
        (FactKind.PAYMENT, -2000, 4000),
        (FactKind.CREDIT, -500, 3500),
    ]
    assert found.closing == Money(3500)
    assert found.because[0].facts["n"] == 3


@pytest.mark.parametrize(
    ("days", "parts"),
    [
        pytest.param(0, (700, 0, 0, 0), id="today"),
        pytest.param(30, (700, 0, 0, 0), id="30 days"),
        pytest.param(31, (0, 700, 0, 0), id="31 days"),
        pytest.param(60, (0, 700, 0, 0), id="60 days"),
        pytest.param(61, (0, 0, 700, 0), id="61 days"),
        pytest.param(90, (0, 0, 700, 0), id="90 days"),
        pytest.param(91, (0, 0, 0, 700), id="91 days"),
    ],
)
def test_ageing(days: int, parts: tuple[int, ...]) -> None:
    """R100: by days since the charge at the statement's date: 0-30, 31-60, 61-90, over 90."""
    found = made(charge("c", 700, (NOV - timedelta(days=days)).isoformat())).ageing
    assert found == Ageing(**dict(zip(("to_30", "to_60", "to_90", "over_90"), map(Money, parts), strict=True)))
    assert found.total == Money(700)


@pytest.mark.parametrize(
    ("days", "terms", "overdue"),
    [
        pytest.param(30, 30, 0, id="on the last day of the terms"),
        pytest.param(31, 30, 700, id="a day late"),
        pytest.param(1, 0, 700, id="due at once"),
        pytest.param(0, 0, 0, id="today"),
    ],
)
def test_overdue(days: int, terms: int, overdue: int) -> None:
    """R100: a charge is overdue when its account's terms are over."""
    one = charge("c", 700, (NOV - timedelta(days=days)).isoformat())
    found = statement(
        replace(ACCOUNT, terms_days=terms), [one], first=OCT, last=NOV, classification=SILVER, venue_id="clubhouse"
    )
    assert found.overdue == Money(overdue)
    assert (found.bank_details, found.comments) == ("", "")


def test_paid_ahead() -> None:
    """R100: a credit stands beside an ageing of nothing; more is available than the limit."""
    found = made(payment("p", 500, "2026-11-02"))
    assert (found.closing, found.credit, found.ageing.total) == (Money(-500), Money(500), NIL)
    assert found.available == Money(20_500)


@pytest.mark.parametrize(
    ("venues", "venue", "prints"),
    [
        pytest.param(None, "v1", False, id="ALL: left out"),
        pytest.param(("v1",), "v1", True, id="venue 1 by name: printed for it"),
        pytest.param(("v1",), "v2", False, id="not for another one"),
        pytest.param(("v1", "v2"), "v2", True, id="one of two"),
    ],
)
@pytest.mark.example("R16.1")
def test_bank_details(venues: tuple[str, ...] | None, venue: str, prints: bool) -> None:
    """R16: bank details and comments print only for a venue that is selected by name, never for ALL."""
    classification = replace(SILVER, venues=venues)
    found = made(classification=classification, venue_id=venue)
    assert (found.bank_details, found.comments) == (("BSB 062-000", "Thank you") if prints else ("", ""))
    assert found.because[1] == because("why.statement.bank" if prints else "why.statement.no_bank", "R16", venue=venue)


@pytest.mark.parametrize(
    ("statement_day", "today", "first", "last"),
    [
        pytest.param(24, "2026-11-24", "2026-10-25", "2026-11-24", id="on its day"),
        pytest.param(24, "2026-11-23", "2026-09-25", "2026-10-24", id="a day before"),
        pytest.param(1, "2026-11-30", "2026-10-02", "2026-11-01", id="the first"),
        pytest.param(31, "2026-11-30", "2026-11-01", "2026-11-30", id="the last of a short month"),
        pytest.param(31, "2026-11-29", "2026-10-01", "2026-10-31", id="not yet"),
        pytest.param(31, "2026-03-30", "2026-02-01", "2026-02-28", id="February"),
        pytest.param(15, "2026-01-10", "2025-11-16", "2025-12-15", id="over the year"),
    ],
)
def test_days_of_a_statement(statement_day: int, today: str, first: str, last: str) -> None:
    """R100: from the day after the last statement to the statement day, clamped to a short month's end."""
    found = statement_days(statement_day, date.fromisoformat(today))
    assert found == (date.fromisoformat(first), date.fromisoformat(last))


def test_callers_mistakes() -> None:
    """R100: days in the wrong order, or a statement day that no month has."""
    with pytest.raises(ValueError, match=r"^last: lies before first$"):
        made(first=NOV, last=OCT)
    assert made(first=NOV).lines == ()
    for day in (0, 32):
        with pytest.raises(ValueError, match=r"^statement_day: 1 to 31$"):
            statement_days(day, NOV)


@given(statement_day=st.integers(1, 31), day=st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_statements_leave_no_day_out(statement_day: int, day: date) -> None:
    """R100: the statement before ends the day before this one begins."""
    first, last = statement_days(statement_day, day)
    assert first <= last <= day
    assert statement_days(statement_day, first - timedelta(days=1))[1] == first - timedelta(days=1)


FACTS = st.lists(
    st.tuples(
        st.sampled_from([charge, payment, refund]),
        st.integers(1, 9000),
        st.integers(0, 200),
        st.none() | st.integers(0, 9),
    ),
    max_size=10,
)  # fmt: skip


@given(rows=FACTS, cut=st.integers(1, 199))
def test_statements_add_up(rows: list[tuple[Any, int, int, int | None]], cut: int) -> None:
    """R100: closing is opening and lines, is what the ages hold less the credit, and opens the next statement."""
    start = date(2026, 5, 1)
    facts = []
    for n, (make, cents, days, names) in enumerate(rows):
        day = (start + timedelta(days=days)).isoformat()
        named = {} if make is charge or names is None else {"names": f"e{names}"}
        facts.append(make(f"e{n}", cents, day=day, **named))
    middle, end = start + timedelta(days=cut), start + timedelta(days=200)
    one = made(*facts, first=start, last=middle)
    two = made(*facts, first=middle + timedelta(days=1), last=end)
    for found in (one, two):
        assert found.closing == found.opening + Money(sum(line.amount.minor for line in found.lines))
        assert found.closing == found.ageing.total - found.credit
        assert found.available == ACCOUNT.limit - found.closing
        assert found.overdue <= found.ageing.total
    assert two.opening == one.closing
    assert len(one.lines) + len(two.lines) == len(facts)


def test_a_venue_without_words_of_its_own_prints_none() -> None:
    """R16, R100: no bank details and no comments; a fact that names no charge names nothing."""
    plain = statement(ACCOUNT, EXAMPLE, first=OCT, last=NOV, classification=NAMED, venue_id="clubhouse")
    assert (plain.bank_details, plain.comments) == ("", "")
    fact = AccountFact(
        event_id="p", at_us=1, day=OCT, kind=FactKind.PAYMENT, venue_id="clubhouse", reference="", amount=Money(1)
    )
    assert fact.names == ""
