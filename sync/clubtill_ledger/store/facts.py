"""Facts: sales, swipes and admissions spelled out for reports. They can be rebuilt from the exact bytes (I15)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.tables import admission, natural, posting, sale, sale_line, swipe, tender

_TABLES: Final[Mapping[str, sa.Table]] = {
    "sale": sale,
    "sale_line": sale_line,
    "tender": tender,
    "posting": posting,
    "swipe": swipe,
    "admission": admission,
}


def keep(connection: Connection, rows: Mapping[str, Sequence[dict[str, Any]]]) -> None:
    """Write facts, by table. Values that a table has no column for are left out."""
    for name, many in rows.items():
        columns = _TABLES[name].c
        if many:
            connection.execute(
                _TABLES[name].insert(), [{key: row[key] for key in row if key in columns} for row in many]
            )


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
