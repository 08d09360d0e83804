"""What every reader of cards and codes reports, and the shape of a reader.

A reader frames what comes from its device and hands it on; which member it is, and whether a track belongs to a bank,
is decided in `clubtill_rules.members.cards`. Nothing here, and nothing in any reader, logs or shows card data: the
reports hide it in their `repr` (R82, U70).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol, TypeAlias

REPEAT_US: Final = 3_000_000
"""The same card again within this time is one event (U72)."""


class CardKind(StrEnum):
    """How a card was read, which is also what its content means."""

    STRIPE = "stripe"
    CHIP = "chip"
    CODE = "code"


class BadReadReason(StrEnum):
    """Why something that came from a reader is not a card."""

    TORN = "torn"
    CHECK = "check"
    TOO_LONG = "too_long"
    INTERLEAVED = "interleaved"
    PULLED_OUT = "pulled_out"
    RANDOM_UID = "random_uid"
    MUTE = "mute"


_CODES: Final = {BadReadReason.PULLED_OUT: "card.pulled_out", BadReadReason.RANDOM_UID: "card.random_uid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSeen:
    """A card or code that was read whole.

    Attributes:
        source: the reader's name in the settings, such as `stripe`.
        kind: how it was read.
        tracks: stripe only: the tracks read, track 1 first, each from its sentinel to its `?`, without check character.
        uid: chip only: the UID in on-air order, or empty if there is none that may be used (R87).
        text: code: its content. Chip: the member number of the application file, or empty.
    """

    source: str
    kind: CardKind
    tracks: tuple[str, ...] = ()
    uid: bytes = b""
    text: str = ""

    def __repr__(self) -> str:
        return f"CardSeen(source={self.source!r}, kind={self.kind.value!r}, ...)"


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRead:
    """Something came that is not a card: torn, mixed up, or pulled out too early. Nothing of its content is kept."""

    source: str
    reason: BadReadReason

    @property
    def code(self) -> str:
        """The wording code of what to tell the person with the card."""
        return _CODES.get(self.reason, "card.unreadable")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderDown:
    """The reader cannot read now; said once until it is up again. `code` is a fault's code (`clubtill_desk.faults`)."""

    source: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderUp:
    """The reader is ready."""

    source: str


ReaderReport: TypeAlias = CardSeen | BadRead | ReaderDown | ReaderUp
Report: TypeAlias = Callable[[ReaderReport], None]
"""Takes a report in the reader's own thread; the program posts it to the GUI thread."""


class Reader(Protocol):
    """A reader of cards or codes. Reports come from its own thread between `start` and `close`, never after `close`."""

    source: str

    def start(self) -> None:
        """Begin to read. A device that is not there is reported as `ReaderDown`, and tried again."""

    def close(self) -> None:
        """Stop reading and release the device; may be called twice, and without `start`."""


class OncePerCard:
    """Lets a card through once in three seconds (U72); everything else passes.

    Keeps no card data: a digest under a key of this process stands for the card.
    """

    def __init__(self, report: Report, now_us: Callable[[], int]) -> None:
        """Pass reports on to `report`; `now_us` is a clock that never goes back."""
        self._report = report
        self._now_us = now_us
        self._key = secrets.token_bytes(32)
        self._last: dict[str, tuple[bytes, int]] = {}

    def __call__(self, seen: ReaderReport) -> None:
        """Pass `seen` on, unless it is the card that the same reader saw less than three seconds ago."""
        if isinstance(seen, CardSeen):
            digest, at_us = self._digest(seen), self._now_us()
            last, last_us = self._last.get(seen.source, (b"", 0))
            if digest == last and at_us - last_us < REPEAT_US:
                return
            self._last[seen.source] = digest, at_us
        self._report(seen)

    def _digest(self, seen: CardSeen) -> bytes:
        content = hashlib.blake2b(key=self._key)
        for part in (seen.kind.value, *seen.tracks, seen.text):
            content.update(part.encode("utf-8", "surrogatepass") + b"\0")
        content.update(seen.uid)
        return content.digest()
