"""Planted bugs: each a mistake that this design could have had, put into the product for one town and taken out again.

They prove that the watch can find such mistakes (10.1). Nothing of them is in the product.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import func, select

from clubtill_ledger.accept import events, swipes
from clubtill_ledger.accept.reading import Read
from clubtill_ledger.accept.swipes import ABSORBED
from clubtill_ledger.app import calls
from clubtill_ledger.store import books, devices, facts, leases, logs
from clubtill_ledger.store.engines import Connection
from clubtill_ledger.store.logs import Mark
from clubtill_rules.points import folding, lots
from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.values.days import trading_day
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.client import Unknown
from clubtill_sync.signing import claimed
from clubtill_sync.wire.opaque import exact
from clubtill_sync.wire.requests import EventResult, EventsAnswer
from clubtill_terminal.actions import bootstrap, close_leases, exchange_pull, redeem
from clubtill_terminal.store import outbox, pages
from clubtill_terminal.store.tables import outbox as outbox_table
from tests.simulation.swarm import Mix, draw
from tests.simulation.world import DAY, HOUR, US

if TYPE_CHECKING:
    from tests.simulation.town import Town

Undo = list[tuple[Any, str, Any]]


class Planted:
    """What one bug changed. `out` puts everything back."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self._undo: Undo = []

    def put(self, where: Any, name: str, instead: Any) -> Any:
        """Put something in the place of a name of the product; give what stood there."""
        before = getattr(where, name)
        self._undo.append((where, name, before))
        setattr(where, name, instead)
        return before

    def out(self) -> None:
        """Put back what stood there."""
        for where, name, before in reversed(self._undo):
            setattr(where, name, before)
        self._undo.clear()


def ack_before_commit(bug: Planted) -> None:
    """B1: the ledger acknowledges a batch, and writes it down a moment later."""
    town, real = bug.town, events.accept

    def accept(body: bytes, device: Any, store: Any, shelf: Any, now_us: int) -> EventsAnswer:
        batch = events._decode(body)
        read = [events.read(exact(one), device.device_id) for one in batch.events]
        life = town.central.life

        def later() -> None:
            if town.central.up and town.central.life == life:
                try:
                    real(body, device, store, shelf, town.central.now())
                except Refusal:
                    return

        town.world.after(US, later)
        told = tuple(
            EventResult(
                seq=seq, event_id=one.event_id, status="posted", stream=one.bucket, position=0, balance_h=None, flags=()
            )
            for seq, one in enumerate(read, start=batch.first_seq)
        )
        return EventsAnswer(acked_through=told[-1].seq, results=told, server_time_us=now_us)

    bug.put(events, "accept", accept)


def asked_again(bug: Planted) -> None:
    """B3: a till that got no answer asks for its lease again, under a new number."""
    real = redeem.ask

    def ask(client: Any, question: Any) -> Any:
        asked = real(client, question)
        if isinstance(asked.outcome, Unknown) and question.why == "sale":
            return real(client, msgspec.structs.replace(question, ask_no=question.ask_no + 1))
        return asked

    bug.put(redeem, "ask", ask)


def returned_by_time(bug: Planted) -> None:
    """B4: a lease that is six hours old goes back to its account by itself."""
    town = bug.town
    central = town.central
    real = central.expire

    def expire() -> int:
        for lease in central.store.read(_open_leases):
            if central.now() - lease.granted_us > 6 * HOUR:
                central.store.write(partial(_give_back, lease=lease, town=town))
        return real()

    bug.put(central, "expire", expire)


def _open_leases(connection: Connection) -> tuple[leases.HeldLease, ...]:
    known = devices.every(connection)
    return tuple(lease for one in known for lease in leases.of_device(connection, one.device_id))


def _give_back(connection: Connection, lease: leases.HeldLease, town: Town) -> None:
    now_us = town.central.now()
    club = town.central.ledger.shelf.now(connection, now_us).club(lease.club_id)
    if club is None or not lease.left_h:
        return
    account = books.open_books(connection, club, lease.account_id, trading_day(now_us, club.clock))
    if account is None:
        return
    leases.close(connection, lease, lease.left_h, "time")
    account.post(
        Entry(
            event_id=hashlib.sha256(lease.lease_id.encode()).hexdigest()[:32],
            leg=0,
            kind=EntryKind.LEASE_RETURN,
            account_id=lease.account_id,
            amount_h=lease.left_h,
            eff_us=now_us,
            day=account.today,
            lease_id=lease.lease_id,
        )
    )
    books.close_books(connection, [account], now_us=now_us)


