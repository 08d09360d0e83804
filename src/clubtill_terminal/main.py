"""Main: builds a terminal by hand, in one place: keys, store, lanes, client, devices, windows.

The only module that knows all rooms, reads clocks, makes ids and asks the screen for its size.
"""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Protocol

import uuid_utils
from PySide6.QtCore import QObject, QSize, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickView

from clubtill_desk.gui_thread import qt_deliver
from clubtill_desk.key_store import KeyStore
from clubtill_desk.lanes import Done, Failed, Lane, Refused
from clubtill_desk.resources import resources
from clubtill_sync.client import Client
from clubtill_sync.signing import Signer, key_from_text, new_key, public_text
from clubtill_terminal.actions import enrol as enrolment
from clubtill_terminal.actions.exchange_pull import Pulled
from clubtill_terminal.actions.link import Broken, Queue, read_queue
from clubtill_terminal.actions.place import Place, read_place
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.actions.traffic import Lanes, Traffic, Versions
from clubtill_terminal.devices.reader import BadRead, CardSeen, OncePerCard, Reader, ReaderDown, ReaderReport
from clubtill_terminal.screens.desk import Desk
from clubtill_terminal.screens.parts.theme import Look, dress, furnish
from clubtill_terminal.screens.reception.window import Reception
from clubtill_terminal.screens.till.window import Till
from clubtill_terminal.store.device import find_device
from clubtill_terminal.store.engines import Store
from clubtill_terminal.store.opening import HEADS, open_store
from clubtill_wording.speech import Speech

STORE_KEY: Final = "store"
DEVICE_KEY: Final = "device"
CARD_KEY: Final = "cards"
BEAT_MS: Final = 250
PROGRAM_VERSION: Final = "0.1.0"


class Face(Protocol):
    """What main tells a window; till and Reception both listen to these."""

    def card_seen(self, seen: CardSeen) -> None:
        """A card or code was read."""

    def bad_read(self, code: str) -> None:
        """Something that is not a card was read, or a reader went away."""

    def tick(self) -> None:
        """Time went on."""

    def refresh_member(self) -> None:
        """The cache has newer cards."""

    def show_place(self, place: Place) -> None:
        """The settings changed."""

    def show_link(self, *, online: bool, broken: Broken, since_us: int, queue: Queue, just_sent: bool) -> None:
        """The connection or the queue changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a terminal is set up on this computer; everything else comes from the ledger.

    Attributes:
        folder: where the databases lie.
        ledger: the ledger's address.
        px_per_mm: of the glass, calibrated; 0 asks the screen.
        size: of the windows; None is the whole screen.
        staff_id: who is signed in at the start.
        now_us: the wall clock; a demo or a test may give another.
    """

    folder: Path
    ledger: str
    look: Look
    size: QSize | None = None
    staff_id: str = ""
    demo: bool = False
    now_us: Callable[[], int] = lambda: time.time_ns() // 1_000  # noqa: TID251 - main reads the clock


def new_id() -> str:
    """Make an event id: UUIDv7 as 32 hex digits."""
    return uuid_utils.uuid7().hex  # noqa: TID251 - main makes the ids


def mono_us() -> int:
    """Read the monotonic clock."""
    return time.monotonic_ns() // 1_000


def store_key(keys: KeyStore) -> bytes:
    """Give the key of the databases; the first start makes it."""
    key = keys.read(STORE_KEY)
    if key is None:
        key = secrets.token_bytes(32)
        keys.write(STORE_KEY, key)
    return key


def enrol(settings: Settings, keys: KeyStore, code_text: str, name: str) -> None:
    """Make this computer a terminal of the ledger.

    Raises:
        Refusal, Fault: as `actions.enrol`. Nothing was kept; the same code may be tried again after a fault.
    """
    store = open_store(settings.folder, store_key(keys))
    try:
        key = new_key()
        client = Client(settings.ledger, None, now_us=settings.now_us, nonce=new_id)
        try:
            enrolled = enrolment.enrol(client, code_text=code_text, public_key=public_text(key), name=name)
        finally:
            client.close()
        keys.write(DEVICE_KEY, key.private_bytes_raw())
        keys.write(CARD_KEY, base64.b64decode(enrolled.card_key))
        enrolment.keep_enrolment(store, enrolled, incarnation=secrets.token_hex(16), at_us=settings.now_us())
    finally:
        store.close()


