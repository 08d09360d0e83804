"""Mending: puts one wrong byte of a page of an encrypted file right again; each page proves itself by its own HMAC.

SQLCipher 4 ends every page of 4096 bytes with its IV and an HMAC-SHA-512 over ciphertext, IV and page number. A wrong
byte is found by trying, and what passes is what was written, not a guess. Nothing is decrypted here.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

PAGE: Final = 4096
SALT: Final = 16
PROOF_PAGES: Final = 3
"""So many pages from the beginning are asked whether a salt and a key are the file's."""
_MAC: Final = 64
_SALT_MASK: Final = 0x3A
_KDF_ROUNDS: Final = 2
_KEY_BYTES: Final = 32
_LOG_HEAD: Final = 32
_FRAME_HEAD: Final = 24
_FRAME: Final = _FRAME_HEAD + PAGE
_BIG_ENDIAN: Final = 0x377F0683
_LITTLE_ENDIAN: Final = 0x377F0682
_WORD: Final = 0xFFFFFFFF
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


def _flips(length: int, *, bits_only: bool = False) -> Iterator[tuple[int, int]]:
    """Give every change of one byte as (place, mask), those of a single bit first: they are what disks do."""
    yield from ((at, bit) for at in range(length) for bit in _BITS)
    if not bits_only:
        yield from ((at, mask) for at in range(length) for mask in range(1, 256) if mask not in _BITS)


