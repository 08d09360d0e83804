"""Budgets: keep the one that the ledger granted, say what it allows, give it back (4.3 of the ledger design, D39).

Runs on the writer lane. A budget is believed only with the signature of the key that was pinned at enrolment. It is
given back by an event in this device's log, later than every spend of it; no clock ends one at the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from clubtill_rules.members.account import AccountCard
from clubtill_rules.members.venue import Location, OfflineMode, Venue
from clubtill_rules.points import budgets as rules
from clubtill_rules.points.budgets import BudgetLevel
from clubtill_rules.points.leases import OfflineBudget
from clubtill_rules.values.days import local
from clubtill_rules.values.ids import account_bucket
from clubtill_rules.values.points import NO_POINTS, Points
from clubtill_sync.budgets import is_genuine
from clubtill_sync.wire.budgets import BudgetCloseV1, BudgetRow
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.store import budgets, documents, outbox
from clubtill_terminal.store.device import read_device

RENEW: Final = "renew"
"""Why a budget goes back: for a whole new one, or because the venue is in another mode now."""
NOT_LISTED: Final = "not_listed"
"""Why a budget goes back: the ledger does not count it any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetState:
    """This device's budget for the screen: how it stands, what is left of T, and until when."""

    level: BudgetLevel = BudgetLevel.RED
    left: Points = NO_POINTS
    deadline_us: int = 0


def read_state(terminal: Terminal) -> BudgetState | None:
    """Read how this device's budget stands: amber asks for contact soon, red ends it; None for a device without one."""
    with terminal.store.reading_facts.begin() as facts:
        held = budgets.open_budget(facts, terminal.device_id)
    if held is None:
        return None
    stands = rules.level(held, now_us=terminal.now_us())
    return BudgetState(level=stands, left=Points(max(0, held.left_h)), deadline_us=held.deadline_us)


def read_allowed(terminal: Terminal, card: AccountCard) -> OfflineBudget:
    """Read what a spend by budget for an account needs to know, for the screen (R90)."""
    with terminal.store.reading.begin() as cache:
        position = documents.position(cache, account_bucket(card.club_id, card.account_id))
        at_us = documents.feed_state_of(cache).updated_at_us
    with terminal.store.reading_facts.begin() as facts:
        return budgets.allowed(
            facts, terminal.device_id, card, position=position, data_at_us=at_us, now_us=terminal.now_us()
        )


def settle(terminal: Terminal, row: BudgetRow | None, *, rolled_back: bool) -> None:
    """Keep what a hello said of this device's budget.

    One that it does not list goes back: the ledger counts it no more. After a roll-back every one goes back, for what
    was spent of it is not known here any more (6.6).
    """
    with terminal.store.facts.begin() as facts:
        pinned = read_device(facts).server_key
        if row is not None and is_genuine(row, device_id=terminal.device_id, server_key_text=pinned):
            budgets.adopt(facts, row)
        held = budgets.open_budget(facts, terminal.device_id)
    if held is not None and (rolled_back or row is None or row.budget_id != held.budget_id):
        give_back(terminal, NOT_LISTED)


def close_due(terminal: Terminal) -> int:
    """Give this device's budget back if it is due, with the ledger in reach; give how many events that made."""
    with terminal.store.facts.begin() as facts:
        held = budgets.open_budget(facts, terminal.device_id)
    if held is None or not rules.to_close(held, mode=_mode(terminal), now_us=terminal.now_us()):
        return 0
    return give_back(terminal, RENEW)


def give_back(terminal: Terminal, why: str) -> int:
    """Close the open budget: the close is an event in this device's log. Gives how many were closed."""
    at_us = terminal.now_us()
    with terminal.store.cache.begin() as cache:
        version = documents.settings_version(cache)
    with terminal.store.facts.begin() as facts:
        held = budgets.open_budget(facts, terminal.device_id)
        if held is None:
            return 0
        event_id = terminal.new_id()
        spent_h = held.total_h - held.left_h
        body = BudgetCloseV1(
            budget_id=held.budget_id, device_id=terminal.device_id, at_us=at_us, spent_h=spent_h, why=why
        )
        made = outbox.NewEvent(
            event_id=event_id,
            kind="budget_close",
            occurred_at_us=at_us,
            bytes_=terminal.event_bytes(event_id, body, at_us=at_us, settings_version=version),
        )
        budgets.close(facts, held.budget_id)
        outbox.append(facts, [made])
    return 1


def _mode(terminal: Terminal) -> OfflineMode:
    """Give the venue's offline mode as the cache knows it; LEASE where this terminal's place is not known."""
    today = local(terminal.now_us(), "UTC").date()
    with terminal.store.cache.begin() as cache:
        own = documents.terminal(cache, terminal.terminal_id, today)
        place = documents.current(cache, "location", Location, today).get(own.location_id) if own else None
        venue = documents.current(cache, "venue", Venue, today).get(place.venue_id) if place else None
    return venue.offline_mode if venue else OfflineMode.LEASE
