"""A batch is read and written table by table, and what is long lets what is short go first (6.4, 8.1, 8.4)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import TimeoutError as PoolTimeout

from clubtill_ledger.accept import events
from clubtill_ledger.office import rebuilding
from clubtill_ledger.store import tables, turns
from clubtill_ledger.store.engines import Store
from clubtill_ledger.store.turns import Turns
from clubtill_rules.values.days import US_PER_S
from clubtill_sync.wire.requests import EventsAnswer
from tests.ledger.audit import audit, balances, kinds, rows
from tests.ledger.club import Club, Till, decoded
from tests.ledger.counting import Desk
from tests.ledger.master import ACCOUNTS, OPENING_H

LONG_S = 60.0


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    """Gather the statements of a store."""
    seen: list[str] = []

    def see(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    for engine in (store.writer, store.reader):
        sa.event.listen(engine, "before_cursor_execute", see)
    yield seen
    for engine in (store.writer, store.reader):
        sa.event.remove(engine, "before_cursor_execute", see)


def _sales(till: Till, leases: dict[str, str], times: int) -> None:
    for _ in range(times):
        till.keep(*(till.sale(name, spends=[(lease, 100)], award_h=300) for name, lease in leases.items()))


def test_statements_of_a_batch_do_not_grow_with_its_events(club: Club) -> None:
    """6.4: sixty sales of the same accounts run the statements that six do: each table is read and written once."""
    till = club.till()
    leases = {name: lease.lease_id for name in ACCOUNTS if (lease := till.lease(name, 100_00).lease)}
    assert len(leases) == len(ACCOUNTS)
    found = []
    for times in (1, 1, 12):  # the first one fills what is kept of settings
        _sales(till, leases, times)
        with counted(club.store) as seen:
            till.acked = decoded(till.post(till.batch()), EventsAnswer).acked_through
        found.append(len(seen))
    assert found[1] == found[2]
    buckets = 1 if club.store.is_sqlite else len({row.bucket for row in rows(club.store, tables.sale)})
    assert found[2] <= 20 + 16 * buckets
    audit(club.store)
    assert rebuilding.differences(club.store, club.ledger.shelf, club.now_us) == ()


def test_a_fold_goes_on_without_reading_entries(club: Club) -> None:
    """Section 5, 3.2: a sale that comes after all others reads no entry; one that comes late reads its account's."""
    till, late = club.till(), club.till()
    till.push(till.sale("A1"), till.sale("A2"))
    missed = late.sale("A1", at_us=club.now_us - US_PER_S)
    club.tick()
    with counted(club.store) as seen:
        till.push(till.sale("A1"), till.sale("A2"))
    assert not [one for one in seen if "FROM entry" in one]
    with counted(club.store) as seen:
        late.push(missed)
    assert len([one for one in seen if "FROM entry" in one]) == 1
    assert kinds(club.store, "A1") == [("award", 500)] * 3
    assert balances(club.store)["A1"] == (OPENING_H + 1500, 0, 0)
    audit(club.store)


def test_where_a_fold_stands_is_compared_and_mended(club: Club) -> None:
    """I15: what an account's fold goes on from is what its entries make; a wrong one is told, and mended."""
    till = club.till()
    till.push(till.sale("A1"))
    state = next(row for row in rows(club.store, tables.account_state) if row.account_id == "A1")
    mine = (tables.account_state.c.bucket == state.bucket, tables.account_state.c.account_id == "A1")
    ver, posted_h, kept = msgspec.json.decode(state.kept)
    wrong = msgspec.json.encode([ver, posted_h, [*kept[:-1], kept[-1] + 1]]).decode()
    with club.store.writer.begin() as connection:
        connection.execute(sa.update(tables.account_state).where(*mine).values(kept=wrong))
    told = rebuilding.write(club.store, club.ledger.shelf, club.now_us)
    assert [(one.table, one.what) for one in told] == [("account_state", "kept")]
    again = next(row for row in rows(club.store, tables.account_state) if row.account_id == "A1")
    assert again.kept == state.kept


@pytest.mark.parametrize("kept", [None, "stale"])
def test_an_account_without_its_fold_is_folded_whole(club: Club, kept: str | None) -> None:
    """I15: where no fold stands, or one of an earlier version, the entries are asked; the answer is the same."""
    till = club.till()
    till.push(till.sale("A1"))
    old = next(row.kept for row in rows(club.store, tables.account_state) if row.account_id == "A1")
    till.push(till.sale("A1"))
    values = {"kept": old if kept else None}
    with club.store.writer.begin() as connection:
        connection.execute(
            sa.update(tables.account_state).where(tables.account_state.c.account_id == "A1").values(**values)
        )
    assert till.push(till.sale("A1")).results[0].balance_h == OPENING_H + 1500
    audit(club.store)
    assert rebuilding.differences(club.store, club.ledger.shelf, club.now_us) == ()


