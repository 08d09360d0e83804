"""Served: who was served in a span of time, which card was used, who stands twice: lists for managers (C18 to C21)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.tables import admission, personal, sale, swipe
from clubtill_rules.values.ids import account_bucket


def visits_and_sales(
    connection: Connection, club_id: str, account_id: str, person_id: str, *, from_us: int, to_us: int
) -> Sequence[Any]:
    """Give (event id, what, eff_us, device) of sales to a person, and of admissions, in [from_us, to_us)."""
    found: list[sa.Row[Any]] = []
    for table in (sale, admission):
        chosen = sa.select(
            table.c.event_id, sa.literal(table.name).label("what"), table.c.eff_us, table.c.device_id
        ).where(
            table.c.bucket == account_bucket(club_id, account_id),
            table.c.club_id == club_id,
            table.c.person_id == person_id,
            table.c.eff_us >= from_us,
            table.c.eff_us < to_us,
        )
        if table is admission:
            chosen = chosen.where(table.c.outcome != "refuse")
        found.extend(connection.execute(chosen))
    return sorted(found, key=lambda row: (row.eff_us, row.event_id))


def swipes_of_card(connection: Connection, bucket: int, digest: str, from_us: int) -> Sequence[Any]:
    """Give the swipes of a card since an instant."""
    return connection.execute(
        sa.select(swipe.c.event_id, swipe.c.eff_us, swipe.c.device_id, swipe.c.person_id)
        .where(swipe.c.bucket == bucket, swipe.c.card_digest == digest, swipe.c.eff_us >= from_us)
        .order_by(swipe.c.eff_us)
    ).all()


def doubles(connection: Connection, club_id: str) -> Sequence[Any]:
    """Give the persons of a club who share name and date of birth with another one, together, by name."""
    same = (
        sa.select(personal.c.search, personal.c.date_of_birth)
        .where(personal.c.club_id == club_id, personal.c.search != "", personal.c.date_of_birth.is_not(None))
        .group_by(personal.c.search, personal.c.date_of_birth)
        .having(sa.func.count() > 1)
        .subquery()
    )
    return connection.execute(
        sa.select(personal.c.person_id, personal.c.search, personal.c.date_of_birth)
        .join(same, sa.and_(same.c.search == personal.c.search, same.c.date_of_birth == personal.c.date_of_birth))
        .where(personal.c.club_id == club_id)
        .order_by(personal.c.search, personal.c.date_of_birth, personal.c.person_id)
    ).all()
