"""Budgets in a device's log: the event that gives one back (4.3). What a sale spends of one is a row of that sale."""

from __future__ import annotations

from typing import Final

from clubtill_ledger.accept.bucket import BucketWork
from clubtill_ledger.store import budgets
from clubtill_ledger.store.logs import Slot
from clubtill_sync.wire.budgets import BudgetCloseV1

BUDGET_UNKNOWN: Final = "BUDGET_UNKNOWN"
"""Flag: a close names a budget that this ledger did not grant to this device, or has released (C26)."""


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
