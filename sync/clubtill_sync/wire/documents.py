"""Documents: which class each kind of master data is. Settings cross the wire as the rules' own classes."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from clubtill_rules.goods.discount import Combo, Discount, MixAndMatch
from clubtill_rules.goods.point_offer import ItemPointOffer, PointOffer
from clubtill_rules.goods.product import Category, Family, Media, Product, Special, TaxCode
from clubtill_rules.goods.surcharge import Surcharge
from clubtill_rules.members.attributes import Attribute
from clubtill_rules.members.campaigns import Campaign
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club
from clubtill_rules.members.venue import Location, Venue
from clubtill_sync.wire.feed import Document


class Staff(msgspec.Struct, frozen=True, kw_only=True):
    """A member of staff. `pin_hash` is argon2; `roles` name rows of the permission matrix (D8)."""

    id: str
    name: str
    short_name: str
    roles: tuple[str, ...]
    pin_hash: str = ""


class Terminal(msgspec.Struct, frozen=True, kw_only=True):
    """A terminal's place: its location, its name on the status bar, what it shows (till, reception or both)."""

    id: str
    name: str
    location_id: str
    shows: tuple[str, ...] = ("till",)
    redemption_terminal: bool = False
    currency_symbol: str = "$"
    locale: str = "en_AU"


class Tab(msgspec.Struct, frozen=True, kw_only=True):
    """A tab of tiles: a family's name and glyph, and the products in their places (blank for an empty place)."""

    name: str
    glyph: str
    products: tuple[str, ...]


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """The tiles of a location (U14)."""

    id: str
    tabs: tuple[Tab, ...]


class Mask(msgspec.Struct, frozen=True, kw_only=True):
    """A card mask in its place in the list (R84)."""

    pattern: str
    kind: str
    enabled: bool = True


class Masks(msgspec.Struct, frozen=True, kw_only=True):
    """The card masks of the installation, tried top to bottom."""

    id: str
    masks: tuple[Mask, ...]


class PriceLevel(msgspec.Struct, frozen=True, kw_only=True):
    """The name of a price level. Its prices stand with each product, where it may be chosen with the location."""

    id: str
    number: int
    name: str


KINDS: Final[dict[str, type]] = {
    "club": Club,
    "venue": Venue,
    "location": Location,
    "classification": Classification,
    "family": Family,
    "category": Category,
    "tax_code": TaxCode,
    "product": Product,
    "special": Special,
    "media": Media,
    "staff": Staff,
    "terminal": Terminal,
    "layout": Layout,
    "masks": Masks,
    "price_level": PriceLevel,
    "discount": Discount,
    "mix_and_match": MixAndMatch,
    "combo": Combo,
    "surcharge": Surcharge,
    "point_offer": PointOffer,
    "item_point_offer": ItemPointOffer,
    "campaign": Campaign,
    "attribute": Attribute,
}
"""Each kind as the rules' own class, or one of these. Ratios and member prices are part of a classification (3.1)."""
CATALOGUE: Final[dict[str, str]] = {
    "special": "specials",
    "surcharge": "surcharges",
    "point_offer": "point_offers",
    "item_point_offer": "item_point_offers",
    "discount": "discounts",
    "mix_and_match": "mix_and_match",
    "combo": "combos",
}
"""Kinds that a catalogue holds as tuples, by id, and under which name."""


def read_body(document: Document) -> Any:
    """Read a document's body as its kind's class. Raises msgspec.DecodeError."""
    return msgspec.json.decode(document.body, type=KINDS[document.kind])
