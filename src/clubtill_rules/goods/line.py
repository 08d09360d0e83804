"""Line: one frozen line of a sale, which points and sale share. Made by the basket, changed by replacing it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from clubtill_rules.goods.product import Modifier, ProductKind
from clubtill_rules.values.money import NIL, Money, total
from clubtill_rules.values.points import NO_POINTS, Points


class PriceReason(Enum):
    """Where a line's unit price comes from (R68, R80)."""

    LEVEL = "level"
    MEMBER_LEVEL = "member_level"
    CAMPAIGN = "campaign"
    OVERRIDE = "override"
    OPEN = "open"


class DiscountKind(Enum):
    """What a line's discount is. The order is that of R98: a line takes the first kind that applies to it."""

    MANUAL = "manual"
    SPECIAL = "special"
    MIX_AND_MATCH = "mix_and_match"
    COMBO = "combo"
    SCHEME = "scheme"
    SALE = "sale"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualDiscount:
    """What staff take off a line by hand: basis points, or an amount of the whole line (R98, 2.12 row 7)."""

    rate_bp: int = 0
    amount: Money = NIL
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidByPoints:
    """How a line is paid by points (R69, R70): `value` is the points media amount, `discount` the PP discount."""

    points: Points
    value: Money
    discount: Money
    own_price: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a sale.

    Attributes:
        n: number of the line in the sale, from 1, never used twice.
        added_at_us: the moment it was rung up; a timed price level is decided there (R80).
        unit_price: what one unit costs now; `public_price` is the location's default level.
        modifiers: chosen for each unit; they follow its quantity and are one line with it (R104). `missing` names the
            groups in which a choice is required and not made yet.
        note: for the docket, not for the receipt (R104).
        discount: discount given on the whole line, 0 or more; the line's net is its gross less it. `discount_kind` and
            `discount_id` say which (R98), `discount_qty` how many units got it (D41); `manual` is what staff take off.
        offer_points: points per unit taken by an Item Point Offer, whose price is then the unit price (R76).
        rate_h: points per unit of currency in hundredths after specials (R26).
        points_price: the product's own price in points per unit at the line's level, or None (R70).
        tax_bp: rate of the line's tax code in basis points (R97).
        reference: what a line that is no goods is for: the number of a fee's classification (R20), of a gift card
            (R102), the account of an account payment (R100); blank for goods.
    """

    n: int
    product_id: str
    name: str
    family_id: str
    category_id: str
    kind: ProductKind = ProductKind.GOODS
    qty: int = 1
    added_at_us: int
    level: int = 1
    unit_price: Money
    public_price: Money
    price_reason: PriceReason = PriceReason.LEVEL
    special_id: str = ""
    modifiers: tuple[Modifier, ...] = ()
    note: str = ""
    manual: ManualDiscount | None = None
    discount: Money = NIL
    discount_kind: DiscountKind | None = None
    discount_id: str = ""
    discount_qty: int = 0
    missing: tuple[str, ...] = ()
    offer_points: Points | None = None
    rate_h: int = 0
    fixed_points: int | None = None
    points_price: Points | None = None
    tax_code_id: str = ""
    tax_bp: int = 0
    tax_inclusive: bool = True
    by_points: PaidByPoints | None = None
    reference: str = ""

    @property
    def extras(self) -> Money:
        """What the modifiers add to each unit (R104)."""
        return total([modifier.price for modifier in self.modifiers]) if self.modifiers else NIL

    @property
    def gross(self) -> Money:
        """Quantity times unit price with its modifiers (R104)."""
        each = self.unit_price + self.extras if self.modifiers else self.unit_price
        return each * self.qty

    @property
    def net(self) -> Money:
        """The line after its discount, before any Points Pay discount (R28)."""
        return self.gross - self.discount

    @property
    def receipt_net(self) -> Money:
        """The line as the receipt and tax see it: after the Points Pay discount too (R69, R70)."""
        return self.net - self.by_points.discount if self.by_points else self.net

    @property
    def saved(self) -> Money:
        """What the member saved against the public price, discount included; never below nil."""
        return Money(max(0, ((self.public_price + self.extras) * self.qty - self.net).minor))

    @property
    def points_used(self) -> Points:
        """The points that pay for this line."""
        return self.by_points.points if self.by_points else NO_POINTS
