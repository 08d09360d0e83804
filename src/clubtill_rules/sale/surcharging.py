"""Surcharging: percentages by day and by medium, each a line of its own (R103). Day first, then medium, then rounding.

The lines stand on the basket before it is final, so that everybody sees them; `check` refuses a basket without them.
A line's day is that of the moment it was rung up, as its price is (R80). Of several surcharges that hold, the highest
counts, then the lower id: they do not add up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import Line
from clubtill_rules.goods.product import ProductKind
from clubtill_rules.goods.surcharge import Surcharge
from clubtill_rules.sale.basket import Basket, totals
from clubtill_rules.sale.extra_lines import extra_line, with_line
from clubtill_rules.sale.tax import added_tax
from clubtill_rules.sale.tender import Tender
from clubtill_rules.values.days import local
from clubtill_rules.values.money import NIL, Money, total
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, Rounding, because, working


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What a medium has to take to pay an amount: `line` is the surcharge on it, None where it bears none.

    40.00 on a Sunday is 44.00; by a card at 1.5 % the line is 0.66 and `to_take` is 44.66.
    """

    pays: Money
    to_take: Money
    line: Line | None = None


def of_day(surcharges: Iterable[Surcharge], day: date) -> Surcharge | None:
    """Give the surcharge of a calendar day: of its weekday or as a public holiday; None where there is none."""
    return _highest(s for s in surcharges if not s.media and (day.weekday() in s.weekdays or day in s.holidays))


def of_medium(surcharges: Iterable[Surcharge], media_id: str) -> Surcharge | None:
    """Give the surcharge of a medium; None where it bears none."""
    return _highest(s for s in surcharges if media_id in s.media)


def day_lines(lines: Sequence[Line], catalogue: Catalogue) -> tuple[Line, ...]:
    """Give the lines of the surcharges by day, one for each surcharge, in the order in which they first apply.

    Each is a percentage of the goods lines of its days after every discount, Points Pay discount included; fees,
    top-ups, gift cards, tips and gaming bear none. A line that would be nil is left out.
    """
    made = (_line(surcharge, base, catalogue, at_us) for surcharge, base, at_us in _bases(lines, catalogue))
    return tuple(line for line in made if line.unit_price)


def with_days(basket: Basket, catalogue: Catalogue) -> Basket:
    """Bring the surcharges by day of a basket up to date, before anything is paid; a surcharge keeps its number.

    Refuses `sale.being_paid` once a payment was taken.
    """
    if basket.tenders:
        raise Refusal("sale.being_paid", paid=total([t.amount for t in basket.tenders]))
    numbers = {line.product_id: line.n for line in basket.lines if line.kind is ProductKind.SURCHARGE}
    fresh = replace(basket, lines=_others(basket.lines))
    for line in day_lines(fresh.lines, catalogue):
        if line.product_id in numbers:
            fresh = replace(fresh, lines=(*fresh.lines, replace(line, n=numbers[line.product_id])))
        else:
            fresh = with_line(fresh, line)
    return fresh


def by_medium(basket: Basket, catalogue: Catalogue, media_id: str, pays: Money, *, at_us: int) -> Charge:
    """Say what a medium has to take to pay an amount of what is due, its surcharge included.

    Refuses `tender.too_much` beyond what is due.
    """
    due = totals(basket, catalogue).due
    if pays > due:
        raise Refusal("tender.too_much", amount=pays, due=due)
    surcharge = of_medium(catalogue.surcharges, media_id)
    line = _line(surcharge, pays, catalogue, at_us) if surcharge else None
    if line is None or not line.unit_price:
        return Charge(pays=pays, to_take=pays)
    return Charge(pays=pays, to_take=pays + _value(line, catalogue), line=line)


def taken(basket: Basket, charge: Charge, tender: Tender) -> Basket:
    """Put a payment with its surcharge on the basket. The tender takes what the charge says, no more and no less."""
    if tender.amount != charge.to_take:
        raise ValueError(f"tender: takes {tender.amount.minor}, not {charge.to_take.minor}")
    if charge.line is None:
        return replace(basket, tenders=(*basket.tenders, tender))
    paid = replace(tender, surcharge_line=basket.next_n)
    return replace(with_line(basket, charge.line), tenders=(*basket.tenders, paid))


def check(basket: Basket, catalogue: Catalogue) -> tuple[Because, ...]:
    """Check that a basket carries the surcharges it has to, and explain each.

    Refuses `sale.surcharge` with what is `missing`, below nil where there is too much.
    """
    found = {line.n: line for line in basket.lines if line.kind is ProductKind.SURCHARGE}
    wanted = [(surcharge, base) for surcharge, base, _ in _bases(basket.lines, catalogue)]
    for tender in basket.tenders:
        surcharge = of_medium(catalogue.surcharges, tender.media_id)
        if surcharge is not None:
            line = found.get(tender.surcharge_line)
            wanted.append((surcharge, tender.amount - (_value(line, catalogue) if line else NIL)))
    wanted = [(surcharge, base) for surcharge, base in wanted if base.share(surcharge.rate_bp)]
    expected = Counter((surcharge.id, base.share(surcharge.rate_bp)) for surcharge, base in wanted)
    if expected != Counter((line.product_id, line.net) for line in found.values()):
        due = total([base.share(surcharge.rate_bp) for surcharge, base in wanted])
        missing = due - total([line.net for line in found.values()])
        raise Refusal("sale.surcharge", missing=missing)
    return tuple(_reason(surcharge, base) for surcharge, base in wanted)


def _highest(surcharges: Iterable[Surcharge]) -> Surcharge | None:
    return min(surcharges, key=lambda s: (-s.rate_bp, s.id), default=None)


def _others(lines: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.kind is not ProductKind.SURCHARGE)


def _line(surcharge: Surcharge, base: Money, catalogue: Catalogue, at_us: int) -> Line:
    return extra_line(
        ProductKind.SURCHARGE,
        surcharge.id,
        surcharge.name,
        base.share(surcharge.rate_bp),
        catalogue=catalogue,
        at_us=at_us,
        tax_code_id=surcharge.tax_code_id,
    )


def _value(line: Line, catalogue: Catalogue) -> Money:
    """What a surcharge comes to, with tax that is added to it."""
    return line.net + added_tax(line, catalogue.venue.points_tax)


def _bases(lines: Sequence[Line], catalogue: Catalogue) -> list[tuple[Surcharge, Money, int]]:
    """Give each surcharge by day with the goods it is of and the moment the last of them was rung up."""
    bases: dict[str, tuple[Surcharge, Money, int]] = {}
    for line in lines:
        day = local(line.added_at_us, catalogue.venue.zone).date()
        surcharge = of_day(catalogue.surcharges, day) if line.kind is ProductKind.GOODS else None
        if surcharge is not None:
            _, base, last_us = bases.get(surcharge.id, (surcharge, NIL, line.added_at_us))
            bases[surcharge.id] = (surcharge, base + line.receipt_net, max(last_us, line.added_at_us))
    return list(bases.values())


def _reason(surcharge: Surcharge, base: Money) -> Because:
    amount = base.share(surcharge.rate_bp)
    return because(
        "why.surcharge",
        "R103",
        working=working(amount, Rounding.HALF_AWAY, base, ("x", Decimal(surcharge.rate_bp).scaleb(-4))),
        surcharge=surcharge.name,
        base=base,
        rate_bp=surcharge.rate_bp,
        amount=amount,
    )
