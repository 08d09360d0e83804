"""Own log: gives a device that was rolled back its own events, with their exact bytes (6.6, C11)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from clubtill_ledger.store import logs
from clubtill_ledger.store.devices import Device
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.logs import Slot
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.signing import START_OF_CHAIN, chain
from clubtill_sync.wire.own_log import OwnEvent, OwnLog

EVENTS_MAX: Final = 200
BYTES_MAX: Final = 512 * 1024
DIGITS_MAX: Final = 15


def own_log(query: Mapping[str, str], device: Device, store: Store, now_us: int) -> OwnLog:
    """Give the next events of an epoch from a number on, as far as they are acknowledged; none is the end.

    Raises Refusal `unreadable`, or `epoch` for one that the ledger never gave.
    """
    epoch, first = _number(query.get("epoch", "")), _number(query.get("from", ""))
    if not 1 <= epoch <= device.epoch:
        raise Refusal("epoch", epoch=device.epoch)
    events = store.read(partial(_events, device=device, epoch=epoch, first=first))
    return OwnLog(epoch=epoch, events=events, server_time_us=now_us)


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > DIGITS_MAX or not int(text):
        raise Refusal("unreadable")
    return int(text)


def _events(connection: Connection, device: Device, epoch: int, first: int) -> tuple[OwnEvent, ...]:
    mark = logs.mark(connection, device.device_id, epoch)
    last = min(first + EVENTS_MAX - 1, mark.acked_seq if mark else 0)
    if last < first:
        return ()
    slots = logs.slots(connection, device.device_id, epoch, first - 1, last)
    before = slots[first - 1].chain_hash if first > 1 else START_OF_CHAIN
    mine = [slots[seq] for seq in range(first, last + 1)]
    stored = _stored(connection, mine)
    given: list[OwnEvent] = []
    size = 0
    for slot in mine:
        row, position = stored[slot.seq]
        if chain(before, row.bytes) != slot.chain_hash:  # another event took its id first; it stands under its bytes'
            row = logs.raw_in_slot(connection, slot)
        before = slot.chain_hash
        size += len(row.bytes)
        if given and size > BYTES_MAX:
            break
        given.append(_event(slot, row, position))
    return tuple(given)


def _stored(connection: Connection, slots: list[Slot]) -> dict[int, tuple[Any, int]]:
    found: dict[int, tuple[Any, int]] = {}
    for bucket in sorted({slot.event_bucket for slot in slots}):
        here = [slot for slot in slots if slot.event_bucket == bucket]
        rows = logs.raw(connection, bucket, [slot.event_id for slot in here])
        positions = logs.posted_at(connection, {(bucket, slot.event_id) for slot in here})
        for slot in here:
            found[slot.seq] = (rows[slot.event_id], positions.get((bucket, slot.event_id), (0, 0))[0])
    return found


def _event(slot: Slot, row: Any, position: int) -> OwnEvent:
    return OwnEvent(
        seq=slot.seq,
        event_id=row.event_id,
        kind=row.kind,
        data=bytes(row.bytes),
        chain=slot.chain_hash,
        status=row.status,
        stream=slot.event_bucket,
        position=position,
        flags=tuple(sorted({*slot.flags, *row.flags})),
    )
