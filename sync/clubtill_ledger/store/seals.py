"""Seals: SHA-256 over the entries of a bucket and over the seal before, so that nothing behind one can change (I14).

An entry is sealed as the JSON list of its columns, as named here, in their order: a column that comes later is not in
the seals that stand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.tables import entry
from clubtill_ledger.store.tables_decisions import seal

SEALED: Final = (
    "bucket", "seq", "club_id", "account_id", "ver", "event_id", "leg", "kind", "amount_h", "eff_us", "day",
    "earn_day", "last_day", "sale_id", "lease_id", "natural_key", "award_for", "refers_to", "refers_leg", "settled",
    "person_id", "device_id", "avail_after", "reserved_after", "deficit_after", "posted_us",
)  # fmt: skip
ROWS_AT_ONCE: Final = 2_000
_COLUMNS: Final = tuple(entry.c[name] for name in SEALED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A seal of a bucket: of the entries numbered `first_seq` to `last_seq`, up to the end of `day` (UTC)."""

    bucket: int
    day: date
    first_seq: int
    last_seq: int
    entries: int
    hash: str
    sealed_us: int


def of_bucket(connection: Connection, bucket: int) -> tuple[Seal, ...]:
    """Give the seals of a bucket, the first first."""
    rows = connection.execute(sa.select(seal).where(seal.c.bucket == bucket).order_by(seal.c.day))
    return tuple(Seal(**row._mapping) for row in rows)  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns


def last(connection: Connection, bucket: int) -> Seal | None:
    """Give the newest seal of a bucket."""
    row = connection.execute(
        sa.select(seal).where(seal.c.bucket == bucket).order_by(seal.c.day.desc()).limit(1)
    ).one_or_none()
    return Seal(**row._mapping) if row else None  # noqa: SLF001 - as above


def last_before(connection: Connection, bucket: int, after_seq: int, before_us: int) -> int:
    """Give the highest number after one of an entry that was posted before an instant; 0 for none."""
    found = sa.select(sa.func.max(entry.c.seq)).where(
        entry.c.bucket == bucket, entry.c.seq > after_seq, entry.c.posted_us < before_us
    )
    return connection.execute(found).scalar() or 0


def hashed(
    connection: Connection, bucket: int, day: date, *, first_seq: int, last_seq: int, previous: str
) -> tuple[str, int]:
    """Hash the entries numbered first to last after the seal before; give the hash and how many entries they are."""
    digest = hashlib.sha256(msgspec.json.encode((previous, bucket, day, first_seq, last_seq)))
    entries = 0
    for row in _rows(connection, bucket, first_seq, last_seq):
        digest.update(b"\n" + msgspec.json.encode(tuple(row)))
        entries += 1
    return digest.hexdigest(), entries


def _rows(connection: Connection, bucket: int, first_seq: int, last_seq: int) -> Iterator[sa.Row[Any]]:
    chosen = (
        sa.select(*_COLUMNS)
        .where(entry.c.bucket == bucket, entry.c.seq.between(first_seq, last_seq))
        .order_by(entry.c.seq)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    with connection.execute(chosen) as rows:
        yield from rows


def keep(connection: Connection, made: Seal) -> None:
    """Write a seal. The primary key refuses a second one for the same day."""
    connection.execute(seal.insert(), {name: getattr(made, name) for name in Seal.__slots__})
