"""Line changes: prices and discounts by hand, modifiers, notes and splitting a line (R68, R80, R98, R104).

Each act is pure and gives a new basket with its discounts handed out again; all refuse `sale.being_paid`. What an act
by hand has to be allowed for say `ask_for_price` and `ask_for_discount` (2.12 rows 7 and 8).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import DiscountKind, Line, ManualDiscount, PriceReason
from clubtill_rules.goods.product import ProductKind
from clubtill_rules.sale import modifiers as choices
from clubtill_rules.sale.asks import Ask
from clubtill_rules.sale.basket import Basket, buyer, on_line, paying_classification, unpaid, with_lines
from clubtill_rules.sale.discounts.by_hand import asked_for_discount, asked_for_price
from clubtill_rules.sale.discounts.giving import level_prices, takes_discount
from clubtill_rules.sale.pricing import reprice
from clubtill_rules.values.money import NIL, Money, part_of, total
from clubtill_rules.values.refusal import Refusal

_WHOLE_BP: Final = 10_000


def set_price(basket: Basket, n: int, price: Money, catalogue: Catalogue) -> Basket:
    """Set a unit's price by hand: it stays when a member comes or goes, and takes no discount (R80, R98).

    A product without a price of its own is keyed again, inside its bounds (R104): that is its price, no override.

    Raises:
        Refusal: `price.below_nil`; `price.fixed` for what is no goods, and where points pay a part of each unit (R76);
            `price.outside` for a keyed price.
    """
    unpaid(basket)
    line = _with_own_price(basket, n)
    if price < NIL:
        raise Refusal("price.below_nil", product=line.name)
    if line.price_reason is PriceReason.OPEN:
        product = catalogue.products.get(line.product_id)
        if product is not None:
            choices.open_price(product, price)
        keyed = replace(line, unit_price=price, public_price=price, by_points=None)
        return on_line(basket, n, lambda _: keyed, catalogue)
    by_hand = replace(line, unit_price=price, price_reason=PriceReason.OVERRIDE, manual=None, by_points=None)
    return on_line(basket, n, lambda _: by_hand, catalogue)


def clear_price(basket: Basket, n: int, catalogue: Catalogue) -> Basket:
    """Take a price set by hand back: the line costs what it cost at its moment, for the member attached (R80)."""
    unpaid(basket)
    line = basket.line(n)
    if line.price_reason is not PriceReason.OVERRIDE:
        return basket
    classification = paying_classification(basket, catalogue)
    as_rung = replace(line, price_reason=PriceReason.LEVEL)
    return on_line(
        basket, n, lambda _: reprice(as_rung, member_classification=classification, catalogue=catalogue), catalogue
    )


def ask_for_price(basket: Basket, n: int, price: Money, catalogue: Catalogue) -> Ask | None:
    """Say what a price by hand has to be allowed for (2.12 row 8); None where it is not below the level's price."""
    line = basket.line(n)
    if line.price_reason is PriceReason.OPEN:
        return None
    level_each = level_prices(catalogue, buyer(basket, catalogue).classification)
    return asked_for_price(price, Money(level_each(line)) - line.extras)


def discount_line(basket: Basket, n: int, manual: ManualDiscount | None, catalogue: Catalogue) -> Basket:
    """Take something off a line by hand, instead of every other discount; None takes it back (R98).

    Raises:
        Refusal: `discount.not_here` for a line that takes no discount, `discount.too_much` for more than it costs,
            `discount.no_effect` where the line's campaign price is already as low.
        ValueError: neither a percentage nor an amount, both, or one below nil.
    """
    unpaid(basket)
    line = basket.line(n)
    if manual is not None:
        if not takes_discount(line):
            raise Refusal("discount.not_here", product=line.name)
        _check(manual, line.gross)
    done = on_line(basket, n, lambda found: replace(found, manual=manual), catalogue)
    if manual is not None and done.line(n).discount_kind is not DiscountKind.MANUAL:
        raise Refusal("discount.no_effect", product=line.name)
    return done


