"""Reading: what an event's bytes say, and in which bucket they belong. What cannot be read is held, never dropped."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec

from clubtill_ledger.accept.soundness import bucket_of, sound
from clubtill_rules.values.ids import device_bucket
from clubtill_sync.wire.events import Event
from clubtill_sync.wire.opaque import stand_in_id as stand_in_id  # noqa: PLC0414 - the rooms above name it from here
from clubtill_sync.wire.versions import Body, BrokenEvent, UnknownEvent, decode_body, decode_event

LARGEST: Final = 2**53
"""No amount, count or instant of a real event comes near; a larger one could overflow a sum."""
_ODD: Final = re.compile(rb"[:\[,\s-](?:9[0-9]{15}|[0-9]{17})")
"""What a number that is too large cannot be written without; blanks before it are not skipped, which takes long."""
_NIL: Final = rb"\u0000"
"""What a text with a nil in it cannot be written without."""
_ID: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """An event as read. `reason` says why it is to be held; blank means that it can be posted."""

    data: bytes
    event_id: str
    bucket: int
    event: Event | None = None
    body: Body | None = None
    reason: str = ""

    @property
    def club_id(self) -> str:
        """The club whose fact this is; blank for an event that could not be read."""
        return self.body.club_id if self.body else ""

    @property
    def account_id(self) -> str:
        """The points account; blank for none."""
        return self.body.account_id if self.body else ""


def read(data: bytes, device_id: str) -> Read:
    """Read an event of a device."""
    own = device_bucket(device_id)
    try:
        event = decode_event(data)
    except BrokenEvent:
        return Read(data=data, event_id=stand_in_id(data), bucket=own, reason="broken")
    if not _ID.fullmatch(event.event_id):
        return Read(data=data, event_id=stand_in_id(data), bucket=own, reason="broken")
    one = Read(data=data, event_id=event.event_id, bucket=own, event=event)
    try:
        body = decode_body(event)
    except UnknownEvent:
        return replace(one, reason="unknown_kind")
    except BrokenEvent:
        return replace(one, reason="broken")
    if (_NIL in data or _ODD.search(data)) and not _bounded(msgspec.json.decode(data)):
        return replace(one, reason="broken")
    reason = "" if sound(body, device_id) else "broken"
    bucket = bucket_of(body, device_id)
    return Read(data=data, event_id=event.event_id, bucket=bucket, event=event, body=body, reason=reason)


def _bounded(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_bounded(one) for one in value.values())
    if isinstance(value, list):
        return all(_bounded(one) for one in value)
    if isinstance(value, int):
        return -LARGEST <= value <= LARGEST
    return not (isinstance(value, str) and "\x00" in value)
