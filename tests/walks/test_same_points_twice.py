"""Points that other tills have spent twice: cut off at two counters, and confirmed three times over a bad line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clubtill_sync.client import Answer
from clubtill_terminal.actions.exchange_push import send
from tests.walks.month.__main__ import report
from tests.walks.month.story import THOUSAND_H, Month
from tests.walks.month.tills import MonthTill

MEMBER = "600089"
ACCOUNT = "m89"
ENOUGH = 60
"""So many schooners cost more points than the member has."""


@pytest.fixture
def club(tmp_path: Path) -> Iterator[Month]:
    """A ledger process and three tills that have been online once."""
    made = Month(tmp_path, seed=1)
    for till in made.tills:
        till.greet()
    yield made
    made.close()


def spend_all(till: MonthTill) -> int:
    """Sell schooners for the member's points, as many as the till allows; give the points that were taken."""
    taken_h = 0
    for _ in range(ENOUGH):
        taken_h += till.drink_for_points(MEMBER)
    return taken_h


@pytest.mark.timeout(120)
def test_the_same_1000_points_redeemed_on_two_cut_off_tills(club: Month) -> None:
    """C3, I15, I24: both tills ask for all of a member's 1,000 points, lose the line, sell for them: one can."""
    first, second, _ = club.tills
    for till in (first, second):
        till.attach(MEMBER)
    assert sum(lot[0] for lot in club.openings()[ACCOUNT]) == THOUSAND_H
    for till in (first, second):
        till.cut_off_us = club.clock.now_us()
    taken_h = [spend_all(till) for till in (first, second)]
    assert taken_h[0] > 0
    assert taken_h[1] == 0
    assert sum(taken_h) <= THOUSAND_H
    told = club.come_back()
    assert report(told) == []
    assert told.booked[ACCOUNT][2] == 0, "no spend left a deficit"


@pytest.mark.timeout(120)
def test_a_points_confirmation_replayed_three_times(club: Month) -> None:
    """C1, I10, I15: a sale for points whose batch is sent three times takes them once, with one answer."""
    till = club.tills[0]
    till.attach(MEMBER)
    taken_h = till.drink_for_points(MEMBER)
    assert taken_h > 0
    batch = till.composed()
    assert batch is not None
    answers = [send(till.client, batch) for _ in range(3)]
    told = [one.value.results for one in answers if isinstance(one, Answer)]
    assert len(told) == 3
    assert told[0] == told[1] == told[2]
    till.settled(batch, answers[0])
    assert report(club.come_back()) == []
