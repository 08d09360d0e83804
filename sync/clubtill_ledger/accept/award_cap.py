"""Award cap: what one device may award in a day; what is beyond it waits for a manager (4.5 of the ledger design).

A stolen key can mint points, not goods. The count stands in the device's bucket and moves with the claim of the slots,
once for each event, so that the same events are held however often they are sent. Days are those of UTC.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from clubtill_ledger.accept.reading import Read
from clubtill_ledger.store import budgets
from clubtill_ledger.store.devices import Device
from clubtill_ledger.store.engines import Connection
from clubtill_ledger.store.logs import Slot
from clubtill_ledger.store.settings import utc_day
from clubtill_rules.points.budgets import AWARD_CAP_H, over_cap
from clubtill_sync.wire.events import SaleV1, SwipeV1
from clubtill_sync.wire.sale_events import SaleV2

AWARD_CAP: Final = "AWARD_CAP"
"""Flag of an event whose awards exceed what its device may give in a day. It is held, whole."""


def marked(connection: Connection, device: Device, fresh: Iterable[tuple[Slot, Read]]) -> tuple[Slot, ...]:
    """Give new slots, flagged where their event's awards exceed the device's cap of that day, and count the others."""
    slots: list[Slot] = []
    given: dict[str, int] = {}
    added: dict[str, int] = defaultdict(int)
    caps: dict[str, int] = {}
    for slot, one in fresh:
        award_h = awarded_h(one)
        if not award_h or one.body is None or one.reason:
            slots.append(slot)
            continue
        day = utc_day(slot.eff_us).isoformat()
        venue_id = getattr(one.body, "venue_id", "")
        if venue_id not in caps:
            caps[venue_id] = budgets.award_cap_of(connection, venue_id) or AWARD_CAP_H
        if day not in given:
            given[day] = budgets.awarded(connection, device.device_id, day)
        if over_cap(given[day] + added[day], award_h, caps[venue_id]):
            slots.append(replace(slot, flags=(*slot.flags, AWARD_CAP)))
            continue
        added[day] += award_h
        slots.append(slot)
    for day in sorted(added):
        budgets.count_awards(connection, device.device_id, day, given[day], added[day])
    return tuple(slots)


def awarded_h(one: Read) -> int:
    """Give the hundredths of a point that an event awards by its own word: of a sale, its fees, a visit, a birthday."""
    if isinstance(one.body, SaleV1):
        fees = sum(fee.points_h for fee in one.body.fees) if isinstance(one.body, SaleV2) else 0
        return one.body.award_h + fees
    if isinstance(one.body, SwipeV1):
        return one.body.visit_h + one.body.birthday_h
    return 0
