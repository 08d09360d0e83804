"""Bootstrap: fill an empty or hopelessly old cache from a snapshot, beside the work of the terminal (6.7, 3.4).

`prepare` and `put_in_place` run on the writer lane; `make` uses the network, a child process and the new file alone, on
a lane of its own. What was fetched stays when the line is cut, so that the next try goes on; nothing that the terminal
uses is touched before the new file stands.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Final

import msgspec
import structlog

from clubtill_sync.client import Answer, Client
from clubtill_sync.wire.snapshot import ChunkRef, Manifest, name_of, open_manifest
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.store import documents, pages, swapping
from clubtill_terminal.store.building import DONE, Order
from clubtill_terminal.store.chunks import Chunks
from clubtill_terminal.store.device import read_device
from clubtill_terminal.store.engines import Store, open_engine
from clubtill_terminal.store.files import CHUNKS

ASKS_MAX: Final = 1_000
"""A manifest that is not whole after so many asks never will be."""
CHUNK_TRIES: Final = 3
LOOK_S: Final = 0.2
"""How often whoever waits for the child looks whether the terminal is to stop."""
log = structlog.get_logger(__name__)


class Came(Enum):
    """What came of a try: the file is ready; the line or the ledger said no for now; the terminal is to stop."""

    READY = "ready"
    LATER = "later"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a bootstrap works with.

    Attributes:
        server_key: the pinned key that signs manifests.
        stopped: tells whether the terminal is to stop.
        now_us: the terminal's clock.
    """

    store: Store
    client: Client
    server_key: str
    stopped: Callable[[], bool]
    now_us: Callable[[], int]

    @property
    def chunks(self) -> Chunks:
        """The chunks fetched so far."""
        return Chunks(self.store.folder / CHUNKS, self.store.key)


def prepare(terminal: Terminal, client: Client, stopped: Callable[[], bool]) -> Work:
    """Read what a bootstrap needs of the facts."""
    with terminal.store.facts.begin() as facts:
        server_key = read_device(facts).server_key
    return Work(store=terminal.store, client=client, server_key=server_key, stopped=stopped, now_us=terminal.now_us)


def make(work: Work) -> Came:
    """Fetch, build and catch up with the feed. The new file then waits for `put_in_place`."""
    manifest = fetch(work)
    if manifest is None or not _build(work, manifest):
        return Came.STOPPED if work.stopped() else Came.LATER
    return catch_up(work)


def fetch(work: Work) -> Manifest | None:
    """Fetch every chunk of a whole manifest that is not there yet; None when something came between."""
    chunks, asked = work.chunks, 0
    there = chunks.there()
    while not work.stopped() and asked < ASKS_MAX:
        outcome = work.client.snapshot()
        asked += 1
        if not isinstance(outcome, Answer):
            return None
        manifest = open_manifest(outcome.value, work.server_key)
        if manifest is None:
            log.error("snapshot_signature")  # not this ledger's: nothing of it is taken
            return None
        for stream, ref in _wanted(manifest):
            if ref.sha256 in there:
                continue
            if work.stopped() or not _fetch_chunk(work, chunks, stream, ref):
                return None
            there.add(ref.sha256)
        if not manifest.more:
            chunks.drop_all_but({ref.sha256 for _, ref in _wanted(manifest)})
            return manifest
    return None


def _wanted(manifest: Manifest) -> Iterator[tuple[int, ChunkRef]]:
    return ((part.stream, ref) for part in manifest.parts for ref in part.chunks)


def _fetch_chunk(work: Work, chunks: Chunks, stream: int, ref: ChunkRef) -> bool:
    """Fetch one chunk; one that is not what its name says was cut or changed on the way, and is fetched again (F7)."""
    for _ in range(CHUNK_TRIES):
        outcome = work.client.chunk(stream, ref.sha256)
        if not isinstance(outcome, Answer):
            return False
        if len(outcome.value) == ref.size and name_of(outcome.value) == ref.sha256:
            chunks.keep(ref.sha256, outcome.value)
            return True
    return False


def _build(work: Work, manifest: Manifest) -> bool:
    """Have the child process build the file; it is stopped with the terminal."""
    order = Order(
        path=str(swapping.new_path(work.store)),
        folder=str(work.store.folder / CHUNKS),
        key_hex=work.store.key.hex(),
        manifest=manifest,
        old=str(work.store.folder / "cache.db"),
    )
    child = subprocess.Popen(
        [sys.executable, "-m", "clubtill_terminal.store.building"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    told: bytes | None = msgspec.json.encode(order)
    while True:
        with suppress(subprocess.TimeoutExpired):
            said, wrong = child.communicate(told, timeout=LOOK_S)
            break
        told = None
        if work.stopped():
            child.kill()
    if said.decode() != DONE and not work.stopped():
        log.error("cache_build", said=said.decode(), wrong=wrong.decode(errors="replace")[-500:])
    return said.decode() == DONE


def catch_up(work: Work) -> Came:
    """Apply to the new file what the feed has brought since the snapshot was made."""
    engine = open_engine(swapping.new_path(work.store), work.store.key)
    try:
        while not work.stopped():
            with engine.begin() as cache:
                cursor = documents.feed_state_of(cache).cursor
            outcome = work.client.feed(cursor, wait_s=0)
            if not isinstance(outcome, Answer):
                return Came.LATER
            with engine.begin() as cache:
                if not pages.join(documents.positions(cache), [outcome.value]):
                    return Came.LATER
                pages.write(cache, outcome.value, at_us=work.now_us())
            if not outcome.value.more:
                return Came.READY
        return Came.STOPPED
    finally:
        engine.dispose()


def put_in_place(work: Work) -> bool:
    """Put the new file in the old one's place; False while it knows less than the old one, and has to catch up."""
    if not swapping.swap(work.store):
        return False
    work.chunks.drop()
    return True


def bootstrap(terminal: Terminal, client: Client) -> Came:
    """Do all of it in one go, where one thread does everything."""
    work = prepare(terminal, client, lambda: False)
    came = make(work)
    while came is Came.READY and not put_in_place(work):
        came = catch_up(work)
    return came