def discount_sale(basket: Basket, manual: ManualDiscount | None, catalogue: Catalogue) -> Basket:
    """Take something off the whole sale by hand: off its lines without a manual discount; None takes it back (R98).

    Lines that are rung up later share in it.

    Raises:
        Refusal: `discount.nothing_here` where no line takes a discount, `discount.too_much`.
        ValueError: as `discount_line`.
    """
    unpaid(basket)
    if manual is not None:
        lines = _taking(basket)
        if not lines:
            raise Refusal("discount.nothing_here")
        _check(manual, total([line.gross for line in lines]))
    return with_lines(replace(basket, manual=manual), basket.lines, catalogue)


def ask_for_discount(basket: Basket, manual: ManualDiscount, n: int | None = None) -> Ask:
    """Say what a discount by hand has to be allowed for: on line `n`, or on the whole sale (2.12 row 7).

    Raises:
        Refusal: `discount.not_here` where nothing takes a discount.
    """
    lines = _taking(basket) if n is None else [line for line in (basket.line(n),) if takes_discount(line)]
    if not lines:
        raise Refusal("discount.nothing_here")
    return asked_for_discount(lines, manual)


def choose_modifiers(basket: Basket, n: int, modifier_ids: Sequence[str], catalogue: Catalogue) -> Basket:
    """Choose a line's modifiers anew: each unit has them (R104).

    Raises:
        Refusal: `modifier.unknown`, `modifier.too_many`, `product.unknown` where it has left the catalogue.
    """
    unpaid(basket)
    line = basket.line(n)
    product = catalogue.products.get(line.product_id)
    if product is None:
        raise Refusal("product.unknown")
    found = choices.chosen(product, modifier_ids)
    changed = replace(line, modifiers=found, missing=choices.missing(product, found), by_points=None)
    return on_line(basket, n, lambda _: changed, catalogue)


def set_note(basket: Basket, n: int, text: str, catalogue: Catalogue) -> Basket:
    """Write a line's note for the docket; blank takes it away (R104). Refuses `line.note_too_long`."""
    unpaid(basket)
    kept = choices.note(text)
    return on_line(basket, n, lambda found: replace(found, note=kept), catalogue)


def split(basket: Basket, n: int, units: int, catalogue: Catalogue) -> Basket:
    """Split units off a line into a line of their own below it, so that points may pay for one of them (R68).

    An amount taken off by hand is split with them; Points Pay choices of both are cleared.

    Raises:
        Refusal: `line.split` where that would leave one of the two without a unit.
    """
    unpaid(basket)
    line = basket.line(n)
    if not 0 < units < line.qty:
        raise Refusal("line.split", product=line.name, n=line.qty)
    parted = _parted(line.manual, units, line.qty)
    own = replace(line, n=basket.next_n, qty=units, manual=parted[0], by_points=None)
    rest = replace(line, qty=line.qty - units, manual=parted[1], by_points=None)
    lines = [part for found in basket.lines for part in ((rest, own) if found.n == n else (found,))]
    return with_lines(replace(basket, next_n=basket.next_n + 1), lines, catalogue)


def _parted(manual: ManualDiscount | None, units: int, of: int) -> tuple[ManualDiscount | None, ManualDiscount | None]:
    """Split an amount by hand over the units split off and those that stay."""
    if manual is None or manual.rate_bp:
        return manual, manual
    own = Money(part_of(manual.amount.minor, 0, units, of))
    return replace(manual, amount=own), replace(manual, amount=manual.amount - own)


def _with_own_price(basket: Basket, n: int) -> Line:
    line = basket.line(n)
    if line.kind is not ProductKind.GOODS or line.offer_points is not None:
        raise Refusal("price.fixed", product=line.name)
    return line


def _taking(basket: Basket) -> list[Line]:
    """Give the lines that a discount on the whole sale is taken off."""
    return [line for line in basket.lines if takes_discount(line) and line.manual is None]


def _check(manual: ManualDiscount, gross: Money) -> None:
    if manual.rate_bp < 0 or manual.amount < NIL or bool(manual.rate_bp) is bool(manual.amount):
        raise ValueError("manual: a percentage above nil, or an amount above nil")
    if manual.rate_bp > _WHOLE_BP or manual.amount > gross:
        raise Refusal("discount.too_much", price=gross)
