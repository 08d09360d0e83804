"""The ledger as a terminal meets it: a real process on loopback, and the real client (sections 4.4 and 6)."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx
import msgspec
import pytest

from clubtill_ledger.accept import enrol
from clubtill_ledger.operate.commands import clock_us, prepare
from clubtill_ledger.store.engines import Store, open_store
from clubtill_sync.client import Client
from clubtill_sync.outcomes import Answer, Denied, Lost, Outcome, Unknown
from clubtill_sync.signing import Signer, new_key, public_text
from clubtill_sync.wire.requests import Enrol, Hello, LeaseAsk
from tests.ledger.audit import audit, balances, kinds
from tests.ledger.club import Club, Till, event_id
from tests.ledger.master import CLUB_ID, OPENING_H

T = TypeVar("T")
Enrols = Callable[..., tuple[Client, Till]]
DEADLINE_S = 20.0
PORT_TAKEN = 3
ROOT = Path(__file__).parents[2]
_nonces = itertools.count()


def free_port() -> int:
    """Find a port below those that the system hands out by itself."""
    for port in range(21_000 + (os.getpid() * 97 + next(_nonces) * 13) % 9_000, 32_000):
        with socket.socket() as tried:
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port is free")


class Server:
    """`clubtill ledger serve` as a process of its own."""

    def __init__(self, database: str) -> None:
        """Remember where its data lies; nothing runs yet."""
        self.database = database
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers; somebody else may take the port first."""
        while not self._answers():
            self.port = free_port()
            self.url = f"http://127.0.0.1:{self.port}"

    def _answers(self) -> bool:
        command = [sys.executable, "-c", "from clubtill_ledger.operate import command; command()", "serve"]
        command += ["--database", self.database, "--port", str(self.port)]
        paths = os.pathsep.join(str(ROOT / part) for part in ("src", "sync"))
        self.process = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": paths})
        until = time.monotonic() + DEADLINE_S
        while time.monotonic() < until:
            if self.process.poll() == PORT_TAKEN:
                return False
            assert self.process.poll() is None, "the server ended"
            try:
                if httpx.get(self.url + "/health", timeout=1).status_code == 200:
                    return True
            except httpx.TransportError:
                continue
        raise AssertionError("the server did not answer in time")

    def stop(self, how: int = signal.SIGTERM) -> int:
        """End it and give its exit code."""
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(timeout=DEADLINE_S)


@pytest.fixture
def server(store: Store, club: Club, database: str) -> Iterator[Server]:
    """A running ledger that holds the club."""
    del store
    club.now_us = clock_us()
    running = Server(database)
    running.start()
    yield running
    if running.process is not None and running.process.poll() is None:
        running.stop()


@pytest.fixture
def enrolled(server: Server, club: Club) -> Iterator[Enrols]:
    """Enrol terminals through the network; every client is closed at the end."""
    clients: list[Client] = []

    def make(terminal_id: str = "T1") -> tuple[Client, Till]:
        client, till = _enrolled(server, club, terminal_id)
        clients.append(client)
        return client, till

    yield make
    for client in clients:
        client.close()


def _enrolled(server: Server, club: Club, terminal_id: str) -> tuple[Client, Till]:
    """Enrol through the network, and write the log of the device in the club's words."""
    key = new_key()
    code = enrol.make_code(
        club.store, terminal_id, lambda letters: letters[next(_nonces) % len(letters)], now_us=clock_us()
    )
    bare = Client(server.url, None, now_us=clock_us, nonce=lambda: "")
    told = _value(bare.enrol(Enrol(code=code, public_key=public_text(key), name=terminal_id)))
    bare.close()
    signer = Signer(key, told.device_id)
    client = Client(server.url, signer, now_us=clock_us, nonce=lambda: f"h{next(_nonces)}")
    return client, Till(club=club, signer=signer, device_id=told.device_id, location_id="BAR")


def _value(outcome: Outcome[T]) -> T:
    assert isinstance(outcome, Answer), outcome
    return outcome.value


def _ask(account_id: str, amount_h: int) -> LeaseAsk:
    return LeaseAsk(
        sale_id=event_id(), ask_no=0, club_id=CLUB_ID, account_id=account_id, amount_h=amount_h, why="points_pay"
    )


def _hello(till: Till, **told: Any) -> Hello:
    values = {
        "epoch": 1,
        "head_seq": len(till.log),
        "head_hash": till.hashes[-1],
        "acked_seq": till.acked,
        "incarnation": "i",
        "boot_id": "b",
        "local_time_us": clock_us(),
        "store_version": "1",
        "program_version": "1",
    }
    return Hello(**values | told)


