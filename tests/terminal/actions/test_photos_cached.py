"""Photos on a terminal: fetched for whom it knows, kept while there is room, proved by their hash (D16, 6.7)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

from clubtill_desk.lanes import HandLane
from clubtill_ledger.feed import photos as ledger_photos
from clubtill_ledger.operate.commands import clock_us
from clubtill_terminal.actions import bootstrap, photos
from clubtill_terminal.actions.bootstrap import Came
from clubtill_terminal.actions.photos import EVERY_US, REST_US, Fetching
from clubtill_terminal.store import photos as kept
from tests.ledger.club import ACCOUNTS, CLUB_ID
from tests.ledger.test_photos import png
from tests.sync.ledger_process import LedgerProcess
from tests.terminal.actions.tills import Till

Enrolled = Callable[[str], Till]


def given(ledger: LedgerProcess) -> dict[str, str]:
    """Give every member a photo; by account, its hash."""
    with ledger.opened() as store:
        return {
            name: ledger_photos.give(store, CLUB_ID, f"P{name}", png(shade=n), now_us=clock_us())
            for n, name in enumerate(ACCOUNTS)
        }


def fetching(till: Till, bytes_max: int = kept.BYTES_MAX) -> tuple[Fetching, HandLane, list[str]]:
    """Make the chore on lanes worked by hand."""
    lane, came = HandLane("all"), list[str]()
    chore = Fetching(
        terminal=till.terminal, client=till.client, writer=lane, reader=lane, bulk=lane, came=came.extend,
        bytes_max=bytes_max,
    )  # fmt: skip
    return chore, lane, came


def run(chore: Fetching, lane: HandLane, now_us: int) -> None:
    """Let it work until it rests."""
    for n in range(6):
        chore.beat(now_us + n * (EVERY_US + REST_US), online=True)
        lane.run_all()


def test_photos_of_everyone_known_are_fetched_ahead(ledger: LedgerProcess, enrolled: Enrolled) -> None:
    """6.7: a terminal fetches the photos that its cards name, and shows one without the line."""
    till = enrolled("T1")
    names = given(ledger)
    till.pull_all()
    chore, lane, came = fetching(till)
    assert photos.look(till.terminal, names["A1"]) is None
    run(chore, lane, till.terminal.now_us())
    assert sorted(came) == sorted(names.values())
    assert photos.look(till.terminal, names["A1"]) == png(shade=0)
    assert photos.look(till.terminal, "") is None


def test_the_room_is_bounded(ledger: LedgerProcess, enrolled: Enrolled) -> None:
    """D16: the least recently used goes first; fetching ahead ends before it would push out what was just fetched."""
    till = enrolled("T1")
    names = given(ledger)
    till.pull_all()
    size = max(len(png(shade=n)) for n in range(5))
    room = size * 3
    for name in ("A1", "A2", "A3"):
        photos.keep(till.terminal, {names[name]: png(shade=ACCOUNTS.index(name))}, bytes_max=room)
    with till.terminal.store.cache.begin() as cache:
        kept.looked_at(cache, [names["A1"]])
    photos.keep(till.terminal, {names["A4"]: png(shade=3)}, bytes_max=room)
    here = [name for name in ACCOUNTS if photos.look(till.terminal, names[name]) is not None]
    assert here == ["A1", "A3", "A4"]
    chore, lane, came = fetching(till, bytes_max=room)
    run(chore, lane, till.terminal.now_us())
    assert came == []
    chore.want(names["A5"])
    run(chore, lane, till.terminal.now_us())
    assert came == [names["A5"]]
    assert photos.look(till.terminal, names["A3"]) is None


def test_what_is_not_its_hash_is_not_shown(enrolled: Enrolled) -> None:
    """6.7: a photo is proved by its hash; one that the ledger does not have is left out, and the rest go on."""
    till = enrolled("T1")
    nobody = hashlib.sha256(b"nobody").hexdigest()
    assert photos.fetch(till.client, (nobody,)) == {}


def test_a_lost_line_ends_the_round(ledger: LedgerProcess, enrolled: Enrolled) -> None:
    """F15: without a line nothing is fetched, and the chore waits."""
    till = enrolled("T1")
    names = given(ledger)
    till.pull_all()
    ledger.kill()
    chore, lane, came = fetching(till)
    chore.beat(till.terminal.now_us(), online=True)
    lane.run_all()
    assert (came, chore.at_work) == ([], False)
    ledger.start()
    run(chore, lane, till.terminal.now_us() + EVERY_US)
    assert sorted(came) == sorted(names.values())


def test_a_new_cache_keeps_the_photos(ledger: LedgerProcess, enrolled: Enrolled) -> None:
    """3.4, D16: photos are named by what they hold: a snapshot does not make them old."""
    till = enrolled("T1")
    names = given(ledger)
    till.pull_all()
    chore, lane, came = fetching(till)
    run(chore, lane, till.terminal.now_us())
    assert len(came) == 5
    assert bootstrap.bootstrap(till.terminal, till.client) is Came.READY
    assert photos.look(till.terminal, names["A2"]) == png(shade=1)
    again, lane, came = fetching(replace(till))
    run(again, lane, till.terminal.now_us())
    assert came == []
