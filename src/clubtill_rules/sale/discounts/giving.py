"""Discounts of a sale: manual, special, mix and match, combo, scheme, sale; one a line, in this order (R98)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.discount import VoucherOff
from clubtill_rules.goods.line import DiscountKind, Line, ManualDiscount, PriceReason
from clubtill_rules.goods.product import ProductKind
from clubtill_rules.members.classification import Classification
from clubtill_rules.sale.discounts import by_hand, by_line, in_sets
from clubtill_rules.sale.discounts.by_line import Offer, offer_of, offer_of_voucher
from clubtill_rules.sale.discounts.in_sets import SetOffer, of_combo, of_mix
from clubtill_rules.sale.discounts.limits import Left, Tracked, holder_of, left_of, period_of
from clubtill_rules.sale.discounts.pool import Given, Pool, Terms, each
from clubtill_rules.sale.discounts.triggers import NOBODY, Buyer, is_for
from clubtill_rules.sale.pricing import level_price
from clubtill_rules.values.days import local, trading_day
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.why import Because, because


@dataclass(frozen=True, slots=True, kw_only=True)
class Discounted:
    """The lines of a sale with their discounts.

    Attributes:
        lines: in the order given; a line that has a discount is not paid by points (R68).
        tracked: what counts against limits, once the sale is final (R94).
        idle: coupons and ids of vouchers that take nothing off here, or only where another discount is on the line.
        because: why each line has its discount, and which limit was reached.
    """

    lines: tuple[Line, ...]
    tracked: tuple[Tracked, ...] = ()
    idle: tuple[str, ...] = ()
    because: tuple[Because, ...] = ()


def discounted(
    lines: Sequence[Line],
    *,
    catalogue: Catalogue,
    buyer: Buyer = NOBODY,
    manual: ManualDiscount | None = None,
    coupons: tuple[str, ...] = (),
    vouchers: Sequence[VoucherOff] = (),
    used: Sequence[Tracked] = (),
    sale_id: str = "",
) -> Discounted:
    """Give every line the discount that R98 gives it; what lines had before counts for nothing.

    Goods at a price above nil take discounts. A price set by hand is a discount by hand, and a price that points have
    lowered (R76) takes none. Ages and limits are looked at on the day of the last line, windows at each line's moment.

    Args:
        lines: of the sale, with their prices (R80).
        catalogue: the settings in force at the location.
        buyer: the member with benefits, his account and classification.
        manual: what staff take off the whole sale; a line's own comes before it.
        coupons: codes entered.
        vouchers: handed over and valid (R102).
        used: what was had of limited discounts before (R94).
        sale_id: for the entries.
    """
    bare = [_bare(line) for line in lines]
    if not bare:
        return Discounted(lines=())
    last_us = max(line.added_at_us for line in bare)
    day = local(last_us, catalogue.venue.zone).date()
    offers = _offers(catalogue, vouchers, buyer, coupons, day)
    counting = _counting(offers, buyer, catalogue.club.id, trading_day(last_us, catalogue.club.clock))
    pool = Pool(
        zone=catalogue.venue.zone,
        lines={line.n: line for line in bare if takes_discount(line)},
        left={one.id: _left(one, counting, used) for one in offers},
    )
    if pool.lines:
        _give_in_order(pool, offers, manual, level_prices(catalogue, buyer.classification))
    done = tuple(_write(line, pool.given.get(line.n)) for line in bare)
    active = {given.id for given in pool.given.values()}
    active |= {one.trigger.coupon for one in offers if one.id in active and one.trigger is not None}
    return Discounted(
        lines=done,
        tracked=_tracked(pool.given, counting, sale_id),
        idle=tuple(one for one in (*coupons, *(voucher.id for voucher in vouchers)) if one not in active),
        because=(*_reasons(done, pool.given), *_limits_reached(pool, offers)),
    )


def _bare(line: Line) -> Line:
    """Give a line without its discount."""
    return replace(line, discount=NIL, discount_kind=None, discount_id="", discount_qty=0)


def takes_discount(line: Line) -> bool:
    """Tell whether a line takes discounts at all: goods at a price above nil, not set by hand nor lowered by points."""
    by_points = line.offer_points is not None
    by_hand_already = line.price_reason is PriceReason.OVERRIDE
    return line.kind is ProductKind.GOODS and line.gross > NIL and not by_points and not by_hand_already


def _write(line: Line, given: Given | None) -> Line:
    """Write a discount on its line, which leaves Points Pay (R68)."""
    if given is None:
        return line
    return replace(
        line,
        discount=Money(given.off),
        discount_kind=given.kind,
        discount_id=given.id,
        discount_qty=given.units,
        by_points=None,
    )


def _offers(
    catalogue: Catalogue, vouchers: Iterable[VoucherOff], buyer: Buyer, coupons: tuple[str, ...], day: date
) -> list[Offer | SetOffer]:
    """Give the offers that this buyer may have here, whatever the lines."""
    offered: list[Offer | SetOffer] = [offer_of(discount) for discount in catalogue.discounts]
    offered += [of_mix(mix) for mix in catalogue.mix_and_match]
    offered += [of_combo(combo) for combo in catalogue.combos]
    here = catalogue.location.id
    mine = [
        one
        for one in offered
        if one.trigger is None or is_for(one.trigger, buyer, location_id=here, coupons=coupons, day=day)
    ]
    return [*mine, *(offer_of_voucher(voucher) for voucher in vouchers)]


def level_prices(catalogue: Catalogue, classification: Classification | None) -> Callable[[Line], int]:
    """Give what says of a line what a unit costs at its level without any campaign, modifiers included (R80, R104).

    A product that has left the catalogue costs what it was sold at.
    """

    def level_each(line: Line) -> int:
        product = catalogue.products.get(line.product_id)
        if product is None:
            return each(line)
        moment = local(line.added_at_us, catalogue.venue.zone)
        return (level_price(product, classification, catalogue, moment)[1] + line.extras).minor

    return level_each


def _give_in_order(
    pool: Pool,
    offers: Iterable[Offer | SetOffer],
    manual: ManualDiscount | None,
    level_each: Callable[[Line], int],
) -> None:
    """Hand out the kinds in the order of R98; after the specials a campaign price is a line's discount."""
    by_hand.give(pool, manual, level_each)
    singles = [one for one in offers if isinstance(one, Offer)]
    in_set = [one for one in offers if isinstance(one, SetOffer)]
    by_line.give(pool, [one for one in singles if one.kind is DiscountKind.SPECIAL], level_each)
    for n in [n for n, line in pool.lines.items() if line.price_reason is PriceReason.CAMPAIGN]:
        del pool.lines[n]
    for kind in (DiscountKind.MIX_AND_MATCH, DiscountKind.COMBO):
        in_sets.give(pool, [one for one in in_set if one.kind is kind])
    for kind in (DiscountKind.SCHEME, DiscountKind.SALE):
        by_line.give(pool, [one for one in singles if one.kind is kind], level_each)


