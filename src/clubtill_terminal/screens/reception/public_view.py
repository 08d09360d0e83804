"""Public view: all that the other side of the counter may see: "Welcome" with a first name, or nothing but a request.

Not configurable (D5). The texts differ, the layout never does: nobody can tell a STOP from across the room (R11, U84).
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from clubtill_terminal.screens.reception.door import Door
from clubtill_terminal.screens.reception.state import State
from clubtill_terminal.screens.shown import View
from clubtill_wording.speech import Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicShown:
    """Texts of the public side."""

    text: str
    club: str


def public(state: State, speech: Speech) -> PublicShown:
    """Derive the public side. What is opened from the history concerns staff alone."""
    checked = state.checked
    if checked is None or state.reopened:
        text = speech.label("public.idle")
    elif checked.check.public_text == "welcome" and checked.member is not None:
        text = speech.label("public.welcome_named", first_name=checked.member.first_name)
    else:
        text = speech.label("public.see_staff")
    return PublicShown(text=text, club=state.place.catalogue.club.name)


class PublicView(View):
    """The public side's view model."""

    SHOWS = PublicShown
    changed: Signal

    def __init__(self, door: Door, parent: QObject | None = None) -> None:
        self._door = door
        super().__init__(public(door.state, door.desk.speech), parent)
        door.changed.connect(self._follow)

    @Slot()
    def _follow(self) -> None:
        self.show(public(self._door.state, self._door.desk.speech))
