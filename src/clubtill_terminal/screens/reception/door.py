"""Door: what staff do at Reception, one method an act. Each act gives a new state; actions run on the lanes.

The rules decide. A refusal or a fault becomes a notice and the person on the screen stays.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from clubtill_desk.lanes import Done, Failed, Refused
from clubtill_rules.door.posting import Outcome
from clubtill_terminal.actions import find_member
from clubtill_terminal.actions.check_in import CheckedIn, act, check_in, roles_at
from clubtill_terminal.actions.door_history import ROWS_MAX, History, history
from clubtill_terminal.actions.find_member import FoundMember
from clubtill_terminal.actions.link import Broken, Queue
from clubtill_terminal.actions.place import Place
from clubtill_terminal.actions.read_card import Seen
from clubtill_terminal.screens.desk import Desk
from clubtill_terminal.screens.reception.state import Notice, Page, State

GUESTS_MAX: Final = 99


def _way_out(code: str) -> str:
    """Name the act of a notice's button: whose card cannot be read may be searched for."""
    return "search" if code.startswith(("card.", "member.")) else ""


class Door(QObject):
    """Reception's acts and its state."""

    changed = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.state = State(place=desk.place, now_us=desk.now_us(), online=desk.online, staff_id=desk.staff_id)
        self._next: Seen | str | None = None
        self._read_history()

    # ------------------------------------------------------------ state

    def put(self, **changes: Any) -> None:
        """Show a changed state; nothing happens when it is the same."""
        changed = replace(self.state, **changes)
        if changed != self.state:
            self.state = changed
            self.changed.emit()

    def say(self, code: str, facts: dict[str, object] | None = None, *, act: str = "") -> None:
        """Put a sentence on the screen."""
        sentence = self.desk.speech.sentence(code, facts or {}, place="door")
        self.put(notice=Notice(sentence=sentence, act=act))

    def hide_notice(self) -> None:
        """Take the sentence off the screen."""
        self.put(notice=None)

    # ------------------------------------------------------------ a card

    def card_seen(self, seen: Seen) -> None:
        """A card or code was read at this door."""
        self._check(seen)

    def choose(self, at: int) -> None:
        """Check somebody in who was found by search."""
        if 0 <= at < len(self.state.found):
            self._check(self.state.found[at].member.person_id)

    def _check(self, who: Seen | str) -> None:
        """Check somebody in, unless staff still have to act on the one before (U82)."""
        if self.state.busy:
            self._next = who
            return
        if self.state.must_act:
            member = self.state.checked.member if self.state.checked else None
            self.put(page=Page.DOOR)
            self.say("door.act_first", {"name": member.name if member else ""})
            return
        self.put(busy=True)
        job = partial(
            check_in,
            self.desk.terminal,
            self.state.place,
            who,
            staff_id=self.state.staff_id,
            roles=roles_at(self.state.place, self.state.staff_id),
            offline=not self.state.online,
            guests=self.state.guests,
        )
        self.desk.writer.submit(job, self._checked)

    def _checked(self, outcome: Done[CheckedIn] | Refused | Failed) -> None:
        match outcome:
            case Done(checked):
                # Guests counted before belong to this card: to the admission of a WELCOME, else to the act to come.
                self.put(
                    busy=False,
                    page=Page.DOOR,
                    checked=checked,
                    reopened=False,
                    shown_at_us=self.desk.now_us(),
                    now_us=self.desk.now_us(),
                    cards=self.state.cards + 1,
                    recent=(checked, *self.state.recent)[:ROWS_MAX],
                    guests=0 if checked.outcome is not None or checked.member is None else self.state.guests,
                    note_open=False,
                    query_text="",
                    found=(),
                    notice=None,
                )
                self._written()
            case Refused(refusal):
                self.put(busy=False)
                self.say(refusal.code, refusal.facts, act=_way_out(refusal.code))
            case Failed(fault):
                self.put(busy=False)
                self.say(fault.code, fault.facts)
        self._take_next()

    def _take_next(self) -> None:
        """Go on with the card that came while the one before was written."""
        waiting, self._next = self._next, None
        if waiting is not None:
            self._check(waiting)

    def bad_read(self, code: str) -> None:
        """Something came that is not a card, or a device has a fault; who is on the screen stays."""
        self.say(code, act=_way_out(code))

    # ------------------------------------------------------------ acts

    def act(self, key: str) -> None:
        """Do the act of a button: an outcome is recorded, the others only change the screen."""
        match key:
            case "admit" | "refuse" | "let_in":
                self._record(Outcome(key))
            case "search":
                self.put(checked=None, page=Page.SEARCH, notice=None)
            case "next" | "ignore":
                self.clear()

    def _record(self, outcome: Outcome) -> None:
        checked = self.state.checked
        if checked is None or checked.outcome is not None or self.state.busy:
            return
        self.put(busy=True, notice=None)
        job = partial(
            act,
            self.desk.terminal,
            self.state.place,
            checked,
            outcome,
            guests=self.state.guests,
            staff_id=self.state.staff_id,
        )
        self.desk.writer.submit(job, self._recorded)

    def _recorded(self, outcome: Done[CheckedIn | None] | Refused | Failed) -> None:
        match outcome:
            case Done(done):
                if done is not None:
                    fresh = tuple(done if one.swipe == done.swipe else one for one in self.state.recent)
                    self.put(recent=fresh)
                self.put(busy=False)
                self.clear()
                self._written()
            case Refused(refusal):
                self.put(busy=False)
                self.say(refusal.code, refusal.facts)
            case Failed(fault):
                self.put(busy=False)
                self.say(fault.code, fault.facts)
        self._take_next()

    def clear(self) -> None:
        """Wait for the next card."""
        self.put(checked=None, reopened=False, guests=0, note_open=False, notice=None, page=Page.DOOR)

    def back(self) -> None:
        """Leave what may be left; a CHECK or STOP about somebody stays until staff act (U82)."""
        if self.state.page is not Page.DOOR:
            self.go(Page.DOOR)
        elif not self.state.must_act:
            self.clear()

    def add_guests(self, step: int) -> None:
        """Count a guest more or less, for the next card or the act to come."""
        self.put(guests=min(GUESTS_MAX, max(0, self.state.guests + step)))

    def show_note(self) -> None:
        """Show the note of a ban, or hide it again."""
        self.put(note_open=not self.state.note_open)

    def reopen(self, event_id: str) -> None:
        """Open a swipe of the history again (U90), unless staff still have to act on somebody else."""
        found = next((one for one in self.state.recent if one.swipe.event_id == event_id), None)
        if found is None or self.state.busy or found is self.state.checked:
            return
        if self.state.must_act:
            member = self.state.checked.member if self.state.checked else None
            self.say("door.act_first", {"name": member.name if member else ""})
            return
        self.put(checked=found, reopened=True, note_open=False, guests=0, notice=None, page=Page.DOOR)

    # ------------------------------------------------------------ search and pages

    def search(self, typed_text: str) -> None:
        """Search members by name or number."""
        self.put(query_text=typed_text)
        job = partial(find_member.search, self.desk.terminal, self.state.place, typed_text)
        self.desk.reader.submit(job, partial(self._found, typed_text))

    def _found(self, typed_text: str, outcome: Done[tuple[FoundMember, ...]] | Refused | Failed) -> None:
        if isinstance(outcome, Done) and typed_text == self.state.query_text:
            self.put(found=outcome.value)

    def go(self, page: Page) -> None:
        """Show a page of the work area."""
        self.put(page=page, query_text="", found=(), notice=None)

    # ------------------------------------------------------------ what happens outside

    def tick(self) -> None:
        """Show the time; a WELCOME goes by itself (U82)."""
        self.put(now_us=self.desk.now_us())
        if self.state.clears_in_s == 0:
            self.put(checked=None)

    def show_link(self, *, online: bool, broken: Broken, since_us: int, queue: Queue, just_sent: bool) -> None:
        """Show the connection and the queue; never a modal (U37)."""
        self.put(online=online, broken=broken, offline_since_us=since_us, queue=queue, just_sent=just_sent)

    def show_place(self, place: Place) -> None:
        """Take newer settings: they hold from the next card on."""
        self.put(place=place)

    def refresh_member(self) -> None:
        """Read the balance of who is on the screen again: the feed brought newer cards."""
        member = self.state.checked.member if self.state.checked else None
        if member is not None:
            job = partial(find_member.by_person, self.desk.terminal, self.state.place, member.person_id)
            self.desk.reader.submit(job, self._refreshed)

    def _refreshed(self, outcome: Done[FoundMember] | Refused | Failed) -> None:
        checked = self.state.checked
        if isinstance(outcome, Done) and checked is not None and checked.member is not None:
            found = outcome.value
            if found.member.person_id == checked.member.person_id:
                self.put(checked=replace(checked, balance=found.held.balance))

    def _written(self) -> None:
        self._read_history()
        self.desk.after_write()

    def _read_history(self) -> None:
        self.desk.reader.submit(partial(history, self.desk.terminal, self.state.place), self._history_read)

    def _history_read(self, outcome: Done[History] | Refused | Failed) -> None:
        if isinstance(outcome, Done):
            self.put(history=outcome.value)
