"""Own events: finds this device's own events again by their account, their label or their id, as the bytes they are.

A sale of this till can be refunded here, and a fee taken here counts here, before any feed brings them.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select

from clubtill_terminal.store.tables import outbox


def not_absorbed(facts: Connection, account_id: str, *, position: int, kinds: Sequence[str]) -> tuple[bytes, ...]:
    """Give an account's events that its card from the ledger does not know yet, in the order of the log (6.5)."""
    told = {"the_account": account_id, "the_kinds": list(kinds), "the_position": position}
    return tuple(facts.execute(_not_absorbed, told).scalars())


_not_absorbed = (
    select(outbox.c.bytes)
    .where(
        outbox.c.account_id == bindparam("the_account"),
        outbox.c.kind.in_(bindparam("the_kinds", expanding=True)),
        (outbox.c.state != "acked") | (outbox.c.position > bindparam("the_position")),
    )
    .order_by(outbox.c.epoch, outbox.c.seq)
)


def labelled(facts: Connection, label: str, *, kinds: Sequence[str]) -> tuple[bytes, ...]:
    """Give the events with a label, such as a sale's number, in the order of the log."""
    rows = facts.execute(
        select(outbox.c.bytes)
        .where(outbox.c.kind.in_(kinds), outbox.c.label == label)
        .order_by(outbox.c.epoch, outbox.c.seq)
    )
    return tuple(rows.scalars())


def by_id(facts: Connection, event_id: str) -> bytes | None:
    """Give the bytes of an event by its id; None for one that was not made here, or is too old to be kept (I7)."""
    return facts.execute(select(outbox.c.bytes).where(outbox.c.event_id == event_id)).scalar_one_or_none()
