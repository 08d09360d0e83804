"""Catalogue: everything that pricing, earning and redeeming need at one location, as one value.

The terminal assembles it from its cache, the ledger from its documents; the rules only read it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from clubtill_rules.goods.discount import Combo, Discount, MixAndMatch
from clubtill_rules.goods.point_offer import ItemPointOffer, PointOffer
from clubtill_rules.goods.product import Category, Family, Media, MediaKind, Product, Special, TaxCode
from clubtill_rules.goods.surcharge import Surcharge
from clubtill_rules.members.account import MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club
from clubtill_rules.members.venue import Location, Venue
from clubtill_rules.values.points import grain


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The settings in force at a location. `version` names them in events (D30)."""

    club: Club
    venue: Venue
    location: Location
    classifications: dict[int, Classification] = field(default_factory=dict)
    families: dict[str, Family] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    tax_codes: dict[str, TaxCode] = field(default_factory=dict)
    specials: tuple[Special, ...] = ()
    media: dict[str, Media] = field(default_factory=dict)
    surcharges: tuple[Surcharge, ...] = ()
    point_offers: tuple[PointOffer, ...] = ()
    item_point_offers: tuple[ItemPointOffer, ...] = ()
    discounts: tuple[Discount, ...] = ()
    mix_and_match: tuple[MixAndMatch, ...] = ()
    combos: tuple[Combo, ...] = ()
    version: str = ""

    @property
    def grain_h(self) -> int:
        """The club's rounding grain in hundredths of a point (R1)."""
        return grain(self.club.points_decimals)

    def classification_of(self, member: MemberCard | None) -> Classification | None:
        """Give the primary classification of a member; None without a member or when it is not known here."""
        return self.classifications.get(member.classification) if member else None

    def media_of(self, kind: MediaKind) -> Media:
        """Give the first medium of a kind, by id. A venue without one cannot take it: KeyError."""
        found = sorted((m for m in self.media.values() if m.kind is kind), key=lambda m: m.id)
        if not found:
            raise KeyError(kind.value)
        return found[0]
