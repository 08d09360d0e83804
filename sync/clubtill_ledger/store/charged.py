"""Charged: what charge accounts had of a day's allowance, for the cards of their members (R96).

SQL selects the charges of the latest day and the credits that name them; the rules sum.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.tables_facts import account_charge
from clubtill_rules.accounts.allowance import had_last
from clubtill_rules.accounts.book import AccountFact, FactKind
from clubtill_rules.members.account import AllowanceHad
from clubtill_rules.values.ids import account_bucket
from clubtill_rules.values.money import NIL, Money

_OF = ("club_id", "account_id", "charge_account_id")


def of_account(connection: Connection, club_id: str, account_id: str) -> tuple[AllowanceHad, ...]:
    """Give what an account's charge accounts were charged on the latest day of each, by charge account."""
    mine = (account_charge.c.club_id == club_id, account_charge.c.account_id == account_id)
    found = _read(connection, account_bucket(club_id, account_id), mine)
    return found.get((club_id, account_id), ())


def of_bucket(
    connection: Connection, bucket: int, club_ids: Collection[str]
) -> Mapping[tuple[str, str], tuple[AllowanceHad, ...]]:
    """Give the same for every account of some clubs in a bucket that has any, by (club, account)."""
    if not club_ids:
        return {}
    return _read(connection, bucket, (account_charge.c.club_id.in_(club_ids), account_charge.c.account_id != ""))


def _read(
    connection: Connection, bucket: int, mine: Sequence[sa.ColumnElement[bool]]
) -> dict[tuple[str, str], tuple[AllowanceHad, ...]]:
    here = (account_charge.c.bucket == bucket, *mine)
    by = [account_charge.c[name] for name in _OF]
    latest = (
        sa.select(*by, sa.func.max(account_charge.c.trading_day).label("day"))
        .where(*here, account_charge.c.kind == FactKind.CHARGE.value)
        .group_by(*by)
        .subquery()
    )
    same = sa.and_(*(account_charge.c[name] == latest.c[name] for name in _OF))
    charges = connection.execute(
        sa.select(account_charge)
        .join(latest, sa.and_(same, account_charge.c.trading_day == latest.c.day))
        .where(*here, account_charge.c.kind == FactKind.CHARGE.value)
    ).all()
    if not charges:
        return {}
    credited = account_charge.c.names.in_({row.event_id for row in charges})
    credits_ = connection.execute(
        sa.select(account_charge).where(*here, account_charge.c.kind == FactKind.CREDIT.value, credited)
    ).all()
    return _told([*charges, *credits_])


def _told(rows: Sequence[sa.Row[Any]]) -> dict[tuple[str, str], tuple[AllowanceHad, ...]]:
    def whose(row: sa.Row[Any]) -> tuple[str, str, str]:
        return row.club_id, row.account_id, row.charge_account_id

    found: dict[tuple[str, str], tuple[AllowanceHad, ...]] = {}
    for (club_id, account_id, charge_account_id), mine in groupby(sorted(rows, key=whose), key=whose):
        had = had_last(charge_account_id, _facts(mine))
        if had is not None:
            found[club_id, account_id] = (*found.get((club_id, account_id), ()), had)
    return found


def _facts(rows: Iterable[sa.Row[Any]]) -> list[AccountFact]:
    """Give a fact an event and kind: a sale may charge an account twice, a refund may credit and charge it."""
    found: dict[tuple[str, str], AccountFact] = {}
    for row in rows:
        before = found.get((row.event_id, row.kind))
        amount = Money(row.amount_minor) + (before.amount if before else NIL)
        found[row.event_id, row.kind] = AccountFact(
            event_id=row.event_id if row.kind == FactKind.CHARGE.value else f"{row.event_id}:{row.kind}",
            kind=FactKind(row.kind), at_us=row.eff_us, day=row.trading_day, venue_id=row.venue_id,
            reference=row.reference, amount=amount, names=row.names,
        )  # fmt: skip
    return list(found.values())
