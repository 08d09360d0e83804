"""A till whose ledger turns hostile: a portal's page, half an answer, silence, nonsense; and it goes on selling.

Each call of the exchange meets each of them while a fact waits to be sent. The line counts as lost, in the right words;
nothing is lost, nothing is taken for a no, and the next sale goes through.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from socket import socket

import msgspec
import pytest

from clubtill.demo import cast
from clubtill_desk.lanes import HandLane
from clubtill_rules.goods.product import MediaKind
from clubtill_rules.members.venue import OfflineMode
from clubtill_rules.sale import basket as baskets
from clubtill_rules.sale.basket import Basket
from clubtill_rules.sale.tender import take_cash
from clubtill_rules.values.days import US_PER_DAY
from clubtill_sync import signing
from clubtill_sync.client import Client, Timeouts
from clubtill_sync.signing import Signer
from clubtill_sync.wire.requests import HelloAnswer, LeaseAsk
from clubtill_terminal.actions import redeem
from clubtill_terminal.actions.link import Broken, Queue, read_queue
from clubtill_terminal.actions.place import Place
from clubtill_terminal.actions.sell import sell
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.actions.traffic import Lanes, Traffic, Versions
from clubtill_terminal.screens.link.words import Link, chip, panel
from clubtill_terminal.store import documents, leases
from tests.sync.hostile import Behave, Request, Server, answer, resets, says, says_nothing, serving
from tests.terminal.actions.exchange_kit import tells

PORTAL = b"<!DOCTYPE html><html><body>Please accept the terms of this network.</body></html>"
SHORT = Timeouts(look_up_s=0.5, points_s=0.5, bulk_s=0.5)

HOSTILE: dict[str, Callable[[threading.Event], Behave]] = {
    "a page with status 200": lambda _over: says(answer(PORTAL, content_type="text/html")),
    "a page that calls itself JSON": lambda _over: says(answer(PORTAL)),
    "half a body": lambda _over: says(answer(b'{"state":"ok","acked_through":', length=4_000)),
    "half a body, then a reset": lambda _over: resets(answer(b'{"cursor":"', length=4_000)),
    "an empty object": lambda _over: says(answer(b"{}")),
    "a list": lambda _over: says(answer(b"[1,2,3]")),
    "an empty body": lambda _over: says(answer(b"")),
    "nothing": says_nothing,
    "a redirect": lambda _over: says(answer(b"", status=302, more="Location: http://127.0.0.1:9/login\r\n")),
    "a proxy's 502": lambda _over: says(answer(PORTAL, status=502, content_type="text/html")),
    "bytes that are no HTTP": lambda _over: says(b"\x16\x03\x01\x00\x00\r\n\r\n"),
}
CALLS = {"hello": "/v1/hello", "events": "/v1/events", "feed": "/v1/feed"}
# Silence is what a long poll is made of: its own time-out is the matter of the client's tests.
MEETINGS = [(how, call) for how in HOSTILE for call in CALLS if (how, call) != ("nothing", "feed")]


def by_call(good: dict[str, Behave], bad: Behave) -> Behave:
    """Answer each call that has a good answer with it, and every other call with the bad one."""

    def behave(connection: socket, request: Request) -> None:
        good.get(request.path, bad)(connection, request)

    return behave


@dataclass
class Till:
    """A till of the demo club whose lanes a test works by hand."""

    terminal: Terminal
    place: Place
    traffic: Traffic
    lanes: tuple[HandLane, HandLane, HandLane]
    client: Client
    server: Server

    def work(self, *, poll: bool = False) -> None:
        """Run what waits until nothing waits; the long poll only if it is asked for."""
        while sum(lane.run_all() for lane in (self.lanes if poll else self.lanes[:2])):
            pass

    def sell(self, speech) -> int:
        """Sell a pale for cash, as a till does while it is offline, and give the number of the sale."""
        terminal, catalogue = self.terminal, self.place.catalogue
        basket = Basket(sale_id=terminal.new_id())
        basket = baskets.add(basket, "schooner-pale", catalogue=catalogue, at_us=terminal.now_us())
        sums = baskets.totals(basket, catalogue)
        basket = baskets.tender(basket, take_cash(sums.due, sums.cash_due, 5, catalogue.media_of(MediaKind.CASH).id))
        offline = not self.traffic.connection.online
        sold = sell(
            terminal,
            basket,
            catalogue=catalogue,
            staff_id="sam",
            offline=offline,
            speech=speech,
            till="Main Bar 1",
            staff="Sam",
        )
        return sold.sale.number

    def link(self) -> Link:
        """Give what chip and panel show."""
        line = self.traffic.connection
        return Link(
            online=line.online,
            broken=line.broken,
            since_us=line.since_us or 0,
            queue=read_queue(self.terminal),
            just_sent=False,
            now_us=self.terminal.now_us(),
        )


@pytest.fixture
def till_before(club_till: Terminal, club_place: Place) -> Iterator[Callable[..., Till]]:
    """A way to put the till before a server that behaves badly, and well to the calls named."""
    with ExitStack() as stack:

        def put(bad: Behave, well: tuple[str, ...] = ()) -> Till:
            good = {CALLS[name]: hello_of(club_till) for name in well}
            server = stack.enter_context(serving(by_call(good, bad)))
            nonces = (f"n{n}" for n in itertools.count())
            client = Client(
                server.url,
                Signer(signing.new_key(), club_till.device_id),
                now_us=club_till.now_us,
                nonce=lambda: next(nonces),
                timeouts=SHORT,
            )
            stack.callback(client.close)
            lanes = HandLane("writer"), HandLane("network"), HandLane("feed")
            traffic = Traffic(
                terminal=club_till,
                calls=client,
                polls=client,
                lanes=Lanes(writer=lanes[0], network=lanes[1], feed=lanes[2]),
                versions=Versions(store="0001", program="0.1.0"),
                chance=lambda: 0.0,
                changed=lambda: None,
                pulled=lambda _pulled: None,
                tendering=frozenset,
            )
            return Till(club_till, club_place, traffic, lanes, client, server)

        yield put


@pytest.fixture
def over() -> Iterator[threading.Event]:
    """Ends what a server keeps silent about."""
    event = threading.Event()
    yield event
    event.set()


def hello_of(terminal: Terminal) -> Behave:
    """Give a ledger's good hello to a device that has nothing acknowledged."""
    return tells(
        HelloAnswer(
            state="ok",
            epoch=1,
            next_seq=1,
            head_hash=signing.START_OF_CHAIN,
            ledger_epoch=1,
            feed_epoch=1,
            server_time_us=terminal.now_us(),
            leases=(),
        )
    )


