"""Events: a batch of a device's log (6.4): slots, then bucket after bucket, then the device's mark.

Each step is a transaction of its own and can be run again; what a crash leaves between them the re-send repairs. No
transaction touches two buckets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Final

import msgspec

from clubtill_ledger.accept.bucket import BucketWork, named, post_bucket
from clubtill_ledger.accept.budgets import post_budget_close
from clubtill_ledger.accept.closes import post_close
from clubtill_ledger.accept.guests import post_guest, post_head_count
from clubtill_ledger.accept.parked import PARKED_TWICE, sold_before
from clubtill_ledger.accept.poison import post_apart
from clubtill_ledger.accept.reading import Read, read, stand_in_id
from clubtill_ledger.accept.refunds import post_refund
from clubtill_ledger.accept.sales import post_sale
from clubtill_ledger.accept.shifts import post_shift
from clubtill_ledger.accept.slots import Claimed, claim
from clubtill_ledger.accept.swipes import post_admission, post_swipe
from clubtill_ledger.store import logs
from clubtill_ledger.store.devices import Device
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.logs import Mark, Slot
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.wire.budgets import BudgetCloseV1
from clubtill_sync.wire.door_events import GuestEntryV1, HeadCountV1
from clubtill_sync.wire.events import AdmissionV1, LeaseCloseV1, SaleV1, SwipeV1
from clubtill_sync.wire.opaque import exact
from clubtill_sync.wire.refund_events import RefundV1
from clubtill_sync.wire.requests import EventResult, EventsAnswer, EventsBatch
from clubtill_sync.wire.shift_events import DrawerMovedV1, ShiftClosedV1, ShiftOpenedV1

EVENTS_MAX: Final = 500
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_BATCH: Final = msgspec.json.Decoder(EventsBatch)


def accept(body: bytes, device: Device, store: Store, shelf: SettingsShelf, now_us: int) -> EventsAnswer:
    """Take in a batch, `body` being its JSON after any content coding.

    Raises Refusal `unreadable`, `too_large`, `gap` with `expected`, `fork` (both logs are kept), `epoch`, `revoked`.
    """
    if device.revoked_us is not None and not device.drain:
        raise Refusal("revoked", drain=False)
    batch = _decode(body)
    events = tuple(read(exact(event), device.device_id) for event in batch.events)
    claimed = store.write(partial(claim, device=device, batch=batch, read=events, now_us=now_us))
    twice = sold_before(store, events, now_us) if device.revoked_us is None else frozenset()
    for bucket in sorted({one.bucket for one in events}):
        items = [(slot, one) for slot, one in zip(claimed.slots, events, strict=True) if one.bucket == bucket]
        post_apart(
            items,
            partial(_post, twice=twice),
            lambda some, poster: store.write(
                partial(post_bucket, shelf=shelf, device=device, items=some, poster=poster, now_us=now_us)
            ),
        )
    mark = store.write(partial(_move_mark, device=device, batch=batch, claimed=claimed))
    if claimed.forked_at is not None:
        raise Refusal("fork", seq=claimed.forked_at)
    results = store.read(partial(_results, slots=claimed.slots, read=events))
    return EventsAnswer(acked_through=mark.acked_seq, results=results, server_time_us=now_us)


def _post(work: BucketWork, slot: Slot, one: Read, twice: frozenset[str]) -> frozenset[str]:
    flags = post_event(work, slot, one)
    return flags | {PARKED_TWICE} if one.event_id in twice else flags


def post_event(work: BucketWork, slot: Slot, one: Read) -> frozenset[str]:  # noqa: C901, PLR0911 - one a kind of event
    """Post one event by what it is. Raises Hold."""
    if one.event is None or one.body is None:
        raise AssertionError("an event without a body is held when it is read")
    event = one.event
    match one.body:
        case SaleV1() as sale:
            return post_sale(work, slot, event, sale)
        case SwipeV1() as swipe:
            return post_swipe(work, slot, event, swipe)
        case AdmissionV1() as admission:
            return post_admission(work, slot, event, admission)
        case LeaseCloseV1() as close:
            return post_close(work, slot, event, close)
        case BudgetCloseV1() as close:
            return post_budget_close(work, slot, close)
        case RefundV1() as refund:
            return post_refund(work, slot, one, refund)
        case GuestEntryV1() as guest:
            return post_guest(work, slot, event, guest)
        case HeadCountV1() as moved:
            return post_head_count(work, slot, event, moved)
        case ShiftOpenedV1() | DrawerMovedV1() | ShiftClosedV1() as shift:
            return post_shift(work, slot, event, shift)


def _decode(body: bytes) -> EventsBatch:
    try:
        batch = _BATCH.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refusal("unreadable") from None
    if not batch.events or not _HASH.fullmatch(batch.previous_hash):
        raise Refusal("unreadable")
    if len(batch.events) > EVENTS_MAX:
        raise Refusal("too_large", events_max=EVENTS_MAX)
    return batch


def _move_mark(connection: Connection, device: Device, batch: EventsBatch, claimed: Claimed) -> Mark:
    """Move the mark to the end of what of this batch belongs to the device's own log."""
    own = [slot for slot in claimed.slots if slot.epoch == batch.epoch]
    if not own:
        return logs.mark(connection, device.device_id, batch.epoch) or Mark(acked_seq=0, chain_hash="")
    return logs.move_mark(connection, device.device_id, batch.epoch, own[-1].seq, own[-1].chain_hash)


def _results(connection: Connection, slots: Sequence[Slot], read: Sequence[Read]) -> tuple[EventResult, ...]:
    """Say what became of each event; the same for the same batch for ever, for it is read from what stands."""
    found: dict[tuple[int, str], EventResult] = {}
    for bucket in sorted({one.bucket for one in read}):
        mine = [(slot, one) for slot, one in zip(slots, read, strict=True) if one.bucket == bucket]
        ids = [one.event_id for _, one in mine] + [stand_in_id(one.data) for _, one in mine]
        rows = logs.raw(connection, bucket, ids)
        positions = logs.posted_at(connection, bucket, ids)
        for slot, told in mine:
            one = named(told, {key: row.bytes for key, row in rows.items()})
            row = rows[one.event_id]
            first = (row.device_id, row.epoch, row.seq) == (slot.device_id, slot.epoch, slot.seq)
            position, balance_h = positions.get(one.event_id, (0, None))
            found[slot.seq, told.event_id] = EventResult(
                seq=slot.seq,
                event_id=told.event_id,
                status="held" if row.status != "posted" else "posted" if first else "duplicate",
                stream=bucket,
                position=position,
                balance_h=balance_h,
                flags=tuple(sorted({*slot.flags, *row.flags})),
            )
    return tuple(found[slot.seq, one.event_id] for slot, one in zip(slots, read, strict=True))
