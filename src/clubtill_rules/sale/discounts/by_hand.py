"""Discounts and prices by hand: what they take off, and what has to be allowed for them (R80, R98, 2.12)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from clubtill_rules.goods.discount import ALL_GOODS, Per
from clubtill_rules.goods.line import DiscountKind, Line, ManualDiscount, PriceReason
from clubtill_rules.permissions import Act
from clubtill_rules.sale.asks import Ask
from clubtill_rules.sale.discounts.by_line import Offer, off_line
from clubtill_rules.sale.discounts.limits import Left
from clubtill_rules.sale.discounts.pool import Pool, Shared
from clubtill_rules.values.money import Money, ceiling, total
from clubtill_rules.values.why import Rounding, because, working

_WHOLE_BP: Final = 10_000


def give(pool: Pool, manual: ManualDiscount | None, level_each: Callable[[Line], int]) -> None:
    """Give lines what staff take off by hand: a line's own, else the whole sale's, whose amount is shared (R98).

    On a campaign price it counts like a special: against the level's price, and only where it leaves the line cheaper.
    """
    for line in list(pool.lines.values()):
        _give_line(pool, line, line.manual, level_each)
    if manual is None:
        return
    if manual.rate_bp:
        for line in list(pool.lines.values()):
            _give_line(pool, line, manual, level_each)
        return
    parts = {n: line.gross.minor for n, line in pool.lines.items() if line.price_reason is not PriceReason.CAMPAIGN}
    amount = min(manual.amount.minor, sum(parts.values()))
    if amount > 0:
        whole = Shared(kind=DiscountKind.MANUAL, id="", name=manual.reason, amount=amount)
        pool.share(whole, parts, {n: pool.lines[n].qty for n in parts})


def _give_line(pool: Pool, line: Line, manual: ManualDiscount | None, level_each: Callable[[Line], int]) -> None:
    if manual is None:
        return
    offer = Offer(
        id="",
        name=manual.reason,
        covers=ALL_GOODS,
        kind=DiscountKind.MANUAL,
        rate_bp=manual.rate_bp,
        amount=manual.amount.minor,
        per=Per.LINE,
    )
    given = off_line(offer, line, Left(), level_each)
    if given is not None:
        pool.give(line.n, given)


def asked_for_discount(lines: Iterable[Line], manual: ManualDiscount) -> Ask:
    """Say what a discount by hand asks for (2.12 row 7): an amount counts as its part of the lines, rounded up.

    Args:
        lines: that it is taken off; of the whole sale, all of them. They are worth more than nil.
        manual: by percentage or by amount.
    """
    gross = total([line.gross for line in lines])
    size_bp = manual.rate_bp or ceiling(manual.amount.minor * _WHOLE_BP, gross.minor)
    how = None
    if not manual.rate_bp:
        how = working(size_bp, Rounding.CEILING, manual.amount, ("/", gross), ("x", _WHOLE_BP))
    told = because("why.asked.discount", "R98", discount_bp=size_bp, price=gross, working=how)
    return Ask(act=Act.DISCOUNT, amount=size_bp, because=(told,))


def asked_for_price(price: Money, level: Money) -> Ask | None:
    """Say what a price by hand asks for (2.12 row 8): how far it lies below the level's price, rounded up.

    Args:
        price: of one unit, by hand.
        level: what the unit costs at the level of the member attached, or without one (R80).

    Returns:
        None where the price is not below the level's: then nobody is asked.
    """
    if price >= level:
        return None
    size_bp = ceiling((level - price).minor * _WHOLE_BP, level.minor)
    how = working(size_bp, Rounding.CEILING, level, ("-", price), ("/", level), ("x", _WHOLE_BP))
    told = because("why.asked.price", "R80", discount_bp=size_bp, price=price, level_price=level, working=how)
    return Ask(act=Act.LOWER_PRICE, amount=size_bp, because=(told,))
