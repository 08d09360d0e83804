"""Setup: what a computer keeps of its own to be a terminal: folder, keys and enrolment. Reads clocks and makes ids."""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uuid_utils
from PySide6.QtCore import QSize

from clubtill_desk.key_store import KeyStore
from clubtill_sync.client import Client
from clubtill_sync.signing import Signer, key_from_text, new_key, public_text
from clubtill_terminal.actions import enrol as enrolment
from clubtill_terminal.actions.recover import open_and_recover
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.screens.parts.theme import Look
from clubtill_terminal.store import incarnation
from clubtill_terminal.store.device import Device, find_device
from clubtill_terminal.store.engines import Store
from clubtill_terminal.store.opening import open_store
from clubtill_terminal.store.rescue import Rescued

STORE_KEY: Final = "store"
DEVICE_KEY: Final = "device"
CARD_KEY: Final = "cards"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a terminal is set up on this computer; everything else comes from the ledger.

    Attributes:
        folder: where the databases lie.
        ledger: the ledger's address.
        px_per_mm: of the glass, calibrated; 0 asks the screen.
        size: of the windows; None is the whole screen.
        staff_id: who is signed in at the start.
        public_side: show Reception's public side too, on a second screen where there is one (D5).
        now_us: the wall clock; a demo or a test may give another.
        machine: a folder of this machine that no backup takes along; None keeps no mark there (6.6).
    """

    folder: Path
    ledger: str
    look: Look
    size: QSize | None = None
    staff_id: str = ""
    public_side: bool = False
    demo: bool = False
    now_us: Callable[[], int] = lambda: time.time_ns() // 1_000  # noqa: TID251 - main reads the clock
    machine: Path | None = None


def new_id() -> str:
    """Make an event id: UUIDv7 as 32 hex digits."""
    return uuid_utils.uuid7().hex  # noqa: TID251 - main makes the ids


def mono_us() -> int:
    """Read the monotonic clock."""
    return time.monotonic_ns() // 1_000


def store_key(keys: KeyStore) -> bytes:
    """Give the key of the databases; the first start makes it."""
    key = keys.read(STORE_KEY)
    if key is None:
        key = secrets.token_bytes(32)
        keys.write(STORE_KEY, key)
    return key


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A terminal whose store is open: what was rescued on the way, who it is, and what signs for it."""

    store: Store
    rescued: Rescued | None
    device: Device
    signer: Signer
    terminal: Terminal


def begin(settings: Settings, keys: KeyStore) -> Begun:
    """Open the store of an enrolled terminal, whatever a bad disk or a restored backup did to it (C11, C29).

    Raises:
        Fault: what `open_and_recover` says, or `keystore.locked`.
        RuntimeError: this computer was not enrolled.
    """
    opened = open_and_recover(settings.folder, store_key(keys))
    if settings.machine is not None:
        incarnation.confirm(opened.store, settings.machine, secrets.token_hex(16))
    with opened.store.facts.begin() as facts:
        device = find_device(facts)
    key, card_key = keys.read(DEVICE_KEY), keys.read(CARD_KEY)
    if device is None or key is None or card_key is None:
        opened.store.close()
        raise RuntimeError("this computer is not enrolled")
    terminal = Terminal(
        store=opened.store,
        now_us=settings.now_us,
        mono_us=mono_us,
        new_id=new_id,
        boot_id=secrets.token_hex(8),
        card_key=card_key,
        device_id=device.device_id,
        terminal_id=device.terminal_id,
        demo=settings.demo,
    )
    signer = Signer(key_from_text(base64.b64encode(key).decode()), device.device_id)
    return Begun(store=opened.store, rescued=opened.rescued, device=device, signer=signer, terminal=terminal)


def enrol(settings: Settings, keys: KeyStore, code_text: str, name: str) -> None:
    """Make this computer a terminal of the ledger.

    Raises:
        Refusal, Fault: as `actions.enrol`. Nothing was kept; the same code may be tried again after a fault.
    """
    store = open_store(settings.folder, store_key(keys))
    try:
        key = new_key()
        client = Client(settings.ledger, None, now_us=settings.now_us, nonce=new_id)
        try:
            enrolled = enrolment.enrol(client, code_text=code_text, public_key=public_text(key), name=name)
        finally:
            client.close()
        keys.write(DEVICE_KEY, key.private_bytes_raw())
        keys.write(CARD_KEY, base64.b64decode(enrolled.card_key))
        enrolment.keep_enrolment(store, enrolled, incarnation=secrets.token_hex(16), at_us=settings.now_us())
        if settings.machine is not None:
            incarnation.note(store, settings.machine)
    finally:
        store.close()
