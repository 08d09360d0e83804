"""Products and what groups, prices and taxes them (R26, R80, R97). Settings only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from clubtill_rules.values.money import Money


class ProductKind(Enum):
    """What a line of the product is, where rules differ (R28, R44, R68)."""

    GOODS = "goods"
    FEE = "fee"
    TOP_UP = "top_up"
    GIFT_CARD = "gift_card"
    GAMING = "gaming"
    SURCHARGE = "surcharge"
    TIP = "tip"
    ACCOUNT_PAYMENT = "account_payment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A product family: drives inclusion and exclusion lists, glyph and colour of tiles."""

    id: str
    name: str
    glyph: str = "goods"


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A product category: drives earning. `rate_h` is points per unit of currency in hundredths (R26)."""

    id: str
    name: str
    rate_h: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRate:
    """A rate of a tax code in basis points from a day on (R97)."""

    starts: date
    rate_bp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxCode:
    """A tax code: its rate in basis points, inclusive or added (R97).

    Attributes:
        rates: what the rate is from a day on; before the first of them it is `rate_bp`.
    """

    id: str
    name: str
    rate_bp: int = 0
    inclusive: bool = True
    label: str = "GST"
    rates: tuple[TaxRate, ...] = ()

    def rate_on(self, day: date) -> int:
        """Give the rate in force on a day: the one that started last."""
        begun = [rate for rate in self.rates if rate.starts <= day]
        return max(begun, key=lambda rate: rate.starts).rate_bp if begun else self.rate_bp


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsPrice:
    """A product's own points price at a price level, in whole points (R70)."""

    level: int
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelPrice:
    """A product's price at a price level. A product without a price for a level takes level 1's."""

    level: int
    price: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPrice:
    """A product without a price: staff key one from `least` to `most` (R104)."""

    least: Money
    most: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Modifier:
    """A choice that changes a unit, such as extra cheese: its price is 0 or more (R104)."""

    id: str
    name: str
    price: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ModifierGroup:
    """Modifiers to choose from: at least `least` (above 0 is required), at most `most` (R104)."""

    id: str
    name: str
    modifiers: tuple[Modifier, ...]
    least: int = 0
    most: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product on sale.

    Attributes:
        fixed_points: whole points per unit instead of points by value (R26).
        sold_out: keeps its place and says why (U11).
        barcode: as scanned; blank for none.
        open_price: the price is keyed at the till (R104); `modifier_groups` are offered when it is rung up.
    """

    id: str
    name: str
    family_id: str
    category_id: str
    tax_code_id: str
    prices: tuple[LevelPrice, ...] = ()
    kind: ProductKind = ProductKind.GOODS
    fixed_points: int | None = None
    points_prices: tuple[PointsPrice, ...] = ()
    barcode: str = ""
    sold_out: bool = False
    open_price: OpenPrice | None = None
    modifier_groups: tuple[ModifierGroup, ...] = ()


class SpecialKind(Enum):
    """What a special changes: the points rate (R26) or the price, as a campaign price (R68)."""

    RATE = "rate"
    PRICE = "price"


@dataclass(frozen=True, slots=True, kw_only=True)
class Special:
    """A special or campaign, by dates, weekdays and minutes, for products or categories, at locations, for members.

    RATE sets `rate_h` for its lines; PRICE sets `price` per unit (a campaign price: excluded from Points Pay).
    Empty tuples mean no restriction; `classifications` None means everybody, an empty tuple any member.
    """

    id: str
    name: str
    kind: SpecialKind
    starts: date
    ends: date
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    start_min: int = 0
    end_min: int = 1439
    products: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    classifications: tuple[int, ...] | None = None
    rate_h: int | None = None
    price: Money | None = None


class MediaKind(Enum):
    """What a medium is, where rules differ (R79, R44)."""

    CASH = "cash"
    CARD = "card"
    POINTS = "points"
    DISCOUNT = "discount"
    ACCOUNT = "account"
    GIFT_CARD = "gift_card"


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A tender or tender-like reporting bucket (glossary)."""

    id: str
    name: str
    kind: MediaKind
