"""Opaque: how the exact bytes of an event cross the wire that are no JSON, and how they are named (6.4, I4, I9).

An event is an object. A text that begins with `base64:` stands for the bytes it spells: so a device sends an event that
the ledger could not read in its own place of the log, under the same chain. The ledger keeps the bytes and holds it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Final

import msgspec

_BEGIN: Final = b'"base64:'


def opaque(data: bytes) -> msgspec.Raw:
    """Write any bytes as an element of a batch."""
    return msgspec.Raw(_BEGIN + base64.b64encode(data) + b'"')


def exact(element: msgspec.Raw | bytes) -> bytes:
    """Give the bytes of an element of a batch: those it spells, or its own."""
    data = bytes(element)
    if not data.startswith(_BEGIN) or not data.endswith(b'"'):
        return data
    try:
        return base64.b64decode(data[len(_BEGIN) : -1], validate=True)
    except binascii.Error:
        return data


def stand_in_id(data: bytes) -> str:
    """Name bytes that have no id of their own, or claim another event's: always the same for the same bytes."""
    return hashlib.sha256(data).hexdigest()[:32]
