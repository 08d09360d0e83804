"""The simulated twin of the smart card service: a reader, cards made of software, and a service that can stop.

Ships with the product (U123). It stands where pcscd does and speaks APDUs, so the watcher and what it reads are real.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Condition
from typing import Final

from clubtill_desk.faults import Fault
from clubtill_terminal.devices.card_service import NEW_READERS, CardContext, CardGone, CardLink, Slot
from clubtill_terminal.devices.virtual_card import CardModel

READER: Final = "Simulated reader 00 00"


class _Desk:
    """What lies on the desk; every change is made and seen under `changed`."""

    def __init__(self) -> None:
        self.changed = Condition()
        self.runs = True
        self.session = 0
        self.plugged = True
        self.held = False
        self.card: CardModel | None = None
        self.moves = 0

    def slots(self) -> dict[str, Slot]:
        """What the service would tell about the reader, and about there being one."""
        slots = {READER: Slot(state=self.moves << 16 | 1, has_card=self.card is not None)} if self.plugged else {}
        return slots | {NEW_READERS: Slot(state=len(slots) << 16 | 1)}


class SimulatedCards:
    """A card service with one reader: `establish` is what the watcher is given, the rest is what hands do."""

    def __init__(self) -> None:
        self._desk = _Desk()

    def establish(self) -> CardContext:
        """See `CardService.establish`."""
        with self._desk.changed:
            if not self._desk.runs:
                raise Fault("reader.service_down")
            return _Context(self._desk)

    def insert(self, card: CardModel) -> None:
        """Put a card in, in place of what lies there."""
        self._move(card, plugged=True)

    def remove(self) -> None:
        """Take the card out."""
        self._move(None, plugged=True)

    def unplug(self) -> None:
        """Pull the reader's plug, card and all."""
        self._move(None, plugged=False)

    def plug(self) -> None:
        """Put the plug back in."""
        self._move(None, plugged=True)

    def stop(self) -> None:
        """Stop the service; every session ends."""
        with self._desk.changed:
            self._desk.runs = False
            self._desk.session += 1
            self._desk.changed.notify_all()

    def start(self) -> None:
        """Start the service again."""
        with self._desk.changed:
            self._desk.runs = True

    def hold(self, *, held: bool) -> None:
        """Let another program hold the reader for itself, or give it back."""
        with self._desk.changed:
            self._desk.held = held

    def _move(self, card: CardModel | None, *, plugged: bool) -> None:
        with self._desk.changed:
            self._desk.card = card
            self._desk.plugged = plugged
            self._desk.moves += 1
            self._desk.changed.notify_all()


class _Session:
    """What a context and a link share: they end when the service stops."""

    def __init__(self, desk: _Desk) -> None:
        self._desk = desk
        self._session = desk.session

    def _ended(self) -> bool:
        return not self._desk.runs or self._desk.session != self._session

    def _check(self) -> None:
        if self._ended():
            raise Fault("reader.service_down")


class _Context(_Session):
    """See `CardContext`."""

    def __init__(self, desk: _Desk) -> None:
        super().__init__(desk)
        self._cancelled = False

    def readers(self) -> tuple[str, ...]:
        with self._desk.changed:
            self._check()
            return (READER,) if self._desk.plugged else ()

    def wait(self, slots: Mapping[str, Slot], timeout_ms: int) -> Mapping[str, Slot]:
        with self._desk.changed:
            self._desk.changed.wait_for(
                lambda: self._ended() or self._cancelled or self._differences(slots), timeout=timeout_ms / 1000
            )
            self._check()
            return self._differences(slots)

    def connect(self, reader: str) -> CardLink:
        with self._desk.changed:
            self._check()
            if self._desk.held:
                raise Fault("reader.busy")
            if reader != READER or self._desk.card is None:
                raise CardGone
            return _Link(self._desk, self._desk.card)

    def cancel(self) -> None:
        with self._desk.changed:
            self._cancelled = True
            self._desk.changed.notify_all()

    def release(self) -> None:
        """Nothing is kept for a session."""

    def _differences(self, slots: Mapping[str, Slot]) -> dict[str, Slot]:
        return {name: slot for name, slot in self._desk.slots().items() if slots.get(name, slot) != slot}


class _Link(_Session):
    """See `CardLink`."""

    def __init__(self, desk: _Desk, card: CardModel) -> None:
        super().__init__(desk)
        self._card = card

    def transmit(self, command: bytes) -> bytes:
        with self._desk.changed:
            self._check()
            if self._desk.card is not self._card:
                raise CardGone
            try:
                return self._card.answer(command)
            except CardGone:
                self._desk.card = None
                self._desk.moves += 1
                raise

    def disconnect(self) -> None:
        """The card stays as it is."""
