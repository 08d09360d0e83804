"""Events that nobody can read, or at which the program fails: kept, held, never in the way (I4, I8, I9, F38, F40)."""

from __future__ import annotations

import base64

import msgspec
import pytest

from clubtill_ledger.accept import events
from clubtill_ledger.accept.bucket import BucketWork
from clubtill_ledger.accept.reading import Read
from clubtill_ledger.store import tables
from clubtill_ledger.store.logs import Slot
from clubtill_sync.signing import idempotency_key
from clubtill_sync.wire.events import SaleV1
from clubtill_sync.wire.opaque import exact, opaque, stand_in_id
from clubtill_sync.wire.requests import EventsAnswer, EventsBatch
from tests.ledger.audit import audit, kinds, raw, rows
from tests.ledger.club import Club, Happened, Till, decoded, refused

NO_JSON = b'\xff\x00{"n":1'


def spelled(till: Till, *opaque_at: int) -> bytes:
    """Write the batch of all events, those at the given places spelled."""
    told = [opaque(data) if n in opaque_at else msgspec.Raw(data) for n, data in enumerate(till.log, start=1)]
    return msgspec.json.encode(EventsBatch(epoch=1, first_seq=1, previous_hash=till.hashes[0], events=tuple(told)))


def post(till: Till, body: bytes) -> EventsAnswer:
    """Send a batch that is to be taken."""
    return decoded(till.call("POST", "/v1/events", body, idempotency_key=idempotency_key(body)), EventsAnswer)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(NO_JSON, id="no-json"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"[" * 5_000, id="deep"),
        pytest.param(b'"base64:!"', id="a-text-that-spells-nothing"),
        pytest.param(opaque(NO_JSON), id="spelled-twice"),
    ],
)
def test_bytes_that_nobody_can_read_are_held_in_their_place(club: Club, data: bytes) -> None:
    """I4, I8, I9, F38: the exact bytes stand under the same chain; what follows is posted; again, the same answer."""
    till = club.till()
    till.keep(till.sale("A1"), Happened("", bytes(data)), till.sale("A1"))
    body = spelled(till, 2)
    told = post(till, body)
    assert (told.acked_through, [r.status for r in told.results]) == (3, ["posted", "held", "posted"])
    assert told.results[1].event_id == stand_in_id(bytes(data))
    kept = raw(club.store, stand_in_id(bytes(data)))
    assert (bytes(kept.bytes), kept.reason, kept.chain_hash) == (bytes(data), "broken", till.hashes[2])
    assert post(till, body).results == told.results
    assert kinds(club.store, "A1") == [("award", 500)] * 2
    assert till.hello(acked_seq=3).state == "ok"
    audit(club.store)


def test_a_good_event_may_go_out_spelled(club: Club) -> None:
    """I10: spelled or not it is the same event: whoever sends it in both ways is answered the same and posts once."""
    till = club.till()
    till.keep(till.sale("A1"))
    first = post(till, spelled(till, 1))
    again = post(till, spelled(till))
    assert first.results == again.results
    assert kinds(club.store, "A1") == [("award", 500)]


def test_a_batch_that_is_no_json_names_nothing(club: Club) -> None:
    """6.4: such a batch is 400, and leaves no slot: the device finds the one event by halves."""
    till = club.till()
    till.keep(till.sale("A1"), Happened("", NO_JSON))
    hole = spelled(till, 2).replace(bytes(opaque(NO_JSON)), NO_JSON)
    assert refused(till.call("POST", "/v1/events", hole))[:2] == (400, "unreadable")
    assert rows(club.store, tables.device_slot) == []


@pytest.mark.parametrize("data", [b"", b"x", b'{"a":1}', NO_JSON, bytes(range(256))])
def test_spelling_gives_the_same_bytes(data: bytes) -> None:
    """I4: what goes in comes out, and a text that is no spelling is itself."""
    assert exact(opaque(data)) == data
    assert msgspec.json.decode(opaque(data)) == "base64:" + base64.b64encode(data).decode()
    assert exact(b'"base64:?"') == b'"base64:?"'


@pytest.mark.expects_log(r"event\.failed' kind='sale' bug='KeyError' where='test_poison_events.py:\d+")
def test_an_event_at_which_the_program_fails_is_held_and_the_queue_goes_on(
    club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I8, I9: a mistake of the ledger at one event leaves nothing half done; the others of its batch are posted."""
    till = club.till()
    till.keep(till.sale("A1"), bad := till.sale("A1", qty=3), till.sale("A1"), till.sale("A2"))
    sound = events.post_sale

    def breaks(work: BucketWork, slot: Slot, event: object, body: SaleV1) -> frozenset[str]:
        flags = sound(work, slot, event, body)  # type: ignore[arg-type]  # as it was called
        if slot.event_id == bad.event_id:
            raise KeyError("after its entries were made")
        return flags

    monkeypatch.setattr(events, "post_sale", breaks)
    told = till.push()
    assert [result.status for result in told.results] == ["posted", "held", "posted", "posted"]
    assert raw(club.store, bad.event_id).reason == "failed"
    assert kinds(club.store, "A1") == [("award", 500)] * 2
    assert not [row for row in rows(club.store, tables.sale) if row.event_id == bad.event_id]
    audit(club.store)


def test_what_is_no_fault_of_an_event_is_not_held(club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    """8.1: a program that is broken elsewhere, here without memory, fails as a whole: nothing is set aside for it."""
    till = club.till()
    till.keep(till.sale("A1"))

    def breaks(work: BucketWork, slot: Slot, one: Read) -> frozenset[str]:
        raise MemoryError

    monkeypatch.setattr(events, "post_event", breaks)
    with pytest.raises(MemoryError):
        till.post(till.batch())
    assert rows(club.store, tables.raw_event) == []
