"""Window: the till as one object for QML: its pages, the status bar, the notice and the connection panel."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Property, QObject, Signal, Slot

from clubtill_terminal.screens.bar_words import BarShown, bar
from clubtill_terminal.screens.desk import Desk
from clubtill_terminal.screens.link.words import Link, LinkShown, QueueRow, panel, queue_rows
from clubtill_terminal.screens.shown import Rows, View
from clubtill_terminal.screens.till.counter import Counter
from clubtill_terminal.screens.till.member_view import MemberView
from clubtill_terminal.screens.till.paid_view import PaidView
from clubtill_terminal.screens.till.points_view import PointsView
from clubtill_terminal.screens.till.sale_view import SaleView
from clubtill_terminal.screens.till.state import Page, State
from clubtill_terminal.screens.till.tender_view import TenderView
from clubtill_wording.speech import Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeShown:
    """The sentence on the screen; blank is none. `act` names what its button does; a blank button is none."""

    title: str = ""
    body: str = ""
    button: str = ""
    close_named: str = ""
    status: str = ""
    assertive: bool = False


def link_of(state: State) -> Link:
    """Give what the till knows of its connection."""
    return Link(
        online=state.online,
        broken=state.broken,
        since_us=state.offline_since_us,
        queue=state.queue,
        just_sent=state.just_sent,
        now_us=state.now_us,
    )


def notice_of(state: State, speech: Speech) -> NoticeShown:
    """Derive the notice."""
    if state.notice is None:
        return NoticeShown()
    sentence = state.notice.sentence
    shapes = {"ok": "ok", "info": "warn", "warn": "warn", "stop": "denied", "fault": "warn"}
    return NoticeShown(
        title=sentence.title,
        body=sentence.body,
        button=sentence.primary if state.notice.act else "",
        close_named=speech.label("link.close"),
        status=shapes[sentence.level.value],
        assertive=sentence.announce.value == "assertive",
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


class Till(QObject):
    """The till's window for QML. Python holds every view model as long as this object lives."""

    toasted = Signal(str, str)
    """Words that go by themselves, and what the button beside them does; blank is none (U41)."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.counter = Counter(desk, self)
        self._points = PointsView(self.counter, self)
        self._tender = TenderView(self.counter, self)
        self._paid = PaidView(self.counter, self)
        self._member = MemberView(self.counter, self)
        # The page is the sale view's to name: it follows last, so that no page opens on what was shown there before.
        self._sale = SaleView(self.counter, self)
        self._bar = BarView(self._bar_shown(), self)
        self._notice = NoticeView(NoticeShown(), self)
        self._link = LinkView(self._link_shown(), self)
        self._queue = Rows(QueueRow, self)
        self.counter.changed.connect(self._follow)
        self.counter.removed.connect(self._removed)

    @Slot(str)
    def _removed(self, words: str) -> None:
        self.toasted.emit(words, self.counter.desk.speech.label("till.undo_removed"))

    def _bar_shown(self) -> BarShown:
        state = self.counter.state
        return bar(
            terminal=state.place.terminal.name,
            person=state.staff_name,
            middle="",
            link=link_of(state),
            zone=state.place.catalogue.venue.zone,
            speech=self.counter.desk.speech,
        )

    def _link_shown(self) -> LinkShown:
        state = self.counter.state
        return panel(link_of(state), state.place.catalogue.venue.offline_mode, self.counter.desk.speech)

    @Slot()
    def _follow(self) -> None:
        state = self.counter.state
        self._bar.show(self._bar_shown())
        self._notice.show(notice_of(state, self.counter.desk.speech))
        if state.page is Page.LINK:
            self._queue.replace(queue_rows(link_of(state), self.counter.desk.speech))
            self._link.show(self._link_shown())

    @Property(QObject, constant=True)
    def sale(self) -> SaleView:
        """The sale page and the order column."""
        return self._sale

    @Property(QObject, constant=True)
    def points(self) -> PointsView:
        """Points Pay."""
        return self._points

    @Property(QObject, constant=True)
    def tender(self) -> TenderView:
        """The tender screen."""
        return self._tender

    @Property(QObject, constant=True)
    def paid(self) -> PaidView:
        """The After-paying screen."""
        return self._paid

    @Property(QObject, constant=True)
    def member(self) -> MemberView:
        """The member panel."""
        return self._member

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

    @Slot(str)
    def explain(self, reason: str) -> None:
        """Say why a control cannot be used now (U35)."""
        self.toasted.emit(reason, "")

    @Slot()
    def openLink(self) -> None:  # noqa: N802 - QML's case
        """Show the connection panel, or leave it."""
        self.counter.go_to_link()

    @Slot()
    def sendNow(self) -> None:  # noqa: N802 - QML's case
        """Send what waits now."""
        self.counter.desk.after_write()

    @Slot()
    def hideNotice(self) -> None:  # noqa: N802 - QML's case
        """Take the notice off the screen."""
        self.counter.hide_notice()

    @Slot()
    def actOnNotice(self) -> None:  # noqa: N802 - QML's case
        """Do what the notice's button says."""
        notice = self.counter.state.notice
        self.counter.hide_notice()
        if notice is not None and notice.act == "search":
            self.counter.go(Page.MEMBER)