def standing(terminal: Terminal) -> tuple[object, ...]:
    """Give what a hostile answer must not change: the cursor, the settings, the leases."""
    with terminal.store.cache.begin() as cache:
        state = documents.feed_state_of(cache)
        version = documents.settings_version(cache)
    with terminal.store.facts.begin() as facts:
        return state.cursor, state.feed_epoch, version, leases.all_open(facts)


@pytest.mark.parametrize(("how", "call"), MEETINGS)
def test_a_till_before_a_hostile_ledger_sells_on(till_before, speech, over: threading.Event, how, call) -> None:
    """U58, U59, R92: the line counts as lost, what waits waits on, the cache is untouched; sales go on."""
    till = till_before(HOSTILE[how](over), () if call == "hello" else ("hello",))
    before = standing(till.terminal)
    numbers = [] if call == "feed" else [till.sell(speech)]
    till.traffic.beat()
    till.work(poll=call == "feed")
    assert not till.traffic.connection.online
    assert till.server.requests[-1].path == CALLS[call]
    numbers += [till.sell(speech), till.sell(speech)]
    assert numbers == list(range(1042, 1042 + len(numbers)))
    assert standing(till.terminal) == before
    queue = read_queue(till.terminal)
    assert (queue.count, queue.attention, queue.trouble) == (len(numbers), 0, "")


