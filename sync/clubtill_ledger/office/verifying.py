"""Verifying: whether the ledger is what it says: logs, numbers, versions, sums, seals (I9, I11 to I17, I26).

It reads, a bucket at a time, and changes nothing. Nothing that it finds can be mended by the program: what stands is
kept, and whoever runs the ledger compares it with a backup.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any, Final

from clubtill_ledger.store import auditing, projections, seals, streams
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.entries import entry_of
from clubtill_ledger.store.projections import FromEntries
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_rules.members.club import Club
from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.folding import REFUND_BEYOND_SALE
from clubtill_rules.points.lots import fold
from clubtill_rules.values.days import trading_day
from clubtill_rules.values.ids import BUCKETS, STREAMS, device_bucket
from clubtill_sync.signing import START_OF_CHAIN, chain

_PLUS: Final = frozenset({EntryKind.AWARD, EntryKind.REFUND, EntryKind.TRANSFER_IN, EntryKind.EXPIRE_REVERSAL})
_MINUS: Final = frozenset({EntryKind.REDEEM, EntryKind.LEASE_SPEND, EntryKind.REVERSAL, EntryKind.EXPIRE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong: the invariant that does not hold, where, and in a few words what."""

    invariant: str
    where: str
    what: str

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.invariant} {self.where}: {self.what}"


def verify(store: Store, shelf: SettingsShelf, now_us: int) -> tuple[Finding, ...]:
    """Look at everything and give what is wrong; nothing is what is wanted. `now_us` chooses the clubs' settings."""
    found = [Finding(invariant="file", where="database", what=line) for line in auditing.damage(store)]
    found += [Finding(invariant="key", where=name, what="the database does not have it") for name in _keys(store)]
    for bucket in range(STREAMS):
        found.extend(store.read(partial(_numbers, stream=bucket)))
    for bucket in range(BUCKETS):
        found.extend(store.read(partial(_bucket, bucket=bucket, shelf=shelf, now_us=now_us)))
    return tuple(found)


def _keys(store: Store) -> tuple[str, ...]:
    return auditing.missing_keys(store)


def _bucket(connection: Connection, bucket: int, shelf: SettingsShelf, now_us: int) -> tuple[Finding, ...]:
    return (
        *_logs(connection, bucket),
        *_stored(connection, bucket),
        *_accounts(connection, bucket, shelf, now_us),
        *_seals(connection, bucket),
        *(
            Finding(invariant="I16", where=f"sale {event_id}", what=f"its postings sum to {total}, not to nil")
            for event_id, total in auditing.unbalanced(connection, bucket)
        ),
    )


# ------------------------------------------------------------------ numbers


def _numbers(connection: Connection, stream: int) -> tuple[Finding, ...]:
    """I12: the numbers of a stream are 1 to its head, each once."""
    expected = 0
    with closing(auditing.numbers(connection, stream)) as found:
        for seq in found:
            expected += 1
            if seq != expected:
                what = f"number {expected} is missing" if seq > expected else f"number {seq} stands twice"
                return (Finding(invariant="I12", where=f"stream {stream}", what=what),)
    head = streams.head(connection, stream)
    if head != expected:
        return (Finding(invariant="I12", where=f"stream {stream}", what=f"head is {head}, rows end at {expected}"),)
    return ()


# ------------------------------------------------------------------ the logs of the devices


def _logs(connection: Connection, bucket: int) -> Iterator[Finding]:
    for device_id, epoch in auditing.logs(connection, bucket):
        yield from _log(connection, bucket, device_id, epoch)


def _log(connection: Connection, bucket: int, device_id: str, epoch: int) -> Iterator[Finding]:
    """I9, I11: a log is gap-free, its chain follows from the exact bytes, all that was acknowledged is stored."""
    where = f"device {device_id}, epoch {epoch}"
    acked, acked_hash = auditing.mark(connection, bucket, device_id, epoch)
    expected, previous = 1, START_OF_CHAIN
    if epoch < 0:
        began = auditing.began(connection, bucket, device_id, epoch)
        if began is None:
            yield Finding(invariant="I30", where=where, what="a side epoch that no fork began")
            return
        expected = began[1]
        before = auditing.hashes(connection, bucket, device_id, began[0], [expected - 1])
        previous = before.get(expected - 1, START_OF_CHAIN)
    first = expected
    for place in auditing.places(connection, bucket, device_id, epoch):
        if place.seq != expected:
            yield Finding(invariant="I11", where=where, what=f"event {expected} is missing")
            return
        if place.data is None and place.seq <= acked:
            yield Finding(invariant="I9", where=where, what=f"event {place.seq} was acknowledged and is not stored")
        elif place.data is not None and not place.erased and _follows(previous, place.data) != place.chain_hash:
            yield Finding(invariant="I9", where=where, what=f"event {place.seq} has other bytes than it came with")
        if place.seq == acked and place.chain_hash != acked_hash:
            yield Finding(invariant="I11", where=where, what=f"the mark at {acked} has another hash than its event")
        previous = place.chain_hash
        expected += 1
    if acked >= expected >= first:
        yield Finding(invariant="I11", where=where, what=f"acknowledged to {acked}, its log ends at {expected - 1}")


def _follows(previous: str, data: bytes) -> str:
    """Give the hash that follows from the one before; blank where that is none."""
    try:
        return chain(previous, data)
    except ValueError:
        return ""


