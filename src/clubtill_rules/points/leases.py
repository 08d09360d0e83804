"""Leases: amounts of an account's points set aside for one device, the only thing points are spent from (R72, R90).

A lease reserves an amount; the fold attributes lots. Its advice lists the lots it was granted on, so that the device
stops offering what has expired by its own club's day. No function here closes a lease by time: only its holder may.
In the mode BUDGET a device spends the leases that it holds first, and then its budget (`budgets`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum

from clubtill_rules.members.account import ExpiringLot
from clubtill_rules.members.venue import OfflineMode
from clubtill_rules.points.budgets import OFFLINE_DAYS_MAX, Budget, Cached, Usable, budget_usable
from clubtill_rules.points.folding import NEVER
from clubtill_rules.points.lots import Fold
from clubtill_rules.values.points import Points
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, Rounding, because, working

CONTACT_DAYS_MAX = OFFLINE_DAYS_MAX
"""D8: after more days without contact a terminal sells, takes fees and checks in, but no longer redeems offline."""

WORKING_SET_DAYS = 60
"""4.4: a member seen within so many days belongs to a venue's working set."""


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
class OfflineBudget:
    """What a spend by budget needs to know: the device's budget, or None, and what its cache says of the account."""

    budget: Budget | None
    account_id: str
    cached: Cached
    now_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflinePlan:
    """How points are spent while the ledger is out of reach: leases first, which risk nothing, then a budget."""

    leases: tuple[LeaseSpend, ...]
    budget_h: int


class Occasion(Enum):
    """On what occasion a lease is asked for (4.2, 4.4)."""

    SALE = "sale"
    ATTACH = "attach"
    CHECK_IN = "check_in"
    NIGHT = "night"


class CloseWhy(Enum):
    """Why a holder closes a lease (4.4). Detaching the member is no reason, nor is any clock alone."""

    RECALL = "recall"
    CLEARED = "cleared"
    END_OF_DAY = "end_of_day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """A lease to close now: what it gives back, in hundredths, and why."""

    lease_id: str
    back_h: int
    why: CloseWhy
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closings:
    """What a device closes now, and the recalled leases that wait for the end of an open tender (I25)."""

    due: tuple[Closing, ...]
    waiting: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOff:
    """What a write-off releases, in hundredths, and what it can cost: as much below zero, if the holder spent it."""

    lease_id: str
    amount_h: int
    because: tuple[Because, ...]


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
    budget: OfflineBudget | None = None,
) -> Usable:
    """Tell what may be spent on this device now (R90, D8, D39).

    In BUDGET, offline, what the device's `budget` allows comes on top of its leases; None is a device without one. In
    REFUSE only a lease that was asked for this very sale counts (I22). Offline, a device that has had no contact for
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
    if mode is OfflineMode.BUDGET and budget is not None:
        allowed = budget_usable(budget.budget, budget.account_id, budget.cached, now_us=budget.now_us)
        if allowed.points or not held:
            return Usable(points=held + allowed.points, why=allowed.why)
    return Usable(points=held, why=because("why.offline.lease", "R90", usable=held))


def plan_offline(leases: Iterable[Lease], budget: OfflineBudget, amount_h: int, day: date) -> OfflinePlan:
    """Spread a spend in the mode BUDGET: over the leases, the oldest first, and the rest on the budget (D39, I23).

    Refuses `points.short` with `needed` and `available` when they allow less than the amount together.
    """
    held = tuple(leases)
    by_lease_h = min(amount_h, left(held, day))
    rest_h = amount_h - by_lease_h
    allowed = budget_usable(budget.budget, budget.account_id, budget.cached, now_us=budget.now_us).points
    if rest_h > allowed.hundredths:
        raise Refusal("points.short", needed=Points(amount_h), available=Points(by_lease_h) + allowed)
    return OfflinePlan(leases=plan(held, by_lease_h, day), budget_h=rest_h)


