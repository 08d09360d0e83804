"""Budgets: signed by the ledger's key, believed by a device that has pinned it at its enrolment (4.3, 6.1)."""

from __future__ import annotations

import base64
import binascii

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clubtill_sync.signing import public_from_text
from clubtill_sync.wire.budgets import BudgetRow


def sign(row: BudgetRow, key: Ed25519PrivateKey) -> BudgetRow:
    """Give a budget with the ledger's signature over its terms."""
    return msgspec.structs.replace(row, signature=base64.b64encode(key.sign(row.signed_text())).decode())


def is_genuine(row: BudgetRow, *, device_id: str, server_key_text: str) -> bool:
    """Tell whether a budget is this device's and was signed by the key that it has pinned (base64)."""
    try:
        public_from_text(server_key_text).verify(base64.b64decode(row.signature, validate=True), row.signed_text())
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return row.device_id == device_id
