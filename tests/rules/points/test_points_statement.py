"""The points statement of a month: what the history of an account says of these days, and nothing else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.points.entries import Entry
from clubtill_rules.points.expiry import history
from clubtill_rules.points.statement import PointsStatement, month_before, points_statement
from tests.rules.points.accounts import FEB, JAN, JUN, MAR, A, K, award, entry, folded, lease, redeem, refund, reversal
from tests.rules.points.histories import FIRST_DAY, History, Step
from tests.rules.points.test_lots_property import GRACE, SCRIPTS


def told(entries: list[Entry]) -> tuple[int, ...]:
    """Give February's statement in whole points: opening, earned, spent, expired, other, closing, and its moves."""
    made = points_statement(entries, first=FEB(1), last=FEB(28), refund_grace_days=30)
    figures = (made.opening, made.earned, made.spent, made.expired, made.other, made.closing)
    return (*(one.hundredths // 100 for one in figures), made.moves)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        pytest.param([], (0, 0, 0, 0, 0, 0, 0), id="nothing at all"),
        pytest.param([award(60, JAN(31), JUN(30))], (60, 0, 0, 0, 0, 60, 0), id="the day before opens it"),
        pytest.param([award(60, FEB(1), JUN(30))], (0, 60, 0, 0, 0, 60, 1), id="the first day counts"),
        pytest.param([award(60, FEB(28), JUN(30))], (0, 60, 0, 0, 0, 60, 1), id="the last day counts"),
        pytest.param([award(60, MAR(1), JUN(30))], (0, 0, 0, 0, 0, 0, 0), id="the day after is next month's"),
        pytest.param(
            [award(60, FEB(1), JUN(30), "x"), reversal(60, FEB(2), "x")], (0, 0, 0, 0, 0, 0, 2), id="taken back"
        ),
        pytest.param(
            [award(90, JAN(1), JUN(30)), redeem(50, FEB(2), "s"), refund(20, FEB(3), "s")],
            (90, 0, 30, 0, 0, 60, 2),
            id="spent less what a refund gave back",
        ),
        pytest.param([award(60, JAN(1), FEB(27))], (60, 0, 0, 60, 0, 0, 1), id="expired, not posted yet"),
        pytest.param([award(60, JAN(1), FEB(28))], (60, 0, 0, 0, 0, 60, 0), id="usable through its last day"),
        pytest.param(
            [award(60, JAN(1), FEB(10)), entry(K.EXPIRE, 60, FEB(11), "e")], (60, 0, 0, 60, 0, 0, 1), id="expired"
        ),
        pytest.param(
            [award(60, JAN(1), None), entry(K.ADJUST, -10, FEB(2), "j"), entry(K.TRANSFER_OUT, 20, FEB(3), "t")],
            (60, 0, 0, 0, -30, 30, 2),
            id="adjusted and transferred",
        ),
        pytest.param(
            [award(60, JAN(1), JAN(20)), entry(K.EXPIRE, 60, FEB(2), "e")], (0, 0, 0, 0, 0, 0, 1), id="posted late"
        ),
        pytest.param([A, lease(200, FEB(9))], (300, 0, 0, 0, 0, 300, 0), id="what is set aside is still his"),
    ],
)
def test_a_month(entries: list[Entry], expected: tuple[int, ...]) -> None:
    """R35, R5: opening, earned, spent, expired, other and closing of February, in whole points."""
    assert told(entries) == expected


@given(script=SCRIPTS, grace=GRACE, privileged=st.booleans(), cut=st.integers(0, 100), length=st.integers(1, 40))
def test_months_join(script: list[Step], grace: int, privileged: bool, cut: int, length: int) -> None:
    """R35, R5: a statement opens as the one before closes, and two of them add up to that of all their days."""
    history = History(grace_days=grace, privileged=privileged)
    for _ in history.play(script):
        pass
    ends = [FIRST_DAY + timedelta(days=n) for n in (cut, cut + length)]
    days = [(FIRST_DAY, ends[0]), (ends[0] + timedelta(days=1), ends[1]), (FIRST_DAY, ends[1])]
    one, two, both = (
        points_statement(history.arrived, first=first, last=last, refund_grace_days=grace) for first, last in days
    )
    assert (one.closing, two.closing) == (two.opening, both.closing)
    for name in ("earned", "spent", "expired", "other"):
        assert getattr(one, name) + getattr(two, name) == getattr(both, name), name


def test_days_that_end_before_they_begin() -> None:
    """R35: a statement of no days is a mistake of whoever asks."""
    with pytest.raises(ValueError, match="last"):
        points_statement([], first=FEB(2), last=FEB(1), refund_grace_days=30)


@pytest.mark.parametrize(
    ("entries", "tells"),
    [
        pytest.param([], False, id="never had any"),
        pytest.param([award(60, JAN(1), JUN(30))], True, id="a balance"),
        pytest.param([award(60, FEB(1), FEB(2))], True, id="came and went"),
        pytest.param([award(60, JAN(1), FEB(2))], True, id="ended in these days"),
        pytest.param([award(60, JAN(1), JAN(2)), entry(K.EXPIRE, 60, JAN(3), "e")], False, id="gone before"),
    ],
)
def test_whether_there_is_anything_to_tell(entries: list[Entry], tells: bool) -> None:
    """R35: nobody is sent a page of noughts."""
    made = points_statement(entries, first=FEB(1), last=FEB(28), refund_grace_days=30)
    assert (made.tells, type(made)) == (tells, PointsStatement)


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 3, 1), date(2026, 2, 1)),
        (date(2026, 3, 31), date(2026, 2, 1)),
        (date(2026, 12, 31), date(2026, 11, 1)),
        (date(2027, 1, 1), date(2026, 12, 1)),
        (date(2027, 2, 28), date(2027, 1, 1)),
    ],
)
def test_the_month_before(day: date, first: date) -> None:
    """R35: a statement is of the month that is over; January's follows December of the year before."""
    assert month_before(day) == first


def test_a_history_is_what_it_is_made_of() -> None:
    """R35, R5: the closing balance is the one that the history of the same day ends with."""
    entries = [award(90, JAN(1), FEB(20)), award(40, FEB(3), JUN(30)), redeem(30, FEB(4), "s")]
    rows = history(entries, folded(entries, FEB(28)), as_of=FEB(28))
    made = points_statement(entries, first=FEB(1), last=FEB(28), refund_grace_days=30)
    assert (made.closing, made.closing.hundredths) == (rows[-1].balance, 4_000)
