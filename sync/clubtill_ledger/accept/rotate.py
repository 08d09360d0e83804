"""Rotate: a device exchanges its key; the old one signs the request, the new one proves itself (6.1)."""

from __future__ import annotations

import base64
import binascii
from functools import partial

import msgspec
from cryptography.exceptions import InvalidSignature

from clubtill_ledger.store import devices
from clubtill_ledger.store.devices import Device
from clubtill_ledger.store.engines import Connection, Store
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.signing import public_from_text
from clubtill_sync.wire.keys import Rotate, Rotated, proof_text


def rotate(body: bytes, device: Device, store: Store, now_us: int) -> Rotated:
    """Put a device's new key in the place of the old one; its id and its log stay. Again, it is the same answer.

    Raises Refusal `unreadable`, `signature` if the new key does not prove itself, `key_taken` if another device has it.
    """
    try:
        told = msgspec.json.decode(body, type=Rotate)
        key, proof = public_from_text(told.public_key), base64.b64decode(told.proof, validate=True)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, binascii.Error):
        raise Refusal("unreadable") from None
    try:
        key.verify(proof, proof_text(device.device_id, told.public_key))
    except InvalidSignature:
        raise Refusal("signature", why="signature") from None
    store.write(partial(_put, device=device, public_key=told.public_key))
    return Rotated(device_id=device.device_id, server_time_us=now_us)


def _put(connection: Connection, device: Device, public_key: str) -> None:
    holder = devices.by_key(connection, public_key)
    if holder is None:
        devices.change(connection, device.device_id, public_key=public_key)
    elif holder.device_id != device.device_id:
        raise Refusal("key_taken")
