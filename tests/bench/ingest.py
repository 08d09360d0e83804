"""Ingest: events a second of the whole accept path over HTTP, against a bare insert of the same rows of all tables.

Batches of a hundred sales, each with three spends and an award: four entries. The shares of rules, SQL and HTTP are of
the time of a batch. `quick_while_drained` is the 99th percentile of a batch of one event, while fifty terminals drain,
over the same without them. Rates are told as seconds an event, so that less is better and the ratio is a cost.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from time import monotonic, perf_counter_ns, sleep
from typing import Any, Final

import httpx
import sqlalchemy as sa

from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.operate.commands import clock_us, prepare
from clubtill_ledger.store.engines import Store, open_store
from clubtill_sync.signing import idempotency_key, key_text
from tests.bench import million
from tests.bench.figures import Figure, median, percentile, since_us
from tests.bench.ingest_drain import drain
from tests.bench.ingest_rows import insert_bare, left_by
from tests.ledger.club import Club, Till
from tests.ledger.engines.served import Served
from tests.ledger.master import CLUB_ID, account, settings

BATCH: Final = 100
ACCOUNTS: Final = 200
BOUNDS: Final = {"sqlite": 1 / 0.3, "postgresql": 1 / 0.12}
P99_BOUND: Final = 5.0
TERMINALS: Final = 50
OPENING_H: Final = 10_000_000
ENTRIES: Final = 4
BATCHES_AWAY: Final = 4
QUICK_LEAST: Final = 20


def run(*, quick: bool) -> Iterator[Figure]:
    """Measure on SQLite, and on PostgreSQL where CLUBTILL_TEST_POSTGRES names one."""
    engines = ["sqlite", *(["postgresql"] if os.environ.get("CLUBTILL_TEST_POSTGRES") else [])]
    for engine in engines:
        with _database(engine) as (store, database), tempfile.TemporaryDirectory() as folder:
            club = _club(store)
            served = Served(database, Path(folder), "--no-jobs", "--rate", "10000", "--burst", "10000").wait()
            try:
                with httpx.Client(base_url=served.url, timeout=60) as client:
                    yield from _rate(engine, client, club, rounds=5 if quick else 15)
                    yield _quick_while_drained(engine, client, club, seconds=4 if quick else 20)
            finally:
                served.stop()


@contextmanager
def _database(engine: str) -> Iterator[tuple[Store, str]]:
    if engine == "postgresql":
        with million.ledger("ingest") as store:
            yield store, store.writer.url.set(drivername="postgresql").render_as_string(hide_password=False)
        return
    with tempfile.TemporaryDirectory() as folder:
        database = str(Path(folder) / "ledger.db")
        store = open_store(database)
        prepare(store)
        yield store, database
        store.close()


def _club(store: Store) -> Club:
    club = Club.in_ledger(store)
    lots = (seeds.Opening(amount_h=OPENING_H, earn_day=date(2026, 1, 1)),)
    made = tuple(
        seeds.Account(club_id=CLUB_ID, account_id=f"B{n}", persons=account(f"B{n}").persons, opening=lots)
        for n in range(ACCOUNTS)
    )
    club.now_us = clock_us()
    seeds.load(store, club.ledger.shelf, seeds.Seed(documents=settings(), accounts=made), now_us=club.now_us)
    return club


def leased(till: Till, accounts: Sequence[str]) -> dict[str, str]:
    """Let a till hold a large lease of each account; give account -> lease."""
    found = {}
    for name in accounts:
        lease = till.lease(name, OPENING_H // 10).lease
        if lease is None:
            raise SystemExit(f"no lease of {name} was granted")
        found[name] = lease.lease_id
    return found


def fill(till: Till, leases: dict[str, str], turn: int) -> list[str]:
    """Put a batch of sales into a till's log, one an account, each with four entries; give their ids."""
    names = list(leases)
    ids = []
    for n in range(BATCH):
        name = names[(turn * BATCH + n) % len(names)]
        sold = till.sale(name, spends=[(leases[name], 1_00)] * (ENTRIES - 1), award_h=5_00)
        till.keep(sold)
        ids.append(sold.event_id)
    return ids


