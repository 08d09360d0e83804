"""Imports: a device's queue that came by hand is taken in as by network: same acceptance, same idempotency (6.1, C14).

Signed by the device's key it is the device's own. Unsigned, for the key may be lost with the disk, it needs a
manager's word. What a revoked device exported is held, as if it had drained (I33, F32).
"""

from __future__ import annotations

import base64
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

import msgspec

from clubtill_ledger.accept import events
from clubtill_ledger.accept.hello import EPOCHS_LOST_MAX
from clubtill_ledger.store import devices, installation
from clubtill_ledger.store.engines import Store
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_rules.values.refusal import Refusal
from clubtill_sync import export_file
from clubtill_sync.export_file import BadExport
from clubtill_sync.signing import chain, public_from_text
from clubtill_sync.wire.keys import Export
from clubtill_sync.wire.opaque import opaque
from clubtill_sync.wire.requests import EventsBatch

BATCH: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a file: the device, and how many events were posted, duplicate or held."""

    device_id: str
    events: int
    became: Counter[str] = field(default_factory=Counter)
    forked: bool = False


def take_in(content: bytes, store: Store, shelf: SettingsShelf, now_us: int, *, by_word: bool = False) -> Imported:
    """Take in an export file.

    Args:
        content: the file.
        store: the ledger's.
        shelf: the ledger's.
        now_us: now.
        by_word: a manager vouches for a file that is not signed.

    Raises Refusal `import.unreadable`, `import.other_installation`, `import.signature`, `import.chain`,
    `import.unknown_device`, `import.gap` with `expected` if earlier events are missing, or `epoch`. What was taken in
    before stays, and the same file may come again.
    """
    try:
        told = _read(content, store, by_word=by_word)
    except BadExport as bad:
        raise Refusal(f"import.{bad.why}") from None
    device = store.read(partial(devices.find, device_id=told.device_id))
    if device is None:
        raise Refusal("import.unknown_device")
    if told.epoch > device.epoch + EPOCHS_LOST_MAX:
        raise Refusal("epoch")
    if told.epoch > device.epoch:  # this ledger was put back to before that epoch (C26)
        store.write(lambda connection: devices.change(connection, told.device_id, epoch=told.epoch))
        device = replace(device, epoch=told.epoch)
    device = replace(device, drain=True)  # the file is in a manager's hand: what a revoked device says is held
    became: Counter[str] = Counter()
    forked, before = False, told.previous_hash
    for start in range(0, len(told.events), BATCH):
        some = told.events[start : start + BATCH]
        batch = EventsBatch(
            epoch=told.epoch,
            first_seq=told.first_seq + start,
            previous_hash=before,
            events=tuple(opaque(event) for event in some),
        )
        try:
            answer = events.accept(msgspec.json.encode(batch), device, store, shelf, now_us)
            became.update(result.status for result in answer.results)
        except Refusal as no:
            if no.code == "gap":
                raise Refusal("import.gap", expected=no.facts["expected"], first=told.first_seq) from None
            if no.code != "fork":
                raise
            forked = True  # both logs are kept, and somebody must look (I30)
        for event in some:
            before = chain(before, event)
    return Imported(device_id=told.device_id, events=len(told.events), became=became, forked=forked)


def _read(content: bytes, store: Store, *, by_word: bool) -> Export:
    head = export_file.head_of(content)
    device = store.read(partial(devices.find, device_id=head.device_id))
    if device is None:
        raise Refusal("import.unknown_device")
    this = store.read(installation.read)
    key = None if by_word and not head.signature else public_from_text(device.public_key)
    return export_file.read(content, installation_key=base64.b64decode(this.card_key), public_key=key)
