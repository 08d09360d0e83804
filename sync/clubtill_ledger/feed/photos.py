"""Photos: what may be one, how it gets to a member's card, and how terminals fetch it by its hash (D16, 6.7).

The ledger looks at a file's first bytes only and scales nothing: it takes thumbnails, and says how large they may be.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from clubtill_ledger.store import people, photos
from clubtill_ledger.store.devices import Device
from clubtill_ledger.store.engines import Connection, Store
from clubtill_rules.values.refusal import Refusal

BYTES_MAX: Final = 96 * 1024
SIDE_MAX: Final = 640
"""Pixels; a face on the door's panel is a third of that."""
_NAME: Final = re.compile(r"[0-9a-f]{64}")
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8"
_SIZES: Final = frozenset({0xC0, 0xC1, 0xC2})
"""Markers of JPEG's frames that everything reads: they tell height and width."""
_BARE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without a length."""


def photo(name: str, device: Device, store: Store) -> bytes:
    """Give a photo by its hash. Raises Refusal `revoked` or `unknown_photo`."""
    if device.revoked_us is not None:
        raise Refusal("revoked", drain=device.drain)
    found = store.read(partial(photos.find, name=name)) if _NAME.fullmatch(name) else None
    if found is None:
        raise Refusal("unknown_photo")
    return found


def check(body: bytes) -> str:
    """Give a photo's type, image/jpeg or image/png.

    Raises Refusal `photo.too_large` with `bytes_max`, `photo.type` for anything else than a JPEG or PNG that tells its
    size, or `photo.too_many_pixels` with `side_max`.
    """
    if len(body) > BYTES_MAX:
        raise Refusal("photo.too_large", bytes_max=BYTES_MAX)
    if body.startswith(_PNG) and body[12:16] == b"IHDR" and len(body) > len(_PNG) + 16:
        kind, sides = "image/png", struct.unpack(">II", body[16:24])
    else:
        kind, sides = "image/jpeg", next(_jpeg_sizes(body), (0, 0))
    if not all(sides):
        raise Refusal("photo.type")
    if max(sides) > SIDE_MAX:
        raise Refusal("photo.too_many_pixels", side_max=SIDE_MAX)
    return kind


def _jpeg_sizes(body: bytes) -> Iterator[tuple[int, int]]:
    """Give the size that each frame of a JPEG tells; nothing for another file, or one that is cut off before it."""
    at = len(_JPEG) if body.startswith(_JPEG) else len(body)
    while at + 9 <= len(body) and body[at] == 0xFF:  # noqa: PLR2004 - every marker begins with it
        marker = body[at + 1]
        if marker in _SIZES:
            height, width = struct.unpack(">HH", body[at + 5 : at + 9])
            yield height, width
        at += 2 if marker in _BARE else 2 + int.from_bytes(body[at + 2 : at + 4], "big")


def give(store: Store, club_id: str, person_id: str, body: bytes, *, now_us: int) -> str:
    """Keep a photo and put it on a member's card; the feed brings the card. Gives its hash.

    The photo's bucket and the card's are written one after the other: a photo that no card names yet harms nobody.
    Raises Refusal as `check`, or `unknown_member`.
    """
    kind = check(body)
    name = hashlib.sha256(body).hexdigest()
    standing = store.read(partial(people.by_person, club_id=club_id, person_id=person_id))
    if standing is None:
        raise Refusal("unknown_member")
    store.write(partial(photos.keep, name=name, kind=kind, body=body, now_us=now_us))
    old = store.write(partial(_on_card, club_id=club_id, person_id=person_id, name=name))
    if old and old != name and not store.read(partial(people.photo_is_used, name=old)):
        store.write(partial(photos.drop, name=old))
    return name


def _on_card(connection: Connection, club_id: str, person_id: str, name: str) -> str:
    """Put the hash on the card; give the one before."""
    card = people.by_person(connection, club_id, person_id)
    if card is None:
        raise Refusal("unknown_member")
    people.keep_member(connection, replace(card, photo=name), block=people.block_of(connection, card))
    return card.photo
