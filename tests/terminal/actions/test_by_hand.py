"""What somebody does with a terminal at its command line: its queue in a file, a new key (6.1, C14)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from clubtill_desk.faults import Fault
from clubtill_desk.key_store import MemoryKeyStore
from clubtill_ledger.accept import imports
from clubtill_ledger.store import installation
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.client import Answer
from clubtill_terminal.main import by_hand
from clubtill_terminal.main.setup import CARD_KEY, DEVICE_KEY, STORE_KEY, Settings
from clubtill_terminal.screens.parts.theme import Look
from tests.sync.ledger_process import LedgerProcess
from tests.terminal.actions.exchange_kit import KEY
from tests.terminal.actions.tills import Till, now_us, till_on

Enrolled = Callable[[str], Till]


def keys_of(till: Till, ledger: LedgerProcess) -> MemoryKeyStore:
    """Give the keys as this till's computer keeps them."""
    keys = MemoryKeyStore()
    keys.write(STORE_KEY, KEY)
    keys.write(DEVICE_KEY, till.key.key.private_bytes_raw())
    with ledger.opened() as store:
        keys.write(CARD_KEY, installation_key(store.read(installation.read).card_key))
    return keys


def installation_key(text: str) -> bytes:
    """Read the key that ledger and terminals share."""
    return base64.b64decode(text)


def test_the_queue_of_a_till_that_runs_goes_by_file(ledger: LedgerProcess, enrolled: Enrolled, tmp_path: Path) -> None:
    """C14, 6.1: what no network carries is booked from the file; the till then learns that all is there."""
    till = enrolled("T1")
    first = till.swipe("A1")
    till.push_all()
    ids = [till.swipe("A2"), till.swipe("A3")]
    file, keys = tmp_path / "queue", keys_of(till, ledger)
    assert by_hand.export(till.folder, keys, file, now_us=now_us()) == 3
    with pytest.raises(FileExistsError):
        by_hand.export(till.folder, keys, file, now_us=now_us())
    with ledger.opened() as store:
        done = imports.take_in(file.read_bytes(), store, SettingsShelf(), now_us())
    assert (done.events, done.became["posted"]) == (3, 3)
    till.push_all()
    assert till.hello().trouble == ""
    assert till.waiting() == 0
    assert [till.awards(name) for name in ("A1", "A2", "A3")] == [[first], [ids[0]], [ids[1]]]


def test_a_lost_key_leaves_the_file_unsigned(ledger: LedgerProcess, enrolled: Enrolled, tmp_path: Path) -> None:
    """6.1: a lost key loses no queue; without the database's key nothing can be read, and that is said."""
    till = enrolled("T1")
    till.swipe("A1")
    keys = keys_of(till, ledger)
    keys.forget(DEVICE_KEY)
    by_hand.export(till.folder, keys, tmp_path / "queue", now_us=now_us())
    content = (tmp_path / "queue").read_bytes()
    with ledger.opened() as store:
        with pytest.raises(Refusal, match=r"import\.signature"):
            imports.take_in(content, store, SettingsShelf(), now_us())
        assert imports.take_in(content, store, SettingsShelf(), now_us(), by_word=True).became["posted"] == 1
    keys.forget(STORE_KEY)
    with pytest.raises(Fault, match=r"export\.no_key"):
        by_hand.export(till.folder, keys, tmp_path / "other", now_us=now_us())


@pytest.mark.parametrize("lost", [False, True], ids=["answered", "answer-lost"])
def test_a_till_gets_a_new_key(ledger: LedgerProcess, enrolled: Enrolled, lost: bool) -> None:
    """6.1, F2: the old key signs for the new one; cut off after the ledger took it, done again it comes out right."""
    till = enrolled("T1")
    till.swipe("A1")
    keys = keys_of(till, ledger)
    old = keys.read(DEVICE_KEY)
    settings = Settings(folder=till.folder, ledger=ledger.url, look=Look(px_per_mm=1.0))
    by_hand.exchange_key(settings, keys)
    new = keys.read(DEVICE_KEY)
    assert new != old
    if lost:
        assert old is not None
        keys.write(DEVICE_KEY, old)
        by_hand.exchange_key(settings, keys)
        assert keys.read(DEVICE_KEY) == new
    assert not isinstance(till.client.feed("", wait_s=0), Answer), "the old key signs nothing more"
    again = till_on(till.folder, ledger.url, by_hand.signer(keys, till.terminal.device_id), till.terminal.device_id)
    assert again.hello().trouble == ""
    again.push_all()
    assert again.waiting() == 0
    again.close()


def test_a_ledger_that_is_away_changes_no_key(ledger: LedgerProcess, enrolled: Enrolled) -> None:
    """F1: nobody answered: the old key is the key, and the next try goes on with the same new one."""
    till = enrolled("T1")
    keys = keys_of(till, ledger)
    old = keys.read(DEVICE_KEY)
    settings = Settings(folder=till.folder, ledger=ledger.url, look=Look(px_per_mm=1.0))
    ledger.kill()
    with pytest.raises(Fault, match=r"ledger\.unreachable"):
        by_hand.exchange_key(settings, keys)
    assert keys.read(DEVICE_KEY) == old
    coming = keys.read(by_hand.NEXT_KEY)
    ledger.start()
    by_hand.exchange_key(settings, keys)
    assert keys.read(DEVICE_KEY) == coming
