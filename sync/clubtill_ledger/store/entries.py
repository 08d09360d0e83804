"""Entries: the immutable rows of the points accounts, read as the rules' own values (I13, I14)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.states import Key, is_named, is_one_of, named, told
from clubtill_ledger.store.tables import entry
from clubtill_rules.points.entries import AwardFor, Entry, EntryKind
from clubtill_rules.values.ids import account_bucket

FIELDS: Final = tuple(Entry.__dataclass_fields__)
_KINDS: Final[Mapping[str, EntryKind]] = {kind.value: kind for kind in EntryKind}
_AWARDS_FOR: Final[Mapping[str, AwardFor | None]] = {"": None, **{why.value: why for why in AwardFor}}


def entries_of_each(connection: Connection, keys: Collection[Key]) -> dict[Key, list[Entry]]:
    """Give the entries of accounts, each in the order in which they were posted."""
    found: dict[Key, list[Entry]] = {key: [] for key in keys}
    for club_id, *values in connection.execute(_ENTRIES_OF_EACH, told(keys)):
        made = _made(values)
        found[club_id, made.account_id].append(made)
    return found


def entries_of(connection: Connection, club_id: str, account_id: str) -> tuple[Entry, ...]:
    """Give the entries of an account in the order in which they were posted."""
    return tuple(entries_of_each(connection, [(club_id, account_id)])[club_id, account_id])


def rows_of(connection: Connection, club_id: str, account_id: str) -> Sequence[sa.Row[Any]]:
    """Give the stored rows of an account's entries, by version."""
    return connection.execute(_ENTRIES, named(account_bucket(club_id, account_id), club_id, account_id)).all()


def entry_of(row: sa.Row[Any]) -> Entry:
    """Read a stored entry."""
    return _made([row._mapping[name] for name in FIELDS])  # noqa: SLF001 - SQLAlchemy's documented way to columns


def _made(values: Sequence[Any]) -> Entry:
    """Make an entry of its fields in their order."""
    fields = dict(zip(FIELDS, values, strict=True))
    return Entry(**fields | {"kind": _KINDS[fields["kind"]], "award_for": _AWARDS_FOR[fields["award_for"]]})


# Built once: building a statement takes longer than running it.
_ENTRIES: Final = sa.select(entry).where(*is_named(entry)).order_by(entry.c.ver)
_ENTRIES_OF_EACH: Final = (
    sa.select(entry.c.club_id, *(entry.c[name] for name in FIELDS))
    .where(is_one_of(entry))
    .order_by(entry.c.bucket, entry.c.club_id, entry.c.account_id, entry.c.ver)
)
