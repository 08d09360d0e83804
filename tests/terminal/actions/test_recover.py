"""A bad disk under a terminal: one wrong byte costs nothing; where whole pages are gone, what is lost is told (C29)."""

from __future__ import annotations

import itertools
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from clubtill_desk.faults import Fault
from clubtill_ledger.store import tables as ledger_tables
from clubtill_terminal.actions.exchange_push import Window
from clubtill_terminal.actions.recover import open_and_recover
from clubtill_terminal.store import mending, outbox
from clubtill_terminal.store.engines import Store
from clubtill_terminal.store.opening import KEY_CHECK, open_store
from clubtill_terminal.store.tables import FACTS
from tests.ledger.audit import audit, rows
from tests.sync.ledger_process import LedgerProcess
from tests.terminal.actions.exchange_kit import KEY, a_device, a_store
from tests.terminal.actions.tills import Till, till_on

Enrolled = Callable[[str], Till]
EVENTS = 30
ACKED = 18


def _event(n: int) -> outbox.NewEvent:
    return outbox.NewEvent(event_id=f"{n:032x}", kind="swipe", occurred_at_us=n, bytes_=b'{"n":%d}' % n * 60)


def _filled(folder: Path) -> Store:
    """A store with acknowledged and unsent events, sales and receipts."""
    store = a_store(folder, a_device())
    for n in range(EVENTS):
        with store.facts.begin() as facts:
            outbox.append(facts, [_event(n)])
            facts.execute(
                FACTS.tables["sale"].insert(),
                {
                    "sale_id": f"s{n}",
                    "number": n,
                    "at_us": n,
                    "total_minor": 1,
                    "member_number": "",
                    "receipt": b"[]" * 200,
                },
            )
    with store.facts.begin() as facts:
        outbox.mark_acked(facts, epoch=1, acked_through=ACKED, results=[], at_us=1)
    return store


def _everything(store: Store) -> dict[str, list[Any]]:
    with store.facts.begin() as facts:
        return {
            name: list(facts.execute(sa.select(table).order_by(sa.text("rowid"))))
            for name, table in FACTS.tables.items()
        }


def _flip(path: Path, at: int, mask: int) -> bytes:
    content = bytearray(path.read_bytes())
    content[at] ^= mask
    path.write_bytes(content)
    return bytes(content)


def _check_that_it_goes_on(store: Store) -> None:
    with store.facts.begin() as facts:
        before = outbox.append(facts, [_event(EVENTS)])
        assert before.next_seq == EVENTS + 1


def _places(size: int) -> list[tuple[int, int]]:
    """Every byte of the salt, and one bit in every page; one byte that is wrong altogether."""
    chance = random.Random(29)  # noqa: S311 - the same places at every run
    pages = [page + chance.randrange(mending.PAGE) for page in range(0, size, mending.PAGE)]
    seals = [page + mending.PAGE - chance.randrange(1, 81) for page in range(0, size, mending.PAGE * 3)]
    return [(at, 1 << at % 8) for at in (*range(mending.SALT), *pages, *seals)] + [(20, 0xFF), (4096 + 5, 0x5A)]


@pytest.mark.timeout(300)
def test_one_wrong_byte_anywhere_loses_nothing(tmp_path: Path) -> None:
    """C29, F23: wherever one byte of `facts` is wrong, every row is there afterwards, and the log goes on."""
    store = _filled(tmp_path / "good")
    before = _everything(store)
    store.close()
    places = _places((tmp_path / "good" / "facts.db").stat().st_size)
    for at, mask in places:
        folder = tmp_path / "bad"
        shutil.copytree(tmp_path / "good", folder)
        damaged = _flip(folder / "facts.db", at, mask)
        opened = open_and_recover(folder, KEY)
        assert opened.rescued is not None, f"byte {at}"
        assert (opened.rescued.mended, opened.rescued.pages_lost, opened.rescued.unsent_lost) == (1, 0, 0), f"byte {at}"
        assert _everything(opened.store) == before, f"byte {at}"
        assert (folder / opened.rescued.aside).read_bytes() == damaged, "the damaged file stays as it was"
        _check_that_it_goes_on(opened.store)
        opened.store.close()
        shutil.rmtree(folder)
    assert len(places) > 30


@pytest.mark.timeout(300)
def test_one_wrong_byte_in_the_log_of_a_crash_loses_nothing(tmp_path: Path) -> None:
    """C29, F23: SQLite would silently drop every commit after the wrong byte; here none is lost."""
    store = _filled(tmp_path / "up")
    before = _everything(store)
    shutil.copytree(tmp_path / "up", tmp_path / "good")  # as the disk stands when the power goes
    store.close()
    size = (tmp_path / "good" / "facts.db-wal").stat().st_size
    chance = random.Random(30)  # noqa: S311 - the same places at every run
    places = [*range(0, 56, 3), *(chance.randrange(56, size) for _ in range(40)), size - 1]
    for at in places:
        folder = tmp_path / "bad"
        shutil.copytree(tmp_path / "good", folder)
        _flip(folder / "facts.db-wal", at, 1 << chance.randrange(8))
        opened = open_and_recover(folder, KEY)
        assert opened.rescued is not None, f"byte {at} of {size}"
        assert _everything(opened.store) == before, f"byte {at} of {size}"
        _check_that_it_goes_on(opened.store)
        opened.store.close()
        shutil.rmtree(folder)


