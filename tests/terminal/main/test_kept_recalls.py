"""A lease that another till asks for while a tender stands on it: it stays for that tender and goes back after it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize

from clubtill.demo import cast
from clubtill_desk.key_store import MemoryKeyStore
from clubtill_rules.values.points import whole
from clubtill_sync import signing
from clubtill_sync.client import Lost, Unknown
from clubtill_sync.wire.requests import LeaseRow
from clubtill_terminal.actions.exchange_pull import Pulled
from clubtill_terminal.main.running import Running
from clubtill_terminal.main.setup import CARD_KEY, DEVICE_KEY, STORE_KEY, Settings
from clubtill_terminal.screens.parts.theme import Look
from clubtill_terminal.screens.till.counter import Counter
from clubtill_terminal.store import leases, outbox
from tests.terminal.kit.club import CARD_KEY as CARDS
from tests.terminal.kit.club import KEY, Clock, a_terminal

LEASE = "1" * 32


@pytest.fixture
def running(qtbot, tmp_path: Path) -> Iterator[Running]:
    """Give a terminal at work that holds 2,000 of Jean's points; nobody listens where its ledger should be."""
    clock = Clock()
    made = a_terminal(tmp_path / "till", clock)
    row = LeaseRow(
        lease_id=LEASE,
        club_id=cast.CLUB,
        account_id="a100001",
        granted_h=200_000,
        spent_h=0,
        sale_id="",
        ask_no=0,
        advice=((None, 200_000),),
    )
    with made.store.facts.begin() as facts:
        leases.adopt(facts, [row])
    made.store.close()
    keys = MemoryKeyStore()
    keys.write(STORE_KEY, KEY)
    keys.write(CARD_KEY, CARDS)
    keys.write(DEVICE_KEY, signing.new_key().private_bytes_raw())
    settings = Settings(
        folder=tmp_path / "till",
        ledger="http://127.0.0.1:9",
        look=Look(px_per_mm=3.95, reduced_motion=True),
        size=QSize(1024, 768),
        staff_id="sam",
        now_us=clock.now,
    )
    terminal = Running(settings, keys)
    terminal.start()
    qtbot.waitUntil(lambda: terminal.till is not None, timeout=10_000)
    yield terminal
    terminal.close()


def held(running: Running) -> list[str]:
    """Give the open leases."""
    with running.store.facts.begin() as facts:
        return [lease.lease_id for lease in leases.all_open(facts)]


def choose_a_beer(running: Running, qtbot) -> Counter:
    """Ring up a pale for Jean and choose to pay it with points held here."""
    assert running.till is not None
    counter = running.till.counter
    counter.add_product("schooner-pale")
    counter.add_product("schooner-lager")
    counter.search("100001")
    qtbot.waitUntil(lambda: len(counter.state.found) == 1, timeout=10_000)
    counter.attach_found(0)
    counter.points.open()
    counter.points.tick(1)
    counter.points.use()
    qtbot.waitUntil(lambda: bool(counter.state.basket.ticked), timeout=10_000)
    return counter


def recall(running: Running) -> None:
    """Say that the feed brought a recall which had to wait, and let a beat pass."""
    running.traffic.pulled(Pulled(outcome=Unknown(reason=Lost.CUT), kept_recalls=(LEASE,)))


@pytest.mark.parametrize("end", ["cleared", "sold"])
def test_a_recalled_lease_goes_back_when_its_tender_ends(running: Running, qtbot, end: str) -> None:
    """D22, I25: under the tender it stays; cleared or paid, what is left goes back within a beat, as an event."""
    counter = choose_a_beer(running, qtbot)
    recall(running)
    beats: list[int] = []
    counter.changed.connect(lambda: beats.append(1))
    qtbot.waitUntil(lambda: len(beats) > 4, timeout=10_000)
    assert held(running) == [LEASE]
    if end == "cleared":
        counter.points.clear()
    else:
        counter.payment.take()
        qtbot.waitUntil(lambda: counter.state.sold is not None, timeout=10_000)
        assert counter.state.sold is not None
        assert counter.state.sold.sale.points_used > whole(0)
    qtbot.waitUntil(lambda: held(running) == [], timeout=10_000)
    with running.store.facts.begin() as facts:
        kinds = [row.kind for row in outbox.waiting(facts, 9)[2]]
    assert kinds == (["lease_close"] if end == "cleared" else ["sale", "lease_close"])
    qtbot.waitUntil(lambda: counter.state.held is not None and counter.state.held.leases == (), timeout=10_000)
