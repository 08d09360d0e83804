"""Story: a first sale through the real actions, on a real store, a real ledger and a printer that prints into a folder.

Every step asks the store whether it was done before, as a person at the till would look; so the story can be taken up
wherever it was cut. A part that was lost with the process (a basket) is done again under new ids.
"""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import msgspec
import uuid_utils

from clubtill.demo import cast
from clubtill_rules.goods.product import MediaKind
from clubtill_rules.permissions import Role
from clubtill_rules.points import leases as lease_rules
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale import basket as baskets
from clubtill_rules.sale import tender as tenders
from clubtill_rules.sale.basket import Basket
from clubtill_rules.values.days import trading_day
from clubtill_rules.values.money import Money
from clubtill_sync.client import Client, Timeouts
from clubtill_sync.signing import Signer, key_from_text
from clubtill_sync.wire.requests import LeaseAsk
from clubtill_terminal.actions import print_receipts, redeem
from clubtill_terminal.actions.check_in import check_in
from clubtill_terminal.actions.exchange_hello import Greeted, hello
from clubtill_terminal.actions.exchange_pull import pull
from clubtill_terminal.actions.exchange_push import Window, push
from clubtill_terminal.actions.find_member import FoundMember, by_card
from clubtill_terminal.actions.place import Place, read_place
from clubtill_terminal.actions.sell import sell
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.devices.printing import JobReport, JobState
from clubtill_terminal.devices.reader import CardKind, CardSeen
from clubtill_terminal.store import leases, sales, swipes
from clubtill_terminal.store.opening import open_store
from clubtill_wording.speech import Speech
from tests.walks.killed.boundaries import Boundaries, WatchedPrinter, WatchedTransport

KEY = bytes(range(32))
STAFF = "sam"
FIRST, WITH_POINTS, WITH_CASH = 1, 2, 3
"""How many sales there are after each of the story's three."""
_PATIENT = Timeouts(look_up_s=20, points_s=20, bulk_s=20)
_PRINT_S = 20


