"""Watches an engine for transactions that write to two buckets (8.4).

SQLite, which has one writer, posts a batch's events in transactions of many buckets (6.4): one that stores events there
is no break of the rule. Every other transaction, and all of them on PostgreSQL, hold one bucket.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from clubtill_ledger.store.columns import METADATA
from clubtill_ledger.store.engines import Store
from clubtill_ledger.store.tables import raw_event

_NAME = re.compile(r"(in_)?bucket(_\d+)?")


class Watch:
    """What was seen so far.

    Attributes:
        transactions: how many wrote something.
        broken: for each transaction that wrote to two buckets, what it did.
    """

    def __init__(self) -> None:
        self.transactions = 0
        self.broken: list[str] = []

    def begin(self, connection: sa.Connection) -> None:
        """Begin a transaction."""
        connection.info["buckets"] = {}

    def see(self, connection: sa.Connection, _cursor: Any, _statement: str, *rest: Any) -> None:
        """Note the buckets of a statement that writes. `rest` is what SQLAlchemy adds: parameters, context, many."""
        context = rest[1]
        compiled = getattr(context, "compiled", None)
        if compiled is None or not (compiled.isinsert or compiled.isupdate or compiled.isdelete):
            return
        table = compiled.statement.table
        if table.name not in METADATA.tables or "bucket" not in table.c:
            return
        named = {
            value for told in context.compiled_parameters for name, value in told.items() if _NAME.fullmatch(name)
        }  # fmt: skip
        seen = connection.info.setdefault("buckets", {})
        if not named:  # a test that breaks a table by hand names none
            return
        self.transactions += not seen
        seen.setdefault(table.name, set()).update(named)

    def commit(self, connection: sa.Connection) -> None:
        """Judge a transaction that ends."""
        seen: dict[str, set[int]] = connection.info.get("buckets", {})
        batch = connection.dialect.name == "sqlite" and raw_event.name in seen
        if len(set().union(*seen.values())) > 1 and not batch:
            self.broken.append(f"two buckets in one transaction: {seen}")


@contextmanager
def watched(store: Store) -> Iterator[Watch]:
    """Watch a store's writing transactions."""
    watch = Watch()
    listeners = (("begin", watch.begin), ("before_cursor_execute", watch.see), ("commit", watch.commit))
    for name, listener in listeners:
        sa.event.listen(store.writer, name, listener)
    try:
        yield watch
    finally:
        for name, listener in listeners:
            sa.event.remove(store.writer, name, listener)
