"""Tiles: the tabs of the layout and the products on them, with the price that will be charged (U10, U11, U14)."""

from __future__ import annotations

from dataclasses import dataclass

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import PriceReason
from clubtill_rules.goods.product import Product
from clubtill_rules.sale.basket import paying_classification
from clubtill_rules.sale.pricing import price
from clubtill_rules.values.refusal import Refusal
from clubtill_terminal.screens.till.state import State
from clubtill_wording.speech import Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A tab of tiles."""

    label: str
    family: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A product on its tile. `reason` says why it cannot be sold; `product_id` blank is an empty place."""

    product_id: str
    label: str
    price: str
    family: str
    member_price: bool
    quantity: int
    reason: str
    unavailable: str
    named: str


def tiles(state: State, catalogue: Catalogue, speech: Speech) -> list[Tile]:
    """Give the tiles of the chosen tab: each in its place, sold out ones too (U10, U11)."""
    layout = state.place.layout
    if layout is None or not layout.tabs:
        return []
    counts: dict[str, int] = {}
    for line in state.basket.lines:
        counts[line.product_id] = counts.get(line.product_id, 0) + line.qty
    chosen = layout.tabs[min(state.tab, len(layout.tabs) - 1)]
    found = [catalogue.products.get(product_id) for product_id in chosen.products]
    return [_tile(one, counts.get(one.id, 0), state, catalogue, speech) for one in found if one is not None]


def _tile(product: Product, count: int, state: State, catalogue: Catalogue, speech: Speech) -> Tile:
    family = catalogue.families.get(product.family_id)
    glyph = family.glyph if family else "goods"
    classification = paying_classification(state.basket, catalogue)
    reason, shown, member = "", "", False
    try:
        unit = price(
            product,
            member_classification=classification,
            catalogue=catalogue,
            at_us=state.now_us,
            zone=catalogue.venue.zone,
        )
        shown, member = speech.plain(unit.unit), unit.reason is not PriceReason.LEVEL
    except Refusal as refusal:
        reason = speech.sentence(refusal.code, refusal.facts, place="till").body
    unavailable = ""
    if product.sold_out:
        reason = speech.sentence("product.sold_out", {"product": product.name}, place="till").body
        unavailable = speech.label("till.sold_out")
    named = f"{product.name}, {unavailable or shown}"
    return Tile(
        product_id=product.id,
        label=product.name,
        price=shown,
        family=glyph,
        member_price=member,
        quantity=count,
        reason=reason,
        unavailable=unavailable or (speech.label("points.not") if reason else ""),
        named=named + (f", {count}" if count else ""),
    )


def tabs(state: State) -> list[Tab]:
    """Give the tabs of the layout."""
    layout = state.place.layout
    return [
        Tab(label=tab.name, family=tab.glyph, chosen=at == state.tab)
        for at, tab in enumerate(layout.tabs if layout else ())
    ]
