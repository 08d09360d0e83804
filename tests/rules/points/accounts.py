"""Entries of one account in whole points, for the rows of the fold's tables; each at noon unless it says its hour."""

from __future__ import annotations

from datetime import UTC, date, datetime

from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.lots import Fold, fold
from clubtill_rules.values.days import instant

K = EntryKind
JAN, FEB, MAR, APR, MAY, JUN = (lambda d, m=m: date(2026, m, d) for m in range(1, 7))


def at(day: date, hour: int = 12) -> int:
    """Give the instant of an hour of a day."""
    return instant(datetime(day.year, day.month, day.day, hour, tzinfo=UTC))


def entry(kind: EntryKind, amount: int, day: date, name: str, **more: object) -> Entry:
    """Make an entry of whole points at noon, or at `hour`."""
    eff_us = at(day, int(str(more.pop("hour", 12))))
    given = {"event_id": name, "leg": 0, "account_id": "a", "eff_us": eff_us, "day": day, **more}
    return Entry(kind=kind, amount_h=amount * 100, **given)


def award(amount: int, day: date, until: date | None, name: str = "", **more: object) -> Entry:
    """Make an award, named after its day if it has no other name."""
    return entry(K.AWARD, amount, day, name or f"award-{day}", **{"earn_day": day, "last_day": until, **more})


def redeem(amount: int, day: date, name: str, **more: object) -> Entry:
    """Make a redemption by a sale of that name."""
    return entry(K.REDEEM, amount, day, name, sale_id=name, **more)


def lease(amount: int, day: date, name: str = "lease", **more: object) -> Entry:
    """Make the grant of a lease."""
    return entry(K.LEASE_GRANT, amount, day, name, lease_id=name, **more)


def spend(amount: int, day: date, name: str = "sale", of: str = "lease", **more: object) -> Entry:
    """Make a spend of a lease by a sale of that name."""
    return entry(K.LEASE_SPEND, amount, day, name, lease_id=of, sale_id=name, **more)


def give_back(amount: int, day: date, of: str = "lease") -> Entry:
    """Make the close of a lease."""
    return entry(K.LEASE_RETURN, amount, day, f"return-{of}", lease_id=of)


def refund(amount: int, day: date, sale: str, name: str = "refund", **more: object) -> Entry:
    """Make the refund of a sale."""
    return entry(K.REFUND, amount, day, name, sale_id=sale, **more)


def reversal(amount: int, day: date, of: str, leg: int = 0) -> Entry:
    """Make the reversal of an award."""
    return entry(K.REVERSAL, amount, day, f"reversal-{of}", refers_to=of, refers_leg=leg)


def folded(entries: list[Entry], as_of: date, grace: int = 30) -> Fold:
    """Fold at the end of a day."""
    return fold(entries, as_of=as_of, refund_grace_days=grace)


def left(fold_: Fold) -> dict[str, tuple[int, date | None]]:
    """Give what is left, by the event that made the lot: whole points and last usable day."""
    return {lot.event_id: (lot.left_h // 100, lot.last_day) for lot in fold_.lots if lot.left_h}


L1 = award(100, JAN(1), MAR(31), "L1")
L2 = award(50, FEB(1), JUN(30), "L2")
SALE = [L1, L2, redeem(150, MAR(1), "sale")]
A = award(300, JAN(10), MAR(10), "A")
B = award(200, JAN(20), JUN(30), "B")
CUT_OFF = [A, B, lease(400, MAR(9))]
JANUARY = [award(100, JAN(1), JAN(20), "L1"), award(80, JAN(2), JUN(30), "L2")]
