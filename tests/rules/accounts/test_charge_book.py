"""Charge book: what is owed and open, and which payment paid which charge; no cent lost, whatever arrives first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.accounts.book import AccountFact, Allocation, Book, FactKind, OpenCharge, book
from clubtill_rules.values.money import NIL, Money
from tests.rules.accounts import ledger_oracle
from tests.rules.accounts.larkspur_account import EXAMPLE, charge, payment, refund


def opened(*facts: AccountFact) -> tuple[dict[str, int], int, int]:
    """Give what is open by charge, the credit and what is owed, in cents."""
    found = book(facts)
    return {one.charge.event_id: one.open.minor for one in found.charges}, found.credit.minor, found.owed.minor


@pytest.mark.example("R100.1")
def test_example() -> None:
    """R100: 3 Sep 80.00, 10 Oct 60.00, 5 Nov 50.00; 20 Oct paid 100.00: 3 Sep is paid, 10 Oct has 40.00 open."""
    c1, c2, _, c3 = EXAMPLE
    found = book(EXAMPLE)
    assert found == Book(
        owed=Money(9000),
        charges=(
            OpenCharge(charge=c1, open=NIL),
            OpenCharge(charge=c2, open=Money(4000)),
            OpenCharge(charge=c3, open=Money(5000)),
        ),
        credit=NIL,
        allocations=(
            Allocation(paid_by="p1", charge="c1", amount=Money(8000)),
            Allocation(paid_by="p1", charge="c2", amount=Money(2000)),
        ),
    )
    assert found.available(Money(20_000)) == Money(11_000)


TWO = (charge("c1", 8000, "2026-11-01"), charge("c2", 6000, "2026-11-02"))


@pytest.mark.parametrize(
    ("facts", "open_", "credit", "owed"),
    [
        pytest.param((), {}, 0, 0, id="nothing"),
        pytest.param((*TWO, payment("p", 7999)), {"c1": 1, "c2": 6000}, 0, 6001, id="a cent of the oldest is left"),
        pytest.param((*TWO, payment("p", 8000)), {"c1": 0, "c2": 6000}, 0, 6000, id="the oldest"),
        pytest.param((*TWO, payment("p", 8001)), {"c1": 0, "c2": 5999}, 0, 5999, id="and a cent of the next"),
        pytest.param((*TWO, payment("p", 6000, names="c2")), {"c1": 8000, "c2": 0}, 0, 8000, id="the one named"),
        pytest.param((*TWO, payment("p", 7000, names="c2")), {"c1": 7000, "c2": 0}, 0, 7000, id="named, then oldest"),
        pytest.param((*TWO, payment("p", 100, names="zz")), {"c1": 7900, "c2": 6000}, 0, 13900, id="named, not known"),
        pytest.param((*TWO, payment("p", 15_000)), {"c1": 0, "c2": 0}, 1000, -1000, id="over: a credit"),
        pytest.param(
            (*TWO, payment("p", 15_000), charge("c3", 700, "2026-11-11")),
            {"c1": 0, "c2": 0, "c3": 0},
            300,
            -300,
            id="the next charge uses the credit",
        ),
        pytest.param(
            (*TWO, payment("p", 15_000), charge("c3", 1700, "2026-11-11")),
            {"c1": 0, "c2": 0, "c3": 700},
            0,
            700,
            id="as far as it goes",
        ),
        pytest.param((*TWO, refund("r", 2000, "c2")), {"c1": 8000, "c2": 4000}, 0, 12_000, id="a refund: its charge"),
        pytest.param(
            (*TWO, payment("p", 6000, names="c2"), refund("r", 1000, "c2", "2026-11-12")),
            {"c1": 7000, "c2": 0},
            0,
            7000,
            id="a refund of what was paid: the oldest",
        ),
        pytest.param((*TWO, refund("r", 500)), {"c1": 7500, "c2": 6000}, 0, 13_500, id="a credit without a charge"),
        pytest.param((payment("p", 500),), {}, 500, -500, id="paid ahead"),
        pytest.param((*TWO, *TWO), {"c1": 8000, "c2": 6000}, 0, 14_000, id="sent twice"),
    ],
)
def test_allocation(facts: tuple[AccountFact, ...], open_: dict[str, int], credit: int, owed: int) -> None:
    """R100: to the charge named, else to the oldest open one; over, a credit that the next charge uses."""
    assert opened(*facts) == (open_, credit, owed)


def test_the_payment_that_paid_the_charge_it_names() -> None:
    """R100: is known for that charge as for the oldest."""
    assert book((*TWO, payment("p", 7000, names="c2"))).allocations == (
        Allocation(paid_by="p", charge="c2", amount=Money(6000)),
        Allocation(paid_by="p", charge="c1", amount=Money(1000)),
    )


def test_two_credits_are_used_oldest_first() -> None:
    """R100: which payment paid is known to the cent, also of credits."""
    found = book((payment("p1", 300, "2026-10-01"), payment("p2", 500, "2026-10-02"), charge("c", 600)))
    assert found.allocations == (
        Allocation(paid_by="p1", charge="c", amount=Money(300)),
        Allocation(paid_by="p2", charge="c", amount=Money(300)),
    )
    assert (found.credit, found.owed) == (Money(200), Money(-200))


def test_as_of() -> None:
    """R100: as at the end of a day, that day included."""
    assert book(EXAMPLE, date(2026, 10, 19)).owed == Money(14_000)
    assert book(EXAMPLE, date(2026, 10, 20)).owed == Money(4000)
    assert book(EXAMPLE, date(2026, 9, 2)) == Book(owed=NIL, charges=(), credit=NIL, allocations=())


@pytest.mark.parametrize("cents", [0, -1])
def test_amounts_are_above_nil(cents: int) -> None:
    """R100: anything else is a caller's mistake."""
    with pytest.raises(ValueError, match=r"^amount: not above nil$"):
        charge("c", cents)
    assert charge("c", 1).signed == Money(1)
    assert (payment("p", 1).signed, refund("r", 1).signed) == (Money(-1), Money(-1))


