"""The terminal is ended with -9 at every boundary of a first sale, started again, and nothing is missing or double."""

from __future__ import annotations

import itertools
import os
import random
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from clubtill.demo import cast, goods
from clubtill_ledger.accept import enrol as codes
from clubtill_ledger.app.calls import Ledger
from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.store.engines import Store as LedgerStore
from clubtill_rules.members.account import MemberCard
from clubtill_sync.client import Client
from clubtill_sync.signing import key_text, new_key, public_text
from clubtill_sync.wire.documents import Terminal as TerminalDocument
from clubtill_sync.wire.feed import Document
from clubtill_terminal.actions.enrol import enrol, keep_enrolment
from clubtill_terminal.store.opening import open_store
from tests.counts.tally import counted
from tests.ledger.audit import audit
from tests.sync.hostile import listen
from tests.sync.ledger_process import ROOT, LedgerProcess
from tests.walks.killed import evidence
from tests.walks.killed.story import KEY, Computer, Order, new_id, now_us

OPENING_H = 2_000_000
KILLS_LEAST = 30
"""A story with fewer boundaries than this is not the story."""
EVERY = int(os.environ.get("CLUBTILL_TEST_KILL_EVERY", "8"))
"""Of so many boundaries one is tried: another one at each run, as the tests' order is drawn; 1 tries them all."""
KILLED = -9
CUT = "cut"
"""The place in the story where there is no line."""
PAIRS = 24
_END_S = 20


class Nursery:
    """The process that forks terminals; see its module."""

    def __init__(self) -> None:
        path = os.pathsep.join(str(ROOT / part) for part in ("", "src", "sync"))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.walks.killed.nursery"],
            env={**os.environ, "PYTHONPATH": path},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def begin(self, order: Order) -> None:
        """Let a terminal run."""
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode(order) + b"\n")
        self._process.stdin.flush()

    def end(self) -> int:
        """Wait for its end; give its exit status, below nought the signal."""
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(_END_S)
        assert self._process.stdout is not None
        self._process.stdout.close()


@dataclass(frozen=True)
class Desk:
    """One terminal with a member of its own: its folder and their account."""

    folder: Path
    account_id: str

    def order(self, name: str, *, fatal: int = 0, cut: bool = False) -> Order:
        """Give an order to tell the story, whose boundaries go into a file of that name."""
        return Order(folder=str(self.folder), trace=str(self.folder / name), fatal=fatal, cut=cut)

    def trace(self, name: str) -> list[tuple[str, str]]:
        """Give the boundaries that a run reached, with the place in the story."""
        return [tuple(line.split("\t")) for line in (self.folder / name).read_text().splitlines()]  # type: ignore[misc]

    def errors(self) -> str:
        """Give what a run said that went wrong."""
        path = self.folder / "errors.txt"
        return path.read_text() if path.exists() else ""


