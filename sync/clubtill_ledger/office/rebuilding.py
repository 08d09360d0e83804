"""Rebuilding: every projection made again from the exact bytes and the entries, and compared with what stands (I15).

A bucket at a time, in one reading transaction, a page of events at a time. Nothing is set aside in tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from clubtill_ledger.accept.replaying import replayed, senders
from clubtill_ledger.store import projections, replaying, web_keys
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.facts import TABLES
from clubtill_ledger.store.projections import FromEntries
from clubtill_ledger.store.replaying import Difference
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_rules.values.ids import BUCKETS
from clubtill_sync.wire.events import LeaseCloseV1, SaleV1


def differences(store: Store, shelf: SettingsShelf, now_us: int) -> tuple[Difference, ...]:
    """Give every difference between what stands and what raw events and entries make; none is what is wanted.

    Entries and raw events themselves are never in question here: `verifying` looks at those. `now_us` chooses the
    club's settings.
    """
    found: list[Difference] = []
    for bucket in range(BUCKETS):
        found.extend(store.read(partial(_of_bucket, bucket=bucket, shelf=shelf, now_us=now_us)))
    return tuple(found)


def write(store: Store, shelf: SettingsShelf, now_us: int) -> tuple[Difference, ...]:
    """Mend what differs, bucket by bucket, and give what was mended. Entries and raw events are never written."""
    mended: list[Difference] = []
    for bucket in range(BUCKETS):
        mended.extend(store.write(partial(_mend, bucket=bucket, shelf=shelf, now_us=now_us)))
    return tuple(mended)


def _mend(connection: Connection, bucket: int, shelf: SettingsShelf, now_us: int) -> tuple[Difference, ...]:
    found = _of_bucket(connection, bucket, shelf, now_us)
    for one in found:
        if one.table in TABLES:
            replaying.mend_fact(connection, one)
        elif one.table != "raw_event":
            projections.mend(connection, one)
    return found


def _of_bucket(connection: Connection, bucket: int, shelf: SettingsShelf, now_us: int) -> tuple[Difference, ...]:
    closes: dict[str, list[tuple[str, str]]] = {}
    return (
        *_facts(connection, bucket, shelf, closes),
        *replaying.orphans(connection, bucket),
        *_books(connection, bucket, shelf, now_us, closes),
    )


def _facts(
    connection: Connection, bucket: int, shelf: SettingsShelf, closes: dict[str, list[tuple[str, str]]]
) -> Iterator[Difference]:
    """Compare the facts of posted events; note by the way which leases were closed, by whom."""
    known = senders(connection)
    of_the_web = {key.device_id for key in web_keys.every(connection)}
    for page in replaying.posted(connection, bucket):
        made = replayed(connection, page, shelf=shelf, senders=known, bucket=bucket)
        for row, one in made.events:
            if isinstance(one.body, LeaseCloseV1):
                closes.setdefault(one.body.lease_id, []).append((row.event_id, row.device_id))
            elif isinstance(one.body, SaleV1) and row.device_id in of_the_web:  # an order closes what it was granted
                for spend in one.body.lease_spends:
                    closes.setdefault(spend.lease_id, []).append((row.event_id, row.device_id))
        yield from made.differences
        ids = [row.event_id for row in page if row.event_id not in made.silent]
        yield from replaying.compare_facts(connection, bucket, ids, made.facts)


def _books(
    connection: Connection,
    bucket: int,
    shelf: SettingsShelf,
    now_us: int,
    closes: dict[str, list[tuple[str, str]]],
) -> Iterator[Difference]:
    """Compare states, natural keys, leases and birthdays with what the entries of a bucket make."""
    settings = shelf.now(connection, now_us)
    states = projections.states(connection, bucket)
    cards = projections.card_versions(connection, bucket)
    made = FromEntries(bucket=bucket)
    with_entries: set[tuple[str, str]] = set()
    for key, rows in projections.accounts(connection, bucket):
        for row in sorted(rows, key=lambda one: one.seq):
            made.add(row)
        with_entries.add(key)
        standing = states.get(key)
        club = settings.club(key[0])
        if club is not None:
            yield from projections.compare_state(rows, standing, club, cards.get(key, 0))
    for key in sorted((set(states) | projections.member_accounts(connection, bucket)) - with_entries):
        yield from projections.compare_bare(bucket, key, states.get(key), cards.get(key, 0))
    yield from projections.compare_natural(connection, made)
    yield from projections.compare_leases(connection, made, closes)
    yield from projections.compare_birthdays(connection, made)
