"""Bootstrap: a new cache from a snapshot, beside the work of the terminal (6.7, 3.4)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from socket import socket

import msgspec
import pytest

from clubtill_sync.signing import key_text, new_key, public_text
from clubtill_sync.wire import snapshot as wire
from clubtill_sync.wire.feed import FeedPage
from clubtill_sync.wire.snapshot import ChunkRef, Manifest, MasterRows, Part
from clubtill_terminal.actions import bootstrap
from clubtill_terminal.actions.bootstrap import Came
from clubtill_terminal.store import documents, members, recovery, swapping
from clubtill_terminal.store.files import CHUNKS
from clubtill_terminal.store.opening import open_store
from tests.ledger.club import ACCOUNTS, OPENING_H
from tests.sync.hostile import Behave, Request, answer, serving
from tests.sync.ledger_process import LedgerProcess
from tests.terminal.actions.exchange_kit import KEY, a_client, a_device, a_store, a_terminal
from tests.terminal.actions.tills import VISIT_H, Till

Enrolled = Callable[[str], Till]
SERVER = new_key()


def emptied(till: Till) -> Till:
    """Empty a till's cache."""
    with till.terminal.store.cache.begin() as cache:
        recovery.forget_cache(cache)
    return till


def work_of(till: Till, stopped: Callable[[], bool] = lambda: False) -> bootstrap.Work:
    """Prepare a bootstrap."""
    return bootstrap.prepare(till.terminal, till.client, stopped)


def test_an_empty_terminal_is_filled_from_a_snapshot(enrolled: Enrolled) -> None:
    """3.4, 6.7, I28: cards, search, documents and cursor are the ledger's; facts stay, and the feed goes on."""
    till = emptied(enrolled("T1"))
    waiting = till.swipe("A1")
    assert bootstrap.bootstrap(till.terminal, till.client) is Came.READY
    assert till.differing() == []
    assert [till.shown_h(name) for name in ACCOUNTS] == [OPENING_H + VISIT_H, *[OPENING_H] * 4]
    with till.terminal.store.reading.begin() as cache:
        assert [one.member.number for one in members.search(cache, "jean a3", rows_max=9)] == ["103"]
        assert documents.feed_state_of(cache).updated_at_us > 0
    till.push_all()
    till.pull_all()
    assert till.awards("A1") == [waiting]
    assert till.differing() == []
    assert sorted(path.name for path in till.folder.iterdir() if "cache" in path.name or path.is_dir()) == [
        "cache.db",
        "cache.db-shm",
        "cache.db-wal",
    ]


def test_what_was_fetched_is_not_fetched_again(enrolled: Enrolled) -> None:
    """6.7: cut off after any chunk, the next try goes on; each chunk crosses the line once."""
    till = emptied(enrolled("T1"))
    folder = till.folder / CHUNKS
    kept: dict[str, int] = {}
    tries = 0
    while True:
        tries += 1
        had = len(kept)

        def cut(had: int = had) -> bool:
            return folder.is_dir() and sum(1 for _ in folder.iterdir()) > had

        manifest = bootstrap.fetch(work_of(till, cut))
        now = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
        assert kept.items() <= now.items()
        kept = now
        if manifest is not None:
            break
    assert tries > 3
    assert bootstrap.bootstrap(till.terminal, till.client) is Came.READY
    assert till.differing() == []


@pytest.mark.expects_log(r"cache_build' said='chunk'")
def test_a_chunk_that_changed_on_the_disk_is_fetched_again(enrolled: Enrolled) -> None:
    """6.7, F7: what lies on the terminal's disk is proved again before it is built in."""
    till = emptied(enrolled("T1"))
    work = work_of(till)
    assert bootstrap.fetch(work) is not None
    one = next((till.folder / CHUNKS).iterdir())
    one.write_bytes(one.read_bytes()[:-1])
    assert bootstrap.make(work) is Came.LATER
    assert bootstrap.bootstrap(till.terminal, till.client) is Came.READY
    assert till.differing() == []


def test_chunks_on_the_disk_tell_nothing(enrolled: Enrolled) -> None:
    """D33: what waits to be built in is sealed; no name of a member can be read from the disk."""
    till = emptied(enrolled("T1"))
    assert bootstrap.fetch(work_of(till)) is not None
    for path in (till.folder / CHUNKS).iterdir():
        with pytest.raises(wire.BadChunk):
            wire.read_master(path.read_bytes())


def test_readers_go_on_while_the_file_is_swapped(enrolled: Enrolled) -> None:
    """3.4: a look-up on the reader's connection finds the member before, during and after the swap."""
    till = enrolled("T1")
    found: list[int] = []
    broken: list[BaseException] = []
    over = threading.Event()

    def look() -> None:
        try:
            while not over.is_set():
                with till.terminal.store.reading.begin() as cache:
                    found.append(len(members.by_number(cache, "101")))
        except BaseException as error:  # noqa: BLE001 - a thread's failure is shown by the test
            broken.append(error)

    thread = threading.Thread(target=look)
    thread.start()
    came = [bootstrap.bootstrap(till.terminal, till.client) for _ in range(3)]
    over.set()
    thread.join()
    assert came == [Came.READY] * 3
    assert broken == []
    assert set(found) == {1}


