"""Pricing: what one unit of a product costs here, now, for whom (R80), and the points rate of its line (R26).

A price level comes first, it is a price; a campaign price after it, if it is not dearer (R98). Whole lines,
discounts and totals are not decided here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import Line, PriceReason
from clubtill_rules.goods.product import Product, Special, SpecialKind
from clubtill_rules.members.classification import Classification, MemberPriceLevel
from clubtill_rules.values.days import in_dated_window, in_window, local
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points, whole
from clubtill_rules.values.refusal import Refusal

_DAY_MIN: Final = 1440
_WEEK_DAYS: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPrice:
    """What one unit costs and why.

    Attributes:
        public: price at the location's default level, for what a member saves.
        level: the level at which the price was found; a level without a price takes level 1's.
        special_id: the campaign that set the price, else the special that set the rate, else blank.
        rate_h: points per unit of currency in hundredths, after specials (R26).
        points_price: the product's own points price at `level`, or None (R70).
    """

    unit: Money
    public: Money
    level: int
    reason: PriceReason
    special_id: str
    rate_h: int
    points_price: Points | None


def _minutes_a_week(row: MemberPriceLevel) -> int:
    if row.weekdays is None:
        return _WEEK_DAYS * _DAY_MIN
    window = _DAY_MIN if row.start_min == row.end_min else (row.end_min - row.start_min) % _DAY_MIN + 1
    return len(set(row.weekdays)) * window


def _row_holds(row: MemberPriceLevel, moment: datetime) -> bool:
    return row.weekdays is None or in_window(moment, frozenset(row.weekdays), row.start_min, row.end_min)


def member_level(classification: Classification, catalogue: Catalogue, moment: datetime) -> int | None:
    """Give the level that members of a classification pay at this location at a wall-clock moment (R80).

    The narrowest row that holds wins; of two equally narrow the lower level. A level that is not enabled here
    cannot be chosen. None: no row holds, so the location's default level applies.
    """
    rows = [
        (_minutes_a_week(row), row.level)
        for row in classification.member_prices
        if row.location_id == catalogue.location.id
        and row.level in catalogue.location.enabled_levels
        and _row_holds(row, moment)
    ]
    return min(rows)[1] if rows else None


def _price_at(product: Product, level: int) -> tuple[int, Money]:
    """Give the level at which a price was found, and the price. Refuses `product.no_price`."""
    prices = {p.level: p.price for p in product.prices}
    for candidate in (level, 1):
        if candidate in prices:
            return candidate, prices[candidate]
    raise Refusal("product.no_price", product=product.name)


def level_price(
    product: Product, classification: Classification | None, catalogue: Catalogue, moment: datetime
) -> tuple[int, Money]:
    """Give the level that holds for a member or for none, and the price there before any campaign (R80).

    Refuses `product.no_price`.
    """
    chosen = member_level(classification, catalogue, moment) if classification else None
    return _price_at(product, catalogue.location.default_level if chosen is None else chosen)


def _special_runs(special: Special, moment: datetime) -> bool:
    """Tell whether a special runs at a wall-clock moment; past midnight it belongs to the day it began (R46)."""
    return in_dated_window(
        moment,
        starts=special.starts,
        ends=special.ends,
        weekdays=frozenset(special.weekdays),
        start_min=special.start_min,
        end_min=special.end_min,
    )


def _special_covers(special: Special, product: Product, location_id: str) -> bool:
    if special.locations and location_id not in special.locations:
        return False
    if not special.products and not special.categories:
        return True
    return product.id in special.products or product.category_id in special.categories


def _special_is_for(special: Special, classification: Classification | None) -> bool:
    if special.classifications is None:
        return True
    if classification is None:
        return False
    return not special.classifications or classification.number in special.classifications


def _specials(
    product: Product, classification: Classification | None, catalogue: Catalogue, moment: datetime
) -> tuple[Special, ...]:
    return tuple(
        s
        for s in catalogue.specials
        if _special_covers(s, product, catalogue.location.id)
        and _special_is_for(s, classification)
        and _special_runs(s, moment)
    )


def _rate(product: Product, running: tuple[Special, ...], catalogue: Catalogue) -> tuple[int, str]:
    """Give the rate and the special that set it: latest start, then highest id (R26); else the category's."""
    setting = [s for s in running if s.kind is SpecialKind.RATE and s.rate_h is not None]
    if setting:
        special = max(setting, key=lambda s: (s.starts, s.id))
        return special.rate_h or 0, special.id
    category = catalogue.categories.get(product.category_id)
    return (category.rate_h if category else 0), ""


