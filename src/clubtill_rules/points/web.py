"""Web orders: ordering for oneself and paying with points, all or nothing, at the web's ratio (R65, R75)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import Line, PaidByPoints
from clubtill_rules.members.classification import Classification
from clubtill_rules.points.redeeming import by_ratio, excluded, web_ratio
from clubtill_rules.values.points import NO_POINTS, Points
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, Rounding, because, working


@dataclass(frozen=True, slots=True, kw_only=True)
class WebOrder:
    """An order that points pay wholly: every line with its points, and their sum."""

    lines: tuple[Line, ...]
    points: Points
    because: tuple[Because, ...]


def pay_web_order(
    lines: Sequence[Line], *, classification: Classification, catalogue: Catalogue, available: Points
) -> WebOrder:
    """Pay a whole order with points at the Web Redemption Ratio; a part is never paid (R75).

    There is no Points Pay discount and no points price of a product's own: both belong to the Points Pay key (R69).

    Args:
        lines: of the order, at least one.
        classification: the member's primary one.
        catalogue: the settings in force where the order is made up.
        available: what the member may use.

    Refuses `points.ratio_zero`, `points.excluded` for a line that points cannot pay, `points.cap` and `points.short`.
    """
    if not lines:
        raise ValueError("lines is empty")
    ratio = web_ratio(classification)
    if not ratio:
        raise Refusal("points.ratio_zero", classification=classification.description, location=catalogue.location.name)
    rows, paid = [], []
    for line in lines:
        reason, _ = excluded(line, classification, catalogue)
        if reason:
            raise Refusal(
                "points.excluded", product=line.name, classification=classification.description, reason=reason
            )
        row = by_ratio(line, ratio, 0, catalogue)
        by_points = PaidByPoints(points=row.points, value=row.value, discount=row.discount)
        rows.append(row)
        paid.append(replace(line, by_points=by_points))
    points = sum((row.points for row in rows), NO_POINTS)
    cap_h = catalogue.club.max_points_per_sale_h
    if cap_h is not None and points.hundredths > cap_h:
        raise Refusal("points.cap", cap=Points(cap_h), needed=points)
    if points > available:
        raise Refusal("points.short", needed=points, available=available)
    summed = working(points, Rounding.EXACT, rows[0].points, *(("+", row.points) for row in rows[1:]))
    told = because("why.points.web", "R75", points=points, ratio=ratio, working=summed)
    return WebOrder(
        lines=tuple(paid), points=points, because=(*(reason for row in rows for reason in row.because), told)
    )