def test_whole_story_over_the_network(server: Server, club: Club, enrolled: Enrols) -> None:
    """Section 6: enrol, hello, a lease, events, the feed and an account's entries, as the client speaks them."""
    client, till = enrolled()
    assert _value(client.hello(_hello(till))).state == "ok"
    page = _value(client.feed("", wait_s=0))
    assert {card.account_id for card in page.accounts} >= {"A1", "A5"}
    lease = _value(client.ask_lease(_ask("A1", 10_000))).lease
    assert lease is not None
    till.keep(till.sale("A1"), till.sale("A1", spends=[(lease.lease_id, 10_000)]), *(till.sale() for _ in range(30)))
    told = _value(client.send_events(till.batch()))
    assert (told.acked_through, {result.status for result in told.results}) == (32, {"posted"})
    entries = _value(client.account_entries(CLUB_ID, "A1"))
    assert [row.kind for row in entries.entries] == ["award", "lease_grant", "award", "lease_spend"]
    assert entries.balance_h == OPENING_H + 500 - 10_000
    (card,) = _value(client.accounts(club_id=CLUB_ID, account_id="A1")).cards
    assert card.balance.hundredths == OPENING_H + 500 - 10_000
    audit(club.store)


def test_refusals_reach_the_client_as_codes(server: Server, club: Club, enrolled: Enrols) -> None:
    """U104: 409 and 404 come as codes with facts, never as a sentence."""
    client, till = enrolled()
    till.keep(till.sale(), till.sale())
    gap = client.send_events(till.batch(first=2))
    assert isinstance(gap, Denied)
    assert (gap.status, gap.code, gap.facts) == (409, "gap", {"expected": 1})
    lost = client.account_entries(CLUB_ID, "NO/BODY?")
    assert isinstance(lost, Denied)
    assert (lost.status, lost.code) == (404, "unknown_account")


def test_killed_ledger_comes_back_with_everything(server: Server, club: Club, enrolled: Enrols) -> None:
    """F15: kill -9 after an answer loses nothing; what was not answered is sent again and stands once."""
    client, till = enrolled()
    till.keep(*(till.sale("A1") for _ in range(5)))
    first = _value(client.send_events(till.batch()))
    server.stop(signal.SIGKILL)
    gone = client.send_events(till.batch())
    assert isinstance(gone, Unknown)
    assert gone.reason in {Lost.NOBODY_LISTENS, Lost.CUT}
    server.start()
    again = _value(client.send_events(till.batch()))
    assert again.results == first.results
    assert kinds(club.store, "A1") == [("award", 500)] * 5


def test_long_poll_ends_when_something_is_written(server: Server, club: Club, enrolled: Enrols) -> None:
    """6.5: a poll that waits is answered as soon as a row is written, long before its time is up."""
    reader, _ = enrolled("T2")
    writer, till = enrolled()
    cursor = _value(reader.feed("", wait_s=0)).cursor
    pages: list[Any] = []
    began = time.monotonic()
    polling = threading.Thread(target=lambda: pages.append(_value(reader.feed(cursor, wait_s=20))))
    polling.start()
    till.keep(till.sale("A1"))
    _value(writer.send_events(till.batch()))
    polling.join(timeout=DEADLINE_S)
    assert [card.account_id for card in pages[0].accounts] == ["A1"]
    assert time.monotonic() - began < 10


def test_poll_without_news_ends_empty(server: Server, club: Club, enrolled: Enrols) -> None:
    """6.5: a poll ends when its time is up, with the cursor it came with and no ranges."""
    client, _ = enrolled()
    cursor = _value(client.feed("", wait_s=0)).cursor
    page = _value(client.feed(cursor, wait_s=1))
    assert (page.cursor, page.ranges, page.more) == (cursor, (), False)


