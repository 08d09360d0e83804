"""UIDs: the number of a contactless tag in one canonical form, whatever its reader makes of it (R87).

A UID is an identifier, not a secret: anybody can copy it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from clubtill_rules.values.refusal import Refusal

LENGTHS: Final = (4, 7, 10)
RANDOM: Final = 0x08
"""First byte of a 4-byte UID that is made up anew at each tap, as phones do."""
CASCADE: Final = 0x88
"""First byte of a UID that goes on: a 4-byte number that begins with it is a longer UID cut short."""
_DECIMAL: Final = re.compile(r"[0-9]{1,25}")
_HEX: Final = re.compile(r"(?:[0-9A-Fa-f]{2})+")


@dataclass(frozen=True, slots=True, kw_only=True)
class UidProfile:
    """How a reader writes a UID.

    Attributes:
        decimal: as one decimal number, otherwise as hex.
        reversed: last byte first.
        truncates: only the first four bytes as sent, which for longer UIDs are the cascade byte and three of the UID.
    """

    decimal: bool = False
    reversed: bool = False
    truncates: bool = False


def read_uid(uid: bytes) -> str:
    """Give the canonical text of a UID in on-air order, byte 0 first: its length, a colon, upper-case hex (R87).

    Raises:
        Refusal: `card.random_uid` for a number that changes at each tap, `card.uid_truncated` for a longer UID cut
            short, `card.unreadable` for any other length than 4, 7 or 10 bytes.
    """
    if len(uid) not in LENGTHS:
        raise Refusal("card.unreadable")
    if len(uid) == LENGTHS[0] and uid[0] == RANDOM:
        raise Refusal("card.random_uid")
    if len(uid) == LENGTHS[0] and uid[0] == CASCADE:
        raise Refusal("card.uid_truncated")
    return f"{len(uid)}:{uid.hex().upper()}"


def written(uid: bytes, profile: UidProfile) -> str:
    """Write a UID as a reader with this profile does: decimal, or upper-case hex."""
    sent = (bytes([CASCADE]) + uid[:3] if len(uid) > LENGTHS[0] else uid) if profile.truncates else uid
    ordered = sent[::-1] if profile.reversed else sent
    return str(int.from_bytes(ordered)) if profile.decimal else ordered.hex().upper()


def uid_of(reader_text: str, profile: UidProfile) -> bytes:
    """Read what a reader wrote back into a UID in on-air order (R87).

    A decimal number has the shortest of the three lengths that it fits into.

    Raises:
        Refusal: `card.unreadable` if the text is no such number.
    """
    if not (_DECIMAL if profile.decimal else _HEX).fullmatch(reader_text):
        raise Refusal("card.unreadable")
    value = int(reader_text, 10 if profile.decimal else 16)
    if profile.decimal:
        lengths = [length for length in LENGTHS if value < 256**length]
    else:
        lengths = [length for length in LENGTHS if len(reader_text) == 2 * length]
    if not lengths:
        raise Refusal("card.unreadable")
    ordered = value.to_bytes(lengths[0])
    return ordered[::-1] if profile.reversed else ordered


def check_profile_for_new_cards(profile: UidProfile) -> None:
    """Refuse to give out cards at a reader that cuts 7-byte UIDs short: two cards could be one (R87).

    Raises:
        Refusal: `card.uid_truncated`.
    """
    if profile.truncates:
        raise Refusal("card.uid_truncated")
