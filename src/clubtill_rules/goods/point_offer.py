"""Point offers: extra points on a line (R30), and points as a part of a product's price (R76). Settings only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from clubtill_rules.values.money import Money


class PointOfferKind(Enum):
    """What an extra-point offer does with what a line earns (R30)."""

    FACTOR = "factor"
    ADDITIONAL = "additional"
    REPLACEMENT = "replacement"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointOffer:
    """An extra-point offer for products or categories, by dates, for members (R30).

    Attributes:
        value_h: hundredths: the factor, or points per unit.
        classifications: an empty tuple is any member.
    """

    id: str
    name: str
    kind: PointOfferKind
    value_h: int
    starts: date
    ends: date
    products: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    classifications: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPointOffer:
    """An Item Point Offer: one unit for `price` and `points` whole points (R76)."""

    id: str
    product_id: str
    points: int
    price: Money
