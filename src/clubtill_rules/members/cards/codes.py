"""Codes: what a barcode or QR code of ours holds, and how any scanned code is read (R86).

A code of ours is `CT`, an opaque id of 10 bytes in base 32, and a check character by ISO 7064 MOD 37-2. It tells
nothing of its holder; one wrong character or two swapped ones never make another code. Making ids is not done here.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from typing import Final

from clubtill_rules.members.cards.masks import CardMask, CardText, MaskKind, Reading, Source, readings
from clubtill_rules.values.refusal import Refusal

PREFIX: Final = "CT"
ID_BYTES: Final = 10
"""80 random bits: cannot be guessed, and whole characters of base 32."""

_CHARACTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"
_MODULUS: Final = 37
_OURS: Final = re.compile(r"CT([A-Z2-7]{16})([0-9A-Z*])")
_NEARLY_OURS: Final = re.compile(r"CT[0-9A-Z*]{17}")


def card_code(opaque_id: bytes) -> str:
    """Write an opaque id of 10 bytes as the 19 characters of a barcode or QR code (R86)."""
    if len(opaque_id) != ID_BYTES:
        raise ValueError(f"an opaque id has {ID_BYTES} bytes, not {len(opaque_id)}")
    text = PREFIX + base64.b32encode(opaque_id).decode("ascii")
    return text + check_character(text)


def opaque_id_of(code_text: str) -> bytes | None:
    """Read the opaque id of a code of ours, in either case; None if the code is something else.

    Raises:
        Refusal: `card.unreadable` if it has the shape of ours and its check character is wrong.
    """
    code = code_text.strip().upper()
    if not _NEARLY_OURS.fullmatch(code):
        return None
    found = _OURS.fullmatch(code)
    if not found or check_character(code[:-1]) != code[-1]:
        raise Refusal("card.unreadable")
    return base64.b32decode(found[1])


def read_scan(code_text: str, masks: Iterable[CardMask]) -> CardText | None:
    """Read a scanned code: one of ours, or by the masks; None if neither, and the products are looked up (R84, R86).

    Raises:
        Refusal: `card.unreadable` for a code of ours whose check character is wrong.
    """
    if opaque_id_of(code_text) is not None:
        return CardText(readings=(Reading(text=code_text.strip().upper(), kind=MaskKind.CARD),))
    found = readings(masks, [(Source.CODE, code_text.strip())])
    return CardText(readings=found) if found else None


def check_character(text: str) -> str:
    """Give the ISO 7064 MOD 37-2 check character of digits and capital letters."""
    total = 0
    for character in text:
        total = (total + _CHARACTERS.index(character)) * 2 % _MODULUS
    return _CHARACTERS[(1 - total) % _MODULUS]
