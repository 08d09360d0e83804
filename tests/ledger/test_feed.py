"""The change feed: 66 gap-free streams behind a signed cursor (6.5)."""

from __future__ import annotations

import base64
import threading
from collections import defaultdict
from dataclasses import replace

import msgspec
import pytest

from clubtill_ledger.feed import cursor as cursors
from clubtill_ledger.feed.page import page
from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.store import devices, documents, installation, streams, tables
from clubtill_rules.goods.product import Family
from clubtill_rules.values.ids import DENY_STREAM, MASTER_STREAM, STREAMS, account_bucket
from clubtill_sync.wire.feed import DenyRow, Document, FeedPage
from tests.ledger.audit import audit, balances, rows
from tests.ledger.club import Club, Till, refused
from tests.ledger.master import ACCOUNTS, CLUB_ID, OPENING_H, account


class Reader:
    """A terminal's cache in small: applies pages and checks that no range is missed (I27)."""

    def __init__(self, till: Till) -> None:
        """Begin with nothing."""
        self.till = till
        self.cursor = ""
        self.positions: dict[int, int] = defaultdict(int)
        self.cards: dict[str, int] = {}
        self.documents: dict[tuple[str, str], int] = {}
        self.denied: dict[tuple[str, str], bool] = {}

    def read(self, rows_max: int = 500) -> FeedPage:
        """Read pages until there is no more."""
        while True:
            device = self.till.club.store.read(lambda c: devices.find(c, self.till.device_id))
            assert device is not None
            ledger = self.till.club.ledger
            told = page(self.cursor, device, ledger.store, ledger.shelf, self.till.club.now_us, rows_max=rows_max)
            for each in told.ranges:
                assert each.after == self.positions[each.stream], f"stream {each.stream} has a hole"
                assert each.through > each.after
                self.positions[each.stream] = each.through
            self.cards |= {card.account_id: card.balance.hundredths for card in told.accounts}
            self.documents |= {(one.kind, one.id): one.version for one in told.documents}
            self.denied |= {(one.kind, one.id): one.denied for one in told.deny}
            self.cursor = told.cursor
            if not told.more:
                return told


@pytest.mark.parametrize("rows_max", [1, 3, 500])
def test_new_terminal_gets_everything(club: Club, rows_max: int) -> None:
    """D26: documents, cards and the deny list reach a terminal by the feed, in pages of any size."""
    club.store.write(lambda c: documents.deny_rows(c, [DenyRow(kind="card", id="d1", code="lost")]))
    reader = Reader(club.till())
    reader.read(rows_max)
    assert reader.cards == dict.fromkeys(ACCOUNTS, OPENING_H)
    assert len(reader.documents) == len(rows(club.store, tables.document))
    assert reader.denied == {("card", "d1"): True}
    assert reader.read().ranges == ()


def test_change_brings_the_current_card(club: Club) -> None:
    """6.5: a page brings the current card of each account touched, once however often it was touched."""
    till = club.till()
    reader = Reader(till)
    reader.read()
    till.push(till.sale("A1"), till.sale("A1"), till.sale("A3"))
    told = reader.read()
    assert [card.account_id for card in told.accounts] == sorted(["A1", "A3"], key=lambda a: account_bucket(CLUB_ID, a))
    assert reader.cards["A1"] == OPENING_H + 1000
    assert {each.stream for each in told.ranges} == {account_bucket(CLUB_ID, name) for name in ("A1", "A3")}


def test_position_of_a_posted_event_lies_within_its_range(club: Club) -> None:
    """6.5, the overlay rule: an event acknowledged at a position is in the card once the cursor has passed it."""
    till = club.till()
    reader = Reader(till)
    reader.read()
    (result,) = till.push(till.sale("A1")).results
    assert result.position > reader.positions[result.stream]
    reader.read()
    assert result.position <= reader.positions[result.stream]
    assert reader.cards["A1"] == OPENING_H + 500


def test_new_version_of_a_document_and_a_lifted_denial(club: Club) -> None:
    """6.5: streams 64 and 65 bring what is new, also a document before its day and a denial that was lifted."""
    reader = Reader(club.till())
    club.store.write(lambda c: documents.deny_rows(c, [DenyRow(kind="person", id="P9", code="banned")]))
    reader.read()
    body = msgspec.Raw(msgspec.json.encode(Family(id="beer", name="Ales")))
    club.store.write(lambda c: documents.publish(c, [Document(kind="family", id="beer", version=2, body=body)]))
    club.store.write(lambda c: documents.deny_rows(c, [DenyRow(kind="person", id="P9", code="banned", denied=False)]))
    told = reader.read()
    assert {each.stream for each in told.ranges} == {MASTER_STREAM, DENY_STREAM}
    assert reader.documents["family", "beer"] == 2
    assert reader.denied["person", "P9"] is False


def test_changed_member_card_is_fed(club: Club) -> None:
    """6.5: a change of a person touches the account's card without any entry, and raises its version."""
    reader = Reader(club.till())
    before = {card.account_id: card for card in reader.read().accounts}
    person = before["A1"].persons[0]
    renamed = replace(person, last_name="Married")
    seed = seeds.Seed(accounts=(seeds.Account(club_id=CLUB_ID, account_id="A1", persons=(renamed,)),))
    seeds.load(club.store, club.ledger.shelf, seed, now_us=club.now_us)
    (card,) = reader.read().accounts
    assert (card.persons[0].last_name, card.version) == ("Married", before["A1"].version + 1)
    audit(club.store)