@pytest.mark.parametrize("how", HOSTILE)
def test_chip_and_panel_say_that_the_service_is_not_reached(
    till_before, club_till: Terminal, speech, over: threading.Event, how: str
) -> None:
    """U57, U58, U60: whatever came back, the words are the same: not our network, one sale waits, the till works."""
    till = till_before(HOSTILE[how](over))
    till.sell(speech)
    till.traffic.beat()
    till.work()
    link = till.link()
    assert link.broken is Broken.SERVICE
    assert chip(link, speech).status == "offline"
    shown = panel(link, OfflineMode.LEASE, speech)
    assert shown.fix == speech.label("link.fix_service")
    assert (shown.till_state, shown.service_state) == (speech.label("link.working"), speech.label("link.not_reached"))
    assert shown.waiting == speech.label("link.waiting", n=1)
    assert shown.works.startswith(speech.label("link.works_sell"))
    assert club_till.terminal_id == cast.TILL


@pytest.mark.parametrize(
    ("days", "label"),
    [(0, "link.waits_points_lease"), (7, "link.waits_points_lease"), (8, "link.waits_points_stale")],
)
def test_the_panel_counts_days_as_the_rules_do(days: int, label: str, speech) -> None:
    """D8: on the seventh day points held here still pay, on the eighth they rest, and the panel says just that."""
    now_us = 20_000 * US_PER_DAY
    link = Link(
        online=False,
        broken=Broken.SERVICE,
        since_us=now_us - days * US_PER_DAY,
        queue=Queue(contact_us=now_us - days * US_PER_DAY),
        just_sent=False,
        now_us=now_us,
    )
    assert panel(link, OfflineMode.LEASE, speech).waits.splitlines()[0] == speech.label(label, days=days)


@pytest.mark.parametrize("trouble", ["fork", "rolled_back", "revoked"])
def test_the_panel_says_what_the_ledger_doubts(trouble: str, speech) -> None:
    """C12, I30, U57: the chip asks for attention, and the panel behind it says what is wrong and what to do."""
    link = Link(online=True, broken=Broken.NOTHING, since_us=0, queue=Queue(trouble=trouble), just_sent=False, now_us=1)
    shown, said = panel(link, OfflineMode.LEASE, speech), speech.sentence(f"denied.{trouble}", {})
    assert chip(link, speech).status == "warn"
    assert (shown.attention, shown.attention_detail) == (said.title, said.body)


@pytest.mark.parametrize("how", HOSTILE)
def test_an_ask_for_points_is_unknown_and_keeps_nothing(
    till_before, club_till: Terminal, over: threading.Event, how: str
) -> None:
    """R92: no such answer is a no, none is a lease; the very same question may be asked again."""
    till = till_before(HOSTILE[how](over))
    question = LeaseAsk(sale_id="5" * 32, ask_no=1, club_id=cast.CLUB, account_id="a100001", amount_h=100, why="sale")
    asked = redeem.ask(till.client, question)
    assert (asked.answer, asked.known) == (None, False)
    assert redeem.keep(club_till, asked) == ()
    assert standing(club_till)[-1] == ()
    redeem.ask(till.client, question)
    bodies = {request.body for request in till.server.requests}
    assert {msgspec.json.decode(body, type=LeaseAsk) for body in bodies} == {question}
    assert len(bodies) == 1


def test_a_lease_for_somebody_else_is_not_spent_on_this_member(till_before, club_till: Terminal, speech) -> None:
    """R72: an answer that grants another account's points leaves this member with none here."""
    told = {
        "lease": {
            "lease_id": "9" * 32,
            "club_id": cast.CLUB,
            "account_id": "a100002",
            "granted_h": 10_000,
            "spent_h": 0,
            "sale_id": "5" * 32,
            "ask_no": 1,
            "advice": [],
        },
        "card": None,
        "held_elsewhere_h": 0,
        "server_time_us": club_till.now_us(),
    }
    till = till_before(says(answer(msgspec.json.encode(told))))
    question = LeaseAsk(sale_id="5" * 32, ask_no=1, club_id=cast.CLUB, account_id="a100001", amount_h=100, why="sale")
    kept = redeem.keep(club_till, redeem.ask(till.client, question))
    assert [lease for lease in kept if lease.account_id == "a100001"] == []
    with club_till.store.facts.begin() as facts:
        assert leases.open_leases(facts, "a100001") == ()
    assert till.sell(speech) > 0
