"""The accept path while PostgreSQL refuses, times out and goes away, statement by statement (F33 to F35, 6.4)."""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from clubtill_ledger.app.calls import Response
from clubtill_ledger.operate.commands import prepare
from clubtill_ledger.store import tables
from clubtill_ledger.store.columns import METADATA
from clubtill_ledger.store.engines import Store, open_store
from clubtill_ledger.store.probes import held_open
from clubtill_rules.values.ids import account_bucket
from clubtill_sync.wire.requests import EventsAnswer
from tests.ledger.audit import audit, balances, rows
from tests.ledger.club import Club, Till, decoded
from tests.ledger.conftest import NO_POSTGRES, POSTGRES
from tests.ledger.engines.counts import COUNTS
from tests.ledger.engines.proxy import PASS, Act, Asked, Proxy, proxied
from tests.ledger.master import CLUB_ID, OPENING_H

pytestmark = pytest.mark.skipif(not POSTGRES, reason=NO_POSTGRES)

STATES = ("40001", "40P01", "55P03", "57P01")
TRIES_MAX = 20


@pytest.fixture
def proxy(postgres_url: str) -> Iterator[tuple[Proxy, str]]:
    """A proxy before the module's database, and the URL through it."""
    with proxied(postgres_url) as both:
        yield both
        for name, times in both[0].done.items():
            COUNTS[name] += times


@pytest.fixture
def bent(proxy: tuple[Proxy, str]) -> Iterator[Store]:
    """An empty ledger behind the proxy, which does nothing yet."""
    opened = open_store(proxy[1])
    prepare(opened)
    with opened.writer.begin() as connection:
        connection.exec_driver_sql("TRUNCATE " + ", ".join(f'"{table}"' for table in METADATA.tables))
    prepare(opened)
    yield opened
    proxy[0].fault = lambda _asked: PASS
    opened.close()


def _beside(act: Callable[[], Response]) -> Response:
    """Call the ledger beside the test's own thread: it pauses between its tries."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(act).result()


def _sent(till: Till, body: bytes) -> EventsAnswer:
    """Send the same batch until it is answered, as a terminal does."""
    for _ in range(TRIES_MAX):
        response = _beside(partial(till.post, body))
        if response.status == 200:
            return decoded(response, EventsAnswer)
        assert response.status in {401, 503}, response.body  # 401: its nonce stands, though the answer was lost
    raise AssertionError("the batch was never answered")


def _nth(number: int, act: Act) -> tuple[Callable[[Asked], Act], list[Asked]]:
    """Give a fault that does something to the n-th thing that is asked from now on, and what was asked."""
    asked_all: list[Asked] = []

    def fault(asked: Asked) -> Act:
        asked_all.append(asked)
        return act if len(asked_all) == number else PASS

    return fault, asked_all


def _log(till: Till) -> bytes:
    """Put sales of three accounts, two visits, a lease's spend and its close into the log; give the batch."""
    lease = till.lease("A1", 3_00).lease
    assert lease is not None
    till.keep(till.sale("A1"), till.sale("A2"), till.sale(), till.swipe("A2"))
    till.keep(till.sale("A1", spends=[(lease.lease_id, 1_00)]), till.close("A1", lease.lease_id, 1_00))
    return till.batch()


ACTS = (*(Act(error=state) for state in STATES), Act(cut="before"), Act(cut="after"))
TURNS = range(len(ACTS)) if os.environ.get("CLUBTILL_TEST_EVERY_FAULT") else range(2)
"""In each turn every statement meets one of the acts, in the next turn another one."""


@pytest.mark.parametrize("turn", TURNS)
def test_batch_survives_a_fault_at_every_statement(proxy: tuple[Proxy, str], bent: Store, turn: int) -> None:
    """F33, F34, B11: each statement of a batch in turn fails or loses its line, commits too: all stands, and once."""
    club = Club.in_ledger(bent)
    done = 0
    for number in itertools.count(1):
        till = club.till()
        body = _log(till)
        before = balances(bent)
        proxy[0].fault, asked = _nth(number, ACTS[(number * 5 + turn) % len(ACTS)])
        told = _sent(till, body)
        proxy[0].fault = lambda _asked: PASS
        assert (told.acked_through, {one.status for one in told.results}) == (6, {"posted"})
        after = balances(bent)
        assert [after[name][0] - before[name][0] for name in ("A1", "A2")] == [500 + 2_00, 500 if done else 1500]
        assert _sent(till, body).results == told.results
        done += 1
        if len(asked) < number:
            break
        club.tick(1)
    assert done > 25, "every statement of a batch was met"
    assert sum(proxy[0].done.values()) == done - 1
    assert len(rows(bent, tables.raw_event)) == 6 * done
    audit(bent)


