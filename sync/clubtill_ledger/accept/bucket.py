"""Bucket: one transaction of a batch (6.4, step 2): the events of one bucket with their facts, entries and states.

Run again after a crash it finds what stands and writes nothing twice: the row of the event is its idempotency record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeAlias

from clubtill_ledger.accept.award_cap import AWARD_CAP
from clubtill_ledger.accept.effective import pinned
from clubtill_ledger.accept.hold import Hold as Hold  # noqa: PLC0414 - posters raise it from here
from clubtill_ledger.accept.reading import Read, stand_in_id
from clubtill_ledger.store import books, facts, logs, periods, streams
from clubtill_ledger.store.books import Books
from clubtill_ledger.store.devices import Device
from clubtill_ledger.store.engines import Connection
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
    """What the transaction of one bucket reads and gathers until it writes.

    Attributes:
        known_seq: position of stream 64 up to which settings are known to this work.
        pins: where the open periods of each club begin, as read at the start.
        replaying: facts that stand are spelled out again: what was decided once is not decided anew.
        judged: a manager posts it: what the rules only doubt stands.
        eff_us: the instant of an event that refers to another one and so comes after it, by event id (3.1).
        sales, refunds: by the sale's id, as this transaction has posted or looked up.
    """

    connection: Connection
    shelf: SettingsShelf
    device: Device
    bucket: int
    now_us: int
    known_seq: int
    pins: Mapping[str, int] = field(default_factory=dict)
    replaying: bool = False
    judged: bool = False
    open_books: dict[tuple[str, str], Books] = field(default_factory=dict)
    facts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    eff_us: dict[str, int] = field(default_factory=dict)
    sales: dict[str, Sale] = field(default_factory=dict)
    refunds: dict[str, list[Refund]] = field(default_factory=dict)

    def settings(self, settings_version: str, day: date) -> Settings:
        """Give the settings that an event of a day was made with where they are known, else those of now (D30)."""
        return self.shelf.at(self.connection, position_of(settings_version), day, head=self.known_seq)

    def books_of(self, club: Club, account_id: str) -> Books:
        """Open an account's books, once. Raises Hold for an account that the ledger does not know."""
        key = (club.id, account_id)
        if key not in self.open_books:
            opened = books.open_books(self.connection, club, account_id, self.today(club))
            if opened is None:
                raise Hold("unknown_account")
            self.open_books[key] = opened
        return self.open_books[key]

    def today(self, club: Club) -> date:
        """Give the club's day now."""
        return trading_day(self.now_us, club.clock)

    def keep(self, table: str, row: dict[str, Any]) -> None:
        """Keep a row of facts for the end of the transaction."""
        self.facts.setdefault(table, []).append(row | {"bucket": self.bucket})

    def flush(self) -> None:
        """Write the rows of facts kept so far, so that statements of this transaction find them."""
        facts.keep(self.connection, self.facts)
        self.facts.clear()

    def post(self, into: Books, made: Entry, person_id: str) -> set[str]:
        """Post an entry and give the flags that it has by itself."""
        return set(into.post(made, person_id=person_id, device_id=self.device.device_id))


Poster: TypeAlias = Callable[[BucketWork, Slot, Read], frozenset[str]]


def post_bucket(
    connection: Connection,
    *,
    shelf: SettingsShelf,
    device: Device,
    items: Sequence[tuple[Slot, Read]],
    poster: Poster,
    now_us: int,
) -> None:
    """Post the events of one bucket, in the order of the device's log.

    `poster(work, slot, read)` posts one event and gives its flags, or raises Hold. Events that stand are passed over.
    """
    bucket = items[0][1].bucket
    work = begin(connection, shelf=shelf, device=device, bucket=bucket, now_us=now_us)
    ids = [one.event_id for _, one in items] + [stand_in_id(one.data) for _, one in items]
    standing: dict[str, bytes] = {key: row.bytes for key, row in logs.raw(connection, bucket, ids).items()}
    rows: list[dict[str, Any]] = []
    for slot, told in items:
        one = named(told, standing)
        if one.event_id in standing:
            continue
        standing[one.event_id] = one.data
        rows.append(row_of(work, slot, one, poster))
    logs.keep_raw(connection, rows)
    finish(work)


def begin(connection: Connection, *, shelf: SettingsShelf, device: Device, bucket: int, now_us: int) -> BucketWork:
    """Begin to post in a bucket: read how far its clubs' periods are closed, and how far settings are known."""
    return BucketWork(
        connection=connection,
        shelf=shelf,
        device=device,
        bucket=bucket,
        now_us=now_us,
        known_seq=streams.head(connection, MASTER_STREAM),
        pins=periods.pins(connection, bucket),
    )


def finish(work: BucketWork) -> None:
    """Write what was gathered; the head row last, and with it held make sure that no period was closed meanwhile."""
    work.flush()
    numbered = books.close_books(work.connection, list(work.open_books.values()), now_us=work.now_us)
    periods.stand(work.connection, work.bucket, work.pins, numbered=numbered > 0)


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
