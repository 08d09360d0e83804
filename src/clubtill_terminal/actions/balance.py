"""Balance: an account as this terminal shows it: the ledger's card and this device's own events on top (I6)."""

from __future__ import annotations

from dataclasses import dataclass

from clubtill_rules.members.account import AccountCard
from clubtill_rules.points.leases import Lease, OfflineBudget
from clubtill_rules.values.ids import account_bucket
from clubtill_rules.values.points import Points
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.store import budgets, documents, leases, outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What an account has, as shown here.

    Attributes:
        balance: what the member owns: available, reserved and less any deficit (R5), own events included.
        not_booked: of it, what this device's events still have to bring to the ledger.
        leases: the open leases this device holds for the account.
        budget: what this device's budget and its cache allow for the account while it is cut off (D39).
    """

    balance: Points
    not_booked: Points
    leases: tuple[Lease, ...]
    budget: OfflineBudget | None = None


def read_balance(terminal: Terminal, card: AccountCard) -> Held:
    """Read what an account has by the overlay rule: no event counts twice, none is missed (6.5)."""
    with terminal.store.reading.begin() as cache:
        position = documents.position(cache, account_bucket(card.club_id, card.account_id))
        data_at_us = documents.feed_state_of(cache).updated_at_us
    with terminal.store.reading_facts.begin() as facts:
        available_h, reserved_h = outbox.overlay(facts, card.account_id, position=position)
        held = leases.open_leases(facts, card.account_id)
        allowed = budgets.allowed(
            facts, terminal.device_id, card, position=position, data_at_us=data_at_us, now_us=terminal.now_us()
        )
    own = available_h + reserved_h
    balance = card.balance + card.reserved - card.deficit + Points(own)
    return Held(balance=balance, not_booked=Points(own), leases=held, budget=allowed)
