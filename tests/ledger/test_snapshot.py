"""The snapshot: whoever takes it and goes on with the feed has what the feed alone would have brought (6.7)."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clubtill_ledger.feed.page import page
from clubtill_ledger.feed.snapshot import manifest
from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.store import devices, documents, installation, snapshots, tables_photos
from clubtill_rules.goods.product import Family
from clubtill_rules.members.account import AccountCard
from clubtill_rules.values.ids import BUCKETS, STREAMS
from clubtill_sync.signing import key_from_text, key_text, new_key, public_text
from clubtill_sync.wire import snapshot as wire
from clubtill_sync.wire.feed import DenyRow, Document
from clubtill_sync.wire.snapshot import Manifest, SnapshotAnswer
from tests.ledger.audit import rows
from tests.ledger.club import Club, Till, decoded, refused
from tests.ledger.master import ACCOUNTS, CLUB_ID, DAY


@dataclass
class Copy:
    """What a terminal would hold: cards by account, documents and denials that stand."""

    cards: dict[str, AccountCard] = field(default_factory=dict)
    documents: dict[tuple[str, str], Document] = field(default_factory=dict)
    denied: dict[tuple[str, str], str] = field(default_factory=dict)
    cursor: str = ""

    def feed(self, till: Till) -> Copy:
        """Read the feed to its end."""
        device = till.club.store.read(lambda c: devices.find(c, till.device_id))
        assert device is not None
        while True:
            told = page(self.cursor, device, till.club.store, till.club.ledger.shelf, till.club.now_us)
            self.cards |= {card.account_id: card for card in told.accounts}
            self._master(told.documents, told.deny)
            self.cursor = told.cursor
            if not told.more:
                return self

    def take(self, till: Till, found: Manifest) -> Copy:
        """Take a snapshot, chunk by chunk."""
        for part in found.parts:
            for ref in part.chunks:
                response = till.call("GET", f"/v1/snapshot/{part.stream}/{ref.sha256}")
                assert response.status == 200
                assert response.headers["Content-Type"] == "application/octet-stream"
                assert (wire.name_of(response.body), len(response.body)) == (ref.sha256, ref.size)
                if part.stream < BUCKETS:
                    cards = wire.read_accounts(response.body)
                    assert len(cards) == ref.rows
                    self.cards |= {row.account_id: msgspec.json.decode(row.card, type=AccountCard) for row in cards}
                else:
                    read = wire.read_master(response.body)
                    self._master(read.documents, read.deny)
        self.cursor = found.cursor
        return self

    def _master(self, found: tuple[Document, ...], deny: tuple[DenyRow, ...]) -> None:
        for one in found:
            standing = self.documents.get((one.kind, one.id))
            if standing is None or standing.version < one.version:
                self.documents[one.kind, one.id] = one
        for row in deny:
            self.denied.pop((row.kind, row.id), None)
            if row.denied:
                self.denied[row.kind, row.id] = row.code

    def holds(self) -> tuple[Any, ...]:
        """Give what counts, to be compared."""
        return self.cards, {k: bytes(d.body) for k, d in self.documents.items()}, self.denied


def asked(till: Till) -> Manifest:
    """Ask for a manifest until it is whole, and check its signature."""
    key = public_text(key_from_text(till.club.store.read(installation.read).server_key))
    while True:
        told = decoded(till.call("GET", "/v1/snapshot"), SnapshotAnswer)
        found = wire.open_manifest(told, key)
        assert found is not None
        if not found.more:
            return found


def made_up(till: Till, now_us: int) -> Manifest:
    """Have a whole snapshot made up at an instant, whatever the clock of the requests says."""
    device = till.club.store.read(lambda c: devices.find(c, till.device_id))
    assert device is not None
    told = manifest(device, till.club.store, till.club.ledger.shelf, now_us)
    return msgspec.json.decode(bytes(told.manifest), type=Manifest)


def test_snapshot_is_what_the_feed_brings(club: Club) -> None:
    """6.7, I28: cards, documents and denials of a snapshot are those of the feed from its beginning, to the byte."""
    till = club.till()
    till.push(till.sale("A1"), till.sale("A3"))
    club.store.write(lambda c: documents.deny_rows(c, [DenyRow(kind="card", id="d1", code="lost")]))
    club.store.write(lambda c: documents.deny_rows(c, [DenyRow(kind="card", id="d2", code="lost")]))
    club.store.write(lambda c: documents.deny_rows(c, [DenyRow(kind="card", id="d2", code="lost", denied=False)]))
    found = asked(till)
    taken = Copy().take(till, found)
    assert len(found.parts) == STREAMS
    assert set(taken.cards) == set(ACCOUNTS)
    assert taken.denied == {("card", "d1"): "lost"}
    assert taken.holds() == Copy().feed(till).holds()


def test_snapshot_leaves_out_what_no_day_will_ask_for(club: Club) -> None:
    """6.5, 6.7: of a document the version in force and the later ones travel; what they replaced does not."""
    till = club.till()
    body = msgspec.Raw(msgspec.json.encode(Family(id="beer", name="Ales")))
    later = Document(kind="family", id="beer", version=3, effective_from=None, body=body)
    club.store.write(lambda c: documents.publish(c, [Document(kind="family", id="beer", version=2, body=body), later]))
    found = asked(till)
    master = next(part for part in found.parts if part.stream == BUCKETS)
    chunk = club.store.read(lambda c: snapshots.chunk(c, BUCKETS, master.chunks[0].sha256))
    assert chunk is not None
    versions = [one.version for one in wire.read_master(chunk).documents if (one.kind, one.id) == ("family", "beer")]
    assert versions == [3]


STEPS = st.lists(st.sampled_from(["sale", "card", "deny", "document", "snapshot", "feed"]), min_size=4, max_size=14)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_snapshot_and_feed_make_the_direct_state(club: Club, steps: list[str]) -> None:
    """I28: whatever is written before, between and after the parts, snapshot + feed from its cursor = direct state."""
    till = club.till()
    taken = Copy()
    for n, step in enumerate(steps):
        name = f"A{n % 5 + 1}"
        if step == "sale":
            till.push(till.sale(name))
        elif step == "card":
            new = seeds.Account(club_id=CLUB_ID, account_id=f"N{club.tick()}", persons=())
            seeds.load(club.store, club.ledger.shelf, seeds.Seed(accounts=(new,)), now_us=club.now_us)
        elif step == "deny":
            row = DenyRow(kind="card", id=name, code="lost", denied=n % 3 != 0)
            club.store.write(lambda c, row=row: documents.deny_rows(c, [row]))
        elif step == "document":
            body = msgspec.Raw(msgspec.json.encode(Family(id=name, name=f"v{n}")))
            one = Document(kind="family", id=name, version=club.tick(), body=body)
            club.store.write(lambda c, one=one: documents.publish(c, [one]))
        elif step == "snapshot":
            club.tick(2 * DAY)  # the parts made before are too old, so that each is made up anew
            taken = Copy().take(till, asked(till))
        else:
            taken.feed(till)
    direct = Copy().feed(till)
    assert Copy().take(till, asked(till)).feed(till).holds() == direct.holds()
    assert taken.feed(till).holds() == direct.holds()


def test_writers_during_the_read_leave_no_hole(club: Club) -> None:
    """I28: while a snapshot is made up part by part, tills go on selling; the feed from its cursor lacks nothing."""
    tills = [club.till("T1"), club.till("T2")]
    reader = club.till("T1")
    broken: list[BaseException] = []

    def sell(till: Till) -> None:
        try:
            for n in range(25):
                till.push(till.sale(ACCOUNTS[n % 5]))
        except BaseException as error:  # noqa: BLE001 - a thread's failure is shown by the test
            broken.append(error)

    threads = [threading.Thread(target=sell, args=(till,)) for till in tills]
    for thread in threads:
        thread.start()
    taken = []
    while any(thread.is_alive() for thread in threads) or not taken:
        later_us = club.now_us + 2 * DAY * (len(taken) + 1)  # what was made up before is too old
        taken.append(Copy().take(reader, made_up(reader, later_us)))
    for thread in threads:
        thread.join()
    assert broken == []
    direct = Copy().feed(reader).holds()
    for one in taken[-20:]:
        assert one.feed(reader).holds() == direct


def test_each_call_makes_up_so_much_and_no_more(club: Club) -> None:
    """6.7: a call is bounded; it says `more`, and the next goes on where it ended. Settings come first."""
    till = club.till()
    device = club.store.read(lambda c: devices.find(c, till.device_id))
    assert device is not None
    key = public_text(key_from_text(club.store.read(installation.read).server_key))
    counts = []
    while not counts or counts[-1] < STREAMS:
        told = manifest(device, club.store, club.ledger.shelf, club.now_us, rows_a_call=1)
        found = wire.open_manifest(told, key)
        assert found is not None
        counts.append(len(found.parts))
        assert found.more is (len(found.parts) < STREAMS)
        assert bool(found.cursor) is not found.more
    assert 1 < len(counts) <= len(ACCOUNTS) + 1  # a bucket without accounts costs nothing
    assert counts == sorted(counts)


def test_what_was_made_up_serves_the_next_terminal(club: Club) -> None:
    """6.7: a part is used again while the feed has little to add; chunks that stay the same keep their name."""
    first, second = club.till("T1"), club.till("T2")
    before = asked(first)
    first.push(first.sale("A1"))
    assert asked(second).parts == before.parts
    club.tick(2 * DAY)
    again = asked(second)
    changed = [a.stream for a, b in zip(before.parts, again.parts, strict=True) if a.chunks != b.chunks]
    assert len(changed) == 1


def test_ledger_keeps_two_parts_of_a_stream_and_no_chunk_beside(club: Club) -> None:
    """6.7: what the ledger keeps of snapshots is bounded."""
    till = club.till()
    for _ in range(4):
        till.push(till.sale("A1"))
        club.tick(DAY + 1)
        asked(till)
    kept = rows(club.store, tables_photos.snapshot_part)
    assert len(kept) == 2 * STREAMS
    named = {ref[0] for row in kept for ref in msgspec.json.decode(row.chunks)}
    assert {row.hash for row in rows(club.store, tables_photos.snapshot_chunk)} == named


@pytest.mark.parametrize("path", ["/v1/snapshot/0/beef", "/v1/snapshot/66/beef", "/v1/snapshot/x/beef", "/v1/photos/x"])
def test_unknown_chunk_or_photo_is_404(club: Club, path: str) -> None:
    """6.4: what is not kept, or never was, is refused by name; nothing breaks."""
    assert refused(club.till().call("GET", path))[0] == 404


def test_revoked_device_gets_no_snapshot(club: Club) -> None:
    """6.4: a revoked device learns nothing more."""
    till = club.till()
    found = asked(till)
    club.store.write(lambda c: devices.change(c, till.device_id, revoked_us=club.now_us))
    chunk = next(part for part in found.parts if part.chunks)
    assert refused(till.call("GET", "/v1/snapshot"))[:2] == (403, "revoked")
    path = f"/v1/snapshot/{chunk.stream}/{chunk.chunks[0].sha256}"
    assert refused(till.call("GET", path))[:2] == (403, "revoked")


def test_manifest_of_another_key_is_none() -> None:
    """6.7: a manifest that the pinned key did not sign is not taken, nor one that was changed."""
    mine, other = new_key(), new_key()
    written = Manifest(feed_epoch=1, scope="all", cursor="c", more=False, parts=())
    told = wire.sign(written, key_text(mine), server_time_us=1)
    assert wire.open_manifest(told, public_text(mine)) is not None
    assert wire.open_manifest(told, public_text(other)) is None
    forged = msgspec.structs.replace(told, manifest=msgspec.Raw(bytes(told.manifest).replace(b'"all"', b'"any"')))
    assert wire.open_manifest(forged, public_text(mine)) is None
