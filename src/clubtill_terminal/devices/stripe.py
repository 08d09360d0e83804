"""Framing of magnetic stripe tracks 1 and 2: bytes in any chunks become swipes, or the reason why not. Pure.

A swipe is one or two tracks, `%...?` before `;...?`, each followed by a check character where the reader sends one, and
ended by a terminator or by silence. What the tracks say is not looked at here (R82 does that).

Damage that mixes tracks up (a sentinel inside a track, characters outside of one, too many) spoils the whole swipe: the
member swipes again, and is never taken for another. A track that only fails its check leaves the other track standing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from clubtill_terminal.devices.reader import BadReadReason, CardKind, CardSeen

CR, LF = 0x0D, 0x0A
END: Final = ord("?")
TRACKS_OF: Final = {ord("%"): 1, ord(";"): 2}
LENGTHS: Final = {1: 79, 2: 40}
"""Most characters of a track, sentinels and check character included (ISO 7811; R82 for track 2)."""
ALPHABETS: Final = {1: range(0x20, 0x60), 2: range(0x30, 0x40)}
BITS: Final = {1: 0x3F, 2: 0x0F}


@dataclass(frozen=True, slots=True, kw_only=True)
class Swipe:
    """Tracks that were read whole, in order, each with its sentinels and without the check character."""

    tracks: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Swipe({len(self.tracks)} tracks)"


def check_character(track: bytes) -> int:
    """The longitudinal redundancy check of a track given from its sentinel to its `?`, as the reader sends it."""
    number = TRACKS_OF[track[0]]
    base = ALPHABETS[number].start
    check = 0
    for code in track:
        check ^= (code - base) & BITS[number]
    return check + base


class StripeFraming:
    """The state machine. One object a reader; not for several threads."""

    def __init__(self, *, sends_check: bool = True) -> None:
        """Make one for a reader that sends the check character after each `?`, or for one that strips it."""
        self._sends_check = sends_check
        self._start_swipe()

    def feed(self, chunk: bytes) -> list[Swipe | BadReadReason]:
        """See `Framing.feed`. How the stream is cut into chunks makes no difference."""
        found: list[Swipe | BadReadReason] = []
        for code in chunk:
            found += self._take(code)
        return found

    def silence(self) -> list[Swipe | BadReadReason]:
        """See `Framing.silence`. A swipe of a reader without a terminator ends here, and so does half a swipe."""
        return self._finish()

    def _start_swipe(self) -> None:
        self._tracks: list[str] = []
        self._open = bytearray()
        self._awaits_check = False
        self._spoiled: BadReadReason | None = None  # the whole swipe
        self._failed: BadReadReason | None = None  # one track
        self._last_number = 0

    def _take(self, code: int) -> list[Swipe | BadReadReason]:
        if code in (CR, LF):
            return self._finish()
        if self._spoiled is not None:
            return []
        if self._awaits_check:
            self._close_track(check=code)
        elif self._open:
            self._take_inside(code)
        else:
            self._take_between(code)
        return []

    def _take_between(self, code: int) -> None:
        number = TRACKS_OF.get(code)
        if number is None:
            self._spoil(BadReadReason.TORN)
        elif number <= self._last_number:
            # Two cards cannot follow each other without silence or a terminator; a flipped bit can look as if they did.
            self._spoil(BadReadReason.INTERLEAVED)
        else:
            self._last_number = number
            self._open.append(code)

    def _take_inside(self, code: int) -> None:
        number = TRACKS_OF[self._open[0]]
        self._open.append(code)
        if code in TRACKS_OF:
            self._spoil(BadReadReason.INTERLEAVED)
        elif len(self._open) > LENGTHS[number] - self._sends_check:
            self._spoil(BadReadReason.TOO_LONG)
        elif code == END and self._sends_check:
            self._awaits_check = True
        elif code == END:
            self._close_track(check=None)

    def _close_track(self, *, check: int | None) -> None:
        track = bytes(self._open)
        alphabet = ALPHABETS[TRACKS_OF[track[0]]]
        self._open.clear()
        self._awaits_check = False
        if any(code not in alphabet for code in track) or check not in (None, check_character(track)):
            self._failed = BadReadReason.CHECK
        else:
            self._tracks.append(track.decode("ascii"))

    def _spoil(self, reason: BadReadReason) -> None:
        self._spoiled = reason
        self._tracks.clear()
        self._open.clear()

    def _finish(self) -> list[Swipe | BadReadReason]:
        spoiled = self._spoiled or (BadReadReason.TORN if self._open else None)
        tracks, failed = tuple(self._tracks), self._failed
        self._start_swipe()
        if spoiled is not None:
            return [spoiled]
        if tracks:
            return [Swipe(tracks=tracks)]
        return [failed] if failed is not None else []


def card_of(source: str, swipe: Swipe) -> CardSeen:
    """The report of a swipe."""
    return CardSeen(source=source, kind=CardKind.STRIPE, tracks=swipe.tracks)
