"""Chores beside the exchange: the end-of-sync check, and a snapshot where the feed would take too long (6.5, 6.7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa

from clubtill_desk.lanes import HandLane
from clubtill_ledger.store import documents as ledger_documents
from clubtill_ledger.store import tables as ledger_tables
from clubtill_rules.values.ids import DENY_STREAM, MASTER_STREAM, account_bucket
from clubtill_sync.client import Answer
from clubtill_sync.wire.feed import DenyRow
from clubtill_terminal.actions import exchange_pull
from clubtill_terminal.actions.checking import FIRST_US, Checking
from clubtill_terminal.actions.rebuilding import PAUSE_US, Rebuilding
from clubtill_terminal.store import swapping
from clubtill_terminal.store.tables import account, deny, document
from tests.ledger.club import CLUB_ID, OPENING_H
from tests.sync.ledger_process import LedgerProcess
from tests.terminal.actions.tills import Till

Enrolled = Callable[[str], Till]
BUCKET = account_bucket(CLUB_ID, "A1")


@dataclass
class Checked:
    """A check worked by hand, and what it found."""

    chore: Checking
    lane: HandLane
    found: list[int] = field(default_factory=list)

    def run(self, till: Till) -> list[int]:
        """Let it run once through."""
        self.found.clear()
        now_us = till.terminal.now_us() + FIRST_US
        for _ in range(80):
            self.chore.beat(now_us, online=True)
            self.lane.run_all()
        self.chore._due_us = 1
        return list(self.found)


def checked(till: Till) -> Checked:
    """Make a check of a till."""
    lane = HandLane("all")
    found: list[int] = []
    chore = Checking(
        terminal=till.terminal,
        client=till.client,
        writer=lane,
        reader=lane,
        network=lane,
        differs=found.append,
        _due_us=1,
    )
    return Checked(chore, lane, found)


def row_ids(till: Till) -> dict[str, int]:
    """Give the places of the accounts' rows: one that was written again has another."""
    with till.terminal.store.cache.begin() as cache:
        return {row.account_id: row.id for row in cache.execute(sa.select(account.c.account_id, account.c.id))}


@pytest.mark.expects_log(rf"cache_differs' stream={BUCKET}")
def test_what_differs_is_fetched_anew_and_told(enrolled: Enrolled) -> None:
    """6.5: a mismatch raises an alarm and fetches that stream alone; then the cache is what the ledger has."""
    till = enrolled("T1")
    check = checked(till)
    assert check.run(till) == []
    with till.terminal.store.cache.begin() as cache:
        cache.execute(account.update().where(account.c.account_id == "A1").values(version=99))
    before = row_ids(till)
    assert check.run(till) == [BUCKET]
    state = exchange_pull.standing(till.terminal)
    fetched = exchange_pull.fetch(till.client, state, streams=frozenset({BUCKET}))
    pulled = exchange_pull.apply(till.terminal, fetched, tendering=frozenset())
    assert isinstance(pulled.outcome, Answer)
    assert not pulled.hole
    assert check.run(till) == []
    assert till.shown_h("A1") == OPENING_H
    changed = {name for name, at in row_ids(till).items() if before[name] != at}
    assert changed == {name for name in before if account_bucket(CLUB_ID, name) == BUCKET}


@pytest.mark.expects_log(rf"cache_differs' stream={DENY_STREAM}")
def test_the_deny_list_is_checked_by_what_stands(ledger: LedgerProcess, enrolled: Enrolled) -> None:
    """6.5: denials that were lifted are no difference; one that is missing is found, and comes back."""
    till = enrolled("T1")
    with ledger.opened() as store:
        for denied in (True, False):
            row = DenyRow(kind="card", id="d1", code="lost", denied=denied)
            store.write(lambda c, row=row: ledger_documents.deny_rows(c, [row]))
        other = DenyRow(kind="card", id="d2", code="lost")
        store.write(lambda c: ledger_documents.deny_rows(c, [other]))
    till.pull_all()
    check = checked(till)
    assert check.run(till) == []
    with till.terminal.store.cache.begin() as cache:
        cache.execute(deny.delete().where(deny.c.id == "d2"))
    assert check.run(till) == [DENY_STREAM]
    state = exchange_pull.standing(till.terminal)
    fetched = exchange_pull.fetch(till.client, state, streams=frozenset({DENY_STREAM}))
    exchange_pull.apply(till.terminal, fetched, tendering=frozenset())
    assert check.run(till) == []


