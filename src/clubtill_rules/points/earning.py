"""Earning: the points that a sale awards, once, at its end (R26-R29), and how long they live (R34)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import Line
from clubtill_rules.goods.product import ProductKind
from clubtill_rules.members.account import MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.values.days import add_months
from clubtill_rules.values.points import NO_POINTS, Points, award_floor, whole
from clubtill_rules.values.why import Because, because

_ONE_H: Final = 100
_NOT_EARNING: Final = frozenset({ProductKind.FEE, ProductKind.TOP_UP, ProductKind.GIFT_CARD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """What a sale earns, floored to the club's grain, with one reason a line and one for the sum."""

    points: Points
    because: tuple[Because, ...]


def award(
    lines: Sequence[Line],
    *,
    member: MemberCard | None,
    classification: Classification | None,
    catalogue: Catalogue,
    earns: bool,
) -> Award:
    """Give the award of a sale (R26): the floor of the sum of exact line values.

    Args:
        lines: of the sale; lines paid by points, fees, top-ups and gift cards earn nothing (R28).
        member: whose own switch counts; None where only the classification is known, as when an award is checked again.
        classification: the member's primary one; None, without a member, earns nothing.
        catalogue: the settings in force at the location.
        earns: False where the member's benefits are off (R13, R17).
    """
    if classification is None:
        return _none(because("why.earns.no_member", "R29"))
    if not earns or (member is not None and not member.earns_points):
        return _none(because("why.earns.not_allowed", "R13", classification=classification.description))
    multiplier_h = _multiplier(classification, counts=catalogue.club.multiplier_for_loyalty)
    if not multiplier_h:
        return _none(because("why.earns.classification_off", "R27", classification=classification.description))
    factor_h = catalogue.location.point_factor_h
    if not factor_h:
        return _none(because("why.earns.location_off", "R26", location=catalogue.location.name))
    scale = 10**catalogue.venue.money_decimals
    exact = 0  # hundredths of a point, times scale, times one for rate or factor, times one for the multiplier
    reasons: list[Because] = []
    for line in lines:
        base, reason = _base(line, scale)
        exact += base * factor_h * multiplier_h
        reasons.append(reason)
    points = award_floor(exact, scale * _ONE_H * _ONE_H, catalogue.grain_h)
    reasons.append(
        because(
            "why.earned", "R26", points=points, factor_h=factor_h, multiplier_h=multiplier_h,
            exact=Points(exact // (scale * _ONE_H * _ONE_H)),
        )
    )  # fmt: skip
    return Award(points=points, because=tuple(reasons))


def last_usable_day(earn_day: date, months: int) -> date | None:
    """Give the last day on which points earned on a day can be used; None for 0 months, which is never (R34)."""
    return add_months(earn_day, months) if months else None


def _multiplier(classification: Classification, *, counts: bool) -> int:
    """Give the Points Multiplier in hundredths; with the club's switch off all but 0 count as 1.00 (R27)."""
    if counts or not classification.points_multiplier_h:
        return classification.points_multiplier_h
    return _ONE_H


def _base(line: Line, scale: int) -> tuple[int, Because]:
    """Give a line's base of R26 in hundredths of a point times the money scale, and the reason."""
    if line.by_points is not None:
        return 0, because("why.earns.paid_by_points", "R28", line=line.n, product=line.name)
    if line.kind in _NOT_EARNING:
        return 0, because("why.earns.kind", "R28", line=line.n, product=line.name, kind=line.kind.value)
    if line.fixed_points is not None:
        fixed = whole(line.fixed_points)
        base = line.qty * fixed.hundredths * scale
        return base, because("why.earned.fixed", "R26", line=line.n, product=line.name, qty=line.qty, points=fixed)
    base = line.net.minor * line.rate_h
    return base, because(
        "why.earned.value", "R26", line=line.n, product=line.name, value=line.net, rate_h=line.rate_h,
        special=line.special_id,
    )  # fmt: skip


def _none(reason: Because) -> Award:
    return Award(points=NO_POINTS, because=(reason,))