def test_a_commit_that_was_cut_is_no_damage(tmp_path: Path) -> None:
    """F20: a log that ends in the middle of a frame is a power cut: what was committed before stands, no rescue."""
    store = _filled(tmp_path / "up")
    shutil.copytree(tmp_path / "up", tmp_path / "cut")
    store.close()
    log = tmp_path / "cut" / "facts.db-wal"
    frames = log.read_bytes()
    log.write_bytes(frames[:-2000] + bytes(2000))
    opened = open_and_recover(tmp_path / "cut", KEY)
    assert opened.rescued is None
    with opened.store.facts.begin() as facts:
        assert outbox.waiting(facts, 1)[0] == EVENTS
    opened.store.close()


def test_a_whole_store_is_opened_as_it_is(tmp_path: Path) -> None:
    """A store that is whole is not touched, and one of a newer program is still refused by name."""
    store = _filled(tmp_path / "store")
    store.close()
    before = (tmp_path / "store" / "facts.db").read_bytes()
    opened = open_and_recover(tmp_path / "store", KEY)
    assert opened.rescued is None
    opened.store.close()
    assert (tmp_path / "store" / "facts.db").read_bytes() == before
    with pytest.raises(Fault) as caught:
        open_and_recover(tmp_path / "store", b"x" * 32)
    assert caught.value.code == "store.wrong_key"


def test_a_wrong_byte_in_the_note_about_the_key_is_seen_through(tmp_path: Path) -> None:
    """C29: the databases themselves say whether a key is theirs."""
    _filled(tmp_path / "store").close()
    _flip(tmp_path / "store" / KEY_CHECK, 7, 1)
    opened = open_and_recover(tmp_path / "store", KEY)
    assert opened.rescued is None
    opened.store.close()
    again = open_store(tmp_path / "store", KEY)
    _check_that_it_goes_on(again)
    again.close()


def test_rescue_of_a_store_without_its_first_page_is_refused(tmp_path: Path) -> None:
    """C29: without the list of tables nothing can be told apart: the fault stays, and so do the files."""
    _filled(tmp_path / "store").close()
    path = tmp_path / "store" / "facts.db"
    _tear(path, 0, 7)
    damaged = path.read_bytes()
    with pytest.raises(Fault) as caught:
        open_and_recover(tmp_path / "store", KEY)
    assert (caught.value.code, caught.value.facts) == ("store.damaged", {"which": "facts"})
    assert path.read_bytes() == damaged
    assert (tmp_path / "store" / "facts.damaged-1.db").read_bytes() == damaged


# ---------------------------------------------------------------- pages that are gone


def _fill_till(till: Till) -> tuple[set[str], set[str]]:
    """Give events that the ledger has, and events that wait."""
    names = [f"A{n % 5 + 1}" for n in range(12)]
    acked = {till.swipe(name) for name in names}
    till.push_all()
    return acked, {till.swipe(name) for name in names}


def _moved(till: Till, folder: Path) -> None:
    till.terminal.store.close()
    till.client.close()
    shutil.move(till.folder, folder)


@pytest.mark.timeout(300)
def test_a_page_that_is_gone_costs_its_rows_and_no_others(
    ledger: LedgerProcess, enrolled: Enrolled, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """C29, I8, I9: what was unsent on torn pages is counted as lost, all else is booked, the till goes on."""
    told: list[str] = []
    for page in itertools.count(1, 2):
        till = enrolled("T1")
        acked, unsent = _fill_till(till)
        folder = tmp_path / f"page-{page}"
        _moved(till, folder)
        content = bytearray((folder / "facts.db").read_bytes())
        if (page + 2) * mending.PAGE > len(content):
            break
        _tear(folder / "facts.db", page, page + 1)
        told.append(_check_rescue(ledger, till, folder, acked, unsent))
    with ledger.opened() as store:
        audit(store)
    with capsys.disabled():
        print("\npages torn: " + ", ".join(f"{each}: {told.count(each)}" for each in sorted(set(told))))  # noqa: T201
    assert set(told) <= {"store.damaged", *(f"unsent lost {n}" for n in range(13))}
    assert "unsent lost 0" in told
    assert set(told) - {"store.damaged", "unsent lost 0"}


def _tear(path: Path, *pages: int) -> None:
    """Overwrite a part of pages, counted from nought."""
    content = bytearray(path.read_bytes())
    for page in pages:
        content[page * mending.PAGE + 200 : page * mending.PAGE + 328] = bytes(128)
    path.write_bytes(content)


def _check_rescue(ledger: LedgerProcess, till: Till, folder: Path, acked: set[str], unsent: set[str]) -> str:
    """Rescue, go on at the ledger, and give what was lost in words."""
    try:
        opened = open_and_recover(folder, KEY)
    except Fault as fault:
        return fault.code
    opened.store.close()
    rescued = opened.rescued
    assert rescued is not None
    assert rescued.pages_lost == 2
    after = till_on(folder, ledger.url, till.key, till.terminal.device_id)
    sold = after.swipe("A1")  # before any contact
    for _ in range(3):
        after.hello()
        after.push_all(Window())
        after.bring_back()
    greeted = after.hello()
    sold_later = after.swipe("A2")
    after.push_all(Window())
    assert (greeted.trouble, after.waiting()) == ("", 0)
    after.close()
    with ledger.opened() as store:
        mine = {
            row.event_id for row in rows(store, ledger_tables.raw_event) if row.device_id == after.terminal.device_id
        }
    assert acked | {sold, sold_later} <= mine
    assert len(unsent - mine) == rescued.unsent_lost, "what is lost is told to the event"
    return f"unsent lost {rescued.unsent_lost}"
