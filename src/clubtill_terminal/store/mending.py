"""Mending: puts one wrong byte of a page of an encrypted file right again; each page proves itself by its own HMAC.

SQLCipher 4 ends every page of 4096 bytes with the page's IV and an HMAC-SHA-512 over ciphertext, IV and page number. So a
page with one wrong byte is found by trying, and what passes is what was written, not a guess. Nothing is decrypted here.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

PAGE: Final = 4096
SALT: Final = 16
_MAC: Final = 64
_SALT_MASK: Final = 0x3A
_KDF_ROUNDS: Final = 2
_KEY_BYTES: Final = 32
_LOG_HEAD: Final = 32
_FRAME_HEAD: Final = 24
_BIG_ENDIAN: Final = 0x377F0683
_LITTLE_ENDIAN: Final = 0x377F0682
_BITS: Final = tuple(1 << bit for bit in range(8))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """A file's content after mending.

    Attributes:
        content: every page that could be mended is; the others are as they were.
        mended, lost: how many pages were put right, and how many are still wrong.
    """

    content: bytes
    mended: int
    lost: int


def _mac_key(key: bytes, salt: bytes) -> bytes:
    masked = bytes(byte ^ _SALT_MASK for byte in salt)
    return hashlib.pbkdf2_hmac("sha512", key, masked, _KDF_ROUNDS, _KEY_BYTES)


def _sealed(page: bytes, number: int) -> bytes:
    """Give what a page's HMAC is taken over, without the number; the file's salt stands before the first page's."""
    return page[SALT if number == 1 else 0 : -_MAC]


def _verifies(mac_key: bytes, page: bytes, number: int) -> bool:
    mac = hmac.digest(mac_key, _sealed(page, number) + struct.pack("<I", number), "sha512")
    return hmac.compare_digest(mac, page[-_MAC:])


def _changed(text: bytes, at: int, change: int) -> bytes:
    return text[:at] + bytes((text[at] ^ change,)) + text[at + 1 :]


def _flips(length: int) -> Iterator[tuple[int, int]]:
    """Give every change of one byte as (place, mask), those of a single bit first: they are what disks do."""
    yield from ((at, bit) for at in range(length) for bit in _BITS)
    yield from ((at, mask) for at in range(length) for mask in range(1, 256) if mask not in _BITS)


def _mended_page(mac_key: bytes, page: bytes, number: int) -> bytes | None:
    """Give the page with one byte put right, or None. A wrong byte in the HMAC itself shows by how little differs."""
    text, told = _sealed(page, number), page[-_MAC:]
    end = struct.pack("<I", number)
    right = hmac.digest(mac_key, text + end, "sha512")
    if sum(a != b for a, b in zip(right, told, strict=True)) == 1:
        return page[:-_MAC] + right
    start = len(page) - _MAC - len(text)
    empty = hmac.new(mac_key, digestmod=hashlib.sha512)
    before, reached = empty, 0
    for at, mask in _flips(len(text)):
        if at < reached:
            before, reached = empty, 0
        if at > reached:
            before = _after(before, text[reached:at])
            reached = at
        tried = _after(before, bytes((text[at] ^ mask,)) + text[at + 1 :] + end)
        if tried.digest() == told:
            return _changed(page, start + at, mask)
    return None


def _after(state: Any, text: bytes) -> Any:
    """Give a copy of a hash that has read some more."""
    copy = state.copy()
    copy.update(text)
    return copy


