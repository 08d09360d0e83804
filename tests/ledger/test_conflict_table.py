"""The conflict table of the design (7): every row has a function that serves it, or a report."""

from __future__ import annotations

import importlib

import pytest

SERVED = {
    # Row of the conflict table: the function or report that serves a manager or a till.
    "C1": "clubtill_ledger.accept.events:accept",
    "C2": "clubtill_ledger.accept.hello:hello",
    "C3": "clubtill_ledger.leases.ask:ask",
    "C4": "clubtill_ledger.office.exceptions:listed",
    "C5": "clubtill_ledger.store.books:Books.post_expiry",
    "C6": "clubtill_ledger.accept.goodwill:for_expired",
    "C7": "clubtill_rules.points.lots:fold",
    "C8": "clubtill_ledger.office.periods:closed",
    "C9": "clubtill_ledger.accept.effective:effective",
    "C10": "clubtill_ledger.accept.effective:effective",
    "C11": "clubtill_ledger.accept.hello:hello",
    "C12": "clubtill_ledger.store.logs:begin_side",
    "C13": "clubtill_ledger.office.held:post",
    "C14": "clubtill_ledger.store.devices:last_contact_us",
    "C15": "clubtill_ledger.office.write_off:write_off",
    "C16": "clubtill_ledger.accept.swipes:post_swipe",
    "C17": "clubtill_ledger.office.exceptions:listed",
    "C18": "clubtill_ledger.office.members:served_while_banned",
    "C19": "clubtill_ledger.office.members:change",
    "C20": "clubtill_ledger.office.members:old_cards_used",
    "C21": "clubtill_ledger.office.members:doubles",
    "C22": "clubtill_ledger.accept.awaited:post_awaited",
    "C23": "clubtill_ledger.office.held:waiting",
    "C24": "clubtill_ledger.office.exceptions:listed",
    "C25": "clubtill_ledger.office.held:retry",
    "C26": "clubtill_ledger.office.returning:returned",
    "C27": "clubtill_ledger.accept.hello:hello",
    "C28": "clubtill_terminal.store.opening:open_store",
    "C29": "clubtill_terminal.store.rescue:rescue_facts",
}


@pytest.mark.parametrize("row", [f"C{n}" for n in range(1, 30)])
def test_every_conflict_has_its_report(row: str) -> None:
    """Section 7: each row of the conflict table names a function of the program that serves it."""
    module, _, names = SERVED[row].partition(":")
    found: object = importlib.import_module(module)
    for name in names.split("."):
        found = getattr(found, name)
    assert callable(found)
    assert found.__doc__
