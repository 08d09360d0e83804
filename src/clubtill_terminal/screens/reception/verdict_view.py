"""Verdict view: who stands at the door and what staff may do, as texts, in the order in which they are read (U80)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Property, QObject, Signal, Slot

from clubtill_rules.door.admission import ADMIT, IGNORE, LET_IN, REFUSE, SEARCH, Verdict
from clubtill_rules.permissions import Answer, may
from clubtill_terminal.actions.check_in import CheckedIn, roles_at
from clubtill_terminal.screens.reception.door import Door
from clubtill_terminal.screens.reception.facts import FactRow, FlagRow, facts, flags, reason
from clubtill_terminal.screens.reception.state import Page, State
from clubtill_terminal.screens.shown import Rows, View
from clubtill_wording.speech import Speech

NEXT: Final = "next"
_STATUS: Final = {Verdict.WELCOME: "ok", Verdict.CHECK: "warn", Verdict.STOP: "denied"}
_WORD: Final = {Verdict.WELCOME: "door.welcome", Verdict.CHECK: "door.check", Verdict.STOP: "door.stop"}
_TINTS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRow:
    """A button beside the primary one; `reason` says why it cannot be used now."""

    key: str
    label: str
    named: str
    locked: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictShown:
    """Texts of the work area at the door. `cards` counts, so that each verdict is announced."""

    page: str
    showing: bool
    cards: int
    waiting: str
    waiting_hint: str
    no_photo: str
    guests_label: str
    guests: str
    guests_named: str
    guests_reason: str
    guest_more: str
    guest_less: str
    search: str
    more: str
    back: str
    person: bool = False
    status: str = "ok"
    word: str = ""
    reason: str = ""
    strip: str = ""
    strip_trail: str = ""
    initials: str = ""
    tint: int = 0
    name: str = ""
    classification: str = ""
    number: str = ""
    note: str = ""
    note_button: str = ""
    offline: str = ""
    clears: str = ""
    primary: str = ""
    primary_act: str = ""
    primary_named: str = ""


def verdict(state: State, speech: Speech) -> VerdictShown:
    """Derive the work area."""
    checked = state.checked
    welcome = checked is not None and checked.outcome is not None and not state.reopened
    guests = checked.guests if checked is not None and checked.outcome is not None else state.guests
    always = {
        "page": state.page.value,
        "cards": state.cards,
        "waiting": speech.label("door.waiting"),
        "waiting_hint": speech.label("door.waiting_hint"),
        "no_photo": speech.label("member.no_photo"),
        "guests_label": speech.label("door.guests"),
        "guests": str(guests),
        "guests_named": speech.label("door.guests_named", n=guests),
        "guests_reason": speech.label("door.guests_before") if welcome or _recorded(checked) else "",
        "guest_more": speech.label("door.guest_more"),
        "guest_less": speech.label("door.guest_less"),
        "search": speech.label("door.search"),
        "more": speech.label("word.more"),
        "back": speech.label("word.back"),
    }
    if checked is None:
        return VerdictShown(showing=False, **always)  # type: ignore[arg-type]  # texts by the names of the fields
    return VerdictShown(showing=True, **always, **_about(state, checked, speech))  # type: ignore[arg-type]  # as above


def _recorded(checked: CheckedIn | None) -> bool:
    return checked is not None and checked.outcome is not None


def _about(state: State, checked: CheckedIn, speech: Speech) -> dict[str, object]:
    """Derive what is said of somebody at the door."""
    check, member = checked.check, checked.member
    clears_s = state.clears_in_s
    key = primary(checked)
    name = member.name if member else speech.label("door.unknown_card")
    banned = check.code == "member.excluded"
    note = member.note if member else ""
    if banned:
        note = member.ban_note if member and state.note_open else ""
    return {
        "person": member is not None,
        "status": _STATUS[check.verdict],
        "word": speech.label(_WORD[check.verdict]),
        "reason": reason(check, speech),
        **_strip(checked, speech),
        "initials": (member.first_name[:1] + member.last_name[:1]).upper() if member else "",
        "tint": int(member.number) % _TINTS if member and member.number.isdigit() else 0,
        "name": name,
        "classification": checked.classification.description if checked.classification and not banned else "",
        "number": speech.label("member.number", number=member.number) if member else "",
        "note": note,
        "note_button": speech.label("door.hide_note" if state.note_open else "door.show_note")
        if banned and member and member.ban_note
        else "",
        "offline": speech.label("door.offline", at_us=checked.data_at_us) if checked.swipe.offline else "",
        "clears": speech.label("door.clears", seconds=clears_s) if clears_s is not None else "",
        "primary": _act_label(key, checked, speech),
        "primary_act": key,
        "primary_named": _act_named(key, name, speech),
    }


def _strip(checked: CheckedIn, speech: Speech) -> dict[str, object]:
    """Derive the birthday's strip: under a WELCOME, never instead of it (U88)."""
    check = checked.check
    if not check.special:
        return {}
    today = check.birthday_on == check.entry_day
    words = "door.points_later" if checked.swipe.offline else "door.points_given"
    return {
        "strip": speech.label("door.birthday" if today else "door.birthday_near"),
        "strip_trail": speech.label(words, points=check.birthday) if check.birthday else "",
    }