def rate_of(
    product: Product, classification: Classification | None, catalogue: Catalogue, at_us: int
) -> tuple[int, str]:
    """Give the points rate of a product at a moment, and the special that sets it or blank (R26)."""
    moment = local(at_us, catalogue.venue.zone)
    return _rate(product, _specials(product, classification, catalogue, moment), catalogue)


def price(
    product: Product, *, member_classification: Classification | None, catalogue: Catalogue, at_us: int, zone: str
) -> UnitPrice:
    """Price one unit at a moment (R80), with campaigns (R98: the lower price, then the lower id).

    Args:
        product: what is sold.
        member_classification: of the member attached with benefits, else None.
        catalogue: the settings in force at the location.
        at_us: the moment the line was added; timed levels and specials are decided there.
        zone: the venue's zone.

    Raises:
        Refusal: `product.no_price` when neither the level nor level 1 has a price.
    """
    moment = local(at_us, zone)
    public_level, public = _price_at(product, catalogue.location.default_level)
    level, unit = level_price(product, member_classification, catalogue, moment)
    reason = PriceReason.LEVEL if level == public_level else PriceReason.MEMBER_LEVEL
    running = _specials(product, member_classification, catalogue, moment)
    rate_h, special_id = _rate(product, running, catalogue)
    campaigns = [
        (s.price, s.id) for s in running if s.kind is SpecialKind.PRICE and s.price is not None and s.price <= unit
    ]
    if campaigns:
        unit, special_id = min(campaigns)
        reason = PriceReason.CAMPAIGN
    own = next((p.points for p in product.points_prices if p.level == level), None)
    return UnitPrice(
        unit=unit,
        public=public,
        level=level,
        reason=reason,
        special_id=special_id,
        rate_h=rate_h,
        points_price=None if own is None else whole(own),
    )


def priced_alike(product: Product, catalogue: Catalogue, first_us: int, second_us: int) -> bool:
    """Tell whether a product costs everybody the same at two moments: every timed row and special agrees.

    Only then may units rung up at both share a line, or it would matter when the member is attached (R29, R80).
    """
    zone = catalogue.venue.zone
    first, second = local(first_us, zone), local(second_us, zone)
    rows = (
        row
        for c in catalogue.classifications.values()
        for row in c.member_prices
        if row.weekdays is not None and row.location_id == catalogue.location.id
    )
    if any(_row_holds(row, first) != _row_holds(row, second) for row in rows):
        return False
    covering = (s for s in catalogue.specials if _special_covers(s, product, catalogue.location.id))
    return all(_special_runs(s, first) == _special_runs(s, second) for s in covering)


def reprice(line: Line, *, member_classification: Classification | None, catalogue: Catalogue) -> Line:
    """Price a line again for another member or none, at the moment it was added (R80).

    An overridden or keyed price stays (R104). A product that has left the catalogue keeps the price it was sold at.
    """
    product = catalogue.products.get(line.product_id)
    if product is None:
        return line
    if line.price_reason in (PriceReason.OVERRIDE, PriceReason.OPEN):
        rate_h, _ = rate_of(product, member_classification, catalogue, line.added_at_us)
        return replace(line, rate_h=rate_h)
    now = price(
        product,
        member_classification=member_classification,
        catalogue=catalogue,
        at_us=line.added_at_us,
        zone=catalogue.venue.zone,
    )
    return replace(
        line,
        level=now.level,
        unit_price=now.unit,
        public_price=now.public,
        price_reason=now.reason,
        special_id=now.special_id,
        rate_h=now.rate_h,
        points_price=now.points_price,
    )


def without_offer(line: Line, *, member_classification: Classification | None, catalogue: Catalogue) -> Line:
    """Give a line back its own price, where an Item Point Offer had lowered it (R76)."""
    if line.offer_points is None:
        return line
    return reprice(replace(line, offer_points=None), member_classification=member_classification, catalogue=catalogue)
