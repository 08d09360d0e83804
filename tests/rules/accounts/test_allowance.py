"""Allowance: a fixed limit that a reset sets again and never adds to."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.accounts.allowance import AllowanceLeft, allowance_left, had_last, left_by_card, limit_at_reset
from clubtill_rules.accounts.book import AccountFact
from clubtill_rules.members.classification import Allowance, AllowanceReset
from clubtill_rules.values.money import Money
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.accounts.larkspur_account import charge, payment, refund

OPENED = date(2026, 11, 1)
DAILY = Allowance(limit=Money(1000))
BY_HAND = Allowance(limit=Money(1000), reset=AllowanceReset.MANUAL)
WEEKLY = Allowance(limit=Money(1000), reset=AllowanceReset.INTERVAL, interval_days=7)


def left(allowance: Allowance, facts: list[AccountFact], day: str, resets: tuple[int, ...] = ()) -> int:
    """Give what is left on a day in cents."""
    on = date.fromisoformat(day)
    return allowance_left(allowance, facts, opened_on=OPENED, day=on, resets_us=resets).left.minor


@pytest.mark.example("R96.1")
def test_platinum() -> None:
    """R96: 10.00 a day: spent 7.00, reset: 10.00 and not 13.00."""
    spent = [charge("c1", 700, "2026-11-24")]
    assert left(DAILY, spent, "2026-11-24") == 300
    assert left(DAILY, spent, "2026-11-25") == 1000


def test_every_field() -> None:
    """R96: what is left, what was spent, since when, and the working."""
    found = allowance_left(DAILY, [charge("c1", 700, "2026-11-24")], opened_on=OPENED, day=date(2026, 11, 24))
    assert found == AllowanceLeft(
        left=Money(300),
        spent=Money(700),
        started=date(2026, 11, 24),
        because=(
            because(
                "why.allowance",
                "R96",
                working=working(Money(300), Rounding.EXACT, Money(1000), ("-", Money(700))),
                limit=Money(1000),
                spent=Money(700),
                amount=Money(300),
            ),
        ),
    )


SPENT = [charge("c1", 400, "2026-11-07"), charge("c2", 100, "2026-11-08"), charge("c3", 50, "2026-11-14")]


@pytest.mark.parametrize(
    ("allowance", "day", "cents"),
    [
        pytest.param(DAILY, "2026-11-08", 900, id="daily: that day alone"),
        pytest.param(WEEKLY, "2026-11-07", 600, id="weekly: the first week's last day"),
        pytest.param(WEEKLY, "2026-11-08", 900, id="weekly: the second week's first day"),
        pytest.param(WEEKLY, "2026-11-14", 850, id="weekly: its last day"),
        pytest.param(WEEKLY, "2026-11-15", 1000, id="weekly: the third week"),
        pytest.param(BY_HAND, "2026-11-30", 450, id="by hand: never by itself"),
        pytest.param(BY_HAND, "2026-11-07", 600, id="by hand: to the day asked for"),
    ],
)
def test_intervals(allowance: Allowance, day: str, cents: int) -> None:
    """R96: at the end of the day, at an interval from its first day, or by hand only."""
    assert left(allowance, SPENT, day) == cents


@pytest.mark.parametrize("allowance", [DAILY, WEEKLY, BY_HAND], ids=["daily", "weekly", "by hand"])
def test_resets_by_hand(allowance: Allowance) -> None:
    """R96: the latest reset by hand begins anew at its instant, in each mode."""
    one, two = charge("c1", 300, "2026-11-09", clock="10:00"), charge("c2", 200, "2026-11-09", clock="12:00")
    assert left(allowance, [one, two], "2026-11-09") == 500
    assert left(allowance, [one, two], "2026-11-09", (one.at_us, one.at_us + 1)) == 800
    assert left(allowance, [one, two], "2026-11-09", (two.at_us,)) == 800
    assert left(allowance, [one, two], "2026-11-09", (two.at_us + 1, one.at_us)) == 1000


@pytest.mark.parametrize(
    ("facts", "cents"),
    [
        pytest.param([payment("p", 5000, "2026-11-24")], 300, id="a payment adds nothing"),
        pytest.param([payment("p", 500, "2026-11-24", names="c1")], 300, id="nor one that names the charge"),
        pytest.param([refund("r", 200, "c1", "2026-11-24")], 500, id="a refund gives back"),
        pytest.param([refund("r", 900, "c1", "2026-11-24")], 1000, id="never more than was charged"),
        pytest.param([refund("r", 200, "", "2026-11-24")], 300, id="a credit of no charge"),
        pytest.param([refund("r", 200, "c0", "2026-11-24")], 300, id="a refund of yesterday's charge"),
        pytest.param([charge("c2", 500, "2026-11-24", clock="13:00")], -200, id="beyond, by approval"),
        pytest.param([refund("r", 200, "c1", "2026-11-25")], 300, id="what comes tomorrow"),
    ],
)
def test_what_changes_it(facts: list[AccountFact], cents: int) -> None:
    """R96: charges take, refunds give back in the period of their charge, payments do nothing."""
    before = [charge("c0", 200, "2026-11-23"), charge("c1", 700, "2026-11-24", clock="11:00")]
    assert left(DAILY, [*before, *facts], "2026-11-24") == cents


def test_it_overrides_the_limit() -> None:
    """R96: at a reset the allowance is the limit; without one the account's own is."""
    assert limit_at_reset(DAILY, Money(50_000)) == Money(1000)
    assert limit_at_reset(None, Money(50_000)) == Money(50_000)


