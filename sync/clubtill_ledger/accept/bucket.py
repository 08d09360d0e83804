"""Bucket: one transaction of a batch (6.4, step 2): events with their facts, entries and states, bucket by bucket.

On PostgreSQL it holds one bucket. Run again after a crash it finds what stands and writes nothing twice: the row of the
event is its idempotency record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeAlias

from clubtill_ledger.accept.award_cap import AWARD_CAP
from clubtill_ledger.accept.effective import pinned
from clubtill_ledger.accept.gathering import NO_POSITION, Became, Gathered, Items, Place
from clubtill_ledger.accept.hold import Hold as Hold  # noqa: PLC0414 - posters raise it from here
from clubtill_ledger.accept.reading import Read, stand_in_id
from clubtill_ledger.store import books, facts, logs, periods, streams, writing
from clubtill_ledger.store.books import Books
from clubtill_ledger.store.devices import Device
from clubtill_ledger.store.engines import Connection
from clubtill_ledger.store.leases import LeaseBook
from clubtill_ledger.store.logs import Slot
from clubtill_ledger.store.settings import Settings, SettingsShelf, position_of
from clubtill_rules.members.club import Club
from clubtill_rules.points.entries import Entry
from clubtill_rules.sale.refunding import Refund
from clubtill_rules.sale.sale import Sale
from clubtill_rules.values.days import trading_day
from clubtill_rules.values.ids import MASTER_STREAM


@dataclass(slots=True, kw_only=True)
class BucketWork:
    """What a transaction reads and gathers of one bucket until it writes.

    Attributes:
        known_seq: position of stream 64 up to which settings are known to this work.
        gathered: what the transaction has read of all its events together.
        pins: where the open periods of each club begin, as read at the start.
        replaying: facts that stand are spelled out again: what was decided once is not decided anew.
        judged: a manager posts it: what the rules only doubt stands.
        rows, facts: of events, not written yet.
        settled: what became in this transaction of events that were held, by id.
        eff_us: the instant of an event that refers to another one and so comes after it, by event id (3.1).
        sales, refunds: by the sale's id, as this transaction has posted or looked up.
    """

    connection: Connection
    shelf: SettingsShelf
    device: Device
    bucket: int
    now_us: int
    known_seq: int
    gathered: Gathered
    pins: Mapping[str, int] = field(default_factory=dict)
    replaying: bool = False
    judged: bool = False
    open_books: dict[tuple[str, str], Books] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)
    facts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    settled: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    eff_us: dict[str, int] = field(default_factory=dict)
    sales: dict[str, Sale] = field(default_factory=dict)
    refunds: dict[str, list[Refund]] = field(default_factory=dict)

    @property
    def leases(self) -> LeaseBook:
        """The leases as this transaction reads and leaves them."""
        return self.gathered.leases

    def settings(self, settings_version: str, day: date) -> Settings:
        """Give the settings that an event of a day was made with where they are known, else those of now (D30)."""
        return self.shelf.at(self.connection, position_of(settings_version), day, head=self.known_seq)

    def books_of(self, club: Club, account_id: str) -> Books:
        """Open an account's books, once. Raises Hold for an account that the ledger does not know."""
        key = (club.id, account_id)
        if key not in self.open_books:
            opened = self.gathered.open(club, account_id, self.now_us)
            if opened is None:
                raise Hold("unknown_account")
            self.open_books[key] = opened
        return self.open_books[key]

    def today(self, club: Club) -> date:
        """Give the club's day now."""
        return trading_day(self.now_us, club.clock)

    def keep(self, table: str, row: dict[str, Any]) -> None:
        """Keep a row of facts for the end of the transaction."""
        row["bucket"] = self.bucket
        self.facts.setdefault(table, []).append(row)

    def flush(self) -> None:
        """Write the rows kept so far, so that statements of this transaction find them."""
        _flush([self])

    def post(self, into: Books, made: Entry, person_id: str, *, key_is_new: bool = False) -> set[str]:
        """Post an entry and give the flags that it has by itself."""
        return set(into.post(made, person_id=person_id, device_id=self.device.device_id, key_is_new=key_is_new))


Poster: TypeAlias = Callable[[BucketWork, Slot, Read], frozenset[str]]


