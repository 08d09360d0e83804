"""Facts: what happened, spelled out for reports, refunds and money. Rebuilt from the exact bytes at will (I15)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store import tables_facts as more
from clubtill_ledger.store import writing
from clubtill_ledger.store.tables import admission, natural, posting, sale, sale_line, swipe, tender
from clubtill_ledger.store.tables_budgets import budget_spend

TABLES: Final[Mapping[str, sa.Table]] = {
    one.name: one
    for one in (
        sale,
        sale_line,
        tender,
        posting,
        swipe,
        admission,
        more.refund,
        more.refund_line,
        more.fee,
        more.tracking,
        more.account_charge,
        more.gift_card,
        more.voucher_use,
        more.campaign_entry,
        more.guest_entry,
        more.head_count,
        more.shift,
        more.shift_count,
        more.shift_medium,
        budget_spend,
    )
}
"""The tables of facts by name: each can be made again from the exact bytes (I15)."""


def keep(connection: Connection, rows: Mapping[str, Sequence[dict[str, Any]]]) -> None:
    """Write facts, by table. A value that a table has no column for is left out, one that is not told is blank."""
    for name, many in rows.items():
        if many:
            writing.insert(connection, TABLES[name], many)


def whole(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Give a row of a table with every column, blank where nothing is told: versions of an event tell more or less."""
    return {column: row.get(column, blank) for column, blank in _BLANKS[name].items()}


_BLANKS: Final[Mapping[str, Mapping[str, Any]]] = {
    name: {column.name: writing.blank(column) for column in table.c} for name, table in TABLES.items()
}


def standing(connection: Connection, bucket: int, natural_key: str) -> sa.Row[Any] | None:
    """Give the award that stands for a natural key (R48, R50)."""
    return connection.execute(
        sa.select(natural).where(natural.c.bucket == bucket, natural.c.natural_key == natural_key)
    ).one_or_none()


def let_stand(connection: Connection, row: dict[str, Any], *, instead: bool) -> None:
    """Let an award stand for its natural key, in place of another one or as the first."""
    if instead:
        connection.execute(
            sa.update(natural)
            .where(natural.c.bucket == row["bucket"], natural.c.natural_key == row["natural_key"])
            .values(**row)
        )
    else:
        connection.execute(natural.insert(), row)
