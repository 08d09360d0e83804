"""Redeeming: the Redemption Ratio and Points Pay, line by line (R44, R65-R71).

One pair of functions owns the formula (D1): `cost` and `worth`. Nothing here moves points: what is chosen is written on
the lines, and the sale spends leases for it when it is final (R72).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import DiscountKind, Line, PaidByPoints, PriceReason
from clubtill_rules.goods.product import ProductKind
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club
from clubtill_rules.permissions import Act
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.points import NO_POINTS, Points, cost_ceiling
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, Rounding, because, working

ASK_PIN: Final = "points.ask.pin"
ASK_WHO: Final = "points.ask.who"

_ONE_H: Final = 100
_BP_PLACES: Final = 4
_WHY_DISCOUNTED: Final[dict[DiscountKind | None, str]] = {
    DiscountKind.MIX_AND_MATCH: "why.excluded.mix_and_match",
    DiscountKind.COMBO: "why.excluded.combo",
}


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

    Attributes:
        available: what may be spent on lines of this sale: the balance or, `capped`, the club's limit for one sale
            (R44), less what Item Point Offers take of it (R76).
        points: what the ticked rows and the offers cost together: the figure of row 5 of the matrix.
        needs_approval: acts of the matrix that the ticked rows are besides (R69): a discount of the whole line.
        asks: what to ask the member for before these points are used (R67, R87): `points.ask.` and what.
    """

    ratio: int
    rows: tuple[Option, ...]
    available: Points
    capped: bool = False
    classification: str = ""
    points: Points = NO_POINTS
    needs_approval: tuple[Act, ...] = ()
    asks: tuple[str, ...] = ()
    because: tuple[Because, ...] = ()

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
    uid_only: bool = False,
) -> Options:
    """Say for each line what it costs in points, or why it cannot be paid with them (R65-R70).

    Args:
        lines: of the sale; what was chosen before counts for nothing here.
        classification: the member's primary one.
        catalogue: the settings in force at the location.
        available: what the member may use here now: the balance, or the leases of this device (R67, R90).
        ticked: lines chosen so far; the others are short where they would exceed what is available (R68).
        uid_only: the member is known by a card's bare UID and nothing else (R87).

    Refuses `points.ratio_zero`, naming the classification and the location, where nothing can be redeemed (R66).
    """
    ratio = open_ratio(classification, catalogue)
    by_offers = offer_points(lines)
    cap_h = catalogue.club.max_points_per_sale_h
    capped = cap_h is not None and cap_h < available.hundredths
    most = max(NO_POINTS, (Points(cap_h) if cap_h is not None and capped else available) - by_offers)
    rows = [_row(line, ratio, classification, catalogue) for line in lines]
    ticks = [row for row in rows if row.n in ticked]
    chosen = sum((row.points for row in ticks), NO_POINTS)
    points = chosen + by_offers
    full = any(row.discount == row.net and not row.own_price for row in ticks if not row.reason)
    parts = [part for part in (by_offers, *(row.points for row in ticks)) if part] or [NO_POINTS]
    summed = working(points, Rounding.EXACT, parts[0], *(("+", part) for part in parts[1:]))
    told = because("why.points.total", "R68", points=points, available=most, working=summed)
    asks, why = asked(points, catalogue.club, uid_only=uid_only)
    return Options(
        ratio=ratio,
        rows=tuple(row if row.reason or row.n in ticked else _fit(row, chosen, most, capped=capped) for row in rows),
        available=most,
        capped=capped,
        classification=classification.description,
        points=points,
        needs_approval=(Act.POINTS_PAY_FULL_DISCOUNT,) if full else (),
        asks=asks,
        because=(told, *why),
    )


def open_ratio(classification: Classification, catalogue: Catalogue) -> int:
    """Give the ratio at the catalogue's location (R65). Refuses `points.ratio_zero`, naming both (R66)."""
    ratio = ratio_at(classification, catalogue.location.id)
    if not ratio:
        raise Refusal("points.ratio_zero", classification=classification.description, location=catalogue.location.name)
    return ratio


def offer_points(lines: Sequence[Line]) -> Points:
    """Give what Item Point Offers take on these lines; the sale spends it as it spends other points (R76)."""
    return sum((line.offer_points * line.qty for line in lines if line.offer_points is not None), NO_POINTS)


def asked(points: Points, club: Club, *, uid_only: bool) -> tuple[tuple[str, ...], tuple[Because, ...]]:
    """Give what to ask the member for before so many points of one sale are used, and why (R67, R87)."""
    found: list[tuple[str, Because]] = []
    if club.pin_above_h is not None and points.hundredths > club.pin_above_h:
        told = because("why.points.pin", "R67", points=points, most=Points(club.pin_above_h))
        found.append((ASK_PIN, told))
    if uid_only and club.uid_points_max_h is not None and points.hundredths > club.uid_points_max_h:
        told = because("why.points.uid", "R87", points=points, most=Points(club.uid_points_max_h))
        found.append((ASK_WHO, told))
    return tuple(ask for ask, _ in found), tuple(told for _, told in found)


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
    return tuple(replace(line, by_points=None) for line in lines)


def _allowed(ratio: int) -> None:
    if not ratio:
        raise Refusal("points.ratio_zero")


