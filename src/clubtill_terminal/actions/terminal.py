"""Terminal: what an action works with. Built once by `main`; time and ids come from here, never from a clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from clubtill_sync.wire.versions import Body, encode_event
from clubtill_terminal.store.engines import Store

RULES_VERSION: Final = "1"
"""Named in every event (D30); raised when a rule gives another figure for the same facts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """An enrolled terminal.

    Attributes:
        now_us, mono_us: the wall clock, corrected by nothing, and the monotonic clock within `boot_id`.
        new_id: makes event ids, UUIDv7 as 32 hex digits.
        card_key: the installation's key for card digests.
        device_id, terminal_id: who this is to the ledger, and its place.
        locale: of receipts (U111).
    """

    store: Store
    now_us: Callable[[], int]
    mono_us: Callable[[], int]
    new_id: Callable[[], str]
    boot_id: str
    card_key: bytes
    device_id: str
    terminal_id: str
    demo: bool = False

    def event_bytes(self, event_id: str, body: Body, *, at_us: int, settings_version: str) -> bytes:
        """Write the bytes of an event, once; they are sent as they are for ever (I4)."""
        return encode_event(
            event_id=event_id,
            body=body,
            occurred_at_us=at_us,
            mono_us=self.mono_us(),
            boot_id=self.boot_id,
            rules_version=RULES_VERSION,
            settings_version=settings_version,
        )