def test_a_new_file_that_knows_less_is_not_taken(enrolled: Enrolled) -> None:
    """6.5: an event that the cache has booked already must not vanish from the balance, not for a moment."""
    till = enrolled("T1")
    work = work_of(till)
    assert bootstrap.make(work) is Came.READY
    till.swipe("A1")
    till.push_all()
    till.pull_all()
    assert bootstrap.put_in_place(work) is False
    assert till.shown_h("A1") == OPENING_H + VISIT_H
    assert bootstrap.catch_up(work) is Came.READY
    assert bootstrap.put_in_place(work) is True
    assert till.shown_h("A1") == OPENING_H + VISIT_H


def test_a_terminal_that_stops_leaves_the_old_cache(enrolled: Enrolled) -> None:
    """3.4: stopped before the swap, the child ends and the cache is what it was; a new start drops the rest."""
    till = enrolled("T1")
    done = bootstrap.fetch(work_of(till))
    assert done is not None
    asked = iter([False, False])
    assert bootstrap.make(work_of(till, lambda: next(asked, True))) is not Came.READY
    assert till.differing() == []
    swapping.new_path(till.terminal.store).write_bytes(b"half a file")
    till.terminal.store.close()
    till.terminal = replace(till.terminal, store=open_store(till.folder, KEY))
    assert not swapping.new_path(till.terminal.store).exists()
    assert till.differing() == []


def test_a_ledger_that_is_away_is_asked_later(ledger: LedgerProcess, enrolled: Enrolled) -> None:
    """F15: without a line nothing is built and nothing is lost."""
    till = enrolled("T1")
    ledger.kill()
    assert bootstrap.bootstrap(till.terminal, till.client) is Came.LATER
    ledger.start()
    assert bootstrap.bootstrap(till.terminal, till.client) is Came.READY
    assert till.differing() == []


CHUNK = wire.write_master(MasterRows())
REF = ChunkRef(wire.name_of(CHUNK), len(CHUNK), 0)
MANIFEST = Manifest(
    feed_epoch=1, scope="all", cursor="c", more=False, parts=(Part(stream=64, through=0, chunks=(REF,)),)
)


def sends(body: bytes) -> Behave:
    """Answer with bytes."""

    def behave(connection: socket, request: Request) -> None:
        del request
        connection.sendall(answer(body, content_type="application/octet-stream"))

    return behave


def manifest_of(key: object = SERVER) -> Behave:
    """Answer with a manifest that a key signed."""
    told = wire.sign(MANIFEST, key_text(key), server_time_us=1)  # type: ignore[arg-type] # one of our keys

    def behave(connection: socket, request: Request) -> None:
        del request
        connection.sendall(answer(msgspec.json.encode(told)))

    return behave


def page(connection: socket, request: Request) -> None:
    """Answer with a page that brings nothing."""
    del request
    empty = FeedPage(
        cursor="c2", feed_epoch=1, ranges=(), accounts=(), documents=(), deny=(), leases=(), recalls=(), more=False
    )
    connection.sendall(answer(msgspec.json.encode(empty)))


@pytest.mark.parametrize(
    "wrong", [CHUNK[:-1], CHUNK + b"x", b"", b"\x00" * len(CHUNK)], ids=["cut", "longer", "empty", "other"]
)
def test_a_chunk_that_is_not_its_name_is_fetched_again(tmp_path: Path, wrong: bytes) -> None:
    """F7: a chunk cut short or changed on the way is refused by its hash; the right one is taken."""
    store = a_store(tmp_path / "store", a_device(server_key=public_text(SERVER)))
    with serving(manifest_of(), sends(wrong), sends(CHUNK), page) as server:
        client = a_client(server.url)
        assert bootstrap.bootstrap(a_terminal(store), client) is Came.READY
        client.close()
    assert [one.path.split("/")[2] for one in server.requests] == ["snapshot", "snapshot", "snapshot", "feed"]
    with store.reading.begin() as cache:
        assert documents.feed_state_of(cache).cursor == "c2"
    store.close()


@pytest.mark.expects_log("snapshot_signature")
def test_a_manifest_of_another_ledger_is_refused(tmp_path: Path) -> None:
    """6.7: what the pinned key did not sign is not taken, and no chunk of it is asked for."""
    store = a_store(tmp_path / "store", a_device(server_key=public_text(SERVER)))
    with serving(manifest_of(new_key()), sends(CHUNK)) as server:
        client = a_client(server.url)
        assert bootstrap.bootstrap(a_terminal(store), client) is Came.LATER
        client.close()
    assert len(server.requests) == 1
    store.close()