def test_a_refund_before_its_sale_in_one_batch_is_posted_with_it(club: Club) -> None:
    """C22, I10: the sale's own transaction posts what waits for it, also where both came in it; again, the same."""
    desk = Desk(club.till())
    sold, sale = desk.sale("A1")
    desk.till.keep(desk.refund(sale), sold)
    body = desk.till.batch()
    told = decoded(desk.till.post(body), EventsAnswer)
    assert [one.status for one in told.results] == ["posted", "posted"]
    assert told.results[0].position > 0
    assert decoded(desk.till.post(body), EventsAnswer).results == told.results
    audit(club.store)


# ------------------------------------------------------------------ turns


def test_short_work_goes_before_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """6.4, F37: of those who wait for their turn the short ones are let in first, whoever came first."""
    monkeypatch.setattr(turns, "TURN_S", LONG_S)
    mine, order = Turns(), []

    def work(name: str, *, long: bool) -> None:
        with mine.taken(long=long):
            order.append(name)

    with mine.taken(long=False):
        waiting = [threading.Thread(target=work, args=(f"long {n}",), kwargs={"long": True}) for n in (1, 2)]
        waiting.append(threading.Thread(target=work, args=("short",), kwargs={"long": False}))
        for one in waiting:
            one.start()
        while not mine.short_waiting:
            pass
    for one in waiting:
        one.join(LONG_S)
    assert order[0] == "short"
    assert sorted(order[1:]) == ["long 1", "long 2"]


def test_a_long_batch_makes_way(club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    """6.4, F37, I11: while somebody short waits, the transactions of a long batch are small; all of it is taken in."""
    till = club.till()
    till.keep(*(till.sale(name) for _ in range(5) for name in ACCOUNTS))
    monkeypatch.setattr(events, "WAY_AFTER", 4)
    monkeypatch.setattr(Turns, "short_waits", True)
    begun: list[int] = []
    sa.event.listen(club.store.writer, "begin", lambda _connection: begun.append(1))
    body = till.batch()
    told = decoded(till.post(body), EventsAnswer)
    assert (told.acked_through, {one.status for one in told.results}) == (len(till.log), {"posted"})
    assert len(begun) >= len(till.log) // 5
    assert decoded(till.post(body), EventsAnswer).results == told.results
    audit(club.store)


def test_a_long_batch_is_taken_in_by_pieces_where_somebody_sells(club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    """6.4, F37: where short work had to wait just now, a long batch is several transactions, each of a few events."""
    till = club.till()
    till.keep(*(till.sale(name) for _ in range(5) for name in ACCOUNTS))
    monkeypatch.setattr(events, "WAY_AFTER", 4)
    begun: list[int] = []
    sa.event.listen(club.store.writer, "begin", lambda _connection: begun.append(1))
    monkeypatch.setattr(Turns, "short_comes", True)
    told = decoded(till.post(till.batch()), EventsAnswer)
    assert (told.acked_through, {one.status for one in told.results}) == (len(till.log), {"posted"})
    assert len(begun) >= len(till.log) // 4
    audit(club.store)


def test_short_work_that_had_to_wait_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """6.4, F37: only a wait of short work makes long work small, for a while; its own turns do not."""
    monkeypatch.setattr(turns, "TURN_S", 0.01)
    monkeypatch.setattr(turns, "BUSY_S", LONG_S)
    mine = Turns()
    with mine.taken(long=False), pytest.raises(PoolTimeout), mine.taken(long=True):
        pass
    assert not mine.short_comes
    with mine.taken(long=True), pytest.raises(PoolTimeout), mine.taken(long=False):
        pass
    assert mine.short_comes


def test_whoever_waits_too_long_for_a_turn_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """6.4: the ledger is busy then; those behind are not held up by whoever has left."""
    monkeypatch.setattr(turns, "TURN_S", 0.01)
    mine = Turns()
    with mine.taken(long=True), pytest.raises(PoolTimeout), mine.taken(long=False):
        pass
    assert mine.short_waiting == 0
    with mine.taken(long=True):
        assert mine.short_waiting == 0


def test_long_work_beside_others_lets_short_work_go_on_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """6.4, F37: where many connections write, long work begins when no short work is under way."""
    monkeypatch.setattr(turns, "WAY_S", LONG_S)
    mine, order = Turns(), []

    def work() -> None:
        with mine.beside(long=True):
            order.append("long")

    waiting = threading.Thread(target=work)
    with mine.beside(long=False), mine.beside(long=False):
        waiting.start()
        with mine.beside(long=False):
            order.append("short")
    waiting.join(LONG_S)
    assert order == ["short", "long"]


def test_long_work_beside_others_waits_a_moment_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    """6.4: a queue is drained also where somebody sells without pause."""
    monkeypatch.setattr(turns, "WAY_S", 0.01)
    mine, begun = Turns(), 0
    with mine.beside(long=False):
        for _ in range(2):
            with mine.beside(long=True):
                begun += 1
    assert begun == 2
