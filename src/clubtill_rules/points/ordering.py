"""Ordering: the one order in which the entries of an account are folded: effective, never of arrival (R91, step 2)."""

from __future__ import annotations

from typing import Final, TypeAlias

from clubtill_rules.points.entries import Entry, EntryKind

Place: TypeAlias = tuple[int, int, str, int]
"""Where an entry stands: effective instant, class rank, event id, leg."""

POSTED: Final = (EntryKind.EXPIRE, EntryKind.EXPIRE_REVERSAL)
"""What the fold passes over: these entries post what it derives."""

_REFILL, _REVERSAL, _CONSUME, _RELEASE, _RESERVE, _JOB = range(6)
_RANKS: Final = {
    EntryKind.TRANSFER_IN: _REFILL,
    EntryKind.REFUND: _REFILL,
    EntryKind.REVERSAL: _REVERSAL,
    EntryKind.REDEEM: _CONSUME,
    EntryKind.LEASE_SPEND: _CONSUME,
    EntryKind.LEASE_RETURN: _RELEASE,
    EntryKind.LEASE_WRITEOFF: _RELEASE,
    EntryKind.LEASE_GRANT: _RESERVE,
    EntryKind.EXPIRE: _JOB,
    EntryKind.EXPIRE_REVERSAL: _JOB,
}


def rank(entry: Entry) -> int:
    """Give the class rank that orders entries of one effective instant (step 2 of the fold).

    Leases follow what touches lots, so that a grant at the same instant sees all that its decision had seen.
    """
    kind = entry.kind
    if kind is EntryKind.AWARD:  # most are; looking up an enumeration's member takes long
        return _REFILL
    if kind is EntryKind.ADJUST:
        return _CONSUME if entry.amount_h < 0 else _REFILL
    if kind is EntryKind.TRANSFER_OUT:
        return _CONSUME if entry.settled else _RESERVE
    return _RANKS[kind]


def place(entry: Entry) -> Place:
    """Give the place of an entry in the order."""
    return entry.eff_us, rank(entry), entry.event_id, entry.leg
