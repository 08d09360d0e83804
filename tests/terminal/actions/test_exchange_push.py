"""Bringing the log to the ledger: the same bytes until an answer comes, oldest first, never behind one bad event."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from socket import socket

import msgspec
import pytest

from clubtill_sync.client import Answer, Denied, Lost, Unknown
from clubtill_sync.retry import Act, Step
from clubtill_sync.signing import START_OF_CHAIN, chain
from clubtill_sync.wire.opaque import exact, stand_in_id
from clubtill_sync.wire.requests import EventResult, EventsAnswer
from clubtill_terminal.actions import exchange_push
from clubtill_terminal.actions.exchange_push import Beside, Pushed, Window, push
from clubtill_terminal.store import outbox
from clubtill_terminal.store.device import Device, read_device
from clubtill_terminal.store.engines import Store
from clubtill_terminal.store.recovery import begin_epoch
from tests.sync.hostile import Behave, Request, Server, resets, serving
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


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A real store with a device enrolled and nothing in its log."""
    opened = a_store(tmp_path / "store", a_device())
    yield opened
    opened.close()


def push_all(store: Store, server: Server, window: Window | None = None) -> list[Pushed]:
    """Push until there is nothing more to do at once."""
    client, done = a_client(server.url), []
    window = window or Window()
    while True:
        pushed = push(a_terminal(store), client, window)
        done.append(pushed)
        window = pushed.window
        if not pushed.more:
            client.close()
            return done


def rows(store: Store) -> dict[int, str]:
    """Give every event that is not acknowledged with its state."""
    with store.facts.begin() as facts:
        return {row.seq: row.state for row in outbox.waiting(facts, 10_000)[2]}


def device_of(store: Store) -> Device:
    """Give the device's row."""
    with store.facts.begin() as facts:
        return read_device(facts)


def test_nothing_waits_and_nothing_is_sent(store: Store) -> None:
    """6.4: an empty log makes no request."""
    with serving(accepts()) as server:
        assert push_all(store, server) == [Pushed(window=Window())]
    assert server.requests == []


def test_the_log_goes_out_in_order_with_its_chain_and_its_exact_bytes(store: Store) -> None:
    """I2, I4, I11: two batches join without a gap, and the mark stands at the last one."""
    append(store, 3)
    with serving(accepts()) as server:
        push_all(store, server)
        append(store, 2, first=4)
        push_all(store, server)
    first, second = (batch_of(request) for request in server.requests)
    assert [bytes(event) for event in first.events] == [b'{"n":1}', b'{"n":2}', b'{"n":3}']
    assert (first.epoch, first.first_seq, first.previous_hash) == (1, 1, START_OF_CHAIN)
    head = START_OF_CHAIN
    for event in first.events:
        head = chain(head, bytes(event))
    assert (second.first_seq, second.previous_hash, len(second.events)) == (4, head, 2)
    assert (device_of(store).acked_seq, rows(store)) == (5, {})
    assert device_of(store).last_contact_us == NOW_US


def test_acknowledged_events_know_where_they_were_posted(store: Store) -> None:
    """6.5, I6: an event counts on top of the card until the cursor has passed the place where it was posted."""
    append(store, 1, account_id="a1", overlay_h=500)
    with serving(accepts()) as server:
        push_all(store, server)
    with store.facts.begin() as facts:
        before, at, after = (outbox.overlay(facts, "a1", position=position) for position in (9, 10, 11))
    assert (before, at, after) == ((500, 0), (0, 0), (0, 0))


def test_a_held_event_is_acknowledged_and_needs_attention(store: Store) -> None:
    """I8, C25: what the ledger holds leaves the queue, and is shown with its flags."""
    append(store, 1)
    with serving(accepts(status="held", flags=("unknown_kind",))) as server:
        push_all(store, server)
    with store.facts.begin() as facts:
        count, _, [row] = outbox.waiting(facts, 10)
    assert (count, row.state, row.flags, device_of(store).acked_seq) == (0, "held", "unknown_kind", 1)


