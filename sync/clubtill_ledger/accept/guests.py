"""Guests: the register of guests and the head count (R52, R53). No points move; days follow the effective time."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from clubtill_ledger.accept.bucket import BucketWork
from clubtill_ledger.accept.hold import Hold
from clubtill_ledger.accept.sale_facts import Row, SettingsAt
from clubtill_ledger.store.logs import Slot
from clubtill_rules.door.guests import purge_day
from clubtill_rules.members.venue import Venue
from clubtill_rules.values.days import entry_day
from clubtill_sync.wire.door_events import GuestEntryV1, HeadCountV1
from clubtill_sync.wire.events import Event

ENTRY_DAY_DIFFERS = "DAY_DIFFERS"
"""Flag: the entry day by the effective time is another than the terminal's (3.1)."""


def rows_of_guest(event: Event, body: GuestEntryV1, eff_us: int, settings: SettingsAt) -> tuple[Row, ...]:
    """Give the line of the register, kept as long as the venue says. Raises Hold for a venue that is not known."""
    venue = _venue(event, body, settings)
    day = entry_day(eff_us, venue.clock)
    told = {"guest_key": body.key, "purge_day": purge_day(day, venue)}
    return (("guest_entry", msgspec.structs.asdict(body) | _own(event, eff_us, day) | told),)


def rows_of_head_count(event: Event, body: HeadCountV1, eff_us: int, settings: SettingsAt) -> tuple[Row, ...]:
    """Give the movement of the head count. Raises Hold for a venue that is not known."""
    day = entry_day(eff_us, _venue(event, body, settings).clock)
    return (("head_count", msgspec.structs.asdict(body) | _own(event, eff_us, day)),)


def post_guest(work: BucketWork, slot: Slot, event: Event, body: GuestEntryV1) -> frozenset[str]:
    """Keep a guest who was signed in, and give the flags."""
    return _keep(work, rows_of_guest(event, body, slot.eff_us, work.settings), body.entry_day)


def post_head_count(work: BucketWork, slot: Slot, event: Event, body: HeadCountV1) -> frozenset[str]:
    """Keep a movement of the head count, and give the flags."""
    return _keep(work, rows_of_head_count(event, body, slot.eff_us, work.settings), body.entry_day)


def _keep(work: BucketWork, rows: tuple[Row, ...], told: date) -> frozenset[str]:
    for table, row in rows:
        work.keep(table, row)
    return frozenset(ENTRY_DAY_DIFFERS for _, row in rows if row["entry_day"] != told)


def _venue(event: Event, body: GuestEntryV1 | HeadCountV1, settings: SettingsAt) -> Venue:
    now = settings(event.settings_version, body.entry_day)
    location = now.location(body.location_id)
    venue = now.venue(location.venue_id) if location else None
    if venue is None:
        raise Hold("unknown_settings")
    return venue


def _own(event: Event, eff_us: int, day: date) -> dict[str, Any]:
    return {"event_id": event.event_id, "eff_us": eff_us, "entry_day": day}
