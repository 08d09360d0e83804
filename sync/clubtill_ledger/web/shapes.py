"""Shapes: what crosses the Web API, as the OpenAPI document shows it. Points are hundredths, money is minor units.

Every amount is an integer. What a request does not name is refused, so that a misspelt field is never passed over.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

LARGEST: Final = 2**53 - 1
LINES_MAX: Final = 50
QTY_MAX: Final = 999
WORD: Final = r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$"
ORDER_ID: Final = r"^[0-9a-f]{32}$"


def _whole(value: object) -> object:
    """Take 3.0 for 3, as JSON does; nothing else that is no integer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Amount = Annotated[int, Field(ge=-LARGEST, le=LARGEST)]
Number = Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9-]+$")]
"""A member's number."""
ProductId = Annotated[str, Field(pattern=WORD)]
Quantity = Annotated[int, Field(ge=1, le=QTY_MAX), BeforeValidator(_whole)]


class Asked(BaseModel):
    """What a request may hold: nothing but what is named, and no text where a number belongs."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Told(BaseModel):
    """What an answer holds."""

    model_config = ConfigDict(extra="forbid")


class AskedLine(Asked):
    """A product and how many of it."""

    product_id: ProductId
    qty: Quantity


class AskedOrder(Asked):
    """An order of a member, to be paid wholly with points."""

    member_number: Number
    lines: Annotated[list[AskedLine], Field(min_length=1, max_length=LINES_MAX)]


class AskedPart(Asked):
    """Units of a line of an order that are to go back."""

    n: Quantity
    qty: Quantity


class AskedRefund(Asked):
    """What of an order is to go back; without lines all that is left of it."""

    lines: Annotated[list[AskedPart], Field(max_length=LINES_MAX)] = []


class Member(Told):
    """A member. `code` says why points cannot be used here now; blank if they can."""

    number: str
    first_name: str
    classification: str
    may_redeem: bool
    code: str


class Balance(Told):
    """What a member has. `ratio` is points for one unit of money on the web; `available_minor` what they buy."""

    number: str
    available_h: Amount
    reserved_h: Amount
    deficit_h: Amount
    ratio: int
    available_minor: Amount
    next_expiry: date | None


class PricedLine(Told):
    """A line with its price and its points. `left` is how many units have not gone back."""

    n: int
    product_id: str
    name: str
    qty: int
    left: int
    unit_minor: Amount
    total_minor: Amount
    points_h: Amount


class Quote(Told):
    """What an order costs in points, all of it (R75). `enough` says whether the member has them now."""

    member_number: str
    ratio: int
    lines: list[PricedLine]
    points_h: Amount
    total_minor: Amount
    available_h: Amount
    enough: bool


class Order(Told):
    """An order that points have paid. `points_back_h` is what refunds have given back of them."""

    order_id: str
    member_number: str
    at_us: int
    ratio: int
    lines: list[PricedLine]
    points_h: Amount
    points_back_h: Amount
    total_minor: Amount
    balance_h: Amount


class RefundOf(Told):
    """A refund of an order: the points that went back, and the member's available points after it."""

    refund_id: str
    order_id: str
    points_h: Amount
    balance_h: Amount
