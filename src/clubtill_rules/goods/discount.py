"""Discounts, mix and match, combos, their limits, and what a voucher takes off (R94, R98, R102). Settings only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final

from clubtill_rules.goods.line import DiscountKind
from clubtill_rules.values.money import NIL, Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Covers:
    """Which goods an offer is for: a product, category or family named. Nothing named is every one."""

    products: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    families: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """When, where and for whom an offer is given. Every condition that is set must hold.

    Attributes:
        starts, ends: first and last day; None is open. `weekdays` and minutes are a window of R46, looked at the moment
            a line was rung up; past midnight it belongs to the day it began on.
        locations: an empty tuple is everywhere.
        classifications: None is everybody, also nobody in particular; an empty tuple any member. A tier is one (R56).
        coupon: a code that has to be entered; blank for none.
        attribute, attribute_value: a member's attribute (R95); a blank value is any.
        least_points: whole points that the member's account holds, which are not taken (R76).
        least_age, most_age: in whole years, both inclusive; somebody whose birth is not known is in no age group.
    """

    starts: date | None = None
    ends: date | None = None
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    start_min: int = 0
    end_min: int = 1439
    locations: tuple[str, ...] = ()
    classifications: tuple[int, ...] | None = None
    coupon: str = ""
    attribute: str = ""
    attribute_value: str = ""
    least_points: int = 0
    least_age: int | None = None
    most_age: int | None = None

    @property
    def needs_member(self) -> bool:
        """Whether nobody gets it without a member on the sale."""
        aged = self.least_age is not None or self.most_age is not None
        return self.classifications is not None or bool(self.attribute) or self.least_points > 0 or aged


EVERYBODY: Final = Trigger()
ALL_GOODS: Final = Covers()


class LimitType(Enum):
    """What a limit counts: nothing (it only keeps track), the amount given, or the items that got it (R94, D41)."""

    NONE = "none"
    AMOUNT = "amount"
    TIMES = "times"


class LimitBy(Enum):
    """Whose limit it is: each club's, classification's, account's or person's own (R94)."""

    CLUB = "club"
    SCHEME = "scheme"
    ACCOUNT = "account"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLimit:
    """The limit of one holder: a club, a classification's number as text, an account or a person."""

    holder_id: str
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountLimit:
    """How much of a discount may be had in a period (R94).

    Attributes:
        starts: first day of period 0; before it nothing is given.
        months: length of a period, 1 or more. Every period is counted from `starts`, clamped to the month's end.
        recurring: off means that nothing is given after the first period.
        value: minor units for AMOUNT, items for TIMES; `own` has those of single holders.
    """

    type: LimitType
    by: LimitBy
    starts: date
    months: int = 1
    recurring: bool = True
    value: int = 0
    own: tuple[OwnLimit, ...] = ()

    def __post_init__(self) -> None:
        if self.months < 1:
            raise ValueError(f"months: {self.months} is below 1")

    def of(self, holder_id: str) -> int:
        """Give the limit of a holder: his own, else the one of everybody."""
        return next((own.value for own in self.own if own.holder_id == holder_id), self.value)


class Per(Enum):
    """What an amount off is off: each unit, each line, or once the sale, shared over the lines it covers (R98)."""

    UNIT = "unit"
    LINE = "line"
    SALE = "sale"


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount:
    """A discount by percentage, or by an amount off each unit, each line or the sale (R98).

    Attributes:
        kind: SPECIAL, SCHEME (a benefit of classifications, R99) or SALE.
        rate_bp: basis points; 10 % is 1000. With a rate `amount` does not count.
    """

    id: str
    name: str
    kind: DiscountKind
    rate_bp: int = 0
    amount: Money = NIL
    per: Per = Per.UNIT
    covers: Covers = ALL_GOODS
    trigger: Trigger = EVERYBODY
    limit: DiscountLimit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MixAndMatch:
    """Any `n` units of a set of goods for a price, for an amount less, or for a percentage less (R98).

    The first of `price`, `amount` and `rate_bp` that is set counts. Buy two, take one: n 3, rate 100 %, cheapest 1.

    Attributes:
        cheapest: a rate is taken off that many cheapest units of a set; 0 is all of them.
    """

    id: str
    name: str
    n: int
    covers: Covers
    price: Money | None = None
    amount: Money = NIL
    rate_bp: int = 0
    cheapest: int = 0
    trigger: Trigger = EVERYBODY
    limit: DiscountLimit | None = None

    def __post_init__(self) -> None:
        if self.n < 1:
            raise ValueError(f"n: {self.n} is below 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class ComboPart:
    """A part of a combo: so many units of goods."""

    covers: Covers
    qty: int = 1

    def __post_init__(self) -> None:
        if self.qty < 1:
            raise ValueError(f"qty: {self.qty} is below 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Combo:
    """Goods that cost one price together: one unit set of every part (R98)."""

    id: str
    name: str
    parts: tuple[ComboPart, ...]
    price: Money
    trigger: Trigger = EVERYBODY
    limit: DiscountLimit | None = None

    def __post_init__(self) -> None:
        if not self.parts:
            raise ValueError("parts: a combo has at least one")


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherOff:
    """What a voucher takes off: a discount of kind special (R102). One use, no change.

    The first of `free_product`, `rate_bp` and `amount` that is set counts.

    Attributes:
        id: the voucher's, which the lines carry as their discount's.
        free_product: one unit of this product.
        rate_bp: basis points off every line it covers.
        amount: once, shared over the lines it covers: those named, else all goods of the sale.
    """

    id: str
    name: str
    amount: Money = NIL
    rate_bp: int = 0
    free_product: str = ""
    covers: Covers = ALL_GOODS
