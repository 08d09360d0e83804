"""Specials, scheme and sale discounts: a percentage or an amount off each line, or one amount shared (R98, R102)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from clubtill_rules.goods.discount import Covers, Discount, Per, VoucherOff
from clubtill_rules.goods.line import DiscountKind, Line, PriceReason
from clubtill_rules.sale.discounts.limits import Left
from clubtill_rules.sale.discounts.pool import Given, Pool, Shared, Terms, each
from clubtill_rules.values.money import Money
from clubtill_rules.values.why import Rounding, Working, working

_WHOLE_BP: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(Terms):
    """A discount or what a voucher takes off, in one form; `amount` is in minor units.

    `most_units` is what one use gives at most: one unit of a free product, None without end.
    """

    kind: DiscountKind
    rate_bp: int
    amount: int
    per: Per
    most_units: int | None = None


def offer_of(discount: Discount) -> Offer:
    """Give a discount of the catalogue as an offer."""
    return Offer(
        id=discount.id,
        name=discount.name,
        covers=discount.covers,
        trigger=discount.trigger,
        limit=discount.limit,
        kind=discount.kind,
        rate_bp=discount.rate_bp,
        amount=discount.amount.minor,
        per=discount.per,
    )


def offer_of_voucher(voucher: VoucherOff) -> Offer:
    """Give what a voucher takes off as an offer of kind special (R102); a free product is one unit at 100 %."""
    free = voucher.free_product
    return Offer(
        id=voucher.id,
        name=voucher.name,
        covers=Covers(products=(free,)) if free else voucher.covers,
        kind=DiscountKind.SPECIAL,
        rate_bp=_WHOLE_BP if free else voucher.rate_bp,
        amount=voucher.amount.minor,
        per=Per.SALE,
        most_units=1 if free else None,
    )


def give(pool: Pool, offers: Iterable[Offer], level_each: Callable[[Line], int]) -> None:
    """Give the lines of a pool their discount of one kind: the lower price for the member, then the lower id.

    An amount shared over lines is weighed as a whole against what its lines would get by themselves. A campaign price
    is a special too: another special must leave the line cheaper than it, and a shared amount passes over it.

    Args:
        pool: changed in place.
        offers: of one kind, those that the buyer may have here.
        level_each: what a unit would cost without its campaign, modifiers included (R80).
    """
    ordered = sorted(offers, key=lambda offer: offer.id)
    single = [offer for offer in ordered if offer.rate_bp or offer.per is not Per.SALE]
    once = [offer for offer in ordered if not offer.rate_bp and offer.per is Per.SALE]
    # Sorting keeps the lower id first where two amounts are worth the same.
    for offer in sorted(once, key=lambda offer: -_worth(pool, offer, _parts(pool, offer))):
        _give_shared(pool, offer, single, level_each)
    for n, given in _singly(pool, single, level_each).items():
        pool.give(n, given)
    pool.reached |= {offer.id for offer in ordered if pool.left[offer.id].none and pool.taking(offer)}


def _singly(pool: Pool, offers: Iterable[Offer], level_each: Callable[[Line], int]) -> dict[int, Given]:
    """Give the best single discount of each line. Limits are counted down line by line, from the top."""
    known = [(offer, {line.n for line in pool.taking(offer)}, pool.left[offer.id].copy()) for offer in offers]
    found: dict[int, Given] = {}
    for line in pool.lines.values():
        best: tuple[Given, Left] | None = None
        for offer, covered, left in known:
            given = off_line(offer, line, left, level_each) if line.n in covered else None
            if given is not None and (best is None or given.off > best[0].off):
                best = (given, left)
        if best is not None:
            given, left = best
            left.take(given.off, given.units)
            found[line.n] = given
    return found


def off_line(offer: Offer, line: Line, left: Left, level_each: Callable[[Line], int]) -> Given | None:
    """Give what an offer takes off a line, beyond its campaign where it has one; None for nothing."""
    if left.none:
        return None
    units = line.qty if left.units is None else min(line.qty, left.units)
    unit = level_each(line) if line.price_reason is PriceReason.CAMPAIGN else each(line)
    spared = (unit - each(line)) * line.qty
    whole, how = _whole(offer, unit, units)
    off = whole - spared
    if spared:
        how = working(Money(off), Rounding.EXACT, Money(whole), ("-", Money(spared)))
    cut = left.amount is not None and left.amount < off
    if left.amount is not None and cut:
        how = working(Money(left.amount), Rounding.LEAST, Money(off), (",", Money(left.amount)))
        off = left.amount
    if off <= 0:
        return None
    return Given(
        kind=offer.kind, id=offer.id, name=offer.name, off=off, units=units, working=how, cut=cut or units < line.qty
    )


def _whole(offer: Offer, unit: int, units: int) -> tuple[int, Working]:
    """Give what an offer takes off units of a price, never more than they cost, with the working."""
    base = Money(unit * units)
    if offer.rate_bp:
        return rate_off(base, offer.rate_bp)
    if offer.per is Per.UNIT:
        one = min(offer.amount, unit)
        return one * units, working(Money(one * units), Rounding.EXACT, Money(one), ("x", units))
    off = min(offer.amount, base.minor)
    return off, working(Money(off), Rounding.LEAST, Money(offer.amount), (",", base))


def rate_off(base: Money, rate_bp: int) -> tuple[int, Working]:
    """Give a percentage, rounded half away from zero once (R1), at most all of it."""
    rate = min(rate_bp, _WHOLE_BP)
    off = base.share(rate)
    return off.minor, working(off, Rounding.HALF_AWAY, base, ("x", Decimal(rate).scaleb(-4)))


def _parts(pool: Pool, offer: Offer) -> dict[int, int]:
    """Give the lines that an amount is shared over, by what they cost. A limit by items takes whole lines that fit."""
    units = pool.left[offer.id].units
    parts: dict[int, int] = {}
    for line in pool.taking(offer):
        if line.price_reason is PriceReason.CAMPAIGN or (units is not None and line.qty > units):
            continue
        units = None if units is None else units - line.qty
        parts[line.n] = line.gross.minor
    return parts


def _worth(pool: Pool, offer: Offer, parts: dict[int, int]) -> int:
    """Give what an amount is worth on its lines: never more than they cost or than its limit leaves."""
    worth = min(offer.amount, sum(parts.values()))
    left = pool.left[offer.id].amount
    return worth if left is None else min(worth, left)


def _give_shared(pool: Pool, offer: Offer, single: Iterable[Offer], level_each: Callable[[Line], int]) -> None:
    """Share an amount over its lines, if they get more by it than by themselves; at a tie the lower id decides."""
    parts = _parts(pool, offer)
    amount = _worth(pool, offer, parts)
    if amount <= 0:
        return
    own = [given for n, given in _singly(pool, single, level_each).items() if n in parts]
    theirs = sum(given.off for given in own)
    if amount < theirs or (amount == theirs and min(given.id for given in own) < offer.id):
        return
    cut = amount < min(offer.amount, sum(parts.values()))
    whole = Shared(kind=offer.kind, id=offer.id, name=offer.name, amount=amount, cut=cut)
    pool.share(whole, parts, {n: pool.lines[n].qty for n in parts})
