"""Link: what the terminal knows of its connection and its queue, as one value for chip, bar and panel (U57-U68)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.store import documents, outbox, reserve
from clubtill_terminal.store.device import read_device
from clubtill_terminal.store.outbox import Waiting

WaitingEvent: TypeAlias = Waiting
"""A row of the queue, for whoever shows it."""


class Broken(Enum):
    """Which link is broken, if any (U58)."""

    NOTHING = "nothing"
    TILL = "till"
    SERVICE = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What waits to be sent. `since_us` is the oldest one's time; `rows` are the oldest and those that need attention.

    `data_at_us` is when the cache last knew everything, `contact_us` when the ledger last answered. `disk_low`: there
    is so little room that no new sale may begin (C28).
    """

    count: int = 0
    since_us: int | None = None
    rows: tuple[Waiting, ...] = ()
    attention: int = 0
    data_at_us: int = 0
    deny_at_us: int = 0
    contact_us: int = 0
    trouble: str = ""
    disk_low: bool = False


def read_queue(terminal: Terminal, rows_max: int = 20) -> Queue:
    """Read what waits."""
    with terminal.store.reading.begin() as cache:
        state = documents.feed_state_of(cache)
    with terminal.store.reading_facts.begin() as facts:
        count, since_us, rows = outbox.waiting(facts, rows_max)
        attention = outbox.attention(facts)
        device = read_device(facts)
    return Queue(
        count=count,
        since_us=since_us,
        rows=rows,
        attention=attention,
        data_at_us=state.updated_at_us,
        deny_at_us=state.deny_at_us,
        contact_us=device.last_contact_us,
        trouble=device.trouble,
        disk_low=reserve.tend(terminal.store.folder),
    )
