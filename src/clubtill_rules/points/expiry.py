"""Expiry as people see it: the history with its expired lots, warnings, and the report of what will expire (R35-R37).

When a lot expires is the fold's; what the job posts is `lots.expiry_to_post`. Here both are only told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from clubtill_rules.members.account import ExpiringLot
from clubtill_rules.members.classification import Classification
from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.lots import Fold, Lot, expiring_lots, expiry_to_post, fold, in_order, posted_expiry
from clubtill_rules.points.redeeming import worth
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.points import NO_POINTS, Points


class LotStatus(Enum):
    """What has become of the points that an entry brought (R35)."""

    AVAILABLE = "available"
    SPENT = "spent"
    EXPIRED = "expired"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One row of an account's points history.

    Attributes:
        entry: what was posted; None on a last row of what has expired and is not posted yet.
        change: what it did to the balance; nil on an award that lost its natural key to another (I26).
        balance: after this row, open leases included (R5); the last row's is the account's balance.
        status: of the lot that it made, with `left` and `expired` of it; None where it made none.
    """

    entry: Entry | None
    day: date
    change: Points
    balance: Points
    status: LotStatus | None = None
    left: Points = NO_POINTS
    expired: Points = NO_POINTS


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiryWarning:
    """A warning to send: `key` names it for ever, so that it goes out once (R36)."""

    key: str
    last_day: date
    left: Points


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """An account for the report: its main contact, the primary classification of that person, and its entries."""

    account_id: str
    contact: str
    classification: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiryRow:
    """A lot of the report: what would be posted of it, and its value at the classification's ratio."""

    classification: int
    account_id: str
    contact: str
    earn_day: date
    last_day: date
    remaining: Points
    value: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpirySum:
    """The subtotal of a classification."""

    classification: int
    description: str
    accounts: int
    remaining: Points
    value: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiryReport:
    """Member points to be expired by classification, as at a date (R37)."""

    as_at: date
    rows: tuple[ExpiryRow, ...]
    sums: tuple[ExpirySum, ...]
    remaining: Points
    value: Money


_PLUS = frozenset({EntryKind.AWARD, EntryKind.TRANSFER_IN, EntryKind.REFUND, EntryKind.EXPIRE_REVERSAL})
_MINUS = frozenset({EntryKind.REDEEM, EntryKind.LEASE_SPEND, EntryKind.REVERSAL, EntryKind.EXPIRE})


def history(entries: Iterable[Entry], folded: Fold, *, as_of: date) -> tuple[HistoryRow, ...]:
    """Give an account's history in effective order, with running balance and status (R35).

    Leases and pending transfers only set points aside and have no row. What has expired and is not posted yet stands
    as a last row without an entry, so that the last balance is the account's. Sum and balance differ only by what a
    refund gave beyond its sale, which the fold flags and does not give back.

    Args:
        entries: of the account, in any order.
        folded: of these entries as of that day.
        as_of: the club's day.
    """
    lots = {(lot.event_id, lot.leg): lot for lot in folded.lots}
    rows: list[HistoryRow] = []
    given = in_order(entries)
    balance_h = 0
    for entry in given:
        change_h = _change(entry, folded.dropped)
        if change_h is None:
            continue
        balance_h += change_h
        lot = lots.get((entry.event_id, entry.leg))
        rows.append(
            HistoryRow(
                entry=entry, day=entry.day, change=Points(change_h), balance=Points(balance_h),
                status=LotStatus.DROPPED if _dropped(entry, folded.dropped) else _status(lot),
                left=Points(lot.left_h) if lot else NO_POINTS, expired=Points(lot.expired_h) if lot else NO_POINTS,
            )
        )  # fmt: skip
    waiting_h = expiry_to_post(folded, posted_expiry(given))
    if waiting_h:
        rows.append(HistoryRow(entry=None, day=as_of, change=Points(-waiting_h), balance=Points(balance_h - waiting_h)))
    return tuple(rows)


def warnings(
    folded: Fold, *, club_id: str, account_id: str, as_of: date, warning_days: int, sent: Collection[str] = ()
) -> tuple[ExpiryWarning, ...]:
    """List the warnings due: one a lot within the club's window that was not warned of before, soonest first (R36).

    Args:
        folded: the account as of that day.
        club_id: of the account; part of the key.
        account_id: part of the key.
        as_of: the club's day.
        warning_days: of the club.
        sent: keys of the warnings sent before.
    """
    due = (
        ExpiryWarning(
            key=f"expiry:{club_id}:{account_id}:{lot.event_id}:{lot.leg}", last_day=last_day, left=Points(lot.left_h)
        )
        for lot, last_day in expiring_lots(folded, as_of, warning_days)
    )
    return tuple(one for one in due if one.key not in sent)


