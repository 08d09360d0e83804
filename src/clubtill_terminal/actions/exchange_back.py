"""Back: what a terminal does about its own past: pull events back after a roll-back, forget those of 35 days ago.

`missing`, `keep` and `forget` use the store and run on the writer lane; `fetch` uses the network alone. A roll-back is
over, and points may be spent offline again, at the first hello after the last event came back (6.6, C11).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec

from clubtill_rules.values.days import US_PER_S
from clubtill_sync.client import Answer, Client, Outcome
from clubtill_sync.signing import chain
from clubtill_sync.wire.own_log import OwnEvent, OwnLog
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.store import outbox
from clubtill_terminal.store.device import Device, change_device, read_device

KEPT_US: Final = 35 * 86_400 * US_PER_S
"""I7: so long the fleet keeps what is acknowledged, as the ledger's second copy."""
FORGET_MAX: Final = 2_000
"""Rows that are dropped in one transaction, so that no sale waits for it."""
FORK: Final = "fork"


class _Fact(msgspec.Struct, frozen=True):
    """What a roll-back needs of an event's body: the sale's number, if it is a sale."""

    number: int = 0
    account_id: str = ""


class _Envelope(msgspec.Struct, frozen=True):
    occurred_at_us: int = 0
    body: msgspec.Raw = msgspec.Raw(b"{}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """The next event that is to be pulled back."""

    epoch: int
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What came back: how many events, whether more is missing, and the outcome for the state of the line."""

    outcome: Outcome[OwnLog] | None = None
    count: int = 0
    more: bool = False
    trouble: str = ""


def bring_back(terminal: Terminal, client: Client) -> Brought:
    """Pull one page of missing events back, in one go, where one thread does it all."""
    wanted = missing(terminal)
    return keep(terminal, wanted, fetch(client, wanted)) if wanted is not None else Brought()


def missing(terminal: Terminal) -> Missing | None:
    """Give the next event that is to be pulled back; None when nothing is missing."""
    with terminal.store.facts.begin() as facts:
        device = read_device(facts)
    return Missing(epoch=device.pull_epoch, seq=device.pull_seq) if device.pull_epoch else None


def fetch(client: Client, wanted: Missing) -> Outcome[OwnLog]:
    """Fetch a page of this device's own log."""
    return client.own_log(epoch=wanted.epoch, first=wanted.seq)


def keep(terminal: Terminal, wanted: Missing, outcome: Outcome[OwnLog]) -> Brought:
    """Keep a page with its exact bytes where the chain proves it, in one transaction; move on to the next place.

    A chain that does not join what stands here is another device's log: a fork, for a manager to look at.
    """
    if not isinstance(outcome, Answer):
        return Brought(outcome=outcome)
    page = outcome.value
    with terminal.store.facts.begin() as facts:
        device = read_device(facts)
        if (device.pull_epoch, device.pull_seq) != (wanted.epoch, wanted.seq) or page.epoch != wanted.epoch:
            return Brought(outcome=outcome, more=bool(device.pull_epoch))
        if not page.events:
            return Brought(outcome=outcome, more=_next_epoch(facts, device))
        before = outbox.chain_before(facts, epoch=wanted.epoch, seq=wanted.seq, start="")
        if not _joins(page.events, wanted.seq, before):
            change_device(facts, trouble=FORK, pull_epoch=0, pull_seq=0)
            return Brought(outcome=outcome, trouble=FORK)
        told = [_kept(event) for event in page.events]
        count = outbox.take_back(facts, epoch=wanted.epoch, events=told, at_us=page.server_time_us)
        number = max((_fact(event).number for event in page.events if event.kind == "sale"), default=0)
        change_device(
            facts,
            pull_seq=wanted.seq + len(page.events),
            next_sale_number=max(device.next_sale_number, number + 1),
        )
    return Brought(outcome=outcome, count=count, more=True)


def forget(terminal: Terminal, *, ledger_us: int) -> int:
    """Drop events that the ledger acknowledged over 35 days ago by its own clock; give how many (I7).

    This terminal's clock has no say: one that jumped ahead would drop the second copy (F11).
    """
    with terminal.store.facts.begin() as facts:
        return outbox.forget_old(facts, before_us=ledger_us - KEPT_US, rows_max=FORGET_MAX)


def _next_epoch(facts: outbox.Connection, device: Device) -> bool:
    """Go on with the epoch after; give whether there is one before the one that this device is in."""
    if device.pull_epoch + 1 < device.epoch:
        change_device(facts, pull_epoch=device.pull_epoch + 1, pull_seq=1)
        return True
    change_device(facts, pull_epoch=0, pull_seq=0)
    return False


def _joins(events: tuple[OwnEvent, ...], first: int, before: str) -> bool:
    """Tell whether events follow each other and what stands before them, by number and by chain."""
    for seq, event in enumerate(events, start=first):
        if event.seq != seq or (before and chain(before, event.data) != event.chain):
            return False
        before = event.chain
    return True


def _fact(event: OwnEvent) -> _Fact:
    try:
        return msgspec.json.decode(msgspec.json.decode(event.data, type=_Envelope).body, type=_Fact)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _Fact()


def _kept(event: OwnEvent) -> outbox.Returned:
    try:
        at_us = msgspec.json.decode(event.data, type=_Envelope).occurred_at_us
    except (msgspec.DecodeError, UnicodeDecodeError):
        at_us = 0
    return outbox.Returned(
        seq=event.seq,
        event_id=event.event_id,
        kind=event.kind,
        occurred_at_us=at_us,
        bytes_=event.data,
        chain=event.chain,
        held=event.status == "held",
        stream=event.stream,
        position=event.position,
        flags=",".join(event.flags),
        account_id=_fact(event).account_id,
    )
