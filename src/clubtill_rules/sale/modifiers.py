"""Open prices, modifiers and notes of a line (R104). Pure checks; the acts that change a sale are in `line_changes`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from clubtill_rules.goods.product import Modifier, Product
from clubtill_rules.values.money import Money
from clubtill_rules.values.refusal import Refusal

NOTE_LENGTH: Final = 60
"""R104: characters of a note for the docket."""


def open_price(product: Product, price: Money | None) -> Money | None:
    """Check the price keyed for a product; None where the product has a price of its own.

    Raises:
        Refusal: `price.needed` where one has to be keyed, `price.outside` its bounds, both with the bounds.
        ValueError: a price for a product that is not open: `set_price` is the act for that.
    """
    bounds = product.open_price
    if bounds is None:
        if price is not None:
            raise ValueError(f"price: {product.id} has a price of its own")
        return None
    if price is None:
        raise Refusal("price.needed", product=product.name, least=bounds.least, most=bounds.most)
    if not bounds.least <= price <= bounds.most:
        raise Refusal("price.outside", product=product.name, price=price, least=bounds.least, most=bounds.most)
    return price


def chosen(product: Product, modifier_ids: Sequence[str]) -> tuple[Modifier, ...]:
    """Give the modifiers of a line in the order of the product's groups; one named twice is taken twice.

    Raises:
        Refusal: `modifier.unknown` for one that the product does not offer, `modifier.too_many` of a group.
    """
    known = {modifier.id for group in product.modifier_groups for modifier in group.modifiers}
    if any(modifier_id not in known for modifier_id in modifier_ids):
        raise Refusal("modifier.unknown", product=product.name)
    found: list[Modifier] = []
    for group in product.modifier_groups:
        own = [modifier for modifier in group.modifiers for _ in range(modifier_ids.count(modifier.id))]
        if len(own) > group.most:
            raise Refusal("modifier.too_many", product=product.name, group=group.name, n=group.most)
        found += own
    return tuple(found)


def missing(product: Product, modifiers: Sequence[Modifier]) -> tuple[str, ...]:
    """Name the groups in which a required choice is not made yet, in the product's order."""
    ids = [modifier.id for modifier in modifiers]
    return tuple(
        group.name
        for group in product.modifier_groups
        if sum(ids.count(modifier.id) for modifier in group.modifiers) < group.least
    )


def note(text: str) -> str:
    """Give a note without space around it. Refuses `line.note_too_long` over 60 characters, with their number."""
    kept = text.strip()
    if len(kept) > NOTE_LENGTH:
        raise Refusal("line.note_too_long", n=len(kept), limit=NOTE_LENGTH)
    return kept
