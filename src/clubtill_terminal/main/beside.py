"""Beside: what a running terminal does beside its exchange: a snapshot, the end-of-sync check, photos."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from clubtill_desk.lanes import Lane
from clubtill_sync.client import Client
from clubtill_terminal.actions.checking import Checking
from clubtill_terminal.actions.photos import Fetching
from clubtill_terminal.actions.rebuilding import Rebuilding
from clubtill_terminal.actions.terminal import Terminal


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Three chores, each driven by the beats of the exchange."""

    rebuilding: Rebuilding
    checking: Checking
    photos: Fetching

    @property
    def all(self) -> tuple[Rebuilding, Checking, Fetching]:
        """All of them, for whoever beats."""
        return self.rebuilding, self.checking, self.photos


def beside(
    terminal: Terminal,
    *,
    calls: Client,
    downloads: Client,
    writer: Lane,
    reader: Lane,
    network: Lane,
    bulk: Lane,
    replaced: Callable[[], None],
    differs: Callable[[int], None],
) -> Beside:
    """Make the chores. `downloads` is a client of its own, and `bulk` a lane: a chunk must not hold up a look-up.

    `replaced` is told when what is shown should be read again, `differs` of a stream that is not the ledger's.
    """
    return Beside(
        rebuilding=Rebuilding(terminal=terminal, client=downloads, writer=writer, bulk=bulk, replaced=replaced),
        checking=Checking(
            terminal=terminal, client=calls, writer=writer, reader=reader, network=network, differs=differs
        ),
        photos=Fetching(
            terminal=terminal, client=downloads, writer=writer, reader=reader, bulk=bulk, came=lambda _: replaced()
        ),
    )
