"""Shifts: a drawer opened, cash moved out of it, the count at the end, and their postings (2.12, 0137).

The figures of the terminal stand; a variance closes a shift. Postings are made of these figures and sum to nil.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, TypeAlias

import msgspec

from clubtill_ledger.accept.bucket import BucketWork
from clubtill_ledger.accept.hold import Hold
from clubtill_ledger.accept.sale_facts import Row, SettingsAt, posting_row
from clubtill_ledger.store.logs import Slot
from clubtill_rules.sale.posting import Posting
from clubtill_rules.sale.shifts import MovementKind, close_postings, float_postings, out_postings
from clubtill_rules.values.days import trading_day
from clubtill_rules.values.money import Money
from clubtill_sync.wire.events import Event
from clubtill_sync.wire.shift_events import DrawerMovedV1, ShiftClosedV1, ShiftOpenedV1

ShiftEvent: TypeAlias = ShiftOpenedV1 | DrawerMovedV1 | ShiftClosedV1
DAY_DIFFERS = "DAY_DIFFERS"
"""Flag: the trading day by the effective time is another than the terminal's (3.1)."""


def post_shift(work: BucketWork, slot: Slot, event: Event, body: ShiftEvent) -> frozenset[str]:
    """Keep what happened to a shift, and give the flags. Raises Hold for a venue that is not known."""
    day = _day(event, body, slot.eff_us, work.settings)
    for table, row in rows_of_shift(event, body, slot.eff_us, work.settings):
        work.keep(table, row)
    return frozenset({DAY_DIFFERS} if day != body.trading_day else ())


def rows_of_shift(event: Event, body: ShiftEvent, eff_us: int, settings: SettingsAt) -> Iterator[Row]:
    """Give the rows of what happened to a shift. Raises Hold for a venue that is not known."""
    own = {"event_id": event.event_id, "eff_us": eff_us, "trading_day": _day(event, body, eff_us, settings)}
    yield "shift", msgspec.structs.asdict(body) | _told(event, body) | own
    for n, posting in enumerate(_postings(body), start=1):
        yield "posting", posting_row(event.event_id, n, posting)
    if isinstance(body, ShiftClosedV1):
        for counted in body.counted:
            yield "shift_count", msgspec.structs.asdict(counted) | {"event_id": event.event_id}
        for medium in body.media:
            yield "shift_medium", msgspec.structs.asdict(medium) | {"event_id": event.event_id}


def _told(event: Event, body: ShiftEvent) -> dict[str, Any]:
    match body:
        case ShiftOpenedV1():
            return {"shift_id": event.event_id, "kind": "opened", "amount_minor": body.float_minor}
        case DrawerMovedV1():
            return {"kind": body.kind}
        case _:
            return {"kind": "closed", "amount_minor": body.float_minor}


def _postings(body: ShiftEvent) -> tuple[Posting, ...]:
    match body:
        case ShiftOpenedV1():
            return float_postings(body.cash_media, Money(body.float_minor))
        case DrawerMovedV1():
            return out_postings(body.cash_media, MovementKind(body.kind), Money(-body.amount_minor))
        case _:
            return close_postings(body.cash_media, Money(body.expected_minor), Money(body.counted_minor))


def _day(event: Event, body: ShiftEvent, eff_us: int, settings: SettingsAt) -> date:
    now = settings(event.settings_version, body.trading_day)
    location = now.location(body.location_id)
    venue = now.venue(location.venue_id) if location else None
    if venue is None:
        raise Hold("unknown_settings")
    return trading_day(eff_us, venue.clock)
