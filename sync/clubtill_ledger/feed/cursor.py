"""Cursor: the feed epoch and 66 positions, signed, opaque to whoever holds it (6.5)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from clubtill_ledger.store.installation import Installation
from clubtill_rules.values.ids import STREAMS
from clubtill_rules.values.refusal import Refusal

_TAG_BYTES: Final = 16
_VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How far a reader has come in each stream, and the moment of the last recall that it was told."""

    feed_epoch: int
    positions: tuple[int, ...]
    recalled_us: int = 0

    def moved(self, to: Mapping[int, int], recalled_us: int) -> Cursor:
        """Give the cursor after some streams moved on and recalls up to a moment were told."""
        moved = tuple(to.get(stream, position) for stream, position in enumerate(self.positions))
        return Cursor(feed_epoch=self.feed_epoch, positions=moved, recalled_us=max(self.recalled_us, recalled_us))


def start(feed_epoch: int) -> Cursor:
    """Give the cursor of a reader that knows nothing."""
    return Cursor(feed_epoch=feed_epoch, positions=(0,) * STREAMS)


def write(cursor: Cursor, this: Installation) -> str:
    """Write a cursor as text, signed with the installation's key."""
    packed = b"".join(_packed(number) for number in _numbers(cursor))
    return base64.urlsafe_b64encode(_tag(packed, this) + packed).decode().rstrip("=")


def read(text: str, this: Installation) -> Cursor:
    """Read a cursor; blank text is the start.

    Raises Refusal `cursor` for one that this ledger did not write, and `feed_epoch` for one from before a restore.
    """
    if not text:
        return start(this.feed_epoch)
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise Refusal("cursor") from None
    packed = data[_TAG_BYTES:]
    if not hmac.compare_digest(data[:_TAG_BYTES], _tag(packed, this)):
        raise Refusal("cursor")
    version, feed_epoch, recalled_us, *positions = _unpacked(packed)
    if version != _VERSION or len(positions) != STREAMS:
        raise Refusal("cursor")
    if feed_epoch != this.feed_epoch:
        raise Refusal("feed_epoch", feed_epoch=this.feed_epoch)
    return Cursor(feed_epoch=feed_epoch, positions=tuple(positions), recalled_us=recalled_us)


def accepted(text: str) -> tuple[int, ...]:
    """Give the positions of a cursor that `read` has accepted; blank text is the start."""
    if not text:
        return (0,) * STREAMS
    return tuple(_unpacked(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))[_TAG_BYTES:])[3:])


def _numbers(cursor: Cursor) -> tuple[int, ...]:
    return (_VERSION, cursor.feed_epoch, cursor.recalled_us, *cursor.positions)


def _tag(packed: bytes, this: Installation) -> bytes:
    return hmac.new(base64.b64decode(this.cursor_key), packed, hashlib.sha256).digest()[:_TAG_BYTES]


def _packed(number: int) -> bytes:
    """Write a number in groups of seven bits, the lowest first; all but the last group carry the high bit."""
    out = bytearray()
    while number > 0x7F:  # noqa: PLR2004 - seven bits
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _unpacked(packed: bytes) -> list[int]:
    numbers: list[int] = []
    number = shift = 0
    for byte in packed:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:  # noqa: PLR2004 - seven bits
            numbers.append(number)
            number = shift = 0
    return numbers
