"""The month: three tills are cut off for thirty days, ring up on their own, and all come back at once."""

from __future__ import annotations

import base64
import os
import random
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event
from typing import Final, TypeVar

import msgspec

from clubtill.demo import cast, goods
from clubtill_ledger.accept import enrol as codes
from clubtill_ledger.app.calls import Ledger
from clubtill_ledger.jobs import expiry
from clubtill_ledger.office import rebuilding
from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.operate.commands import prepare
from clubtill_ledger.store.engines import Store as LedgerStore
from clubtill_ledger.store.engines import open_store as open_ledger
from clubtill_ledger.store.replaying import Difference
from clubtill_rules.members.account import MemberCard
from clubtill_rules.values.days import US_PER_DAY
from clubtill_sync.client import Answer, Client, Timeouts
from clubtill_sync.signing import Signer, new_key, public_text
from clubtill_sync.wire.documents import Terminal as TerminalDocument
from clubtill_sync.wire.feed import Document
from clubtill_terminal.actions.enrol import enrol, keep_enrolment
from clubtill_terminal.actions.exchange_push import send
from clubtill_terminal.store.opening import open_store
from tests.sync.hostile import listen
from tests.sync.ledger_process import until_listening
from tests.walks.month.clock import SharedClock
from tests.walks.month.tills import PATIENT, MonthTill, folder_of

T = TypeVar("T")
ROOT: Final = Path(__file__).parents[3]
START_US: Final = int(datetime(2026, 10, 1, 0, 0, tzinfo=UTC).timestamp()) * 1_000_000
"""Thursday 1 October, 10:00 in Sydney: clocks go forward on the Sunday."""
FIRST_DAY: Final = date(2026, 10, 1)
DAYS: Final = 30
TILLS: Final = 3
MEMBERS: Final = 90
"""At least; `python -m tests.walks.month` has one for twenty things at a till."""
THOUSAND_H: Final = 100_000
BETWEEN_SALES_S: Final = 0.1
AGAIN_S: Final = 0.2
_KEY: Final = bytes(range(32))
_READY_S: Final = 30


@dataclass
class Told:
    """What the month came to.

    Attributes:
        openings: by account, what it brought: (amount, earn day, last day).
        booked: by account, (avail, reserved, deficit) at the ledger.
        shown: by account, the balance that each till shows.
        idle_ms, draining_ms: how long a cashier waited for a sale before the return, and while the queue drained.
        lane_ms: how long making or keeping a batch held up the lane that sells.
        differences: what a rebuild of the ledger finds.
    """

    openings: dict[str, list[tuple[int, str, str | None]]]
    booked: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    shown: list[dict[str, int]] = field(default_factory=list)
    logs: list[list[bytes]] = field(default_factory=list)
    differing: list[list[int] | None] = field(default_factory=list)
    idle_ms: list[float] = field(default_factory=list)
    draining_ms: list[float] = field(default_factory=list)
    lane_ms: list[float] = field(default_factory=list)
    differences: tuple[Difference, ...] = ()
    with_points: int = 0
    drained_s: float = 0.0
    last_day: date = FIRST_DAY


