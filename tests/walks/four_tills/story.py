"""Four tills online, and points that are always somewhere else: random attaches and redemptions over real HTTP.

Each till is a real store with the real actions and a feed poll of its own, as `traffic` drives them; the ledger is a
process. Nothing sleeps: a till waits where it really waits, for an answer.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, Thread
from typing import Final

from clubtill_ledger.app.calls import Ledger
from clubtill_ledger.office import rebuilding
from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.operate.commands import clock_us
from clubtill_ledger.store.replaying import Difference
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_rules.members.classification import Classification
from clubtill_rules.points import leases as lease_rules
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale import basket as baskets
from clubtill_rules.sale.basket import Basket
from clubtill_rules.values.days import trading_day
from clubtill_sync import signing
from clubtill_sync.client import Answer, Client
from clubtill_sync.signing import Signer
from clubtill_sync.wire.requests import Enrol, LeaseAnswer, LeaseAsk
from clubtill_terminal.actions import exchange_pull, redeem
from clubtill_terminal.actions.exchange_push import Window, push
from clubtill_terminal.actions.find_member import by_number
from clubtill_terminal.actions.place import Place, read_place
from clubtill_terminal.actions.sell import sell
from clubtill_terminal.store import leases
from clubtill_wording.speech import Speech
from tests.ledger.audit import audit, balances
from tests.ledger.budgeting import document
from tests.ledger.master import ACCOUNTS, CLOCK, CLUB_ID, OPENING_H, account
from tests.sync.ledger_process import LedgerProcess
from tests.terminal.actions.exchange_kit import a_device, a_store
from tests.terminal.actions.tills import PATIENT, Till, now_us, till_on

TILLS: Final = 4
POINTS_H: Final = 500_000
"""What each member has: as much as an attach sets aside, so that one till holds all of it."""
RICH: Final = ("A6", "A7", "A8")
BEER_H: Final = 500
RECALL_US: Final = 2_000_000
"""R92: so long nobody waits for points that another till holds."""
SPEECH: Final = Speech(locale="en_AU", currency="AUD", zone="Australia/Sydney")


@dataclass
class Told:
    """What the walk came to.

    Attributes:
        waits_us: how long each ask for points took, answer and all.
        given_back: leases that a till gave back because another one asked.
        short: steps that were offered less than they asked for.
        sold: beers for points, by account.
        plain_us: how long a call takes that waits for nobody: the slowest of twenty, when all else is done.
        differing: what a rebuild of the ledger finds.
    """

    waits_us: list[int] = field(default_factory=list)
    given_back: int = 0
    short: int = 0
    sold: dict[str, int] = field(default_factory=dict)
    plain_us: int = 0
    differing: tuple[Difference, ...] = ()

    @property
    def longest_us(self) -> int:
        """The longest wait for an answer."""
        return max(self.waits_us)


@dataclass
class Step:
    """What came of a step: the answer, None where nothing was asked for; and whether a beer was sold."""

    told: LeaseAnswer | None
    sold: bool = False


@dataclass
class Desk:
    """A till at work: its lock is the writer lane, its thread the lane of the feed."""

    till: Till
    polls: Client
    place: Place
    lane: Lock = field(default_factory=Lock)
    tendering: frozenset[str] = frozenset()
    given_back: int = 0
    stopped: bool = False
    waits_us: list[int] = field(default_factory=list)

    def listen(self) -> None:
        """Poll the feed for as long as the till is open; what is recalled goes back, and out, at once (D22)."""
        while not self.stopped:
            with self.lane:
                standing = exchange_pull.standing(self.till.terminal)
            fetched = exchange_pull.fetch(self.polls, standing)
            with self.lane:
                if self.stopped:
                    return
                pulled = exchange_pull.apply(self.till.terminal, fetched, tendering=self.tendering)
                self.given_back += pulled.given_back
                if pulled.given_back:
                    push(self.till.terminal, self.till.client, Window())

    def ask(self, account_id: str, amount_h: int, why: str, sale_id: str) -> LeaseAnswer:
        """Ask for points and keep what was granted; the lane is free while the answer is awaited."""
        question = LeaseAsk(
            sale_id=sale_id, ask_no=0, club_id=CLUB_ID, account_id=account_id, amount_h=amount_h, why=why
        )
        begun_us = time.monotonic_ns() // 1_000
        asked = redeem.ask(self.till.client, question)
        self.waits_us.append(time.monotonic_ns() // 1_000 - begun_us)
        assert asked.answer is not None, asked.outcome
        with self.lane:
            redeem.keep(self.till.terminal, asked)
        return asked.answer

    def attach(self, account_id: str) -> Step:
        """Attach a member: up to the cap is set aside here."""
        return Step(told=self.ask(account_id, 0, "attach", self.till.terminal.new_id()))

    def redeem(self, account_id: str) -> Step:
        """Sell a beer for points: ask for what this till does not hold, sell, send."""
        terminal = self.till.terminal
        sale_id = terminal.new_id()
        self.tendering = frozenset({account_id})
        with self.lane:
            basket, missing_h = self._rung_up(account_id, sale_id)
        told = self.ask(account_id, missing_h, "points_pay", sale_id) if missing_h else None
        got_h = told.lease.granted_h if told and told.lease else 0
        with self.lane:
            if got_h >= missing_h:
                sell(
                    terminal,
                    basket,
                    catalogue=self.place.catalogue,
                    staff_id="S1",
                    offline=False,
                    speech=SPEECH,
                    till="Till",
                    staff="Sam",
                )
            self.tendering = frozenset()
            push(terminal, self.till.client, Window())
        return Step(told=told, sold=got_h >= missing_h)

    def _rung_up(self, account_id: str, sale_id: str) -> tuple[Basket, int]:
        """Ring up a beer that points are to pay; give the sale with what this till lacks of its points."""
        terminal, catalogue = self.till.terminal, self.place.catalogue
        basket = baskets.add(Basket(sale_id=sale_id), "pale", catalogue=catalogue, at_us=now_us())
        [found] = by_number(terminal, self.place, f"10{account_id[1:]}")
        basket = baskets.attach(basket, found.member, found.account, found.attach, catalogue)
        classification = catalogue.classification_of(found.member)
        assert classification is not None
        balance = found.held.balance
        rows = options(basket.lines, classification=classification, catalogue=catalogue, available=balance)
        basket = baskets.use_points(basket, rows, frozenset({1}))
        need_h = baskets.totals(basket, catalogue).points_used.hundredths
        with terminal.store.facts.begin() as facts:
            held = leases.open_leases(facts, account_id)
        return basket, lease_rules.to_ask(held, need_h, trading_day(now_us(), CLOCK))


def running(folder: Path) -> LedgerProcess:
    """Start a ledger whose members have what one attach takes, and whose beer costs five points."""
    folder.mkdir()
    made = LedgerProcess(folder, "--rate", "1000", "--burst", "1000")  # no cashier taps that fast
    gold = Classification(number=1, club_id=CLUB_ID, description="Gold", points_expiry_months=12, redemption_ratio=1)
    rich = tuple(account(name, POINTS_H) for name in RICH)
    with made.opened() as store:
        seed = seeds.Seed(documents=(document("classification", "c1", gold, 2),), accounts=rich)
        seeds.load(store, Ledger(store).shelf, seed, now_us=clock_us())
    made.start()
    return made


def open_desk(ledger: LedgerProcess, folder: Path, n: int) -> Desk:
    """Enrol a till and bring it up to date."""
    key = signing.new_key()
    line = Client(ledger.url, None, now_us=now_us, nonce=lambda: "", timeouts=PATIENT)
    code = ledger.code("T1" if n % 2 else "T2")
    outcome = line.enrol(Enrol(code=code, public_key=signing.public_text(key), name=f"Till {n}"))
    line.close()
    assert isinstance(outcome, Answer)
    device_id = outcome.value.device_id
    a_store(folder, a_device(device_id=device_id, terminal_id="T1")).close()
    till = till_on(folder, ledger.url, Signer(key, device_id), device_id)
    till.hello()
    till.pull_all()
    place = read_place(till.terminal)
    assert place is not None
    nonces = iter(range(10**9))
    polls = Client(
        ledger.url, Signer(key, device_id), now_us=now_us, nonce=lambda: f"poll-{n}-{next(nonces)}", timeouts=PATIENT
    )
    return Desk(till=till, polls=polls, place=place)


def play(ledger: LedgerProcess, folder: Path, *, steps: int, seed: int = 44) -> Told:
    """Let four tills attach and redeem, a step after the other, and look through the books at the end."""
    desks = [open_desk(ledger, folder / f"till-{n}", n) for n in range(TILLS)]
    threads = [Thread(target=desk.listen, name="feed", daemon=True) for desk in desks]
    for thread in threads:
        thread.start()
    dice = random.Random(seed)  # noqa: S311 - it guards nothing
    names = [*ACCOUNTS, *RICH]
    told = Told(sold=dict.fromkeys(names, 0))
    for _ in range(steps):
        desk, name = dice.choice(desks), dice.choice(names)
        step = desk.attach(name) if dice.random() < 0.5 else desk.redeem(name)
        told.sold[name] += step.sold
        if step.told is not None:
            told.short += step.told.held_elsewhere_h > 0 and not step.sold
    told.plain_us = _plain_us(desks[0])
    for desk in desks:
        desk.stopped = True
        desk.polls.close()
    for thread in threads:
        thread.join()
    for desk in desks:
        told.given_back += desk.given_back
        told.waits_us += desk.waits_us
        desk.till.push_all()
        desk.till.close()
    _settled(ledger, told)
    return told


def _settled(ledger: LedgerProcess, told: Told) -> None:
    """Check that every beer took its points once, and see whether a rebuild finds anything."""
    ledger.kill()
    with ledger.opened() as store:
        audit(store)
        for name, (avail_h, reserved_h, deficit_h) in balances(store).items():
            opening_h = POINTS_H if name in RICH else OPENING_H
            assert (avail_h + reserved_h, deficit_h) == (opening_h - BEER_H * told.sold[name], 0)
        told.differing = rebuilding.differences(store, SettingsShelf(), clock_us())


def _plain_us(desk: Desk) -> int:
    """Give how long a call takes that waits for nobody: the slowest of twenty hellos, when all else is done."""
    times: list[int] = []
    for _ in range(20):
        begun_us = time.monotonic_ns() // 1_000
        desk.till.hello()
        times.append(time.monotonic_ns() // 1_000 - begun_us)
    return max(times)
