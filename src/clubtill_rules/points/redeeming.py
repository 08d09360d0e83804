"""Redeeming: the Redemption Ratio and Points Pay, line by line (R44, R65-R71).

One pair of functions owns the formula (D1): `cost` and `worth`. Nothing here moves points: what is chosen is written on
the lines, and the sale spends leases for it when it is final (R72).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import Line, PaidByPoints, PriceReason
from clubtill_rules.goods.product import ProductKind
from clubtill_rules.members.classification import Classification
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.points import NO_POINTS, Points, cost_ceiling
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, because

_ONE_H: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One line of the Points Pay screen.

    Attributes:
        n, net: the line's number and its value after its own discount; `value` + `discount` is `net`.
        points: what it costs; `value` goes to the points media, `discount` to the PP Discount Media.
        own_price: it costs the product's own points price (R70).
        reason: blank if it can be ticked; else why not: `points.short` or a code that begins with `points.excluded`.
        short_by: with `points.short`, by how many points.
    """

    n: int
    net: Money
    points: Points = NO_POINTS
    value: Money = NIL
    discount: Money = NIL
    own_price: bool = False
    reason: str = ""
    short_by: Points = NO_POINTS
    because: tuple[Because, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The Points Pay screen as a value: one row a line, in the order of the sale.

    `available` is what may be spent on this sale: the balance or, `capped`, the club's limit for one sale (R44).
    """

    ratio: int
    rows: tuple[Option, ...]
    available: Points
    capped: bool = False
    classification: str = ""

    def row(self, n: int) -> Option:
        """Give the row of a line; KeyError where there is none."""
        for row in self.rows:
            if row.n == n:
                return row
        raise KeyError(n)


def ratio_at(classification: Classification, location_id: str) -> int:
    """Give the Redemption Ratio at a location: its own, or the classification's (R65)."""
    for own in classification.location_ratios:
        if own.location_id == location_id:
            return own.ratio
    return classification.redemption_ratio


def web_ratio(classification: Classification) -> int:
    """Give the ratio of web apps, never location based (R65)."""
    return classification.web_redemption_ratio


def cost(money: Money, ratio: int, *, money_decimals: int, grain_h: int) -> Points:
    """Give the points that an amount costs, rounded up to the grain (R66). Refuses `points.ratio_zero`."""
    _allowed(ratio)
    return cost_ceiling(money.minor * ratio * _ONE_H, 10**money_decimals, grain_h)


def worth(points: Points, ratio: int, *, money_decimals: int) -> Money:
    """Give the money that points buy, rounded down (R66). Refuses `points.ratio_zero`."""
    _allowed(ratio)
    return Money(points.hundredths * 10**money_decimals // (ratio * _ONE_H))


def options(
    lines: Sequence[Line],
    *,
    classification: Classification,
    catalogue: Catalogue,
    available: Points,
    ticked: frozenset[int] = frozenset(),
) -> Options:
    """Say for each line what it costs in points, or why it cannot be paid with them (R65-R70).

    Args:
        lines: of the sale; what was chosen before counts for nothing here.
        classification: the member's primary one.
        catalogue: the settings in force at the location.
        available: what the member may use here now: the balance, or the leases of this device (R67, R90).
        ticked: lines chosen so far; the others are short where they would exceed what is available (R68).

    Refuses `points.ratio_zero`, naming the classification and the location, where nothing can be redeemed (R66).
    """
    ratio = ratio_at(classification, catalogue.location.id)
    if not ratio:
        raise Refusal("points.ratio_zero", classification=classification.description, location=catalogue.location.name)
    cap_h = catalogue.club.max_points_per_sale_h
    capped = cap_h is not None and cap_h < available.hundredths
    most = Points(cap_h) if cap_h is not None and capped else available
    rows = [_row(line, ratio, classification, catalogue) for line in lines]
    chosen = sum((row.points for row in rows if row.n in ticked), NO_POINTS)
    return Options(
        ratio=ratio,
        rows=tuple(row if row.reason or row.n in ticked else _fit(row, chosen, most, capped=capped) for row in rows),
        available=most,
        capped=capped,
        classification=classification.description,
    )


def fitting(offered: Options) -> frozenset[int]:
    """Tick all that fits, from the top (the screen's "Use what fits")."""
    chosen: set[int] = set()
    left = offered.available
    for row in offered.rows:
        if not row.reason and row.points <= left:
            chosen.add(row.n)
            left -= row.points
    return frozenset(chosen)


def choose(
    lines: Sequence[Line], offered: Options, ticked: frozenset[int], *, tendered: Money = NIL
) -> tuple[Line, ...]:
    """Write the ticked rows on their lines and clear the others (R68-R70).

    Args:
        lines: of the sale, before any choice.
        offered: the options of these very lines.
        ticked: numbers of the lines to pay with points.
        tendered: what other media have paid already (R71).

    Refuses `points.excluded` (a line that cannot be), `points.short` and `points.cap` (more than is available), and
    `points.other_tenders` where other media leave too little to pay, or a line has a points price of its own (R70).
    """
    chosen = [offered.row(n) for n in sorted(ticked)]
    by_n = {line.n: line for line in lines}
    for row in chosen:
        line = by_n[row.n]
        if row.net != line.net:
            raise ValueError(f"line {row.n} has changed since its option was made")
        if row.reason.startswith("points.excluded"):
            raise Refusal(
                "points.excluded", product=line.name, classification=offered.classification, reason=row.reason
            )
    needed = sum((row.points for row in chosen), NO_POINTS)
    if needed > offered.available and offered.capped:
        raise Refusal("points.cap", cap=offered.available, needed=needed)
    if needed > offered.available:
        raise Refusal("points.short", needed=needed, available=offered.available)
    due = sum((line.net for line in lines), NIL) - tendered
    if tendered and (sum((row.net for row in chosen), NIL) > due or any(row.own_price for row in chosen)):
        raise Refusal("points.other_tenders", paid=tendered)
    paid = {
        row.n: PaidByPoints(points=row.points, value=row.value, discount=row.discount, own_price=row.own_price)
        for row in chosen
    }
    return tuple(replace(line, by_points=paid.get(line.n)) for line in lines)


def unchoose(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Clear every choice (R42, R73)."""
    return tuple(line if line.by_points is None else replace(line, by_points=None) for line in lines)


def _allowed(ratio: int) -> None:
    if not ratio:
        raise Refusal("points.ratio_zero")


def _row(line: Line, ratio: int, classification: Classification, catalogue: Catalogue) -> Option:
    """Give a line's cost, exclusions first (R70: R66 and R68 are checked before anything else)."""
    reason, why = _excluded(line, classification)
    if reason:
        family = catalogue.families.get(line.family_id)
        told = because(
            why,
            "R44" if reason == "points.excluded.kind" else "R68",
            product=line.name,
            family=family.name if family else line.family_id,
            classification=classification.description,
        )
        return Option(n=line.n, net=line.net, reason=reason, because=(told,))
    if line.points_price is not None and catalogue.club.allow_points_pay_per_product:
        return _own_price(line, line.points_price, ratio, catalogue)
    spared = line.family_id in classification.points_pay_discount_exclusions
    return _by_ratio(line, ratio, 0 if spared else classification.points_pay_discount_bp, catalogue)


def _excluded(line: Line, classification: Classification) -> tuple[str, str]:
    """Tell why a line cannot be paid with points (R44, R68), as its code and its reason's; blank if it can.

    Gaming is a kind that cannot by default; a line that is worth nothing, or is a refund, has nothing to pay.
    """
    goods = line.kind is ProductKind.GOODS and line.net > NIL
    checks = (
        (line.kind is ProductKind.FEE, "points.excluded.fee", "why.excluded.fee"),
        (not goods, "points.excluded.kind", "why.excluded.kind"),
        (line.family_id in classification.points_pay_exclusions, "points.excluded.family", "why.excluded.family"),
        (line.price_reason is PriceReason.CAMPAIGN, "points.excluded.campaign", "why.excluded.campaign"),
        (line.price_reason is PriceReason.OVERRIDE, "points.excluded.override", "why.excluded.override"),
        (bool(line.discount), "points.excluded.discount", "why.excluded.discount"),
    )
    return next(((code, why) for holds, code, why in checks if holds), ("", ""))


def _by_ratio(line: Line, ratio: int, off_bp: int, catalogue: Catalogue) -> Option:
    """Give a line's cost by ratio, after the Points Pay discount (R66, R69)."""
    discount = line.net.share(off_bp)
    value = line.net - discount
    points = cost(value, ratio, money_decimals=catalogue.venue.money_decimals, grain_h=catalogue.grain_h)
    reasons = [because("why.points.cost", "R66", product=line.name, value=value, ratio=ratio, points=points)]
    if off_bp:
        reasons.insert(0, because("why.points.discount", "R69", product=line.name, rate_bp=off_bp, discount=discount))
    return Option(n=line.n, net=line.net, points=points, value=value, discount=discount, because=tuple(reasons))


def _own_price(line: Line, each: Points, ratio: int, catalogue: Catalogue) -> Option:
    """Give a line's cost by the product's own points price; the PP Discount Media balances the line (R70)."""
    points = each * line.qty
    value = min(line.net, worth(points, ratio, money_decimals=catalogue.venue.money_decimals))
    discount = line.net - value
    reason = because(
        "why.points.own_price", "R70", product=line.name, points=points, value=value, discount=discount, qty=line.qty
    )
    return Option(
        n=line.n, net=line.net, points=points, value=value, discount=discount, own_price=True, because=(reason,)
    )


def _fit(row: Option, chosen: Points, most: Points, *, capped: bool) -> Option:
    """Mark a row that the next tick could not take: it exceeds what is there (R68), or the club's limit (R44)."""
    needed = chosen + row.points
    if needed <= most:
        return row
    code, rule = ("why.points.cap", "R44") if capped else ("why.points.short", "R68")
    told = because(code, rule, needed=needed, available=most)
    return replace(row, reason="points.short", short_by=needed - most, because=(*row.because, told))
