"""A terminal of the demo club on a real store, the words it speaks, and tills enrolled at a real ledger process."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clubtill_sync import signing
from clubtill_sync.client import Answer, Client
from clubtill_sync.signing import Signer
from clubtill_sync.wire.requests import Enrol
from clubtill_terminal.actions.place import Place, read_place
from clubtill_terminal.actions.terminal import Terminal
from clubtill_wording.speech import Speech
from tests.sync.ledger_process import LedgerProcess
from tests.terminal.actions.exchange_kit import a_device, a_store
from tests.terminal.actions.tills import PATIENT, Till, now_us, till_on
from tests.terminal.kit.club import Clock, a_terminal


@pytest.fixture
def club_clock() -> Clock:
    """Give a clock that stands at 18:42 on 24 November 2026."""
    return Clock()


@pytest.fixture
def club_till(tmp_path: Path, club_clock: Clock) -> Iterator[Terminal]:
    """Give the till of the Main Bar."""
    terminal = a_terminal(tmp_path / "till", club_clock)
    yield terminal
    terminal.store.close()


@pytest.fixture
def club_place(club_till: Terminal) -> Place:
    """Give the place where the till stands."""
    place = read_place(club_till)
    assert place is not None
    return place


@pytest.fixture
def speech() -> Speech:
    """Give the words of the venue."""
    return Speech(locale="en_AU", currency="AUD", zone="Australia/Sydney")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[LedgerProcess]:
    """A running ledger with a small club."""
    (tmp_path / "ledger").mkdir()
    made = LedgerProcess(tmp_path / "ledger")
    made.start()
    yield made
    made.kill()


@pytest.fixture
def enrolled(ledger: LedgerProcess, tmp_path: Path) -> Iterator[Callable[[str], Till]]:
    """A way to enrol tills; each has said hello and learnt its settings."""
    tills: list[Till] = []

    def enrol(terminal_id: str) -> Till:
        key = signing.new_key()
        line = Client(ledger.url, None, now_us=now_us, nonce=lambda: "", timeouts=PATIENT)
        public = signing.public_text(key)
        outcome = line.enrol(Enrol(code=ledger.code(terminal_id), public_key=public, name=terminal_id))
        line.close()
        assert isinstance(outcome, Answer)
        told = outcome.value
        assert len(base64.b64decode(told.card_key)) == 32
        folder = tmp_path / terminal_id
        a_store(folder, a_device(device_id=told.device_id, epoch=told.epoch, server_key=told.server_key)).close()
        till = till_on(folder, ledger.url, Signer(key, told.device_id), told.device_id)
        assert till.hello().trouble == ""
        till.pull_all()
        tills.append(till)
        return till

    yield enrol
    for till in tills:
        till.close()
