"""Lots: balance, lots and expiry of one points account, folded from its entries (R33-R36, R39-R41, R91).

The fold is a pure function of the *set* of entries: the order in which they arrived does not matter. It never refuses:
an entry is a fact. What it cannot pay for becomes a deficit, what is odd becomes a flag. Posting is not done here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter
from typing import NamedTuple

from clubtill_rules.members.account import ExpiringLot
from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.folding import NEVER, Run, RunningLot
from clubtill_rules.points.ordering import POSTED, rank
from clubtill_rules.values.points import Points


class Lot(NamedTuple):
    """One lot after the fold. Amounts are hundredths of a point. A plain tuple, since a fold makes very many.

    Attributes:
        event_id, leg: the entry that made it: an award, a refund of expired points, an adjustment or a transfer in.
        last_day: the last day on which it can be used; None never expires (R34).
        left_h: what can still be spent; `expired_h` stays visible as expired (R35). 0 <= left_h <= original_h (R5).
    """

    event_id: str
    leg: int
    earn_day: date
    last_day: date | None
    original_h: int
    left_h: int
    expired_h: int
    eff_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """A points account as of a day. Amounts are hundredths of a point.

    Attributes:
        avail_h, reserved_h, deficit_h: the balance of R5; the first and the last are never both above nil (I17).
        expired_h: all that has expired and was not used since; `waits_h` of it waits for open leases to close.
        lots: in the order in which they are consumed (R33), empty and expired ones included.
        live_h, shortfall_h: what is left in lots, and what entries still lack.
        next_expiry: the earliest last usable day among lots with anything left.
        dropped: awards that lost their natural key to another, as (event id, leg) (I26).
        flags: by event id.
    """

    avail_h: int
    reserved_h: int
    deficit_h: int
    expired_h: int
    waits_h: int
    lots: tuple[Lot, ...]
    live_h: int
    shortfall_h: int
    next_expiry: date | None
    dropped: frozenset[tuple[str, int]]
    flags: dict[str, frozenset[str]]

    @property
    def balance_h(self) -> int:
        """The balance of R5: available and reserved, less the deficit."""
        return self.avail_h + self.reserved_h - self.deficit_h


def fold(entries: Iterable[Entry], *, as_of: date, refund_grace_days: int) -> Fold:
    """Fold the entries of one account (section 5 of the ledger design, steps 1 to 9).

    Args:
        entries: each once, in any order. EXPIRE and EXPIRE_REVERSAL are passed over: they post what the fold derives.
        as_of: the club's day up to which lots expire; where an entry is later, its day.
        refund_grace_days: of the club (R41), for refunds that carry no last usable day of their own; 0 is none (D40).
    """
    run, dropped, _ = folded_run(entries, refund_grace_days)
    if as_of > run.day:
        run.turn(as_of)
    pools = pools_of(run)
    return drawn(pools, run, run.let_go(), dropped=dropped)


def folded_run(
    entries: Iterable[Entry], refund_grace_days: int
) -> tuple[Run, frozenset[tuple[str, int]], Entry | None]:
    """Fold entries up to the day of the last one; give the run, the awards dropped, and that last entry in order."""
    given = [entry for entry in entries if entry.kind not in POSTED]
    dropped = _outrun(given)
    if dropped:
        given = [entry for entry in given if not _falls(entry, dropped)]
    run = Run(
        refund_grace_days,
        refunded=frozenset(entry.sale_id for entry in given if entry.kind is EntryKind.REFUND and entry.sale_id),
        reversed_=frozenset(entry.refers_to for entry in given if entry.kind is EntryKind.REVERSAL),
    )
    ordered = in_order(given)
    for entry in ordered:
        if entry.day > run.day:
            run.turn(entry.day)
        apply(run, entry)
    return run, dropped, ordered[-1] if ordered else None


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Sort entries by effective instant, class rank, event id and leg, never by arrival (step 2, R91).

    Stable sorts by one field each, the last field first: they make no keys, which a large account would feel.
    """
    ordered = sorted(entries, key=attrgetter("leg"))
    ordered.sort(key=attrgetter("event_id"))
    ordered.sort(key=rank)
    ordered.sort(key=attrgetter("eff_us"))
    return ordered


def _outrun(entries: Sequence[Entry]) -> frozenset[tuple[str, int]]:
    """Give the awards that lost their natural key: all but the one with the lowest (eff, event id) (step 1, I26)."""
    awards = [entry for entry in entries if entry.natural_key and entry.kind is EntryKind.AWARD]
    standing: dict[str, tuple[int, str, int]] = {}
    for award in awards:
        claim = (award.eff_us, award.event_id, award.leg)
        standing[award.natural_key] = min(standing.get(award.natural_key, claim), claim)
    return frozenset(
        (award.event_id, award.leg)
        for award in awards
        if standing[award.natural_key] != (award.eff_us, award.event_id, award.leg)
    )