def mark_in_memory(bug: Planted) -> None:
    """B6: the acknowledged mark of a device lives in the ledger's memory only."""
    town = bug.town
    marks: dict[tuple[int, str, int], Mark] = {}

    def mark(_connection: Connection, device_id: str, epoch: int) -> Mark | None:
        return marks.get((town.central.life, device_id, epoch))

    def move_mark(_connection: Connection, device_id: str, epoch: int, to_seq: int, chain_hash: str) -> Mark:
        standing = marks.get((town.central.life, device_id, epoch))
        if standing is None or standing.acked_seq < to_seq:
            marks[town.central.life, device_id, epoch] = Mark(acked_seq=to_seq, chain_hash=chain_hash)
        return marks[town.central.life, device_id, epoch]

    bug.put(logs, "mark", mark)
    bug.put(logs, "move_mark", move_mark)


def by_arrival(bug: Planted) -> None:
    """B8: lots are used in the order in which entries arrived."""
    bug.put(lots, "in_order", list)


def short_memory(bug: Planted) -> None:
    """B9: what came more than 24 hours ago is not known to have come."""
    town, real, first = bug.town, events.read, {}

    def read(data: bytes, device_id: str) -> Read:
        one = real(data, device_id)
        now_us = town.central.now()
        if now_us - first.setdefault(data, now_us) > DAY:
            return replace(one, event_id=hashlib.sha256(b"again" + data).hexdigest()[:32])
        return one

    bug.put(events, "read", read)


def counted_twice(bug: Planted) -> None:
    """B10: an event at the very position of the cursor counts in the card and beside it."""
    table = outbox_table.c
    told = select(func.coalesce(func.sum(table.overlay_h), 0), func.coalesce(func.sum(table.reserved_h), 0))

    def overlay(connection: Any, account_id: str, *, position: int) -> tuple[int, int]:
        waits = (table.state != "acked") | (table.position >= position)
        row = connection.execute(told.where(table.account_id == account_id, waits)).one()
        return row[0], row[1]

    bug.put(outbox, "overlay", overlay)


def nonce_first(bug: Planted) -> None:
    """B13: the nonce of a request is kept before its signature is looked at."""
    real = calls.sender

    def sender(request: Any, store: Any, now_us: int) -> Any:
        told = claimed(request.headers)
        keep = partial(
            devices.use_nonce, device_id=told.keyid, text=f"early {told.nonce}", now_us=now_us, window_us=600 * US
        )
        if not store.write(keep):
            raise Refusal("nonce")
        return real(request, store, now_us)

    bug.put(calls, "sender", sender)


def first_wins(bug: Planted) -> None:
    """B15: of two awards with one natural key the first to arrive stands."""
    real = swipes._post_award

    def post(work: Any, into: Any, made: Entry, person_id: str) -> set[str]:
        if facts.standing(work.connection, work.bucket, made.natural_key) is not None:
            return {ABSORBED}
        return real(work, into, made, person_id)

    bug.put(swipes, "_post_award", post)


def closed_under_tender(bug: Planted) -> None:
    """B16: a recall closes a lease although a tender stands on it."""
    apply_, close_due = exchange_pull.apply, close_leases.close_due

    def applied(terminal: Any, fetched: Any, **told: Any) -> Any:
        return apply_(terminal, fetched, **{**told, "tendering": frozenset()})

    def closed(terminal: Any, recalled: Any, **told: Any) -> Any:
        return close_due(terminal, recalled, **{**told, "tendering": frozenset()})

    bug.put(exchange_pull, "apply", applied)
    bug.put(close_leases, "close_due", closed)


def terminals_day(bug: Planted) -> None:
    """B17: entry day and natural key are those that the terminal wrote."""
    real = swipes.swipe_of

    def swipe_of(event_id: str, body: Any, *told: Any, **more: Any) -> Any:
        made = real(event_id, body, *told, **more)
        return replace(made, entry_day=body.entry_day, visit_key=body.visit_key or made.visit_key)

    bug.put(swipes, "swipe_of", swipe_of)


def reserved_expires(bug: Planted) -> None:
    """B18: expiry takes points that a lease holds."""
    bug.put(books, "expiry_to_post", lambda folded, posted_h: folded.expired_h - posted_h)


