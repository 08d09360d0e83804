"""Releasing: posts an event that was held, as it would have been posted, at its own effective instant (C13, C25)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from clubtill_ledger.accept import bucket as posting
from clubtill_ledger.accept.effective import pinned
from clubtill_ledger.accept.events import post_event
from clubtill_ledger.accept.hold import Hold
from clubtill_ledger.accept.reading import Read
from clubtill_ledger.accept.replaying import read_again, slot_of
from clubtill_ledger.store import devices, held, logs
from clubtill_ledger.store.devices import Device
from clubtill_ledger.store.engines import Connection
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_rules.values.refusal import Refusal

RELEASED: Final = "RELEASED"
"""Flag of an event that was posted after it had been held."""


def release(connection: Connection, row: Any, *, shelf: SettingsShelf, now_us: int, judged: bool) -> frozenset[str]:
    """Post a held event whose bucket is `read_again(row).bucket`, and give its flags.

    Periods closed meanwhile date it to their pin. `judged`: a manager has looked at it, so that what the rules only
    doubt stands. Refuses `held.still` with `why`, the reason for which it cannot be posted. In a bucket that is not
    the row's own a second row is written there; the caller marks the first as moved, in a transaction of its own.
    """
    one = read_again(row)
    if one.reason:
        raise Refusal("held.still", why=one.reason)
    device = devices.find(connection, row.device_id)
    if device is None:
        raise Refusal("held.still", why="unknown_device")
    if one.bucket != row.bucket and logs.raw(connection, one.bucket, [one.event_id]):
        return frozenset()
    return _post(connection, row, one, replace(device, revoked_us=None), shelf=shelf, now_us=now_us, judged=judged)


def _post(
    connection: Connection, row: Any, one: Read, device: Device, *, shelf: SettingsShelf, now_us: int, judged: bool
) -> frozenset[str]:
    work = posting.begin(connection, shelf=shelf, device=device, bucket=one.bucket, now_us=now_us)
    work.judged = judged
    slot = pinned(replace(slot_of(row), event_bucket=one.bucket), work.pins.get(one.club_id, 0))
    try:
        flags = post_event(work, slot, one) | set(slot.flags) | {RELEASED}
    except Hold as still:
        raise Refusal("held.still", why=still.reason) from None
    settled: Mapping[str, Any] = {
        "status": held.POSTED,
        "reason": "",
        "flags": tuple(sorted({*row.flags, *flags})),
        "eff_us": work.eff_us.get(one.event_id, slot.eff_us),
        "known_seq": work.known_seq,
        "kind": one.event.kind if one.event else "",
        "version": one.event.version if one.event else 0,
        "club_id": one.club_id,
        "account_id": one.account_id,
    }
    if one.bucket == row.bucket:
        held.settle(connection, row.bucket, row.event_id, **settled)
    else:
        same = ("event_id", "device_id", "epoch", "seq", "bytes", "chain_hash", "received_us")
        kept = {name: row._mapping[name] for name in same}  # noqa: SLF001 - SQLAlchemy's way to a row's columns
        logs.keep_raw(connection, [kept | dict(settled) | {"bucket": one.bucket}])
    posting.finish(work)
    return frozenset(flags)