def wanted(
    mode: OfflineMode, occasion: Occasion, asked_h: int, cap_h: int, *, redeems: bool = True, held_h: int = 0
) -> int:
    """Give what an ask is for, before the account is looked at (4.2, 4.4).

    For a sale in hand it is what was asked. Ahead of a sale it is at most what the cap leaves beside `held_h`, which
    this terminal holds for the account already, all of that where no amount was asked; nothing in REFUSE, and nothing
    for a terminal that never redeems, such as a door's.
    """
    if occasion is Occasion.SALE:
        return asked_h
    if mode is OfflineMode.REFUSE or not redeems:
        return 0
    return max(0, min(asked_h or cap_h, cap_h - held_h))


def in_working_set(venue_id: str, *, home_venue: str, seen_on: date | None, day: date) -> bool:
    """Tell whether a venue's redemption terminal gets a lease for a member at night: at home there, or seen lately."""
    return home_venue == venue_id or (seen_on is not None and day - seen_on <= timedelta(days=WORKING_SET_DAYS))


def closings(
    leases: Iterable[Lease],
    *,
    recalled: Collection[str] = (),
    cleared: Collection[str] = (),
    granted_on: Mapping[str, date] | None = None,
    day: date,
    connected: bool,
    tendering: Collection[str] = (),
) -> Closings:
    """Say which leases a device closes now, and which recalled ones have to wait (4.4, D22, R72, R73).

    Args:
        leases: that the device holds.
        recalled: lease ids that the ledger asked back.
        cleared: sales whose choice of points was cleared, voided or parked.
        granted_on: the club's trading day of each grant; a lease of an earlier day than `day` closes.
        day: the club's trading day now.
        connected: whether the ledger is in reach. While it is not, nobody else could use the points, so that only a
            cleared choice closes a lease.
        tendering: accounts of which a tender stands open: none of their leases closes now (I25).
    """
    due: list[Closing] = []
    waiting: set[str] = set()
    for lease in leases:
        day_over = (granted_on or {}).get(lease.lease_id, day) < day
        why = _why_closed(lease, recalled, cleared, day_over=day_over, connected=connected)
        if not lease.open or why is None:
            continue
        if lease.account_id in tendering:
            waiting |= {lease.lease_id} & set(recalled)
            continue
        back_h = lease.granted_h - lease.spent_h
        told = because(
            "why.lease.closed", "R72", points=Points(back_h), reason=why.value,
            working=working(Points(back_h), Rounding.EXACT, Points(lease.granted_h), ("-", Points(lease.spent_h))),
        )  # fmt: skip
        due.append(Closing(lease_id=lease.lease_id, back_h=back_h, why=why, because=(told,)))
    return Closings(due=tuple(due), waiting=frozenset(waiting))


def write_off(lease: Lease, *, member: str, till: str, last_seen_us: int) -> WriteOff:
    """Say what a manager's write-off releases and what it can cost (4.4, I24).

    Args:
        lease: as the ledger keeps it: `spent_h` are the spends that it has accepted.
        member: whom it may cost, by name.
        till: who holds the points, by name.
        last_seen_us: when the ledger last heard from there.

    ValueError for a lease that is closed or holds nothing.
    """
    amount_h = lease.granted_h - lease.spent_h
    if not lease.open or not amount_h:
        raise ValueError(f"{lease.lease_id} holds nothing")
    points = Points(amount_h)
    told = because(
        "why.lease.write_off", "R90", points=points, till=till, last_seen_us=last_seen_us, name=member, below=points,
        working=working(points, Rounding.EXACT, Points(lease.granted_h), ("-", Points(lease.spent_h))),
    )  # fmt: skip
    return WriteOff(lease_id=lease.lease_id, amount_h=amount_h, because=(told,))


def _why_closed(
    lease: Lease, recalled: Collection[str], cleared: Collection[str], *, day_over: bool, connected: bool
) -> CloseWhy | None:
    """Give the first reason for which a lease closes now; None where it stays."""
    if connected and lease.lease_id in recalled:
        return CloseWhy.RECALL
    if lease.sale_id and lease.sale_id in cleared:
        return CloseWhy.CLEARED
    return CloseWhy.END_OF_DAY if connected and day_over else None
