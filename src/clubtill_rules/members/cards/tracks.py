"""Tracks: from a stripe's characters to the card's text, and what is dropped unread (R82, R85).

Nothing of a track ever stands in a refusal or a `repr`: a card that is not ours is nobody's business.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from clubtill_rules.members.cards.masks import (
    CardMask,
    CardText,
    MaskKind,
    Reading,
    Source,
    literal_prefix,
    match,
    readings,
    sources,
)
from clubtill_rules.values.refusal import Refusal

LENGTHS: Final = {Source.TRACK_1: 79, Source.TRACK_2: 40}
"""Most characters of a track, sentinels and check character included (R82)."""
CLUB_PREFIX: Final = 6
"""R82: literal digits that a mask must begin with so that its cards are never taken for bank cards."""
DEFAULT_MASKS: Final = (CardMask(pattern=";XXXXXXXXX?"),)
"""R85: the default layout `;SSMMMMMMI?`, site, member number and issue; the whole of it is the card's text."""

_TRACKS: Final = {
    Source.TRACK_1: re.compile(r"%([ -$&->@-_]+)\?[ -_]?"),
    Source.TRACK_2: re.compile(r";([0-9:<=>]+)\?[0-?]?"),
}
_BANKS: Final = {
    Source.TRACK_1: re.compile(r"B([0-9 ]+)\^"),
    Source.TRACK_2: re.compile(r"([0-9]+)=[0-9]{4}"),
}
_BANK_DIGITS: Final = range(13, 20)
_LAYOUT: Final = re.compile(r"([0-9]{2})([0-9]{6})([0-9])")
_ISSUES: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ClubCard:
    """A card in the default layout: 2 digits of site, 6 of member number, 1 of issue (R85)."""

    site: int
    number: int
    issue: int

    @property
    def text(self) -> str:
        """The card's text, zero-padded."""
        return f"{self.site:02}{self.number:06}{self.issue}"

    @property
    def stripe(self) -> str:
        """Track 2 as it is written on the stripe, without its check character."""
        return f";{self.text}?"


def read_track(text: str, masks: Iterable[CardMask] = DEFAULT_MASKS) -> CardText | None:
    """Read one track, from its start sentinel on; None for what is dropped. See `read_stripe`."""
    return read_stripe((text,), masks)


def read_stripe(tracks: Sequence[str], masks: Iterable[CardMask] = DEFAULT_MASKS) -> CardText | None:
    """Read the tracks of one swipe by the masks (R82, R84).

    Args:
        tracks: each from `%` or `;` to `?`; a check character, CR and LF behind it are dropped.
        masks: in the order in which they are tried.

    Returns:
        The card's text; None for a bank card and for what a mask ignores, of which nothing is kept. A card that no mask
        fits is read as UNKNOWN, so that the attempt is logged and the card can be linked.

    Raises:
        Refusal: `card.unreadable` without both sentinels, with other characters, too long or empty. Without facts.
    """
    known = tuple(mask for mask in masks if mask.enabled)
    parts = [_body(track) for track in tracks]
    if not parts:
        raise Refusal("card.unreadable")
    if not any(_is_club_card(known, *part) for part in parts) and any(_looks_like_bank(*part) for part in parts):
        return None
    found = readings(known, parts)
    if found is None:
        return None
    return CardText(readings=found or (Reading(text=parts[-1][1], kind=MaskKind.UNKNOWN),))


def club_card(text: str) -> ClubCard | None:
    """Read a card's text in the default layout; None if it is another layout (R85)."""
    found = _LAYOUT.fullmatch(text)
    return ClubCard(site=int(found[1]), number=int(found[2]), issue=int(found[3])) if found else None


def newer_issues(text: str) -> tuple[str, ...]:
    """Give the texts that later issues of a card would have, none for another layout (R85).

    If the card itself is not known and one of these is, it is an old one: `card.replaced`.
    """
    card = club_card(text)
    if card is None:
        return ()
    return tuple(
        ClubCard(site=card.site, number=card.number, issue=issue).text for issue in range(card.issue + 1, _ISSUES)
    )


def passes_luhn(digits: str) -> bool:
    """Tell whether the last digit is the Luhn check of the others, as on every bank card."""
    doubled = (int(d) * (2 if place % 2 else 1) for place, d in enumerate(reversed(digits)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0  # noqa: PLR2004 - the digits of a two-digit product


def _body(track: str) -> tuple[Source, str]:
    read = track.rstrip("\r\n")
    for source, shape in _TRACKS.items():
        found = shape.fullmatch(read)
        if found and len(read) <= LENGTHS[source]:
            return source, found[1]
    raise Refusal("card.unreadable")


def _is_club_card(masks: Iterable[CardMask], source: Source, body: str) -> bool:
    return any(
        source in sources(mask.pattern)
        and _is_prefix(literal_prefix(mask.pattern))
        and match(mask.pattern, body) is not None
        for mask in masks
    )


def _is_prefix(literal: str) -> bool:
    head = literal[:CLUB_PREFIX]
    return len(head) == CLUB_PREFIX and head.isascii() and head.isdigit()


def _looks_like_bank(source: Source, body: str) -> bool:
    found = _BANKS[source].match(body)
    return found is not None and _is_bank_number(found[1].replace(" ", ""))


def _is_bank_number(digits: str) -> bool:
    return len(digits) in _BANK_DIGITS and passes_luhn(digits)