class Running(QObject):
    """A terminal that runs: its lanes, its traffic, its devices and its windows."""

    def __init__(self, settings: Settings, keys: KeyStore, parent: QObject | None = None) -> None:
        """Open the store and start the lanes; windows open as soon as the settings are known.

        Raises:
            Fault: what `open_store` says, or `keystore.locked`.
            RuntimeError: this computer was not enrolled.
        """
        super().__init__(parent)
        self.settings = settings
        self.store: Store = open_store(settings.folder, store_key(keys))
        with self.store.facts.begin() as facts:
            device = find_device(facts)
        key, card_key = keys.read(DEVICE_KEY), keys.read(CARD_KEY)
        if device is None or key is None or card_key is None:
            self.store.close()
            raise RuntimeError("this computer is not enrolled")
        deliver = qt_deliver()
        self.deliver = deliver
        self.writer, self.reader = Lane("writer", deliver), Lane("reader", deliver)
        self.network, self.feed = Lane("network", deliver), Lane("feed", deliver)
        signer = Signer(key_from_text(base64.b64encode(key).decode()), device.device_id)
        self.calls = self._client(signer, device.clock_offset_us)
        self.polls = self._client(signer, device.clock_offset_us)
        self.terminal = Terminal(
            store=self.store,
            now_us=settings.now_us,
            mono_us=mono_us,
            new_id=new_id,
            boot_id=secrets.token_hex(8),
            card_key=card_key,
            device_id=device.device_id,
            terminal_id=device.terminal_id,
            demo=settings.demo,
        )
        self.traffic = Traffic(
            terminal=self.terminal,
            calls=self.calls,
            polls=self.polls,
            lanes=Lanes(writer=self.writer, network=self.network, feed=self.feed),
            versions=Versions(store=HEADS["facts"], program=PROGRAM_VERSION),
            chance=lambda: secrets.randbelow(1 << 30) / (1 << 30),
            changed=self._line_changed,
            pulled=self._pulled,
            tendering=self._tendering,
        )
        self.readers: list[Reader] = []
        self.till: Till | None = None
        self.reception: Reception | None = None
        self.views: dict[str, QQuickView] = {}
        self._faces: list[Face] = []
        self._queue, self._reading_queue, self._was_waiting = Queue(), False, False
        self._timer = QTimer(self, interval=BEAT_MS)
        self._timer.timeout.connect(self._beat)

    def _client(self, signer: Signer, offset_us: int) -> Client:
        return Client(self.settings.ledger, signer, now_us=self.settings.now_us, nonce=new_id, offset_us=offset_us)

    # ------------------------------------------------------------ start and end

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

    def close(self) -> None:
        """Close windows, devices and lanes, in this order; what was submitted is still done."""
        self._timer.stop()
        self.traffic.stop()
        for reader in self.readers:
            reader.close()
        for view in self.views.values():
            view.close()
            view.engine().deleteLater()
        self.calls.close()
        self.polls.close()
        for lane in (self.feed, self.network, self.reader, self.writer):
            lane.close()
        self.store.close()

    # ------------------------------------------------------------ windows

    def _read_place(self) -> None:
        self.reader.submit(partial(read_place, self.terminal), self._place_read)

    def _place_read(self, outcome: Done[Place | None] | Refused | Failed) -> None:
        if not isinstance(outcome, Done) or outcome.value is None:
            return
        place = outcome.value
        if not self._faces:
            self._open_windows(place)
            return
        for desk in (self.till, self.reception):
            if desk is not None:
                desk.desk.place = place
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
        self._line_changed()

    def _open(self, room: str, name: str, window: QObject) -> None:
        view = QQuickView()
        furnish(view.engine(), resources())
        dress(view.engine(), self.settings.look)
        view.setResizeMode(QQuickView.ResizeMode.SizeRootObjectToView)
        view.setInitialProperties({"vm": window})
        view.loadFromModule(f"screens.{room}", name)
        view.setTitle(f"Clubtill {name}")
        self.views[room] = view
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

    def _pulled(self, pulled: Pulled) -> None:
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
        chosen = state.basket.account is not None and (bool(state.basket.ticked) or state.asking or state.selling)
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
        for face in self._faces:
            face.show_link(
                online=line.online,
                broken=line.broken,
                since_us=line.since_us or 0,
                queue=self._queue,
                just_sent=self._was_waiting,
            )


def glass_px_per_mm() -> float:
    """Ask the screen how many pixels a millimetre of its glass has; 3.95 where it does not know."""
    screen = QGuiApplication.primaryScreen()
    dots = screen.physicalDotsPerInch() if screen is not None else 0.0
    return dots / 25.4 if dots > 0 else 3.95
