"""Offers over a few goods, and what a sale got of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.discount import Covers, Discount, Trigger
from clubtill_rules.goods.line import DiscountKind
from clubtill_rules.goods.product import LevelPrice, Modifier, ModifierGroup, Special, SpecialKind
from clubtill_rules.sale.basket import Basket, tender, totals
from clubtill_rules.sale.sale import Sale, finalise
from clubtill_rules.sale.tender import card
from clubtill_rules.values.days import US_PER_S
from clubtill_rules.values.money import NIL, Money
from tests.rules.sale.larkspur import NOW, priced, selling

BURGER, BEER, WINE, CHIPS = (
    priced("burger", 2000),
    priced("beer", 800, "beer"),
    priced("wine", 1500, "beer"),
    priced("chips", 450),
)
CHEESE = Modifier(id="cheese", name="Extra cheese", price=Money(250))
PARMA = priced("parma", 2400, modifier_groups=(ModifierGroup(id="more", name="More", modifiers=(CHEESE,)),))
MEMBERS = Trigger(classifications=())


def off(offer_id: str, kind: DiscountKind = DiscountKind.SPECIAL, **more: object) -> Discount:
    """Give a discount that says its id as its name."""
    return Discount(id=offer_id, name=offer_id.upper(), kind=kind, **more)  # type: ignore[arg-type] - a table's columns


def on(*products: str) -> Covers:
    """Cover some products."""
    return Covers(products=products)


def taken(basket: Basket) -> list[tuple[str, str, int]]:
    """Give of each line that has one: product, discount's id and cents."""
    return [(line.product_id, line.discount_id, line.discount.minor) for line in basket.lines if line.discount_kind]


def sold(basket: Basket, here: Catalogue) -> Sale:
    """Pay a sale by card and make it final."""
    due = totals(basket, here).due
    paid = tender(basket, card(due, due, "card")) if due > NIL else basket
    return finalise(
        paid,
        catalogue=here,
        number=1,
        device_id="till-1",
        staff_id="sam",
        at_us=NOW + US_PER_S,
        leases=(),
        offline=False,
    )


LEVELS = (LevelPrice(level=1, price=Money(2000)), LevelPrice(level=2, price=Money(1800)))
HAPPY = Special(
    id="campaign", name="Burger week", kind=SpecialKind.PRICE, starts=date(2026, 1, 1), ends=date(2026, 12, 31),
    products=("burger",), price=Money(1700),
)  # fmt: skip


def levelled(**more: object) -> Catalogue:
    """Give a place where the burger has two levels."""
    return selling(replace(BURGER, prices=LEVELS), **more)
