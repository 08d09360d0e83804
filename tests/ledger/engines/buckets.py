"""Watches an engine for transactions that write to two buckets (8.4).

SQLite, which has one writer, posts a batch's events in transactions of many buckets (6.4): one that stores events there
is no break of the rule. Every other transaction, and all of them on PostgreSQL, hold one bucket.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from clubtill_ledger.store.columns import METADATA
from clubtill_ledger.store.engines import Store
from clubtill_ledger.store.tables import raw_event

_NAME = re.compile(r"(in_)?bucket(_\d+)?")
_WRITTEN = re.compile(r"(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)")


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

    def see(self, connection: sa.Connection, _cursor: Any, statement: str, *rest: Any) -> None:
        """Note the buckets of a statement that writes. `rest` is what SQLAlchemy adds: parameters, context, many."""
        parameters, context, many = rest
        compiled = getattr(context, "compiled", None)
        if compiled is None:  # many rows at once go past SQLAlchemy (`writing`), or a test breaks a table by hand
            written = _WRITTEN.match(statement)
            name = written[1] if written else ""
            named = set(_buckets_of(statement, parameters if many else [parameters])) if written else set()
        elif compiled.isinsert or compiled.isupdate or compiled.isdelete:
            name = compiled.statement.table.name
            named = {
                value for told in context.compiled_parameters for name, value in told.items() if _NAME.fullmatch(name)
            }  # fmt: skip
        else:
            return
        if name not in METADATA.tables or "bucket" not in METADATA.tables[name].c:
            return
        seen = connection.info.setdefault("buckets", {})
        if not named:  # a test that breaks a table by hand names none
            return
        self.transactions += not seen
        seen.setdefault(name, set()).update(named)

    def commit(self, connection: sa.Connection) -> None:
        """Judge a transaction that ends."""
        seen: dict[str, set[int]] = connection.info.get("buckets", {})
        batch = connection.dialect.name == "sqlite" and raw_event.name in seen
        if len(set().union(*seen.values())) > 1 and not batch:
            self.broken.append(f"two buckets in one transaction: {seen}")


def _buckets_of(statement: str, rows: Sequence[Any]) -> Iterator[Any]:
    """Give the buckets in the values of a statement as an engine takes it: by name, or in the order of its marks."""
    before, here, _ = statement.partition(".bucket = ?")
    names = statement.partition("(")[2].partition(")")[0].split(", ")
    for told in rows:
        if isinstance(told, Mapping):
            yield from (value for name, value in told.items() if _NAME.fullmatch(name))
        elif here:
            yield told[before.count("?")]
        elif "bucket" in names and told:
            yield told[names.index("bucket")]


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
