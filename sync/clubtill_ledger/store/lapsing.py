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

from clubtill_ledger.store.books import expiry_id, lots_text
from clubtill_ledger.store.faults import Stale
from clubtill_ledger.store.streams import take
from clubtill_ledger.store.tables import account_state, entry
from clubtill_rules.members.club import Club
from clubtill_rules.points.entries import EntryKind
from clubtill_rules.points.standing import Standing, Turned, turned

_STANDING: Final = msgspec.json.Decoder(Standing)
_NOTHING: Final[dict[str, Any]] = {
    column.name: None if column.nullable else 0 if isinstance(column.type, sa.Integer | sa.BigInteger) else ""
    for column in entry.c
}


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
    rows: Sequence[Any] = connection.execute(
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
            account_state.c.bucket == bucket,
            account_state.c.club_id == club.id,
            account_state.c.next_expiry < day,
            account_state.c.account_id > after,
        )
        .order_by(account_state.c.account_id)
        .limit(rows_max)
        .with_for_update()
    ).all()
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
    written = connection.execute(
        sa.update(account_state)
        .where(
            account_state.c.bucket == bucket,
            account_state.c.club_id == club.id,
            account_state.c.account_id == sa.bindparam("of"),
            account_state.c.ver == sa.bindparam("was"),
        )
        .values(
            ver=sa.bindparam("becomes"),
            avail_h=sa.bindparam("left_h"),
            next_expiry=sa.bindparam("next"),
            folded_day=sa.bindparam("today"),
            lots=sa.bindparam("standing"),
        ),
        [
            {
                "of": row.account_id,
                "was": row.ver,
                "becomes": row.ver + (one.expired_h > 0),
                "left_h": row.avail_h - one.expired_h,
                "next": one.next_expiry,
                "today": max(day, row.folded_day or day),
                "standing": lots_text(one.standing),
            }
            for row, one in done
        ],
    )
    if written.rowcount != len(done):
        raise Stale
    rows = [_entry(club, row, one, day, now_us) | {"bucket": bucket} for row, one in done if one.expired_h]
    if rows:
        first = take(connection, bucket, len(rows))
        connection.execute(entry.insert(), [made | {"seq": first + n} for n, made in enumerate(rows)])


def _entry(club: Club, row: Any, one: Turned, day: date, now_us: int) -> dict[str, Any]:
    """Write one EXPIRE, dated as the books date theirs."""
    kind, ver = EntryKind.EXPIRE, row.ver + 1
    return _NOTHING | {
        "club_id": club.id,
        "account_id": row.account_id,
        "ver": ver,
        "event_id": expiry_id(kind, club.id, row.account_id, ver),
        "kind": kind.value,
        "amount_h": one.expired_h,
        "eff_us": now_us,
        "day": max(day, row.folded_day or day),
        "settled": True,
        "avail_after": row.avail_h - one.expired_h,
        "reserved_after": row.reserved_h,
        "deficit_after": row.deficit_h,
        "posted_us": now_us,
    }
