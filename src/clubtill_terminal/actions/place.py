"""Place: read the settings in force for this terminal, as one value that screens and actions hold (D26)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.values.days import local
from clubtill_sync.wire.documents import Layout, Masks, Staff
from clubtill_sync.wire.documents import Terminal as TerminalDocument
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.store import documents


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a terminal stands and what holds there.

    Attributes:
        catalogue: of the club that owns the venue's own members: the first by id. `catalogues` has every club's.
        day: the calendar day it was read for; documents of a later day wait.
        data_at_us: when the cache was last known to be complete; the deny list's own time is `deny_at_us`.
    """

    terminal: TerminalDocument
    catalogue: Catalogue
    catalogues: dict[str, Catalogue]
    layout: Layout | None
    staff: dict[str, Staff] = field(default_factory=dict)
    masks: Masks | None = None
    day: date
    data_at_us: int
    deny_at_us: int

    def catalogue_of(self, club_id: str) -> Catalogue:
        """Give the catalogue for members of a club; the venue's own when the club is not known here."""
        return self.catalogues.get(club_id, self.catalogue)


def read_place(terminal: Terminal) -> Place | None:
    """Read the place from the cache; None until the feed has brought it."""
    with terminal.store.reading.begin() as cache:
        state = documents.feed_state_of(cache)
        today = local(terminal.now_us(), "UTC").date()
        document = documents.terminal(cache, terminal.terminal_id, today)
        if document is None:
            return None
        clubs = documents.catalogues(cache, document.location_id, today)
        if not clubs:
            return None
        own = clubs[min(clubs)]
        today = local(terminal.now_us(), own.venue.zone).date()
        return Place(
            terminal=document,
            catalogue=own,
            catalogues=clubs,
            layout=documents.layout(cache, document.location_id, today),
            staff=documents.staff(cache, today),
            masks=documents.masks(cache, today),
            day=today,
            data_at_us=state.updated_at_us,
            deny_at_us=state.deny_at_us,
        )