def test_of_two_at_one_instant_the_lower_id_is_first() -> None:
    """R100, R91: the order is (instant, event id)."""
    a, b, p = charge("a", 500), charge("b", 500), payment("p", 500)
    assert opened(b, p, a) == opened(a, b, p) == ({"a": 0, "b": 500}, 0, 500)
    assert opened(replace(b, at_us=a.at_us - 1), p, a)[0] == {"a": 500, "b": 0}


FACTS = st.lists(st.tuples(st.sampled_from(FactKind), st.integers(1, 400), st.none() | st.integers(0, 9)), max_size=10)


def made(rows: list[tuple[FactKind, int, int | None]]) -> list[AccountFact]:
    """Make facts one after the other; those that name something name an earlier or a later fact."""
    return [
        AccountFact(
            event_id=f"e{n}",
            kind=kind,
            at_us=n,
            day=date(2026, 11, 1),
            venue_id="clubhouse",
            reference="",
            amount=Money(cents),
            names="" if names is None or kind is FactKind.CHARGE else f"e{names}",
        )
        for n, (kind, cents, names) in enumerate(rows)
    ]


@given(rows=FACTS, order=st.randoms(use_true_random=False), twice=st.booleans())
def test_agrees_with_cents_put_one_by_one(
    rows: list[tuple[FactKind, int, int | None]], order: Any, twice: bool
) -> None:
    """R100: owed, open and credit are those of a statement cent by cent, in any order of arrival."""
    facts = made(rows)
    expected = ledger_oracle.book([(one.event_id, one.kind.value, one.amount.minor, one.names) for one in facts])
    arrived = facts * 2 if twice else list(facts)
    order.shuffle(arrived)
    found = book(arrived)
    open_ = {one.charge.event_id: one.open.minor for one in found.charges}
    assert (found.owed.minor, open_, found.credit.minor) == expected
    assert found == book(facts)


@given(rows=FACTS)
def test_sums_are_exact(rows: list[tuple[FactKind, int, int | None]]) -> None:
    """R100: open less credit is what is owed; each cent of a payment is allocated once or is credit."""
    facts = made(rows)
    found = book(facts)
    open_ = sum(one.open.minor for one in found.charges)
    assert found.owed.minor == open_ - found.credit.minor
    assert not open_ or not found.credit
    paid = sum(one.amount.minor for one in facts if one.kind is not FactKind.CHARGE)
    assert sum(one.amount.minor for one in found.allocations) + found.credit.minor == paid
    for one in found.charges:
        own = sum(part.amount.minor for part in found.allocations if part.charge == one.charge.event_id)
        assert one.charge.amount.minor == one.open.minor + own
    assert all(part.amount.minor > 0 for part in found.allocations)
