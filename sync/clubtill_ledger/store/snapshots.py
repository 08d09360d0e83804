"""Snapshots: parts that were made up before, and their chunks, kept in the bucket of their stream, within a bound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.tables_photos import snapshot_chunk, snapshot_part
from clubtill_rules.values.days import US_PER_DAY
from clubtill_sync.wire.snapshot import ChunkRef, Part

PARTS_MAX: Final = 2
"""So many parts of a stream and a scope are kept: the newest, and the one that somebody may be fetching still."""
UNUSED_US: Final = 3 * US_PER_DAY
_refs: Final = msgspec.json.Decoder(tuple[ChunkRef, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A part with the moment it was made, by the ledger's clock, and the feed epoch it belongs to."""

    part: Part
    made_us: int
    feed_epoch: int


def newest(connection: Connection, scope: str) -> dict[int, Made]:
    """Give the newest part of every stream in a scope."""
    rows = connection.execute(
        sa.select(snapshot_part).where(snapshot_part.c.scope == scope).order_by(snapshot_part.c.made_us)
    )
    return {
        row.bucket: Made(
            part=Part(stream=row.bucket, through=row.through, chunks=_refs.decode(row.chunks)),
            made_us=row.made_us,
            feed_epoch=row.feed_epoch,
        )
        for row in rows
    }


def keep(connection: Connection, scope: str, made: Made, chunks: Mapping[str, bytes]) -> None:
    """Keep a part with its chunks, and drop what is too old or too many. Writes the part's own bucket alone."""
    bucket = made.part.stream
    standing = set(
        connection.execute(sa.select(snapshot_chunk.c.hash).where(snapshot_chunk.c.bucket == bucket)).scalars()
    )
    new = [{"bucket": bucket, "hash": name, "body": body} for name, body in chunks.items() if name not in standing]
    if new:
        connection.execute(snapshot_chunk.insert(), new)
    connection.execute(
        snapshot_part.insert(),
        {
            "bucket": bucket,
            "scope": scope,
            "made_us": made.made_us,
            "feed_epoch": made.feed_epoch,
            "through": made.part.through,
            "chunks": msgspec.json.encode(made.part.chunks),
        },
    )
    _drop_old(connection, bucket, made.made_us)


def _drop_old(connection: Connection, bucket: int, now_us: int) -> None:
    mine = snapshot_part.c.bucket == bucket
    rows = connection.execute(sa.select(snapshot_part).where(mine).order_by(snapshot_part.c.made_us.desc())).all()
    kept: dict[str, int] = {}
    named: set[str] = set()
    for row in rows:
        kept[row.scope] = kept.get(row.scope, 0) + 1
        if kept[row.scope] > PARTS_MAX or row.made_us < now_us - UNUSED_US:
            which = (mine, snapshot_part.c.scope == row.scope, snapshot_part.c.made_us == row.made_us)
            connection.execute(sa.delete(snapshot_part).where(*which))
        else:
            named |= {ref.sha256 for ref in _refs.decode(row.chunks)}
    standing = connection.execute(sa.select(snapshot_chunk.c.hash).where(snapshot_chunk.c.bucket == bucket)).scalars()
    for name in set(standing) - named:
        connection.execute(
            sa.delete(snapshot_chunk).where(snapshot_chunk.c.bucket == bucket, snapshot_chunk.c.hash == name)
        )


def chunk(connection: Connection, stream: int, name: str) -> bytes | None:
    """Give a chunk by its stream and its name."""
    return connection.execute(
        sa.select(snapshot_chunk.c.body).where(snapshot_chunk.c.bucket == stream, snapshot_chunk.c.hash == name)
    ).scalar_one_or_none()