def _rate(engine: str, client: httpx.Client, club: Club, *, rounds: int) -> Iterator[Figure]:
    """Measure batches over HTTP and bare inserts in turn, then the shares of a batch in this process."""
    till = club.till()
    leases = leased(till, [f"B{n}" for n in range(ACCOUNTS)])
    whole, bare, inside, sql = [], [], [], []
    for turn in range(rounds):
        ids = fill(till, leases, turn)
        whole.append(_posted(client, till))
        if turn == 0:
            whole.clear()  # the first one fills every cache of the server
            continue
        bare.append(insert_bare(club.store, left_by(club.store, ids, list(leases)), turn))
        fill(till, leases, turn)
        spent = _Sql(club.store)
        start_ns = perf_counter_ns()
        till.acked = _ok(till.post(till.batch()).status, till)
        inside.append(since_us(start_ns) / 1e6)
        sql.append(spent.stop())
    ratios = [one / other for one, other in zip(whole, bare, strict=True)]
    yield Figure(
        bench=f"ingest.{engine}",
        value=median(whole) / BATCH * 1000,
        baseline=median(bare) / BATCH * 1000,
        ratio=median(ratios),
        unit="ms an event",
        rounds=len(ratios),
        bound=BOUNDS[engine],
    )
    total = median(whole)
    for name, part in (
        ("http", max(0.0, total - median(inside))),
        ("sql", median(sql)),
        ("rules", max(0.0, median(inside) - median(sql))),
    ):
        yield Figure(bench=f"ingest.{engine}.share_{name}", value=part / total * 100, unit="%", rounds=len(inside))


def _ok(status: int, till: Till) -> int:
    if status != 200:
        raise SystemExit(f"a batch was answered with {status}")
    return len(till.log)


def _posted(client: httpx.Client, till: Till) -> float:
    """Send what waits over a line that stands, as a till's does, and give how many seconds the answer took."""
    till.club.now_us = clock_us()
    body = till.batch()
    start_ns = perf_counter_ns()
    signed = till.request("POST", "/v1/events", body, idempotency_key=idempotency_key(body))
    response = client.post("/v1/events", content=body, headers=dict(signed.headers) | {"host": signed.authority})
    took_s = since_us(start_ns) / 1e6
    till.acked = _ok(response.status_code, till)
    return took_s


class _Sql:
    """Sums the time that an engine spends in statements and commits."""

    def __init__(self, store: Store) -> None:
        self.spent_s, self._began_ns = 0.0, 0
        self._listeners = [
            (engine, name, listener)
            for engine in (store.writer, store.reader)
            for name, listener in (("before_cursor_execute", self._before), ("after_cursor_execute", self._after))
        ]
        for told in self._listeners:
            sa.event.listen(*told)

    def _before(self, *_told: Any) -> None:
        self._began_ns = perf_counter_ns()

    def _after(self, *_told: Any) -> None:
        self.spent_s += since_us(self._began_ns) / 1e6

    def stop(self) -> float:
        """Give the sum so far."""
        for told in self._listeners:
            sa.event.remove(*told)
        return self.spent_s


def _quick_while_drained(engine: str, client: httpx.Client, club: Club, *, seconds: float) -> Figure:
    """Measure batches of one event alone, then while other terminals send long batches without pause."""
    counter = club.till("T2")
    idle = _quick(client, counter, seconds)
    terminals = [_away(club.till()) for _ in range(TERMINALS)]
    away = multiprocessing.get_context("spawn").Process(
        target=drain, args=(str(client.base_url), terminals, seconds + 2)
    )
    away.start()
    sleep(1.5)
    busy = _quick(client, counter, seconds)
    away.join()
    return Figure(
        bench=f"ingest.{engine}.quick_while_drained_p99",
        value=percentile(busy, 99) * 1000,
        baseline=percentile(idle, 99) * 1000,
        ratio=percentile(busy, 99) / percentile(idle, 99),
        unit="ms",
        rounds=len(busy),
        bound=P99_BOUND,
    )


def _quick(client: httpx.Client, till: Till, seconds: float) -> list[float]:
    found, until_s = [], monotonic() + seconds
    while monotonic() < until_s or len(found) < QUICK_LEAST:
        till.keep(till.sale("A1"))
        found.append(_posted(client, till))
    return found


def _away(till: Till) -> tuple[str, str, list[bytes]]:
    """Give what a terminal brings back: its key, its id, and its log in batches."""
    till.keep(*(till.sale(f"B{n % ACCOUNTS}") for n in range(BATCHES_AWAY * BATCH)))
    bodies = [till.batch(first, first + BATCH - 1) for first in range(1, BATCHES_AWAY * BATCH, BATCH)]
    return key_text(till.signer.key), till.device_id, bodies
