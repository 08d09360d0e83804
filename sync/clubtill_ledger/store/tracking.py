"""Tracking: what accounts have had of limited discounts (R94). SQL sums; the rules decide what is left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.tables_facts import tracking
from clubtill_rules.members.account import DiscountHad
from clubtill_rules.values.ids import account_bucket
from clubtill_rules.values.money import Money

_BY = (
    tracking.c.club_id, tracking.c.account_id, tracking.c.discount_id, tracking.c.holder_id, tracking.c.period
)  # fmt: skip


def of_account(connection: Connection, club_id: str, account_id: str) -> tuple[DiscountHad, ...]:
    """Give what an account has had of each limited discount, in the latest period that it has had it."""
    mine = (tracking.c.club_id == club_id, tracking.c.account_id == account_id)
    rows = connection.execute(_sums(account_bucket(club_id, account_id)).where(*mine))
    return _latest(rows)


def of_bucket(connection: Connection, bucket: int) -> Mapping[tuple[str, str], tuple[DiscountHad, ...]]:
    """Give the same for every account of a bucket that has had any, by (club, account)."""
    found: dict[tuple[str, str], list[sa.Row[Any]]] = {}
    for row in connection.execute(_sums(bucket)):
        found.setdefault((row.club_id, row.account_id), []).append(row)
    return {account: _latest(rows) for account, rows in found.items()}


def _sums(bucket: int) -> sa.Select[Any]:
    return (
        sa.select(
            *_BY,
            sa.func.sum(tracking.c.amount_minor).label("amount_minor"),
            sa.func.sum(tracking.c.times).label("times"),
        )
        .where(tracking.c.bucket == bucket, tracking.c.account_id != "")
        .group_by(*_BY)
        .order_by(*_BY)
    )


def _latest(rows: Iterable[sa.Row[Any]]) -> tuple[DiscountHad, ...]:
    """Keep the latest period of each discount and holder: rows come with their periods in order."""
    found: dict[tuple[str, str], DiscountHad] = {}
    for row in rows:
        found[row.discount_id, row.holder_id] = DiscountHad(
            discount_id=row.discount_id,
            holder_id=row.holder_id,
            period=row.period,
            amount=Money(int(row.amount_minor)),
            times=int(row.times),
        )
    return tuple(found.values())
