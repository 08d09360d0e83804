"""Item offers on a sale: an Item Point Offer is taken on a line, or given up (R76).

The points stand on the line; a lease for them is spent when the sale is final, as for other points (R72).
"""

from __future__ import annotations

from dataclasses import replace

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.points.offers import offers_of, take_offer
from clubtill_rules.sale.basket import Basket, on_line, paying_classification, unpaid
from clubtill_rules.sale.pricing import without_offer
from clubtill_rules.values.points import Points
from clubtill_rules.values.refusal import Refusal


def take(basket: Basket, n: int, offer_id: str, *, catalogue: Catalogue, available: Points) -> Basket:
    """Take an offer on a line: it costs the offer's price, and points for each unit (R76).

    What points paid by amount is cleared: it is charged anew, of what the offer leaves (R74).

    Args:
        basket: of the sale.
        n: number of the line.
        offer_id: one of `points.offers.offers_of` the line.
        catalogue: the settings in force at the location.
        available: what the member may use on this sale altogether: the balance, or the leases of this device (R67).

    Raises:
        Refusal: `sale.being_paid`; `points.no_member`; `points.no_benefits` (R17); and as `points.offers.take_offer`.
        KeyError: no such line, or no such offer on it.
    """
    unpaid(basket)
    line = basket.line(n)
    offer = {one.id: one for one in offers_of(line, catalogue)}[offer_id]
    if basket.member is None:
        raise Refusal("points.no_member")
    classification = paying_classification(basket, catalogue)
    if classification is None:
        raise Refusal("points.no_benefits")
    taken = take_offer(basket.lines, n, offer, classification=classification, catalogue=catalogue, available=available)
    return on_line(replace(basket, by_amount=None), n, lambda _: taken.line, catalogue)


def give_up(basket: Basket, n: int, catalogue: Catalogue) -> Basket:
    """Give a line back its own price; the caller gives the lease back (R72, R76). Refuses `sale.being_paid`."""
    unpaid(basket)
    own = without_offer(
        basket.line(n), member_classification=paying_classification(basket, catalogue), catalogue=catalogue
    )
    return on_line(basket, n, lambda _: own, catalogue)