def test_an_unknown_outcome_sends_the_very_same_bytes_again(store: Store) -> None:
    """6.4, I4, F2: what was rung up meanwhile waits for the next batch."""
    append(store, 2)
    with serving(resets(), accepts()) as server:
        [lost] = push_all(store, server)
        append(store, 1, first=3)
        push_all(store, server, lost.window)
    assert (lost.outcome, lost.step) == (Unknown(reason=Lost.CUT), Step(act=Act.SAME_AGAIN))
    assert lost.window.failures == 1
    first, again, then = server.requests
    assert first.body == again.body
    assert numbers(then) == [3]
    assert rows(store) == {}


def test_tries_are_counted_and_the_last_answer_kept(store: Store) -> None:
    """U62: the connection panel shows how often an event was sent and what came back."""
    append(store, 1)
    with serving(resets()) as server:
        push_all(store, server, push_all(store, server)[-1].window)
    with store.facts.begin() as facts:
        [row] = outbox.waiting(facts, 10)[2]
    assert (row.tries, row.last_answer) == (2, "cut")


def test_a_program_that_ended_before_it_kept_the_answer_sends_again(store: Store) -> None:
    """F2, F15: nothing in memory is needed; the ledger answers a second time and the log goes on."""
    append(store, 2)
    with serving(accepts()) as server:
        client = a_client(server.url)
        batch = exchange_push.compose(a_terminal(store), Window())
        assert batch is not None
        assert isinstance(exchange_push.send(client, batch), Answer)
        client.close()
        push_all(store, server)
    first, again = server.requests
    assert first.body == again.body
    assert device_of(store).acked_seq == 2


def test_a_busy_ledger_is_given_the_time_it_asks_for(store: Store) -> None:
    """6.4: 503 with Retry-After."""
    append(store, 1)
    with serving(refuses(503, "busy", more="Retry-After: 7\r\n")) as server:
        [pushed] = push_all(store, server)
    assert pushed.step == Step(act=Act.SAME_AGAIN, wait_s=7)
    assert not pushed.more


@pytest.mark.parametrize(("size", "counts"), [(1, [500, 100]), (1024, [256, 256, 88])])
def test_a_batch_is_at_most_500_events_and_256_kilobytes(store: Store, size: int, counts: list[int]) -> None:
    """6.4: the limits of a batch."""
    with store.facts.begin() as facts:
        outbox.append(
            facts,
            [
                outbox.NewEvent(event_id=f"e{n}", kind="sale", occurred_at_us=n, bytes_=b'"' + b"x" * (size - 2) + b'"')
                if size > 1
                else outbox.NewEvent(event_id=f"e{n}", kind="sale", occurred_at_us=n, bytes_=b"1")
                for n in range(600)
            ],
        )
    sent: list[int] = []
    window = Window()
    while (batch := exchange_push.compose(a_terminal(store), window)) is not None:
        sent.append(len(batch.events))
        with store.facts.begin() as facts:
            outbox.mark_acked(facts, epoch=1, acked_through=batch.last_seq, results=(), at_us=1)
    assert sent == counts


def unreadable_with(poison: int) -> Behave:
    """Behave as a ledger that cannot parse a batch with this event in it; spelled, it takes it and names its bytes."""

    def behave(connection: socket, request: Request) -> None:
        batch = batch_of(request)
        held = stand_in_id(b'{"n":%d}' % poison)
        if any(bytes(event) == b'{"n":%d}' % poison for event in batch.events):
            refuses(400, "unreadable")(connection, request)
            return
        results = tuple(
            EventResult(
                seq=seq,
                event_id=held if bytes(event).startswith(b'"') else f"e{msgspec.json.decode(event)['n']}",
                status="held" if bytes(event).startswith(b'"') else "posted",
                stream=3,
                position=seq,
                balance_h=None,
                flags=(),
            )
            for seq, event in enumerate(batch.events, start=batch.first_seq)
        )
        last = batch.first_seq + len(batch.events) - 1
        tells(EventsAnswer(acked_through=last, results=results, server_time_us=NOW_US))(connection, request)

    return behave


