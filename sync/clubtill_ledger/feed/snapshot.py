"""Snapshot: makes up what a new terminal needs, a stream at a time, and signs for it (6.7).

A part is one read: a stream's rows and its position belong together, and streams are independent of each other, so the
feed goes on from all of them without a hole (I28). One call makes up so many rows and no more; the next goes on. What
was made up for one terminal serves the next, for as long as the feed has little to add to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

from clubtill_ledger.feed import cursor
from clubtill_ledger.feed.cursor import Cursor
from clubtill_ledger.store import devices, documents, installation, packing, snapshots, streams
from clubtill_ledger.store.devices import Device
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.installation import Installation
from clubtill_ledger.store.settings import Settings, SettingsShelf, utc_day
from clubtill_ledger.store.snapshots import Made
from clubtill_rules.members.caching import HOME_VENUE, keeps_everyone
from clubtill_rules.points.leases import in_working_set
from clubtill_rules.values.days import US_PER_DAY, entry_day, trading_day
from clubtill_rules.values.ids import BUCKETS, DENY_STREAM, MASTER_STREAM, STREAMS
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.wire.snapshot import (
    AccountRow,
    ChunkRef,
    Manifest,
    MasterRows,
    Part,
    SnapshotAnswer,
    name_of,
    sign,
    write_accounts,
    write_master,
)

EVERYONE: Final = "all"
ROWS_A_CALL: Final = 10_000
"""So many accounts are made up in one call, then the caller gets what there is and asks again."""
CHUNK_ROWS: Final = 2_048
CHUNK_BYTES: Final = 1024 * 1024
BEHIND_MAX: Final = 1_000
"""A part that the feed has more than this to add to is made up anew."""
OLD_US: Final = US_PER_DAY
ORDER: Final = (MASTER_STREAM, DENY_STREAM, *range(BUCKETS))
"""Settings first: a terminal can begin with them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A part as it was read, with its chunks, and how many accounts were looked at for it."""

    made: Made
    chunks: Mapping[str, bytes]
    looked_at: int


def manifest(
    device: Device, store: Store, shelf: SettingsShelf, now_us: int, *, rows_a_call: int = ROWS_A_CALL
) -> SnapshotAnswer:
    """Say what there is to fetch for a terminal, making up what is missing. Raises Refusal `revoked`."""
    if device.revoked_us is not None:
        raise Refusal("revoked", drain=device.drain)
    scope = store.read(partial(scope_of, device=device, shelf=shelf, now_us=now_us))
    this, heads, standing = store.read(partial(_standing, scope=scope))
    parts: list[Part] = []
    left = rows_a_call
    for stream in ORDER:
        made = standing.get(stream)
        if made is None or not _serves(made, heads.get(stream, 0), this, now_us):
            if left < 1:
                continue
            made, looked_at = _made_up(store, stream, scope, shelf, now_us)
            left -= looked_at
        parts.append(made.part)
    more = len(parts) < STREAMS
    at = Cursor(feed_epoch=this.feed_epoch, positions=_positions(parts))
    written = Manifest(
        feed_epoch=this.feed_epoch,
        scope=scope,
        cursor="" if more else cursor.write(at, this),
        more=more,
        parts=tuple(parts),
    )
    return sign(written, this.server_key, server_time_us=now_us)


def chunk(stream_text: str, name: str, device: Device, store: Store) -> bytes:
    """Give a chunk's bytes. Raises Refusal `revoked`, or `unknown_chunk` for one that is not kept any more."""
    if device.revoked_us is not None:
        raise Refusal("revoked", drain=device.drain)
    known = stream_text.isascii() and stream_text.isdigit() and int(stream_text[:3]) < STREAMS
    found = store.read(partial(snapshots.chunk, stream=int(stream_text[:3]), name=name)) if known else None
    if found is None:
        raise Refusal("unknown_chunk")
    return found


def scope_of(connection: Connection, device: Device, shelf: SettingsShelf, now_us: int) -> str:
    """Tell whom a terminal keeps: `all`, or the working set of the venue where it stands (D27)."""
    venue = shelf.now(connection, now_us).venue_of_terminal(device.terminal_id)
    if venue is None:
        return EVERYONE
    rows = sum(head for stream, head in streams.heads(connection).items() if stream < BUCKETS)
    # Every account has taken a number of its stream at least, so few numbers are few accounts: no need to count.
    few = keeps_everyone(venue.member_cache, rows)
    members = rows if few else packing.count(connection)
    return EVERYONE if keeps_everyone(venue.member_cache, members) else f"venue:{venue.id}"