def _mended_page(mac_key: bytes, page: bytes, number: int, *, bits_only: bool) -> bytes | None:
    """Give the page with one byte put right, or None. A wrong byte in the HMAC itself shows by how little differs."""
    text, told = _sealed(page, number), page[-_MAC:]
    end = struct.pack("<I", number)
    right = hmac.digest(mac_key, text + end, "sha512")
    if sum(a != b for a, b in zip(right, told, strict=True)) == 1:
        return page[:-_MAC] + right
    start = len(page) - _MAC - len(text)
    empty = hmac.new(mac_key, digestmod=hashlib.sha512)
    before, reached = empty, 0
    for at, mask in _flips(len(text), bits_only=bits_only):
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
    """Mend every page of a file. A file that was cut short is filled up with a page that is lost.

    A page of which any byte may be wrong is searched for some 15 s. Several wrong pages are a torn disk: of those, only
    single bits are tried, half a second each.
    """
    content += bytes(-len(content) % PAGE)
    salt = salt_of(content, key)
    mac_key = _mac_key(key, salt)
    pages = {n: content[(n - 1) * PAGE : n * PAGE] for n in range(1, len(content) // PAGE + 1)}
    pages[1] = salt + pages[1][SALT:]
    wrong = [number for number, page in pages.items() if not _verifies(mac_key, page, number)]
    mended, lost = int(salt != content[:SALT]), 0
    for number in wrong:
        right = _mended_page(mac_key, pages[number], number, bits_only=len(wrong) > 1)
        mended, lost = mended + (right is not None), lost + (right is None)
        pages[number] = right or pages[number]
    return Mended(content=b"".join(pages.values()), mended=mended, lost=lost)


def salt_of(content: bytes, key: bytes) -> bytes:
    """Give a file's salt, its first 16 bytes, put right if one of them is wrong."""
    salt = content[:SALT]
    if _salt_fits(content, key, salt):
        return salt
    tries = (_changed(salt, at, mask) for at, mask in _flips(len(salt)))
    return next((one for one in tries if _salt_fits(content, key, one)), salt)


def verifies(content: bytes, key: bytes) -> bool:
    """Tell whether a key is a file's: some early page proves it, with the salt put right."""
    return _salt_fits(content, key, salt_of(content, key))


def _salt_fits(content: bytes, key: bytes, salt: bytes) -> bool:
    """Tell whether a salt is the file's: some early page verifies with it."""
    mac_key = _mac_key(key, salt)
    numbers = range(1, min(PROOF_PAGES, len(content) // PAGE) + 1)
    return any(_verifies(mac_key, content[(n - 1) * PAGE : n * PAGE], n) for n in numbers)


# ------------------------------------------------------------------ the write-ahead log


def mend_log(content: bytes, key: bytes, salt: bytes) -> Mended:
    """Mend a write-ahead log. SQLite takes its first wrong frame for its end and drops all that was committed after it.

    The checksum runs on from frame to frame, and from its difference follows which byte may be wrong; the page's own
    HMAC and the next frame decide. What they do not prove ends the log, as after a power cut.

    Args:
        content: the log as it was found.
        key: of the database.
        salt: of the database, its first 16 bytes.
    """
    head = _mended_head(content[: _LOG_HEAD + _FRAME])
    if head is None:
        return Mended(content=content, mended=0, lost=int(len(content) > _LOG_HEAD))
    log = _Log(head=head, salt=salt, mac_key=_mac_key(key, salt))
    state, out, mended, at = log.start, [head], int(head != content[:_LOG_HEAD]), _LOG_HEAD
    while at + _FRAME <= len(content):
        frame = content[at : at + _FRAME]
        right = frame if log.proved(frame, state) else log.mended(frame, state, content[at + _FRAME : at + 2 * _FRAME])
        if right is None:
            break
        out.append(right)
        mended += right != frame
        state = _sums_of(right)
        at += _FRAME
    return Mended(content=b"".join(out) + content[at:], mended=mended, lost=0)


def folded(content: bytes, log: bytes) -> bytes:
    """Give a database with what its log committed put in, as a checkpoint does. Pages carry their own proof along."""
    if len(log) <= _LOG_HEAD or not _head_holds(log[:_LOG_HEAD]):
        return content
    this = _Log(head=log[:_LOG_HEAD], salt=b"", mac_key=b"")
    state, waiting = this.start, dict[int, bytes]()
    pages = {n + 1: content[n * PAGE : (n + 1) * PAGE] for n in range(-(-len(content) // PAGE))}
    for at in range(_LOG_HEAD, len(log) - _FRAME + 1, _FRAME):
        frame = log[at : at + _FRAME]
        if not this.proved(frame, state):
            break
        state = _sums_of(frame)
        number, size = struct.unpack(">II", frame[:8])
        waiting[number] = frame[_FRAME_HEAD:]
        if size:
            pages = {n: page for n, page in (pages | waiting).items() if n <= size}
            waiting = {}
    return b"".join(pages.get(n, b"").ljust(PAGE, b"\0") for n in range(1, max(pages, default=0) + 1))


_Sum = tuple[int, int]


def _sums_of(frame: bytes) -> _Sum:
    one, two = struct.unpack(">II", frame[16:24])
    return one, two


def _mended_head(start: bytes) -> bytes | None:
    """Give the header as it holds, with one byte put right if need be; of several, the first frame chooses."""
    head, frame = start[:_LOG_HEAD], start[_LOG_HEAD:]
    if len(frame) < _FRAME or _head_holds(head):
        return head if len(frame) == _FRAME else None
    tries = [one for one in (_changed(head, at, mask) for at, mask in _flips(_LOG_HEAD)) if _head_holds(one)]
    logs = [_Log(head=one, salt=b"", mac_key=b"") for one in tries]
    return next((log.head for log in logs if log.proved(frame, log.start)), None)


def _head_holds(head: bytes) -> bool:
    known = struct.unpack(">I", head[:4])[0] in (_BIG_ENDIAN, _LITTLE_ENDIAN)
    return known and _summed(_order(head), head[:24], (0, 0)) == struct.unpack(">II", head[24:32])


def _order(head: bytes) -> str:
    return ">" if struct.unpack(">I", head[:4])[0] == _BIG_ENDIAN else "<"


def _summed(order: str, text: bytes, state: _Sum) -> _Sum:
    """Give the log's checksum of a text of whole pairs of words, going on from a state."""
    one, two = state
    words = struct.unpack(f"{order}{len(text) // 4}I", text)
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = (one + first + two) & _WORD
        two = (two + second + one) & _WORD
    return one, two


def _differing(one: bytes, other: bytes) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Log:
    """A log: its header, and what its pages prove themselves by. A frame is 24 bytes of its own and a page."""

    head: bytes
    salt: bytes
    mac_key: bytes

    @property
    def start(self) -> _Sum:
        """The checksum before the first frame."""
        one, two = struct.unpack(">II", self.head[24:32])
        return one, two

    def summed(self, frame: bytes, state: _Sum) -> _Sum:
        """Give the checksum after a frame."""
        return _summed(_order(self.head), frame[:8] + frame[_FRAME_HEAD:], state)

    def proved(self, frame: bytes, state: _Sum) -> bool:
        """Tell whether a frame belongs to this log and its checksum holds."""
        return frame[8:16] == self.head[16:24] and self.summed(frame, state) == _sums_of(frame)

    def mended(self, frame: bytes, state: _Sum, following: bytes) -> bytes | None:
        """Give a frame with one byte put right, as its page and the next frame say; None where the log ends."""
        found = [one for one in self._tries(frame, state) if self.proved(one, state) and self._is_page(one)]
        if len(following) == _FRAME and _differing(following[8:16], self.head[16:24]) <= 1:
            found.sort(key=lambda one: self.summed(following, _sums_of(one)) != _sums_of(following))
        return found[0] if found else None

    def _is_page(self, frame: bytes) -> bool:
        number, page = struct.unpack(">I", frame[:4])[0], frame[_FRAME_HEAD:]
        return _verifies(self.mac_key, page, number) and (number != 1 or page[:SALT] == self.salt)

    def _tries(self, frame: bytes, state: _Sum) -> Iterator[bytes]:
        """Give what a frame may have been; nothing for one of an older log, whose salts are others."""
        if frame[8:16] != self.head[16:24]:
            if _differing(frame[8:16], self.head[16:24]) == 1:
                yield frame[:8] + self.head[16:24] + frame[16:]
            return
        sums, told, order = self.summed(frame, state), _sums_of(frame), _order(self.head)
        text = frame[:8] + frame[_FRAME_HEAD:]
        for at, change in _wrong_words((told[0] - sums[0], told[1] - sums[1]), len(text) // 4):
            word = struct.unpack_from(f"{order}I", text, at * 4)[0]
            right = struct.pack(f"{order}I", (word + change) & _WORD)
            if _differing(right, text[at * 4 : at * 4 + 4]) == 1:
                made = text[: at * 4] + right + text[at * 4 + 4 :]
                yield made[:8] + frame[8:_FRAME_HEAD] + made[8:]
        if _differing(struct.pack(">II", *sums), frame[16:24]) == 1:
            yield frame[:16] + struct.pack(">II", *sums) + frame[24:]


def _wrong_words(difference: _Sum, words: int) -> Iterator[tuple[int, int]]:
    """Give (place, change) of each single word whose change would make this difference of the checksum.

    A change d of a word counts d times two Fibonacci numbers that follow each other, later in the row the further the
    word is from the end. One of two such numbers is odd, so d follows from it, and the other one proves it.
    """
    low, high = 0, 1
    for at in range(words - 1, -1, -1):
        odd, share = (low, difference[0]) if low % 2 else (high, difference[1])
        change = share * pow(odd, -1, _WORD + 1) & _WORD
        if (change * low - difference[0]) & _WORD == 0 and (change * high - difference[1]) & _WORD == 0:
            yield at, change
        low, high = high, (low + high) & _WORD
