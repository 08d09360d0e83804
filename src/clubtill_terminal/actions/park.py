"""Park: put a sale aside for every till of the location, and take one up again (R73, 6.5).

With the ledger in reach it decides who gets a parked sale, one till at a time. Cut off, a till takes back only what it
parked itself and has not sent. `put_aside`, `waiting`, `settle`, `take_back` and `listed` use the store and run on the
writer or reader lane; `send` and `take` use the network alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import msgspec

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.sale import parking
from clubtill_rules.sale.basket import Basket
from clubtill_rules.values.days import local
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.client import Answer, Client, Denied, Outcome
from clubtill_sync.wire.parked import KIND, ParkAsk, ParkedAnswer, ParkedSale, TakeAsk
from clubtill_terminal.actions import redeem
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.store import documents, leases, parked
from clubtill_terminal.store.parked import SENDING, WAITING, ParkedRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A parked sale as staff choose it. `holder` is the device that has it; `here`: only this terminal knows it."""

    parked_id: str
    name: str
    at_us: int
    holder: str = ""
    here: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenUp:
    """A parked sale taken up: the basket under a new sale's id, and what that sale names as its parked one."""

    basket: Basket
    parked_id: str
    version: int


def put_aside(
    terminal: Terminal, basket: Basket, *, name: str, staff_id: str, catalogue: Catalogue, taken: TakenUp | None = None
) -> str:
    """Put a sale aside in one transaction and give back the leases of its Points Pay choice; give its parked id.

    Args:
        terminal: this terminal.
        basket: the sale in hand.
        name: how staff find it again.
        staff_id: who does it.
        catalogue: in force now.
        taken: what it was taken up from; it goes back under the same id.

    Refuses what `parking.park` refuses.
    """
    at_us = terminal.now_us()
    done = parking.park(
        basket, name=name, device_id=terminal.device_id, staff_id=staff_id, at_us=at_us, catalogue=catalogue
    )
    ask = ParkAsk(
        parked_id=taken.parked_id if taken else terminal.new_id(),
        version=taken.version + 1 if taken else 1,
        name=name,
        staff_id=staff_id,
        at_us=at_us,
        basket=msgspec.Raw(msgspec.json.encode(done.basket)),
    )
    row = ParkedRow(
        parked_id=ask.parked_id, version=ask.version, at_us=at_us, ask=msgspec.json.encode(ask), state=WAITING
    )
    with terminal.store.facts.begin() as facts:
        parked.forget(facts, row.parked_id, version=row.version)  # the ledger gave it, so it had what went out before
        parked.keep(facts, row)
        chosen = [lease for lease in leases.all_open(facts) if done.returns_lease and lease.sale_id == basket.sale_id]
    redeem.give_back(terminal, chosen, club_id=catalogue.club.id, why="parked")
    return ask.parked_id


def waiting(terminal: Terminal) -> ParkedRow | None:
    """Give the oldest parked sale that is to go to the ledger, and note that it goes out now."""
    with terminal.store.facts.begin() as facts:
        row = next(iter(parked.every(facts)), None)
        if row is not None:
            parked.mark(facts, row.parked_id, SENDING)
    return row


def send(client: Client, row: ParkedRow) -> Outcome[ParkedAnswer]:
    """Park a sale at the ledger; the same call again is the same answer."""
    return client.park(msgspec.json.decode(row.ask, type=ParkAsk))


def settle(terminal: Terminal, row: ParkedRow, outcome: Outcome[ParkedAnswer]) -> bool:
    """Keep what became of it; give whether it need not go out again.

    Once the ledger has it its document comes by the feed. What it refuses for good was sold, or is newer there.
    """
    denied = isinstance(outcome, Denied) and outcome.code.startswith("park")
    if not isinstance(outcome, Answer) and not denied:
        return False
    with terminal.store.facts.begin() as facts:
        parked.forget(facts, row.parked_id, version=row.version)
    return True


def send_waiting(terminal: Terminal, client: Client) -> int:
    """Send what was parked here until the line fails, in one go, where one thread does it all; give how many."""
    count = 0
    while (row := waiting(terminal)) is not None and settle(terminal, row, send(client, row)):
        count += 1
    return count


def listed(terminal: Terminal, location_id: str) -> tuple[Listed, ...]:
    """Give the parked sales of a location, the oldest first: the ledger's, and those that only this terminal knows."""
    with terminal.store.cache.begin() as cache:
        there = documents.current(cache, KIND, ParkedSale, local(terminal.now_us(), "UTC").date())
    with terminal.store.facts.begin() as facts:
        mine = parked.every(facts)
    found = {
        sale.parked_id: Listed(parked_id=sale.parked_id, name=sale.name, at_us=sale.at_us, holder=sale.holder)
        for sale in there.values()
        if sale.location_id == location_id
    }
    for row in mine:
        ask = msgspec.json.decode(row.ask, type=ParkAsk)
        found[row.parked_id] = Listed(parked_id=row.parked_id, name=ask.name, at_us=ask.at_us, here=True)
    return tuple(sorted(found.values(), key=lambda one: (one.at_us, one.parked_id)))


def take_back(terminal: Terminal, parked_id: str) -> TakenUp | None:
    """Take up a sale that was parked here and was never sent; None for any other, which the ledger must give (6.5)."""
    with terminal.store.facts.begin() as facts:
        row = parked.find(facts, parked_id)
        if row is None or row.state != WAITING:
            return None
        parked.forget(facts, parked_id, version=row.version)
    ask = msgspec.json.decode(row.ask, type=ParkAsk)
    return _taken_up(terminal, ask.basket, parked_id, row.version)


def take(terminal: Terminal, client: Client, parked_id: str, *, staff_id: str) -> TakenUp:
    """Take up a sale that the ledger has, for this till alone; asked again it is the same sale.

    Raises:
        Refusal: `park.offline` without an answer, else what the ledger says: `parked.held`, `parked.sold`,
            `parked.unknown`.
    """
    outcome = client.take_parked(parked_id, TakeAsk(take_id=terminal.new_id(), staff_id=staff_id))
    match outcome:
        case Answer(told):
            return _taken_up(terminal, told.sale.basket, parked_id, told.version)
        case Denied():
            raise Refusal(outcome.code)
        case _:
            raise Refusal("park.offline")


def _taken_up(terminal: Terminal, text: msgspec.Raw, parked_id: str, version: int) -> TakenUp:
    """Give the basket as it was put aside; the sale made of it has an id of its own (6.5)."""
    basket = msgspec.json.decode(text, type=Basket)
    return TakenUp(basket=replace(basket, sale_id=terminal.new_id()), parked_id=parked_id, version=version)
