"""Folding: one pass over a points account's entries in effective order, in plain integers (R33, R34, R39-R41, R91).

This room moves amounts between lots and nothing else: `lots` sorts the entries, calls it and wraps what it finds. It
keeps three pools: what is *live* in lots, what is *gone* (expired), and the *shortfall*, what earlier entries lack.
At every moment live + gone - shortfall is what came in less what went out, whichever lot paid for what.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterator
from datetime import date, timedelta
from operator import attrgetter
from typing import Final

from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.kept import Kept, KeptLot
from clubtill_rules.points.ordering import Place

NEVER: Final = date.max
"""Stands for the last usable day of a lot that never expires."""

EXPIRED_IN_LEASE: Final = "EXPIRED_IN_LEASE"
"""Flag of a spend that lots paid for which had expired since its lease was granted (step 6)."""
OFFLINE_OVERDRAW: Final = "OFFLINE_OVERDRAW"
"""Flag of a spend that found too little and left a deficit (R90)."""
BEYOND_LEASE: Final = "BEYOND_LEASE"
"""Flag of a spend beyond what its lease still held: after a write-off, or by a forked device (I24)."""
WRITTEN_OFF_SPENT: Final = "WRITTEN_OFF_SPENT"
"""Flag of a write-off of points that had been spent by then (I24)."""
REFUND_BEYOND_SALE: Final = "REFUND_BEYOND_SALE"
"""Flag of a refund of more than its sale spent; the excess is not given back (C23)."""

_KEY: Final = attrgetter("key")
_LAST: Final = attrgetter("last")


def grace_last_day(day: date, refund_grace_days: int) -> date:
    """Give the last usable day of refunded points that had expired (R41). Grace 0: the day before, no use (D40)."""
    return day + timedelta(days=refund_grace_days or -1)


class RunningLot:
    """A lot while it is folded: `original` = `left` + `gone` + what was taken from it."""

    __slots__ = ("gone", "key", "last", "left", "original")

    def __init__(self, key: tuple[date, int, str, int], last: date, amount_h: int) -> None:
        self.key = key
        self.last = last
        self.original = amount_h
        self.left = amount_h
        self.gone = 0


class Run:
    """The state of a fold between two entries, in hundredths of a point.

    Attributes:
        day: the trading day that has begun; lots whose last usable day is before it have expired.
        live, shortfall: never both above nil (I17).
        reserved: what open leases and pending transfers hold; `leases` gives of each the rest and its reach: the
            earliest last usable day among expired lots that may still pay for it.
        lots: in the order of consumption (R33).
        made: lots by the event id and leg that made them, of events that are reversed.
    """

    __slots__ = (
        "_ended",
        "_ending",
        "_head",
        "_paid",
        "_queue",
        "_refunded",
        "_reversed",
        "day",
        "flags",
        "grace_days",
        "leases",
        "live",
        "lots",
        "made",
        "reserved",
        "shortfall",
    )

    def __init__(self, refund_grace_days: int, *, refunded: frozenset[str], reversed_: frozenset[str]) -> None:
        self.grace_days = refund_grace_days
        self._refunded = refunded  # sales of which it is noted what paid for them
        self._reversed = reversed_  # events of which it is noted what lots they made
        self.day = date.min
        self.live = self.shortfall = self.reserved = 0
        self.lots: list[RunningLot] = []
        self.made: dict[tuple[str, int], RunningLot] = {}
        self.leases: dict[str, tuple[int, date]] = {}
        self.flags: dict[str, set[str]] = {}
        self._head = 0  # no lot before this one has anything left
        self._ending: list[RunningLot] = []  # those that expire some day, by last usable day
        self._ended = 0  # so many of them have expired
        self._paid: dict[str, list[tuple[RunningLot, int]]] = {}  # by sale, in the order of consumption
        self._queue: deque[tuple[str, int]] = deque()  # the shortfall as (sale or blank, amount), oldest first

    @classmethod
    def resumed(cls, kept: Kept) -> Run:
        """Go on from where a fold stood. What paid for sales is not noted: refunds and reversals need the whole."""
        run = cls(kept.grace_days, refunded=frozenset(), reversed_=frozenset())
        run.day = kept.day
        run.leases = {lease_id: (rest, reach) for lease_id, rest, reach in kept.leases}
        run.reserved = sum(rest for _, rest, _ in kept.leases)
        run._queue.extend(kept.lacking)
        run.shortfall = sum(amount for _, amount in kept.lacking)
        for earn, eff_us, event_id, leg, last, original, left, gone in kept.lots:
            lot = RunningLot((earn, eff_us, event_id, leg), NEVER if last == NEVER else last, original)
            lot.left, lot.gone = left, gone
            run.lots.append(lot)
        run.live = sum([lot.left for lot in run.lots])
        run._ending = sorted([lot for lot in run.lots if lot.left and lot.last is not NEVER], key=_LAST)
        return run

    def kept(self, place: Place, gone_before_h: int) -> Kept:
        """Give what entries after `place` need: lots with anything left, and what expired within open leases' reach."""
        reach = min((reach for _, reach in self.leases.values()), default=None)
        lots = []
        for lot in self.lots:
            if lot.left or (lot.gone and reach is not None and lot.last >= reach):
                lots.append(KeptLot(*lot.key, lot.last, lot.original, lot.left, lot.gone))
            else:
                gone_before_h += lot.gone
        return Kept(
            grace_days=self.grace_days,
            place=place,
            day=self.day,
            lots=tuple(lots),
            leases=tuple((lease_id, rest, reach) for lease_id, (rest, reach) in self.leases.items()),
            lacking=tuple(self._queue),
            gone_before_h=gone_before_h,
        )

    def ends_before(self, day: date) -> bool:
        """Tell whether a day that begins would take anything: a lot's last usable day is before it."""
        return self._ended < len(self._ending) and self._ending[self._ended].last < day

    def turn(self, day: date) -> None:
        """Begin a day: lots whose last usable day is over drop to nil (step 3, R34)."""
        self.day = day
        ending = self._ending
        while self._ended < len(ending) and ending[self._ended].last < day:
            lot = ending[self._ended]
            self._ended += 1
            self.live -= lot.left
            lot.left, lot.gone = 0, lot.left

    def make(self, entry: Entry, earn: date, last: date, amount_h: int) -> None:
        """Make a lot; it pays the shortfall first (step 4, R39). One made past its last day is gone at once."""
        lot = RunningLot((earn, entry.eff_us, entry.event_id, entry.leg), last, amount_h)
        lots = self.lots
        if lots and lot.key < lots[-1].key:
            insort(lots, lot, key=_KEY)
            self._look_from(lot)
        else:
            lots.append(lot)
        if entry.event_id in self._reversed:
            self.made[entry.event_id, entry.leg] = lot
        if last < self.day:
            lot.left, lot.gone = 0, amount_h
            return
        self.live += amount_h
        if last is not NEVER:
            self._end_some_day(lot)
        if self._queue:
            self._settle()

    def _end_some_day(self, lot: RunningLot) -> None:
        """Keep lots in the order of their last usable days; nearly always it is the latest yet."""
        ending = self._ending
        if ending and lot.last < ending[-1].last:
            insort(ending, lot, key=_LAST)
        else:
            ending.append(lot)

    def redeem(self, entry: Entry, sale: str) -> None:
        """Consume lots, oldest first; what is missing joins the shortfall (step 5, R33)."""
        lacking = self._consume(abs(entry.amount_h), sale)
        if lacking:
            self._lack(lacking, sale)
            if sale:
                self._flag(entry, OFFLINE_OVERDRAW)

    def spend(self, entry: Entry) -> None:
        """Consume what a lease or a pending transfer holds (step 6).

        What is missing is first taken from expired lots within the lease's reach, latest first. Only the part that the
        lease still held may do so: after a write-off or a fork the rest is a redemption like any other.
        """
        lease_id = entry.lease_id or entry.refers_to
        amount = entry.amount_h
        held, reach = self.leases.get(lease_id, (0, NEVER))
        lacking = self._consume(amount, entry.sale_id)
        if lacking and held:
            revived = self._revive(min(lacking, held), reach, entry.sale_id)
            if revived:
                self._flag(entry, EXPIRED_IN_LEASE)
                lacking -= revived
        if lacking:
            self._lack(lacking, entry.sale_id)
            self._flag(entry, OFFLINE_OVERDRAW)
        if amount > held:
            self._flag(entry, BEYOND_LEASE)
        self.release(lease_id, held if entry.kind is EntryKind.TRANSFER_OUT else amount)

    def reserve(self, entry: Entry) -> None:
        """Open a lease or a pending transfer (steps 6 and 9).

        It reaches back to lots that were live when it was granted. A late entry may have changed which lots were: what
        the granted points stand on then is found among the latest expired lots, and all open leases reach as far.
        """
        lease_id = entry.lease_id or entry.event_id
        held, reach = self.leases.get(lease_id, (0, entry.day))
        self.leases[lease_id] = (held + entry.amount_h, reach)
        lacking = self.lacking(entry.amount_h)
        self.reserved += entry.amount_h
        if lacking <= 0:
            return
        for lot in self._expired():
            reach = lot.last
            lacking -= lot.gone
            if lacking <= 0:
                break
        for open_id, (rest, own) in self.leases.items():
            self.leases[open_id] = (rest, min(own, reach))

    def lacking(self, amount_h: int) -> int:
        """Give how much reserving an amount would lack; above nil it looks back at what expired (step 9)."""
        return self.reserved + amount_h + self.shortfall - self.live

    def release(self, lease_id: str, amount_h: int) -> None:
        """Take an amount off what a lease holds; a lease that holds nothing is closed here."""
        held, reach = self.leases.get(lease_id, (0, NEVER))
        self.reserved -= min(held, amount_h)
        if held > amount_h:
            self.leases[lease_id] = (held - amount_h, reach)
        else:
            self.leases.pop(lease_id, None)

    def write_off(self, entry: Entry) -> None:
        """Release what a manager wrote off; flag it where the holder had spent part of it by then (I24)."""
        if entry.amount_h > self.leases.get(entry.lease_id, (0, NEVER))[0]:
            self._flag(entry, WRITTEN_OFF_SPENT)
        self.release(entry.lease_id, entry.amount_h)

    def reverse(self, entry: Entry) -> None:
        """Take back an award: its own live rest, its own expired part, the newest lots, the shortfall (step 7, R40)."""
        amount = entry.amount_h
        own = self.made.get((entry.refers_to, entry.refers_leg))
        if own:
            live, gone = min(own.left, amount), min(own.gone, amount)  # one of the two is nil
            own.left -= live
            own.gone -= gone
            self.live -= live
            amount -= live + gone
        place = len(self.lots)
        while amount and place > self._head:
            place -= 1
            lot = self.lots[place]
            taken = min(lot.left, amount)
            lot.left -= taken
            self.live -= taken
            amount -= taken
        if amount:
            self._lack(amount, "")

    def refund(self, entry: Entry) -> None:
        """Walk back through what a sale was paid with, last consumed first (step 8, R41)."""
        amount = self._cancel(entry.sale_id, entry.amount_h)
        paid = self._paid.get(entry.sale_id)
        grace = entry.last_day or grace_last_day(entry.day, self.grace_days)
        overdue = 0
        while amount and paid:
            lot, taken = paid.pop()
            back = min(taken, amount)
            amount -= back
            if back < taken:
                paid.append((lot, taken - back))
            if lot.last >= self.day:
                lot.left += back
                self.live += back
                self._look_from(lot)
            elif grace >= self.day:
                overdue += back
            else:
                lot.gone += back
        if amount:
            self._flag(entry, REFUND_BEYOND_SALE)
        if overdue:
            self.make(entry, entry.day, grace, overdue)
        elif self._queue:
            self._settle()

    def gone_within_reach(self) -> int:
        """Give what expired within the reach of the leases that are open now (step 9)."""
        reach = min((reach for _, reach in self.leases.values()), default=NEVER)
        return sum(lot.gone for lot in self.lots if lot.last >= reach)

    def let_go(self) -> Iterator[RunningLot]:
        """Give the lots in order and keep none, at the end: a large account is not held twice, which costs time too."""
        self._ending.clear()
        self._paid.clear()
        self.made.clear()
        self.lots.reverse()
        while self.lots:
            yield self.lots.pop()

    def _consume(self, amount_h: int, sale: str) -> int:
        """Take an amount from live lots, oldest first, noted for the sale if there is one; give what is missing."""
        paid = self._paid.setdefault(sale, []) if sale in self._refunded else None
        lots, place, lacking = self.lots, self._head, amount_h
        end = len(lots)
        while lacking and place < end:
            lot = lots[place]
            taken = lot.left
            if taken > lacking:
                taken = lacking
            else:
                place += 1
            if taken:
                lot.left -= taken
                lacking -= taken
                if paid is not None:
                    paid.append((lot, taken))
        self._head = place
        self.live -= amount_h - lacking
        return lacking

    def _revive(self, amount_h: int, reach: date, sale: str) -> int:
        """Take up to an amount from lots that expired on or after a day, latest first; give what was taken."""
        lacking = amount_h
        for lot in self._expired():
            if not lacking or lot.last < reach:
                break
            taken = min(lot.gone, lacking)
            lot.gone -= taken
            lacking -= taken
            if sale in self._refunded:
                self._paid[sale].append((lot, taken))
        return amount_h - lacking

    def _expired(self) -> Iterator[RunningLot]:
        """Give lots with an expired part, latest last usable day first."""
        gone = [lot for lot in self.lots if lot.gone]
        gone.sort(key=lambda lot: (lot.last, lot.key), reverse=True)
        return iter(gone)

    def _lack(self, amount_h: int, sale: str) -> None:
        self._queue.append((sale, amount_h))
        self.shortfall += amount_h

    def _cancel(self, sale: str, amount_h: int) -> int:
        """Cancel what a sale still lacks, newest first, up to an amount; give the rest of the amount."""
        if not any(of == sale for of, _ in self._queue):
            return amount_h
        kept: deque[tuple[str, int]] = deque()
        for of, lacking in reversed(self._queue):
            cancelled = min(lacking, amount_h) if of == sale else 0
            amount_h -= cancelled
            self.shortfall -= cancelled
            if lacking > cancelled:
                kept.appendleft((of, lacking - cancelled))
        self._queue = kept
        return amount_h

    def _settle(self) -> None:
        """Let live lots pay the shortfall, oldest first on both sides (R39)."""
        queue = self._queue
        while queue and self.live:
            sale, owed = queue.popleft()
            lacking = self._consume(owed, sale)
            self.shortfall -= owed - lacking
            if lacking:
                queue.appendleft((sale, lacking))

    def _look_from(self, lot: RunningLot) -> None:
        """Make consumption begin no later than at this lot."""
        self._head = min(self._head, bisect_left(self.lots, lot.key, key=_KEY))

    def _flag(self, entry: Entry, flag: str) -> None:
        self.flags.setdefault(entry.event_id, set()).add(flag)
