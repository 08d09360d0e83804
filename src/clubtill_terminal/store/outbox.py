"""Outbox: the device's log of events. Appended in the transaction of the fact itself, sent oldest first (I2-I4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection as Connection  # noqa: PLC0414 - the actions name it from here
from sqlalchemy import bindparam, func, select, tuple_, update

from clubtill_sync.signing import START_OF_CHAIN, chain
from clubtill_sync.wire.requests import EventResult
from clubtill_terminal.store.device import Device, read_device
from clubtill_terminal.store.tables import device_state, outbox

EVENT_BYTES_MAX: Final = 512 * 1024
"""A longer event could not go out: a batch has 1 MB, and 256 KB of it compressed (6.4). A sale line takes 600 bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """An event to append: its exact bytes and what the terminal shows of it until the ledger has it.

    Attributes:
        overlay_h, reserved_h: what it adds to the account's available and reserved points (overlay rule, 6.5).
        label: what the queue shows, such as the sale's number or the member's number (U62).
    """

    event_id: str
    kind: str
    occurred_at_us: int
    bytes_: bytes
    account_id: str = ""
    overlay_h: int = 0
    reserved_h: int = 0
    label: str = ""
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A row of the queue as the connection panel shows it (U62)."""

    seq: int
    kind: str
    label: str
    occurred_at_us: int
    amount_minor: int | None
    tries: int
    state: str
    last_answer: str
    flags: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSend:
    """An event as it goes out: the same bytes every time (I4). `stuck`: the ledger could not read it (6.4)."""

    seq: int
    event_id: str
    bytes_: bytes
    chain: str
    stuck: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """An event of this device as the ledger gave it back after a roll-back (6.6)."""

    seq: int
    event_id: str
    kind: str
    occurred_at_us: int
    bytes_: bytes
    chain: str
    held: bool
    stream: int
    position: int
    flags: str
    account_id: str


_append = outbox.insert()
_advance = (
    update(device_state)
    .where(device_state.c.id == 1)
    .values(next_seq=bindparam("seq_after"), head_hash=bindparam("chain_after"))
)
_overlay = select(
    func.coalesce(func.sum(outbox.c.overlay_h), 0), func.coalesce(func.sum(outbox.c.reserved_h), 0)
).where(
    outbox.c.account_id == bindparam("the_account"),
    (outbox.c.state != "acked") | (outbox.c.position > bindparam("the_position")),
)


_oldest = (
    select(outbox.c.seq, outbox.c.event_id, outbox.c.bytes, outbox.c.chain, outbox.c.state)
    .where(outbox.c.epoch == bindparam("in_epoch"), outbox.c.seq > bindparam("after_seq"))
    .order_by(outbox.c.seq)
    .limit(bindparam("rows_max"))
)
_chain_of = select(outbox.c.chain).where(outbox.c.epoch == bindparam("in_epoch"), outbox.c.seq == bindparam("the_seq"))
_answered = (
    update(outbox)
    .where(outbox.c.epoch == bindparam("in_epoch"), outbox.c.seq == bindparam("at_seq"))
    .values(
        state=bindparam("new_state"),
        stream=bindparam("new_stream"),
        position=bindparam("new_position"),
        flags=bindparam("new_flags"),
        acked_at_us=bindparam("at_us"),
    )
)
_of_epoch = update(device_state).where(device_state.c.id == 1, device_state.c.epoch == bindparam("in_epoch"))
_contact = _of_epoch.values(last_contact_us=bindparam("at_us"))
_acked = _of_epoch.where(device_state.c.acked_seq >= bindparam("before")).values(
    acked_seq=func.max(device_state.c.acked_seq, bindparam("through"))
)
_forget_old = outbox.delete().where(
    tuple_(outbox.c.epoch, outbox.c.seq).in_(
        select(outbox.c.epoch, outbox.c.seq)
        .where(
            outbox.c.state == "acked",
            outbox.c.acked_at_us < bindparam("before_us"),
            (outbox.c.epoch < bindparam("this_epoch")) | (outbox.c.seq < bindparam("last_acked")),
        )
        .order_by(outbox.c.epoch, outbox.c.seq)
        .limit(bindparam("rows_max"))
    )
)


def append(facts: Connection, events: Sequence[NewEvent], device: Device | None = None) -> Device:
    """Append events to the log within the caller's transaction; give the device's state before it.

    The sequence number and the hash of the chain are taken from the device's row, so a log has no gap (I2). A caller
    who has read the row in this very transaction may hand it in as `device`.

    Raises:
        ValueError: an event is longer than a batch; nothing of it may stand.
    """
    if long := [event.event_id for event in events if len(event.bytes_) > EVENT_BYTES_MAX]:
        raise ValueError(f"events {long} are longer than {EVENT_BYTES_MAX} bytes")
    device = device or read_device(facts)
    seq, head = device.next_seq, device.head_hash
    rows = []
    for event in events:
        head = chain(head, event.bytes_)
        rows.append(
            {
                "epoch": device.epoch,
                "seq": seq,
                "event_id": event.event_id,
                "kind": event.kind,
                "bytes": event.bytes_,
                "chain": head,
                "occurred_at_us": event.occurred_at_us,
                "state": "queued",
                "tries": 0,
                "last_answer": "",
                "flags": "",
                "account_id": event.account_id,
                "overlay_h": event.overlay_h,
                "reserved_h": event.reserved_h,
                "label": event.label,
                "amount_minor": event.amount_minor,
            }
        )
        seq += 1
    facts.execute(_append, rows)
    facts.execute(_advance, {"seq_after": seq, "chain_after": head})
    return device


def oldest(facts: Connection, *, epoch: int, after_seq: int, rows_max: int, bytes_max: int) -> tuple[ToSend, ...]:
    """Give the oldest events of an epoch after a sequence number, up to a count and a size, at least one."""
    found = facts.execute(_oldest, {"in_epoch": epoch, "after_seq": after_seq, "rows_max": rows_max})
    taken: list[ToSend] = []
    size = 0
    for row in found:
        size += len(row.bytes)
        if taken and (size > bytes_max or row.seq != taken[-1].seq + 1):
            break
        stuck = row.state == "stuck"
        taken.append(ToSend(seq=row.seq, event_id=row.event_id, bytes_=row.bytes, chain=row.chain, stuck=stuck))
    return tuple(taken)


def chain_before(facts: Connection, *, epoch: int, seq: int, start: str) -> str:
    """Give the chain hash before an event; `start` when it is the first of its epoch."""
    found = facts.execute(_chain_of, {"in_epoch": epoch, "the_seq": seq - 1}).scalar()
    return found if found is not None else start


def mark_tried(facts: Connection, *, epoch: int, first_seq: int, last_seq: int, answer: str) -> None:
    """Count a try and keep the last answer, as a code."""
    facts.execute(
        update(outbox)
        .where(outbox.c.epoch == epoch, outbox.c.seq.between(first_seq, last_seq))
        .values(tries=outbox.c.tries + 1, last_answer=answer)
    )


def mark_acked(
    facts: Connection,
    *,
    epoch: int,
    acked_through: int,
    results: Sequence[EventResult],
    at_us: int,
    ledger_us: int | None = None,
) -> None:
    """Store what the ledger answered and move the device's acknowledged mark forward, never over what waits (I11).

    A hello may have put the mark back while the batch was under way: then what lies between goes out first.
    `at_us` is this terminal's clock, `ledger_us` the ledger's, by which an event grows old here (I7).
    """
    if results:
        facts.execute(
            _answered,
            [
                {
                    "in_epoch": epoch,
                    "at_us": ledger_us or at_us,
                    "at_seq": r.seq,
                    "new_state": "held" if r.status == "held" else "acked",
                    "new_stream": r.stream,
                    "new_position": r.position,
                    "new_flags": ",".join(r.flags),
                }
                for r in results
            ],
        )
    facts.execute(_contact, {"in_epoch": epoch, "at_us": at_us})
    before = min((r.seq for r in results), default=1) - 1
    facts.execute(_acked, {"in_epoch": epoch, "before": before, "through": acked_through})


def mark_stuck(facts: Connection, *, epoch: int, seq: int, answer: str) -> None:
    """Mark one event that the ledger cannot parse at all: from now on it goes out spelled, to be held (6.4)."""
    facts.execute(
        update(outbox).where(outbox.c.epoch == epoch, outbox.c.seq == seq).values(state="stuck", last_answer=answer)
    )


def rewind(facts: Connection, *, epoch: int, to_seq: int) -> None:
    """Queue again what the ledger lost: everything after `to_seq` (6.3). The mark never moves forward by it (I11)."""
    facts.execute(
        update(outbox)
        .where(outbox.c.epoch == epoch, outbox.c.seq > to_seq, outbox.c.state.in_(("acked", "held")))
        .values(state="queued", stream=None, position=None)
    )
    back = func.min(device_state.c.acked_seq, to_seq)
    facts.execute(update(device_state).where(device_state.c.id == 1).values(acked_seq=back))


def waiting(facts: Connection, rows_max: int) -> tuple[int, int | None, tuple[Waiting, ...]]:
    """Give how many events wait, since when, and the oldest of them with all that need attention (U62)."""
    count, since = facts.execute(
        select(func.count(), func.min(outbox.c.occurred_at_us)).where(outbox.c.state == "queued")
    ).one()
    rows = facts.execute(
        select(outbox)
        .where(outbox.c.state.in_(("queued", "held", "stuck")))
        .order_by(outbox.c.epoch, outbox.c.seq)
        .limit(rows_max)
    )
    return (
        count,
        since,
        tuple(
            Waiting(
                seq=r.seq,
                kind=r.kind,
                label=r.label,
                occurred_at_us=r.occurred_at_us,
                amount_minor=r.amount_minor,
                tries=r.tries,
                state=r.state,
                last_answer=r.last_answer,
                flags=r.flags,
            )
            for r in rows
        ),
    )


def attention(facts: Connection) -> int:
    """Count events that the ledger holds or cannot parse (U63)."""
    return facts.execute(select(func.count()).where(outbox.c.state.in_(("held", "stuck")))).scalar_one()


def overlay(facts: Connection, account_id: str, *, position: int) -> tuple[int, int]:
    """Give what this device's own events add to an account's card: available and reserved hundredths.

    Counted are events that are not acknowledged, or acknowledged at a position beyond the cursor (6.5, I6). Held
    events are not posted, so they count as if they waited.
    """
    available, reserved = facts.execute(_overlay, {"the_account": account_id, "the_position": position}).one()
    return available, reserved


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """The end of the log as it is kept, without a gap: exact bytes from `first_seq` on, which follows a hash."""

    first_seq: int
    previous_hash: str
    events: tuple[bytes, ...]


def tail(facts: Connection, device: Device) -> Tail:
    """Give everything of the device's epoch that is kept without a gap up to its head, sent or not."""
    rows = facts.execute(
        select(outbox.c.seq, outbox.c.bytes, outbox.c.chain)
        .where(outbox.c.epoch == device.epoch)
        .order_by(outbox.c.seq.desc())
    )
    kept: list[Any] = []
    for row in rows:
        if row.seq != device.next_seq - 1 - len(kept):
            break
        kept.append(row)
    if kept and kept[-1].seq > 1:
        kept.pop()  # the hash before it is not kept; its own is the one before the next
    first = device.next_seq - len(kept)
    joins = chain_before(facts, epoch=device.epoch, seq=first, start=device.head_hash)
    before = START_OF_CHAIN if first == 1 else joins
    return Tail(first_seq=first, previous_hash=before, events=tuple(row.bytes for row in reversed(kept)))


