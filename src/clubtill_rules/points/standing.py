"""Standing: the few lots of an account that end next, kept beside its balance, so that a day ends without a fold (R34).

While nothing is set aside, the end of a day does one thing to an account: lots past their last usable day drop to nil.
Knowing the lots that end next is knowing what expires, without reading an entry. What a fold would say is the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from clubtill_rules.points.lots import Fold

DAYS_KEPT: Final = 4
"""So many last usable days are kept: a ledger that looks every day needs one, one that was off for a while a few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What ends next: (last usable day, hundredths left), the soonest first, a day once.

    `complete` tells that every dated lot with anything left is among them.
    """

    ends: tuple[tuple[date, int], ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """What the end of days does: hundredths that expire, the next last usable day, and what then ends next."""

    expired_h: int
    next_expiry: date | None
    standing: Standing


def standing_of(folded: Fold) -> Standing:
    """Give what of a folded account ends next."""
    ends: dict[date, int] = {}
    for lot in folded.lots:
        if lot.left_h and lot.last_day is not None:
            ends[lot.last_day] = ends.get(lot.last_day, 0) + lot.left_h
    soonest = sorted(ends.items())
    return Standing(ends=tuple(soonest[:DAYS_KEPT]), complete=len(soonest) <= DAYS_KEPT)


def turned(standing: Standing, day: date, *, reserved_h: int) -> Turned | None:
    """Give what expires by a club's day; None where only a fold can tell: points are set aside, or too little is kept.

    Args:
        standing: of the last fold of the account; no entry came since.
        day: the club's day now; lots are usable through their last day.
        reserved_h: of the account. What lapses under an open lease may have to wait for its close.
    """
    rest = tuple(one for one in standing.ends if one[0] >= day)
    if reserved_h or not (rest or standing.complete):
        return None
    return Turned(
        expired_h=sum(left_h for last_day, left_h in standing.ends if last_day < day),
        next_expiry=rest[0][0] if rest else None,
        standing=Standing(ends=rest, complete=standing.complete),
    )
