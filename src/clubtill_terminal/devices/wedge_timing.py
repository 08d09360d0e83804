"""Telling a swipe or a scan from typing, by the gaps between keys (R83, D45). Pure: knows neither Qt nor a clock.

Keys are held back from the first one that may begin a burst. What becomes of them is decided by the next key, or by its
absence: they were a swipe, a scan, or typing that must now reach the field it was meant for.

Two things that R83 leaves open. The rest of a burst that broke is typing too, until its end key or a pause: read for
itself it would be a shorter code, and somebody else's card. And a code begins after a pause, so a key that follows
typing is not held at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Final

from clubtill_terminal.devices.reader import BadReadReason
from clubtill_terminal.devices.scanner import Code, CodeFraming
from clubtill_terminal.devices.stripe import StripeFraming, Swipe

SENTINEL_GAP_MS: Final = 60
STRIPE_GAP_MS: Final = 35
STRIPE_TOTAL_MS: Final = 1000
CODE_GAP_MS: Final = 50
CODE_CHARACTERS_MIN: Final = 4
HELD_MAX: Final = 1024
"""No card and no code has so many characters; whoever sends more is not held back any longer."""
PAUSE_MS: Final = 250
"""A code begins after a pause of this length in typing."""
TAIL_MS: Final = STRIPE_TOTAL_MS
"""What follows a broken swipe is typing until its end key, or until a pause of this length."""

SENTINELS: Final = frozenset("%;")
LINE_ENDS: Final = frozenset("\r\n")
CODE_ENDS: Final = LINE_ENDS | {"\t"}


class Held(Enum):
    """What becomes of the keys held so far."""

    KEEP = "keep"
    TYPING = "typing"
    READ = "read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What to do about one key.

    Attributes:
        held: the keys held so far stay held, are typing (hand them on first), or were a read (drop them).
        hold: whether this key is held too (with `held` READ: dropped); otherwise it goes on as it came.
        found: what the burst was, if it ended here.
    """

    held: Held = Held.KEEP
    hold: bool = False
    found: Swipe | Code | BadReadReason | None = None


class _State(Enum):
    IDLE = "idle"
    STRIPE = "stripe"
    CODE = "code"
    TYPING = "typing"
    TAIL = "tail"


@dataclass(kw_only=True)
class WedgeTiming:
    """The recogniser. One object an application, for all keyboards look alike.

    Attributes:
        sends_check: whether the stripe reader sends a check character after each `?`.
        layout: what a stripe's characters become under this keyboard layout, typed -> meant, such as `{"ö": ";"}`.
    """

    sends_check: bool = False
    layout: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    _state: _State = _State.IDLE
    _text: str = ""
    _began_ms: int = 0
    _last_ms: int | None = None

    @property
    def wait_ms(self) -> int | None:
        """How long to wait for the next key before `give_up`; None if nothing is held."""
        if self._state is _State.STRIPE:
            return SENTINEL_GAP_MS if len(self._text) == 1 else STRIPE_GAP_MS
        return CODE_GAP_MS if self._state is _State.CODE else None

    def key(self, character: str, at_ms: int) -> Answer:
        """Take one key press: a printable character, or one of CR, LF and Tab, with the event's own time stamp."""
        gap_ms = None if self._last_ms is None or at_ms < self._last_ms else at_ms - self._last_ms
        self._last_ms = at_ms
        if self._state is _State.STRIPE:
            return self._inside_stripe(self.layout.get(character, character), gap_ms, at_ms)
        if self._state is _State.CODE:
            return self._inside_code(character, gap_ms, at_ms)
        return self._outside(character, gap_ms, at_ms)

    def give_up(self) -> Answer:
        """The gap ran out, or a key came that no reader sends: what was held is typing."""
        if self._state is _State.STRIPE:
            return self._break(_State.TAIL)
        if self._state is _State.CODE:
            return self._break(_State.TYPING)
        return Answer()

    def _outside(self, character: str, gap_ms: int | None, at_ms: int) -> Answer:
        if self.layout.get(character, character) in SENTINELS:
            return self._begin(_State.STRIPE, self.layout.get(character, character), at_ms)
        if character in CODE_ENDS:
            self._state = _State.IDLE
            return Answer()
        pause_ms = {_State.TYPING: PAUSE_MS, _State.TAIL: TAIL_MS}.get(self._state, 0)
        # A space begins no code, and a button waits for it.
        if character == " " or (gap_ms is not None and gap_ms < pause_ms):
            return Answer()
        return self._begin(_State.CODE, character, at_ms)

    def _begin(self, state: _State, character: str, at_ms: int) -> Answer:
        self._state, self._text, self._began_ms = state, character, at_ms
        return Answer(hold=True)

    def _inside_stripe(self, character: str, gap_ms: int | None, at_ms: int) -> Answer:
        wait_ms = SENTINEL_GAP_MS if len(self._text) == 1 else STRIPE_GAP_MS
        in_time = gap_ms is not None and gap_ms <= wait_ms and at_ms - self._began_ms <= STRIPE_TOTAL_MS
        if in_time and character in LINE_ENDS and self._ends_a_stripe():
            framing = StripeFraming(sends_check=self.sends_check)
            return self._end(framing.feed(_as_bytes(self._text)))
        if in_time and character not in CODE_ENDS and len(self._text) < HELD_MAX:
            self._text += character
            return Answer(hold=True)
        self._break(_State.TAIL)
        then = self._outside(character, gap_ms, at_ms)
        return Answer(held=Held.TYPING, hold=then.hold)

    def _inside_code(self, character: str, gap_ms: int | None, at_ms: int) -> Answer:
        in_time = gap_ms is not None and gap_ms <= CODE_GAP_MS
        if in_time and character in CODE_ENDS and len(self._text) >= CODE_CHARACTERS_MIN:
            return self._end(CodeFraming().feed(_as_bytes(self._text)))
        if in_time and character not in CODE_ENDS and len(self._text) < HELD_MAX:
            self._text += character
            return Answer(hold=True)
        self._break(_State.TYPING)
        then = self._outside(character, gap_ms, at_ms)
        return Answer(held=Held.TYPING, hold=then.hold)

    def _ends_a_stripe(self) -> bool:
        return self._text.endswith("?") or (self.sends_check and self._text[-2:-1] == "?")

    def _end(self, found: list[Swipe | BadReadReason] | list[Code | BadReadReason]) -> Answer:
        (one,) = found
        self._state, self._text = _State.IDLE, ""
        return Answer(held=Held.READ, hold=True, found=one)

    def _break(self, state: _State) -> Answer:
        self._state, self._text = state, ""
        return Answer(held=Held.TYPING)


def _as_bytes(text: str) -> bytes:
    """The text as a reader on a serial line would send it; what no reader sends becomes a byte that no reader sends."""
    return bytes(ord(character) if character.isascii() else 0xFF for character in text) + b"\r"