# ---------------------------------------------------------------- acts


def primary(checked: CheckedIn) -> str:
    """Name the act of the large button: the likeliest that is safe; fees are taken at the till."""
    if checked.outcome is not None:
        return NEXT
    order = (ADMIT, SEARCH, REFUSE, LET_IN, IGNORE)
    return next((key for key in order if key in checked.check.acts), NEXT)


def acts(state: State, speech: Speech) -> list[ActRow]:
    """Give the other buttons, from least to most likely; letting in without the right to says who can (2.12, R12)."""
    checked = state.checked
    if checked is None or checked.outcome is not None:
        return []
    name = checked.member.name if checked.member else ""
    first = primary(checked)
    found = []
    for key in (LET_IN, IGNORE, REFUSE):
        if key not in checked.check.acts or key == first:
            continue
        asks = key == LET_IN and not _may_let_in(state, checked)
        found.append(
            ActRow(
                key=key,
                label=_act_label(key, checked, speech),
                named=_act_named(key, name, speech),
                locked=asks,
                reason=speech.sentence("door.needs_approval", {}, place="door").body if asks else "",
            )
        )
    return found


def _may_let_in(state: State, checked: CheckedIn) -> bool:
    row = checked.check.let_in
    return row is not None and may(roles_at(state.place, state.staff_id), row) is Answer.YES


def _act_label(key: str, checked: CheckedIn, speech: Speech) -> str:
    stop = checked.check.verdict is Verdict.STOP
    words = {
        ADMIT: "door.admit",
        REFUSE: "door.refuse_entry" if stop else "door.refuse",
        LET_IN: "door.let_in",
        SEARCH: "door.search_member",
        IGNORE: "door.ignore",
        NEXT: "door.next",
    }
    return speech.label(words[key])


def _act_named(key: str, name: str, speech: Speech) -> str:
    words = {ADMIT: "door.admit_named", REFUSE: "door.refuse_named"}
    return speech.label(words[key], name=name) if key in words and name else ""


class VerdictView(View):
    """The work area's view model."""

    SHOWS = VerdictShown
    changed: Signal

    def __init__(self, door: Door, parent: QObject | None = None) -> None:
        self._door = door
        super().__init__(verdict(door.state, door.desk.speech), parent)
        self._facts, self._flags, self._acts = Rows(FactRow, self), Rows(FlagRow, self), Rows(ActRow, self)
        door.changed.connect(self._follow)

    @Slot()
    def _follow(self) -> None:
        state, speech = self._door.state, self._door.desk.speech
        self._facts.replace(facts(state, speech))
        self._flags.replace(flags(state, speech))
        self._acts.replace(acts(state, speech))
        self.show(verdict(state, speech))

    @Property(QObject, constant=True)
    def facts(self) -> Rows:
        """The facts beside the photo."""
        return self._facts

    @Property(QObject, constant=True)
    def flags(self) -> Rows:
        """The marks under the name."""
        return self._flags

    @Property(QObject, constant=True)
    def acts(self) -> Rows:
        """The buttons beside the primary one."""
        return self._acts

    @Slot(str)
    def act(self, key: str) -> None:
        """Do the act of a button."""
        self._door.act(key)

    @Slot(int)
    def addGuests(self, step: int) -> None:  # noqa: N802 - QML's case
        """Count a guest more or less."""
        self._door.add_guests(step)

    @Slot()
    def showNote(self) -> None:  # noqa: N802 - QML's case
        """Show the note of a ban, or hide it."""
        self._door.show_note()

    @Slot()
    def openSearch(self) -> None:  # noqa: N802 - QML's case
        """Search somebody by name; staff act on who is on the screen first."""
        self._door.go(Page.SEARCH)

    @Slot()
    def leave(self) -> None:
        """Leave what may be left: another page, a WELCOME, a card that nobody has; a CHECK or STOP stays (U82)."""
        self._door.back()
