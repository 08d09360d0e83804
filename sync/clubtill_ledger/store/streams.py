"""Streams: gap-free numbers in commit order (6.5). A head row is locked last, by one transaction at a time (I12)."""

from __future__ import annotations

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


def hold(connection: Connection, bucket: int) -> int:
    """Lock a stream until the transaction ends, without taking a number. Gives its last number."""
    held = sa.select(stream_head.c.seq).where(stream_head.c.bucket == bucket).with_for_update()
    return int(connection.execute(held).scalar_one())


def head(connection: Connection, stream: int) -> int:
    """Give the last number of one stream."""
    return int(connection.execute(_HEAD, {"in_bucket": stream}).scalar_one())


def heads(connection: Connection) -> dict[int, int]:
    """Give the last number of every stream. The feed's one statement that reads all buckets."""
    rows = connection.execute(sa.select(stream_head.c.bucket, stream_head.c.seq))
    return {row.bucket: row.seq for row in rows}


# Built once: building a statement takes longer than running it.
_HEAD: Final = sa.select(stream_head.c.seq).where(stream_head.c.bucket == sa.bindparam("in_bucket"))
_TAKE: Final = (
    sa.update(stream_head)
    .where(stream_head.c.bucket == sa.bindparam("in_bucket"))
    .values(seq=stream_head.c.seq + sa.bindparam("more"))
    .returning(stream_head.c.seq)
)
