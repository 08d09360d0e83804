"""Redeem: take and give back the leases that Points Pay spends. Nothing is redeemed before the sale is final (R72).

Asking runs on the network lane, keeping and closing on the writer lane. No answer is *unknown*, never no (R92).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clubtill_rules.points.leases import Lease
from clubtill_sync.client import Answer, Client, Denied, Outcome, Unknown
from clubtill_sync.wire.events import LeaseCloseV1
from clubtill_sync.wire.requests import LeaseAnswer, LeaseAsk
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.store import documents, leases, outbox
from clubtill_terminal.store.device import read_device


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What came of asking for points: the answer, or that none came. `outcome` is for the state of the line."""

    answer: LeaseAnswer | None
    known: bool
    outcome: Outcome[LeaseAnswer]


def ask(client: Client, question: LeaseAsk) -> Asked:
    """Ask the ledger for a lease; the same question again gets the same lease."""
    outcome = client.ask_lease(question)
    match outcome:
        case Answer(value):
            return Asked(answer=value, known=True, outcome=outcome)
        case Denied():
            return Asked(answer=None, known=True, outcome=outcome)
        case Unknown():
            return Asked(answer=None, known=False, outcome=outcome)


def keep(terminal: Terminal, asked: Asked) -> tuple[Lease, ...]:
    """Keep what the ledger granted, or had set aside here before; give the open leases held for the account."""
    answer = asked.answer
    rows = [*answer.held, *([answer.lease] if answer.lease else [])] if answer else []
    if not rows:
        return ()
    with terminal.store.facts.begin() as facts:
        leases.adopt(facts, rows)
        return leases.open_leases(facts, rows[0].account_id)


def give_back(terminal: Terminal, held: Sequence[Lease], *, club_id: str, why: str) -> None:
    """Close leases: each close is an event in this device's log, later than every spend on it (I25)."""
    at_us = terminal.now_us()
    with terminal.store.cache.begin() as cache:
        version = documents.settings_version(cache)
    with terminal.store.facts.begin() as facts:
        open_now = {lease.lease_id: lease for lease in leases.all_open(facts)}
        closing = [open_now[lease.lease_id] for lease in held if lease.lease_id in open_now]
        if not closing:
            return
        device = read_device(facts)
        events = []
        for lease in closing:
            event_id = terminal.new_id()
            body = LeaseCloseV1(
                lease_id=lease.lease_id,
                club_id=club_id,
                account_id=lease.account_id,
                device_id=device.device_id,
                at_us=at_us,
                spent_h=lease.spent_h,
                why=why,
            )
            left_h = lease.granted_h - lease.spent_h
            events.append(
                outbox.NewEvent(
                    event_id=event_id,
                    kind="lease_close",
                    occurred_at_us=at_us,
                    bytes_=terminal.event_bytes(event_id, body, at_us=at_us, settings_version=version),
                    account_id=lease.account_id,
                    overlay_h=left_h,
                    reserved_h=-left_h,
                    label=lease.account_id,
                )
            )
            leases.close(facts, lease.lease_id)
        outbox.append(facts, events)
