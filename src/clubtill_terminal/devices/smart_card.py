"""Smart cards and NFC by PC/SC: a watcher thread that outlives the service, and what is read from a card.

Two things are read: the UID, which is an identifier and no secret (R87), and the member number that the club wrote into
a file of its own application. What either means is decided in `clubtill_rules.members.cards`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import Final

from clubtill_desk.faults import Fault
from clubtill_rules.members.cards.uids import read_uid
from clubtill_rules.values.refusal import Refusal
from clubtill_terminal.devices.card_service import NEW_READERS, CardContext, CardGone, CardService, Slot
from clubtill_terminal.devices.reader import (
    BadRead,
    BadReadReason,
    CardKind,
    CardSeen,
    ReaderDown,
    ReaderUp,
    Report,
)

WAIT_MS: Final = 1_000
AGAIN_MS: Final = 200
TRIES_MAX: Final = 10
"""A card that lies in the reader and cannot be read is tried so often, `AGAIN_MS` apart."""
BACK_OFF_S: Final = (0.25, 0.5, 1.0, 2.0)
"""Waits between tries to reach a service that is down; the last one stays."""

APPLICATION_ID: Final = bytes.fromhex("F0434C554254494C4C")
"""F0, which marks an identifier that nobody registers, and `CLUBTILL`."""
FILE_ID: Final = 1
NUMBER_LENGTH_MAX: Final = 32

GET_UID: Final = bytes.fromhex("FFCA000000")
_DONE: Final = b"\x90\x00"
_MORE, _LENGTH_IS = 0x61, 0x6C


@dataclass(frozen=True, slots=True, kw_only=True)
class SmartCardSettings:
    """How smart cards are read.

    Attributes:
        reader: what the name of the wanted readers begins with; empty for every reader of the computer.
        application_id: of the club's application on its cards, 5 to 16 bytes; empty if its cards have none.
        file_id: short identifier of the file that holds the member number, 1 to 30.
    """

    reader: str = ""
    application_id: bytes = APPLICATION_ID
    file_id: int = FILE_ID


@dataclass(slots=True)
class _Place:
    """A reader as the watcher knows it in one session with the service."""

    slot: Slot = field(default_factory=Slot)
    first: bool = True  # nothing but the state at the session's beginning is known
    tries_left: int = 0  # while a card waits to be read

    def change(self, slot: Slot) -> None:
        """Note the new state, and whether a card has come."""
        before, self.slot = self.slot, slot
        if slot == before:
            return
        self.first = before == Slot()
        if not slot.has_card:
            self.tries_left = 0
        elif not before.has_card or before.insertions != slot.insertions:
            self.tries_left = TRIES_MAX


class SmartCardReader:
    """Watches the readers of a computer with a thread of its own; a `Reader`."""

    def __init__(self, *, source: str, service: CardService, settings: SmartCardSettings, report: Report) -> None:
        """Make a watcher that is started later; `service` is `PcscService()` or a simulated one."""
        self.source = source
        self._service = service
        self._settings = settings
        self._report = report
        self._closing = Event()
        self._context: CardContext | None = None
        self._gate = Lock()
        self._said: str | None = None  # the fault's code while down, empty while up, None before the first word
        self._lying: dict[str, CardSeen] = {}
        self._thread = Thread(target=self._run, name=f"reader-{source}", daemon=True)

    def start(self) -> None:
        """See `Reader.start`."""
        self._thread.start()

    def close(self) -> None:
        """See `Reader.close`. Ends a wait at once."""
        self._closing.set()
        with self._gate:
            if self._context is not None:
                self._context.cancel()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        tries = 0
        while not self._closing.is_set():
            try:
                context = self._service.establish()
            except Fault as fault:
                self._say_down(fault.code)
                if fault.code == "reader.driver_missing":
                    return
                self._closing.wait(BACK_OFF_S[min(tries, len(BACK_OFF_S) - 1)])
                tries += 1
                continue
            tries = 0
            with self._gate:
                self._context = context
            try:
                self._watch(context)
            except Fault as fault:
                self._say_down(fault.code)
            finally:
                with self._gate:
                    self._context = None
                context.release()

    def _watch(self, context: CardContext) -> None:
        places = {NEW_READERS: _Place()}
        while not self._closing.is_set():
            names = [name for name in context.readers() if name.startswith(self._settings.reader)]
            if not names:
                self._lying.clear()
                self._say_down("reader.unplugged")
            elif self._said != "reader.busy":
                self._say_up()
            places = {name: places.get(name, _Place()) for name in (*names, NEW_READERS)}
            wait_ms = AGAIN_MS if any(place.tries_left for place in places.values()) else WAIT_MS
            changes = context.wait({name: place.slot for name, place in places.items()}, wait_ms)
            for name, place in places.items():
                place.change(changes.get(name, place.slot))
                if not place.slot.has_card:
                    self._lying.pop(name, None)
                elif place.tries_left:
                    self._look(context, name, place)

    def _look(self, context: CardContext, name: str, place: _Place) -> None:
        """Read a card that has come, and tell. One that was left in while the service restarted is old news."""
        seen = (
            self._read(context, name) if not place.slot.mute else BadRead(source=self.source, reason=BadReadReason.MUTE)
        )
        place.tries_left -= 1
        if seen is None or self._closing.is_set():
            return
        if isinstance(seen, BadRead) and seen.reason is BadReadReason.PULLED_OUT:
            # It may have been laid down again before the service noticed, so it is tried for a while, and told once.
            if place.tries_left == TRIES_MAX - 1:
                self._report(seen)
            return
        place.tries_left = 0
        if isinstance(seen, CardSeen):
            if place.first and self._lying.get(name) == seen:
                return
            self._lying[name] = seen
        self._report(seen)

    def _read(self, context: CardContext, name: str) -> CardSeen | BadRead | None:
        try:
            link = context.connect(name)
        except CardGone:
            return BadRead(source=self.source, reason=BadReadReason.PULLED_OUT)
        except Fault as fault:
            if fault.code != "reader.busy":
                raise
            self._say_down(fault.code)
            return None
        self._say_up()
        try:
            return read_card(link.transmit, source=self.source, settings=self._settings)
        except CardGone:
            return BadRead(source=self.source, reason=BadReadReason.PULLED_OUT)
        finally:
            link.disconnect()

    def _say_down(self, code: str) -> None:
        if self._said != code:
            self._said = code
            self._report(ReaderDown(source=self.source, code=code))

    def _say_up(self) -> None:
        if self._said != "":
            self._said = ""
            self._report(ReaderUp(source=self.source))


def read_card(transmit: Callable[[bytes], bytes], *, source: str, settings: SmartCardSettings) -> CardSeen | BadRead:
    """Read UID and member number by APDUs.

    Args:
        transmit: sends a command and returns the answer with its status word; raises CardGone.
        source: the reader's name in the reports.
        settings: where the member number lies.

    Returns:
        The card, with at least one of UID and number; or why it cannot be used: it has neither, its file is damaged, or
        its UID is one that the rules refuse (R87), such as a phone's, and there is no number beside it.
    """
    uid = _answered(transmit, GET_UID) or b""
    number = ""
    if settings.application_id and _selected(transmit, settings.application_id):
        read = _number(_answered(transmit, bytes((0x00, 0xB0, 0x80 | settings.file_id, 0x00, 0x00))))
        if read is None:
            return BadRead(source=source, reason=BadReadReason.CHECK)
        number = read
    if not number and not uid:
        return BadRead(source=source, reason=BadReadReason.MUTE)
    try:
        if uid:
            read_uid(uid)
    except Refusal as refusal:
        if not number:
            random = refusal.code == "card.random_uid"
            return BadRead(source=source, reason=BadReadReason.RANDOM_UID if random else BadReadReason.CHECK)
        uid = b""
    return CardSeen(source=source, kind=CardKind.CHIP, uid=uid, text=number)


def _selected(transmit: Callable[[bytes], bytes], application_id: bytes) -> bool:
    # Without an expected length, which contact cards (T=0) would not take and nobody needs.
    answer = _exchange(transmit, bytes((0x00, 0xA4, 0x04, 0x00, len(application_id))) + application_id)
    return answer[-2:] == _DONE or answer[-2:-1] == bytes((_MORE,))


def _answered(transmit: Callable[[bytes], bytes], command: bytes) -> bytes | None:
    """The data of a command that the card carries out; None if it does not."""
    answer = _exchange(transmit, command)
    if len(answer) == len(_DONE) and answer[0] == _LENGTH_IS:
        answer = _exchange(transmit, command[:-1] + answer[1:])
    return answer[:-2] if answer[-2:] == _DONE else None


def _exchange(transmit: Callable[[bytes], bytes], command: bytes) -> bytes:
    """One command and its answer. The service hands over an empty one, and no error, for a card that has just gone."""
    answer = transmit(command)
    if len(answer) < len(_DONE):
        raise CardGone
    return answer


def _number(content: bytes | None) -> str | None:
    """The member number in a file that is filled up with 00, FF or spaces; None if that is not what the file holds."""
    text = (content or b"").rstrip(b"\x00\xff ")
    if not 0 < len(text) <= NUMBER_LENGTH_MAX or not text.isalnum() or not text.isascii():
        return None
    return text.decode("ascii")
