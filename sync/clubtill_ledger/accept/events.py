"""Events: a batch of a device's log (6.4): slots, then bucket after bucket, then the device's mark.

`accept` decodes, `claim` takes slots, `post_items` posts, `move_mark` acknowledges, `_result` answers. Each step is a
transaction of its own and can be run again; what a crash leaves between them the re-send repairs. No transaction
touches two buckets. SQLite has one writer and would only wait: there a batch is one transaction, or a few.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Final, TypeAlias

import msgspec

from clubtill_ledger.accept.bucket import BucketWork, Poster, post_items
from clubtill_ledger.accept.budgets import post_budget_close
from clubtill_ledger.accept.closes import post_close
from clubtill_ledger.accept.gathering import Became, Items
from clubtill_ledger.accept.guests import post_guest, post_head_count
from clubtill_ledger.accept.parked import PARKED_TWICE, note_sold, sold_by
from clubtill_ledger.accept.poison import BUGS, post_apart
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
from clubtill_ledger.store.turns import Turns
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.wire.budgets import BudgetCloseV1
from clubtill_sync.wire.door_events import GuestEntryV1, HeadCountV1
from clubtill_sync.wire.events import AdmissionV1, LeaseCloseV1, SaleV1, SwipeV1
from clubtill_sync.wire.opaque import exact
from clubtill_sync.wire.refund_events import RefundV1
from clubtill_sync.wire.requests import EventResult, EventsAnswer, EventsBatch
from clubtill_sync.wire.shift_events import DrawerMovedV1, ShiftClosedV1, ShiftOpenedV1

EVENTS_MAX: Final = 500
TOGETHER_MAX: Final = 100
"""So many events a transaction holds on SQLite: whoever sells meanwhile waits for no more."""
SHORT_MAX: Final = 10
"""A batch of more events is a drain, and lets others write first (6.4)."""
Outcomes: TypeAlias = dict[tuple[int, str], Became]
"""What became of events, by sequence number and id."""
WAY_AFTER: Final = 10
"""A transaction of a drain ends after so many events where somebody waits who has fewer, or did just now (6.4)."""
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
    taking = _Taking(device=device, batch=batch, events=events, shelf=shelf, now_us=now_us)
    claimed, became, mark = _taken_in(taking, store)
    if claimed.forked_at is not None:
        raise Refusal("fork", seq=claimed.forked_at)
    results = tuple(
        _result(slot, one, became[slot.seq, one.event_id]) for slot, one in zip(claimed.slots, events, strict=True)
    )
    return EventsAnswer(acked_through=mark.acked_seq, results=results, server_time_us=now_us)


def _result(slot: Slot, told: Read, became: Became) -> EventResult:
    """Say what became of an event; the same for the same one for ever, for it is what stands."""
    first = became.slot == (slot.device_id, slot.epoch, slot.seq)
    return EventResult(
        seq=slot.seq,
        event_id=told.event_id,
        status="held" if became.status != "posted" else "posted" if first else "duplicate",
        stream=told.bucket,
        position=became.position,
        balance_h=became.balance_h,
        flags=tuple(sorted({*slot.flags, *became.flags})),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taking:
    """A batch while it is taken in. Each step can be run again."""

    device: Device
    batch: EventsBatch
    events: tuple[Read, ...]
    shelf: SettingsShelf
    now_us: int

    def claim(self, connection: Connection) -> Claimed:
        """Claim the places in the device's log."""
        return claim(connection, self.device, self.batch, self.events, self.now_us)

    def sold_before(self, connection: Connection) -> frozenset[str]:
        """Note the parked sales that these sales were made of; give the events that came second."""
        return note_sold(connection, self.parked, self.now_us) if self.parked else frozenset()

    @property
    def parked(self) -> list[tuple[str, str]]:
        """The parked sales that these sales were made of; what a revoked device tells of is held, and sells none."""
        return sold_by(self.events) if self.device.revoked_us is None else []

    def post(self, connection: Connection, claimed: Claimed, items: Items, poster: Poster, turns: Turns) -> Outcomes:
        """Post events of the batch, fewer where somebody with short work waits for his turn."""
        return post_items(
            connection,
            shelf=self.shelf,
            device=self.device,
            items=items,
            poster=poster,
            now_us=self.now_us,
            known_seq=claimed.known_seq,
            enough=lambda posted: posted >= WAY_AFTER and turns.short_waits,
        )

    def move_mark(self, connection: Connection, claimed: Claimed) -> Mark:
        """Move the mark to the end of what of this batch belongs to the device's own log."""
        epoch = self.batch.epoch
        own = [slot for slot in claimed.slots if slot.epoch == epoch]
        if not own:
            return logs.mark(connection, self.device.device_id, epoch) or Mark(acked_seq=0, chain_hash="")
        return logs.move_mark(connection, self.device.device_id, epoch, own[-1].seq, own[-1].chain_hash)

    def at_once(self, connection: Connection, turns: Turns) -> tuple[Claimed, Outcomes, Mark] | None:
        """Do all steps in one transaction; None where it made way before all events were posted."""
        claimed = self.claim(connection)
        poster = partial(_post, twice=self.sold_before(connection))
        items = _by_bucket(zip(claimed.slots, self.events, strict=True))
        became = self.post(connection, claimed, items, poster, turns)
        return (claimed, became, self.move_mark(connection, claimed)) if len(became) == len(items) else None


def _taken_in(taking: _Taking, store: Store) -> tuple[Claimed, Outcomes, Mark]:
    """Claim, post and move the mark: a transaction each, or on SQLite, which has one writer, one for all (6.4)."""
    long = len(taking.events) > SHORT_MAX
    if store.is_sqlite and len(taking.events) <= TOGETHER_MAX and not (long and store.turns.short_comes):
        with suppress(*BUGS):  # nothing of it was written; what fails is found step by step
            whole = store.write(partial(taking.at_once, turns=store.turns), long=long)
            if whole is not None:
                return whole
    claimed = store.write(taking.claim, long=long)
    poster = partial(_post, twice=store.write(taking.sold_before, long=long) if taking.parked else frozenset())
    became: Outcomes = {}

    def post(some: Items, by: Poster) -> None:
        while some:
            work = partial(taking.post, claimed=claimed, items=some, poster=by, turns=store.turns)
            became.update(store.write(work, long=long))
            some = [(slot, one) for slot, one in some if (slot.seq, one.event_id) not in became]

    for some in _transactions(tuple(zip(claimed.slots, taking.events, strict=True)), store):
        post_apart(some, poster, post)
    return claimed, became, store.write(partial(taking.move_mark, claimed=claimed), long=long)


def _transactions(items: Items, store: Store) -> Iterator[Items]:
    """Give the events of each transaction, in ascending order of buckets: of one bucket, or on SQLite of many (6.4)."""
    ordered = _by_bucket(items)
    if store.is_sqlite:
        while ordered:
            count = WAY_AFTER if store.turns.short_comes else TOGETHER_MAX
            yield ordered[:count]
            ordered = ordered[count:]
        return
    for _, same in groupby(ordered, key=lambda item: item[1].bucket):
        yield tuple(same)


def _by_bucket(items: Iterable[tuple[Slot, Read]]) -> Items:
    """Give events in ascending order of buckets, those of a bucket in the order of the log."""
    return sorted(items, key=lambda item: item[1].bucket)


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
