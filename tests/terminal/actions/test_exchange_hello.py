"""Hello: the device's log against the ledger's copy of it, and what follows (6.3, 6.6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from clubtill_sync.client import Answer, Denied, Lost, Unknown
from clubtill_sync.signing import START_OF_CHAIN, chain
from clubtill_sync.wire.events import LeaseCloseV1
from clubtill_sync.wire.requests import EventResult, Hello, HelloAnswer, LeaseRow
from clubtill_sync.wire.versions import decode_body, decode_event
from clubtill_terminal.actions import exchange_push
from clubtill_terminal.actions.exchange_hello import Greeted, hello
from clubtill_terminal.actions.exchange_push import Window
from clubtill_terminal.store import leases, outbox
from clubtill_terminal.store.device import change_device, read_device
from clubtill_terminal.store.engines import Store
from tests.sync.hostile import Behave, Server, resets, serving
from tests.terminal.actions.exchange_kit import (
    NOW_US,
    a_client,
    a_device,
    a_store,
    a_terminal,
    accepts,
    append,
    batch_of,
    numbers,
    refuses,
    tells,
)

LEASE = LeaseRow(
    lease_id="l1", club_id="c1", account_id="a1", granted_h=500, spent_h=0, sale_id="s1", ask_no=1, advice=()
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A real store with four events in its log, of which the ledger acknowledged three."""
    opened = a_store(tmp_path / "store", a_device())
    append(opened, 4)
    with opened.facts.begin() as facts:
        outbox.mark_acked(facts, epoch=1, acked_through=3, results=[acked(n) for n in (1, 2, 3)], at_us=1)
    yield opened
    opened.close()


def acked(seq: int) -> EventResult:
    """Give the ledger's word for an event of the fixture's log."""
    return EventResult(seq=seq, event_id=f"e{seq}", status="posted", stream=3, position=seq, balance_h=None, flags=())


def chain_at(seq: int) -> str:
    """Give the hash of the fixture's log after an event."""
    head = START_OF_CHAIN
    for n in range(1, seq + 1):
        head = chain(head, b'{"n":%d}' % n)
    return head


def told(state: str = "ok", *, epoch: int = 1, next_seq: int = 4, leases: tuple[LeaseRow, ...] = ()) -> HelloAnswer:
    """Give a ledger's answer; its head is where the fixture's log stood then."""
    return HelloAnswer(
        state=state,
        epoch=epoch,
        next_seq=next_seq,
        head_hash=chain_at(next_seq - 1),
        ledger_epoch=7,
        feed_epoch=1,
        server_time_us=NOW_US + 90_000_000,
        leases=leases,
    )


def greet(store: Store, *behaviours: Behave) -> tuple[Greeted, list[Hello]]:
    """Say hello to a ledger with these answers; give what came of it and what was said."""
    with serving(*behaviours) as server:
        greeted = _hello(store, server)
    return greeted, [msgspec.json.decode(request.body, type=Hello) for request in server.requests]


def _hello(store: Store, server: Server) -> Greeted:
    client = a_client(server.url)
    greeted = hello(a_terminal(store), client, store_version="0001", program_version="0.1.0")
    client.close()
    return greeted


def trouble(store: Store) -> str:
    """Give why points may not be spent offline."""
    with store.facts.begin() as facts:
        return read_device(facts).trouble


def test_a_hello_says_where_the_log_stands(store: Store) -> None:
    """6.3: epoch, head, what was acknowledged, who this is and how its clock stands."""
    _, [said] = greet(store, tells(told()))
    assert said == Hello(
        epoch=1,
        head_seq=4,
        head_hash=chain_at(4),
        acked_seq=3,
        incarnation="i1",
        boot_id="b1",
        local_time_us=NOW_US,
        store_version="0001",
        program_version="0.1.0",
        gathered=True,
        acked_hash=chain_at(3),
    )


def test_two_logs_that_agree_go_on(store: Store) -> None:
    """6.3: nothing is sent again; the ledger's epoch and clock are kept."""
    greeted, _ = greet(store, tells(told()))
    assert greeted == Greeted(outcome=Answer(told()))
    with store.facts.begin() as facts:
        device = read_device(facts)
    assert (device.acked_seq, device.ledger_epoch, device.last_contact_us) == (3, 7, NOW_US)
    assert device.clock_offset_us == 90_000_000


def test_a_ledger_ahead_of_the_acknowledged_mark_changes_nothing(store: Store) -> None:
    """6.3, F2: the answer to the last batch was lost; the batch goes out again and is answered as duplicates."""
    greeted, _ = greet(store, tells(told(next_seq=5)))
    assert (greeted.resend, greeted.trouble) == (0, "")
    with store.facts.begin() as facts:
        assert read_device(facts).acked_seq == 3


