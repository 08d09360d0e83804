"""The order of arrival never changes a balance, through the real accept and on both engines (I18, I19, R91)."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.store.engines import Store
from clubtill_sync.wire.requests import EventsAnswer
from tests.ledger.audit import audit, balances, entries
from tests.ledger.club import Club, Happened, Till, decoded
from tests.ledger.master import DAY, MINUTE, account

ACTS = st.tuples(
    st.integers(0, 2),  # which till
    st.sampled_from(["sale", "visit", "spend", "close"]),
    st.integers(0, 40 * 24 * 60),  # minutes after the start
    st.integers(1, 9),
)
_count = iter(range(1_000_000))


def _story(tills: list[Till], name: str, acts: list[tuple[int, str, int, int]], leases: dict[int, str]) -> None:
    """Write each till's log: what happened there, in the order of its own clock."""
    spent = dict.fromkeys(leases, 0)
    closed: set[int] = set()
    for place, kind, minute, size in sorted(acts, key=lambda act: act[2]):
        till, at_us = tills[place], tills[0].club.now_us + minute * MINUTE
        made: Happened | None = None
        if kind == "sale":
            made = till.sale(name, qty=size, at_us=at_us)
        elif kind == "visit":
            made = till.swipe(name, at_us=at_us, visit_h=100 * size)
        elif kind == "spend" and place not in closed and spent[place] + 1_000 * size <= 8_000:
            spent[place] += 1_000 * size
            made = till.sale(name, spends=[(leases[place], 1_000 * size)], at_us=at_us)
        elif kind == "close" and place not in closed:
            closed.add(place)
            made = till.close(name, leases[place], spent[place])
        if made is not None:
            till.keep(made)


def _arrive(store: Store, acts: list[tuple[int, str, int, int]], order: list[int], sizes: list[int]) -> Any:
    """Play a story to an account of its own, its logs arriving in a given order and in pieces of given sizes."""
    club = Club.in_ledger(store)
    name = f"H{next(_count)}"
    opening = seeds.Opening(amount_h=30_000, earn_day=account("x").opening[0].earn_day)
    lot = seeds.Account(club_id="harbour", account_id=name, persons=account(name).persons, opening=(opening,))
    seeds.load(store, club.ledger.shelf, seeds.Seed(accounts=(lot,)), now_us=club.now_us)
    tills = [club.till(terminal) for terminal in ("T1", "T2", "D1")]
    leases: dict[int, str] = {}
    for place, till in enumerate(tills):
        lease = till.lease(name, 8_000).lease
        assert lease is not None
        leases[place] = lease.lease_id
    _story(tills, name, acts, leases)
    club.tick(41 * DAY)
    pieces = iter(sizes * 200)
    for place in order * 200:
        till = tills[place]
        if till.acked < len(till.log):
            body = till.batch(last=min(len(till.log), till.acked + next(pieces)))
            till.acked = decoded(till.post(body), EventsAnswer).acked_through
            decoded(till.post(body), EventsAnswer)
    assert all(till.acked == len(till.log) for till in tills)
    stood = sorted(
        (row.kind, row.amount_h, row.eff_us) for row in entries(store, name) if row.kind not in {"reversal", "award"}
    )
    return balances(store)[name], stood


@given(
    acts=st.lists(ACTS, max_size=14),
    orders=st.lists(st.permutations([0, 1, 2]), min_size=2, max_size=3),
    sizes=st.lists(st.integers(1, 5), min_size=1, max_size=4),
)
@hypothesis_settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_order_of_arrival_never_changes_a_balance(
    store: Store, acts: list[tuple[int, str, int, int]], orders: list[list[int]], sizes: list[int]
) -> None:
    """I18, I19: sales, visits, lease spends and closes of three tills end alike whichever log arrives first."""
    ends = [_arrive(store, acts, order, sizes)[0] for order in orders]
    assert all(end == ends[0] for end in ends)
    audit(store)
