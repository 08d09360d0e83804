"""A lease that another till asks for stays as long as a tender stands on it: until when main says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize

from clubtill.demo import cast
from clubtill_desk.key_store import MemoryKeyStore
from clubtill_rules.values.points import whole
from clubtill_sync import signing
from clubtill_sync.wire.requests import LeaseRow
from clubtill_terminal.main.running import Running
from clubtill_terminal.main.setup import CARD_KEY, DEVICE_KEY, STORE_KEY, Settings
from clubtill_terminal.screens.parts.theme import Look
from clubtill_terminal.screens.till.counter import Counter
from clubtill_terminal.store import leases
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


@pytest.mark.parametrize("end", ["cleared", "sold"])
def test_a_tender_holds_its_account_until_it_ends(running: Running, qtbot, end: str) -> None:
    """D22, I25: from the choice of points to its end the account's leases stay; a finished sale holds none."""
    assert running.traffic.tendering() == frozenset()
    counter = choose_a_beer(running, qtbot)
    assert running.traffic.tendering() == {"a100001"}
    if end == "cleared":
        counter.points.clear()
    else:
        counter.payment.take()
        qtbot.waitUntil(lambda: counter.state.sold is not None, timeout=10_000)
        assert counter.state.sold is not None
        assert counter.state.sold.sale.points_used > whole(0)
    assert running.traffic.tendering() == frozenset()