def take_back(facts: Connection, *, epoch: int, events: Sequence[Returned], at_us: int) -> int:
    """Keep events of this device that the ledger gave back; what stands already stays. Gives how many are new.

    They are as if they had never been lost: acknowledged at `at_us`, with nothing for the overlay but their place.
    """
    found = facts.execute(
        select(outbox.c.event_id).where(outbox.c.event_id.in_([event.event_id for event in events]))
    ).scalars()
    there = set(found)
    first, last = events[0].seq, events[-1].seq
    taken = facts.execute(select(outbox.c.seq).where(outbox.c.epoch == epoch, outbox.c.seq.between(first, last)))
    places = set(taken.scalars())
    rows = []
    for event in events:
        if event.event_id in there or event.seq in places:
            continue
        there.add(event.event_id)
        rows.append(
            {
                "epoch": epoch,
                "seq": event.seq,
                "event_id": event.event_id,
                "kind": event.kind,
                "bytes": event.bytes_,
                "chain": event.chain,
                "occurred_at_us": event.occurred_at_us,
                "state": "held" if event.held else "acked",
                "tries": 0,
                "last_answer": "",
                "stream": event.stream,
                "position": event.position,
                "acked_at_us": at_us,
                "flags": event.flags,
                "account_id": event.account_id,
                "overlay_h": 0,
                "reserved_h": 0,
                "label": "",
                "amount_minor": None,
            }
        )
    if rows:
        facts.execute(_append, rows)
    return len(rows)


def stands(facts: Connection, *, epoch: int, seq: int) -> bool:
    """Tell whether an event is still kept here."""
    mine = (outbox.c.epoch == epoch, outbox.c.seq == seq)
    return facts.execute(select(outbox.c.seq).where(*mine)).first() is not None


def forget_old(facts: Connection, *, before_us: int, rows_max: int) -> int:
    """Drop acknowledged events older than the 35 days that the fleet keeps (I7), the oldest first; give how many.

    The last one that was acknowledged stays: the chain of what follows begins at it.
    """
    device = read_device(facts)
    told = {"before_us": before_us, "this_epoch": device.epoch, "last_acked": device.acked_seq, "rows_max": rows_max}
    return facts.execute(_forget_old, told).rowcount
