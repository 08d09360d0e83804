"""Item Point Offers: points as a part of a product's price (R76).

Points or a tier as a condition that takes nothing are triggers of a discount (`sale/discounts`).

The points taken stand on the line and are a redemption of the sale: leased, spent and refunded with it (R41, R72).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import Line, PriceReason
from clubtill_rules.goods.point_offer import ItemPointOffer
from clubtill_rules.members.classification import Classification
from clubtill_rules.points.redeeming import excluded_kind, offer_points, open_ratio
from clubtill_rules.values.points import NO_POINTS, Points, whole
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, Rounding, because, working


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A line with its offer taken: its unit price is the offer's, and `points` go with the sale."""

    line: Line
    points: Points
    because: tuple[Because, ...]


def offers_of(line: Line, catalogue: Catalogue) -> tuple[ItemPointOffer, ...]:
    """Give the Item Point Offers of a line's product, by id (R76)."""
    return tuple(
        sorted(
            (offer for offer in catalogue.item_point_offers if offer.product_id == line.product_id),
            key=lambda offer: offer.id,
        )
    )


def take_offer(
    lines: Sequence[Line],
    n: int,
    offer: ItemPointOffer,
    *,
    classification: Classification,
    catalogue: Catalogue,
    available: Points,
) -> Taken:
    """Take an offer on a line: the line costs the offer's price, and its points are taken for each unit (R76).

    Args:
        lines: of the sale; what they use of points already counts.
        n: number of the line, of the offer's product and of one unit or more.
        offer: one of `offers_of` the line.
        classification: the member's primary one.
        catalogue: the settings in force at the location.
        available: what the member may use on this sale altogether: the balance, or the leases of this device (R67).

    Refuses `points.ratio_zero`, `points.excluded` for what points never pay (R44), `points.offer.combined` with Points
    Pay, a discount or a price set by hand, `points.cap` and `points.short`.
    """
    line = next(one for one in lines if one.n == n)
    if line.product_id != offer.product_id or line.qty < 1:
        raise ValueError(f"offer {offer.id} is not for {line.qty} of {line.product_id}")
    open_ratio(classification, catalogue)
    if excluded_kind(line, catalogue):
        raise Refusal(
            "points.excluded", product=line.name, classification=classification.description,
            reason="points.excluded.kind",
        )  # fmt: skip
    discounted = bool(line.discount) or line.discount_kind is not None
    if line.by_points is not None or discounted or line.price_reason in (PriceReason.OVERRIDE, PriceReason.OPEN):
        raise Refusal("points.offer.combined", product=line.name)
    points = whole(offer.points) * line.qty
    others = [one for one in lines if one.n != n]
    needed = points + offer_points(others) + sum((one.by_points.points for one in others if one.by_points), NO_POINTS)
    cap_h = catalogue.club.max_points_per_sale_h
    if cap_h is not None and needed.hundredths > cap_h:
        raise Refusal("points.cap", cap=Points(cap_h), needed=needed)
    if needed > available:
        raise Refusal("points.short", needed=needed, available=available)
    told = because(
        "why.offer.taken", "R76", product=line.name, qty=line.qty, points=points, price=offer.price,
        working=working(points, Rounding.EXACT, whole(offer.points), ("x", line.qty)),
    )  # fmt: skip
    taken = replace(line, unit_price=offer.price, price_reason=PriceReason.LEVEL, offer_points=whole(offer.points))
    return Taken(line=taken, points=points, because=(told,))
