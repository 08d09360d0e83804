"""Documents: which class each kind of master data is. Settings cross the wire as the rules' own classes."""

from __future__ import annotations

from typing import Final

import msgspec

from clubtill_rules.goods.product import Category, Family, Media, Product, Special, TaxCode
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club
from clubtill_rules.members.venue import Location, Venue


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
}