class Month:
    """A ledger process, three tills, and a clock for all."""

    def __init__(self, folder: Path, *, seed: int, timeouts: Timeouts = PATIENT, members: int = MEMBERS) -> None:
        self.folder, self.timeouts, self.members = folder, timeouts, members
        self.clock = SharedClock(folder / "clock")
        self.clock.set(START_US)
        self.database = str(folder / "ledger.db")
        self._chance = random.Random(seed)  # noqa: S311 - the same month for the same seed
        self._numbers = [str(600_000 + n) for n in range(members)]
        with self.opened() as store:
            prepare(store)
            self._seed(store)
        listener = listen()
        self.port = int(listener.getsockname()[1])
        listener.close()
        self._process: subprocess.Popen[bytes] | None = None
        self.start()
        self.tills = [self._till(n) for n in range(TILLS)]

    @contextmanager
    def opened(self) -> Iterator[LedgerStore]:
        """Open the ledger's database beside its process."""
        store = open_ledger(self.database)
        try:
            yield store
        finally:
            store.close()

    def _seed(self, store: LedgerStore) -> None:
        demo = seeds.read(cast.seed(FIRST_DAY))
        terminals = tuple(_document(n) for n in range(TILLS))
        accounts = tuple(self._account(n) for n in range(self.members))
        whole = seeds.Seed(documents=(*demo.documents, *terminals), accounts=accounts)
        seeds.load(store, Ledger(store).shelf, whole, now_us=START_US)

    def _account(self, n: int) -> seeds.Account:
        """Give a member with points that never expire, and some that do within the month; the last has 1,000 in all."""
        account_id = f"m{n}"
        person = MemberCard(
            person_id=f"p{n}",
            account_id=account_id,
            club_id=cast.CLUB,
            number=self._numbers[n],
            first_name="Jean",
            last_name=f"Okafor {n}",
            classification=1 + n % 3,
            renewal_date=FIRST_DAY + timedelta(days=300),
            date_of_birth=date(1980, 10, 1) + timedelta(days=n % 60),
        )
        opening = tuple(
            seeds.Opening(amount_h=amount, earn_day=FIRST_DAY - timedelta(days=earned), last_day=last)
            for amount, earned, last in (
                (200_000 + 100 * n, 300, None),
                (30_000, 500, FIRST_DAY + timedelta(days=n % 6)),
                (5_000, 400, FIRST_DAY + timedelta(days=10 + n % 30)),
            )
        )
        if n == self.members - 1:
            opening = (seeds.Opening(amount_h=THOUSAND_H, earn_day=FIRST_DAY - timedelta(days=300)),)
        card = seeds.CardIn(person_id=person.person_id, text=cast.card_text(person.number))
        return seeds.Account(
            club_id=cast.CLUB, account_id=account_id, persons=(person,), cards=(card,), opening=opening
        )

    def openings(self) -> dict[str, list[tuple[int, str, str | None]]]:
        """Give what every account brought, in plain values."""
        return {
            one.account_id: [
                (lot.amount_h, lot.earn_day.isoformat(), lot.last_day.isoformat() if lot.last_day else None)
                for lot in one.opening
            ]
            for one in (self._account(n) for n in range(self.members))
        }

    def start(self) -> None:
        """Start the process and wait until it listens."""
        module = "tests.walks.month.ledger_program"
        path = os.pathsep.join(str(ROOT / part) for part in ("", "src", "sync"))
        self._process = process = subprocess.Popen(
            [sys.executable, "-m", module, self.database, str(self.port), str(self.clock.path)],
            env={**os.environ, "PYTHONPATH": path},
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
        until_listening(process, self.port)

    def _till(self, n: int) -> MonthTill:
        url, key = f"http://127.0.0.1:{self.port}", new_key()
        store = open_store(folder_of(self.folder, n), _KEY)
        with self.opened() as ledger:
            code = codes.make_code(ledger, f"month-{n}", secrets.choice, now_us=self.clock.now_us())
        nobody = Client(url, None, now_us=self.clock.now_us, nonce=lambda: secrets.token_hex(16))
        enrolled = enrol(nobody, code_text=code, public_key=public_text(key), name=f"month-{n}")
        nobody.close()
        keep_enrolment(store, enrolled, incarnation=f"i{n}", at_us=self.clock.now_us())
        signer = Signer(key, enrolled.device_id)
        nonce = lambda: secrets.token_hex(16)  # noqa: E731 - a nonce is any text that was not used
        return MonthTill(
            store=store,
            client=Client(url, signer, now_us=self.clock.now_us, nonce=nonce, timeouts=self.timeouts),
            device_id=enrolled.device_id,
            terminal_id=enrolled.terminal_id,
            card_key=base64.b64decode(enrolled.card_key),
            clock=self.clock,
            chance=random.Random(self._chance.random()),  # noqa: S311 - as above
            numbers=self._numbers,
        )

    # ------------------------------------------------------------ the story

    def play(self, events: int, say: Callable[[str], None]) -> Told:
        """Tell the month: the tills online for once, cut off for thirty days, and back."""
        told = Told(openings=self.openings())
        for n, till in enumerate(self.tills):
            till.greet()
            for number in self._numbers[n::TILLS]:
                till.attach(number)
        for till in self.tills:
            told.idle_ms.extend(_timed(till.ring_up) for _ in range(20))
            with till.unsafe():
                till.month(START_US + 60_000_000, DAYS, events)
            say(f"{till.terminal_id}: {till.waiting()} events wait")
        self.clock.set(START_US + DAYS * US_PER_DAY + 3_600_000_000)
        told.last_day = FIRST_DAY + timedelta(days=DAYS)
        return self.come_back(told)

    def come_back(self, told: Told | None = None) -> Told:
        """Bring all tills back to the line at once, and let the ledger and them settle."""
        told = told or Told(openings=self.openings())
        for till in self.tills:
            till.cut_off_us = None
        begun_s = time.monotonic()
        with ThreadPoolExecutor(TILLS) as together:
            for took, lane_ms in together.map(_return, self.tills):
                told.draining_ms.extend(took)
                told.lane_ms.extend(lane_ms)
        told.drained_s = time.monotonic() - begun_s
        for till in self.tills:  # for whoever came in today at any till, points were set aside at one of them
            till.greet()
            till.give_all_back()
            _send_all(till)
            assert till.waiting() == 0
        self._settle(told)
        return told

    def _settle(self, told: Told) -> None:
        """Let points of days that are over expire, and let every till catch up."""
        with self.opened() as store:
            shelf = Ledger(store).shelf
            expiry.run(store, shelf, self.clock.now_us())
            told.differences = rebuilding.differences(store, shelf, self.clock.now_us())
            with store.reader.begin() as connection:
                rows = connection.exec_driver_sql(
                    "SELECT account_id, avail_h, reserved_h, deficit_h FROM account_state"
                ).all()
        told.booked = {name: (avail, reserved, deficit) for name, avail, reserved, deficit in rows}
        for till in self.tills:
            till.greet()
            told.differing.append(till.differing())
            told.shown.append({name: till.shown_h(name) for name in told.openings})
            told.logs.append(till.log())
            told.with_points += till.with_points

    def close(self) -> None:
        """End the process and close what is open."""
        for till in self.tills:
            till.close()
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the process as a power cut would."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(_READY_S)
            self._process = None

    def drain(self) -> None:
        """Let every till send what waits."""
        for till in self.tills:
            _send_all(till)


def _return(till: MonthTill) -> tuple[list[float], list[float]]:
    """Bring everything to the ledger while somebody sells at this till; give what sales and batches took of its lane.

    A batch is made and kept on the lane that also sells: a sale waits for it, never for the network.
    """
    lane_ms: list[float] = []
    over = Event()
    with ThreadPoolExecutor(1) as writer, ThreadPoolExecutor(1) as cashier:

        def on_lane(act: Callable[[], T]) -> T:
            begun_s = time.perf_counter()
            done = act()
            lane_ms.append((time.perf_counter() - begun_s) * 1000)
            return done

        def sell() -> list[float]:
            took = []
            while not over.is_set():
                took.append(_timed(lambda: writer.submit(till.ring_up).result()))
                over.wait(BETWEEN_SALES_S)
            return took

        till.greet()
        writer.submit(till.give_all_back).result()
        queued = till.waiting()
        selling = cashier.submit(sell)
        while (batch := writer.submit(on_lane, till.composed).result()) is not None:
            outcome = send(till.client, batch)
            writer.submit(on_lane, partial(till.settled, batch, outcome)).result()
            if not isinstance(outcome, Answer):
                over.wait(AGAIN_S)  # the ledger takes two long batches at a time
                continue
            queued -= len(batch.events)
            if queued <= 0:
                break
        over.set()
        took = selling.result()
    _send_all(till)
    return took, lane_ms


def _send_all(till: MonthTill) -> None:
    while (batch := till.composed()) is not None:
        till.settled(batch, send(till.client, batch))


def _timed(act: Callable[[], object]) -> float:
    begun_s = time.perf_counter()
    act()
    return (time.perf_counter() - begun_s) * 1000


def _document(n: int) -> Document:
    value = TerminalDocument(
        id=f"month-{n}", name="Main Bar", location_id=goods.MAIN_BAR, shows=("till",), redemption_terminal=True
    )
    return Document(kind="terminal", id=value.id, version=1, body=msgspec.Raw(msgspec.json.encode(value)))