@pytest.mark.parametrize("poison", [1, 3, 6])
def test_one_event_that_cannot_be_read_is_found_and_held_in_its_place(store: Store, poison: int) -> None:
    """6.4, I4, I8, F38: by halves; the bad event goes up spelled, the same bytes in their place; nothing waits."""
    append(store, 6)
    with serving(unreadable_with(poison)) as server:
        done = push_all(store, server)
    assert rows(store) == {poison: "held"}
    assert [pushed.step.act for pushed in done if pushed.step].count(Act.ALERT) == 1
    assert sum(pushed.sent for pushed in done) == 6
    assert len(server.requests) <= 10
    sent = [exact(event) for request in server.requests for event in batch_of(request).events]
    assert {event for event in sent if event == b'{"n":%d}' % poison}
    with store.facts.begin() as facts:
        assert outbox.attention(facts) == 1
        kept = facts.exec_driver_sql("SELECT bytes FROM outbox WHERE state = 'held'").scalar_one()
    assert kept == b'{"n":%d}' % poison
    assert device_of(store).acked_seq == 6


def test_an_event_that_is_refused_even_spelled_calls_for_somebody(store: Store) -> None:
    """6.4: a ledger that takes it in no form is not asked for ever; every event stays in its place."""
    append(store, 3)
    with serving(refuses(400, "unreadable")) as server:
        done = push_all(store, server)
    assert done[-1].step == Step(act=Act.ALERT)
    assert not done[-1].more
    assert len(server.requests) == 3
    assert rows(store) == {1: "stuck", 2: "queued", 3: "queued"}


def test_a_new_epoch_takes_a_stuck_event_along(store: Store) -> None:
    """6.6, I4: what was never acknowledged moves on with its bytes, readable or not."""
    append(store, 2)
    with store.facts.begin() as facts:
        outbox.mark_stuck(facts, epoch=1, seq=1, answer="unreadable")
        assert begin_epoch(facts, epoch=2, trouble="rolled_back") == 2
        found = outbox.oldest(facts, epoch=2, after_seq=0, rows_max=9, bytes_max=999)
    assert [(one.seq, one.stuck, one.bytes_) for one in found] == [(1, True, b'{"n":1}'), (2, False, b'{"n":2}')]


def test_a_batch_that_is_too_large_is_halved(store: Store) -> None:
    """6.4: 413."""

    def behave(connection: socket, request: Request) -> None:
        (refuses(413, "too_large") if len(numbers(request)) > 2 else accepts())(connection, request)

    append(store, 9)
    with serving(behave) as server:
        push_all(store, server)
    assert rows(store) == {}


def test_after_a_success_more_goes_out_again(store: Store) -> None:
    """6.4: what was halved to find one event doubles with each batch, up to the full one."""
    append(store, 4)
    with serving(accepts()) as server:
        done = push_all(store, server, Window(rows_max=1, bytes_max=200_000))
    assert [len(numbers(request)) for request in server.requests] == [1, 2, 1]
    assert [pushed.window.rows_max for pushed in done[:3]] == [2, 4, 8]
    assert done[0].window == Window(rows_max=2, bytes_max=256 * 1024)
    assert done[2].window.rows_max < Window().rows_max


def test_a_ledger_that_lacks_earlier_events_gets_them(store: Store) -> None:
    """6.4, C26: 409 gap names the sequence number to send from; acknowledged events go out again with their bytes."""
    append(store, 4)
    with serving(accepts(), refuses(409, "gap", expected=3), accepts()) as server:
        push_all(store, server)
        append(store, 1, first=5)
        push_all(store, server)
    assert [numbers(request) for request in server.requests] == [[1, 2, 3, 4], [5], [3, 4, 5]]
    assert rows(store) == {}


def test_what_a_hello_queued_again_goes_out_before_what_was_in_flight(store: Store) -> None:
    """I11, I31: the mark never passes an event that waits, whenever the answer to a later batch comes."""
    append(store, 4)
    with serving(accepts(), resets()) as server:
        flying = push_all(store, server, Window(rows_max=2))[-1].window
    assert flying.batch is not None
    with store.facts.begin() as facts:
        outbox.rewind(facts, epoch=1, to_seq=0)
    with serving(accepts(), accepts()) as server:
        client = a_client(server.url)
        outcome = exchange_push.send(client, flying.batch)
        assert exchange_push.settle(a_terminal(store), flying.batch, outcome, flying).sent == 2
        client.close()
        assert (device_of(store).acked_seq, rows(store)) == (0, {1: "queued", 2: "queued"})
        push_all(store, server, flying)
    assert [numbers(request) for request in server.requests] == [[3, 4], [1, 2, 3, 4]]
    assert (device_of(store).acked_seq, rows(store)) == (4, {})


