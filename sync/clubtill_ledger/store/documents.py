"""Documents: master data (stream 64) and the deny list (stream 65), whole and versioned; what stands never changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.streams import take
from clubtill_ledger.store.tables import deny, document
from clubtill_rules.values.ids import DENY_STREAM, MASTER_STREAM
from clubtill_sync.wire.feed import DenyRow, Document


def publish(connection: Connection, documents: Sequence[Document]) -> int:
    """Number and write new versions of documents; versions that stand already are left alone. Gives how many."""
    standing = {
        (row.kind, row.id, row.version)
        for row in connection.execute(
            sa.select(document.c.kind, document.c.id, document.c.version).where(document.c.bucket == MASTER_STREAM)
        )
    }
    new = [one for one in documents if (one.kind, one.id, one.version) not in standing]
    if not new:
        return 0
    first = take(connection, MASTER_STREAM, len(new))
    rows = [
        {
            "bucket": MASTER_STREAM,
            "kind": one.kind,
            "id": one.id,
            "version": one.version,
            "seq": first + n,
            "effective_from": one.effective_from,
            "deleted": one.deleted,
            "body": bytes(one.body),
        }
        for n, one in enumerate(new)
    ]
    connection.execute(document.insert(), rows)
    return len(new)


def publish_one(connection: Connection, one: Document) -> None:
    """Number and write a new version of one document. The primary key refuses a version that stands."""
    row = {
        "bucket": MASTER_STREAM,
        "kind": one.kind,
        "id": one.id,
        "version": one.version,
        "seq": take(connection, MASTER_STREAM, 1),
        "effective_from": one.effective_from,
        "deleted": one.deleted,
        "body": bytes(one.body),
    }
    connection.execute(document.insert(), row)


def deny_rows(connection: Connection, rows: Sequence[DenyRow]) -> int:
    """Number and write rows of the deny list that say something new. Gives how many."""
    standing = current_denials(connection)
    new = [one for one in rows if _says(standing.get((one.kind, one.id))) != (one.code, one.denied)]
    if not new:
        return 0
    first = take(connection, DENY_STREAM, len(new))
    for n, one in enumerate(new):
        last = standing.get((one.kind, one.id))
        version = last.version + 1 if last else 1
        values = {"kind": one.kind, "id": one.id, "version": version, "code": one.code, "denied": one.denied}
        connection.execute(deny.insert(), {"bucket": DENY_STREAM, "seq": first + n} | values)
    return len(new)


def _says(row: sa.Row[Any] | None) -> tuple[str, bool] | None:
    return (row.code, row.denied) if row else None


def current_denials(connection: Connection) -> dict[tuple[str, str], sa.Row[Any]]:
    """Give the newest row of every card, person, account, staff and device on the deny list."""
    rows = connection.execute(sa.select(deny).where(deny.c.bucket == DENY_STREAM).order_by(deny.c.seq))
    return {(row.kind, row.id): row for row in rows}


def documents_between(
    connection: Connection, after: int, through: int, rows_max: int
) -> tuple[tuple[int, Document], ...]:
    """Give the documents (after, through] of stream 64 with their numbers, at most `rows_max`."""
    rows = connection.execute(
        sa.select(document)
        .where(document.c.bucket == MASTER_STREAM, document.c.seq > after, document.c.seq <= through)
        .order_by(document.c.seq)
        .limit(rows_max)
    )
    return tuple((row.seq, _document(row)) for row in rows)


def denials_between(connection: Connection, after: int, through: int, rows_max: int) -> tuple[tuple[int, DenyRow], ...]:
    """Give the rows (after, through] of stream 65 with their numbers, at most `rows_max`."""
    rows = connection.execute(
        sa.select(deny)
        .where(deny.c.bucket == DENY_STREAM, deny.c.seq > after, deny.c.seq <= through)
        .order_by(deny.c.seq)
        .limit(rows_max)
    )
    return tuple((row.seq, DenyRow(kind=row.kind, id=row.id, code=row.code, denied=row.denied)) for row in rows)


def still_needed(connection: Connection, position: int, day: date) -> tuple[Document, ...]:
    """Give, of each document, the version in force the day before and all later ones: what a new terminal needs.

    Of parked sales those that wait now: each is a document of its own, and sold ones are many.
    """
    begun = day - timedelta(days=1)  # somewhere on earth it is still yesterday
    chosen = sa.select(document).where(
        document.c.bucket == MASTER_STREAM,
        document.c.seq <= position,
        document.c.kind != "parked",
    )
    found: dict[tuple[str, str], list[Document]] = {}
    for row in connection.execute(chosen.order_by(document.c.version)):
        versions = found.setdefault((row.kind, row.id), [])
        if row.effective_from is None or row.effective_from <= begun:
            versions.clear()
        versions.append(_document(row))
    return tuple(one for versions in found.values() for one in versions) + _parked(connection, position)


def _parked(connection: Connection, position: int) -> tuple[Document, ...]:
    """Give the parked sales that waited at a position, each in its newest version."""
    waits = _standing(sa.select(document), document.c.seq <= position, document.c.kind == "parked")
    return tuple(_document(row) for row in connection.execute(waits.order_by(document.c.id)))


def denied(connection: Connection) -> tuple[DenyRow, ...]:
    """Give what stands on the deny list now."""
    standing = [row for row in current_denials(connection).values() if row.denied]
    return tuple(DenyRow(kind=row.kind, id=row.id, code=row.code) for row in standing)


def last_change(connection: Connection, position: int, day: date) -> date | None:
    """Give the last day up to a day on which a document known at a position came into force; None for none."""
    found = sa.select(sa.func.max(document.c.effective_from)).where(
        document.c.bucket == MASTER_STREAM, document.c.seq <= position, document.c.effective_from <= day
    )
    return connection.execute(found).scalar_one_or_none()


def in_force(connection: Connection, position: int, day: date) -> tuple[Document, ...]:
    """Give the documents as they were at a position of stream 64, on a day.

    Of one document the highest version that had begun stands; deleted ones are left out.
    """
    chosen = sa.select(document).where(document.c.bucket == MASTER_STREAM, document.c.seq <= position)
    standing: dict[tuple[str, str], Document] = {}
    for row in connection.execute(chosen.order_by(document.c.version)):
        if row.effective_from is None or row.effective_from <= day:
            standing[row.kind, row.id] = _document(row)
    return tuple(one for one in standing.values() if not one.deleted)


def one_in_force(connection: Connection, kind: str, name: str) -> Document | None:
    """Give the newest version of one document; None where there is none or it was deleted."""
    row = connection.execute(
        sa.select(document)
        .where(document.c.bucket == MASTER_STREAM, document.c.kind == kind, document.c.id == name)
        .order_by(document.c.version.desc())
        .limit(1)
    ).one_or_none()
    return _document(row) if row and not row.deleted else None


def newest_position(connection: Connection) -> int:
    """Give the number of the newest document; 0 before the first."""
    newest = sa.select(sa.func.max(document.c.seq)).where(document.c.bucket == MASTER_STREAM)
    return connection.execute(newest).scalar() or 0


_NO: Final = sa.literal(value=False, type_=document.c.deleted.type)


def newest_of(connection: Connection) -> Iterable[tuple[str, str, int]]:
    """Give (kind, id, version) of the newest version of every document, deleted ones too."""
    return [(row.kind, row.id, row.version) for row in connection.execute(sa.select(_newest()))]


def standing_of(connection: Connection) -> Iterable[tuple[str, str, int]]:
    """Give (kind, id, version) of the newest version of every document that is not deleted: what the check sums.

    A terminal that began with a snapshot never had a deleted one; one that missed the deletion has a row too many.
    """
    rows = connection.execute(_standing(sa.select(document.c.kind, document.c.id, document.c.version)))
    return [(row.kind, row.id, row.version) for row in rows]


def _newest(*of: sa.ColumnElement[bool]) -> sa.Subquery:
    """Give the newest version of each document among some."""
    newest = sa.select(document.c.kind, document.c.id, sa.func.max(document.c.version).label("version"))
    return newest.where(document.c.bucket == MASTER_STREAM, *of).group_by(document.c.kind, document.c.id).subquery()


def _standing(chosen: sa.Select[Any], *of: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Choose from the newest versions of documents those that are not deleted."""
    newest = _newest(*of)
    joins = [document.c[name] == newest.c[name] for name in ("kind", "id", "version")]
    return chosen.join(newest, sa.and_(*joins)).where(document.c.bucket == MASTER_STREAM, document.c.deleted == _NO)


def _document(row: sa.Row[Any]) -> Document:
    return Document(
        kind=row.kind,
        id=row.id,
        version=row.version,
        effective_from=row.effective_from,
        deleted=row.deleted,
        body=msgspec.Raw(row.body),
    )
