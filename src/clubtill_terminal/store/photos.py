"""Photos in the cache: by hash, as many as there is room for; the one not looked at for longest goes first (D16)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, delete, func, select, text, update
from sqlalchemy.dialects.sqlite import insert

from clubtill_terminal.store.tables import photo

BYTES_MAX: Final = 1_000_000_000
_MISSING: Final = text(
    "SELECT id, photo FROM person WHERE id > :after AND photo <> '' "
    "AND NOT EXISTS (SELECT 1 FROM photo WHERE photo.hash = person.photo) ORDER BY id LIMIT :most"
)


def read(cache: Connection, name: str) -> bytes | None:
    """Give a photo; None for one that is not here."""
    return cache.execute(select(photo.c.body).where(photo.c.hash == name)).scalar()


def keep(cache: Connection, name: str, body: bytes, *, bytes_max: int = BYTES_MAX) -> None:
    """Keep a photo, and let go of those not used for longest until there is room."""
    used = _next(cache)
    statement = insert(photo).values(hash=name, body=body, size=len(body), used=used)
    cache.execute(statement.on_conflict_do_update(index_elements=["hash"], set_={"used": used}))
    over = (cache.execute(select(func.sum(photo.c.size))).scalar() or 0) - bytes_max
    if over <= 0:
        return
    for row in cache.execute(select(photo.c.hash, photo.c.size).order_by(photo.c.used)).all():
        if over <= 0:
            return
        cache.execute(delete(photo).where(photo.c.hash == row.hash))
        over -= row.size


def looked_at(cache: Connection, names: Sequence[str]) -> None:
    """Note that photos were shown."""
    used = _next(cache)
    cache.execute(update(photo).where(photo.c.hash.in_(names)).values(used=used))


def missing(cache: Connection, after: int, most: int) -> tuple[tuple[str, ...], int]:
    """Give photos that cards name and that are not here, from a person's row on, and where the next look begins.

    The place is 0 again after the last person.
    """
    rows = cache.execute(_MISSING, {"after": after, "most": most}).all()
    return tuple(row.photo for row in rows), rows[-1].id if len(rows) == most else 0


def full(cache: Connection, *, bytes_max: int = BYTES_MAX) -> bool:
    """Tell whether nothing more is fetched ahead: nine tenths of the room are taken."""
    return (cache.execute(select(func.sum(photo.c.size))).scalar() or 0) > bytes_max * 9 // 10


def _next(cache: Connection) -> int:
    return (cache.execute(select(func.max(photo.c.used))).scalar() or 0) + 1
