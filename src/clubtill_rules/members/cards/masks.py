"""Masks: which part of what a reader sends is the card's text, and what kind of text it is (R84).

The grammar: `X` one required digit; `#` one optional digit; `(12)` text that must match and is kept; `12` text that
must match and is dropped; `-` skip one character; `@` skip one character if there is one. A mask that begins with `%`
is for track 1, one with `;` for track 2, any other for track 2 and for codes; `?` at its end is the end sentinel.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final

from clubtill_rules.values.refusal import Refusal

DIGITS: Final = "0123456789"


class MaskKind(Enum):
    """What the text of a mask is: how it is looked up. UNKNOWN is a well-read card that no mask fits."""

    CARD = "card"
    MEMBER_NUMBER = "member_number"
    MEMBER_BARCODE = "member_barcode"
    ALTERNATE_ID = "alternate_id"
    CLERK = "clerk"
    VOUCHER = "voucher"
    IGNORE = "ignore"
    UNKNOWN = "unknown"


class Source(Enum):
    """Where a text was read."""

    TRACK_1 = "%"
    TRACK_2 = ";"
    CODE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardMask:
    """A mask in its place in the list; the list is tried top to bottom."""

    pattern: str
    kind: MaskKind = MaskKind.CARD
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One way to read a card: the text to look up, and as what."""

    text: str
    kind: MaskKind

    def __repr__(self) -> str:
        return f"Reading({self.kind.value})"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardText:
    """A card as read: its readings in the order of the masks; the first that is found wins (R84). Never empty."""

    readings: tuple[Reading, ...]

    @property
    def text(self) -> str:
        """The text of the first reading."""
        return self.readings[0].text

    @property
    def kind(self) -> MaskKind:
        """The kind of the first reading."""
        return self.readings[0].kind


@dataclass(frozen=True, slots=True)
class _Step:
    """One symbol of a pattern: the characters that it takes (blank takes any), whether they are kept or can be absent.

    Only a literal takes just one character.
    """

    takes: str
    kept: bool = False
    optional: bool = False

    def fits(self, character: str) -> bool:
        """Tell whether the step takes a character."""
        return not self.takes or character in self.takes


_SYMBOLS: Final = {
    "X": _Step(DIGITS, kept=True),
    "#": _Step(DIGITS, kept=True, optional=True),
    "-": _Step(""),
    "@": _Step("", optional=True),
}
_PARTS: Final = re.compile(r"\(([^)]*)\)|(.)", re.DOTALL)
"""Text in brackets, or one symbol; an open bracket is found as a symbol."""


def sources(pattern: str) -> frozenset[Source]:
    """Tell from which sources a mask reads."""
    if pattern.startswith(Source.TRACK_1.value):
        return frozenset({Source.TRACK_1})
    if pattern.startswith(Source.TRACK_2.value):
        return frozenset({Source.TRACK_2})
    return frozenset({Source.TRACK_2, Source.CODE})


def match(pattern: str, text: str) -> str | None:
    """Match a whole text, given without sentinels, and give what is kept of it; None if it does not fit (R84).

    Optional symbols take as much as they can. `####X` and many `@` on 1234567890123 -> 12345.

    Raises:
        Refusal: `mask.bracket` if a bracket of the pattern is not closed.
    """
    # From the last symbol to the first: what the rest of the pattern keeps of the rest of the text, by position.
    kept: list[str | None] = [None] * len(text) + [""]
    for step in reversed(_steps(pattern)):
        kept = [_take(step, text, at, kept) for at in range(len(text) + 1)]
    return kept[0]


def literal_prefix(pattern: str) -> str:
    """Give the literal text that everything read by a mask begins with, kept or dropped (R82)."""
    prefix = ""
    for step in _steps(pattern):
        if len(step.takes) != 1:
            break
        prefix += step.takes
    return prefix


def readings(masks: Iterable[CardMask], parts: Sequence[tuple[Source, str]]) -> tuple[Reading, ...] | None:
    """Read texts by the enabled masks, top to bottom; None if an `ignore` mask is the first to fit (R84)."""
    found: list[Reading] = []
    for mask in masks:
        for source, text in parts:
            kept = match(mask.pattern, text) if mask.enabled and source in sources(mask.pattern) else None
            if kept is not None and mask.kind is MaskKind.IGNORE:
                return tuple(found) or None
            if kept is not None:
                found.append(Reading(text=kept, kind=mask.kind))
    return tuple(found)


def _take(step: _Step, text: str, at: int, after: Sequence[str | None]) -> str | None:
    character = text[at : at + 1]
    taken = after[at + 1] if character and step.fits(character) else None
    if taken is not None:
        return character + taken if step.kept else taken
    return after[at] if step.optional else None


@lru_cache(maxsize=256)
def _steps(pattern: str) -> tuple[_Step, ...]:
    rest = pattern[1:] if pattern[:1] in {Source.TRACK_1.value, Source.TRACK_2.value} else pattern
    found: list[_Step] = []
    for literal, symbol in _PARTS.findall(rest.removesuffix("?")):
        if symbol == "(":
            raise Refusal("mask.bracket", pattern=pattern)
        found += [_Step(character, kept=True) for character in literal]
        if symbol:
            found.append(_SYMBOLS.get(symbol, _Step(symbol)))
    return tuple(found)