@pytest.mark.expects_log(rf"cache_differs' stream=({MASTER_STREAM}|{DENY_STREAM})")
@pytest.mark.parametrize("stream", [MASTER_STREAM, DENY_STREAM])
def test_what_the_ledger_has_no_more_goes_when_the_stream_is_fetched_anew(enrolled: Enrolled, stream: int) -> None:
    """C27, I28: a ledger that lost its last transactions does not know a document or a denial that the cache has."""
    till = enrolled("T1")
    check = checked(till)
    with till.terminal.store.cache.begin() as cache:
        before = [tuple(row) for row in cache.execute(sa.select(document).order_by(*document.primary_key))]
        if stream == MASTER_STREAM:
            lost = {"kind": "product", "id": "lost", "version": 7, "effective_from": "", "deleted": 0, "body": b"{}"}
            cache.execute(document.insert(), lost)
        else:
            cache.execute(deny.insert(), {"kind": "person", "id": "lost", "code": "member.excluded"})
    assert check.run(till) == [stream]
    state = exchange_pull.standing(till.terminal)
    fetched = exchange_pull.fetch(till.client, state, streams=frozenset({stream}))
    exchange_pull.apply(till.terminal, fetched, tendering=frozenset())
    with till.terminal.store.cache.begin() as cache:
        after = [tuple(row) for row in cache.execute(sa.select(document).order_by(*document.primary_key))]
        assert after == before
        assert not cache.execute(sa.select(deny).where(deny.c.id == "lost")).all()
    assert check.run(till) == []


def test_a_terminal_that_misses_too_much_takes_a_snapshot(ledger: LedgerProcess, enrolled: Enrolled) -> None:
    """6.5, 6.7: past 200,000 missed numbers the page says so; the new cache takes the old one's place on the lanes."""
    till = enrolled("T1")
    [pulled] = till.pull_all()
    assert not pulled.snapshot
    ledger.kill()
    with ledger.opened() as store:
        head = sa.update(ledger_tables.stream_head).where(ledger_tables.stream_head.c.bucket == BUCKET)
        store.write(lambda c: c.execute(head.values(seq=ledger_tables.stream_head.c.seq + 1_000_000)))
    ledger.start()
    fetched = exchange_pull.fetch(till.client, exchange_pull.standing(till.terminal), wait_s=0, anew=True)
    pulled = exchange_pull.apply(till.terminal, fetched, tendering=frozenset())
    assert pulled.snapshot
    assert till.shown_h("A1") == OPENING_H  # what is there serves until the snapshot takes its place
    replaced: list[bool] = []
    lane = HandLane("all")
    chore = Rebuilding(
        terminal=till.terminal, client=till.client, writer=lane, bulk=lane, replaced=lambda: replaced.append(True)
    )
    now_us = till.terminal.now_us()
    chore.beat(now_us, online=True)
    assert lane.run_all() == 0
    chore.want()
    chore.beat(now_us, online=False)
    assert lane.run_all() == 0
    chore.beat(now_us, online=True)
    lane.run_all()
    assert replaced == [True]
    assert not chore.wanted
    assert till.differing() == []


def test_a_snapshot_that_could_not_be_had_is_tried_again_later(ledger: LedgerProcess, enrolled: Enrolled) -> None:
    """F15: after a lost line the next try waits a minute; a terminal that stops begins none."""
    till = enrolled("T1")
    lane = HandLane("all")
    chore = Rebuilding(terminal=till.terminal, client=till.client, writer=lane, bulk=lane, replaced=lambda: None)
    chore.want()
    ledger.kill()
    now_us = till.terminal.now_us()
    chore.beat(now_us, online=True)
    lane.run_all()
    ledger.start()
    assert not chore.at_work
    chore.beat(now_us, online=True)
    assert lane.run_all() == 0
    chore.beat(till.terminal.now_us() + PAUSE_US, online=True)
    assert chore.at_work
    chore.stop()
    lane.run_all()
    assert not swapping.new_path(till.terminal.store).exists()
    chore.beat(till.terminal.now_us() + 3 * PAUSE_US, online=True)
    assert lane.run_all() == 0
