"""Settings: documents read as the rules' own classes, and the catalogue in force at a location on a day (D26, D30)."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import msgspec
from sqlalchemy.engine import Connection

from clubtill_ledger.store import documents, streams
from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club
from clubtill_rules.members.venue import Location, Venue
from clubtill_rules.values.days import local
from clubtill_rules.values.ids import MASTER_STREAM
from clubtill_sync.wire.documents import CATALOGUE, KINDS, Terminal

KEPT_MAX: Final = 8
DAYS_MAX: Final = 4096
DIGITS_MAX: Final = 15
PLACES_MAX: Final = 1024
"""An event may name any place; so many catalogues are kept, known or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All documents as they stood at a position of stream 64, on a day. `by_kind` is kind -> id -> value."""

    position: int
    by_kind: dict[str, dict[str, Any]] = field(default_factory=dict)
    _assembled: dict[tuple[str, str], Catalogue | None] = field(default_factory=dict, compare=False, repr=False)

    def club(self, club_id: str) -> Club | None:
        """Give a club's settings."""
        return self._of("club").get(club_id)

    def clubs(self) -> dict[str, Club]:
        """Give the settings of all clubs, by id."""
        return self._of("club")

    def venue(self, venue_id: str) -> Venue | None:
        """Give a venue's settings."""
        return self._of("venue").get(venue_id)

    def location(self, location_id: str) -> Location | None:
        """Give a location's settings."""
        return self._of("location").get(location_id)

    def terminal(self, terminal_id: str) -> Terminal | None:
        """Give a terminal's place."""
        return self._of("terminal").get(terminal_id)

    def classification(self, club_id: str, number: int | None) -> Classification | None:
        """Give a classification of a club."""
        return next(
            (one for one in self._of("classification").values() if (one.club_id, one.number) == (club_id, number)), None
        )

    def classifications(self, club_id: str) -> dict[int, Classification]:
        """Give the classifications of a club, by number."""
        return {one.number: one for one in self._of("classification").values() if one.club_id == club_id}

    def gives_allowances(self, club_id: str) -> bool:
        """Tell whether any classification of a club has an allowance (R96)."""
        return any(one.allowance is not None for one in self.classifications(club_id).values())

    def venue_of_terminal(self, terminal_id: str) -> Venue | None:
        """Give the venue in which a terminal stands."""
        terminal = self.terminal(terminal_id)
        location = self.location(terminal.location_id) if terminal else None
        return self.venue(location.venue_id) if location else None

    def catalogue(self, club_id: str, location_id: str) -> Catalogue | None:
        """Give the catalogue of a club at a location, assembled once; None where a part of it is not known here."""
        key = (club_id, location_id)
        if key not in self._assembled:
            if len(self._assembled) >= PLACES_MAX:
                self._assembled.clear()
            self._assembled[key] = self._assemble(club_id, location_id)
        return self._assembled[key]

    def _assemble(self, club_id: str, location_id: str) -> Catalogue | None:
        club, location = self.club(club_id), self.location(location_id)
        venue = self.venue(location.venue_id) if location else None
        if club is None or location is None or venue is None:
            return None
        return Catalogue(
            club=club,
            venue=venue,
            location=location,
            classifications=self.classifications(club_id),
            families=self._of("family"),
            categories=self._of("category"),
            products=self._of("product"),
            tax_codes=self._of("tax_code"),
            media=self._of("media"),
            version=f"m{self.position}",
            **{name: tuple(value for _, value in sorted(self._of(kind).items())) for kind, name in CATALOGUE.items()},
        )

    def _of(self, kind: str) -> dict[str, Any]:
        return self.by_kind.get(kind, {})


class SettingsShelf:
    """Keeps the last few settings that were read. Documents never change, so what is kept never grows old."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, date | None], Settings] = OrderedDict()
        self._begun: dict[tuple[int, date], date | None] = {}
        self._lock = threading.Lock()

    def now(self, connection: Connection, now_us: int) -> Settings:
        """Give the settings of today, by the date in UTC: for what does not hang on the hour at which they change."""
        return self.at(connection, None, utc_day(now_us))

    def at(self, connection: Connection, position: int | None, day: date, *, head: int | None = None) -> Settings:
        """Give the settings in force on a day, as they were known at a position of stream 64; None is all there is.

        `head` is that of the stream where the caller has read it.
        """
        head = streams.head(connection, MASTER_STREAM) if head is None else head
        wanted = head if position is None else min(position, head)
        since = self._since(connection, wanted, day)
        with self._lock:
            kept = self._kept.get((wanted, since))
            if kept is not None:
                self._kept.move_to_end((wanted, since))
                return kept
        made = read(connection, wanted, day)
        with self._lock:
            self._kept[wanted, since] = made
            while len(self._kept) > KEPT_MAX:
                self._kept.popitem(last=False)
        return made

    def _since(self, connection: Connection, position: int, day: date) -> date | None:
        """Give the day on which the settings of a day came into force: days between two changes share what is kept."""
        with self._lock:
            if (position, day) in self._begun:
                return self._begun[position, day]
        since = documents.last_change(connection, position, day)
        with self._lock:
            if len(self._begun) >= DAYS_MAX:
                self._begun.clear()
            self._begun[position, day] = since
        return since


def utc_day(at_us: int) -> date:
    """Give the date of an instant in UTC."""
    return local(at_us, "UTC").date()


def read(connection: Connection, position: int, day: date) -> Settings:
    """Read all documents in force. A kind that this program does not know is left out."""
    by_kind: dict[str, dict[str, Any]] = {}
    for one in documents.in_force(connection, position, day):
        if one.kind in KINDS:
            by_kind.setdefault(one.kind, {})[one.id] = msgspec.json.decode(one.body, type=KINDS[one.kind])
    return Settings(position=position, by_kind=by_kind)


def position_of(settings_version: str) -> int | None:
    """Read an event's settings version, such as m17: the position of stream 64 at its terminal; None if unknown."""
    digits = settings_version.removeprefix("m")
    known = settings_version.startswith("m") and digits.isascii() and digits.isdigit() and len(digits) <= DIGITS_MAX
    return int(digits) if known else None
