"""Signed: who sent a request (6.2). First the signature, then the clock, then the nonce: never in another order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from clubtill_ledger.store import devices
from clubtill_ledger.store.devices import Device
from clubtill_ledger.store.engines import Store
from clubtill_rules.values.days import US_PER_S
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.signing import WINDOW_S, BadSignature, claimed, public_from_text, verify

DRAIN_BYTES: Final = 4_096
"""A body above this is a drain: about forty events. What a sale or a visit sends is below a tenth of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRequest:
    """A request as it arrived: raw path and query, lower-case header names, the body still in its content coding."""

    method: str
    authority: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


def sender(request: SignedRequest, store: Store, now_us: int) -> Device:
    """Give the device that sent a request. Raises Refusal `signature`, `clock` or `nonce`: sign again, send again."""
    try:
        device = store.read(partial(devices.find, device_id=claimed(request.headers).keyid))
    except BadSignature as bad:
        raise Refusal("signature", why=bad.why) from None
    if device is None:
        raise Refusal("signature", why="signature")
    try:
        told = verify(
            request.method,
            request.authority,
            request.path,
            request.query,
            request.headers,
            request.body,
            public_from_text(device.public_key),
        )
    except BadSignature as bad:
        raise Refusal("signature", why=bad.why) from None
    if abs(told.created_s * US_PER_S - now_us) > WINDOW_S * US_PER_S:
        raise Refusal("clock")
    window_us = 2 * WINDOW_S * US_PER_S
    fresh = store.write(
        lambda connection: devices.use_nonce(
            connection, device.device_id, told.nonce, now_us=now_us, window_us=window_us
        ),
        long=len(request.body) > DRAIN_BYTES,
    )
    if not fresh:
        raise Refusal("nonce")
    return device
