"""Traffic: what is due is done on beats, a lost line is noticed, and a queue drains when the line is back."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Thread

import pytest

from clubtill_desk.lanes import HandLane
from clubtill_sync.client import Client, Denied, Lost, Unknown
from clubtill_sync.signing import Signer, new_key
from clubtill_terminal.actions import redeem
from clubtill_terminal.actions.exchange_connection import GOOD_TO_RETURN
from clubtill_terminal.actions.exchange_pull import Pulled
from clubtill_terminal.actions.traffic import REFUSED_PULL_US, Lanes, Traffic, Versions
from tests.terminal.actions.tills import ask


@dataclass
class Line:
    """Traffic whose lanes a test works by hand; the long poll stays asleep unless it is asked for."""

    traffic: Traffic
    writer: HandLane
    network: HandLane
    feed: HandLane
    now_us: list[int]
    wall_us: list[int]
    pulled: list[Pulled]

    def work(self, *, poll: bool = False) -> None:
        """Run what waits until nothing waits; with `poll` one page of the feed as well."""
        busy = True
        while busy:
            busy = bool(self.writer.run_all() + self.network.run_all())
            if poll and not busy:
                busy, poll = self.feed.run_next(), False

    def after(self, seconds: float) -> None:
        """Let time go on, beat, and work."""
        self.now_us[0] += int(seconds * 1_000_000)
        self.traffic.beat()
        self.work()


@pytest.fixture
def line(enrolled):
    """Give the traffic of an enrolled till."""
    till = enrolled("T1")
    clock, wall = [till.terminal.now_us()], [0]
    lanes = HandLane("writer"), HandLane("network"), HandLane("feed")
    pages: list[Pulled] = []
    made = Line(
        traffic=Traffic(
            terminal=type(till.terminal)(
                **{name: getattr(till.terminal, name) for name in till.terminal.__slots__}
                | {"now_us": lambda: clock[0] + wall[0], "mono_us": lambda: clock[0]}
            ),
            calls=till.client,
            polls=till.client,
            lanes=Lanes(writer=lanes[0], network=lanes[1], feed=lanes[2]),
            versions=Versions(store="0001", program="0.1.0"),
            chance=lambda: 0.0,
            changed=lambda: None,
            pulled=pages.append,
            tendering=frozenset,
        ),
        writer=lanes[0],
        network=lanes[1],
        feed=lanes[2],
        now_us=clock,
        wall_us=wall,
        pulled=pages,
    )
    return made, till


def test_the_first_hello_brings_the_line_up(line) -> None:
    """U59: a terminal is online after its first good heartbeat, and only then asks the feed."""
    made, till = line
    till.swipe("A2")
    till.push_all()  # so that the feed has something to say at once
    assert not made.traffic.connection.online
    made.traffic.beat()
    made.work(poll=True)
    assert made.traffic.connection.online
    assert made.pulled


def test_a_refused_feed_rests(line, ledger) -> None:
    """I33: a revoked device is refused every time; it must not ask again as fast as the line allows."""
    made, till = line
    stranger = Client(ledger.url, Signer(new_key(), "nobody"), now_us=till.terminal.now_us, nonce=till.terminal.new_id)
    made.traffic.polls = stranger
    made.after(0)
    assert made.feed.run_next()
    made.work()
    assert isinstance(made.pulled[-1].outcome, Denied)
    made.after(1)
    assert not made.feed.run_next()
    made.after(REFUSED_PULL_US / 1_000_000)
    assert made.feed.run_next()
    made.work()
    stranger.close()


def test_a_written_fact_is_sent_at_once(line) -> None:
    """6.4: what was just written does not wait for the next beat's turn."""
    made, till = line
    made.traffic.beat()
    made.work()
    till.swipe("A2")
    made.traffic.send_now()
    made.work()
    assert till.waiting() == 0
    assert made.traffic.sent == 1
    assert len(till.awards("A2")) == 1


def test_a_dead_ledger_is_noticed_and_comes_back_after_three_heartbeats(line, ledger) -> None:
    """U59, C1: one failed call and the till is offline; three good heartbeats later the queue drains."""
    made, till = line
    made.traffic.beat()
    made.work()
    ledger.kill()
    till.swipe("A2")
    made.traffic.send_now()
    made.work()
    assert not made.traffic.connection.online
    assert till.waiting() == 1
    ledger.start()
    for count in range(GOOD_TO_RETURN):
        assert not made.traffic.connection.online, count
        made.after(3)
    assert made.traffic.connection.online
    made.after(1)
    assert till.waiting() == 0
    assert len(till.awards("A2")) == 1


def test_a_wall_clock_put_back_does_not_silence_the_terminal(line) -> None:
    """F11, C10: what is due follows the monotonic clock, so a queue is sent although the wall says it is yesterday."""
    made, till = line
    made.traffic.beat()
    made.work()
    made.wall_us[0] = -86_400_000_000
    till.swipe("A2")
    made.after(12)
    assert till.waiting() == 0
    assert made.traffic.connection.online


def test_a_stopped_terminal_begins_nothing(line) -> None:
    """On the way out no new call begins."""
    made, _ = line
    made.traffic.stop()
    made.traffic.beat()
    assert made.writer.run_all() == 0


def test_a_recall_that_a_tender_held_up_is_answered_when_it_ends(line, enrolled) -> None:
    """4.4, I25: the lease stays while money is taken for it, and goes back by itself when the tender ends."""
    made, till = line
    asker, everything = enrolled("T2"), till.booked("A1").avail_h // 100
    redeem.keep(till.terminal, redeem.ask(till.client, ask("A1", everything)))
    [lease_id] = till.held()
    made.traffic.tendering = lambda: frozenset({"A1"})
    made.traffic.beat()
    made.work(poll=True)
    asking = Thread(target=lambda: asker.client.ask_lease(ask("A1", everything)))
    asking.start()
    while not any(one.kept_recalls for one in made.pulled):
        made.work(poll=True)
    asking.join(20)
    made.after(1)
    assert till.held() == [lease_id]
    made.traffic.tendering = frozenset
    made.after(1)
    assert (till.held(), till.waiting()) == ([], 0)
    assert till.booked("A1").reserved_h == 0


def test_a_tender_that_begins_while_a_close_waits_keeps_its_lease(line) -> None:
    """I25: whose tender is open is asked when the lease is closed, not when the close was put on the lane."""
    made, till = line
    made.traffic.beat()
    made.work(poll=True)
    redeem.keep(till.terminal, redeem.ask(till.client, ask("A1", 50_000)))
    [lease_id] = till.held()
    made.traffic._recalled = frozenset({lease_id})
    made.traffic.beat()
    made.traffic.tendering = lambda: frozenset({"A1"})
    made.writer.run_all()
    assert till.held() == [lease_id]
    made.traffic.tendering = frozenset
    made.after(1)
    assert till.held() == []


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_ledger_is_left_alone_as_long_as_it_asks(line, status: int) -> None:
    """6.4: neither a new fact nor a good heartbeat shortens its Retry-After; then the queue goes out at once."""
    made, till = line
    made.after(0)
    assert made.traffic.connection.online
    busy = Denied(status=429, code="busy", retry_after_s=30)
    lost = Unknown(reason=Lost.FAILING, status=503, retry_after_s=30)
    made.traffic.heard(busy if status == 429 else lost)
    till.swipe("A1")
    for _ in range(9):
        made.after(3)
        made.traffic.send_now()
        made.work()
        assert till.waiting() == 1
    assert made.traffic.connection.online
    made.after(4)
    assert till.waiting() == 0
