"""Downloads: what is fetched by its name and never changes: chunks of a snapshot, photos; and the snapshot itself."""

from __future__ import annotations

from collections.abc import Sequence

from clubtill_ledger.feed import photos, snapshot
from clubtill_ledger.store.devices import Device
from clubtill_ledger.store.engines import Store
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.wire.snapshot import SnapshotAnswer


def fetch(
    parts: Sequence[str], device: Device, store: Store, shelf: SettingsShelf, now_us: int
) -> SnapshotAnswer | bytes:
    """Answer `snapshot`, `snapshot/{stream}/{name}` or `photos/{name}`; bytes as they are. Refuses as these do."""
    match parts:
        case ["snapshot"]:
            return snapshot.manifest(device, store, shelf, now_us)
        case ["snapshot", stream, name]:
            return snapshot.chunk(stream, name, device, store)
        case ["photos", name]:
            return photos.photo(name, device, store)
        case _:
            raise Refusal("unknown_call")
