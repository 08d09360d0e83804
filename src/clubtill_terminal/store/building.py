"""Building: a process of its own that makes a new cache file from the chunks of a snapshot (3.4, 6.7).

Rows first, indexes and search afterwards, nothing synced until the file is whole: a file that was not finished is never
looked at. Run with `python -m clubtill_terminal.store.building`; it reads an `Order` as JSON and says `ok`, or the code
of what went wrong. Chunk after chunk: the memory it takes does not grow with the club.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy.exc import DatabaseError

from clubtill_rules.values.ids import BUCKETS
from clubtill_sync.wire.feed import DenyRow, Document
from clubtill_sync.wire.snapshot import AccountRow, BadChunk, Manifest, read_accounts, read_master
from clubtill_terminal.store import documents
from clubtill_terminal.store.chunks import Chunks
from clubtill_terminal.store.documents import FeedState
from clubtill_terminal.store.engines import open_engine
from clubtill_terminal.store.files import remove, sync
from clubtill_terminal.store.opening import migrate

DONE: Final = "ok"
CHUNK_MISSING: Final = "chunk"
"""A chunk is not what its name says: it is dropped, and fetched again."""
FAILED: Final = "failed"
CACHE_KIB: Final = 48_000
_NICE: Final = 5
_ACCOUNT: Final = "INSERT INTO account (id, account_id, club_id, bucket, version, card) VALUES (?, ?, ?, ?, ?, ?)"
_PERSON: Final = "INSERT INTO person (id, person_id, account_id, number, name, photo) VALUES (?, ?, ?, ?, ?, ?)"
_TOKEN: Final = "INSERT INTO loading (digest, person_id, account_id) VALUES (?, ?, ?)"  # noqa: S105 - of a card, no secret
_TOKENS: Final = (
    "INSERT OR REPLACE INTO card_token (digest, person_id, account_id) "
    "SELECT digest, person_id, account_id FROM loading ORDER BY digest"
)
_SEARCH: Final = "INSERT INTO person_search (person_search) VALUES ('rebuild')"
_INDEXES: Final = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What to build: the new file, from which chunks, for which moment; `old` is the cache whose photos are kept."""

    path: str
    folder: str
    key_hex: str
    manifest: Manifest
    old: str = ""


def build(order: Order) -> None:
    """Build the file. Raises BadChunk with the name of a chunk that has to be fetched again."""
    path, key = Path(order.path), bytes.fromhex(order.key_hex)
    remove(path)
    chunks = Chunks(Path(order.folder), key)
    engine = open_engine(path, key)
    migrate(engine, "cache")
    with engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        for setting in ("journal_mode = OFF", "synchronous = OFF", "temp_store = FILE"):
            raw.execute(f"PRAGMA {setting}").fetchall()
        raw.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        indexes = raw.execute(_INDEXES).fetchall()
        for name, _ in indexes:
            raw.execute(f"DROP INDEX {name}")
        raw.execute("CREATE TEMP TABLE loading (digest TEXT, person_id TEXT, account_id TEXT)")
        load(raw, order.manifest, chunks)
        _index(raw, [sql for _, sql in indexes])
        _photos(raw, order)
    with engine.begin() as cache:
        _settings(cache, order.manifest, chunks)
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        if raw.execute("PRAGMA quick_check(1)").fetchall() != [("ok",)]:
            raise OSError("the disk does not give back what was written")
        raw.execute("PRAGMA journal_mode = WAL").fetchall()
    engine.dispose()
    sync(path)


def load(raw: Any, manifest: Manifest, chunks: Chunks) -> None:
    """Write the accounts of all streams in the order of the manifest, a transaction a chunk."""
    account_id = person_id = 0
    for part in manifest.parts:
        if part.stream >= BUCKETS:
            continue
        for ref in part.chunks:
            rows = read_accounts(_read(chunks, ref.sha256))
            raw.execute("BEGIN")
            raw.executemany(_ACCOUNT, _accounts(rows, part.stream, account_id))
            raw.executemany(_PERSON, _persons(rows, person_id))
            raw.executemany(
                _TOKEN, [(d, one.person_id, row.account_id) for row in rows for one in row.persons for d in one.digests]
            )
            raw.execute("COMMIT")
            account_id += len(rows)
            person_id += sum(len(row.persons) for row in rows)


def _accounts(rows: Iterable[AccountRow], bucket: int, last: int) -> Iterator[tuple[object, ...]]:
    for n, row in enumerate(rows, start=last + 1):
        yield n, row.account_id, row.club_id, bucket, row.version, row.card


def _persons(rows: Iterable[AccountRow], last: int) -> Iterator[tuple[object, ...]]:
    n = last
    for row in rows:
        for one in row.persons:
            n += 1
            yield n, one.person_id, row.account_id, one.number, one.name, one.photo


def _index(raw: Any, indexes: Iterable[str]) -> None:
    """Make what look-ups and searches need, each in one sorted pass."""
    for statement in (_TOKENS, "DROP TABLE loading", *indexes, _SEARCH):
        raw.execute("BEGIN")
        raw.execute(statement)
        raw.execute("COMMIT")


def _photos(raw: Any, order: Order) -> None:
    """Keep the photos of the old cache: they are named by what they hold, so none of them is out of date."""
    if not order.old or not Path(order.old).exists():
        return
    raw.execute(f"ATTACH DATABASE ? AS old KEY \"x'{order.key_hex}'\"", (f"{Path(order.old).as_uri()}?mode=ro",))
    raw.execute("INSERT OR IGNORE INTO photo SELECT * FROM old.photo")
    raw.execute("DETACH DATABASE old")


def _settings(cache: Any, manifest: Manifest, chunks: Chunks) -> None:
    """Write documents, denials and where the feed goes on."""
    found: list[Document] = []
    denied: list[DenyRow] = []
    for part in manifest.parts:
        for ref in part.chunks if part.stream >= BUCKETS else ():
            rows = read_master(_read(chunks, ref.sha256))
            found.extend(rows.documents)
            denied.extend(rows.deny)
    documents.apply_documents(cache, found)
    documents.apply_deny(cache, denied)
    documents.save_positions(cache, {part.stream: part.through for part in manifest.parts})
    state = FeedState(cursor=manifest.cursor, feed_epoch=manifest.feed_epoch, updated_at_us=0, deny_at_us=0)
    documents.save_feed_state(cache, state)


def _read(chunks: Chunks, name: str) -> bytes:
    body = chunks.read(name)
    if body is None:
        raise BadChunk(name)
    return body


def main() -> int:
    """Do what standard input says; 0 when the file stands."""
    if hasattr(os, "nice"):
        os.nice(_NICE)  # whoever stands at the counter goes first
    try:
        build(msgspec.json.decode(sys.stdin.buffer.read(), type=Order))
    except BadChunk:
        sys.stdout.write(CHUNK_MISSING)
        return 1
    except (OSError, DatabaseError) as error:
        sys.stderr.write(str(error))
        sys.stdout.write(FAILED)
        return 1
    sys.stdout.write(DONE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