def notice(soon: Iterable[ExpiringLot]) -> ExpiringLot | None:
    """Sum lots within the window for one sentence: so many points expire by the last of their days; None if none (R36).

    "60 points expire by 28 Feb 2026": till, door and receipt say it with the same figures.
    """
    lots = tuple(soon)
    if not lots:
        return None
    return ExpiringLot(last_day=max(lot.last_day for lot in lots), left=sum((lot.left for lot in lots), NO_POINTS))


def to_expire(
    holdings: Iterable[Holding],
    *,
    as_at: date,
    classifications: Sequence[Classification],
    refund_grace_days: int,
    money_decimals: int,
) -> ExpiryReport:
    """Give the report of what the expiry job would post on a day, by lot and classification (R37). It changes nothing.

    Rows stand by classification, account and lot; they sum to what the job posts, account by account, for both come
    of the same fold. Where a lot's expiry is posted already, the oldest last days are taken as posted first.

    Args:
        holdings: the accounts.
        as_at: the club's day.
        classifications: those of the chosen range; accounts of others are left out.
        refund_grace_days: of the club.
        money_decimals: of the currency, for the value; a ratio of 0 has no value (R66).
    """
    chosen = {one.number: one for one in classifications}
    rows = [
        row
        for holding in sorted(holdings, key=lambda one: (one.classification, one.account_id))
        if holding.classification in chosen
        for row in _expiring_rows(holding, chosen[holding.classification], as_at, refund_grace_days, money_decimals)
    ]
    sums = tuple(
        ExpirySum(
            classification=number,
            description=chosen[number].description,
            accounts=len({row.account_id for row in rows if row.classification == number}),
            remaining=sum((row.remaining for row in rows if row.classification == number), NO_POINTS),
            value=sum((row.value for row in rows if row.classification == number), NIL),
        )
        for number in sorted({row.classification for row in rows})
    )
    return ExpiryReport(
        as_at=as_at,
        rows=tuple(rows),
        sums=sums,
        remaining=sum((one.remaining for one in sums), NO_POINTS),
        value=sum((one.value for one in sums), NIL),
    )


def _expiring_rows(
    holding: Holding, classification: Classification, as_at: date, refund_grace_days: int, money_decimals: int
) -> Iterable[ExpiryRow]:
    """Give what the job would post of one account, lot by lot, the soonest to expire first."""
    folded = fold(holding.entries, as_of=as_at, refund_grace_days=refund_grace_days)
    posted_h = posted_expiry(holding.entries)
    to_post_h = max(0, expiry_to_post(folded, posted_h))
    ending = [(lot.last_day, lot) for lot in folded.lots if lot.last_day]
    for last_day, lot in sorted(ending, key=lambda one: one[0]):
        done_h = min(posted_h, lot.expired_h)
        posted_h -= done_h
        remaining = Points(min(lot.expired_h - done_h, to_post_h))
        to_post_h -= remaining.hundredths
        if remaining:
            ratio = classification.redemption_ratio
            yield ExpiryRow(
                classification=classification.number, account_id=holding.account_id, contact=holding.contact,
                earn_day=lot.earn_day, last_day=last_day, remaining=remaining,
                value=worth(remaining, ratio, money_decimals=money_decimals) if ratio else NIL,
            )  # fmt: skip


def _dropped(entry: Entry, dropped: frozenset[tuple[str, int]]) -> bool:
    return entry.kind is EntryKind.AWARD and (entry.event_id, entry.leg) in dropped


def _change(entry: Entry, dropped: frozenset[tuple[str, int]]) -> int | None:
    """Give what an entry did to the balance in hundredths; None where it only set points aside."""
    kind = entry.kind
    if _dropped(entry, dropped) or (kind is EntryKind.REVERSAL and (entry.refers_to, entry.refers_leg) in dropped):
        return 0
    if kind is EntryKind.ADJUST or kind in _PLUS:
        return entry.amount_h
    if kind in _MINUS or (kind is EntryKind.TRANSFER_OUT and entry.settled):
        return -entry.amount_h
    return None


def _status(lot: Lot | None) -> LotStatus | None:
    if lot is None:
        return None
    if lot.left_h:
        return LotStatus.AVAILABLE
    return LotStatus.EXPIRED if lot.expired_h else LotStatus.SPENT
