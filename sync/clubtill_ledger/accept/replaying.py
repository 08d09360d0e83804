"""Replaying: spells out again the facts of events that were posted, by the very functions that posted them (I15).

Nothing is written and nothing is decided anew: an event that was posted stays posted, at the instant that it was given
and with the settings that were known then. A new kind of event comes in by its own posting function.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from clubtill_ledger.accept.bucket import BucketWork, Hold
from clubtill_ledger.accept.events import post_event
from clubtill_ledger.accept.gathering import Gathered
from clubtill_ledger.accept.reading import Read, read
from clubtill_ledger.store import books, devices, replaying
from clubtill_ledger.store.books import Books
from clubtill_ledger.store.devices import Device
from clubtill_ledger.store.engines import Connection
from clubtill_ledger.store.logs import Slot
from clubtill_ledger.store.replaying import Difference
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_rules.members.club import Club
from clubtill_rules.points.entries import Entry


class StandingBooks(Books):
    """The books of an account as they stand; what is posted into them is there already."""

    __slots__ = ()

    def post(self, made: Entry, **_told: Any) -> frozenset[str]:  # noqa: ARG002 - the signature of Books
        """Post nothing."""
        return frozenset()


class _Again(BucketWork):
    """Work that gathers facts only."""

    __slots__ = ()

    def flush(self) -> None:
        """Keep what was gathered: nothing is written."""

    def books_of(self, club: Club, account_id: str) -> Books:
        """Give books that nothing is posted into."""
        key = (club.id, account_id)
        if key not in self.open_books:
            opened = books.standing_books(self.connection, club, account_id, self.today(club), StandingBooks)
            self.open_books[key] = opened
        return self.open_books[key]


@dataclass(slots=True, kw_only=True)
class Replayed:
    """What some posted events make: facts by table, the events as read, and what could not be spelled out again."""

    facts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    events: list[tuple[Any, Read]] = field(default_factory=list)
    silent: set[str] = field(default_factory=set)
    differences: list[Difference] = field(default_factory=list)


def replayed(
    connection: Connection, rows: Sequence[Any], *, shelf: SettingsShelf, senders: Mapping[str, Device], bucket: int
) -> Replayed:
    """Spell out the facts of posted events, given as their stored rows. Erased bytes make none (`silent`)."""
    found = Replayed()
    quiet = replaying.reading(connection)
    open_books: dict[tuple[str, str], Books] = {}
    for row in rows:
        if not row.bytes:
            found.silent.add(row.event_id)
            continue
        work = _Again(
            connection=quiet,
            shelf=shelf,
            device=replace(senders[row.device_id], revoked_us=None),
            bucket=bucket,
            gathered=Gathered(quiet),
            now_us=row.received_us,
            known_seq=row.known_seq,
            open_books=open_books,
            replaying=True,
        )
        one = read_again(row)
        found.events.append((row, one))
        try:
            if one.reason:
                raise Hold(one.reason)  # noqa: TRY301 - as the posting functions do
            post_event(work, slot_of(row), one)
        except Hold as hold:
            found.differences.append(
                Difference(table="raw_event", key=(bucket, row.event_id), what=f"would be held: {hold.reason}")
            )
            continue
        for table, made in work.facts.items():
            found.facts.setdefault(table, []).extend(made)
    return found


def read_again(row: Any) -> Read:
    """Read a stored event as this program does now. One whose id other bytes hold keeps the id it is stored under."""
    one = read(bytes(row.bytes), row.device_id)
    if one.event is None or one.event_id == row.event_id:
        return one
    return replace(one, event_id=row.event_id, event=msgspec.structs.replace(one.event, event_id=row.event_id))


def slot_of(row: Any) -> Slot:
    """Give the place of a stored event in its device's log."""
    return Slot(
        device_id=row.device_id,
        epoch=row.epoch,
        seq=row.seq,
        event_id=row.event_id,
        event_bucket=row.bucket,
        chain_hash=row.chain_hash,
        received_us=row.received_us,
        eff_us=row.eff_us,
    )


def senders(connection: Connection) -> dict[str, Device]:
    """Give every device by its id."""
    return {one.device_id: one for one in devices.every(connection)}