def _standing(connection: Connection, scope: str) -> tuple[Installation, dict[int, int], dict[int, Made]]:
    return installation.read(connection), streams.heads(connection), snapshots.newest(connection, scope)


def _serves(made: Made, head: int, this: Installation, now_us: int) -> bool:
    young = 0 <= now_us - made.made_us <= OLD_US
    return made.feed_epoch == this.feed_epoch and young and 0 <= head - made.part.through <= BEHIND_MAX


def _positions(parts: Iterable[Part]) -> tuple[int, ...]:
    through = {part.stream: part.through for part in parts}
    return tuple(through.get(stream, 0) for stream in range(STREAMS))


def _made_up(store: Store, stream: int, scope: str, shelf: SettingsShelf, now_us: int) -> tuple[Made, int]:
    found = store.read(partial(_read_part, stream=stream, scope=scope, shelf=shelf, now_us=now_us))
    return store.write(partial(_kept, scope=scope, found=found)), found.looked_at


def _kept(connection: Connection, scope: str, found: _Read) -> Made:
    """Keep a part, unless somebody else was quicker in the same instant: then it is his that stands."""
    standing = snapshots.newest(connection, scope).get(found.made.part.stream)
    if standing is not None and standing.made_us == found.made.made_us:
        return standing
    snapshots.keep(connection, scope, found.made, found.chunks)
    return found.made


def _read_part(connection: Connection, stream: int, scope: str, shelf: SettingsShelf, now_us: int) -> _Read:
    """Read a stream and its position in one transaction."""
    through = streams.heads(connection).get(stream, 0)
    refs: list[ChunkRef] = []
    chunks: dict[str, bytes] = {}
    written: Iterable[tuple[bytes, int]]
    if stream < BUCKETS:
        settings = shelf.now(connection, now_us)
        rows = _Counted(_accounts(connection, stream, scope, settings, now_us))
        written = ((write_accounts(some), len(some)) for some in _pieces(rows))
    else:
        rows = _Counted(())
        written = (_master(connection, stream, through, utc_day(now_us)),)
    for body, count in written:
        name = name_of(body)
        chunks[name] = body
        refs.append(ChunkRef(name, len(body), count))
    this = installation.read(connection)
    part = Part(stream=stream, through=through, chunks=tuple(refs))
    made = Made(part=part, made_us=now_us, feed_epoch=this.feed_epoch)
    return _Read(made=made, chunks=chunks, looked_at=rows.count)


class _Counted:
    """Passes rows on that are wanted and counts all."""

    def __init__(self, rows: Iterable[tuple[AccountRow, bool]]) -> None:
        self.count = 0
        self._rows = rows

    def __iter__(self) -> Iterator[AccountRow]:
        for row, wanted in self._rows:
            self.count += 1
            if wanted:
                yield row


def _pieces(rows: Iterable[AccountRow]) -> Iterator[list[AccountRow]]:
    piece: list[AccountRow] = []
    size = 0
    for row in rows:
        piece.append(row)
        size += len(row.card)
        if len(piece) == CHUNK_ROWS or size >= CHUNK_BYTES:
            yield piece
            piece, size = [], 0
    if piece:
        yield piece


def _master(connection: Connection, stream: int, through: int, day: date) -> tuple[bytes, int]:
    if stream == MASTER_STREAM:
        found = documents.still_needed(connection, through, day)
        return write_master(MasterRows(documents=found)), len(found)
    denied = documents.denied(connection)
    return write_master(MasterRows(deny=denied)), len(denied)


def _accounts(
    connection: Connection, bucket: int, scope: str, settings: Settings, now_us: int
) -> Iterator[tuple[AccountRow, bool]]:
    """Give the accounts of a bucket, each with whether the scope holds it."""
    clubs = settings.clubs()
    days = {name: trading_day(now_us, club.clock) for name, club in clubs.items()}
    giving = [name for name in clubs if settings.gives_allowances(name)]
    rows = packing.accounts(
        connection, bucket, clubs=clubs, day_of=days.get, home_attribute=HOME_VENUE, allowances=giving
    )
    venue = settings.venue(scope.removeprefix("venue:")) if scope != EVERYONE else None
    if venue is None:
        yield from ((row, True) for row, _ in rows)
        return
    seen = packing.seen_at(connection, bucket, venue.id)
    here = [
        one.device_id
        for one in devices.every(connection)
        if settings.venue_of_terminal(one.terminal_id) == venue and one.revoked_us is None
    ]
    held = packing.holding(connection, bucket, here)
    today = entry_day(now_us, venue.clock)
    for row, home in rows:
        who = (row.club_id, row.account_id)
        wanted = who in held or in_working_set(venue.id, home_venue=home, seen_on=seen.get(who), day=today)
        yield row, wanted
