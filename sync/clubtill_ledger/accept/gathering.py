"""Gathering: what a transaction reads of all its events together, a statement a table, before it posts the first (6.4).

Each statement names its buckets and keys. What an event turns out to need besides is looked up when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from clubtill_ledger.accept.reading import Read, stand_in_id
from clubtill_ledger.store import awaiting, books, entries, logs, states
from clubtill_ledger.store.books import Books
from clubtill_ledger.store.engines import Connection
from clubtill_ledger.store.leases import LeaseBook
from clubtill_ledger.store.logs import Slot
from clubtill_ledger.store.states import Key, State
from clubtill_rules.members.club import Club
from clubtill_rules.points.entries import Entry
from clubtill_rules.values.days import trading_day
from clubtill_sync.wire.events import LeaseCloseV1, SaleV1
from clubtill_sync.wire.refund_events import RefundV1

Items: TypeAlias = Sequence[tuple[Slot, Read]]


Place: TypeAlias = tuple[int, str]
"""An event: its bucket and the id that it is stored under."""
NO_POSITION: Final = (0, None)


class Became(NamedTuple):
    """What became of an event: in which slot its bytes came first, and where in its stream it stands, 0 for nowhere."""

    slot: tuple[str, int, int]
    status: str
    flags: tuple[str, ...]
    position: int
    balance_h: int | None


class Gathered:
    """What was read for the events of one transaction. Made for none, everything is looked up when it is asked for.

    Attributes:
        leases: as this transaction reads and leaves them.
        standing: by bucket, the bytes of events that are stored, by id.
        became: of those, by bucket and id, what became of them.
        states, entries: of accounts, by club and account; entries only of those that are folded whole.
    """

    __slots__ = ("_asked", "_connection", "_waiting", "became", "entries", "leases", "standing", "states")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._asked: frozenset[str] = frozenset()
        self._waiting: set[str] = set()
        self.leases = LeaseBook(connection)
        self.standing: dict[int, dict[str, bytes]] = {}
        self.became: dict[Place, Became] = {}
        self.states: dict[Key, State] = {}
        self.entries: dict[Key, list[Entry]] = {}

    def read(self, items: Items) -> Gathered:
        """Read what events need, as far as they tell it; states are locked in the order of their keys."""
        self.standing = {one.bucket: {} for _, one in items}
        stored = self._stored(items)
        positions = logs.posted_at(self._connection, stored.keys()) if stored else {}
        for (bucket, event_id), row in stored.items():
            place = (bucket, event_id)
            self.standing[bucket][event_id] = row.bytes
            slot = (row.device_id, row.epoch, row.seq)
            self.became[place] = Became(slot, row.status, row.flags, *positions.get(place, NO_POSITION))
        fresh = [(slot, one) for slot, one in items if one.event_id not in self.standing[one.bucket]]
        sales = {(one.bucket, one.event_id) for _, one in fresh if isinstance(one.body, SaleV1)}
        self._asked = frozenset(event_id for _, event_id in sales)
        self._waiting |= awaiting.waiting(self._connection, sales)
        keys = {(one.club_id, one.account_id) for _, one in fresh if one.account_id}
        if keys:
            self.states = states.lock_states(self._connection, keys)
        whole = self._to_fold_whole(fresh)
        if whole:
            self.entries = entries.entries_of_each(self._connection, whole)
        self.leases.read({key for _, one in fresh for key in _leases_of(one)})
        return self

    def _stored(self, items: Items) -> dict[Place, Any]:
        """Read the events that are stored: under their id, and where other bytes hold that, under that of theirs."""
        found = logs.raw_of_each(self._connection, {(one.bucket, one.event_id) for _, one in items})
        taken = {
            (one.bucket, stand_in_id(one.data))
            for _, one in items
            if (row := found.get((one.bucket, one.event_id))) is not None and row.bytes not in {one.data, b""}
        }
        return found | logs.raw_of_each(self._connection, taken) if taken else found

    def _to_fold_whole(self, items: Items) -> set[Key]:
        """Give the accounts whose entries are asked for: where no fold stands, an event comes late, or looks back."""
        found: set[Key] = set()
        for slot, one in items:
            key = (one.club_id, one.account_id)
            state = self.states.get(key)
            if state is not None and (
                state.kept is None or slot.eff_us < state.kept.place[0] or isinstance(one.body, RefundV1)
            ):
                found.add(key)
        return found

    def open(self, club: Club, account_id: str, now_us: int) -> Books | None:
        """Open an account's books; None for one that the ledger does not know."""
        key, today = (club.id, account_id), trading_day(now_us, club.clock)
        state, stored = self.states.get(key), self.entries.get(key)
        return books.open_books(self._connection, club, account_id, today, state=state, stored=stored)

    def waits_for(self, bucket: int, sale_id: str) -> bool:
        """Tell whether a refund waits for a sale."""
        if sale_id not in self._asked:
            self._waiting |= awaiting.waiting(self._connection, [(bucket, sale_id)])
        return sale_id in self._waiting

    def note_waiting(self, sale_id: str) -> None:
        """Note that a refund waits for a sale now."""
        self._waiting.add(sale_id)


def _leases_of(one: Read) -> Iterable[tuple[str, str, str]]:
    """Give the leases that an event names."""
    body: Any = one.body
    if isinstance(body, SaleV1):
        return ((one.club_id, one.account_id, spend.lease_id) for spend in body.lease_spends)
    if isinstance(body, LeaseCloseV1):
        return ((one.club_id, one.account_id, body.lease_id),)
    return ()
