"""Photos: thumbnails stored once under the SHA-256 of their bytes, in the bucket of that hash (D16)."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.tables_photos import photo


def bucket_of(name: str) -> int:
    """Give the bucket of a photo: the first 6 bits of its hash."""
    return int(name[:2], 16) >> 2


def keep(connection: Connection, name: str, kind: str, body: bytes, *, now_us: int) -> bool:
    """Keep a photo under its hash. Gives False where it stands already."""
    if find(connection, name) is not None:
        return False
    values = {"bucket": bucket_of(name), "hash": name, "type": kind, "added_us": now_us, "body": body}
    connection.execute(photo.insert(), values)
    return True


def find(connection: Connection, name: str) -> bytes | None:
    """Give a photo's bytes."""
    return connection.execute(
        sa.select(photo.c.body).where(photo.c.bucket == bucket_of(name), photo.c.hash == name)
    ).scalar_one_or_none()


def drop(connection: Connection, name: str) -> None:
    """Forget a photo, when nobody's card names it any more or its person is erased."""
    connection.execute(sa.delete(photo).where(photo.c.bucket == bucket_of(name), photo.c.hash == name))
