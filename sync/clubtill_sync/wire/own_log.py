"""Own log: what the ledger has of a device's own log, for a device that was rolled back (6.6, C11)."""

from __future__ import annotations

import msgspec


class OwnEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event of the device as the ledger keeps it: exact bytes, its place in the chain, and what became of it."""

    seq: int
    event_id: str
    kind: str
    data: bytes
    chain: str
    status: str
    stream: int
    position: int
    flags: tuple[str, ...]


class OwnLog(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /v1/events?epoch=&from=`: the acknowledged events of one epoch from a number on; none is the end of it."""

    epoch: int
    events: tuple[OwnEvent, ...]
    server_time_us: int
