"""The outbox: a gap-free log with a chain, the same bytes for ever, and the overlay rule."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from clubtill_sync.signing import chain
from clubtill_sync.wire.requests import EventResult
from clubtill_terminal.store import outbox
from clubtill_terminal.store.device import read_device
from clubtill_terminal.store.engines import Store


def event(name: str, *, account: str = "a1", overlay_h: int = 0, reserved_h: int = 0) -> outbox.NewEvent:
    """Give an event to append."""
    return outbox.NewEvent(
        event_id=name,
        kind="sale",
        occurred_at_us=1,
        bytes_=name.encode() * 3,
        account_id=account,
        overlay_h=overlay_h,
        reserved_h=reserved_h,
    )


def acked(seq: int, position: int, status: str = "posted") -> EventResult:
    """Give the ledger's answer to one event."""
    return EventResult(
        seq=seq, event_id=f"e{seq}", status=status, stream=3, position=position, balance_h=None, flags=()
    )


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(st.integers(1, 4), min_size=1, max_size=6))
def test_log_has_no_gap_and_its_chain_verifies(store: Store, sizes: list[int]) -> None:
    """I2: however events are appended, an epoch is 1..n without a gap and every hash follows from the one before."""
    with store.facts.begin() as facts:
        for size in sizes:
            first = read_device(facts).next_seq
            outbox.append(facts, [event(f"e{first + i}") for i in range(size)])
        sent = outbox.oldest(facts, epoch=1, after_seq=0, rows_max=10_000, bytes_max=10_000_000)
        device = read_device(facts)
    assert [e.seq for e in sent] == list(range(1, len(sent) + 1))
    assert sent[0].chain == chain("0" * 64, sent[0].bytes_)
    assert all(b.chain == chain(a.chain, b.bytes_) for a, b in pairwise(sent))
    assert (device.next_seq, device.head_hash) == (len(sent) + 1, sent[-1].chain)


def test_nothing_is_appended_when_the_fact_fails(store: Store) -> None:
    """I3: when the transaction of a fact fails, neither its event nor its place in the log remains."""

    def fail_after_the_event() -> None:
        with store.facts.begin() as facts:
            outbox.append(facts, [event("e1")])
            outbox.append(facts, [event("e1")])

    with pytest.raises(IntegrityError):
        fail_after_the_event()
    with store.facts.begin() as facts:
        assert read_device(facts).next_seq == 1
        assert outbox.waiting(facts, 10)[0] == 0


def test_oldest_keeps_to_count_and_size(store: Store) -> None:
    """6.4: a batch ends at its count or its size, and always holds at least one event."""
    with store.facts.begin() as facts:
        outbox.append(facts, [event(f"e{n}") for n in range(1, 6)])
        assert [e.seq for e in outbox.oldest(facts, epoch=1, after_seq=1, rows_max=2, bytes_max=1000)] == [2, 3]
        assert [e.seq for e in outbox.oldest(facts, epoch=1, after_seq=0, rows_max=9, bytes_max=1)] == [1]


def test_acknowledged_mark_never_goes_back(store: Store) -> None:
    """I11: a late answer to an earlier batch does not move the mark back."""
    with store.facts.begin() as facts:
        outbox.append(facts, [event("e1"), event("e2")])
        outbox.mark_acked(facts, epoch=1, acked_through=2, results=[acked(1, 10), acked(2, 11)], at_us=5)
        outbox.mark_acked(facts, epoch=1, acked_through=1, results=[acked(1, 10)], at_us=6)
        assert read_device(facts).acked_seq == 2
        assert outbox.waiting(facts, 10)[0] == 0


def test_overlay_counts_what_the_cursor_has_not_passed(store: Store) -> None:
    """I6: an event counts until the feed has passed the position at which it was posted; then never again."""
    with store.facts.begin() as facts:
        outbox.append(facts, [event("e1", overlay_h=4700, reserved_h=-208800), event("e2", overlay_h=100)])
        assert outbox.overlay(facts, "a1", position=0) == (4800, -208800)
        outbox.mark_acked(facts, epoch=1, acked_through=1, results=[acked(1, 10)], at_us=5)
        assert outbox.overlay(facts, "a1", position=9) == (4800, -208800)
        assert outbox.overlay(facts, "a1", position=10) == (100, 0)
        assert outbox.overlay(facts, "another", position=0) == (0, 0)


def test_held_events_need_attention_and_do_not_block(store: Store) -> None:
    """I8, U63: a held event is shown as needing attention and is not sent again; the next one goes on."""
    with store.facts.begin() as facts:
        outbox.append(facts, [event("e1"), event("e2")])
        outbox.mark_acked(facts, epoch=1, acked_through=1, results=[acked(1, 0, "held")], at_us=5)
        count, _, rows = outbox.waiting(facts, 10)
        assert (count, [r.state for r in rows], outbox.attention(facts)) == (1, ["held", "queued"], 1)
        assert [e.seq for e in outbox.oldest(facts, epoch=1, after_seq=1, rows_max=9, bytes_max=99)] == [2]


def test_rewind_queues_again_what_the_ledger_lost(store: Store) -> None:
    """6.3, I31: a ledger that went back gets the same bytes again."""
    with store.facts.begin() as facts:
        outbox.append(facts, [event("e1"), event("e2")])
        before = outbox.oldest(facts, epoch=1, after_seq=0, rows_max=9, bytes_max=99)
        outbox.mark_acked(facts, epoch=1, acked_through=2, results=[acked(1, 10), acked(2, 11)], at_us=5)
        outbox.rewind(facts, epoch=1, to_seq=1)
        assert read_device(facts).acked_seq == 1
        assert outbox.waiting(facts, 10)[0] == 1
        assert outbox.oldest(facts, epoch=1, after_seq=0, rows_max=9, bytes_max=99) == before


def test_only_acknowledged_events_are_forgotten(store: Store) -> None:
    """I7: an event that waits is never dropped, however old it is."""
    with store.facts.begin() as facts:
        outbox.append(facts, [event(f"e{n}") for n in range(1, 6)])
        told = [acked(1, 10), acked(2, 11, "held"), acked(3, 12), acked(4, 13)]
        outbox.mark_acked(facts, epoch=1, acked_through=4, results=told, at_us=99, ledger_us=5)
        assert outbox.forget_old(facts, before_us=5, rows_max=9) == 0
        assert outbox.forget_old(facts, before_us=6, rows_max=1) == 1
        assert [outbox.stands(facts, epoch=1, seq=seq) for seq in range(1, 6)] == [False, True, True, True, True]
        assert outbox.forget_old(facts, before_us=6, rows_max=9) == 1
        assert [outbox.stands(facts, epoch=1, seq=seq) for seq in range(1, 6)] == [False, True, False, True, True]
        assert outbox.waiting(facts, 10)[0] == 1
