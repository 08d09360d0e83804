"""Spending: what members spent, summed by SQL, without those whom their tier's bounds let stay (3.2, D32, R57).

The amount of each line was given by the rules when its event was posted; here it is only added. The bounds come from
the rules too. One statement over all buckets: sales, lines and members of a person share theirs, so that it is the same
on every part of a split database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.tables import member, personal, sale, sale_line
from clubtill_ledger.store.tables_facts import refund, refund_line

PERSONS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Spender:
    """A member with what was spent, in minor units; below nil where more was given back."""

    bucket: int
    person_id: str
    account_id: str
    number: str
    classification: int
    changed_on: date | None
    spend_minor: int


def outside(
    connection: Connection,
    club_id: str,
    *,
    days: tuple[date, date],
    products: Collection[str] | None,
    bounds: Mapping[int, tuple[int, int]],
) -> tuple[Spender, ...]:
    """Give the members whose spend lies outside the bounds of their classification, both ends inside.

    Args:
        connection: a reading one.
        club_id: of the members.
        days: the first and the last trading day, both included.
        products: ids that count; None counts all.
        bounds: by classification number, in minor units; members of others are left out.
    """
    if not bounds:
        return ()
    bought = _sums((sale, sale_line), club_id, days, products).subquery("bought")
    back = _sums((refund, refund_line), club_id, days, products).subquery("back")
    spent = sa.func.coalesce(bought.c.spent, 0) + sa.func.coalesce(back.c.spent, 0)
    beyond = [
        sa.and_(member.c.classification == number, sa.or_(spent < least, spent > most))
        for number, (least, most) in bounds.items()
    ]
    joined = member
    for sums in (bought, back):
        mine = (sums.c.bucket == member.c.bucket, sums.c.person_id == member.c.person_id)
        joined = joined.outerjoin(sums, sa.and_(*mine))  # type: ignore[assignment]
    columns = [member.c[name] for name in ("bucket", "person_id", "account_id", "number", "classification")]
    rows: Iterable[Any] = connection.execute(
        sa.select(*columns, member.c.tier_changed_on, sa.cast(spent, sa.BigInteger))
        .select_from(joined)
        .where(member.c.club_id == club_id, sa.or_(*beyond))
    )
    return tuple(
        Spender(
            bucket=bucket,
            person_id=person_id,
            account_id=account_id,
            number=number,
            classification=classification,
            changed_on=changed_on,
            spend_minor=int(minor),
        )
        for bucket, person_id, account_id, number, classification, changed_on, minor in rows
    )


def _sums(
    tables: tuple[sa.Table, sa.Table], club_id: str, days: tuple[date, date], products: Collection[str] | None
) -> sa.Select[tuple[int, str, int]]:
    head, line = tables
    where = [head.c.club_id == club_id, head.c.trading_day.between(*days), head.c.person_id != ""]
    if products is not None:
        where.append(line.c.product_id.in_(sorted(products)))
    return (
        sa.select(head.c.bucket, head.c.person_id, sa.func.sum(line.c.spend_minor).label("spent"))
        .select_from(head)
        .join(line, sa.and_(line.c.bucket == head.c.bucket, line.c.event_id == head.c.event_id))
        .where(*where)
        .group_by(head.c.bucket, head.c.person_id)
    )


def names(connection: Connection, club_id: str, persons: Mapping[int, Collection[str]]) -> dict[str, str]:
    """Give the names of persons, by bucket and id. Erased ones have none."""
    found: dict[str, str] = {}
    for bucket, ids in persons.items():
        ordered = sorted(ids)
        for start in range(0, len(ordered), PERSONS_AT_ONCE):
            rows = connection.execute(
                sa.select(personal.c.person_id, personal.c.first_name, personal.c.last_name).where(
                    personal.c.bucket == bucket,
                    personal.c.club_id == club_id,
                    personal.c.person_id.in_(ordered[start : start + PERSONS_AT_ONCE]),
                )
            )
            found |= {person_id: f"{first} {last}".strip() for person_id, first, last in rows}
    return found
