"""Window: a terminal that does not know its place yet says what it waits for, and whether anybody answers."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from clubtill_terminal.screens.shown import View
from clubtill_wording.speech import Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class StartShown:
    """Texts of the start screen; `status` is the shape beside them."""

    title: str
    detail: str
    status: str


def derive(speech: Speech, *, online: bool) -> StartShown:
    """Say what is waited for: the settings, or the ledger itself."""
    detail = "start.fetching" if online else "start.no_answer"
    return StartShown(
        title=speech.label("start.waiting"), detail=speech.label(detail), status="ok" if online else "offline"
    )


class Start(View):
    """The start screen's view model."""

    SHOWS = StartShown
    changed: Signal

    def __init__(self, speech: Speech, parent: QObject | None = None) -> None:
        super().__init__(derive(speech, online=False), parent)
        self._speech = speech

    def show_link(self, *, online: bool) -> None:
        """Show whether the ledger answers."""
        self.show(derive(self._speech, online=online))