def test_check_agrees_with_what_a_terminal_applied(club: Club) -> None:
    """6.5: count, sum and digest at the end of a sync are those of the cards and documents that were fed."""
    till = club.till()
    till.push(till.sale("A1"))
    told = till.feed(Reader(till).read().cursor, checked=True)
    checks = {check.stream: check for check in told.checks}
    assert sorted(checks) == list(range(STREAMS))
    assert sum(check.count for stream, check in checks.items() if stream < MASTER_STREAM) == len(ACCOUNTS)
    assert sum(check.balance_h for check in checks.values()) == sum(
        avail for avail, _, _ in balances(club.store).values()
    )
    till.push(till.sale("A1"))
    later = till.feed(Reader(till).read().cursor, checked=True)
    changed = {new.stream for new, old in zip(later.checks, told.checks, strict=True) if new.digest != old.digest}
    assert changed == {account_bucket(CLUB_ID, "A1")}


# ------------------------------------------------------------------ the cursor


@pytest.mark.parametrize("place", [0, 10, 17, -1])
def test_tampered_cursor_is_refused(club: Club, place: int) -> None:
    """6.5: a cursor is opaque and signed; one flipped bit anywhere is 400."""
    till = club.till()
    data = bytearray(base64.urlsafe_b64decode(till.feed().cursor + "=="))
    data[place] ^= 1
    forged = base64.urlsafe_b64encode(bytes(data)).decode().rstrip("=")
    assert refused(till.call("GET", "/v1/feed", query=f"cursor={forged}&wait=0"))[:2] == (400, "cursor")


@pytest.mark.parametrize("text", ["x", "AAAA", "%20", "A" * 400])
def test_nonsense_cursor_is_refused(club: Club, text: str) -> None:
    """6.5: what was never a cursor is 400."""
    till = club.till()
    assert refused(till.call("GET", "/v1/feed", query=f"cursor={text}&wait=0"))[:2] == (400, "cursor")


def test_cursor_of_an_older_feed_epoch_is_410(club: Club) -> None:
    """6.5, C26: only a restore of the ledger ends the feed; then everything is fetched anew."""
    till = club.till()
    old = till.feed().cursor
    this = club.store.write(installation.begin_epoch)
    assert refused(till.call("GET", "/v1/feed", query=f"cursor={old}&wait=0")) == (
        410,
        "feed_epoch",
        {"feed_epoch": this.feed_epoch},
    )


def test_cursor_ahead_of_the_ledger_is_410(club: Club) -> None:
    """C26: a ledger that lost its tail cannot know what a cursor beyond it has seen."""
    till = club.till()
    this = club.store.read(installation.read)
    ahead = cursors.start(this.feed_epoch).moved({3: 10_000}, 0)
    told = till.call("GET", "/v1/feed", query=f"cursor={cursors.write(ahead, this)}&wait=0")
    assert refused(told)[:2] == (410, "feed_epoch")


def test_cursor_survives_large_numbers(club: Club) -> None:
    """6.5: positions of any size come back as they were."""
    this = club.store.read(installation.read)
    at = cursors.start(this.feed_epoch).moved({0: 1, 7: 127, 8: 128, 65: 2**40}, 1_773_388_800_000_000)
    assert cursors.read(cursors.write(at, this), this) == at


# ------------------------------------------------------------------ concurrent writers


def test_feed_never_misses_a_row_under_concurrent_writers(club: Club) -> None:
    """I12, I27, planted bug B5: a reader beside eight writers misses nothing; ranges join without a hole."""
    names = [f"W{n}" for n in range(12)]
    seed = seeds.Seed(accounts=tuple(account(name) for name in names))
    seeds.load(club.store, club.ledger.shelf, seed, now_us=club.now_us)
    tills = [club.till("T1") for _ in range(8)]
    reader = Reader(club.till("T2"))
    done = threading.Event()
    errors: list[BaseException] = []

    def write(till: Till) -> None:
        try:
            for n in range(6):
                till.push(*(till.sale(names[(n + m) % len(names)]) for m in range(4)))
        except BaseException as error:  # noqa: BLE001 - told by the main thread
            errors.append(error)

    def read() -> None:
        try:
            while not done.is_set():
                reader.read(rows_max=7)
        except BaseException as error:  # noqa: BLE001 - as above
            errors.append(error)

    writers = [threading.Thread(target=write, args=(till,)) for till in tills]
    reading = threading.Thread(target=read)
    reading.start()
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join(timeout=100)
    done.set()
    reading.join(timeout=100)
    assert not errors, errors
    reader.read()
    true = {name: avail for name, (avail, _, _) in balances(club.store).items()}
    assert reader.cards == true
    assert sum(true[name] for name in names) == len(names) * OPENING_H + 8 * 6 * 4 * 500
    heads = club.store.read(streams.heads)
    assert {stream: seq for stream, seq in heads.items() if seq} == dict(reader.positions)
    audit(club.store)
