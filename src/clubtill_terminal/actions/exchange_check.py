"""Check: prove now and then that the cache is what the ledger has, stream by stream (6.5, I28).

`ask` uses the network alone; `differs` reads the cache on the reader lane, one stream a call, so that no search waits.
What differs is a bug or a damaged file: somebody must know, and that stream alone is fetched anew.
"""

from __future__ import annotations

from clubtill_sync.client import Answer, Client, Outcome
from clubtill_sync.wire.feed import FeedPage, StreamCheck
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.store import checks
from clubtill_terminal.store.documents import FeedState


def ask(client: Client, state: FeedState) -> tuple[Outcome[FeedPage], tuple[StreamCheck, ...]]:
    """Ask the ledger to sum up every stream where the cache stands; nothing while it has news to give first."""
    outcome = client.feed(state.cursor, wait_s=0, check=True)
    if not isinstance(outcome, Answer) or outcome.value.ranges:
        return outcome, ()
    return outcome, outcome.value.checks


def differs(terminal: Terminal, told: StreamCheck) -> bool:
    """Tell whether the cache differs from the ledger in a stream; not while the two stand at different positions."""
    with terminal.store.reading.begin() as cache:
        mine = checks.sum_up(cache, told.stream)
    return mine.through == told.through and mine != told
