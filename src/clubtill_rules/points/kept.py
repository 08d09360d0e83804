"""Kept: what of a folded account is kept, so that a later entry goes on from there instead of folding all again.

Plain tuples, since they are read and written with every entry. The fold of all entries says the same; where it would
take more than is kept here, it is made anew from all of them (`ongoing`).
"""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

from clubtill_rules.points.ordering import Place

BEFORE_ALL: Final[Place] = (-1, 0, "", 0)
"""The place before every entry."""


class KeptLot(NamedTuple):
    """A lot that still matters, in hundredths: something is left of it, or it expired within an open lease's reach.

    `last` is `NEVER` for one that never expires.
    """

    earn_day: date
    eff_us: int
    event_id: str
    leg: int
    last: date
    original_h: int
    left_h: int
    gone_h: int


class Kept(NamedTuple):
    """A fold between two entries, before the end of the day that it stands for.

    Attributes:
        grace_days: the club's days of grace that it was folded with (R41); with others it is of no use.
        place: of the last entry folded; only what comes after it may go on from here.
        day: the trading day of that entry.
        lots: in the order of consumption (R33).
        leases: open ones as (id, rest, reach), in the order in which they were opened.
        lacking: the shortfall as (sale or blank, amount), oldest first.
        gone_before_h: what expired and cannot come back by any later entry.
    """

    grace_days: int
    place: Place = BEFORE_ALL
    day: date = date.min
    lots: tuple[KeptLot, ...] = ()
    leases: tuple[tuple[str, int, date], ...] = ()
    lacking: tuple[tuple[str, int], ...] = ()
    gone_before_h: int = 0
