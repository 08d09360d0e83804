"""Window: Reception as one object for QML: the door, the list column, the bar, the notice, the public side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import Property, QObject, Signal, Slot

from clubtill_terminal.screens.bar_words import BarShown, bar
from clubtill_terminal.screens.desk import Desk
from clubtill_terminal.screens.link.words import Link, LinkShown, QueueRow, panel, queue_rows
from clubtill_terminal.screens.reception.door import Door
from clubtill_terminal.screens.reception.list_view import ListView
from clubtill_terminal.screens.reception.public_view import PublicView
from clubtill_terminal.screens.reception.state import Page, State
from clubtill_terminal.screens.reception.verdict_view import VerdictView
from clubtill_terminal.screens.shown import Rows, View
from clubtill_wording.speech import Speech

_SHAPES: Final = {"ok": "ok", "info": "warn", "warn": "warn", "stop": "denied", "fault": "warn"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeShown:
    """The sentence on the screen; blank is none. A blank button is none."""

    title: str = ""
    body: str = ""
    button: str = ""
    close_named: str = ""
    status: str = ""
    assertive: bool = False


def notice(state: State, speech: Speech) -> NoticeShown:
    """Derive the notice."""
    if state.notice is None:
        return NoticeShown()
    sentence = state.notice.sentence
    return NoticeShown(
        title=sentence.title,
        body=sentence.body,
        button=speech.label("door.search_member") if state.notice.act == "search" else "",
        close_named=speech.label("link.close"),
        status=_SHAPES[sentence.level.value],
        assertive=sentence.announce.value == "assertive",
    )


def _link(state: State) -> Link:
    return Link(
        online=state.online,
        broken=state.broken,
        since_us=state.offline_since_us,
        queue=state.queue,
        just_sent=state.just_sent,
        now_us=state.now_us,
    )


class BarView(View):
    """The status bar's view model."""

    SHOWS = BarShown
    changed: Signal


class NoticeView(View):
    """The notice's view model."""

    SHOWS = NoticeShown
    changed: Signal


class LinkView(View):
    """The connection panel's view model."""

    SHOWS = LinkShown
    changed: Signal


class Reception(QObject):
    """Reception's window for QML. Python holds every view model as long as this object lives."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.door = Door(desk, self)
        self._verdict = VerdictView(self.door, self)
        self._list = ListView(self.door, self)
        self._public = PublicView(self.door, self)
        self._bar = BarView(self._bar_shown(), self)
        self._notice = NoticeView(NoticeShown(), self)
        self._link = LinkView(self._link_shown(), self)
        self._queue = Rows(QueueRow, self)
        self.door.changed.connect(self._follow)

    def _bar_shown(self) -> BarShown:
        state, speech = self.door.state, self.door.desk.speech
        return bar(
            terminal=state.place.terminal.name,
            person=state.staff_name,
            middle=speech.label("door.let_in_here", n=state.history.let_in),
            link=_link(state),
            zone=state.place.catalogue.venue.zone,
            speech=speech,
        )

    def _link_shown(self) -> LinkShown:
        state = self.door.state
        speech = self.door.desk.speech
        shown = panel(_link(state), state.place.catalogue.venue.offline_mode, speech)
        return replace(shown, back=speech.label("word.back"))

    @Slot()
    def _follow(self) -> None:
        state, speech = self.door.state, self.door.desk.speech
        self._bar.show(self._bar_shown())
        self._notice.show(notice(state, speech))
        if state.page is Page.LINK:
            self._queue.replace(queue_rows(_link(state), speech))
            self._link.show(self._link_shown())

    @Property(QObject, constant=True)
    def verdict(self) -> VerdictView:
        """The work area: who is at the door."""
        return self._verdict

    @Property(QObject, constant=True)
    def list(self) -> ListView:
        """The list column and the search."""
        return self._list

    @Property(QObject, constant=True)
    def public(self) -> PublicView:
        """The public side."""
        return self._public

    @Property(QObject, constant=True)
    def bar(self) -> BarView:
        """The status bar."""
        return self._bar

    @Property(QObject, constant=True)
    def notice(self) -> NoticeView:
        """The notice."""
        return self._notice

    @Property(QObject, constant=True)
    def link(self) -> LinkView:
        """The connection panel."""
        return self._link

    @Property(QObject, constant=True)
    def queue(self) -> Rows:
        """What waits to be sent."""
        return self._queue

    @Slot()
    def openLink(self) -> None:  # noqa: N802 - QML's case
        """Show the connection panel, or leave it."""
        self.door.go(Page.DOOR if self.door.state.page is Page.LINK else Page.LINK)

    @Slot()
    def sendNow(self) -> None:  # noqa: N802 - QML's case
        """Send what waits now."""
        self.door.desk.after_write()

    @Slot()
    def hideNotice(self) -> None:  # noqa: N802 - QML's case
        """Take the notice off the screen."""
        self.door.hide_notice()

    @Slot()
    def actOnNotice(self) -> None:  # noqa: N802 - QML's case
        """Do what the notice's button says: search."""
        self.door.go(Page.SEARCH)
