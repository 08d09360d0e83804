"""Reading: what an event's bytes say, and in which bucket they belong. What cannot be read is held, never dropped."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec

from clubtill_rules.values.ids import account_bucket, device_bucket
from clubtill_sync.wire.events import AdmissionV1, Event, SaleV1, SwipeV1
from clubtill_sync.wire.opaque import stand_in_id as stand_in_id  # noqa: PLC0414 - the rooms above name it from here
from clubtill_sync.wire.versions import Body, BrokenEvent, UnknownEvent, decode_body, decode_event

LARGEST: Final = 2**53
"""No amount, count or instant of a real event comes near; a larger one could overflow a sum."""
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
    if not _bounded(msgspec.json.decode(data)):
        return replace(one, reason="broken")
    bucket = account_bucket(body.club_id, body.account_id) if body.account_id and body.club_id else own
    return replace(one, body=body, bucket=bucket, reason="" if _sound(body, device_id) else "broken")


def _bounded(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_bounded(one) for one in value.values())
    if isinstance(value, list):
        return all(_bounded(one) for one in value)
    if isinstance(value, int):
        return -LARGEST <= value <= LARGEST
    return not (isinstance(value, str) and "\x00" in value)


def _sound(body: Body, device_id: str) -> bool:
    """Tell whether an event keeps what every honest terminal keeps; one that does not is a manager's to judge."""
    if isinstance(body, SaleV1):
        spent = [spend.amount_h for spend in body.lease_spends]
        return (
            body.device_id == device_id
            and min((0, body.award_h, body.points_used_h, *spent)) == 0
            and sum(spent) == body.points_used_h
            and (bool(body.account_id) or not (body.award_h or body.points_used_h))
            and len({line.n for line in body.lines}) == len(body.lines)
        )
    if isinstance(body, SwipeV1):
        return (
            body.device_id == device_id
            and min(0, body.visit_h, body.birthday_h) == 0
            and (bool(body.account_id and body.person_id) or not (body.visit_h or body.birthday_h))
        )
    if isinstance(body, AdmissionV1):
        return body.device_id == device_id and body.guests >= 0
    return body.device_id == device_id and body.spent_h >= 0