def test_recall_between_two_tills_takes_less_than_two_seconds(server: Server, club: Club, enrolled: Enrols) -> None:
    """D22, 4.4: the holder hears of the recall through its open poll and closes; the asker gets the points at once."""
    holder, first = enrolled("T1")
    asker, _ = enrolled("T2")
    lease = _value(holder.ask_lease(_ask("A1", OPENING_H))).lease
    assert lease is not None
    cursor = _value(holder.feed("", wait_s=0)).cursor
    errors: list[BaseException] = []

    def gives_back() -> None:
        try:
            at = cursor
            until = time.monotonic() + DEADLINE_S
            while time.monotonic() < until:
                page = _value(holder.feed(at, wait_s=10))
                at = page.cursor
                if lease.lease_id in page.recalls:
                    first.club.now_us = clock_us()
                    first.keep(first.close("A1", lease.lease_id, 0, why="recall"))
                    _value(holder.send_events(first.batch()))
                    return
            errors.append(AssertionError("no recall was heard of"))
        except BaseException as error:  # noqa: BLE001 - told by the main thread
            errors.append(error)

    listening = threading.Thread(target=gives_back)
    listening.start()
    began = time.monotonic()
    told = _value(asker.ask_lease(_ask("A1", 60_000)))
    waited_s = time.monotonic() - began
    listening.join(timeout=DEADLINE_S)
    assert not errors, errors
    assert told.lease is not None
    assert told.lease.granted_h == 60_000
    assert waited_s < 2.5
    audit(club.store)


def test_asker_waits_two_seconds_at_most(server: Server, club: Club, enrolled: Enrols) -> None:
    """4.4, D22: a holder that does not answer costs two seconds, then the asker is offered what is there."""
    holder, _ = enrolled("T1")
    asker, _ = enrolled("T2")
    _value(holder.ask_lease(_ask("A1", OPENING_H - 1_000)))
    began = time.monotonic()
    told = _value(asker.ask_lease(_ask("A1", 60_000)))
    waited_s = time.monotonic() - began
    assert told.lease is not None
    assert (told.lease.granted_h, told.held_elsewhere_h) == (1_000, OPENING_H - 1_000)
    assert 1.5 < waited_s < 4


def test_ledger_ends_while_somebody_polls(server: Server, club: Club, enrolled: Enrols) -> None:
    """A server that is told to end does not wait for a long poll to run out."""
    client, _ = enrolled()
    cursor = _value(client.feed("", wait_s=0)).cursor
    outcomes: list[Outcome[Any]] = []
    polling = threading.Thread(target=lambda: outcomes.append(client.feed(cursor, wait_s=20)))
    polling.start()
    began = time.monotonic()
    assert server.stop(signal.SIGTERM) in {0, -signal.SIGTERM}
    polling.join(timeout=DEADLINE_S)
    assert time.monotonic() - began < 8
    assert outcomes


STRANGERS = (
    ("POST", "/v1/events", b"x" * 300_000, 413),
    ("POST", "/v1/enrol", b"<html>", 400),
    ("POST", "/v1/enrol", msgspec.json.encode(Enrol(code="NO", public_key="A" * 43 + "=", name="x")), 403),
    ("GET", "/v1/feed", b"", 401),
    ("GET", "/v1/accounts/a/b/entries", b"", 401),
    ("GET", "/", b"", 404),
    ("GET", "/docs", b"", 404),
    ("GET", "/health", b"", 200),
)


def test_strangers_learn_nothing(server: Server) -> None:
    """6.2: whoever is not enrolled gets a status and a code, and no list of what there is."""
    with httpx.Client(base_url=server.url, timeout=5) as stranger:
        found = [stranger.request(method, path, content=content).status_code for method, path, content, _ in STRANGERS]
    assert found == [status for *_, status in STRANGERS]


def test_two_processes_serve_one_database(server: Server, club: Club, enrolled: Enrols, database: str) -> None:
    """F17: two servers on one database post each fact once, and one tells what came in at the other."""
    second = Server(database)
    second.start()
    try:
        client, till = enrolled()
        other = Client(second.url, till.signer, now_us=clock_us, nonce=lambda: f"o{next(_nonces)}")
        till.keep(*(till.sale("A1") for _ in range(3)))
        one, two = _value(client.send_events(till.batch())), _value(other.send_events(till.batch()))
        assert one.results == two.results
        cursor = _value(other.feed("", wait_s=0)).cursor
        till.keep(till.sale("A2"))
        _value(client.send_events(till.batch(first=4)))
        assert [card.account_id for card in _value(other.feed(cursor, wait_s=5)).accounts] == ["A2"]
        assert balances(club.store)["A1"][0] == OPENING_H + 1500
        other.close()
    finally:
        second.stop()


def test_key_file_is_needed_again(tmp_path: Path) -> None:
    """D33: a ledger's file that has a key cannot be read without it, and holds no name in the clear."""
    path, key_file = tmp_path / "l.db", tmp_path / "l.key"
    key_file.write_text("ab" * 32)
    store = open_store(str(path), key_file=key_file)
    prepare(store)
    Club.in_ledger(store)
    store.close()
    data = path.read_bytes()
    assert b"Harbour" not in data
    assert not data.startswith(b"SQLite format")
