"""Parked: sales put aside, shared by the tills of their location as documents of stream 64 (6.5, R73)."""

from __future__ import annotations

import msgspec

from clubtill_sync.wire.events import Int

KIND = "parked"
"""Kind of its documents; the id is the sale's, and a sold one is a deleted document."""


class ParkedSale(msgspec.Struct, frozen=True, kw_only=True):
    """A parked sale. `basket` is the exact JSON of the rules' basket; `holder` the device that took it, or blank."""

    parked_id: str
    location_id: str
    name: str
    device_id: str
    staff_id: str
    at_us: Int
    basket: msgspec.Raw
    holder: str = ""


class ParkAsk(msgspec.Struct, frozen=True, kw_only=True):
    """`POST /v1/parked`: put a sale aside, or back. `version` is 1 for a new one, else one more than what was taken."""

    parked_id: str
    version: Int
    name: str
    staff_id: str
    at_us: Int
    basket: msgspec.Raw


class TakeAsk(msgspec.Struct, frozen=True, kw_only=True):
    """`POST /v1/parked/{id}/take` and `/release`. The same `take_id` again is the same answer."""

    take_id: str
    staff_id: str


class ParkedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The sale as it stands now, and its version."""

    sale: ParkedSale
    version: int
    server_time_us: int