def _stored(connection: Connection, bucket: int) -> Iterator[Finding]:
    """I9: every stored event has its place in the log of its device, with the same hash."""
    for page in auditing.raw_places(connection, bucket):
        by_log: dict[tuple[str, int], list[Any]] = {}
        for row in page:
            by_log.setdefault((row.device_id, row.epoch), []).append(row)
        for (device_id, epoch), rows in by_log.items():
            home = device_bucket(device_id)
            hashes = auditing.hashes(connection, home, device_id, epoch, [row.seq for row in rows])
            for row in rows:
                if hashes.get(row.seq) != row.chain_hash:
                    where = f"event {row.event_id}"
                    what = f"its device has no such place: {device_id}, epoch {epoch}, {row.seq}"
                    yield Finding(invariant="I9", where=where, what=what)


# ------------------------------------------------------------------ the books of the accounts


def _accounts(connection: Connection, bucket: int, shelf: SettingsShelf, now_us: int) -> Iterator[Finding]:
    """I13, I15 to I17, I26: versions, balances after each entry, states, what stands for a natural key."""
    settings = shelf.now(connection, now_us)
    states = projections.states(connection, bucket)
    made = FromEntries(bucket=bucket)
    for key, rows in projections.accounts(connection, bucket):
        for row in sorted(rows, key=lambda one: one.seq):
            made.add(row)
        club = settings.club(key[0])
        where = f"account {key[0]}/{key[1]}"
        yield from _versions(rows, where)
        if club is None:
            yield Finding(invariant="I15", where=where, what="its club has no settings")
            continue
        yield from _chained(rows, club, where)
        for one in projections.compare_state(rows, states.get(key), club, 0):
            other = [name for name in one.what.split(", ") if name not in {"card_ver", "lots", "next_expiry"}]
            if other:
                yield Finding(
                    invariant="I15", where=where, what=f"its state differs from its entries: {', '.join(other)}"
                )
        yield from _sums(rows, states.get(key), club, where)
    for one in projections.compare_natural(connection, made):
        yield Finding(invariant="I26", where=f"natural key {one.key[1]}", what=one.what)


def _versions(rows: Sequence[Any], where: str) -> Iterator[Finding]:
    wrong = next((n for n, row in enumerate(rows, start=1) if row.ver != n), None)
    if wrong is not None:
        yield Finding(invariant="I13", where=where, what=f"version {wrong} is missing")
    unordered = next((row.ver for one, row in pairwise(rows) if row.seq <= one.seq), None)
    if unordered is not None:
        yield Finding(invariant="I13", where=where, what=f"version {unordered} has a lower number than the one before")


def _chained(rows: Sequence[Any], club: Club, where: str) -> Iterator[Finding]:
    """I13, I17: what was noted after each entry is what all entries so far come to.

    Mostly their sum says so. Where it does not, because points had expired that were not posted yet, or an award gave
    way to another, the fold of the entries so far has the word.
    """
    entries: list[Entry] = []
    sum_h = 0
    day = None
    for row in rows:
        made = entry_of(row)
        entries.append(made)
        sum_h += moved(made)
        posted_on = trading_day(row.posted_us, club.clock)
        day = posted_on if day is None else max(day, posted_on)
        if row.avail_after and row.deficit_after:
            yield Finding(invariant="I17", where=where, what=f"version {row.ver} has points and a deficit at once")
        if row.avail_after + row.reserved_after - row.deficit_after == sum_h:
            continue
        folded = fold(entries, as_of=day, refund_grace_days=club.refund_grace_days)
        if (folded.avail_h, folded.reserved_h, folded.deficit_h) != (
            row.avail_after,
            row.reserved_after,
            row.deficit_after,
        ):
            yield Finding(invariant="I13", where=where, what=f"version {row.ver} does not follow from those before it")


def moved(made: Entry) -> int:
    """Give what an entry does to the balance, in hundredths; setting points aside does nothing (3.3)."""
    if made.kind is EntryKind.ADJUST or made.kind in _PLUS:
        return made.amount_h
    if made.kind in _MINUS or (made.kind is EntryKind.TRANSFER_OUT and made.settled):
        return -made.amount_h
    return 0


def _sums(rows: Sequence[Any], standing: Any, club: Club, where: str) -> Iterator[Finding]:
    """I16: counter-accounts and account sum to nil, but for what a refund gave beyond its sale, which is flagged."""
    if standing is None:
        return
    entries = [entry_of(row) for row in rows]
    sum_h = sum(moved(made) for made in entries)
    left_h = standing.avail_h + standing.reserved_h - standing.deficit_h
    if sum_h == left_h:
        return
    folded, _ = projections.folded_of(rows, standing, club)
    if not any(REFUND_BEYOND_SALE in flags for flags in folded.flags.values()):
        yield Finding(invariant="I16", where=where, what=f"its entries sum to {sum_h}, its state to {left_h}")


# ------------------------------------------------------------------ seals


def _seals(connection: Connection, bucket: int) -> Iterator[Finding]:
    """I14: what was sealed is what stands."""
    previous, expected = "", 1
    for one in seals.of_bucket(connection, bucket):
        where = f"bucket {bucket}, seal of {one.day}"
        if one.first_seq != expected:
            yield Finding(invariant="I14", where=where, what=f"it begins at {one.first_seq}, not at {expected}")
        told, entries = seals.hashed(
            connection, bucket, one.day, first_seq=one.first_seq, last_seq=one.last_seq, previous=previous
        )
        if (told, entries) != (one.hash, one.entries):
            what = f"entries {one.first_seq} to {one.last_seq} are not those that were sealed"
            yield Finding(invariant="I14", where=where, what=what)
        previous, expected = one.hash, one.last_seq + 1