class Computer(msgspec.Struct, frozen=True, kw_only=True):
    """What the computer keeps beside its store: who it is, and where the ledger is."""

    ledger: str
    nobody: int
    device_key: str
    card_key: str
    device_id: str
    terminal_id: str
    swipe_text: str


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What a run is to do: `fatal` is the boundary at which it ends, 0 for none; `cut` is how it finds the line."""

    folder: str
    trace: str
    fatal: int
    cut: bool = False


def now_us() -> int:
    """Read the clock: the ledger is a process of its own and has the same one."""
    return time.time_ns() // 1000


def new_id() -> str:
    """Make an event id."""
    return uuid_utils.uuid7().hex


@dataclass
class Till:
    """The terminal as the story uses it."""

    computer: Computer
    terminal: Terminal
    client: Client
    transport: WatchedTransport
    printer: WatchedPrinter
    boundaries: Boundaries
    calls: SimpleQueue[Any]
    ended: set[str] = field(default_factory=set)

    # ------------------------------------------------------------ the line

    def hello(self) -> Greeted:
        """Say hello."""
        return hello(self.terminal, self.client, store_version="0001", program_version="0.1.0")

    def push(self) -> None:
        """Send what waits, as far as the line allows."""
        done = push(self.terminal, self.client, Window())
        while done.more:
            done = push(self.terminal, self.client, done.window)

    def pull(self) -> None:
        """Fetch what is new, as far as the line allows."""
        done = pull(self.terminal, self.client)
        while done.more or done.anew:
            done = pull(self.terminal, self.client, anew=done.anew)

    # ------------------------------------------------------------ what the store knows

    def sales(self) -> int:
        """Count the sales that were made."""
        with self.terminal.store.facts.begin() as facts:
            return len(sales.last_sales(facts, 10))

    def welcomed(self) -> bool:
        """Tell whether the member came in."""
        with self.terminal.store.facts.begin() as facts:
            return bool(swipes.last_swipes(facts, 1))

    def place(self) -> Place:
        """Read the settings."""
        place = read_place(self.terminal)
        assert place is not None, "the feed brought no settings"
        return place

    def swipe(self, place: Place) -> FoundMember:
        """Read the member's card."""
        found = by_card(self.terminal, place, self.seen())
        assert isinstance(found, FoundMember)
        return found

    def seen(self) -> CardSeen:
        """Give what the reader reports of the card."""
        return CardSeen(source="stripe", kind=CardKind.STRIPE, tracks=(self.computer.swipe_text,))

    # ------------------------------------------------------------ points

    def attach(self, found: FoundMember) -> None:
        """Ask for what an attach grants, as the till does when a card is read."""
        self._ask(found, sale_id=new_id(), ask_no=0, amount_h=0, why="attach")

    def ask_for(self, found: FoundMember, basket: Basket, amount_h: int) -> None:
        """Ask for what the leases held here lack of a sale's points."""
        missing_h = lease_rules.to_ask(self.held(found), amount_h, self.day(self.place()))
        if missing_h:
            self._ask(found, sale_id=basket.sale_id, ask_no=1, amount_h=missing_h, why="sale")

    def _ask(self, found: FoundMember, **told: Any) -> None:
        account = found.account
        question = LeaseAsk(club_id=account.club_id, account_id=account.account_id, **told)
        redeem.keep(self.terminal, redeem.ask(self.client, question))

    def held(self, found: FoundMember) -> tuple[lease_rules.Lease, ...]:
        """Give the open leases held for the member."""
        with self.terminal.store.facts.begin() as facts:
            return leases.open_leases(facts, found.account.account_id)

    def give_all_back(self) -> None:
        """Give every lease back, as at the end of the day."""
        with self.terminal.store.facts.begin() as facts:
            held = leases.all_open(facts)
        if held:
            redeem.give_back(self.terminal, held, club_id=cast.CLUB, why="end_of_day")

    def day(self, place: Place) -> Any:
        """Give the club's day."""
        return trading_day(now_us(), place.catalogues[cast.CLUB].club.clock)

    # ------------------------------------------------------------ a sale

    def sell(self, basket: Basket, place: Place) -> None:
        """Take the rest in cash, commit, and print."""
        catalogue = place.catalogues[cast.CLUB]
        due = baskets.totals(basket, catalogue).due
        cash = tenders.take_cash(
            due,
            Money(due.minor + 100),
            catalogue.venue.cash_step_minor,
            catalogue.media_of(MediaKind.CASH).id,
        )
        sell(
            self.terminal,
            baskets.tender(basket, cash),
            catalogue=catalogue,
            staff_id=STAFF,
            offline=self.transport.cut,
            speech=Speech(),
            till=place.terminal.name,
            staff="Sam",
        )
        self.print_waiting()

    def print_waiting(self) -> None:
        """Send what waits to the printer and wait until it ended."""
        jobs = print_receipts.take_waiting(self.terminal)
        for job, lines in jobs:
            copy_text = Speech().label("receipt.mark.copy") if job.copy else ""
            document = print_receipts.document(lines, drawer=job.drawer, copy_text=copy_text)
            self.printer.print(job.job_id, document)
        wanted = {job.job_id for job, _ in jobs}
        while not wanted <= self.ended:
            self.calls.get(timeout=_PRINT_S)()

    def reported(self, report: JobReport) -> None:
        """Keep what became of a job, as the terminal does."""
        if report.state not in (JobState.WAITING, JobState.SENT):
            print_receipts.keep_end(self.terminal, report.job_id, report.state.value)
            self.ended.add(report.job_id)


def open_till(order: Order) -> Till:
    """Start the terminal: its store as the last run left it, a line, and a printer."""
    folder = Path(order.folder)
    computer = msgspec.json.decode((folder / "computer.json").read_bytes(), type=Computer)
    boundaries = Boundaries(Path(order.trace), order.fatal)
    store = open_store(folder / "store", KEY)
    boundaries.watch(store.facts, "facts")
    boundaries.watch(store.cache, "cache")
    terminal = Terminal(
        store=store,
        now_us=now_us,
        mono_us=lambda: time.monotonic_ns() // 1000,
        new_id=new_id,
        boot_id=new_id(),
        card_key=base64.b64decode(computer.card_key),
        device_id=computer.device_id,
        terminal_id=computer.terminal_id,
    )
    transport = WatchedTransport(boundaries, computer.nobody)
    transport.cut = order.cut
    signer = Signer(key_from_text(computer.device_key), computer.device_id)
    client = Client(computer.ledger, signer, now_us=now_us, nonce=new_id, transport=transport, timeouts=_PATIENT)
    calls: SimpleQueue[Any] = SimpleQueue()

    def reported(report: JobReport) -> None:
        till.reported(report)

    printer = WatchedPrinter(folder=folder / "spool", deliver=calls.put, report=reported)
    printer.boundaries = boundaries
    till = Till(
        computer=computer,
        terminal=terminal,
        client=client,
        transport=transport,
        printer=printer,
        boundaries=boundaries,
        calls=calls,
    )
    return till


