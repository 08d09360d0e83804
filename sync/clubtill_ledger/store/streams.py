"""Streams: gap-free numbers in commit order (6.5). A head row is locked last, by one transaction at a time (I12)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.tables import stream_head
from clubtill_rules.values.ids import STREAMS


def prepare(connection: Connection) -> None:
    """Write the head rows of the 66 streams, where they do not stand yet."""
    standing = set(connection.execute(sa.select(stream_head.c.bucket)).scalars())
    missing = [{"bucket": n, "seq": 0} for n in range(STREAMS) if n not in standing]
    if missing:
        connection.execute(stream_head.insert(), missing)


def take(connection: Connection, bucket: int, count: int) -> int:
    """Take `count` numbers of a stream and give the first. Locks the stream until the transaction ends."""
    taken = connection.execute(_TAKE, {"in_bucket": bucket, "more": count}).scalar_one()
    return int(taken) - count + 1


def take_each(connection: Connection, counts: Mapping[int, int]) -> dict[int, int]:
    """Take numbers of streams, `counts` of each, and give the first of each, in ascending order of buckets.

    More than one stream only on SQLite, whose transactions stand one behind the other (6.4).
    """
    if len(counts) == 1:
        return {bucket: take(connection, bucket, count) for bucket, count in counts.items()}
    now = hold_each(connection, counts)
    connection.execute(_MOVE, [{"in_bucket": bucket, "more": counts[bucket]} for bucket in now])
    return {bucket: seq + 1 for bucket, seq in now.items()}


def hold(connection: Connection, bucket: int) -> int:
    """Lock a stream until the transaction ends, without taking a number. Gives its last number."""
    return hold_each(connection, (bucket,))[bucket]


def hold_each(connection: Connection, buckets: Collection[int]) -> dict[int, int]:
    """Lock streams until the transaction ends, without taking numbers. Gives the last number of each."""
    return {row.bucket: row.seq for row in connection.execute(_HELD, {"in_buckets": sorted(buckets)})}


def head(connection: Connection, stream: int) -> int:
    """Give the last number of one stream."""
    return int(connection.execute(_HEAD, {"in_bucket": stream}).scalar_one())


def heads(connection: Connection) -> dict[int, int]:
    """Give the last number of every stream. The feed's one statement that reads all buckets."""
    return {row.bucket: row.seq for row in connection.execute(_HEADS)}


# Built once: building a statement takes longer than running it.
_HEADS: Final = sa.select(stream_head.c.bucket, stream_head.c.seq)
_HEAD: Final = sa.select(stream_head.c.seq).where(stream_head.c.bucket == sa.bindparam("in_bucket"))
_HELD: Final = (
    sa.select(stream_head.c.bucket, stream_head.c.seq)
    .where(stream_head.c.bucket.in_(sa.bindparam("in_buckets", expanding=True)))
    .order_by(stream_head.c.bucket)
    .with_for_update()
)
_MOVE: Final = (
    sa.update(stream_head)
    .where(stream_head.c.bucket == sa.bindparam("in_bucket"))
    .values(seq=stream_head.c.seq + sa.bindparam("more"))
)
_TAKE: Final = _MOVE.returning(stream_head.c.seq)
