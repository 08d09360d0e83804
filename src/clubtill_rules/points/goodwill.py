"""Goodwill: what a club may give where a terminal that was cut off redeemed points that had just expired (R34, R90)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta

from clubtill_rules.points.budgets import OFFLINE_DAYS_MAX
from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.lots import fold


def goodwill(
    entries: Iterable[Entry], spend: Entry, lacking_h: int, *, as_of: date, refund_grace_days: int
) -> Entry | None:
    """Give the adjustment that makes up for what a redemption lacks because it had expired; None where nothing had.

    A terminal redeems for so many days without contact (D8), so no cache showed lots that had ended before. What was
    made up for before is not made up for again. The adjustment lasts for the day of the redemption alone: what pays
    the redemption after all, such as a late award, leaves nobody richer.

    Args:
        entries: of the account, the redemption among them.
        spend: the REDEEM.
        lacking_h: by how much it deepened the deficit, in hundredths; above nil.
        as_of: the club's day.
        refund_grace_days: of the club.
    """
    known = tuple(entries)
    first = spend.day - timedelta(days=OFFLINE_DAYS_MAX)
    lots = fold(known, as_of=as_of, refund_grace_days=refund_grace_days).lots
    gone_h = sum(lot.expired_h for lot in lots if lot.last_day is not None and first <= lot.last_day < spend.day)
    given_h = sum(one.amount_h for one in known if is_goodwill(one) and one.day >= first)
    amount_h = min(lacking_h, gone_h - given_h)
    if amount_h <= 0:
        return None
    told = f"goodwill\x00{spend.event_id}\x00{spend.leg}"
    return Entry(
        event_id=hashlib.sha256(told.encode()).hexdigest()[:32], leg=0, kind=EntryKind.ADJUST,
        account_id=spend.account_id, amount_h=amount_h, eff_us=spend.eff_us + 1, day=spend.day, earn_day=spend.day,
        last_day=spend.day, refers_to=spend.event_id, refers_leg=spend.leg,
    )  # fmt: skip


def is_goodwill(entry: Entry) -> bool:
    """Tell whether an entry is such an adjustment: no other one names the redemption that it is for."""
    return entry.kind is EntryKind.ADJUST and bool(entry.refers_to)
