"""Leases: amounts of an account's points set aside for one device, the only thing points are spent from (R72, R90).

A lease reserves an amount; the fold attributes lots. Its advice lists the lots it was granted on, so that the device
stops offering what has expired by its own club's day. No function here closes a lease by time: only its holder may.
Budgets (the mode BUDGET) are not built here: in that mode a device spends the leases it holds and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from clubtill_rules.members.account import ExpiringLot
from clubtill_rules.members.venue import OfflineMode
from clubtill_rules.points.folding import NEVER
from clubtill_rules.points.lots import Fold
from clubtill_rules.values.points import Points
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, because

CONTACT_DAYS_MAX = 7
"""D8: after more days without contact a terminal sells, takes fees and checks in, but no longer redeems offline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A lease as its holder keeps it. Amounts are hundredths of a point.

    Attributes:
        lease_id: UUIDv7 of the ledger's grant; text order is the order of granting.
        advice: the lots of the grant, oldest first, less what `after_spend` took of them; `NEVER` is the last day of a
            lot that never expires. Blank is no advice: the whole amount may be offered.
        sale_id: the sale it was asked for; blank for one granted ahead of a sale.
    """

    lease_id: str
    account_id: str
    granted_h: int
    spent_h: int = 0
    open: bool = True
    advice: tuple[ExpiringLot, ...] = ()
    sale_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseSpend:
    """What a sale spends of one lease, in hundredths of a point."""

    lease_id: str
    amount_h: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Usable:
    """What may be spent on this device now, and why it is less than the account holds; None where nothing limits."""

    points: Points
    why: Because | None


def left_of(lease: Lease, day: date) -> int:
    """Give what a lease still offers on a club's day, by its advice, in hundredths (R34)."""
    rest_h = lease.granted_h - lease.spent_h if lease.open else 0
    if not lease.advice:
        return rest_h
    return min(rest_h, sum(lot.left.hundredths for lot in lease.advice if lot.last_day >= day))


def left(leases: Iterable[Lease], day: date) -> int:
    """Give what leases of one account still offer on a club's day, in hundredths (R34, R72)."""
    return sum(left_of(lease, day) for lease in leases)


def plan(leases: Iterable[Lease], amount_h: int, day: date) -> tuple[LeaseSpend, ...]:
    """Spread a spend over leases, the oldest grant first (R72).

    Refuses `points.short` with `needed` and `available` when they offer less than the amount.
    """
    spends: list[LeaseSpend] = []
    lacking = amount_h
    held = sorted(leases, key=lambda lease: lease.lease_id)
    for lease in held:
        taken = min(lacking, left_of(lease, day))
        if taken:
            spends.append(LeaseSpend(lease_id=lease.lease_id, amount_h=taken))
            lacking -= taken
    if lacking:
        raise Refusal("points.short", needed=Points(amount_h), available=Points(left(held, day)))
    return tuple(spends)


def after_spend(lease: Lease, amount_h: int, day: date) -> Lease:
    """Give a lease after a spend of it: the advice's usable lots pay, oldest first.

    The amount is at most `left_of` the lease; more is a bug of the caller.
    """
    if not 0 < amount_h <= left_of(lease, day):
        raise ValueError(f"{amount_h} of {left_of(lease, day)} left in {lease.lease_id}")
    lacking = amount_h
    advice: list[ExpiringLot] = []
    for lot in lease.advice:
        taken = min(lacking, lot.left.hundredths) if lot.last_day >= day else 0
        lacking -= taken
        if lot.left.hundredths > taken:
            advice.append(replace(lot, left=Points(lot.left.hundredths - taken)))
    return replace(lease, spent_h=lease.spent_h + amount_h, advice=tuple(advice))


def to_ask(leases: Iterable[Lease], amount_h: int, day: date) -> int:
    """Give what a device has to ask for, to spend an amount: what it does not hold already (4.2 of the design)."""
    return max(0, amount_h - left(leases, day))


def grant(fold: Fold, asked_h: int, cap_h: int | None) -> int:
    """Decide an ask: at most what is available, and at most the cap where there is one (R72).

    The ledger dates the grant no earlier than any entry that the fold has counted; on that rests I24.
    """
    most_h = fold.avail_h if cap_h is None else min(fold.avail_h, cap_h)
    return max(0, min(asked_h, most_h))


def advice(fold: Fold, amount_h: int) -> tuple[ExpiringLot, ...]:
    """List the lots that a grant stands on, oldest first, after those that other leases are expected to use."""
    lots: list[ExpiringLot] = []
    skip_h, lacking = fold.reserved_h, amount_h
    for lot in fold.lots:
        skipped = min(skip_h, lot.left_h)
        taken = min(lot.left_h - skipped, lacking)
        skip_h -= skipped
        lacking -= taken
        if taken:
            lots.append(ExpiringLot(last_day=lot.last_day or NEVER, left=Points(taken)))
    return tuple(lots)


def of_sale(mode: OfflineMode, leases: Iterable[Lease], sale_id: str) -> tuple[Lease, ...]:
    """Give the leases that a sale may spend: in REFUSE only those asked for under its id, online too (I22, D39)."""
    return tuple(lease for lease in leases if mode is not OfflineMode.REFUSE or lease.sale_id == sale_id)


def usable(
    mode: OfflineMode,
    leases: Sequence[Lease],
    *,
    online: bool,
    sale_id: str,
    contact_age_days: int,
    day: date,
    trouble: str = "",
) -> Usable:
    """Tell what may be spent on this device now (R90, D8, D39).

    In REFUSE only a lease that was asked for this very sale counts (I22). Offline, a device that has had no contact for
    more than seven days redeems nothing (D8), nor does one whose log the ledger doubts (I30): `trouble` is blank, or
    fork, rolled_back or revoked.
    """
    held = Points(left(of_sale(mode, leases, sale_id), day))
    if online:
        return Usable(points=held, why=None)
    if trouble:
        return Usable(points=Points(0), why=because("why.offline.trouble", "R90", trouble=trouble))
    if contact_age_days > CONTACT_DAYS_MAX:
        return Usable(points=Points(0), why=because("why.offline.stale", "R90", days=contact_age_days))
    if mode is OfflineMode.REFUSE and not held:
        return Usable(points=held, why=because("why.offline.refuse", "R90"))
    return Usable(points=held, why=because("why.offline.lease", "R90", usable=held))