class Club:
    """A ledger process with the demo club's settings, and as many terminals and members as are asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.today = datetime.now(UTC).date()
        (folder / "ledger").mkdir()
        self.process = LedgerProcess(folder / "ledger")
        listener = listen()
        self.nobody = int(listener.getsockname()[1])
        listener.close()
        with self.process.opened() as store:
            demo = seeds.read(cast.seed(self.today))
            self._load(store, seeds.Seed(documents=demo.documents))
        self._template = folder / "template"
        open_store(self._template, KEY).close()
        self._count = itertools.count(1)
        self.process.start()

    def _load(self, store: LedgerStore, seed: seeds.Seed) -> None:
        seeds.load(store, Ledger(store).shelf, seed, now_us=now_us())

    def desk(self, store: LedgerStore) -> Desk:
        """Set a computer up: a terminal of its own, enrolled, and a member with points and a card."""
        n = next(self._count)
        terminal_id, account_id, number = f"kill-{n}", f"k{n}", f"{500_000 + n}"
        self._load(
            store, seeds.Seed(documents=(_terminal(terminal_id),), accounts=(self._account(account_id, number),))
        )
        folder = self.folder / f"computer-{n}"
        shutil.copytree(self._template, folder / "store")
        key = new_key()
        client = Client(self.process.url, None, now_us=now_us, nonce=new_id)
        code = codes.make_code(store, terminal_id, secrets.choice, now_us=now_us())
        enrolled = enrol(client, code_text=code, public_key=public_text(key), name=terminal_id)
        client.close()
        opened = open_store(folder / "store", KEY)
        keep_enrolment(opened, enrolled, incarnation=new_id(), at_us=now_us())
        opened.close()
        computer = Computer(
            ledger=self.process.url,
            nobody=self.nobody,
            device_key=key_text(key),
            card_key=enrolled.card_key,
            device_id=enrolled.device_id,
            terminal_id=terminal_id,
            swipe_text=cast.swipe_text(number),
        )
        (folder / "computer.json").write_bytes(msgspec.json.encode(computer))
        return Desk(folder=folder, account_id=account_id)

    def _account(self, account_id: str, number: str) -> seeds.Account:
        person = MemberCard(
            person_id=f"p{account_id}",
            account_id=account_id,
            club_id=cast.CLUB,
            number=number,
            first_name="Jean",
            last_name="Okafor",
            classification=3,
            renewal_date=self.today + timedelta(days=300),
            date_of_birth=self.today - timedelta(days=40 * 365 + 180),
        )
        return seeds.Account(
            club_id=cast.CLUB,
            account_id=account_id,
            persons=(person,),
            cards=(seeds.CardIn(person_id=person.person_id, text=cast.card_text(number)),),
            opening=(seeds.Opening(amount_h=OPENING_H, earn_day=self.today - timedelta(days=200)),),
        )


def _terminal(terminal_id: str) -> Document:
    value = TerminalDocument(
        id=terminal_id, name="Main Bar", location_id=goods.MAIN_BAR, shows=("till",), redemption_terminal=True
    )
    return Document(kind="terminal", id=terminal_id, version=1, body=msgspec.Raw(msgspec.json.encode(value)))


@pytest.fixture
def club(tmp_path: Path) -> Iterator[Club]:
    """A club whose ledger runs."""
    made = Club(tmp_path)
    yield made
    made.process.kill()


@contextmanager
def nursed() -> Iterator[Nursery]:
    """A nursery for the length of a block."""
    nursery = Nursery()
    try:
        yield nursery
    finally:
        nursery.close()


def _run(nursery: Nursery, order: Order) -> int:
    nursery.begin(order)
    return nursery.end()


def _check_the_end(desk: Desk, store: LedgerStore) -> None:
    """Check that the story was told to its end, and that till, printer and ledger have each thing once."""
    told = evidence.read(desk.folder, desk.account_id)
    evidence.finished(told)
    evidence.booked(told, store, desk.account_id, OPENING_H)


def _whole_story(club: Club, store: LedgerStore, nursery: Nursery) -> list[tuple[str, str]]:
    desk = club.desk(store)
    assert _run(nursery, desk.order("trace")) == 0, desk.errors()
    _check_the_end(desk, store)
    assert len(evidence.read(desk.folder, desk.account_id).printed) == 3
    return desk.trace("trace")


@pytest.mark.timeout(900)
def test_kill_at_every_boundary(club: Club, capsys: pytest.CaptureFixture[str]) -> None:
    """C15, F15, I1 to I5, I9, I10: whatever boundary is the last one, the next start goes on, each fact once."""
    with nursed() as nursery, club.process.opened() as store:
        expected = _whole_story(club, store, nursery)
        first = random.randrange(EVERY)  # noqa: S311 - another one at each run; the run's seed says which
        kills: list[tuple[str, str]] = []
        desks: list[Desk] = []
        for fatal in range(1 + first, len(expected) + 1, EVERY):
            desks.append(desk := club.desk(store))
            status = _run(nursery, desk.order("trace", fatal=fatal))
            kills.append(desk.trace("trace")[-1])
            where = f"killed at boundary {fatal}, {', '.join(kills[-1])}"
            assert status == KILLED, f"{where}: {desk.errors()}"
            evidence.whole(evidence.read(desk.folder, desk.account_id))
            assert _run(nursery, desk.order("end", cut=kills[-1][0] == CUT)) == 0, f"{where}: {desk.errors()}"
            _check_the_end(desk, store)
        _count(len(kills), desks, store)
    with capsys.disabled():
        print(f"\nkills: {len(kills)} of {len(expected)} boundaries")  # noqa: T201 - how much was tried
    assert len(expected) >= KILLS_LEAST
    assert kills == expected[first::EVERY]


def _count(kills: int, desks: list[Desk], store: LedgerStore) -> None:
    """Look through the books, and for every event of every terminal that was killed."""
    audit(store)
    logs = [evidence.read(desk.folder, desk.account_id).log for desk in desks]
    told = counted("kills", kills, store, (row.event_id for log in logs for row in log), now_us=now_us())
    assert told.clean, told


@pytest.mark.timeout(300)
def test_kill_again_while_starting_again(club: Club) -> None:
    """F15, I29: a terminal that is cut off again while it recovers still comes to the same end."""
    chance = random.Random(20261122)  # noqa: S311 - the same pairs at every run
    pairs = PAIRS // EVERY
    again = 0
    desks: list[Desk] = []
    with nursed() as nursery, club.process.opened() as store:
        for _ in range(pairs):
            desks.append(desk := club.desk(store))
            fatal, second = chance.randrange(1, 90), chance.randrange(1, 20)
            assert _run(nursery, desk.order("first", fatal=fatal)) == KILLED, desk.errors()
            place = desk.trace("first")[-1][0]
            status = _run(nursery, desk.order("second", fatal=second, cut=place == CUT))
            assert status in {0, KILLED}, f"killed at {fatal}, then at {second}: {desk.errors()}"
            again += status == KILLED
            evidence.whole(evidence.read(desk.folder, desk.account_id))
            place = desk.trace("second")[-1][0]
            status = _run(nursery, desk.order("third", cut=place == CUT))
            assert status == 0, f"killed at {fatal}, then at {second}: {desk.errors()}"
            told = evidence.read(desk.folder, desk.account_id)
            evidence.finished(told, copies_most=2)
            evidence.booked(told, store, desk.account_id, OPENING_H)
        _count(pairs + again, desks, store)
    assert again > pairs // 2