def excluded_kind(line: Line, catalogue: Catalogue) -> bool:
    """Tell whether points never pay lines of this kind: only goods and, where the club says so, gaming (R44)."""
    gaming = line.kind is ProductKind.GAMING and catalogue.club.points_pay_gaming
    return line.kind is not ProductKind.GOODS and not gaming


def excluded(line: Line, classification: Classification, catalogue: Catalogue) -> tuple[str, Because | None]:
    """Tell why a line cannot be paid with points (R44, R68, R76): a code and the reason; blank and None if it can.

    A line that is worth nothing, or is a refund, has nothing to pay.
    """
    checks = (
        (line.kind is ProductKind.FEE, "points.excluded.fee", "why.excluded.fee", "R68"),
        (excluded_kind(line, catalogue) or line.net <= NIL, "points.excluded.kind", "why.excluded.kind", "R44"),
        (line.offer_points is not None, "points.excluded.offer", "why.excluded.offer", "R76"),
        (
            line.family_id in classification.points_pay_exclusions,
            "points.excluded.family", "why.excluded.family", "R68",
        ),
        (
            line.price_reason is PriceReason.CAMPAIGN,
            "points.excluded.campaign", "why.excluded.campaign", "R68",
        ),
        (
            line.price_reason is PriceReason.OVERRIDE,
            "points.excluded.override", "why.excluded.override", "R68",
        ),
        (
            bool(line.discount) or line.discount_kind is not None,
            "points.excluded.discount", _WHY_DISCOUNTED.get(line.discount_kind, "why.excluded.discount"), "R68",
        ),
    )  # fmt: skip
    for holds, code, why, rule in checks:
        if holds:
            family = catalogue.families.get(line.family_id)
            return code, because(
                why, rule, product=line.name, family=family.name if family else line.family_id,
                classification=classification.description,
            )  # fmt: skip
    return "", None


def _row(line: Line, ratio: int, classification: Classification, catalogue: Catalogue) -> Option:
    """Give a line's cost, exclusions first (R70: R66 and R68 are checked before anything else)."""
    reason, why = excluded(line, classification, catalogue)
    if why is not None:
        return Option(n=line.n, net=line.net, reason=reason, because=(why,))
    if line.points_price is not None and catalogue.club.allow_points_pay_per_product:
        row = _own_price(line, line.points_price, ratio, catalogue)
    else:
        spared = line.family_id in classification.points_pay_discount_exclusions
        row = by_ratio(line, ratio, 0 if spared else classification.points_pay_discount_bp, catalogue)
    if row.discount and classification.points_pay_discount_media is None:
        told = because("why.excluded.media", "R69", classification=classification.description)
        return Option(n=line.n, net=line.net, reason="points.excluded.media", because=(told,))
    return row


def by_ratio(line: Line, ratio: int, off_bp: int, catalogue: Catalogue) -> Option:
    """Give a line's cost by ratio, after the Points Pay discount in basis points (R66, R69)."""
    discount = line.net.share(off_bp)
    value = line.net - discount
    points = cost(value, ratio, money_decimals=catalogue.venue.money_decimals, grain_h=catalogue.grain_h)
    reasons: list[Because] = []
    if off_bp:
        off = working(discount, Rounding.HALF_AWAY, line.net, ("x", Decimal(off_bp).scaleb(-_BP_PLACES)))
        reasons.append(
            because("why.points.discount", "R69", product=line.name, rate_bp=off_bp, discount=discount, working=off)
        )
    if discount == line.net:
        reasons.append(because("why.points.needs_supervisor", "R69", product=line.name))
    worked = working(points, Rounding.CEILING, value, ("x", ratio))
    reasons.append(
        because("why.points.cost", "R66", product=line.name, value=value, ratio=ratio, points=points, working=worked)
    )
    return Option(n=line.n, net=line.net, points=points, value=value, discount=discount, because=tuple(reasons))


def _own_price(line: Line, each: Points, ratio: int, catalogue: Catalogue) -> Option:
    """Give a line's cost by the product's own points price; the PP Discount Media balances the line (R70)."""
    points = each * line.qty
    buys = worth(points, ratio, money_decimals=catalogue.venue.money_decimals)
    value = min(line.net, buys)
    discount = line.net - value
    told = because(
        "why.points.own_price", "R70", product=line.name, points=points, value=value, discount=discount, qty=line.qty,
        working=working(points, Rounding.EXACT, each, ("x", line.qty)),
    )  # fmt: skip
    more = because(
        "why.points.own_value", "R70", product=line.name, value=value, net=line.net, points=points, buys=buys,
        working=working(value, Rounding.LEAST, line.net, (",", buys)),
    )  # fmt: skip
    return Option(
        n=line.n, net=line.net, points=points, value=value, discount=discount, own_price=True, because=(told, more)
    )


def _fit(row: Option, chosen: Points, most: Points, *, capped: bool) -> Option:
    """Mark a row that the next tick could not take: it exceeds what is there (R68), or the club's limit (R44)."""
    needed = chosen + row.points
    if needed <= most:
        return row
    code, rule = ("why.points.cap", "R44") if capped else ("why.points.short", "R68")
    over = working(needed - most, Rounding.EXACT, needed, ("-", most))
    told = because(code, rule, needed=needed, available=most, working=over)
    return replace(row, reason="points.short", short_by=needed - most, because=(*row.because, told))
