"""Slots: the first transaction of a batch claims its places in the device's log (6.4), in the device's bucket.

A place that another hash holds is a fork: both logs are kept, the second one under a side epoch (C12, I30).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from clubtill_ledger.accept.award_cap import marked
from clubtill_ledger.accept.effective import effective
from clubtill_ledger.accept.reading import Read
from clubtill_ledger.store import devices, logs, streams
from clubtill_ledger.store.devices import Device
from clubtill_ledger.store.engines import Connection
from clubtill_ledger.store.logs import Slot
from clubtill_rules.values.ids import MASTER_STREAM
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.signing import START_OF_CHAIN, chain
from clubtill_sync.wire.requests import EventsBatch

FORK: Final = "FORK"
"""Flag of every event of a forked log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """The slots of a batch in its order. Those of a forked log lie in a side epoch, which is negative.

    `known_seq` is the position of stream 64 up to which settings are known to the batch.
    """

    slots: tuple[Slot, ...]
    known_seq: int

    @property
    def forked_at(self) -> int | None:
        """The first sequence number that belongs to a forked log."""
        return next((slot.seq for slot in self.slots if slot.epoch < 0), None)


def claim(connection: Connection, device: Device, batch: EventsBatch, read: Sequence[Read], now_us: int) -> Claimed:
    """Claim the slots of a batch. Run again, it finds them and gives the same answer.

    Raises Refusal `gap` with `expected`, the sequence number to send from; `epoch` for one the ledger never gave.
    """
    if not 1 <= batch.epoch <= device.epoch or batch.first_seq < 1:
        raise Refusal("epoch", epoch=device.epoch)
    hashes = _hashes(batch.previous_hash, read)
    slots = _Claim(connection=connection, device=device, batch=batch, read=read, hashes=hashes, now_us=now_us).claimed()
    return Claimed(slots=slots, known_seq=streams.head(connection, MASTER_STREAM))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    """One batch while its slots are claimed."""

    connection: Connection
    device: Device
    batch: EventsBatch
    read: Sequence[Read]
    hashes: Sequence[str]
    now_us: int
    taken: dict[int, dict[int, Slot]] = field(default_factory=dict)

    def claimed(self) -> tuple[Slot, ...]:
        """Claim in the device's own log, or where that says something else, beside it."""
        mark = logs.mark(self.connection, self.device.device_id, self.batch.epoch)
        expected = mark.acked_seq + 1 if mark else 1
        first = self.batch.first_seq
        before = self._slots(self.batch.epoch, first - 1, first - 1).get(first - 1)
        own = START_OF_CHAIN if first == 1 else before.chain_hash if before else ""
        if own == self.batch.previous_hash:
            if first > expected:
                raise Refusal("gap", expected=expected)
            return self._along(self.batch.epoch)
        side = self._continued()
        if side is None and not own:
            raise Refusal("gap", expected=expected)
        if side is None:
            side = self._side(self.batch.epoch, first, self.hashes[0])
        return self._along(side)

    def _along(self, epoch: int, skipped: int = 0) -> tuple[Slot, ...]:
        """Claim along a log; from where it holds another hash on, claim along the side epoch of that fork.

        The side may be another copy's, which went the same way for a while: it may fork in its turn.
        """
        hashes, first = self.hashes, self.batch.first_seq
        taken = self._slots(epoch, first + skipped, first + len(hashes) - 1)
        for n in range(skipped, len(hashes)):
            slot = taken.get(first + n)
            if slot is not None and slot.chain_hash != hashes[n]:
                same = tuple(taken[first + m] for m in range(skipped, n))
                return (*same, *self._along(self._side(epoch, slot.seq, hashes[n]), n))
        return self._filled(epoch, skipped)

    def _filled(self, epoch: int, skipped: int) -> tuple[Slot, ...]:
        """Give the slots of the events after `skipped` in an epoch, claiming those that are free."""
        first = self.batch.first_seq + skipped
        hashes, events = self.hashes[skipped:], self.read[skipped:]
        taken = self._slots(epoch, first - 1, first + len(events) - 1)
        previous_us = taken[first - 1].eff_us if first - 1 in taken else 0
        slots: dict[int, Slot] = {}
        fresh: list[tuple[Slot, Read]] = []
        for seq, (one, chain_hash) in enumerate(zip(events, hashes, strict=True), start=first):
            slots[seq] = taken.get(seq) or self._new(epoch, seq, one, chain_hash, previous_us)
            previous_us = slots[seq].eff_us
            if seq not in taken:
                fresh.append((slots[seq], one))
        slots |= {slot.seq: slot for slot in marked(self.connection, self.device, fresh)}
        logs.claim(self.connection, [slots[slot.seq] for slot, _ in fresh])
        return tuple(slots.values())

    def _new(self, epoch: int, seq: int, one: Read, chain_hash: str, previous_us: int) -> Slot:
        eff_us, flags = effective(one.event, self.device, received_us=self.now_us, previous_us=previous_us)
        return Slot(
            device_id=self.device.device_id,
            epoch=epoch,
            seq=seq,
            event_id=one.event_id,
            event_bucket=one.bucket,
            chain_hash=chain_hash,
            received_us=self.now_us,
            eff_us=eff_us,
            flags=(*flags, FORK) if epoch < 0 else flags,
        )

    def _side(self, epoch: int, seq: int, chain_hash: str) -> int:
        """Give the side epoch of the fork that begins with this event; the first time, begin it and mark the device."""
        device_id = self.device.device_id
        side = logs.find_side(self.connection, device_id, epoch, seq, chain_hash)
        if side is None:
            side = logs.begin_side(self.connection, device_id, epoch, seq, chain_hash, now_us=self.now_us)
            devices.change(self.connection, device_id, fork_us=self.now_us)
        return side

    def _continued(self) -> int | None:
        """Find the side epoch whose log this batch goes on with."""
        last = self.batch.first_seq - 1
        for side in logs.sides(self.connection, self.device.device_id):
            slot = self._slots(side, last, last).get(last)
            if slot is not None and slot.chain_hash == self.batch.previous_hash:
                return side
        return None

    def _slots(self, epoch: int, first: int, last: int) -> dict[int, Slot]:
        """Give the places first to last of an epoch that are taken; those a batch may ask for are read once."""
        if epoch not in self.taken:
            before = self.batch.first_seq - 1
            device_id, through = self.device.device_id, before + len(self.read)
            self.taken[epoch] = logs.slots(self.connection, device_id, epoch, before, through)
        return {seq: slot for seq, slot in self.taken[epoch].items() if first <= seq <= last}


def _hashes(previous: str, read: Sequence[Read]) -> tuple[str, ...]:
    """Give the chain hash of each event."""
    found: list[str] = []
    for one in read:
        previous = chain(previous, one.data)
        found.append(previous)
    return tuple(found)
