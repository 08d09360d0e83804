"""Exceptions: what was posted with a flag, counted and listed; each flag with the conflict that it tells of (7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from clubtill_ledger.office.vouchers import used_twice
from clubtill_ledger.store import held
from clubtill_ledger.store.engines import Connection, Store
from clubtill_rules.sale.vouchers import USED_TWICE

MEANING: Final[Mapping[str, str]] = {
    # Flag: the row of the conflict table that it belongs to, and what it says to a manager.
    "OFFLINE_OVERDRAW": "C4: points were redeemed that the account did not have; the rest is a deficit",
    "BEYOND_LEASE": "I24: a spend beyond what its lease held: after a write-off, or by a copied till",
    "EXPIRED_IN_LEASE": "C6: points were redeemed that had expired since they were set aside; the expired lot paid",
    "POINTS_HAD_EXPIRED": "C6: points were redeemed that had expired since the terminal last heard of them",
    "GOODWILL_GIVEN": "C6: the club has given the points that had expired, by its setting; nothing is owed for them",
    "LATE": "C8: it happened in a period that was closed; it counts from the end of that period",
    "CLOCK_SUSPECT": "C9, C10: the terminal's clock was more than five minutes off",
    "FORK": "C12: it comes from one of two logs of a copied terminal",
    "AWARD_DIFFERS": "C24: the award worked out again is another than the receipt's, which stands",
    "REFUND_DIFFERS": "C24: the refund worked out again differs by a rounding; the receipt stands",
    "DAY_DIFFERS": "C24: the terminal gave it another day than its instant has",
    "ABSORBED": "C16: an award that another terminal had given already",
    "REPLACED": "C16: an award that came later than it happened; the other one was reversed",
    "LEASE_UNKNOWN": "C26: it names points set aside that this ledger does not know of",
    "SPENT_DIFFERS": "C25: the terminal counts other spends on a lease than were posted",
    "PARKED_TWICE": "6.5: two sales were made of one parked sale",
    "REFUND_BEYOND_SALE": "C23: a refund of more points than its sale had taken",
    "FEE_DIFFERS": "C17: the ledger works out another Renewal Date than the terminal told",
    "FEE_NOT_LATEST": "C17: two fees crossed; the order by their instants decides, and one is a credit",
    "FEE_NO_GAIN": "C17: a fee that brought the member nothing; refund it or extend",
    "JOIN_DIFFERS": "C17: the Join Points differ from those of the ledger; the receipt stands",
    "PERSON_UNKNOWN": "C21: a fee of somebody whom the ledger does not know",
    "BUDGET_UNKNOWN": "C26: a budget that this ledger does not know of",
    USED_TWICE: "R102: another sale had used the same voucher before; both sales stand",
    "RELEASED": "C13, C25: it was held, and posted by a manager or after an update",
}


def counts(store: Store) -> dict[str, int]:
    """Count the posted events by flag, those that are known first in the order of `MEANING`."""
    found = store.read(_counts) + Counter({USED_TWICE: len(used_twice(store))})
    return {flag: found[flag] for flag in (*MEANING, *sorted(set(found) - set(MEANING))) if found[flag]}


def _counts(connection: Connection) -> Counter[str]:
    found: Counter[str] = Counter()
    for flags in held.all_flags(connection):
        found.update(flags)
    return found


def listed(store: Store, flag: str) -> Sequence[Any]:
    """List the posted events with a flag, the oldest first, without their bytes."""
    if flag == USED_TWICE:
        return used_twice(store)
    return store.read(partial(held.flagged, flag=flag))
