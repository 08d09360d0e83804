"""Entries: the immutable amounts of a points account, from which balance and lots are folded (R4, R5, R91).

An entry says what happened and what it refers to. Which lot paid for what is never stored: `lots` derives it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum


class EntryKind(Enum):
    """The movements of section 3.3 of the ledger design."""

    AWARD = "award"
    REDEEM = "redeem"
    LEASE_GRANT = "lease_grant"
    LEASE_SPEND = "lease_spend"
    LEASE_RETURN = "lease_return"
    LEASE_WRITEOFF = "lease_writeoff"
    EXPIRE = "expire"
    EXPIRE_REVERSAL = "expire_reversal"
    REVERSAL = "reversal"
    REFUND = "refund"
    ADJUST = "adjust"
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"


class AwardFor(Enum):
    """What points were awarded for; part of the history that members read."""

    SALE = "sale"
    VISIT = "visit"
    BIRTHDAY = "birthday"
    JOINING = "joining"
    OPENING = "opening"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One movement of an account.

    Attributes:
        event_id, leg: the event that made it and its place in that event; together unique for ever (R4).
        amount_h: hundredths of a point moved, always 0 or more; the kind gives the direction. Only ADJUST is signed.
        eff_us: effective instant, assigned once by the ledger (by the device until then).
        day: trading day of `eff_us` in the club's zone (D37).
        earn_day, last_day: stamped on what makes a lot; `last_day` None never expires (R34). On REFUND `last_day` is
            that of what had expired meanwhile (R41); unstamped, the fold takes the club's grace of today.
        sale_id: event id of the sale that an award, spend, reversal or refund belongs to; blank for none.
        lease_id: the lease of a grant, spend, return or write-off; blank for none.
        natural_key: of visit and birthday awards (R48, R50); blank for none.
        refers_to, refers_leg: of REVERSAL the award, by event id and leg, since one event may make two awards; of a
            settled TRANSFER_OUT the pending one, by event id.
        settled: of TRANSFER_OUT: False while pending. A settled one that names it closes it, with the amount that
            moved or, where the transfer was void, with nil.
    """

    event_id: str
    leg: int
    kind: EntryKind
    account_id: str
    amount_h: int
    eff_us: int
    day: date
    earn_day: date | None = None
    last_day: date | None = None
    sale_id: str = ""
    lease_id: str = ""
    natural_key: str = ""
    award_for: AwardFor | None = None
    refers_to: str = ""
    refers_leg: int = 0
    settled: bool = True


def once(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Give each entry once, by event id and leg, in the order of first arrival: sent again it is the same one (R4)."""
    found: dict[tuple[str, int], Entry] = {}
    for entry in entries:
        found.setdefault((entry.event_id, entry.leg), entry)
    return tuple(found.values())