def play(order: Order) -> None:
    """Tell the story from where the store says it stands, to its end."""
    till = open_till(order)
    _start(till)
    place = till.place()
    if till.sales() < FIRST:
        till.boundaries.place = "the first sale"
        _first_sale(till, place)
    if not till.welcomed():
        till.boundaries.place = "at the door"
        offline, roles = till.transport.cut, frozenset({Role.RECEPTION})
        check_in(till.terminal, place, till.seen(), staff_id="ana", roles=roles, offline=offline)
    till.push()
    if till.sales() < WITH_POINTS:
        till.boundaries.place = "before the line is cut"
        found = till.swipe(place)
        till.attach(found)
    till.boundaries.place = "cut"
    till.transport.cut = True
    till.push()
    till.hello()
    if till.sales() < WITH_POINTS:
        _sale_of_points(till, place)
    if till.sales() < WITH_CASH:
        _sale_of_cash(till, place)
    till.push()
    till.boundaries.place = "the line is back"
    till.transport.cut = False
    till.hello()
    till.push()
    till.pull()
    till.give_all_back()
    till.push()
    till.pull()
    till.printer.close()
    till.client.close()
    till.terminal.store.close()


def _start(till: Till) -> None:
    """Start as the terminal does: what was cut off at the printer is unknown, what waits is printed, then hello.

    Of a receipt whose end is unknown the cashier prints a copy.
    """
    for job in print_receipts.cut_off(till.terminal):
        print_receipts.add_copy(till.terminal, job.sale_id)
    till.print_waiting()
    till.hello()
    till.push()
    till.pull()


def _first_sale(till: Till, place: Place) -> None:
    """Jugs for more points than an attach grants, so that the rest is asked under the sale's id; a lager in cash."""
    found = till.swipe(place)
    till.attach(found)
    basket = _basket(till, place, found, ("jug-pale", "jug-pale", "jug-pale", "schooner-lager"))
    offered = options(
        basket.lines,
        classification=place.catalogues[cast.CLUB].classification_of(found.member),
        catalogue=place.catalogues[cast.CLUB],
        available=found.held.balance,
    )
    ticked = frozenset({1})
    till.ask_for(found, basket, offered.row(1).points.hundredths)
    till.sell(baskets.use_points(basket, offered, ticked), place)


def _sale_of_points(till: Till, place: Place) -> None:
    """Offline: a schooner for points of the lease that this till holds, a lager in cash."""
    found = till.swipe(place)
    basket = _basket(till, place, found, ("schooner-pale", "schooner-lager"))
    usable = lease_rules.usable(
        place.catalogues[cast.CLUB].venue.offline_mode,
        till.held(found),
        online=False,
        sale_id=basket.sale_id,
        contact_age_days=0,
        day=till.day(place),
    )
    offered = options(
        basket.lines,
        classification=place.catalogues[cast.CLUB].classification_of(found.member),
        catalogue=place.catalogues[cast.CLUB],
        available=usable.points,
    )
    till.sell(baskets.use_points(basket, offered, frozenset({1})), place)


def _sale_of_cash(till: Till, place: Place) -> None:
    """Offline: a lager in cash, which earns."""
    till.sell(_basket(till, place, till.swipe(place), ("schooner-lager",)), place)


def _basket(till: Till, place: Place, found: FoundMember, products: tuple[str, ...]) -> Basket:
    catalogue = place.catalogues[cast.CLUB]
    basket = baskets.attach(Basket(sale_id=new_id()), found.member, found.account, found.attach, catalogue)
    for product in products:
        basket = baskets.add(basket, product, catalogue=catalogue, at_us=till.terminal.now_us())
    return basket