def test_many_tills_under_random_faults(proxy: tuple[Proxy, str], bent: Store) -> None:
    """I9, I10, F33, F34: four tills write while one in twenty groups of statements fails: nothing lost, none twice."""
    club = Club.in_ledger(bent)
    tills = [club.till(name) for name in ("T1", "T2", "T1", "T2")]
    chance = random.Random(7)  # noqa: S311 - the same faults in the same order
    acts = [Act(error=state) for state in STATES] + [Act(cut="before"), Act(cut="after")]

    def fault(asked: Asked) -> Act:
        spared = asked.is_a("ROLLBACK") or asked.is_a("DEALLOCATE")
        return chance.choice(acts) if not spared and chance.random() < 0.05 else PASS

    def sells(till: Till) -> int:
        for _ in range(8):
            till.keep(till.sale("A1"), till.sale("A3"))
            told = _sent(till, till.batch())
            till.acked = told.acked_through
        return till.acked

    proxy[0].fault = fault
    with ThreadPoolExecutor(4) as pool:
        acked = list(pool.map(sells, tills))
    proxy[0].fault = lambda _asked: PASS
    assert acked == [16] * 4
    assert len(rows(bent, tables.raw_event)) == 64
    assert balances(bent)["A1"] == balances(bent)["A3"] == (OPENING_H + 32 * 500, 0, 0)
    assert set(proxy[0].done) == {*STATES, "before", "after"}
    audit(bent)


def test_lost_answer_of_a_lease_grants_once(proxy: tuple[Proxy, str], bent: Store) -> None:
    """I10, F34: an ask whose commit is done and whose line is cut gets the lease that was granted, once."""
    till = Club.in_ledger(bent).till()
    cut = itertools.count(1)

    def fault(asked: Asked) -> Act:
        if asked.is_a("COMMIT") and next(cut) <= 3:
            return Act(cut="after")
        return PASS

    proxy[0].fault = fault
    ask = till.ask("A1", 500_00)
    response = _beside(partial(till.call, "POST", "/v1/leases", ask))
    proxy[0].fault = lambda _asked: PASS
    if response.status != 200:
        assert response.status in {401, 503}, "its nonce was used by the try whose answer was lost"
        response = till.call("POST", "/v1/leases", ask)
    assert response.status == 200
    assert len(rows(bent, tables.lease)) == 1
    assert balances(bent)["A1"] == (OPENING_H - 500_00, 500_00, 0)
    audit(bent)


def test_open_transaction_hides_nothing(bent: Store) -> None:
    """F35, 6.5: a transaction left open in one bucket keeps no other from being written and read through the feed."""
    club = Club.in_ledger(bent)
    till, reader = club.till("T1"), club.till("T2")
    cursor = reader.feed().cursor
    held = account_bucket(CLUB_ID, "A1")
    others = [name for name in ("A2", "A3", "A4", "A5") if account_bucket(CLUB_ID, name) != held]
    with held_open(bent, held):
        till.push(*(till.sale(name) for name in others))
        page = reader.feed(cursor)
    assert {card.account_id for card in page.accounts} == set(others)
    assert held not in {one.stream for one in page.ranges}
    till.push(till.sale("A1"))
    assert [card.account_id for card in reader.feed(page.cursor).accounts] == ["A1"]
    audit(bent)


def test_lock_that_is_held_too_long_is_busy(bent: Store) -> None:
    """F33, 6.4: a head row that somebody keeps locked is 503 with Retry-After, not a thread that waits for ever."""
    club = Club.in_ledger(bent)
    till = club.till()
    till.keep(till.sale("A1"))
    body = till.batch()
    with held_open(bent, account_bucket(CLUB_ID, "A1")):
        response = _beside(partial(till.post, body))
        assert (response.status, response.headers["Retry-After"]) == (503, "1")
    assert _sent(till, body).acked_through == 1
    audit(bent)
