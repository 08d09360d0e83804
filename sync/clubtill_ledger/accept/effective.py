"""Effective time: the one instant that the ledger gives an event, once (3.1 of its design; R3, D38)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from clubtill_ledger.store.devices import Device
from clubtill_ledger.store.logs import Slot
from clubtill_rules.points import effective as rules
from clubtill_rules.values.days import US_PER_S
from clubtill_sync.wire.events import Event

NOISE_US: Final = 2 * US_PER_S
"""An offset below this is the time that a hello takes, not a wrong clock."""


def offset_us(local_us: int, now_us: int) -> int:
    """Give the correction of a terminal's clock from its handshake; 0 for what the network's delay may cause."""
    found = now_us - local_us
    return found if abs(found) > NOISE_US else 0


def effective(
    event: Event | None, device: Device, *, received_us: int, previous_us: int
) -> tuple[int, tuple[str, ...]]:
    """Give the effective instant of an event and its flags.

    The terminal's time, corrected by the offset of its last handshake if the clock has run on since (same boot), is
    not after the receipt and not before the previous event of the epoch. Moving it by more than five minutes sets a
    flag; so does a clock more than five minutes ahead of the ledger's, wherever the correction put it (R3, D38).
    """
    if event is None:
        return max(received_us, previous_us), ()
    same_boot = event.boot_id and event.boot_id == device.boot_id
    given = rules.effective(
        event.occurred_at_us,
        received_us=received_us,
        previous_us=previous_us,
        offset_us=device.clock_offset_us if same_boot else 0,
    )
    return given.eff_us, given.flags


def pinned(slot: Slot, pin_us: int) -> Slot:
    """Date an event to the begin of the periods that are still open, if its own instant is before that (C8, LATE)."""
    given = rules.effective(slot.eff_us, received_us=slot.received_us, previous_us=slot.eff_us, pin_us=pin_us)
    return replace(slot, eff_us=given.eff_us, flags=(*slot.flags, *given.flags)) if given.flags else slot
