"""Recovery: what a file needs when the log or the cache has to begin again. The facts themselves are never dropped."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, select, text, update

from clubtill_sync.signing import START_OF_CHAIN, chain
from clubtill_terminal.store.tables import (
    account,
    card_token,
    cursor,
    deny,
    device_state,
    document,
    feed_state,
    outbox,
    person,
)

_move = (
    update(outbox)
    .where(outbox.c.event_id == bindparam("the_event"))
    .values(epoch=bindparam("new_epoch"), seq=bindparam("new_seq"), chain=bindparam("new_chain"))
)


def begin_epoch(facts: Connection, *, epoch: int, trouble: str) -> int:
    """Begin a new epoch of the log with what was never acknowledged, in its order; give how many events that is.

    Their bytes stay as they are; only their places and the chain are new (6.6). What the ledger has already is
    answered as a duplicate.
    """
    rows = facts.execute(
        select(outbox.c.event_id, outbox.c.bytes)
        .where(outbox.c.epoch < epoch, outbox.c.state.in_(("queued", "stuck")))
        .order_by(outbox.c.epoch, outbox.c.seq)
    ).all()
    head, moved = START_OF_CHAIN, []
    for seq, row in enumerate(rows, start=1):
        head = chain(head, row.bytes)
        moved.append({"the_event": row.event_id, "new_epoch": epoch, "new_seq": seq, "new_chain": head})
    if moved:
        facts.execute(_move, moved)
    facts.execute(
        update(device_state)
        .where(device_state.c.id == 1)
        .values(epoch=epoch, next_seq=len(moved) + 1, head_hash=head, acked_seq=0, trouble=trouble)
    )
    return len(moved)


def forget_cache(cache: Connection) -> None:
    """Empty the cache within the transaction that fills it anew, when the ledger's own past has changed (6.5)."""
    cache.execute(text("INSERT INTO person_search (person_search) VALUES ('delete-all')"))
    for table in (person, card_token, account, document, deny, cursor, feed_state):
        cache.execute(delete(table))
