"""Statistics: sums of a venue's day over all buckets, and the rows that keep them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.tables import admission, sale, swipe
from clubtill_ledger.store.tables_facts import refund
from clubtill_ledger.store.tables_jobs import statistic
from clubtill_rules.values.ids import device_bucket

FIGURES: Final[tuple[tuple[str, sa.Table, str, str], ...]] = (
    ("sales", sale, "trading_day", ""),
    ("sales_minor", sale, "trading_day", "total_minor"),
    ("award_h", sale, "trading_day", "award_h"),
    ("points_used_h", sale, "trading_day", "points_used_h"),
    ("refunds", refund, "trading_day", ""),
    ("refunds_minor", refund, "trading_day", "total_minor"),
    ("swipes", swipe, "entry_day", ""),
    ("visit_h", swipe, "entry_day", "visit_h"),
    ("admissions", admission, "entry_day", ""),
    ("guests", admission, "entry_day", "guests"),
)
"""Name, facts, which day of them counts, and the column that is summed; none counts the facts."""


def of_day(connection: Connection, venue_id: str, day: date) -> dict[str, int]:
    """Sum the figures of a venue's day."""
    found: dict[str, int] = {}
    for name, table, day_of, column in FIGURES:
        figure: Any = sa.func.coalesce(sa.func.sum(table.c[column]), 0) if column else sa.func.count()
        chosen = sa.select(figure).where(table.c.venue_id == venue_id, table.c[day_of] == day)
        found[name] = int(connection.execute(chosen.select_from(table)).scalar_one())
    return found


def keep(connection: Connection, venue_id: str, day: date, found: Mapping[str, int]) -> None:
    """Keep the figures of a venue's day in place of those that stood."""
    bucket = device_bucket(venue_id)
    mine = (statistic.c.bucket == bucket, statistic.c.venue_id == venue_id, statistic.c.trading_day == day.isoformat())
    connection.execute(sa.delete(statistic).where(*mine))
    same = {"bucket": bucket, "venue_id": venue_id, "trading_day": day.isoformat()}
    connection.execute(statistic.insert(), [same | {"name": name, "amount": found[name]} for name in found])


def read(connection: Connection, venue_id: str, first: date, last: date) -> dict[date, dict[str, int]]:
    """Give the kept figures of a venue's days, both ends included."""
    rows = connection.execute(
        sa.select(statistic.c.trading_day, statistic.c.name, statistic.c.amount).where(
            statistic.c.bucket == device_bucket(venue_id),
            statistic.c.venue_id == venue_id,
            statistic.c.trading_day.between(first.isoformat(), last.isoformat()),
        )
    )
    found: dict[date, dict[str, int]] = {}
    for text, name, amount in rows:
        found.setdefault(date.fromisoformat(text), {})[name] = amount
    return found
