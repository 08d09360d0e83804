"""The rows that batches left in all tables of a ledger, and a bare insert of the same rows: the baseline of ingest."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter_ns
from typing import Any

import sqlalchemy as sa

from clubtill_ledger.store.columns import METADATA
from clubtill_ledger.store.engines import Store
from tests.bench.figures import since_us

NAMED = ("event_id", "account_id", "device_id", "natural_key", "lease_id", "sale_id")
"""Columns whose text is another in the copy, so that no key meets the original's."""
FAR = 10**12


Rows = list[tuple[sa.Table, list[dict[str, Any]]]]


def left_by(store: Store, event_ids: Sequence[str], account_ids: Sequence[str]) -> Rows:
    """Read every row that events left: facts, slots, bytes, entries, and the states of their accounts."""
    found: Rows = []
    with store.reader.begin() as connection:
        for table in METADATA.sorted_tables:
            if "event_id" in table.c:
                chosen = table.c.event_id.in_(event_ids)
            elif table.name == "account_state":
                chosen = table.c.account_id.in_(account_ids)
            else:
                continue
            rows = [dict(row._mapping) for row in connection.execute(sa.select(table).where(chosen))]
            if rows:
                found.append((table, rows))
    return found


def insert_bare(store: Store, rows: Rows, turn: int) -> float:
    """Insert copies of rows in one transaction, many at a time, and give how many seconds that took."""
    copies = [(table, [_copy(row, turn) for row in many]) for table, many in rows]
    start_ns = perf_counter_ns()
    with store.writer.begin() as connection:
        for table, many in copies:
            connection.execute(table.insert(), many)
    return since_us(start_ns) / 1e6


def _copy(row: dict[str, Any], turn: int) -> dict[str, Any]:
    made = {name: f"{turn}~{value}" if name in NAMED and value else value for name, value in row.items()}
    if "leg" in made and "seq" in made:
        made["seq"] += FAR * (turn + 1)
    return made
