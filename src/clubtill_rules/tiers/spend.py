"""Spend: the one amount per member on which tiers are decided (R57).

It is a plain sum: the order of sales and lines does not count, nor how the same purchases are split over sales.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from clubtill_rules.goods.product import ProductKind
from clubtill_rules.tiers.periods import Days
from clubtill_rules.values.money import NIL, Money, shares
from clubtill_rules.values.why import Because, Rounding, because, working

_NO_PURCHASE: Final = frozenset(
    {
        ProductKind.FEE,
        ProductKind.TOP_UP,
        ProductKind.GIFT_CARD,
        ProductKind.ACCOUNT_PAYMENT,
        ProductKind.SURCHARGE,
        ProductKind.TIP,
    }
)
_DIGITS: Final = re.compile("([0-9]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class BoughtLine:
    """A line as the sale or refund stored it.

    Attributes:
        net: tax-inclusive, after every discount; below nil on a refund.
        by_points: paid with Points Pay, and so wholly left out (R68).
    """

    product_id: str
    net: Money
    kind: ProductKind = ProductKind.GOODS
    by_points: bool = False

    @property
    def is_purchase(self) -> bool:
        """Whether it counts: no fee, top-up or the like, and not paid with points as a line."""
        return self.kind not in _NO_PURCHASE and not self.by_points


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """A member's finalised sale or refund. What is void is not here.

    Attributes:
        day: trading day of finalising (R3).
        points_amount: what points paid by amount (R74), not by line; below nil where a refund gives it back.
    """

    day: date
    lines: tuple[BoughtLine, ...]
    points_amount: Money = NIL


@dataclass(frozen=True, slots=True, kw_only=True)
class Products:
    """From Product and To Product, both included; blank is open. Digits in ids count as numbers: P9 before P10.

    Raises:
        ValueError: `last` lies before `first`.
    """

    first: str = ""
    last: str = ""

    def __post_init__(self) -> None:
        if self.first and self.last and _order(self.last) < _order(self.first):
            raise ValueError("last: lies before first")

    def __contains__(self, product_id: str) -> bool:
        order = _order(product_id)
        return _order(self.first) <= order and (not self.last or order <= _order(self.last))


ALL_PRODUCTS: Final = Products()


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend:
    """A member's spend in a period, with its working."""

    amount: Money
    because: tuple[Because, ...]


def spend(bought: Iterable[Bought], days: Days, products: Products = ALL_PRODUCTS) -> Spend:
    """Give what a member spent in trading days on a range of products (R57).

    Net of discounts and refunds and tax-inclusive. Fees, account payments, top-ups, gift cards, surcharges and tips are
    no purchases; lines paid with points are left out, and so is what points paid by amount, shared over the lines.

    Args:
        bought: the member's sales and refunds, in any order.
        days: the period's (R62).
        products: the range.

    Raises:
        ValueError: points paid more by amount than a sale's lines come to.
    """
    purchases, with_points, count = NIL, NIL, 0
    for one in bought:
        if one.day not in days:
            continue
        count += 1
        purchased = [line for line in one.lines if line.is_purchase]
        for line, paid in zip(purchased, _points_of(one, purchased), strict=True):
            if line.product_id in products:
                purchases += line.net
                with_points += paid
    amount = purchases - with_points
    why = because(
        "why.tier.spend",
        "R57",
        working=working(amount, Rounding.EXACT, purchases, ("-", with_points)),
        amount=amount,
        n=count,
        first=days.first,
        last=days.last,
    )
    return Spend(amount=amount, because=(why,))


def counted(one: Bought) -> tuple[Money, ...]:
    """Give what each line of a sale or refund counts, in its order: summed, the same as `spend` (R57).

    Raises:
        ValueError: points paid more by amount than the lines come to.
    """
    if not one.points_amount:  # nearly all: nothing is to be shared
        return tuple(line.net if line.is_purchase else NIL for line in one.lines)
    purchased = [line for line in one.lines if line.is_purchase]
    paid = iter(_points_of(one, purchased))
    return tuple(line.net - next(paid) if line.is_purchase else NIL for line in one.lines)


def _points_of(one: Bought, purchased: list[BoughtLine]) -> tuple[Money, ...]:
    """Share what points paid by amount over the lines it can have paid: those bought, or those given back."""
    given_back = one.points_amount < NIL
    weights = [max(0, -line.net.minor if given_back else line.net.minor) for line in purchased]
    if sum(weights) < abs(one.points_amount.minor):
        raise ValueError("points_amount: more than the lines come to")
    return shares(one.points_amount, weights)


def _order(product_id: str) -> tuple[int | str, ...]:
    """Order ids as people number things: digits by their value, before letters, and letters whatever their case.

    Texts and figures take turns, a text first, blank where an id begins with digits: like is compared with like.
    """
    return tuple(int(part) if n % 2 else part.casefold() for n, part in enumerate(_DIGITS.split(product_id)))