def test_callers_mistakes() -> None:
    """R96: a day before the account, or an interval of no days."""
    with pytest.raises(ValueError, match=r"^opened_on: after the day$"):
        allowance_left(DAILY, [], opened_on=date(2026, 11, 25), day=date(2026, 11, 24))
    with pytest.raises(ValueError, match=r"^allowance: an interval has at least one day$"):
        allowance_left(Allowance(limit=Money(1), reset=AllowanceReset.INTERVAL), [], opened_on=OPENED, day=OPENED)
    one_day = Allowance(limit=Money(1), reset=AllowanceReset.INTERVAL, interval_days=1)
    assert allowance_left(one_day, [], opened_on=OPENED, day=OPENED).started == OPENED


@given(
    rows=st.lists(st.tuples(st.integers(0, 20), st.integers(1, 900)), max_size=10),
    interval=st.integers(1, 9),
    day=st.integers(0, 20),
)
def test_what_was_spent_before_never_adds(rows: list[tuple[int, int]], interval: int, day: int) -> None:
    """R96: left is the limit less the charges of the interval that holds the day, whatever came before."""
    facts = [charge(f"c{n}", cents, (OPENED + timedelta(days=at)).isoformat()) for n, (at, cents) in enumerate(rows)]
    allowance = Allowance(limit=Money(1000), reset=AllowanceReset.INTERVAL, interval_days=interval)
    spent = sum(cents for at, cents in rows if at // interval == day // interval and at <= day)
    assert left(allowance, facts, (OPENED + timedelta(days=day)).isoformat()) == 1000 - spent


@pytest.mark.parametrize(
    ("facts", "had"),
    [
        pytest.param([], None, id="never charged"),
        pytest.param([payment("p1", 500)], None, id="only paid"),
        pytest.param(SPENT, ("2026-11-14", 50), id="the latest day"),
        pytest.param([*SPENT, charge("c4", 25, "2026-11-14")], ("2026-11-14", 75), id="twice on it"),
        pytest.param([*SPENT, refund("r1", 20, "c3", "2026-11-20")], ("2026-11-14", 30), id="given back later"),
        pytest.param([*SPENT, refund("r1", 400, "c1", "2026-11-14")], ("2026-11-14", 50), id="of another day's charge"),
    ],
)
def test_what_a_card_tells(facts: list[AccountFact], had: tuple[str, int] | None) -> None:
    """R96: the latest day with a charge, and what of it was not given back."""
    found = had_last("acc-1", facts)
    told = found and (found.charge_account_id, str(found.day), found.charged.minor)
    assert told == (had and ("acc-1", *had))


@given(
    spent=st.lists(st.tuples(st.integers(0, 9), st.integers(1, 900)), max_size=6),
    back=st.lists(st.tuples(st.integers(0, 5), st.integers(1, 900)), max_size=4),
    later=st.integers(0, 3),
)
def test_a_card_tells_what_all_facts_tell(
    spent: list[tuple[int, int]], back: list[tuple[int, int]], later: int
) -> None:
    """R96: for an allowance of each day the latest day is enough; a card of another account changes nothing."""
    days = [OPENED + timedelta(days=n) for n, _ in spent]
    last = max(days, default=OPENED)
    facts = [charge(f"c{n}", cents, str(days[n])) for n, (_, cents) in enumerate(spent)]
    facts += [refund(f"r{n}", cents, f"c{of}", str(last)) for n, (of, cents) in enumerate(back)]
    on = last + timedelta(days=later)
    had = [one for one in (had_last("acc-1", facts), had_last("acc-2", [charge("x", 1, str(on))])) if one]
    expected = allowance_left(DAILY, facts, opened_on=OPENED, day=on).left
    assert left_by_card(DAILY, had, "acc-1", on) == expected


@pytest.mark.parametrize("allowance", [BY_HAND, WEEKLY])
def test_others_only_the_ledger_can_tell(allowance: Allowance) -> None:
    """R96: weeks and resets by hand need every charge, which no card carries."""
    assert left_by_card(allowance, (), "acc-1", OPENED) is None
