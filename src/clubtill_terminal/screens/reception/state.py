"""State: everything Reception's screens show, as one frozen value. The views derive their snapshots from it, purely."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from clubtill_rules.door.admission import Verdict
from clubtill_terminal.actions.check_in import CheckedIn
from clubtill_terminal.actions.door_history import History
from clubtill_terminal.actions.find_member import FoundMember
from clubtill_terminal.actions.link import Broken, Queue
from clubtill_terminal.actions.place import Place
from clubtill_wording.speech import Sentence


class Page(Enum):
    """What stands in the work area."""

    DOOR = "door"
    SEARCH = "search"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A sentence on the screen with the act that its button does; `act` blank is none. It blocks nothing."""

    sentence: Sentence
    act: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Reception.

    Attributes:
        checked: whom the screen is about; None while it waits for a card.
        reopened: `checked` was opened from the history: it does not clear, and the public side shows nothing of it.
        shown_at_us: since when `checked` is shown.
        cards: how many have been shown, so that each one is announced.
        recent: the swipes that can be opened again, newest first.
        guests: counted for the next card or the act to come.
        note_open: the note of a ban was asked for.
        busy: a card or an act is being written.
        query_text, found: the member search and what it found.
        broken, offline_since_us: the connection (U57, U58).
    """

    place: Place
    now_us: int
    page: Page = Page.DOOR
    checked: CheckedIn | None = None
    reopened: bool = False
    shown_at_us: int = 0
    cards: int = 0
    recent: tuple[CheckedIn, ...] = ()
    history: History = field(default_factory=History)
    guests: int = 0
    note_open: bool = False
    busy: bool = False
    query_text: str = ""
    found: tuple[FoundMember, ...] = ()
    notice: Notice | None = None
    online: bool = True
    broken: Broken = Broken.NOTHING
    offline_since_us: int = 0
    queue: Queue = field(default_factory=Queue)
    just_sent: bool = False
    staff_id: str = ""

    @property
    def staff_name(self) -> str:
        """The short name of who is signed in, blank for nobody."""
        found = self.place.staff.get(self.staff_id)
        return found.short_name if found else ""

    @property
    def clears_in_s(self) -> int | None:
        """Seconds until a WELCOME clears, rounded up; None for what stays until somebody acts (U82)."""
        checked = self.checked
        if checked is None or self.reopened or checked.check.verdict is not Verdict.WELCOME:
            return None
        left_us = self.shown_at_us + self.place.catalogue.venue.welcome_clears_s * 1_000_000 - self.now_us
        return max(0, -(-left_us // 1_000_000))

    @property
    def must_act(self) -> bool:
        """A CHECK or STOP about somebody stays until staff act; a card nobody has may give way (U82)."""
        checked = self.checked
        return (
            checked is not None
            and not self.reopened
            and checked.member is not None
            and checked.check.verdict is not Verdict.WELCOME
            and checked.outcome is None
        )