def post_items(
    connection: Connection,
    *,
    shelf: SettingsShelf,
    device: Device,
    items: Items,
    poster: Poster,
    now_us: int,
    known_seq: int,
    enough: Callable[[int], bool] = lambda _posted: False,
) -> dict[tuple[int, str], Became]:
    """Post events, those of a bucket in the order of the device's log; give what became of each, by its seq and id.

    `poster(work, slot, read)` posts one event and gives its flags, or raises Hold. Events that stand are passed over.
    It ends early where `enough` says so of how many were posted; the others are for another transaction.
    """
    gathered = Gathered(connection).read(items)
    buckets = sorted(gathered.standing)
    told_all = {"gathered": gathered, "shelf": shelf, "device": device, "now_us": now_us, "known_seq": known_seq}
    works = _begin(connection, periods.last_seen(connection, buckets), **told_all)
    stored: dict[tuple[int, str], Place] = {}
    fresh: dict[Place, dict[str, Any]] = {}
    for slot, told in items:
        if enough(len(fresh)):
            break
        work, standing = works[told.bucket], gathered.standing[told.bucket]
        one = named(told, standing)
        place = stored[slot.seq, told.event_id] = (one.bucket, one.event_id)
        if one.event_id in standing:
            continue
        standing[one.event_id] = one.data
        fresh[place] = row_of(work, slot, one, poster)
        work.rows.append(fresh[place])
    positions = finish(*works.values())
    made = {place: _became(row, positions.get(place, NO_POSITION)) for place, row in fresh.items()}
    for work in works.values():
        for event_id, settled in work.settled.items():
            place = (work.bucket, event_id)
            was = made.get(place) or gathered.became.get(place)
            if was is not None:
                made[place] = _settled(was, settled, positions.get(place, NO_POSITION))
    return {name: made.get(place) or gathered.became[place] for name, place in stored.items()}


def _became(row: Mapping[str, Any], position: tuple[int, int | None]) -> Became:
    return Became((row["device_id"], row["epoch"], row["seq"]), row["status"], row["flags"], *position)


def _settled(was: Became, told: Mapping[str, Any], position: tuple[int, int | None]) -> Became:
    """Give what became of an event that was held and is settled now."""
    return Became(was.slot, told.get("status", was.status), told.get("flags", was.flags), *position)


def begin(connection: Connection, *, shelf: SettingsShelf, device: Device, bucket: int, now_us: int) -> BucketWork:
    """Begin to post in a bucket: read how far its clubs' periods are closed, and how far settings are known."""
    told = {"gathered": Gathered(connection), "shelf": shelf, "device": device, "now_us": now_us}
    pins = periods.pins_of_each(connection, (bucket,))
    return _begin(connection, pins, known_seq=streams.head(connection, MASTER_STREAM), **told)[bucket]


def _begin(connection: Connection, pins: periods.Pins, **told: Any) -> dict[int, BucketWork]:
    return {
        bucket: BucketWork(connection=connection, bucket=bucket, pins=of_bucket, **told)
        for bucket, of_bucket in pins.items()
    }


def finish(*works: BucketWork) -> Mapping[Place, tuple[int, int]]:
    """Write what the works of a transaction gathered, each table once; head rows last.

    With those held it makes sure that no period was closed meanwhile. Gives the numbers that events got in their
    streams, with the amount available after them.
    """
    connection, now_us = works[0].connection, works[0].now_us
    opened = [one for work in works for one in work.open_books.values()]
    with writing.together(connection):
        _flush(works)
        books.write_states(connection, opened, now_us=now_us)
    numbered = books.number(connection, opened, now_us=now_us)
    periods.stand(connection, {work.bucket: work.pins for work in works}, numbered=numbered.buckets)
    return numbered.positions


def _flush(works: Sequence[BucketWork]) -> None:
    connection = works[0].connection
    together: dict[str, list[dict[str, Any]]] = {}
    for work in works:
        for table, rows in work.facts.items():
            together.setdefault(table, []).extend(rows)
        work.facts.clear()
    facts.keep(connection, together)
    logs.keep_raw(connection, [row for work in works for row in work.rows])
    for work in works:
        work.rows.clear()
    works[0].leases.write()


def named(one: Read, standing: dict[str, bytes]) -> Read:
    """Give an event whose id other bytes hold already the id of its own bytes, to be held; erased ones are its own."""
    if standing.get(one.event_id, one.data) in {one.data, b""}:
        return one
    return replace(one, event_id=stand_in_id(one.data), reason="id_taken")


def row_of(work: BucketWork, slot: Slot, one: Read, poster: Poster) -> dict[str, Any]:
    """Post one event, or hold it, and give the row that says so. A held one keeps its own instant for later."""
    reason = "revoked" if work.device.revoked_us is not None else one.reason
    reason = reason or ("award_cap" if AWARD_CAP in slot.flags else "")
    flags: frozenset[str] = frozenset()
    if not reason:
        try:
            dated = pinned(slot, work.pins.get(one.club_id, 0))
            flags = poster(work, dated, one) | (set(dated.flags) - set(slot.flags))
            slot = dated
        except Hold as hold:
            reason = hold.reason
    return {
        "bucket": work.bucket,
        "event_id": one.event_id,
        "device_id": slot.device_id,
        "epoch": slot.epoch,
        "seq": slot.seq,
        "kind": one.event.kind if one.event else "",
        "version": one.event.version if one.event else 0,
        "club_id": one.club_id,
        "account_id": one.account_id,
        "bytes": one.data,
        "chain_hash": slot.chain_hash,
        "received_us": slot.received_us,
        "eff_us": work.eff_us.get(one.event_id, slot.eff_us),
        "status": "held" if reason else "posted",
        "reason": reason,
        "flags": tuple(sorted(flags)),
        "known_seq": work.known_seq,
    }
