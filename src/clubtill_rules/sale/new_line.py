"""New line: the line of one more unit of a product, and whether it may stand on a line that is there (R80, R104)."""

from __future__ import annotations

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import Line, PriceReason
from clubtill_rules.goods.product import Product
from clubtill_rules.members.classification import Classification
from clubtill_rules.sale.discounts.triggers import covers, runs
from clubtill_rules.sale.pricing import UnitPrice, price, priced_alike, rate_of
from clubtill_rules.values.days import local
from clubtill_rules.values.money import Money


def new_line(
    n: int,
    product: Product,
    classification: Classification | None,
    catalogue: Catalogue,
    at_us: int,
    *,
    keyed: Money | None = None,
) -> Line:
    """Make the line of one unit of a product, at its price and points rate for whoever is on the sale (R80, R26).

    Args:
        n: its number.
        product: what is rung up.
        classification: of the member attached with benefits, else None.
        catalogue: the settings in force at the location.
        at_us: the moment; the tax rate is that of its day at the venue (R97).
        keyed: the price keyed for a product without one (R104), checked before.

    Refuses `product.no_price`.
    """
    zone = catalogue.venue.zone
    if keyed is None:
        unit = price(product, member_classification=classification, catalogue=catalogue, at_us=at_us, zone=zone)
    else:
        rate_h, special_id = rate_of(product, classification, catalogue, at_us)
        unit = UnitPrice(
            unit=keyed,
            public=keyed,
            level=catalogue.location.default_level,
            reason=PriceReason.OPEN,
            special_id=special_id,
            rate_h=rate_h,
            points_price=None,
        )
    tax = catalogue.tax_codes.get(product.tax_code_id)
    return Line(
        n=n,
        product_id=product.id,
        name=product.name,
        family_id=product.family_id,
        category_id=product.category_id,
        kind=product.kind,
        added_at_us=at_us,
        level=unit.level,
        unit_price=unit.unit,
        public_price=unit.public,
        price_reason=unit.reason,
        special_id=unit.special_id,
        rate_h=unit.rate_h,
        fixed_points=product.fixed_points,
        points_price=unit.points_price,
        tax_code_id=product.tax_code_id,
        tax_bp=tax.rate_on(local(at_us, zone).date()) if tax else 0,
        tax_inclusive=tax.inclusive if tax else True,
    )


def joins(line: Line, fresh: Line, product: Product, catalogue: Catalogue) -> bool:
    """Tell whether another unit may stand on a line: nothing about the line is its own (R68, R76, R80, R98, R104)."""
    return (
        line.product_id == fresh.product_id
        and line.by_points is None
        and line.offer_points is None
        and line.manual is None
        and line.price_reason not in (PriceReason.OVERRIDE, PriceReason.OPEN)
        and (line.unit_price, line.modifiers, line.note, line.tax_bp)
        == (fresh.unit_price, fresh.modifiers, fresh.note, fresh.tax_bp)
        and priced_alike(product, catalogue, line.added_at_us, fresh.added_at_us)
        and _offered_alike(line, catalogue, fresh.added_at_us)
    )


def _offered_alike(line: Line, catalogue: Catalogue, at_us: int) -> bool:
    """Tell whether every offer over a line runs at another moment too, or at neither: a window closes between units."""
    triggers = [one.trigger for one in catalogue.discounts if covers(one.covers, line)]
    triggers += [one.trigger for one in catalogue.mix_and_match if covers(one.covers, line)]
    triggers += [one.trigger for one in catalogue.combos if any(covers(part.covers, line) for part in one.parts)]
    first, second = local(line.added_at_us, catalogue.venue.zone), local(at_us, catalogue.venue.zone)
    return all(runs(trigger, first) == runs(trigger, second) for trigger in triggers)
