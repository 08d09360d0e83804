"""Earning: the points that a sale awards, once, at its end (R26-R31), and how long they live (R34).

A line's value stays exact until the sale is summed: integers over one denominator, rounded down once (R1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import lcm
from typing import Final

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import Line
from clubtill_rules.goods.point_offer import PointOffer, PointOfferKind
from clubtill_rules.goods.product import ProductKind
from clubtill_rules.members.account import AccountCard, MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.values.days import add_months, local
from clubtill_rules.values.money import Money, total
from clubtill_rules.values.points import NO_POINTS, Points, award_floor, whole
from clubtill_rules.values.why import Because, Rounding, Term, Working, because, working

_ONE_H: Final = 100
_ONE_PLACES: Final = 2
_NOT_EARNING: Final = frozenset(
    {
        ProductKind.FEE,
        ProductKind.TOP_UP,
        ProductKind.GIFT_CARD,
        ProductKind.SURCHARGE,
        ProductKind.TIP,
        ProductKind.ACCOUNT_PAYMENT,
    }
)
_NOTHING_SHARED: Final[tuple[int, int, frozenset[int]]] = (0, 1, frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """What a sale earns, floored to the club's grain, with one reason a line and one for the sum."""

    points: Points
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidByAmount:
    """What points paid of a sale by amount (#151): its lines earn for the rest only, each in proportion (R28).

    Attributes:
        amount: of `of`, in money.
        of: what these lines come to, tax on top included; None is the sum of their nets, and more than it is all of it.
        lines: numbers of the lines that points may pay; None is every line that earns.
        points: what it costs (R66).
    """

    amount: Money
    of: Money | None = None
    lines: frozenset[int] | None = None
    points: Points = NO_POINTS


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactLine:
    """What one line is worth: `numerator` over the denominator of its `Exact`, in hundredths of a point."""

    n: int
    qty: int
    numerator: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exact:
    """The exact values of a sale's lines, which are rounded only together (R1, R40).

    Attributes:
        lines: in the order of the sale; a line that earns nothing has the numerator 0.
        denominator: of all of them, so that numerator / denominator is hundredths of a point.
        terms: how the sum is worked, in points.
        because: the reasons of each line, and one for what points paid by amount.
    """

    lines: tuple[ExactLine, ...]
    denominator: int
    terms: tuple[Term, ...]
    because: tuple[Because, ...]

    def floor(self, grain_h: int, kept: Mapping[int, int] | None = None) -> Points:
        """Round the sum down to the grain, once.

        Args:
            grain_h: of the club, in hundredths.
            kept: units kept by line number, of `qty`; a line that is not named is gone. None keeps the whole sale.
        """
        if kept is None:
            return award_floor(sum(line.numerator for line in self.lines), self.denominator, grain_h)
        units = lcm(*(line.qty for line in self.lines if line.n in kept))
        rest = sum(line.numerator * kept[line.n] * units // line.qty for line in self.lines if line.n in kept)
        return award_floor(rest, self.denominator * units, grain_h)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Set:
    """What is in force for every line of a sale."""

    classification: Classification
    catalogue: Catalogue
    scale: int
    factor_h: int
    multiplier_h: int
    fixed_rate_h: int | None
    reasons: bool

    def exact(self, numerator: int) -> Decimal:
        """Write hundredths of a point over `scale` and three hundredths as a decimal number of points."""
        places = self.catalogue.venue.money_decimals + 4 * _ONE_PLACES
        return Decimal(format(Decimal(numerator).scaleb(-places).normalize(), "f"))


def award(
    lines: Sequence[Line],
    *,
    member: MemberCard | None,
    classification: Classification | None,
    catalogue: Catalogue,
    earns: bool,
    account: AccountCard | None = None,
    by_amount: PaidByAmount | None = None,
    reasons: bool = True,
) -> Award:
    """Give the award of a sale (R26): the floor of the sum of exact line values.

    Args:
        lines: of the sale; lines paid by points, fees, payments, gift cards, surcharges and tips earn nothing (R28).
        member: whose own switch counts; None where only the classification is known, as when an award is checked again.
        classification: the member's primary one; None, without a member, earns nothing.
        catalogue: the settings in force at the location.
        earns: False where the member's benefits are off (R13, R17).
        account: whose fixed rate counts before the classification's (R31); None has none.
        by_amount: what points pay by amount (R28).
        reasons: False gives the points alone, for whoever tells nobody why: reasons cost more than the award.
    """
    if classification is None:
        return _none(because("why.earns.no_member", "R29"))
    if not earns or (member is not None and not member.earns_points):
        return _none(because("why.earns.not_allowed", "R13", classification=classification.description))
    if not classification.points_multiplier_h:
        return _none(because("why.earns.classification_off", "R27", classification=classification.description))
    if not catalogue.location.point_factor_h:
        return _none(because("why.earns.location_off", "R26", location=catalogue.location.name))
    exact = exact_values(
        lines,
        classification=classification,
        catalogue=catalogue,
        account=account,
        by_amount=by_amount,
        reasons=reasons,
    )
    points = exact.floor(catalogue.grain_h)
    if not reasons:
        return Award(points=points, because=())
    sum_of = sum(line.numerator for line in exact.lines)
    told = because(
        "why.earned", "R26", points=points, factor_h=catalogue.location.point_factor_h,
        multiplier_h=multiplier(classification, counts=catalogue.club.multiplier_for_loyalty),
        exact=Points(sum_of // exact.denominator),
        working=Working(result=points, rounding=Rounding.FLOOR, terms=exact.terms),
    )  # fmt: skip
    return Award(points=points, because=(*exact.because, told))


def exact_values(
    lines: Sequence[Line],
    *,
    classification: Classification,
    catalogue: Catalogue,
    account: AccountCard | None = None,
    by_amount: PaidByAmount | None = None,
    reasons: bool = True,
) -> Exact:
    """Give the exact value of each line (R26-R28, R30, R31): rate, location, multiplier, offer, then what points pay.

    Arguments as `award`, which says where nothing is earned at all; without reasons there are no terms either.
    ValueError where `by_amount` is negative, or more than it says its lines come to.
    """
    now = _Set(
        classification=classification,
        catalogue=catalogue,
        scale=10**catalogue.venue.money_decimals,
        factor_h=catalogue.location.point_factor_h,
        multiplier_h=multiplier(classification, counts=catalogue.club.multiplier_for_loyalty),
        fixed_rate_h=fixed_rate(account, classification),
        reasons=reasons,
    )
    valued = [(line, *_value(line, now)) for line in lines]
    paid, of, named = _share(lines, by_amount)
    worth = tuple(
        ExactLine(n=line.n, qty=line.qty, numerator=numerator * (of - paid if line.n in named else of))
        for line, numerator, _ in valued
    )
    denominator = now.scale * _ONE_H**3 * of
    if not reasons:
        return Exact(lines=worth, denominator=denominator, terms=(), because=())
    every = [reason for _, _, told in valued for reason in told]
    if named:
        rest = working(Money(of - paid), Rounding.EXACT, Money(of), ("-", Money(paid)))
        every.append(because("why.earned.by_amount", "R28", paid=Money(paid), of=Money(of), working=rest))
    return Exact(
        lines=worth,
        denominator=denominator,
        terms=_terms(
            [now.exact(value) for line, value, _ in valued if value and line.n in named],
            [now.exact(value) for line, value, _ in valued if value and line.n not in named],
            paid,
            of,
        ),
        because=tuple(every),
    )


def last_usable_day(earn_day: date, months: int) -> date | None:
    """Give the last day on which points earned on a day can be used; None for 0 months, which is never (R34)."""
    return add_months(earn_day, months) if months else None


def multiplier(classification: Classification, *, counts: bool) -> int:
    """Give the Points Multiplier in hundredths; with the club's switch off all but 0 count as 1.00 (R27)."""
    if counts or not classification.points_multiplier_h:
        return classification.points_multiplier_h
    return _ONE_H


def fixed_rate(account: AccountCard | None, classification: Classification) -> int | None:
    """Give the rate that replaces every other, the account's before the classification's; None for none (R31)."""
    if account is not None and account.fixed_rate_h is not None:
        return account.fixed_rate_h
    return classification.fixed_rate_h


def offer_of(line: Line, classification: Classification, catalogue: Catalogue) -> PointOffer | None:
    """Give the extra-point offer of a line: of several the latest start, then the highest id, as of specials (R30).

    An offer without products and categories is for all of them. Its dates are calendar days of the venue, inclusive, at
    the moment the line was rung up.
    """
    day = local(line.added_at_us, catalogue.venue.zone).date()
    running = [
        offer
        for offer in catalogue.point_offers
        if offer.starts <= day <= offer.ends
        and (not offer.classifications or classification.number in offer.classifications)
        and (
            not (offer.products or offer.categories)
            or line.product_id in offer.products
            or line.category_id in offer.categories
        )
    ]
    return max(running, key=lambda offer: (offer.starts, offer.id), default=None)


def may_earn(line: Line) -> bool:
    """Tell whether a line is of a kind that earns, and is not paid by points (R28)."""
    return line.by_points is None and line.kind not in _NOT_EARNING


def _share(lines: Sequence[Line], by_amount: PaidByAmount | None) -> tuple[int, int, frozenset[int]]:
    """Give what points paid by amount, of how much, and the numbers of the lines that share it (R28)."""
    if by_amount is None:
        return _NOTHING_SHARED
    sharing = [line for line in lines if may_earn(line) and (by_amount.lines is None or line.n in by_amount.lines)]
    named = frozenset(line.n for line in sharing)
    paid = by_amount.amount.minor
    if by_amount.of is not None:
        of = by_amount.of.minor
        if not 0 <= paid <= of or not of:
            raise ValueError(f"by_amount is {paid} of {of}")
        return paid, of, named
    if paid < 0:
        raise ValueError(f"by_amount is {paid}")
    of = total([line.net for line in sharing]).minor
    return (min(paid, of), of, named) if of > 0 else _NOTHING_SHARED


def _terms(shared: Sequence[Decimal], others: Sequence[Decimal], paid: int, of: int) -> tuple[Term, ...]:
    """Write the sum from left to right: the lines that points paid in part, what is left of them, the others."""
    terms = [Term(sign="+", value=value) for value in shared]
    if shared:
        terms += [Term(sign="x", value=Money(of - paid)), Term(sign="/", value=Money(of))]
    terms += [Term(sign="+", value=value) for value in others]
    first = terms[0].value if terms else Decimal(0)
    return (Term(sign="", value=first), *terms[1:])


def _value(line: Line, now: _Set) -> tuple[int, tuple[Because, ...]]:
    """Give a line's value in hundredths of a point times `scale` times a million, and the reasons (R26, R30)."""
    if not may_earn(line):
        return 0, (_none_reason(line),) if now.reasons else ()
    plain = _by_rate(line, now)
    told = (_rate_reason(line, now, plain),) if now.reasons else ()
    offer = offer_of(line, now.classification, now.catalogue) if now.factor_h and now.multiplier_h else None
    if offer is None:
        return plain, told
    value, worked = _offered(line, offer, plain, now)
    more = because(
        "why.earned.offer", "R30", line=line.n, product=line.name, offer=offer.name, kind=offer.kind.value,
        points=Points(value // (now.scale * _ONE_H**3)), working=worked,
    )  # fmt: skip
    return value, (*told, more)


def _none_reason(line: Line) -> Because:
    """Say why a line earns nothing (R28)."""
    if line.by_points is not None:
        return because("why.earns.paid_by_points", "R28", line=line.n, product=line.name)
    return because("why.earns.kind", "R28", line=line.n, product=line.name, kind=line.kind.value)


def _offered(line: Line, offer: PointOffer, plain: int, now: _Set) -> tuple[int, Working]:
    """Give what an offer makes of a line's value, last of all, and how (R30)."""
    per_unit = line.qty * offer.value_h * now.scale * _ONE_H**3
    if offer.kind is PointOfferKind.REPLACEMENT:
        return per_unit, working(now.exact(per_unit), Rounding.EXACT, line.qty, ("x", Points(offer.value_h)))
    if offer.kind is PointOfferKind.ADDITIONAL:
        value = plain + per_unit
        step: tuple[str, object] = ("+", Points(line.qty * offer.value_h))
    else:
        value = plain // _ONE_H * offer.value_h
        step = ("x", _hundredths(offer.value_h))
    return value, working(now.exact(value), Rounding.EXACT, now.exact(plain), step)


def _by_rate(line: Line, now: _Set) -> int:
    """Give a line's value before offers in hundredths of a point times `scale` times a million (R26, R31)."""
    if line.fixed_points is not None:
        base = line.qty * whole(line.fixed_points).hundredths * now.scale
    else:
        base = line.net.minor * (line.rate_h if now.fixed_rate_h is None else now.fixed_rate_h)
    return base * now.factor_h * now.multiplier_h * _ONE_H


def _rate_reason(line: Line, now: _Set, value: int) -> Because:
    """Say what a line earns by its rate or its fixed points (R26), or by the fixed rate (R31)."""
    times = [("x", _hundredths(by_h)) for by_h in (now.factor_h, now.multiplier_h) if by_h != _ONE_H]
    if line.fixed_points is not None:
        fixed = whole(line.fixed_points)
        worked = working(now.exact(value), Rounding.EXACT, line.qty, ("x", fixed), *times)
        return because(
            "why.earned.fixed", "R26", line=line.n, product=line.name, qty=line.qty, points=fixed, working=worked
        )
    rate_h, code, rule = line.rate_h, "why.earned.value", "R26"
    if now.fixed_rate_h is not None:
        rate_h, code, rule = now.fixed_rate_h, "why.earned.fixed_rate", "R31"
    worked = working(now.exact(value), Rounding.EXACT, line.net, ("x", _hundredths(rate_h)), *times)
    return because(
        code, rule, line=line.n, product=line.name, value=line.net, rate_h=rate_h, special=line.special_id,
        working=worked,
    )  # fmt: skip


def _hundredths(value_h: int) -> Decimal:
    """Write hundredths as a decimal number without trailing nils."""
    return Decimal(format(Decimal(value_h).scaleb(-_ONE_PLACES).normalize(), "f"))


def _none(reason: Because) -> Award:
    return Award(points=NO_POINTS, because=(reason,))
