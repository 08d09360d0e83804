"""Parking: a sale is put aside and taken up again, without its Points Pay choices and never with a payment (R73)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.points.redeeming import unchoose
from clubtill_rules.sale.basket import Basket, paying_classification
from clubtill_rules.sale.pricing import without_offer
from clubtill_rules.values.money import total
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, because


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """A sale put aside.

    Attributes:
        basket: as it was, without points.
        name: how staff find it again.
        returns_lease: the sale under whose id leases are to be returned (R72); blank where points were to pay nothing.
    """

    basket: Basket
    name: str
    device_id: str
    staff_id: str
    at_us: int
    returns_lease: str = ""
    because: tuple[Because, ...] = ()


def uses_points(basket: Basket) -> bool:
    """Tell whether points are to pay for something: then staff confirm before the sale is parked (R73)."""
    return basket.by_amount is not None or any(line.by_points or line.offer_points is not None for line in basket.lines)


def without_points(basket: Basket, catalogue: Catalogue) -> Basket:
    """Clear every use of points: lines, amounts and Item Point Offers, whose lines get their own price back (R76)."""
    classification = paying_classification(basket, catalogue)
    lines = tuple(
        without_offer(line, member_classification=classification, catalogue=catalogue)
        for line in unchoose(basket.lines)
    )
    return replace(basket, lines=lines, ticked=frozenset(), by_amount=None)


def park(basket: Basket, *, name: str, device_id: str, staff_id: str, at_us: int, catalogue: Catalogue) -> Parked:
    """Put a sale aside (R73). Its other prices stay as they are.

    Refuses `sale.empty` and `park.paid`: a sale with a payment cannot be held.
    """
    if not basket.lines:
        raise Refusal("sale.empty")
    if basket.tenders:
        raise Refusal("park.paid", paid=total([t.amount for t in basket.tenders]))
    used = uses_points(basket)
    return Parked(
        basket=without_points(basket, catalogue),
        name=name,
        device_id=device_id,
        staff_id=staff_id,
        at_us=at_us,
        returns_lease=basket.sale_id if used else "",
        because=(because("why.park.points_cleared", "R73"),) if used else (),
    )


def resume(parked: Parked) -> Basket:
    """Take a sale up again exactly as it was put aside: nothing is priced again (R73, R80)."""
    return parked.basket