def facts_afterwards(bug: Planted) -> None:
    """B19: facts are written after the transaction that accepted their event."""
    town, real, accept = bug.town, facts.keep, events.accept
    waiting: list[Any] = []

    def keep(_connection: Connection, rows: Any) -> None:
        waiting.append({name: list(some) for name, some in rows.items()})

    def accepted(*told: Any) -> Any:
        waiting.clear()
        refused, answer = None, None
        try:
            answer = accept(*told)
        except Refusal as no:
            refused = no
        for rows in waiting:
            town.central.store.write(partial(real, rows=rows))
        if refused is not None:
            raise refused
        return answer

    bug.put(facts, "keep", keep)
    bug.put(events, "accept", accepted)


def snapshot_of_now(bug: Planted) -> None:
    """B12: a new cache goes on where the ledger stands now, not where its snapshot was read."""

    def write(cache: Any, page: Any, *, at_us: int) -> None:
        empty = msgspec.structs.replace(page, accounts=(), documents=(), deny=())
        pages.write(cache, empty, at_us=at_us)

    bug.put(bootstrap, "pages", SimpleNamespace(join=pages.join, write=write))


def refund_once_for_all(bug: Planted) -> None:
    """B14: which lots a refund fills is kept when it arrives; what arrives later does not change it."""
    real = folding.Run.refund
    kept: dict[str, dict[Any, int]] = {}

    def refund(run: Any, entry: Entry) -> None:
        before = {lot.key: lot.left for lot in run.lots}
        real(run, entry)
        given = {lot.key: lot.left - before.get(lot.key, 0) for lot in run.lots}
        first = kept.setdefault(entry.event_id, given)
        for lot in run.lots:
            moved = min(first.get(lot.key, 0) - given[lot.key], lot.original - lot.left)
            if moved > -lot.left:
                lot.left += moved
                run.live += moved

    bug.put(folding.Run, "refund", refund)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunt:
    """How a bug is looked for: within how many seeds, and with which faults, for they are drawn too rarely by chance.

    `mode` is the offline mode of the main venue; `skewed` gives every terminal a wrong clock.
    """

    plant: Callable[[Planted], None]
    within: int
    rates: Mapping[str, float] = field(default_factory=dict)
    faults: Mapping[str, int] = field(default_factory=dict)
    mode: str = "lease"
    days: int = 2
    errands: tuple[str, ...] = ()
    skewed: bool = False
    cap: int = 5000

    def mix(self, seed: int, *, acts: int, events: int) -> Mix:
        """Draw a seed's mix and put what this bug needs into it."""
        mix = draw(seed, acts=acts, events=events)
        club = replace(mix.club, mode=self.mode, other_mode="lease", days=self.days, accounts=4, lease_cap=self.cap)
        return replace(
            mix,
            club=club,
            terminals=min(mix.terminals, 4),
            rates={**mix.rates, **self.rates},
            faults={**mix.faults, **self.faults},
            errands=self.errands,
            skews=(-200_000, 260_000, 0, 7200) if self.skewed else mix.skews,
        )


PLANTED: Final[dict[str, Hunt]] = {
    "B1": Hunt(plant=ack_before_commit, within=2),
    "B3": Hunt(plant=asked_again, within=10, rates={"F2": 0.2}),
    "B4": Hunt(plant=returned_by_time, within=10, faults={"F6": 3, "F37": 1}),
    "B6": Hunt(plant=mark_in_memory, within=10, faults={"F15": 8}),
    "B8": Hunt(plant=by_arrival, within=10, faults={"F6": 3}),
    "B9": Hunt(plant=short_memory, within=10, rates={"F2": 0.1}, faults={"F6": 3, "F37": 2, "F28": 2}, days=4),
    "B10": Hunt(plant=counted_twice, within=3),
    "B12": Hunt(plant=snapshot_of_now, within=10, faults={"snapshot": 6}),
    "B13": Hunt(plant=nonce_first, within=10, faults={"F30": 4}),
    "B14": Hunt(plant=refund_once_for_all, within=20, faults={"F6": 6}, errands=("refund",), mode="budget", days=3),
    "B15": Hunt(plant=first_wins, within=10, faults={"F6": 4}),
    "B16": Hunt(plant=closed_under_tender, within=20, faults={"F42": 3}),
    "B17": Hunt(plant=terminals_day, within=10, skewed=True),
    "B18": Hunt(plant=reserved_expires, within=10, faults={"F6": 4, "F37": 1}, cap=50_000, days=4),
    "B19": Hunt(plant=facts_afterwards, within=10, faults={"F15": 10}),
}
"""Each bug, how it is looked for, and within how many seeds it has to be found."""


def plant(name: str, town: Town) -> Planted:
    """Put a bug into the product, for one town."""
    bug = Planted(town)
    PLANTED[name].plant(bug)
    return bug
