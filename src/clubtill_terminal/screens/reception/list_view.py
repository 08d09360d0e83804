"""List view: the last ten cards at this door (U90), and the members found by search, as rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Property, QObject, Signal, Slot

from clubtill_rules.door.admission import Verdict
from clubtill_terminal.screens.reception.door import Door
from clubtill_terminal.screens.reception.state import Page, State
from clubtill_terminal.screens.shown import Rows, View
from clubtill_wording.speech import Speech

_STATUS: Final = {Verdict.WELCOME.value: "ok", Verdict.CHECK.value: "warn", Verdict.STOP.value: "denied"}
_WORD: Final = {
    Verdict.WELCOME.value: "door.welcome",
    Verdict.CHECK.value: "door.check",
    Verdict.STOP.value: "door.stop",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRow:
    """A swipe of the history. `chosen` is on the screen; `opens` can be opened again."""

    event_id: str
    time: str
    status: str
    label: str
    plus: str
    named: str
    chosen: bool
    opens: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRow:
    """A member found by search: name, classification and standing; never an address or a date of birth."""

    number: str
    label: str
    detail: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListShown:
    """Texts of the list column and of the search."""

    head: str
    nobody: str
    empty: bool
    search_hint: str
    query: str
    found_words: str
    back: str
    space_named: str
    erase_named: str


def lists(state: State, speech: Speech) -> ListShown:
    """Derive the heads."""
    count = len(state.found)
    words = ""
    if state.query_text:
        nobody = speech.sentence("member.not_found", {}, place="door").title
        words = speech.label("member.found", n=count) if count else nobody
    return ListShown(
        head=speech.label("door.last_ten"),
        nobody=speech.label("door.nobody_yet"),
        empty=not state.history.rows,
        search_hint=speech.label("door.search_hint"),
        query=state.query_text,
        found_words=words,
        back=speech.label("word.back"),
        space_named=speech.label("member.key_space"),
        erase_named=speech.label("tender.backspace"),
    )


def scan_rows(state: State, speech: Speech) -> list[ScanRow]:
    """Give the history, newest first."""
    open_ids = {one.swipe.event_id for one in state.recent}
    chosen = state.checked.swipe.event_id if state.checked else ""
    rows = []
    for one in state.history.rows:
        name = one.name or speech.label("door.unknown_card")
        whole = speech.label("door.with_guests", name=name, n=one.guests) if one.guests else name
        time = speech.clock(one.at_us)
        rows.append(
            ScanRow(
                event_id=one.event_id,
                time=time,
                status=_STATUS[one.verdict],
                label=name,
                plus=speech.label("door.plus_guests", n=one.guests) if one.guests else "",
                named=speech.label("door.open_scan", time=time, verdict=speech.label(_WORD[one.verdict]), name=whole),
                chosen=one.event_id == chosen,
                opens=one.event_id in open_ids,
            )
        )
    return rows


def found_rows(state: State) -> list[FoundRow]:
    """Give the members found."""
    rows = []
    for one in state.found:
        classification = state.place.catalogue_of(one.account.club_id).classification_of(one.member)
        status = "ok" if one.attach.ok and one.attach.benefits else "warn" if one.attach.ok else "denied"
        rows.append(
            FoundRow(
                number=one.member.number,
                label=one.member.name,
                detail=classification.description if classification else "",
                status=status,
            )
        )
    return rows


class ListView(View):
    """The list column's and the search's view model."""

    SHOWS = ListShown
    changed: Signal

    def __init__(self, door: Door, parent: QObject | None = None) -> None:
        self._door = door
        super().__init__(lists(door.state, door.desk.speech), parent)
        self._scans, self._found = Rows(ScanRow, self), Rows(FoundRow, self)
        self._scans.replace(scan_rows(door.state, door.desk.speech))
        door.changed.connect(self._follow)

    @Slot()
    def _follow(self) -> None:
        state, speech = self._door.state, self._door.desk.speech
        self._scans.replace(scan_rows(state, speech))
        self._found.replace(found_rows(state))
        self.show(lists(state, speech))

    @Property(QObject, constant=True)
    def scans(self) -> Rows:
        """The last ten."""
        return self._scans

    @Property(QObject, constant=True)
    def found(self) -> Rows:
        """The members found."""
        return self._found

    @Slot(str)
    def reopen(self, event_id: str) -> None:
        """Open a swipe of the history again."""
        self._door.reopen(event_id)

    @Slot(str)
    def search(self, typed_text: str) -> None:
        """Search members."""
        self._door.search(typed_text)

    @Slot(int)
    def choose(self, at: int) -> None:
        """Check in a member who was found."""
        self._door.choose(at)

    @Slot()
    def leave(self) -> None:
        """Go back to the door."""
        self._door.go(Page.DOOR)
