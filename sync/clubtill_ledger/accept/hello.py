"""Hello: where a device's log stands at both ends, how its clock runs, and which leases it holds (6.3, 6.6)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

import msgspec

from clubtill_ledger.accept.effective import offset_us
from clubtill_ledger.store import devices, installation, leases, logs
from clubtill_ledger.store.devices import Device
from clubtill_ledger.store.engines import Connection, Store
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.signing import START_OF_CHAIN
from clubtill_sync.wire.requests import Hello, HelloAnswer

EPOCHS_LOST_MAX: Final = 1_000
"""No device was given more epochs than this since any backup that somebody would put back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    state: str
    epoch: int
    next_seq: int
    head_hash: str
    again: bool


def hello(body: bytes, device: Device, store: Store, now_us: int, *, protocol_least: int = 1) -> HelloAnswer:
    """Compare the device's log with the ledger's copy of it.

    `state` is ok; behind: the ledger lost what it had acknowledged, send again from `next_seq`, and from 1 what was
    acknowledged in older epochs as well; ahead: the device was rolled back and goes on in the new `epoch`; fork:
    another log than the ledger's stands in the device's slots; revoked. `again`: the ledger lacks what it acknowledged
    to this device; it is said in every state, for a forked or revoked device may be the only one that still has it
    (I31). `too_old`: no points for this program.

    Raises Refusal `unreadable` or `epoch`.
    """
    try:
        told = msgspec.json.decode(body, type=Hello)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Refusal("unreadable") from None
    if not 1 <= told.epoch <= device.epoch + EPOCHS_LOST_MAX:
        raise Refusal("epoch", epoch=device.epoch)
    standing = store.write(partial(_compare, device=device, told=told, now_us=now_us))
    store.write(partial(_note, device=device, told=told, now_us=now_us))
    answer = store.read(partial(_answer, device=device, standing=standing, now_us=now_us))
    return msgspec.structs.replace(answer, too_old=told.protocol < protocol_least)


def _compare(connection: Connection, device: Device, told: Hello, now_us: int) -> _Standing:
    epoch = device.epoch
    out = "revoked" if device.revoked_us is not None else "fork" if device.fork_us is not None else ""
    if told.epoch > epoch:
        return _lost(connection, device, told, out or "behind")
    again = _lacks(connection, device, told)
    mark = logs.mark(connection, device.device_id, epoch)
    acked, head_hash = (mark.acked_seq, mark.chain_hash) if mark else (0, START_OF_CHAIN)

    def stand(state: str) -> _Standing:
        return _Standing(state=state, epoch=epoch, next_seq=acked + 1, head_hash=head_hash, again=again)

    if out:
        return stand(out)
    if told.epoch < epoch:
        return stand("ahead")
    if acked > told.head_seq:
        devices.change(connection, device.device_id, epoch=epoch + 1)
        return _Standing(state="ahead", epoch=epoch + 1, next_seq=1, head_hash=START_OF_CHAIN, again=again)
    if _differs(connection, device, told):
        devices.change(connection, device.device_id, fork_us=now_us)
        return stand("fork")
    return stand("behind" if again else "ok")


def _lacks(connection: Connection, device: Device, told: Hello) -> bool:
    """Tell whether what the device knows as acknowledged in its epoch is not here, or is another's (C26, C27)."""
    mark = logs.mark(connection, device.device_id, told.epoch)
    if told.acked_seq > (mark.acked_seq if mark else 0):
        return True
    if not told.acked_seq or not told.acked_hash:
        return False
    slots = logs.slots(connection, device.device_id, told.epoch, told.acked_seq, told.acked_seq)
    slot = slots.get(told.acked_seq)
    return slot is not None and slot.chain_hash != told.acked_hash


def _lost(connection: Connection, device: Device, told: Hello, state: str) -> _Standing:
    """Answer a device that is in an epoch of which this ledger was put back to before: everything is sent again (C26).

    The epoch stands again only once the device says that it holds what it had of older ones too; until then it is told
    the same, whatever answer is lost.
    """
    if told.gathered:
        devices.change(connection, device.device_id, epoch=told.epoch)
    return _Standing(state=state, epoch=told.epoch, next_seq=1, head_hash=START_OF_CHAIN, again=True)


def _differs(connection: Connection, device: Device, told: Hello) -> bool:
    """Tell whether the slot of the device's head holds another hash than the device says."""
    if told.head_seq == 0:
        return False
    slot = logs.slots(connection, device.device_id, told.epoch, told.head_seq, told.head_seq).get(told.head_seq)
    return slot is not None and slot.chain_hash != told.head_hash


def _note(connection: Connection, device: Device, told: Hello, now_us: int) -> None:
    devices.change(
        connection,
        device.device_id,
        clock_offset_us=offset_us(told.local_time_us, now_us),
        boot_id=told.boot_id,
        incarnation=told.incarnation,
        hello_us=now_us,
        store_version=told.store_version,
        program_version=told.program_version,
    )


def _answer(connection: Connection, device: Device, standing: _Standing, now_us: int) -> HelloAnswer:
    this = installation.read(connection)
    return HelloAnswer(
        state=standing.state,
        epoch=standing.epoch,
        next_seq=standing.next_seq,
        head_hash=standing.head_hash,
        ledger_epoch=this.ledger_epoch,
        feed_epoch=this.feed_epoch,
        server_time_us=now_us,
        leases=tuple(held.on_the_wire() for held in leases.of_device(connection, device.device_id)),
        again=standing.again,
    )
