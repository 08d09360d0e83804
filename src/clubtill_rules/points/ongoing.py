"""Ongoing: a folded account that an entry is added to without folding the others again (section 5, R91).

Nearly every entry comes after all others in the order of the fold, so it goes on from where that stood. What does not,
and what looks back at more than is kept, needs the fold of all entries. Both say the same, whichever way was taken.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from datetime import date
from operator import itemgetter
from typing import Final

from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.folding import Run
from clubtill_rules.points.kept import BEFORE_ALL, Kept
from clubtill_rules.points.lots import Fold, Pools, apply, drawn, folded_run, pools_of, posted_expiry
from clubtill_rules.points.ordering import POSTED, Place, place

_LOOKS_BACK: Final = (EntryKind.REFUND, EntryKind.REVERSAL)
"""They ask what paid for a sale, or which lot an award made."""
_PLACE: Final = itemgetter(0)


class Ongoing:
    """An account between two entries. `posted_h` is what its entries have posted as expired, reversals deducted.

    Within the instant of the last entry the order of arrival is free: it is gone back to where that instant began.
    """

    __slots__ = ("_as_of", "_base", "_base_flags", "_gone_before_h", "_place", "_run", "_tail", "posted_h")

    def __init__(self, kept: Kept, *, as_of: date, posted_h: int) -> None:
        self._as_of = as_of
        self.posted_h = posted_h
        self._tail: list[tuple[Place, Entry]] = []  # the entries since `_base`, in order
        self._base: Kept | None = kept
        self._base_flags: dict[str, frozenset[str]] = {}
        self._go_back(kept)

    @classmethod
    def whole(cls, entries: Iterable[Entry], *, as_of: date, refund_grace_days: int) -> Ongoing:
        """Fold all entries of an account, each once, in any order."""
        given = list(entries)
        made = cls(Kept(refund_grace_days), as_of=as_of, posted_h=posted_expiry(given))
        made._run, _, last = folded_run(given, refund_grace_days)
        made._place = place(last) if last else BEFORE_ALL
        made._base = None
        return made

    def add(self, entry: Entry, *, key_is_new: bool = False) -> bool:
        """Go on with an entry. False: only the fold of all entries, this one included, can tell; this one is done with.

        `key_is_new` says that no other award of the account has the natural key of this one.
        """
        if entry.kind in POSTED:
            self.posted_h += posted_expiry((entry,))
            return True
        if entry.kind in _LOOKS_BACK or (entry.natural_key and not key_is_new):
            return False
        where = place(entry)
        if where > self._place and (self._base is None or where[0] > self._place[0]):
            self._keep_base()
        if self._base is None or where <= self._base.place:
            return False
        insort(self._tail, (where, entry), key=_PLACE)
        if self._tail[-1][1] is entry:
            return self._step(where, entry)
        self._go_back(self._base)
        return all(self._step(*one) for one in self._tail)

    def flags_of(self, event_id: str) -> frozenset[str]:
        """Give the flags that the fold sets for an event of which an entry was added here."""
        return frozenset(self._run.flags.get(event_id, ()))

    def pools(self) -> Pools:
        """Give the balance as of the day."""
        return pools_of(self._as_of_day()[0])

    def fold(self) -> Fold:
        """Give the account as of the day, without lots that no later entry can touch."""
        run, gone_before_h = self._as_of_day()
        return drawn(pools_of(run), run, run.lots, gone_before_h=gone_before_h)

    def kept(self) -> Kept:
        """Give what a later entry goes on from; the day that the account stands for has not taken anything yet."""
        return self._run.kept(self._place, self._gone_before_h)

    def _step(self, where: Place, entry: Entry) -> bool:
        """Fold one entry; False where it reserves so much that expired lots are asked, of which not all are kept."""
        run = self._run
        if entry.day > run.day:
            run.turn(entry.day)
        if _reserves(entry) and run.lacking(entry.amount_h) > 0:
            return False
        apply(run, entry)
        self._place = where
        return True

    def _keep_base(self) -> None:
        """Keep where an instant begins that entries may still be put before one another in."""
        if self._tail or self._base is None:
            self._base, self._tail = self.kept(), []
            self._base_flags = {event_id: frozenset(flags) for event_id, flags in self._run.flags.items()}

    def _go_back(self, kept: Kept) -> None:
        self._run = Run.resumed(kept)
        self._run.flags = {event_id: set(flags) for event_id, flags in self._base_flags.items()}
        self._place = kept.place
        self._gone_before_h = kept.gone_before_h

    def _as_of_day(self) -> tuple[Run, int]:
        """Give the run as of the day: itself, unless lots end before that, which an entry to come may not have seen."""
        if not self._run.ends_before(self._as_of):
            return self._run, self._gone_before_h
        kept = self.kept()
        turned = Run.resumed(kept)
        turned.flags = self._run.flags
        turned.turn(self._as_of)
        return turned, kept.gone_before_h


def _reserves(entry: Entry) -> bool:
    return entry.kind is EntryKind.LEASE_GRANT or (entry.kind is EntryKind.TRANSFER_OUT and not entry.settled)
