"""Recovery: what a file needs when the log or the cache has to begin again. The facts themselves are never dropped."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, bindparam, delete, func, select, text, update

from clubtill_sync.signing import START_OF_CHAIN, chain
from clubtill_terminal.store.device import Device, change_device, read_device
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

ROLLED_BACK: Final = "rolled_back"
"""Why no points are spent: this log begins anew, and what was spent of leases may be among what it lost (6.6)."""

_move = (
    update(outbox)
    .where(outbox.c.event_id == bindparam("the_event"))
    .values(epoch=bindparam("new_epoch"), seq=bindparam("new_seq"), chain=bindparam("new_chain"))
)


def begin_epoch(facts: Connection, *, epoch: int, trouble: str, everything: bool = False) -> int:
    """Begin a new epoch of the log with what was never acknowledged, in its order; give how many events that is.

    Their bytes stay as they are; only their places and the chain are new (6.6). What the ledger has already is
    answered as a duplicate. `everything` takes what was acknowledged along: the ledger lost some of it (I31).
    """
    if everything:
        acked = outbox.c.state.in_(("acked", "held"))
        facts.execute(
            update(outbox).where(outbox.c.epoch < epoch, acked).values(state="queued", stream=None, position=None)
        )
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
    was = read_device(facts)
    if was.epoch < epoch and not was.pull_epoch:
        change_device(facts, pull_epoch=was.epoch, pull_seq=was.acked_seq + 1)
    facts.execute(
        update(device_state)
        .where(device_state.c.id == 1)
        .values(epoch=epoch, next_seq=len(moved) + 1, head_hash=head, acked_seq=0, trouble=trouble)
    )
    return len(moved)


def in_doubt(device: Device) -> bool:
    """Tell whether this log went back, or began anew, and the ledger has not yet said where it goes on."""
    return device.trouble == ROLLED_BACK and not device.pull_epoch


def gather(facts: Connection) -> int:
    """Move what was acknowledged in older epochs to the end of this one's log; give how many events that is (C26).

    For a ledger that was put back to before this epoch. What it has after all is answered as a duplicate.
    """
    device = read_device(facts)
    rows = facts.execute(
        select(outbox.c.event_id, outbox.c.bytes)
        .where(outbox.c.epoch < device.epoch)
        .order_by(outbox.c.epoch, outbox.c.seq)
    ).all()
    head, moved = device.head_hash, []
    for seq, row in enumerate(rows, start=device.next_seq):
        head = chain(head, row.bytes)
        moved.append({"the_event": row.event_id, "new_epoch": device.epoch, "new_seq": seq, "new_chain": head})
    if moved:
        facts.execute(_move, moved)
        facts.execute(
            update(outbox)
            .where(outbox.c.epoch == device.epoch, outbox.c.seq >= device.next_seq, outbox.c.state != "stuck")
            .values(state="queued", stream=None, position=None)
        )
        change_device(facts, next_seq=device.next_seq + len(moved), head_hash=head)
    return len(moved)


def renumber(facts: Connection) -> int:
    """Begin the log anew with everything that is kept: the ledger lacks events that are not kept here any more (C26).

    The ledger gives an epoch at the next hello, which tells of an empty log. Gives how many events that is.
    """
    device = read_device(facts)
    lowest = facts.execute(select(func.min(outbox.c.epoch))).scalar()
    shift = device.epoch - (device.epoch if lowest is None else lowest) + 1
    facts.execute(update(outbox).values(epoch=outbox.c.epoch - shift))
    begin_epoch(facts, epoch=device.epoch, trouble=ROLLED_BACK)
    gather(facts)
    return read_device(facts).next_seq - 1


_of_older_epochs = (
    select(outbox.c.seq)
    .where(outbox.c.epoch < select(device_state.c.epoch).where(device_state.c.id == 1).scalar_subquery())
    .limit(1)
)


def gathered(facts: Connection) -> bool:
    """Tell whether nothing of older epochs stands outside this one's log."""
    return facts.execute(_of_older_epochs).first() is None


def forget_cache(cache: Connection) -> None:
    """Empty the cache within the transaction that fills it anew, when the ledger's own past has changed (6.5)."""
    cache.execute(text("INSERT INTO person_search (person_search) VALUES ('delete-all')"))
    for table in (person, card_token, account, document, deny, cursor, feed_state):
        cache.execute(delete(table))