def test_a_ledger_that_lost_its_tail_is_sent_it_again(store: Store) -> None:
    """6.3, C26, C27, I31: what was acknowledged and is not there any more goes out again, byte for byte."""
    greeted, _ = greet(store, tells(told("behind", next_seq=2)))
    assert (greeted.resend, greeted.trouble) == (2, "")
    with serving(accepts()) as server:
        client = a_client(server.url)
        exchange_push.push(a_terminal(store), client, Window())
        client.close()
    assert numbers(server.requests[0]) == [2, 3, 4]


def test_an_answer_that_is_older_than_an_acknowledgement_rewinds_nothing(store: Store) -> None:
    """I6: while a hello is under way the next events are acknowledged; they do not count twice for it."""
    greeted, _ = greet(store, tells(told(next_seq=3)))
    assert greeted.resend == 0
    with store.facts.begin() as facts:
        assert read_device(facts).acked_seq == 3


def test_a_ledger_whose_copy_differs_is_a_fork(store: Store) -> None:
    """I30: the hash before the next event is not ours; points stop, nothing is sent as if nothing were."""
    other = msgspec.structs.replace(told(next_seq=3), head_hash="ab" * 32)
    greeted, _ = greet(store, tells(other))
    assert (greeted.resend, greeted.trouble, trouble(store)) == (0, "fork", "fork")
    greeted, _ = greet(store, tells(msgspec.structs.replace(other, state="behind")))
    assert (greeted.resend, greeted.trouble, numbers_sent(store)) == (3, "fork", [1, 2, 3, 4])


@pytest.mark.parametrize("state", ["fork", "revoked"])
def test_what_the_ledger_lost_is_asked_for_in_every_state(store: Store, state: str) -> None:
    """I31, C27: a forked device may be the only one that has it; it still spends nothing."""
    greeted, _ = greet(store, tells(msgspec.structs.replace(told(state, next_seq=2), again=True)))
    assert (greeted.resend, greeted.trouble, trouble(store)) == (2, state, state)
    assert numbers_sent(store) == [2, 3, 4]


def test_what_was_lost_goes_into_the_new_epoch_too(store: Store) -> None:
    """I31, C12: with what was never sent goes everything that is kept, even where a second hello asks for the epoch."""
    ahead = msgspec.structs.replace(told("ahead", epoch=2, next_seq=4), again=True)
    greeted, said = greet(store, tells(ahead), tells(told("ahead", epoch=3, next_seq=1)))
    assert [(one.epoch, one.acked_seq) for one in said] == [(1, 3), (2, 0)]
    assert (greeted.resend, numbers_sent(store)) == (4, [1, 2, 3, 4])
    with store.facts.begin() as facts:
        assert read_device(facts).epoch == 3


@pytest.mark.parametrize(
    ("state", "name"), [("fork", "fork"), ("revoked", "revoked"), ("a word of a newer ledger", "fork")]
)
def test_a_device_in_trouble_spends_no_points_offline(store: Store, state: str, name: str) -> None:
    """6.6, I30, I33: until the ledger says ok again."""
    greeted, _ = greet(store, tells(told(state)))
    assert (greeted.trouble, trouble(store)) == (name, name)
    greeted, _ = greet(store, tells(told()))
    assert (greeted.trouble, trouble(store)) == ("", "")


@pytest.mark.parametrize(
    ("behave", "outcome"),
    [
        (resets(), Unknown(reason=Lost.CUT)),
        (
            refuses(409, "epoch", epoch=1),
            Denied(status=409, code="epoch", facts={"epoch": 1}, server_time_us=NOW_US),
        ),
    ],
)
def test_no_answer_changes_nothing(store: Store, behave: Behave, outcome: Unknown | Denied) -> None:
    """R92: what is not known is not acted on."""
    with store.facts.begin() as facts:
        before = read_device(facts)
    greeted, _ = greet(store, behave)
    assert greeted == Greeted(outcome=outcome)
    with store.facts.begin() as facts:
        assert read_device(facts) == before


def test_a_device_that_was_rolled_back_goes_on_in_a_new_epoch(store: Store) -> None:
    """6.6, C11, F26: what the ledger never had moves to the new epoch with its bytes; the chain begins anew."""
    append(store, 1, first=5)
    greeted, _ = greet(store, tells(told("ahead", epoch=2, next_seq=1)))
    assert (greeted.resend, greeted.trouble, trouble(store)) == (2, "rolled_back", "rolled_back")
    append(store, 1, first=6)
    with serving(accepts()) as server:
        client = a_client(server.url)
        exchange_push.push(a_terminal(store), client, Window())
        client.close()
    sent = batch_of(server.requests[0])
    assert (sent.epoch, sent.first_seq, sent.previous_hash) == (2, 1, START_OF_CHAIN)
    assert [bytes(event) for event in sent.events] == [b'{"n":4}', b'{"n":5}', b'{"n":6}']


