"""Awaited: refunds that came before the sale they refund (C22). They are held, and posted as soon as it stands.

Both lie in one bucket, so the sale's own transaction posts what waits for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, NoReturn

from clubtill_ledger.accept.bucket import BucketWork
from clubtill_ledger.accept.hold import Hold
from clubtill_ledger.accept.reading import Read, read
from clubtill_ledger.store import awaiting, devices, logs
from clubtill_ledger.store.logs import Slot
from clubtill_sync.wire.refund_events import RefundV1

NOT_SEEN: Final = "sale_not_seen"
"""Reason of a held refund whose sale has not arrived."""

PostRefund = Callable[[BucketWork, Slot, Read, RefundV1], frozenset[str]]


def wait_for(work: BucketWork, sale_id: str, event_id: str) -> NoReturn:
    """Note that a refund waits for a sale, and hold it."""
    if not work.replaying:
        awaiting.note(work.connection, work.bucket, sale_id, event_id)
        work.gathered.note_waiting(sale_id)
    raise Hold(NOT_SEEN)


def post_awaited(work: BucketWork, sale_id: str, post: PostRefund) -> None:
    """Post the refunds that waited for a sale, in the order in which they came, each as of its own device.

    One that cannot be posted now either stays held, with the new reason.
    """
    if work.replaying or not work.gathered.waits_for(work.bucket, sale_id):
        return
    work.flush()  # it may have come in this very transaction
    for event_id in awaiting.taken(work.connection, work.bucket, sale_id):
        row = logs.raw(work.connection, work.bucket, [event_id]).get(event_id)
        device = devices.find(work.connection, row.device_id) if row is not None else None
        if row is None or device is None or (row.status, row.reason) != ("held", NOT_SEEN):
            continue
        one = read(bytes(row.bytes), row.device_id)
        if not isinstance(one.body, RefundV1):
            continue
        slot = Slot(
            device_id=row.device_id,
            epoch=row.epoch,
            seq=row.seq,
            event_id=row.event_id,
            event_bucket=work.bucket,
            chain_hash=row.chain_hash,
            received_us=row.received_us,
            eff_us=max(row.eff_us, work.pins.get(one.club_id, 0)),
        )
        settled = {"status": "posted", "reason": "", "known_seq": work.known_seq}
        try:
            flags = post(replace(work, device=device), slot, one, one.body)
            settled |= {"flags": tuple(sorted({*row.flags, *flags})), "eff_us": work.eff_us.get(event_id, slot.eff_us)}
        except Hold as hold:
            settled = {"reason": hold.reason}
        awaiting.settle(work.connection, work.bucket, event_id, settled)
        work.settled[event_id] = settled
