"""Running: a terminal at work, built by hand: store, lanes, client, devices and windows, and who tells whom what."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import partial
from importlib import metadata
from typing import Final, Protocol

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickView
from shiboken6 import delete

from clubtill_desk.gui_thread import qt_deliver
from clubtill_desk.key_store import KeyStore
from clubtill_desk.lanes import Deliver, Done, Failed, Lane, Refused
from clubtill_desk.resources import resources
from clubtill_sync.client import Client
from clubtill_sync.signing import Signer
from clubtill_terminal.actions import print_receipts
from clubtill_terminal.actions.exchange_pull import Pulled
from clubtill_terminal.actions.link import Broken, Queue, read_queue
from clubtill_terminal.actions.place import Place, read_place
from clubtill_terminal.actions.print_receipts import Waiting
from clubtill_terminal.actions.traffic import Lanes, Traffic, Versions
from clubtill_terminal.devices.printing import JobReport, JobState, ReceiptPrinter, ReportJob
from clubtill_terminal.devices.reader import BadRead, CardSeen, OncePerCard, Reader, ReaderDown, ReaderReport
from clubtill_terminal.main.beside import beside
from clubtill_terminal.main.setup import Settings, begin, mono_us, new_id
from clubtill_terminal.screens.desk import Desk
from clubtill_terminal.screens.parts.theme import dress, furnish
from clubtill_terminal.screens.reception.window import Reception
from clubtill_terminal.screens.start.window import Start
from clubtill_terminal.screens.till.window import Till
from clubtill_terminal.store.engines import Store
from clubtill_terminal.store.opening import HEADS, check_cache
from clubtill_wording.speech import Speech

BEAT_MS: Final = 250


class Face(Protocol):
    """What main tells a window; till and Reception both listen to these."""

    def card_seen(self, seen: CardSeen) -> None:
        """A card or code was read."""

    def bad_read(self, code: str) -> None:
        """Something that is not a card was read, or a reader went away."""

    def say(self, code: str, facts: dict[str, object] | None = None) -> None:
        """Something happened that people should read."""

    def tick(self) -> None:
        """Time went on."""

    def refresh_member(self) -> None:
        """The cache has newer cards."""

    def show_place(self, place: Place) -> None:
        """The settings changed."""

    def show_link(self, *, online: bool, broken: Broken, since_us: int, queue: Queue, just_sent: bool) -> None:
        """The connection or the queue changed."""


class Running(QObject):
    """A terminal that runs: its lanes, its traffic, its devices and its windows."""

    def __init__(self, settings: Settings, keys: KeyStore, parent: QObject | None = None) -> None:
        """Open the store and start the lanes; windows open as soon as the settings are known.

        Raises:
            Fault: what `open_and_recover` says, or `keystore.locked`.
            RuntimeError: this computer was not enrolled.
        """
        super().__init__(parent)
        self.settings = settings
        begun = begin(settings, keys)
        self.store: Store = begun.store
        self.rescued, device = begun.rescued, begun.device
        self._post, self._closed = qt_deliver(), False
        self.writer, self.reader = Lane("writer", self.deliver), Lane("reader", self.deliver)
        self.network, self.feed = Lane("network", self.deliver), Lane("feed", self.deliver)
        signer = begun.signer
        self.calls = self._client(signer, device.clock_offset_us)
        self.polls = self._client(signer, device.clock_offset_us)
        self.bulk, self.downloads = Lane("bulk", self.deliver), self._client(signer, device.clock_offset_us)
        self.terminal = begun.terminal
        self.traffic = Traffic(
            terminal=self.terminal,
            calls=self.calls,
            polls=self.polls,
            lanes=Lanes(writer=self.writer, network=self.network, feed=self.feed),
            versions=Versions(store=HEADS["facts"], program=metadata.version("clubtill")),
            chance=lambda: secrets.randbelow(1 << 30) / (1 << 30),
            changed=self._line_changed,
            pulled=self._pulled,
            tendering=self._tendering,
        )
        self.beside = beside(
            self.terminal,
            calls=self.calls,
            downloads=self.downloads,
            writer=self.writer,
            reader=self.reader,
            network=self.network,
            bulk=self.bulk,
            replaced=self._replaced,
            differs=self._differs,
        )
        self.traffic.chores = self.beside.all
        self.readers: list[Reader] = []
        self.printer: ReceiptPrinter | None = None
        self.till: Till | None = None
        self.reception: Reception | None = None
        self.views: dict[str, QQuickView] = {}
        self._start = Start(Speech(), self)
        self._faces: list[Face] = []
        self._queue, self._reading_queue, self._was_waiting = Queue(), False, False
        self._timer = QTimer(self, interval=BEAT_MS)
        self._timer.timeout.connect(self._beat)

    def _client(self, signer: Signer, offset_us: int) -> Client:
        return Client(self.settings.ledger, signer, now_us=self.settings.now_us, nonce=new_id, offset_us=offset_us)

    # ------------------------------------------------------------ start and end

    def deliver(self, call: Callable[[], None]) -> None:
        """Make a call later on the GUI thread; after the end nobody is there to hear it, and it is dropped."""
        self._post(lambda: None if self._closed else call())

    def start(self) -> None:
        """Show what the cache knows, and begin to talk to the ledger."""
        self._read_place()
        self._timer.start()
        self.traffic.beat()

    def add_reader(self, make: Callable[[Callable[[ReaderReport], None]], Reader]) -> Reader:
        """Add a device; its reports come to the windows on the GUI thread, the same card once in three seconds."""
        once = OncePerCard(lambda report: self.deliver(partial(self.report, report)), mono_us)
        reader = make(once)
        self.readers.append(reader)
        reader.start()
        return reader

    def set_printer(self, make: Callable[[Deliver, ReportJob], ReceiptPrinter]) -> None:
        """Give the terminal its receipt printer; what was cut off by the last stop is now of unknown end (U116)."""
        self.printer = make(self.deliver, self._job_reported)
        self.writer.submit(partial(print_receipts.cut_off, self.terminal), lambda _cut: self.print_now())

    def print_now(self) -> None:
        """Send what waits to the printer."""
        if self.printer is not None:
            self.writer.submit(partial(print_receipts.take_waiting, self.terminal), self._print)

    def _print(self, outcome: Done[tuple[Waiting, ...]] | Refused | Failed) -> None:
        if not isinstance(outcome, Done) or self.printer is None:
            return
        speech = self.till.counter.desk.speech if self.till is not None else Speech()
        for job, lines in outcome.value:
            copy_text = speech.label("receipt.mark.copy") if job.copy else ""
            self.printer.print(job.job_id, print_receipts.document(lines, drawer=job.drawer, copy_text=copy_text))

    def _job_reported(self, report: JobReport) -> None:
        """Keep what became of a job; a printer's fault goes to the screen and never stops a sale (U115)."""
        if not report.last:
            return
        # A printer that cannot answer has the last word with "sent": the job has ended, though nothing confirms it.
        end = "ended" if report.state is JobState.SENT else report.state.value
        keep = partial(print_receipts.keep_end, self.terminal, report.job_id, end)
        self.writer.submit(keep, lambda _outcome: None)
        if self.till is not None:
            printed = report.state in (JobState.CONFIRMED, JobState.SENT)
            self.till.counter.show_receipt_state("printed" if printed else "failed")
            if report.fault is not None:
                self.till.counter.bad_read(report.fault.code)

    def close(self) -> None:
        """Close windows, devices and lanes, in this order; what was submitted is still done."""
        self._timer.stop()
        self.traffic.stop()
        for reader in self.readers:
            reader.close()
        if self.printer is not None:
            self.printer.close()
        for view in self.views.values():
            delete(view)  # the view goes before the view models that it binds to, and at once
        self.calls.close()
        self.polls.close()
        self.downloads.close()
        for lane in (self.bulk, self.feed, self.network, self.reader, self.writer):
            lane.close()
        self._closed = True
        self.store.close()

    # ------------------------------------------------------------ windows

    def _read_place(self) -> None:
        self.reader.submit(partial(read_place, self.terminal), self._place_read)

    def _place_read(self, outcome: Done[Place | None] | Refused | Failed) -> None:
        if not isinstance(outcome, Done):
            return
        place = outcome.value
        if place is None:
            if not self.views:
                self._open("start", "Start", self._start)
            return
        if not self._faces:
            self._open_windows(place)
            return
        if self.till is not None:
            self.till.counter.desk.place = place
        if self.reception is not None:
            self.reception.door.desk.place = place
        for face in self._faces:
            face.show_place(place)

    def _desk(self, place: Place) -> Desk:
        venue, club = place.catalogue.venue, place.catalogue.club
        return Desk(
            terminal=self.terminal,
            client=self.calls,
            writer=self.writer,
            reader=self.reader,
            network=self.network,
            place=place,
            speech=Speech(
                locale=place.terminal.locale,
                currency=venue.currency,
                points_decimals=club.points_decimals,
                zone=venue.zone,
            ),
            now_us=self.settings.now_us,
            new_id=new_id,
            online=self.traffic.connection.online,
            staff_id=self.settings.staff_id,
            after_write=self.after_write,
            print_now=self.print_now,
            heard=self.traffic.heard,
        )

    def _open_windows(self, place: Place) -> None:
        if "till" in place.terminal.shows:
            self.till = Till(self._desk(place), self)
            self._faces.append(self.till.counter)
            self._open("till", "Till", self.till)
        if "reception" in place.terminal.shows:
            self.reception = Reception(self._desk(place), self)
            self._faces.append(self.reception.door)
            self._open("reception", "Reception", self.reception)
            if self.settings.public_side:
                self._open("reception", "Public", self.reception, key="public")
        if "start" in self.views:
            delete(self.views.pop("start"))
        self._tell_rescue()
        self.bulk.submit(partial(check_cache, self.settings.folder, self.store.key), self._cache_checked)
        self._line_changed()

    def _tell_rescue(self) -> None:
        """Say on every window what a rescue of damaged data did, and above all what is gone (C29)."""
        if self.rescued is not None:
            lost = self.rescued.unsent_lost
            for face in self._faces:
                face.say("store.rescued_lost" if lost else "store.rescued", {"n": lost})

    def _open(self, room: str, name: str, window: QObject, *, key: str = "") -> None:
        view = QQuickView()
        furnish(view.engine(), resources())
        dress(view.engine(), self.settings.look)
        view.setResizeMode(QQuickView.ResizeMode.SizeRootObjectToView)
        view.setInitialProperties({"vm": window})
        view.loadFromModule(f"screens.{room}", name)
        view.setTitle(f"Clubtill {name}")
        self.views[key or room] = view
        screens = QGuiApplication.screens()
        if key == "public" and len(screens) > 1:
            view.setScreen(screens[1])
        if self.settings.size is None:
            view.showFullScreen()
        else:
            view.resize(self.settings.size)
            view.show()

    # ------------------------------------------------------------ what happens

    def report(self, report: ReaderReport) -> None:
        """Hand what a device says to the windows."""
        for face in self._faces:
            if isinstance(report, CardSeen):
                face.card_seen(report)
            elif isinstance(report, BadRead | ReaderDown):
                face.bad_read(report.code)

    def after_write(self) -> None:
        """A fact was committed: count the queue, send it."""
        self._count_queue()
        self.traffic.send_now()

    def _beat(self) -> None:
        self.traffic.beat()
        for face in self._faces:
            face.tick()

    def _replaced(self) -> None:
        """Everything shown is read again: it came from a cache that is there no more, or photos came."""
        self._read_place()
        for face in self._faces:
            face.refresh_member()

    def _differs(self, stream: int) -> None:
        """A stream of the cache is not the ledger's: fetch it anew, and say so (6.5)."""
        self.traffic.refetch |= {stream}
        for face in self._faces:
            face.say("store.damaged.cache")

    def _cache_checked(self, whole: Done[bool] | Refused | Failed) -> None:
        """A big cache was found damaged behind the windows: build a new one, and say so (C29)."""
        if isinstance(whole, Done) and not whole.value:
            self.beside.rebuilding.want()
            for face in self._faces:
                face.say("store.damaged.cache")

    def _pulled(self, pulled: Pulled) -> None:
        if pulled.snapshot:
            self.beside.rebuilding.want()
        if pulled.settings:
            self._read_place()
        if pulled.accounts:
            for face in self._faces:
                face.refresh_member()

    def _tendering(self) -> frozenset[str]:
        """The accounts whose points a sale in hand has chosen: their leases stay (I25)."""
        if self.till is None:
            return frozenset()
        state = self.till.counter.state
        open_sale = state.basket.account is not None and state.sold is None
        chosen = open_sale and (bool(state.basket.ticked) or state.asking or state.selling)
        return frozenset({state.basket.account.account_id} if chosen and state.basket.account else ())

    def _line_changed(self) -> None:
        self._count_queue()
        self._show_link()

    def _count_queue(self) -> None:
        if not self._reading_queue:
            self._reading_queue = True
            self.reader.submit(partial(read_queue, self.terminal), self._queue_counted)

    def _queue_counted(self, outcome: Done[Queue] | Refused | Failed) -> None:
        self._reading_queue = False
        if isinstance(outcome, Done):
            self._was_waiting = self._queue.count > 0 and outcome.value.count == 0
            self._queue = outcome.value
            self._show_link()

    def _show_link(self) -> None:
        line = self.traffic.connection
        self._start.show_link(online=line.online)
        for face in self._faces:
            face.show_link(
                online=line.online,
                broken=line.broken,
                since_us=line.since_us or 0,
                queue=self._queue,
                just_sent=self._was_waiting,
            )
