"""Budgets in a device's log: what a sale spent of one, and the event that gives one back (4.3, C4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from clubtill_ledger.accept.bucket import BucketWork
from clubtill_ledger.store import budgets
from clubtill_ledger.store.logs import Slot
from clubtill_sync.wire.budgets import BudgetCloseV1

BUDGET_UNKNOWN: Final = "BUDGET_UNKNOWN"
"""Flag: a close names a budget that this ledger did not grant to this device, or has released (C26)."""


class Spend(Protocol):
    """What a sale's event says that it spent of a budget."""

    @property
    def budget_id(self) -> str:
        """Which budget."""

    @property
    def amount_h(self) -> int:
        """Hundredths of a point."""


def keep_spends(work: BucketWork, event_id: str, club_id: str, account_id: str, spends: Sequence[Spend]) -> None:
    """Keep what a sale spent of budgets beside its entries, in the account's bucket."""
    for spend in spends:
        work.keep(
            "budget_spend",
            {
                "event_id": event_id,
                "budget_id": spend.budget_id,
                "device_id": work.device.device_id,
                "club_id": club_id,
                "account_id": account_id,
                "amount_h": spend.amount_h,
            },
        )


def post_budget_close(work: BucketWork, slot: Slot, body: BudgetCloseV1) -> frozenset[str]:
    """Note that a device gave a budget back. It counts until the ledger has the log through this event (I23).

    A close in a forked log, whose epoch is negative, settles nothing: the other copy may still spend.
    """
    held = budgets.find(work.connection, work.device.device_id, body.budget_id)
    if held is None or held.state == budgets.RELEASED:
        return frozenset({BUDGET_UNKNOWN})
    if slot.epoch > 0:
        budgets.close(work.connection, held, epoch=slot.epoch, seq=slot.seq, told_h=body.spent_h)
    return frozenset()
