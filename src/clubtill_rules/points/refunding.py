"""Refunding: what a refund does to points: it takes back what was earned and gives back what was spent (R40-R43, R77).

Everything comes from figures stored with the sale; nothing is priced, rated or valued again (R43, D42). Which lots an
amount comes from or goes to is derived by the fold, never here (R91).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.folding import grace_last_day
from clubtill_rules.values.points import NO_POINTS, Points, award_floor, cost_ceiling
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, Rounding, because, working

_NOTHING: Final = Fraction(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """What a sold line earned, exactly, before the sale's one rounding (R26).

    Attributes:
        n: the line's number.
        qty: its units, 1 or more.
        exact_h: hundredths of a point with the rates, factor, offers and multiplier in force at the sale; 0 or more.
    """

    n: int
    qty: int
    exact_h: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Points that a refund moves, and how they were worked out."""

    points: Points
    because: tuple[Because, ...]


def kept(lines: Sequence[Earned], back: Mapping[int, int]) -> Fraction:
    """Give the exact value of what is still kept of a sale, in hundredths of a point (R40).

    Args:
        lines: all lines of the sale that earned.
        back: units refunded by now, by line number; lines that are not named are kept whole.

    Raises:
        ValueError: more units of a line are back than were sold, or fewer than none.
    """
    value = _NOTHING
    for line in lines:
        gone = back.get(line.n, 0)
        if not 0 <= gone <= line.qty:
            raise ValueError(f"back: {gone} of {line.qty} units of line {line.n}")
        value += line.exact_h * (line.qty - gone) / line.qty
    return value


def reversal(exact_before: Fraction, exact_after: Fraction, *, grain_h: int) -> Moved:
    """Give what a refund takes back of a sale's award: A(before) - A(after), A being the floor to the grain (R40).

    So a sequence of part refunds that ends with nothing kept takes back the award exactly, in any order.

    Args:
        exact_before: exact value of the lines kept until now (`kept`), in hundredths of a point.
        exact_after: the same once this refund is done; not above the former.
        grain_h: of the club when the sale was made (R1).

    Raises:
        ValueError: the refund would leave more than was kept.
    """
    if not 0 <= exact_after <= exact_before:
        raise ValueError(f"exact_after: {exact_after} of {exact_before}")
    before, after = (award_floor(exact.numerator, exact.denominator, grain_h) for exact in (exact_before, exact_after))
    points = before - after
    told = because(
        "why.refund.earned", "R40", working=working(points, Rounding.EXACT, before, ("-", after)), points=points,
        before=before, after=after,
    )  # fmt: skip
    return Moved(points=points, because=(told,))


def points_back(cost: Points, *, qty: int, back_before: int, back_now: int, grain_h: int) -> Moved:
    """Give the points that return for units of a line paid with points: cost(kept before) - cost(kept after) (R41).

    What the kept units cost is their part of the line's stored cost, rounded up to the grain as every cost is (R1):
    the ratio of today plays no part (R43), and all parts sum to the stored cost (D42).

    Args:
        cost: what the whole line cost, as stored.
        qty: units of the line.
        back_before: units refunded before this.
        back_now: units refunded by this.
        grain_h: of the club when the sale was made.

    Raises:
        ValueError: the units do not lie within those sold.
    """
    if not 0 <= back_before <= back_before + back_now <= qty:
        raise ValueError(f"back_now: {back_now} after {back_before} of {qty} units")
    before, after = (
        cost_ceiling(cost.hundredths * units, qty, grain_h)
        for units in (qty - back_before, qty - back_before - back_now)
    )
    points = before - after
    told = because(
        "why.refund.spent", "R41", working=working(points, Rounding.EXACT, before, ("-", after)), points=points,
        cost=cost, units=back_now, qty=qty,
    )  # fmt: skip
    return Moved(points=points, because=(told,))


def check_points_refund(*, paid_account: str, to_account: str, with_receipt: bool) -> None:
    """Check where points of a refund would go: to the account that paid, and with the receipt only (R41, R44).

    Refuses `refund.points.no_receipt` and `refund.points.other_account`.
    """
    if not with_receipt:
        raise Refusal("refund.points.no_receipt")
    if to_account != paid_account:
        raise Refusal("refund.points.other_account")


def refund_entries(
    *,
    event_id: str,
    account_id: str,
    sale_id: str,
    eff_us: int,
    day: date,
    refund_grace_days: int,
    back: Points = NO_POINTS,
    taken: Points = NO_POINTS,
    award_leg: int = 0,
) -> tuple[Entry, ...]:
    """Give the entries of a refund: a REFUND of points spent, then a REVERSAL of points earned; none of nil (R40, R41).

    They name the sale and the amount and nothing else (D46). The grace day of what has expired meanwhile is stamped
    now; grace 0 stamps the day before, on which nothing can be used (D40).

    Args:
        event_id: of the refund.
        account_id: the account that paid and earned.
        sale_id: event id of the sale.
        eff_us: effective instant, after the sale's own.
        day: the club's day of that instant.
        refund_grace_days: of the club.
        back: what returns (`points_back`, summed over lines).
        taken: what is taken back (`reversal`).
        award_leg: the leg of the sale's award in its event.
    """
    made: list[Entry] = []
    if back:
        made.append(
            Entry(
                event_id=event_id, leg=0, kind=EntryKind.REFUND, account_id=account_id, amount_h=back.hundredths,
                eff_us=eff_us, day=day, last_day=grace_last_day(day, refund_grace_days), sale_id=sale_id,
            )
        )  # fmt: skip
    if taken:
        made.append(
            Entry(
                event_id=event_id, leg=len(made), kind=EntryKind.REVERSAL, account_id=account_id,
                amount_h=taken.hundredths, eff_us=eff_us, day=day, sale_id=sale_id, refers_to=sale_id,
                refers_leg=award_leg,
            )
        )  # fmt: skip
    return tuple(made)


def void_entries(
    made: Sequence[Entry], *, event_id: str, eff_us: int, day: date, refund_grace_days: int
) -> tuple[Entry, ...]:
    """Give the entries of the void of a final sale: one reversing entry for each of its own (R42).

    A spend is refunded, an award is reversed; other kinds are no part of a sale.

    Args:
        made: the sale's entries, as posted.
        event_id: of the void.
        eff_us: effective instant, after the sale's own.
        day: the club's day of that instant.
        refund_grace_days: of the club.

    Raises:
        ValueError: an entry is of a kind that no sale makes.
    """
    kinds = {
        EntryKind.LEASE_SPEND: EntryKind.REFUND,
        EntryKind.REDEEM: EntryKind.REFUND,
        EntryKind.AWARD: EntryKind.REVERSAL,
    }
    found: list[Entry] = []
    for leg, entry in enumerate(made):
        if entry.kind not in kinds:
            raise ValueError(f"made: {entry.kind.value} is no entry of a sale")
        kind = kinds[entry.kind]
        reverses = kind is EntryKind.REVERSAL
        found.append(
            Entry(
                event_id=event_id, leg=leg, kind=kind, account_id=entry.account_id, amount_h=entry.amount_h,
                eff_us=eff_us, day=day, sale_id=entry.sale_id or entry.event_id,
                last_day=None if reverses else grace_last_day(day, refund_grace_days),
                refers_to=entry.event_id if reverses else "", refers_leg=entry.leg if reverses else 0,
            )
        )  # fmt: skip
    return tuple(found)