def _falls(entry: Entry, dropped: frozenset[tuple[str, int]]) -> bool:
    """Tell whether an entry is a dropped award or the reversal of one."""
    if entry.kind is EntryKind.REVERSAL:
        return (entry.refers_to, entry.refers_leg) in dropped
    return entry.kind is EntryKind.AWARD and (entry.event_id, entry.leg) in dropped


def apply(run: Run, entry: Entry) -> None:
    """Do to the lots what an entry does (steps 4 to 8)."""
    kind = entry.kind
    if kind is EntryKind.AWARD or kind is EntryKind.TRANSFER_IN or (kind is EntryKind.ADJUST and entry.amount_h >= 0):
        run.make(entry, entry.earn_day or entry.day, entry.last_day or NEVER, entry.amount_h)
    elif kind is EntryKind.LEASE_SPEND or (kind is EntryKind.TRANSFER_OUT and entry.settled):
        run.spend(entry)
    elif kind is EntryKind.LEASE_GRANT or kind is EntryKind.TRANSFER_OUT:
        run.reserve(entry)
    elif kind is EntryKind.LEASE_RETURN:
        run.release(entry.lease_id, entry.amount_h)
    elif kind is EntryKind.REFUND:
        run.refund(entry)
    elif kind is EntryKind.REVERSAL:
        run.reverse(entry)
    elif kind is EntryKind.LEASE_WRITEOFF:
        run.write_off(entry)
    else:  # REDEEM under a budget, and ADJUST down
        run.redeem(entry, entry.sale_id if kind is EntryKind.REDEEM else "")


def _lot(lot: RunningLot) -> Lot:
    earn_day, eff_us, event_id, leg = lot.key
    last_day = None if lot.last is NEVER else lot.last
    return Lot(event_id, leg, earn_day, last_day, lot.original, lot.left, lot.gone, eff_us)


class Pools(NamedTuple):
    """The balance of R5, and what of the expired waits for open leases, in hundredths."""

    avail_h: int
    reserved_h: int
    deficit_h: int
    waits_h: int


def pools_of(run: Run) -> Pools:
    """Draw the balance from the three pools (step 9)."""
    net = run.live - run.shortfall - run.reserved
    waits = min(-net, run.reserved, run.gone_within_reach()) if net < 0 else 0
    return Pools(max(0, net), run.reserved, max(0, -net - waits), waits)


def drawn(
    pools: Pools,
    run: Run,
    running: Iterable[RunningLot],
    *,
    dropped: frozenset[tuple[str, int]] = frozenset(),
    gone_before_h: int = 0,
) -> Fold:
    """Wrap a run and its lots; `gone_before_h` expired in lots that it keeps no more."""
    lots = tuple(map(_lot, running))
    return Fold(
        avail_h=pools.avail_h,
        reserved_h=pools.reserved_h,
        deficit_h=pools.deficit_h,
        expired_h=gone_before_h + sum(lot.expired_h for lot in lots),
        waits_h=pools.waits_h,
        lots=lots,
        live_h=run.live,
        shortfall_h=run.shortfall,
        next_expiry=min((lot.last_day for lot in lots if lot.left_h and lot.last_day), default=None),
        dropped=dropped,
        flags={event_id: frozenset(flags) for event_id, flags in run.flags.items()},
    )


def posted_expiry(entries: Iterable[Entry]) -> int:
    """Sum what the account's entries have posted as expired, reversals deducted, in hundredths."""
    posted = 0
    for entry in entries:
        if entry.kind is EntryKind.EXPIRE:
            posted += entry.amount_h
        elif entry.kind is EntryKind.EXPIRE_REVERSAL:
            posted -= entry.amount_h
    return posted


def expiry_to_post(folded: Fold, posted_h: int) -> int:
    """Give what the expiry job posts now: an EXPIRE above nil, an EXPIRE_REVERSAL below, nothing at nil (R34, I20).

    What waits for an open lease is not posted: the close of the lease settles it.
    """
    return folded.expired_h - folded.waits_h - posted_h


def expiring_lots(folded: Fold, as_of: date, warning_days: int) -> tuple[tuple[Lot, date], ...]:
    """Give the lots that expire from a day on, within the club's warning window, with that day, the soonest first."""
    until = as_of + timedelta(days=warning_days)
    soon = [
        (lot, lot.last_day)
        for lot in folded.lots
        if lot.left_h and lot.last_day is not None and as_of <= lot.last_day <= until
    ]
    return tuple(sorted(soon, key=lambda one: one[1]))


def expiring(folded: Fold, as_of: date, warning_days: int) -> tuple[ExpiringLot, ...]:
    """List what expires from a day on, within the club's warning window, the soonest first (R36)."""
    soon = expiring_lots(folded, as_of, warning_days)
    return tuple(ExpiringLot(last_day=last_day, left=Points(lot.left_h)) for lot, last_day in soon)
