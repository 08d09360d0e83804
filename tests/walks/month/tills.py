"""Tills of the month: real stores and real actions, each with a clock of its own while it is cut off."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from clubtill.demo import cast
from clubtill_rules.goods.product import MediaKind
from clubtill_rules.permissions import Role
from clubtill_rules.points import leases as lease_rules
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale import basket as baskets
from clubtill_rules.sale import tender as tenders
from clubtill_rules.sale.basket import Basket
from clubtill_rules.values.days import US_PER_DAY, trading_day
from clubtill_rules.values.money import Money
from clubtill_sync.client import Answer, Client, Timeouts
from clubtill_sync.wire.requests import LeaseAsk
from clubtill_terminal.actions import exchange_check, redeem
from clubtill_terminal.actions.balance import read_balance
from clubtill_terminal.actions.check_in import check_in
from clubtill_terminal.actions.exchange_hello import hello
from clubtill_terminal.actions.exchange_pull import pull, standing
from clubtill_terminal.actions.exchange_push import Batch, Window, compose, settle
from clubtill_terminal.actions.find_member import FoundMember, by_card
from clubtill_terminal.actions.place import Place, read_place
from clubtill_terminal.actions.sell import sell
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.devices.reader import CardKind, CardSeen
from clubtill_terminal.store import leases, members, outbox
from clubtill_terminal.store.device import read_device
from clubtill_terminal.store.engines import Store
from clubtill_wording.speech import Speech
from tests.walks.month.clock import SharedClock

PATIENT: Final = Timeouts(look_up_s=60, points_s=60, bulk_s=120)
GOODS: Final = ("schooner-pale", "schooner-lager", "jug-pale")
STEP_S: Final = 20


@dataclass
class MonthTill:
    """A till: online it has the clock of all, cut off its own."""

    store: Store
    client: Client
    device_id: str
    terminal_id: str
    card_key: bytes
    clock: SharedClock
    chance: random.Random
    numbers: list[str]
    cut_off_us: int | None = None
    place: Place | None = None
    place_day: date | None = None
    visits: int = 0
    sales: int = 0
    with_points: int = 0
    window: Window = field(default_factory=Window)
    _ids: Any = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.terminal = Terminal(
            store=self.store,
            now_us=self.now_us,
            mono_us=lambda: time.monotonic_ns() // 1000,
            new_id=self.new_id,
            boot_id=f"boot-{self.device_id}",
            card_key=self.card_key,
            device_id=self.device_id,
            terminal_id=self.terminal_id,
        )

    def now_us(self) -> int:
        """Read the clock that this till goes by."""
        return self.clock.now_us() if self.cut_off_us is None else self.cut_off_us

    def new_id(self) -> str:
        """Make an id; later ones are higher, and no two tills make the same."""
        return f"{self.now_us() // 1000:012x}{next(self._ids):08x}{self.device_id[:12]}"

    # ------------------------------------------------------------ online

    def greet(self) -> None:
        """Say hello and fetch all."""
        hello(self.terminal, self.client, store_version="1", program_version="1")
        done = pull(self.terminal, self.client)
        while done.more or done.anew:
            done = pull(self.terminal, self.client, anew=done.anew)

    def attach(self, number: str) -> None:
        """Ask for what an attach grants to this member."""
        found = self.find(number)
        question = LeaseAsk(
            sale_id=self.new_id(),
            ask_no=0,
            club_id=cast.CLUB,
            account_id=found.account.account_id,
            amount_h=0,
            why="attach",
        )
        redeem.keep(self.terminal, redeem.ask(self.client, question))

    def give_all_back(self) -> None:
        """Close every lease, as a terminal that was cut off does at its next contact."""
        with self.store.facts.begin() as facts:
            held = leases.all_open(facts)
        if held:
            redeem.give_back(self.terminal, held, club_id=cast.CLUB, why="end_of_day")

    def composed(self) -> Batch | None:
        """Make the next batch (writer lane)."""
        return compose(self.terminal, self.window)

    def settled(self, batch: Batch, outcome: Any) -> None:
        """Keep what became of a batch (writer lane)."""
        self.window = settle(self.terminal, batch, outcome, self.window).window

    def waiting(self) -> int:
        """Count what the ledger has not acknowledged."""
        with self.store.facts.begin() as facts:
            return outbox.waiting(facts, 1)[0]

    def differing(self) -> list[int] | None:
        """Give the streams in which the cache differs from the ledger."""
        outcome, told = exchange_check.ask(self.client, standing(self.terminal))
        assert isinstance(outcome, Answer)
        return [one.stream for one in told if exchange_check.differs(self.terminal, one)] if told else None

    def shown_h(self, account_id: str) -> int:
        """Give the balance that this till shows."""
        with self.store.cache.begin() as cache:
            card = members.by_account(cache, account_id)
        assert card is not None
        return read_balance(self.terminal, card).balance.hundredths

    # ------------------------------------------------------------ what happens at it

    @contextmanager
    def unsafe(self) -> Iterator[None]:
        """Flush nothing for the length of a block: that a sale outlives a power cut is shown elsewhere."""
        self._flushed("OFF")
        try:
            yield
        finally:
            self._flushed("FULL")

    def _flushed(self, level: str) -> None:
        for engine in (self.store.facts, self.store.cache):
            with engine.connect() as connection:  # on the driver: SQLAlchemy would begin a transaction for it
                driver: Any = connection.connection.dbapi_connection
                driver.execute(f"PRAGMA synchronous = {level}")

    def month(self, start_us: int, days: int, events: int) -> None:
        """Make events of so many days, cut off: sales, points within leases, and people who come in."""
        for n in range(events):
            at_us = start_us + n * days * US_PER_DAY // events
            self.cut_off_us = max(at_us, (self.cut_off_us or 0) + 1)
            if self.chance.random() < 1 / 4:
                self.come_in(self.chance.choice(self.numbers))
            else:
                self.ring_up()

    def come_in(self, number: str) -> None:
        """Read a card at this till's door."""
        check_in(
            self.terminal,
            self.at(),
            self._seen(number),
            staff_id="ana",
            roles=frozenset({Role.RECEPTION}),
            offline=True,
        )
        self.visits += 1

    def ring_up(self) -> None:
        """Sell a drink: to a guest, to a member, or for points that this till holds."""
        found = None if self.chance.random() < 1 / 3 else self.find(self.chance.choice(self.numbers))
        basket = self._basket(found, self.chance.choice(GOODS))
        if found and self.chance.random() < 1 / 2:
            basket = self._points(basket, found)
        self._sell(basket)

    def drink_for_points(self, number: str) -> int:
        """Sell a schooner to a member for points if this till may, else for cash; give the hundredths taken."""
        found = self.find(number)
        basket = self._points(self._basket(found, "schooner-pale"), found)
        self._sell(basket)
        return sum(line.by_points.points.hundredths for line in basket.lines if line.by_points)

    def _basket(self, found: FoundMember | None, product_id: str) -> Basket:
        catalogue = self.at().catalogues[cast.CLUB]
        basket = Basket(sale_id=self.new_id())
        if found:
            basket = baskets.attach(basket, found.member, found.account, found.attach, catalogue)
        return baskets.add(basket, product_id, catalogue=catalogue, at_us=self.now_us())

    def _sell(self, basket: Basket) -> None:
        """Take the rest in cash and make the sale final."""
        catalogue = self.at().catalogues[cast.CLUB]
        due = baskets.totals(basket, catalogue).due
        if due.minor:
            cash = catalogue.media_of(MediaKind.CASH).id
            taken = tenders.take_cash(due, Money(due.minor + 100), catalogue.venue.cash_step_minor, cash)
            basket = baskets.tender(basket, taken)
        told: dict[str, Any] = {"staff_id": "sam", "speech": Speech(), "till": "Main Bar", "staff": "Sam"}
        sell(self.terminal, basket, catalogue=catalogue, offline=self.cut_off_us is not None, **told)
        self.sales += 1

    def _points(self, basket: Basket, found: FoundMember) -> Basket:
        """Pay by points what the leases held here allow."""
        catalogue = self.at().catalogues[cast.CLUB]
        with self.store.facts.begin() as facts:
            held = leases.open_leases(facts, found.account.account_id)
            contact_us = read_device(facts).last_contact_us
        if not held:
            return basket
        usable = lease_rules.usable(
            catalogue.venue.offline_mode,
            held,
            online=False,
            sale_id=basket.sale_id,
            contact_age_days=(self.now_us() - contact_us) // US_PER_DAY,
            day=trading_day(self.now_us(), catalogue.club.clock),
        )
        if not usable.points.hundredths:
            return basket
        classification = catalogue.classification_of(found.member)
        assert classification is not None
        offered = options(
            basket.lines,
            classification=classification,
            catalogue=catalogue,
            available=usable.points,
        )
        if offered.row(1).reason:
            return basket
        self.with_points += 1
        return baskets.use_points(basket, offered, frozenset({1}))

    def at(self) -> Place:
        """Read the settings of the day."""
        place = self.place if self.place_day == self._day() else read_place(self.terminal)
        assert place is not None
        self.place, self.place_day = place, self._day()
        return place

    def _day(self) -> date:
        return trading_day(self.now_us(), self.place.catalogue.club.clock) if self.place else date.min

    def find(self, number: str) -> FoundMember:
        """Find a member by their card."""
        found = by_card(self.terminal, self.at(), self._seen(number))
        assert isinstance(found, FoundMember)
        return found

    def _seen(self, number: str) -> CardSeen:
        return CardSeen(source="stripe", kind=CardKind.STRIPE, tracks=(cast.swipe_text(number),))

    def log(self) -> list[bytes]:
        """Give the exact bytes of every event of this till's log."""
        with self.store.facts.begin() as facts:
            epoch = read_device(facts).epoch
            rows = outbox.oldest(facts, epoch=epoch, after_seq=0, rows_max=10**7, bytes_max=10**10)
        return [row.bytes_ for row in rows]

    def close(self) -> None:
        """Close files and line."""
        self.store.close()
        self.client.close()


def folder_of(root: Path, n: int) -> Path:
    """Give the folder of till number n."""
    return root / f"till-{n}"
