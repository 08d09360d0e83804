"""Keys: a device's new key, signed by the old one, and the file in which a device's queue travels by hand (6.1)."""

from __future__ import annotations

import msgspec

from clubtill_sync.wire.events import Int


class Rotate(msgspec.Struct, frozen=True, kw_only=True):
    """`POST /v1/rotate`, signed by the old key; signed by the new one it is the same call again.

    `public_key` is the new key, `proof` its signature of `proof_text`; both base64.
    """

    public_key: str
    proof: str


class Rotated(msgspec.Struct, frozen=True, kw_only=True):
    """The new key stands; what the old one signs is refused from now on."""

    device_id: str
    server_time_us: int


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """What an export file holds, sealed: one epoch of a device's log as far as it is kept, with its chain.

    `first_seq` follows `previous_hash`; the chain over `events`, exact bytes, ends in `head_hash`.
    """

    device_id: str
    epoch: Int
    first_seq: Int
    previous_hash: str
    head_hash: str
    events: tuple[bytes, ...]


class ExportHead(msgspec.Struct, frozen=True, kw_only=True):
    """The readable first line of an export file: whose it is and who signed it. It tells nothing of any event."""

    format: int
    device_id: str
    made_us: Int
    events: Int
    nonce: str
    signature: str


def proof_text(device_id: str, public_key: str) -> bytes:
    """Give what a new key signs to prove that its holder has it."""
    return f"clubtill rotate\n{device_id}\n{public_key}".encode()