def _counting(offers: Iterable[Terms], buyer: Buyer, club_id: str, day: date) -> dict[str, tuple[str, date]]:
    """Give against whose limit and in which period each limited offer counts; none where it cannot be had (R94)."""
    found: dict[str, tuple[str, date]] = {}
    for one in offers:
        if one.limit is not None:
            holder, period = holder_of(one.limit, buyer, club_id), period_of(one.limit, day)
            if holder and period is not None:
                found[one.id] = (holder, period)
    return found


def _left(one: Offer | SetOffer, counting: dict[str, tuple[str, date]], used: Sequence[Tracked]) -> Left:
    """Give what may be given of an offer on this sale."""
    if one.limit is None:
        return Left(units=one.most_units if isinstance(one, Offer) else None)
    holder, period = counting.get(one.id, ("", None))
    return left_of(one.limit, one.id, holder_id=holder, period=period, used=used)


def _tracked(given: dict[int, Given], counting: dict[str, tuple[str, date]], sale_id: str) -> tuple[Tracked, ...]:
    """Give one entry for each limited discount that was given, in the order of the sale."""
    sums: dict[str, tuple[int, int]] = {}
    for _, one in sorted(given.items()):
        off, units = sums.get(one.id, (0, 0))
        sums[one.id] = (off + one.off, units + one.units)
    return tuple(
        Tracked(
            discount_id=discount_id,
            holder_id=counting[discount_id][0],
            period=counting[discount_id][1],
            amount=Money(off),
            times=units,
            sale_id=sale_id,
        )
        for discount_id, (off, units) in sums.items()
        if discount_id in counting
    )


def _reasons(lines: Iterable[Line], given: dict[int, Given]) -> tuple[Because, ...]:
    return tuple(
        because(
            f"why.discount.{given[line.n].kind.value}",
            "R98",
            line=line.n,
            product=line.name,
            offer=given[line.n].name,
            discount=line.discount,
            working=given[line.n].working,
        )
        for line in lines
        if line.n in given
    )


def _limits_reached(pool: Pool, offers: Iterable[Terms]) -> tuple[Because, ...]:
    """Say which limits left less than their offer would have given, by id (R94)."""
    names = {one.id: one.name for one in offers if one.limit is not None and one.id in pool.reached}
    return tuple(because("why.discount.limit_reached", "R94", offer=names[one]) for one in sorted(names))
