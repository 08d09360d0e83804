"""Lapsing: the end of a day for many accounts at once: lots past their last usable day are posted as expired (R34).

What ends next stands beside each balance (`clubtill_rules.points.standing`), so no entry is read. Where only a fold can
tell, because points are set aside, the account is named and left to the books. Few statements, however many accounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store import batches
from clubtill_ledger.store.books import expiry_id, lots_text
from clubtill_ledger.store.faults import Stale
from clubtill_ledger.store.streams import take
from clubtill_ledger.store.tables import account_state, entry
from clubtill_rules.members.club import Club
from clubtill_rules.points.entries import EntryKind
from clubtill_rules.points.standing import Standing, Turned, turned

_STANDING: Final = msgspec.json.Decoder(Standing)
_DUE: Final = (
    sa.select(
        account_state.c.account_id,
        account_state.c.ver,
        account_state.c.avail_h,
        account_state.c.reserved_h,
        account_state.c.deficit_h,
        account_state.c.folded_day,
        account_state.c.lots,
    )
    .where(
        account_state.c.bucket == sa.bindparam("of"),
        account_state.c.club_id == sa.bindparam("club"),
        account_state.c.next_expiry < sa.bindparam("today"),
        account_state.c.account_id > sa.bindparam("after"),
    )
    .order_by(account_state.c.account_id)
    .limit(sa.bindparam("rows_max"))
    .with_for_update()
)
_DIFFER: Final = frozenset({"seq", "account_id", "ver", "event_id", "amount_h", "day", "avail_after", "deficit_after"})
_SAME: Final[dict[str, Any]] = {
    column.name: None if column.nullable else 0 if isinstance(column.type, sa.Integer | sa.BigInteger) else ""
    for column in entry.c
    if column.name not in _DIFFER
} | {"kind": EntryKind.EXPIRE.value, "settled": True}
"""What every EXPIRE has in common: nothing is reserved where no fold is needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapsed:
    """What a chunk did.

    Attributes:
        posted: accounts that got an EXPIRE.
        to_fold: accounts of which only a fold can tell.
        last: the last account looked at; blank when no more are due.
    """

    posted: int
    to_fold: tuple[str, ...]
    last: str


def lapse(
    connection: Connection, club: Club, bucket: int, *, after: str, day: date, now_us: int, rows_max: int
) -> Lapsed:
    """Post the expiry of due accounts of a club in a bucket, by account id from `after` on; `day` is the club's.

    Raises Stale if another transaction wrote one of them meanwhile.
    """
    told = {"of": bucket, "club": club.id, "today": day, "after": after, "rows_max": rows_max}
    rows: Sequence[Any] = connection.execute(_DUE, told).all()
    found = [(row, _turned(row, day)) for row in rows]
    done = [(row, one) for row, one in found if one is not None]
    if done:
        _write(connection, club, bucket, done, day=day, now_us=now_us)
    return Lapsed(
        posted=sum(one.expired_h > 0 for _, one in done),
        to_fold=tuple(row.account_id for row, one in found if one is None),
        last=rows[-1].account_id if len(rows) == rows_max else "",
    )


def _turned(row: Any, day: date) -> Turned | None:
    if not row.lots:
        return None
    return turned(_STANDING.decode(row.lots), max(day, row.folded_day or day), reserved_h=row.reserved_h)


def _write(
    connection: Connection,
    club: Club,
    bucket: int,
    done: Sequence[tuple[Any, Turned]],
    *,
    day: date,
    now_us: int,
) -> None:
    """Write states, then the numbered entries, the head row last (6.4)."""
    states = [
        {
            "account_id": row.account_id,
            "was_ver": row.ver,
            "ver": row.ver + (one.expired_h > 0),
            "avail_h": row.avail_h - one.expired_h,
            "next_expiry": one.next_expiry,
            "folded_day": max(day, row.folded_day or day),
            "lots": lots_text(one.standing),
        }
        for row, one in done
    ]
    same = {"bucket": bucket, "club_id": club.id}
    if batches.update(connection, account_state, states, same, ["account_id"]) != len(done):
        raise Stale
    made = [_entry(club, row, one, day) for row, one in done if one.expired_h]
    if made:
        first = take(connection, bucket, len(made))
        rows = [one | {"seq": first + n} for n, one in enumerate(made)]
        batches.insert(connection, entry, rows, _SAME | same | {"eff_us": now_us, "posted_us": now_us})


def _entry(club: Club, row: Any, one: Turned, day: date) -> dict[str, Any]:
    """Write what differs of one EXPIRE, dated as the books date theirs."""
    ver = row.ver + 1
    return {
        "account_id": row.account_id,
        "ver": ver,
        "event_id": expiry_id(EntryKind.EXPIRE, club.id, row.account_id, ver),
        "amount_h": one.expired_h,
        "day": max(day, row.folded_day or day),
        "avail_after": row.avail_h - one.expired_h,
        "deficit_after": row.deficit_h,
    }
