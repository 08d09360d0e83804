"""Handed over: coupons and vouchers on a sale, and what was had of limited discounts before it (R94, R98, R102).

Each act is pure and gives a new basket with its discounts handed out again. `basket.idle` names what takes nothing off.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.discount import VoucherOff
from clubtill_rules.sale.basket import Basket, unpaid, with_lines
from clubtill_rules.sale.discounts.limits import Tracked
from clubtill_rules.values.refusal import Refusal


def enter_coupon(basket: Basket, code: str, catalogue: Catalogue) -> Basket:
    """Enter a coupon's code, in capitals or not; once more changes nothing.

    Raises:
        Refusal: `coupon.unknown` where no offer asks for it, `sale.being_paid`.
    """
    unpaid(basket)
    triggers = [discount.trigger for discount in catalogue.discounts]
    triggers += [mix.trigger for mix in catalogue.mix_and_match]
    triggers += [combo.trigger for combo in catalogue.combos]
    wanted = code.strip().casefold()
    known = next((one.coupon for one in triggers if wanted and one.coupon.casefold() == wanted), None)
    if known is None:
        raise Refusal("coupon.unknown")
    if known in basket.coupons:
        return basket
    return with_lines(replace(basket, coupons=(*basket.coupons, known)), basket.lines, catalogue)


def take_back_coupon(basket: Basket, code: str, catalogue: Catalogue) -> Basket:
    """Take a coupon off the sale. Refuses `sale.being_paid`."""
    unpaid(basket)
    kept = tuple(one for one in basket.coupons if one != code)
    return with_lines(replace(basket, coupons=kept), basket.lines, catalogue)


def with_vouchers(basket: Basket, vouchers: Iterable[VoucherOff], catalogue: Catalogue) -> Basket:
    """Put on the sale what its vouchers take off: all of them, instead of those before. Refuses `sale.being_paid`.

    Whether a voucher is valid and whose it is, is decided before (R102).
    """
    unpaid(basket)
    return with_lines(replace(basket, vouchers=tuple(vouchers)), basket.lines, catalogue)


def with_used(basket: Basket, used: Iterable[Tracked], catalogue: Catalogue) -> Basket:
    """Take in what was had of limited discounts, live from the ledger or as last heard of (R94).

    Refuses `sale.being_paid`.
    """
    unpaid(basket)
    return with_lines(replace(basket, used=tuple(used)), basket.lines, catalogue)
