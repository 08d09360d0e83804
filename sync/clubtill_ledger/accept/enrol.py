"""Enrol: a terminal's key in exchange for a one-time code: ten minutes, single use, five tries (6.1)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import msgspec

from clubtill_ledger.store import devices, installation
from clubtill_ledger.store.devices import Device
from clubtill_ledger.store.engines import Connection, Store
from clubtill_rules.values.days import US_PER_S
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.signing import key_from_text, public_from_text, public_text
from clubtill_sync.wire.requests import Enrol, Enrolled

LIVES_US: Final = 600 * US_PER_S
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no letter that reads as a digit."""
_ID_LENGTH: Final = 4
_SECRET_LENGTH: Final = 8
_TEN_YEARS_US: Final = 10 * 365 * 86_400 * US_PER_S


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """What a try at a code came to, decided inside a transaction that is kept whatever the answer is."""

    device: Device | None
    terminal_id: str
    code: str


def make_code(
    store: Store, terminal_id: str, choose: Callable[[str], str], *, now_us: int, lives_us: int = LIVES_US
) -> str:
    """Make a one-time code for a terminal and give its text, which is kept nowhere.

    `choose` picks one character at random, such as `secrets.choice`.
    """
    code_id = "".join(choose(ALPHABET) for _ in range(_ID_LENGTH))
    secret = "".join(choose(ALPHABET) for _ in range(_SECRET_LENGTH))
    expires_us = now_us + min(lives_us, _TEN_YEARS_US)
    store.write(
        lambda connection: devices.keep_code(
            connection, code_id, _hash(code_id, secret), terminal_id, expires_us=expires_us
        )
    )
    return f"{code_id}-{secret[:4]}-{secret[4:]}"


def enrol(body: bytes, store: Store, now_us: int) -> Enrolled:
    """Enrol a device. The same code with the same key again gets the same answer.

    Raises Refusal `unreadable`, or `code` with nothing that tells which part of it is wrong.
    """
    try:
        told = msgspec.json.decode(body, type=Enrol)
        public_from_text(told.public_key)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError):
        raise Refusal("unreadable") from None
    tried = store.write(partial(_try, told=told, now_us=now_us))
    if tried.device is None:
        raise Refusal("code")
    this = store.read(installation.read)
    return Enrolled(
        device_id=tried.device.device_id,
        epoch=tried.device.epoch,
        server_key=public_text(key_from_text(this.server_key)),
        terminal_id=tried.device.terminal_id,
        server_time_us=now_us,
        card_key=this.card_key,
    )


def _try(connection: Connection, told: Enrol, now_us: int) -> _Tried:
    text = told.code.upper().replace("-", "").replace(" ", "")
    code_id, secret = text[:_ID_LENGTH], text[_ID_LENGTH:]
    row = devices.find_code(connection, code_id)
    none = _Tried(device=None, terminal_id="", code=code_id)
    if row is None or row.expires_us < now_us or row.tries_left < 1:
        return none
    if not hmac.compare_digest(row.secret_hash, _hash(code_id, secret)):
        devices.change_code(connection, code_id, tries_left=row.tries_left - 1)
        return none
    device_id = hashlib.sha256(base64.b64decode(told.public_key)).hexdigest()[:32]
    standing = devices.find(connection, device_id)
    if row.device_id:
        return _Tried(device=standing if row.device_id == device_id else None, terminal_id="", code=code_id)
    if standing is not None or devices.by_key(connection, told.public_key) is not None:
        return none
    made = Device(
        device_id=device_id,
        public_key=told.public_key,
        terminal_id=row.terminal_id,
        name=told.name[:80],
        epoch=1,
        incarnation="",
        boot_id="",
        clock_offset_us=0,
        hello_us=0,
        enrolled_us=now_us,
        revoked_us=None,
        drain=False,
        fork_us=None,
        store_version="",
        program_version="",
    )
    devices.enrol(connection, made)
    devices.change_code(connection, code_id, device_id=device_id)
    return _Tried(device=made, terminal_id=row.terminal_id, code=code_id)


def _hash(code_id: str, secret: str) -> str:
    return hashlib.sha256(f"{code_id}\x00{secret}".encode()).hexdigest()
