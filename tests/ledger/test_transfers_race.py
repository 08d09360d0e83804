"""Many transfers of the same points at the same time, through the network (R38, I32)."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Iterator

import pytest

from clubtill_ledger.accept import transfers
from clubtill_ledger.office import rebuilding
from clubtill_ledger.operate.commands import clock_us
from clubtill_ledger.store import devices
from clubtill_sync.client import Client, Timeouts
from clubtill_sync.outcomes import Answer, Denied, Outcome
from clubtill_sync.wire.transfers import TransferAnswer, TransferAsk
from tests.ledger.audit import audit, balances, kinds
from tests.ledger.club import Club
from tests.ledger.master import ACCOUNTS, CLUB_ID, MINUTE, OPENING_H
from tests.ledger.test_http import Server
from tests.ledger.test_transfers_online import hire

ASKERS = 20
_nonces = itertools.count()


@pytest.fixture
def running(club: Club, database: str) -> Iterator[Server]:
    """A running ledger that holds the club and its staff."""
    club.now_us = clock_us()
    hire(club)
    server = Server(database)
    try:
        server.start()
        yield server
    finally:
        if server.process is not None and server.process.poll() is None:
            server.stop()


def _together(server: Server, club: Club, asks: list[TransferAsk]) -> list[Outcome[TransferAnswer]]:
    """Send every ask at once, each over a line of its own."""
    till = club.till()
    gate = threading.Barrier(len(asks))
    found: dict[int, Outcome[TransferAnswer]] = {}

    def run(n: int, ask: TransferAsk) -> None:
        line = Client(
            server.url,
            till.signer,
            now_us=clock_us,
            nonce=lambda: f"race{next(_nonces)}",
            timeouts=Timeouts(points_s=60),
        )
        gate.wait(timeout=30)
        found[n] = line.transfer(ask)
        line.close()

    threads = [threading.Thread(target=run, args=(n, ask)) for n, ask in enumerate(asks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return [found[n] for n in range(len(asks))]


def _ask(n: int, target: str, amount_h: int) -> TransferAsk:
    return TransferAsk(
        transfer_id=f"race-{n}", club_id=CLUB_ID, source_id="A1", target_id=target, amount_h=amount_h, staff_id="M1"
    )


@pytest.mark.parametrize(("amount_h", "granted"), [(OPENING_H, 1), (30_000, 3)], ids=["all-of-it", "three-times"])
def test_twenty_at_once_move_no_more_than_there_is(running: Server, club: Club, amount_h: int, granted: int) -> None:
    """R38, I32: 20 concurrent transfers of the same points, to several accounts: as many as the points allow."""
    asks = [_ask(n, ACCOUNTS[1 + n % 4], amount_h) for n in range(ASKERS)]
    outcomes = _together(running, club, asks)
    said = Counter(
        o.value.state if isinstance(o, Answer) else o.code for o in outcomes if isinstance(o, Answer | Denied)
    )
    assert said == {"posted": granted, "transfer.short": ASKERS - granted}
    after = balances(club.store)
    assert after["A1"] == (OPENING_H - granted * amount_h, 0, 0)
    assert sum(avail for avail, _, _ in after.values()) == len(ACCOUNTS) * OPENING_H
    assert transfers.sweep(club.store, club.ledger.shelf, clock_us() + MINUTE) == 0
    audit(club.store)


def test_twenty_concurrent_transfers_of_the_same_100_points(running: Server, club: Club) -> None:
    """R38, I15, I32: an account has 100 points, and twenty transfers of all of them at once: one moves them."""
    (rest,) = _together(running, club, [_ask(99, "A2", OPENING_H - 10_000)])
    assert isinstance(rest, Answer)
    outcomes = _together(running, club, [_ask(n, ACCOUNTS[1 + n % 4], 10_000) for n in range(ASKERS)])
    assert sum(isinstance(one, Answer) for one in outcomes) == 1
    assert [one.code for one in outcomes if isinstance(one, Denied)] == ["transfer.short"] * (ASKERS - 1)
    assert balances(club.store)["A1"] == (0, 0, 0)
    audit(club.store)
    assert rebuilding.differences(club.store, club.ledger.shelf, clock_us()) == ()


def test_twenty_times_the_same_ask_moves_it_once(running: Server, club: Club) -> None:
    """I10: one id, sent twenty times at the same moment, is one transfer with one answer."""
    outcomes = _together(running, club, [_ask(1, "A2", 40_000)] * ASKERS)
    assert {o.value.event_id if isinstance(o, Answer) else str(o) for o in outcomes} == {
        transfers.event_id_of(club_device(club), _ask(1, "A2", 40_000))
    }
    assert kinds(club.store, "A1") == [("transfer_out", 40_000)] * 2
    assert kinds(club.store, "A2") == [("transfer_in", 40_000)]
    audit(club.store)


def club_device(club: Club) -> str:
    """Give the id of the one device that asked."""
    (only,) = club.store.read(devices.every)
    return only.device_id
