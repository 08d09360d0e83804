"""Door history: the last cards at this door and how many were let in here on this entry day (U90, U91).

Runs on the reader lane. The count follows what staff did, never the swipe (R52).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from clubtill_rules.values.days import entry_day
from clubtill_terminal.actions.place import Place
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.store import swipes
from clubtill_terminal.store.swipes import KeptSwipe

ROWS_MAX: Final = 10

Scan: TypeAlias = KeptSwipe
"""A row of the history, for whoever shows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The last swipes, newest first, and how many came in through this door on this entry day, guests included."""

    rows: tuple[Scan, ...] = ()
    let_in: int = 0


def history(terminal: Terminal, place: Place) -> History:
    """Read the last ten swipes at this terminal, and its count of today."""
    day = entry_day(terminal.now_us(), place.catalogue.venue.clock)
    with terminal.store.reading_facts.begin() as facts:
        return History(rows=swipes.last_swipes(facts, ROWS_MAX), let_in=swipes.inside(facts, day))
