"""Events: a batch of a device's log (6.4): slots, then bucket after bucket, then the device's mark.

Each step is a transaction of its own and can be run again; what a crash leaves between them the re-send repairs. No
transaction touches two buckets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from itertools import groupby
from typing import Final

import msgspec

from clubtill_ledger.accept.bucket import BucketWork, named, post_items
from clubtill_ledger.accept.budgets import post_budget_close
from clubtill_ledger.accept.closes import post_close
from clubtill_ledger.accept.gathering import Items, standing
from clubtill_ledger.accept.guests import post_guest, post_head_count
from clubtill_ledger.accept.parked import PARKED_TWICE, sold_before
from clubtill_ledger.accept.poison import post_apart
from clubtill_ledger.accept.reading import Read, read
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
    items = tuple(zip(claimed.slots, events, strict=True))
    for some in _transactions(items, store):
        post_apart(
            some,
            partial(_post, twice=twice),
            lambda few, poster: store.write(
                partial(post_items, shelf=shelf, device=device, items=few, poster=poster, now_us=now_us)
            ),
        )
    mark = store.write(partial(_move_mark, device=device, batch=batch, claimed=claimed))
    if claimed.forked_at is not None:
        raise Refusal("fork", seq=claimed.forked_at)
    found: dict[tuple[int, str], EventResult] = {}
    for some in _transactions(items, store):
        found |= store.read(partial(_results, items=some))
    results = tuple(found[slot.seq, one.event_id] for slot, one in items)
    return EventsAnswer(acked_through=mark.acked_seq, results=results, server_time_us=now_us)


def _transactions(items: Items, store: Store) -> Iterator[Items]:
    """Give the events of each transaction, in ascending order of buckets: of one bucket, or on SQLite of all (6.4)."""
    ordered = sorted(items, key=lambda item: item[1].bucket)
    if store.is_sqlite:
        yield ordered
        return
    for _, same in groupby(ordered, key=lambda item: item[1].bucket):
        yield tuple(same)


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


def _results(connection: Connection, items: Items) -> dict[tuple[int, str], EventResult]:
    """Say what became of events; the same for the same ones for ever, for it is read from what stands."""
    rows = standing(connection, items)
    positions = logs.posted_at(connection, rows.keys())
    told_by: dict[int, dict[str, bytes]] = {one.bucket: {} for _, one in items}
    for (bucket, event_id), row in rows.items():
        told_by[bucket][event_id] = row.bytes
    found: dict[tuple[int, str], EventResult] = {}
    for slot, told in items:
        key = (told.bucket, named(told, told_by[told.bucket]).event_id)
        row = rows[key]
        first = (row.device_id, row.epoch, row.seq) == (slot.device_id, slot.epoch, slot.seq)
        position, balance_h = positions.get(key, (0, None))
        found[slot.seq, told.event_id] = EventResult(
            seq=slot.seq,
            event_id=told.event_id,
            status="held" if row.status != "posted" else "posted" if first else "duplicate",
            stream=told.bucket,
            position=position,
            balance_h=balance_h,
            flags=tuple(sorted({*slot.flags, *row.flags})),
        )
    return found