def mend_file(content: bytes, key: bytes) -> Mended:
    """Mend every page of a file. A file that was cut short is filled up with a page that is lost."""
    content += bytes(-len(content) % PAGE)
    salt = content[:SALT]
    if not _salt_fits(content, key, salt):
        salt = next((s for s in _salts(salt) if _salt_fits(content, key, s)), salt)
    mac_key = _mac_key(key, salt)
    pages, mended, lost = [], int(salt != content[:SALT]), 0
    for number in range(1, len(content) // PAGE + 1):
        page = content[(number - 1) * PAGE : number * PAGE]
        page = salt + page[SALT:] if number == 1 else page
        if not _verifies(mac_key, page, number):
            right = _mended_page(mac_key, page, number)
            mended, lost = mended + (right is not None), lost + (right is None)
            page = right or page
        pages.append(page)
    return Mended(content=b"".join(pages), mended=mended, lost=lost)


def _salt_fits(content: bytes, key: bytes, salt: bytes) -> bool:
    """Tell whether a salt is the file's: some early page verifies with it."""
    mac_key = _mac_key(key, salt)
    numbers = range(1, min(3, len(content) // PAGE) + 1)
    return any(_verifies(mac_key, content[(n - 1) * PAGE : n * PAGE], n) for n in numbers)


def _salts(salt: bytes) -> Iterator[bytes]:
    return (_changed(salt, at, mask) for at, mask in _flips(len(salt)))


# ------------------------------------------------------------------ the write-ahead log


def mend_log(content: bytes, key: bytes, salt: bytes) -> Mended:
    """Mend a write-ahead log. SQLite takes its first wrong frame for its end and drops all that was committed after it.

    A frame is mended only if its checksum, which runs on from frame to frame, proves it; else the log ends there, as
    after a power cut. `salt` is the first 16 bytes of the database.
    """
    head = _mended_head(content[:_LOG_HEAD])
    if head is None:
        return Mended(content=content, mended=0, lost=int(len(content) > _LOG_HEAD))
    summed = _checksum(head)
    state = struct.unpack(">II", head[24:32])
    mac_key, out = _mac_key(key, salt), [head]
    mended, at = int(head != content[:_LOG_HEAD]), _LOG_HEAD
    while at + _FRAME_HEAD + PAGE <= len(content):
        frame = content[at : at + _FRAME_HEAD + PAGE]
        after = _proved(frame, head, state, summed)
        if after is None:
            right = _mended_frame(frame, head, state, summed, mac_key)
            after = _proved(right, head, state, summed) if right is not None else None
            if right is None or after is None:
                break
            frame, mended = right, mended + 1
        out.append(frame)
        state = after
        at += len(frame)
    return Mended(content=b"".join(out) + content[at:], mended=mended, lost=0)


_Sum = tuple[int, int]
_Summing = Callable[[bytes, _Sum], _Sum]


def _checksum(head: bytes) -> _Summing:
    order = ">" if struct.unpack(">I", head[:4])[0] == _BIG_ENDIAN else "<"

    def summed(text: bytes, state: _Sum) -> _Sum:
        one, two = state
        words = struct.unpack(f"{order}{len(text) // 4}I", text)
        for first, second in zip(words[::2], words[1::2], strict=True):
            one = (one + first + two) & 0xFFFFFFFF
            two = (two + second + one) & 0xFFFFFFFF
        return one, two

    return summed


def _mended_head(head: bytes) -> bytes | None:
    if len(head) < _LOG_HEAD:
        return None
    tries = (_changed(head, at, mask) for at, mask in _flips(_LOG_HEAD))
    return next((one for one in (head, *tries) if _head_holds(one)), None)


def _head_holds(head: bytes) -> bool:
    known = struct.unpack(">I", head[:4])[0] in (_BIG_ENDIAN, _LITTLE_ENDIAN)
    return known and _checksum(head)(head[:24], (0, 0)) == struct.unpack(">II", head[24:32])


def _proved(frame: bytes, head: bytes, state: _Sum, summed: _Summing) -> _Sum | None:
    """Give the running checksum after a frame that belongs to this log and holds; else None."""
    if frame[8:16] != head[16:24]:
        return None
    after = summed(frame[_FRAME_HEAD:], summed(frame[:8], state))
    return after if after == struct.unpack(">II", frame[16:24]) else None


def _mended_frame(frame: bytes, head: bytes, state: _Sum, summed: _Summing, mac_key: bytes) -> bytes | None:
    """Give a frame with one byte put right; None for the end of the log, which is a frame of an older one."""
    salts = sum(a != b for a, b in zip(frame[8:16], head[16:24], strict=True))
    if salts:
        return frame[:8] + head[16:24] + frame[16:] if salts == 1 else None
    page = frame[_FRAME_HEAD:]
    number = struct.unpack(">I", frame[:4])[0]
    if not _verifies(mac_key, page, number):
        tries = (_changed(frame, at, mask) for at, mask in _flips(4))
        found = next((t for t in tries if _verifies(mac_key, page, struct.unpack(">I", t[:4])[0])), None)
        if found is not None:
            return found
        right = _mended_page(mac_key, page, number)
        return None if right is None else frame[:_FRAME_HEAD] + right
    sums = struct.pack(">II", *summed(page, summed(frame[:8], state)))
    if sum(a != b for a, b in zip(sums, frame[16:24], strict=True)) == 1:
        return frame[:16] + sums + frame[24:]
    tries = (_changed(frame, at, mask) for at, mask in _flips(8) if at > 3)  # noqa: PLR2004 - the size after commit
    return next((one for one in tries if _proved(one, head, state, summed) is not None), None)