def test_a_device_rolled_back_over_a_change_of_epoch_asks_for_an_empty_one(store: Store) -> None:
    """6.6: in the ledger's epoch there are events that this device has not got; it never writes among them."""
    second = tells(told("ahead", epoch=3, next_seq=1))
    greeted, said = greet(store, tells(told("ahead", epoch=2, next_seq=3)), second)
    assert (said[1].epoch, said[1].head_seq, said[1].head_hash) == (2, 0, START_OF_CHAIN)
    assert (greeted.resend, greeted.trouble) == (1, "rolled_back")
    with store.facts.begin() as facts:
        assert read_device(facts).epoch == 3


@pytest.mark.parametrize(("epoch", "next_seq"), [(2, 3), (1, 1)], ids=["an epoch in use", "the epoch we are in"])
def test_no_epoch_is_begun_where_something_stands(store: Store, epoch: int, next_seq: int) -> None:
    """6.6: an answer that gives no empty epoch moves nothing; points stop and the next hello asks again."""
    with store.facts.begin() as facts:
        before = read_device(facts)
    greeted, _ = greet(store, tells(told("ahead", epoch=epoch, next_seq=next_seq)))
    with store.facts.begin() as facts:
        after = read_device(facts)
    assert (greeted.resend, greeted.trouble) == (0, "rolled_back")
    assert (after.epoch, after.next_seq, after.head_hash) == (before.epoch, before.next_seq, before.head_hash)


def test_leases_that_the_ledger_lists_are_used_from_now_on(store: Store) -> None:
    """4.2, C2: a grant whose answer was lost is not lost."""
    greet(store, tells(told(leases=(LEASE,))))
    greet(store, tells(told(leases=(LEASE,))))
    with store.facts.begin() as facts:
        [held] = leases.all_open(facts)
    assert (held.lease_id, held.account_id, held.granted_h) == ("l1", "a1", 500)


def test_after_a_roll_back_every_lease_is_given_back_before_points_are_used_again(store: Store) -> None:
    """6.6, 4.4: what was spent of a lease is not known any more; its close follows every spend in the log (I25)."""
    closed_there = msgspec.structs.replace(LEASE, lease_id="l0")
    with store.facts.begin() as facts:
        leases.adopt(facts, [closed_there])
    greet(store, tells(told("ahead", epoch=2, next_seq=1, leases=(LEASE,))))
    with store.facts.begin() as facts:
        assert [lease.lease_id for lease in leases.all_open(facts)] == ["l0", "l1"]
    answer = replace_head(told(epoch=2, next_seq=1, leases=(LEASE,)))
    greeted, _ = greet(store, tells(answer))
    with store.facts.begin() as facts:
        assert leases.all_open(facts) == ()
        sent = outbox.oldest(facts, epoch=2, after_seq=0, rows_max=10, bytes_max=10**6)
    closes = [decode_body(decode_event(event.bytes_)) for event in sent[1:]]
    assert [(c.lease_id, c.why) for c in closes if isinstance(c, LeaseCloseV1)] == [("l1", "rolled_back")]
    assert (greeted.trouble, trouble(store)) == ("rolled_back", "rolled_back"), "its own events are still to come back"
    with store.facts.begin() as facts:
        change_device(facts, pull_epoch=0, pull_seq=0)
    greeted, _ = greet(store, tells(answer))
    assert (greeted.trouble, trouble(store)) == ("", "")


def numbers_sent(store: Store) -> list[int]:
    """Push to a ledger that takes everything; give the numbers of the events that went out."""
    with serving(accepts()) as server:
        client = a_client(server.url)
        exchange_push.push(a_terminal(store), client, Window())
        client.close()
    return numbers(server.requests[0])


def replace_head(answer: HelloAnswer) -> HelloAnswer:
    """Give an answer about an epoch in which nothing stands yet."""
    return msgspec.structs.replace(answer, head_hash=START_OF_CHAIN)


def test_an_answer_from_before_a_new_epoch_moves_nothing(store: Store) -> None:
    """F5: a late answer about the old epoch is passed over."""
    with store.facts.begin() as facts:
        change_device(facts, epoch=2, next_seq=1, head_hash=START_OF_CHAIN, acked_seq=0, trouble="rolled_back")
        before = read_device(facts)
    greeted, _ = greet(store, tells(told()))
    with store.facts.begin() as facts:
        after = read_device(facts)
    assert greeted.trouble == "rolled_back"
    assert replace(after, ledger_epoch=1, clock_offset_us=0, last_contact_us=before.last_contact_us) == before
