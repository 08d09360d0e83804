"""Points statement: what a month did to an account, as its history tells it (R35; 6.8 of the ledger design).

It is no statement of a charge account: that one is R100's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.expiry import HistoryRow, history
from clubtill_rules.points.lots import fold
from clubtill_rules.values.points import NO_POINTS, Points

_EARNED: Final = frozenset({EntryKind.AWARD, EntryKind.REVERSAL})
_SPENT: Final = frozenset({EntryKind.REDEEM, EntryKind.LEASE_SPEND, EntryKind.REFUND})
_OTHER: Final = frozenset({EntryKind.ADJUST, EntryKind.TRANSFER_IN, EntryKind.TRANSFER_OUT})


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsStatement:
    """What the days from first to last, both included, did to an account.

    Attributes:
        opening, closing: balances, open leases included (R5); closing is opening + earned - spent - expired + other.
        earned: awards less those taken back. `spent`: redeemed less what refunds gave back.
        expired: what ended in these days, whether or not it is posted yet; below nil where more came back.
        other: adjustments and transfers; below nil where they took points.
        moves: rows of the history in these days that changed the balance.
    """

    first: date
    last: date
    opening: Points
    earned: Points
    spent: Points
    expired: Points
    other: Points
    closing: Points
    moves: int

    @property
    def tells(self) -> bool:
        """Whether there is anything to tell: something moved, or there is or was a balance."""
        return bool(self.moves or self.opening or self.closing)


def month_before(day: date) -> date:
    """Give the first day of the month before a day's: the latest month that is over."""
    return date(day.year - (day.month == 1), (day.month - 2) % 12 + 1, 1)


def points_statement(entries: Iterable[Entry], *, first: date, last: date, refund_grace_days: int) -> PointsStatement:
    """Make an account's statement of the days from first to last, of the entries of those days and before (R35).

    A month opens as the one before closes, but for what arrived late.

    Args:
        entries: of the account, in any order; those of later days are left out.
        first: of the days.
        last: the last of them, of the club's days.
        refund_grace_days: of the club.

    Raises:
        ValueError: `last` lies before `first`.
    """
    if last < first:
        raise ValueError("last: lies before first")
    kept = tuple(entries)
    opening = _closing(_rows(kept, first - timedelta(days=1), refund_grace_days))
    rows = _rows(kept, last, refund_grace_days)
    mine = [row for row in rows if row.day >= first]
    earned, spent, other = (_sum(mine, kinds) for kinds in (_EARNED, _SPENT, _OTHER))
    closing = _closing(rows)
    return PointsStatement(
        first=first, last=last, opening=opening, earned=earned, spent=-spent,
        expired=opening + earned + spent + other - closing, other=other, closing=closing,
        moves=sum(1 for row in mine if row.change),
    )  # fmt: skip


def _rows(entries: tuple[Entry, ...], day: date, refund_grace_days: int) -> tuple[HistoryRow, ...]:
    """Give the history at the end of a day, with what has ended by then."""
    known = [one for one in entries if one.day <= day]
    return history(known, fold(known, as_of=day, refund_grace_days=refund_grace_days), as_of=day)


def _closing(rows: tuple[HistoryRow, ...]) -> Points:
    return rows[-1].balance if rows else NO_POINTS


def _sum(rows: Iterable[HistoryRow], kinds: frozenset[EntryKind]) -> Points:
    return sum((row.change for row in rows if row.entry and row.entry.kind in kinds), NO_POINTS)