@pytest.mark.parametrize("expected", [0, 1, 2, 9, "1", None])
def test_a_gap_that_makes_no_sense_calls_for_somebody(store: Store, expected: object) -> None:
    """6.4: a number that is not before the batch moves nothing."""
    append(store, 1)
    with serving(refuses(409, "gap", expected=expected)) as server:
        [pushed] = push_all(store, server)
    assert pushed.step == Step(act=Act.ALERT)
    assert (rows(store), device_of(store).acked_seq) == ({1: "queued"}, 0)


@pytest.mark.parametrize(
    ("status", "code", "trouble"),
    [(409, "fork", "fork"), (409, "rolled_back", "rolled_back"), (403, "revoked", "revoked")],
)
def test_a_log_that_went_apart_stops_points_and_keeps_the_queue(
    store: Store, status: int, code: str, trouble: str
) -> None:
    """6.6, I30, I33: no points offline from now on; every event stays."""
    append(store, 2)
    with serving(refuses(status, code)) as server:
        [pushed] = push_all(store, server)
    assert isinstance(pushed.outcome, Denied)
    assert device_of(store).trouble == trouble
    assert rows(store) == {1: "queued", 2: "queued"}


def test_a_forked_log_goes_on_behind_what_the_ledger_keeps_beside_its_own(store: Store) -> None:
    """C12, I8, I11: each batch of it goes out once; nothing counts as acknowledged before all in front of it is."""
    append(store, 5)
    with serving(refuses(409, "fork", seq=1), refuses(409, "fork", seq=3), accepts()) as server:
        done = push_all(store, server, Window(rows_max=2))
        assert [numbers(request) for request in server.requests] == [[1, 2], [3, 4, 5]]
        assert (done[-1].window.beside, done[-1].outcome) == (Beside(epoch=1, acked_seq=0, through=5), None)
        assert set(rows(store).values()) == {"queued"}
        append(store, 1, first=6)
        push_all(store, server, done[-1].window)
        assert [numbers(request) for request in server.requests[2:]] == [[6], [1, 2, 3, 4, 5, 6]]
        assert rows(store) == {}


def test_what_a_ledger_lost_of_a_forked_log_goes_out_from_the_mark_again(store: Store) -> None:
    """I31, C27: a gap in what was kept beside is no number of this device's own log."""
    append(store, 3)
    kept = Window(beside=Beside(epoch=1, acked_seq=0, through=2))
    with serving(refuses(409, "gap", expected=1), accepts()) as server:
        push_all(store, server, kept)
    assert [numbers(request) for request in server.requests] == [[3], [1, 2, 3]]


def test_an_answer_that_speaks_of_other_events_is_none(store: Store) -> None:
    """I11: an acknowledgement counts only if it names this batch's events one by one."""
    append(store, 2)

    def behave(connection: socket, request: Request) -> None:
        other = Request(
            method=request.method,
            path=request.path,
            query=request.query,
            headers=request.headers,
            body=request.body.replace(b'{"n":2}', b'{"n":7}'),
        )
        accepts()(connection, other)

    with serving(behave) as server:
        [pushed] = push_all(store, server)
    assert pushed.outcome == Unknown(reason=Lost.NOT_THE_LEDGER)
    assert rows(store) == {1: "queued", 2: "queued"}


def test_an_event_that_no_batch_could_carry_is_never_begun(store: Store) -> None:
    """6.4, I3, I8: more than a batch holds is refused before it stands; nothing of it is written."""
    too_long = outbox.NewEvent(
        event_id="e1", kind="sale", occurred_at_us=1, bytes_=b'"' + b"x" * outbox.EVENT_BYTES_MAX + b'"'
    )
    with pytest.raises(ValueError, match="e1"), store.facts.begin() as facts:
        outbox.append(facts, [too_long])
    assert rows(store) == {}
    assert device_of(store).next_seq == 1
