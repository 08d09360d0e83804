"""Read a card: from what a reader reports to whose card it is, or which product it names. For till and door alike.

The card's text becomes a digest here and goes no further; it is never kept or logged (R82).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from clubtill_rules.members.cards.codes import read_scan
from clubtill_rules.members.cards.masks import CardMask, MaskKind, Reading
from clubtill_rules.members.cards.resolving import card_digest
from clubtill_rules.members.cards.tracks import newer_issues, read_stripe
from clubtill_rules.members.cards.uids import read_uid
from clubtill_rules.values.refusal import Refusal
from clubtill_terminal.actions.place import Place
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.devices.reader import CardKind, CardSeen
from clubtill_terminal.store import members
from clubtill_terminal.store.members import Found

Seen: TypeAlias = CardSeen
"""What a reader reports, for whoever hands it on without looking inside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRead:
    """A card or code that was read well. `digest` is blank for a product; `found` None is a card nobody has here.

    `code` is what bars the card itself before anybody was found: `card.replaced` for an old issue; else blank.
    """

    digest: str = ""
    last4: str = ""
    found: Found | None = None
    product_id: str = ""
    code: str = ""


def read_card(terminal: Terminal, place: Place, seen: CardSeen) -> CardRead:
    """Read what a reader reports, by the masks of the installation, top to bottom (R82-R88).

    Raises:
        Refusal: `card.unreadable`, `card.random_uid` or `card.bank`: dropped, and nothing of it kept.
    """
    masks = _masks(place)
    match seen.kind:
        case CardKind.STRIPE:
            text = read_stripe(seen.tracks, masks) if masks else read_stripe(seen.tracks)
            if text is None:
                raise Refusal("card.bank")
            readings = text.readings
        case CardKind.CODE:
            text = read_scan(seen.text, masks)
            readings = text.readings if text else ()
        case CardKind.CHIP:
            readings = _chip(seen)
    for reading in readings:
        found = _look_up(terminal, reading)
        if found is not None:
            return _read(terminal, reading, found)
    if seen.kind is CardKind.CODE:
        product_id = _product(place, seen.text)
        if product_id:
            return CardRead(product_id=product_id)
    if not readings:
        raise Refusal("product.unknown")
    later = (Reading(text=text, kind=MaskKind.CARD) for text in newer_issues(readings[0].text))
    old = any(_look_up(terminal, reading) is not None for reading in later)
    unknown = _read(terminal, readings[0], None)
    return CardRead(digest=unknown.digest, last4=unknown.last4, code="card.replaced" if old else "")


def _masks(place: Place) -> tuple[CardMask, ...]:
    listed = place.masks.masks if place.masks else ()
    return tuple(CardMask(pattern=m.pattern, kind=MaskKind(m.kind), enabled=m.enabled) for m in listed)


def _chip(seen: CardSeen) -> tuple[Reading, ...]:
    """A member number from the card's application counts more than its UID, which is only an identifier (R87)."""
    if seen.text:
        return (Reading(text=seen.text, kind=MaskKind.MEMBER_NUMBER),)
    return (Reading(text=read_uid(seen.uid), kind=MaskKind.CARD),)


def _look_up(terminal: Terminal, reading: Reading) -> Found | None:
    with terminal.store.reading.begin() as cache:
        match reading.kind:
            case MaskKind.MEMBER_NUMBER:
                return next(iter(members.by_number(cache, reading.text)), None)
            case MaskKind.CARD | MaskKind.MEMBER_BARCODE | MaskKind.ALTERNATE_ID:
                return members.by_digest(cache, card_digest(terminal.card_key, reading.text))
            case _:
                return None


def _read(terminal: Terminal, reading: Reading, found: Found | None) -> CardRead:
    return CardRead(digest=card_digest(terminal.card_key, reading.text), last4=reading.text[-4:], found=found)


def _product(place: Place, code_text: str) -> str:
    barcode = code_text.strip()
    found = (one.id for one in place.catalogue.products.values() if one.barcode and one.barcode == barcode)
    return next(found, "")
