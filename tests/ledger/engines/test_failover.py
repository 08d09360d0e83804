"""A primary that is killed and its synchronous standby that takes over: nothing acknowledged is lost (8.5 e, I9)."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from clubtill_ledger.operate.commands import prepare
from clubtill_ledger.store import tables
from clubtill_ledger.store.engines import open_store
from clubtill_sync.wire.requests import EventsAnswer
from tests.counts.tally import counted
from tests.ledger.audit import audit, rows
from tests.ledger.club import Club, Till
from tests.ledger.engines.counts import COUNTS
from tests.ledger.engines.standby import PROGRAMS, Pair

FAILOVERS = int(os.environ.get("CLUBTILL_TEST_FAILOVERS", "1"))
MORE = 8
DEADLINE_S = 120.0

pytestmark = [
    pytest.mark.skipif(not PROGRAMS.is_dir(), reason="PostgreSQL's own programs are not installed here"),
    pytest.mark.timeout(120 + 120 * FAILOVERS),
]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """A primary and its standby, in a folder that their user may reach."""
    with tempfile.TemporaryDirectory(prefix="clubtill-standby-") as folder:
        Path(folder).chmod(0o755)
        made = Pair(Path(folder) / "servers")
        try:
            made.start()
            yield made
        finally:
            made.stop()


class Selling(threading.Thread):
    """A till that sells without pause; what the ledger acknowledged is written down."""

    def __init__(self, till: Till, account_id: str) -> None:
        super().__init__(daemon=True)
        self.till, self.account_id = till, account_id
        self.acked: list[str] = []
        self.ids: list[str] = []
        self.ended = threading.Event()
        self.more = threading.Condition()
        self.error: BaseException | None = None

    def run(self) -> None:
        """Sell until told to end; the same bytes go out again until they are answered."""
        try:
            while not self.ended.is_set():
                sold = self.till.sale(self.account_id)
                self.till.keep(sold)
                self.ids.append(sold.event_id)
                self._send(self.till.batch())
        except BaseException as error:  # noqa: BLE001 - raised again in the test's own thread
            self.error = error

    def _send(self, body: bytes) -> None:
        until = time.monotonic() + DEADLINE_S
        while time.monotonic() < until:
            response = self.till.post(body)
            if response.status == 200:
                told = msgspec.json.decode(response.body, type=EventsAnswer)
                with self.more:
                    self.acked.extend(self.ids[self.till.acked : told.acked_through])
                    self.till.acked = told.acked_through
                    self.more.notify_all()
                return
            assert response.status in {401, 503}, response.body
        raise AssertionError("no answer since the failover")

    def await_more(self, number: int) -> None:
        """Wait until so many more are acknowledged."""
        with self.more:
            wanted = len(self.acked) + number
            assert self.more.wait_for(lambda: len(self.acked) >= wanted or self.error, DEADLINE_S), "it sells no more"
        assert self.error is None, self.error


def test_acknowledged_facts_outlive_the_primary(pair: Pair) -> None:
    """I9, F29, 8.2: kill -9 of the primary under load, promotion, and on: every acknowledged event is there, once."""
    store = open_store(pair.url)
    prepare(store)
    club = Club.in_ledger(store)
    tills = [Selling(club.till("T1"), "A1"), Selling(club.till("T2"), "A1")]
    for one in tills:
        one.start()
    for _ in range(FAILOVERS):
        tills[0].await_more(MORE)
        pair.fail_over()
    for one in tills:
        one.await_more(MORE)
        one.ended.set()
        one.join(DEADLINE_S)
        assert one.error is None
    standing = [row.event_id for row in rows(store, tables.raw_event)]
    acked = {name for one in tills for name in one.acked}
    assert len(standing) == len(set(standing)), "nothing stands twice"
    assert acked <= set(standing), "nothing acknowledged is lost"
    assert pair.failovers == FAILOVERS
    COUNTS["failovers"] += pair.failovers
    COUNTS["events acknowledged around failovers"] += len(acked)
    audit(store)
    told = counted("failovers", pair.failovers, store, acked, now_us=club.now_us)
    assert told.clean, told
    store.close()
