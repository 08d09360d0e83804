"""The computer's smart card service, as the watcher sees it, and the real one (PC/SC by `smartcard.scard`).

Only plain calls: pyscard's own monitors end for good when the service stops. The package is imported when it is first
needed, for it belongs to the extra `cards`. Nothing here knows what is on a card.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Final, Protocol

from clubtill_desk.faults import Fault

NEW_READERS: Final = "\\\\?PnP?\\Notification"
"""The name under which the service tells that readers came or went."""


class CardGone(Exception):  # noqa: N818 - it tells what happened
    """The card left the reader while it was being talked to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """What is known of a reader: the service's own word for its state, and whether a card that answers lies in it."""

    state: int = 0
    has_card: bool = False
    mute: bool = False

    @property
    def insertions(self) -> int:
        """A count that changes when a card comes or goes, so that a quick exchange is not missed."""
        return self.state >> 16


class CardLink(Protocol):
    """A connection to the card in a reader."""

    def transmit(self, command: bytes) -> bytes:
        """Send an APDU and return the answer with its status word. Raises CardGone. Fault: `reader.service_down`."""

    def disconnect(self) -> None:
        """Let the card go, powered as it is; never fails."""


class CardContext(Protocol):
    """A session with the service. One thread uses it; only `cancel` may be called from another."""

    def readers(self) -> tuple[str, ...]:
        """The names of the readers. Fault: `reader.service_down`."""

    def wait(self, slots: Mapping[str, Slot], timeout_ms: int) -> Mapping[str, Slot]:
        """Wait for a difference to `slots`, or for the time; return what changed. Fault: `reader.service_down`."""

    def connect(self, reader: str) -> CardLink:
        """Connect to the card. Raises CardGone. Faults: `reader.busy`, `reader.service_down`."""

    def cancel(self) -> None:
        """End a `wait` at once."""

    def release(self) -> None:
        """End the session; never fails."""


class CardService(Protocol):
    """Where sessions come from."""

    def establish(self) -> CardContext:
        """Begin a session. Faults: `reader.service_down`, `reader.driver_missing`."""


@dataclass(slots=True)
class PcscService:
    """The real service: pcscd on Linux."""

    _scard: ModuleType | None = field(default=None, init=False)

    def establish(self) -> CardContext:
        """See `CardService.establish`."""
        if self._scard is None:
            try:
                self._scard = importlib.import_module("smartcard.scard")
            except ImportError as error:
                raise Fault("reader.driver_missing") from error
        result, handle = self._scard.SCardEstablishContext(self._scard.SCARD_SCOPE_USER)
        if result != self._scard.SCARD_S_SUCCESS:
            raise Fault("reader.service_down")
        return _PcscContext(self._scard, handle)


class _PcscContext:
    """See `CardContext`."""

    def __init__(self, scard: ModuleType, handle: object) -> None:
        self._scard = scard
        self._handle = handle

    def readers(self) -> tuple[str, ...]:
        result, names = self._scard.SCardListReaders(self._handle, [])
        if result == self._scard.SCARD_E_NO_READERS_AVAILABLE:
            return ()
        if result != self._scard.SCARD_S_SUCCESS:
            raise Fault("reader.service_down")
        return tuple(names)

    def wait(self, slots: Mapping[str, Slot], timeout_ms: int) -> Mapping[str, Slot]:
        scard = self._scard
        asked = [(name, slot.state) for name, slot in slots.items()]
        result, states = scard.SCardGetStatusChange(self._handle, timeout_ms, asked)
        if result in (scard.SCARD_E_TIMEOUT, scard.SCARD_E_CANCELLED, scard.SCARD_E_UNKNOWN_READER):
            return {}
        if result != scard.SCARD_S_SUCCESS:
            raise Fault("reader.service_down")
        return {
            name: Slot(
                state=state & ~scard.SCARD_STATE_CHANGED,
                has_card=bool(state & scard.SCARD_STATE_PRESENT),
                mute=bool(state & scard.SCARD_STATE_MUTE),
            )
            for name, state, _ in states
            if state & scard.SCARD_STATE_CHANGED
        }

    def connect(self, reader: str) -> CardLink:
        scard = self._scard
        any_protocol = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        result, card, protocol = scard.SCardConnect(self._handle, reader, scard.SCARD_SHARE_SHARED, any_protocol)
        if result == scard.SCARD_E_SHARING_VIOLATION:
            raise Fault("reader.busy")
        if result in (scard.SCARD_E_NO_SERVICE, scard.SCARD_E_INVALID_HANDLE, scard.SCARD_E_SERVICE_STOPPED):
            raise Fault("reader.service_down")
        if result != scard.SCARD_S_SUCCESS:
            raise CardGone
        return _PcscLink(scard, card, protocol)

    def cancel(self) -> None:
        self._scard.SCardCancel(self._handle)

    def release(self) -> None:
        self._scard.SCardReleaseContext(self._handle)


class _PcscLink:
    """See `CardLink`."""

    def __init__(self, scard: ModuleType, card: object, protocol: int) -> None:
        self._scard = scard
        self._card = card
        self._header = scard.SCARD_PCI_T0 if protocol == scard.SCARD_PROTOCOL_T0 else scard.SCARD_PCI_T1

    def transmit(self, command: bytes) -> bytes:
        result, answer = self._scard.SCardTransmit(self._card, self._header, list(command))
        if result in (self._scard.SCARD_E_NO_SERVICE, self._scard.SCARD_E_SERVICE_STOPPED):
            raise Fault("reader.service_down")
        if result != self._scard.SCARD_S_SUCCESS:
            raise CardGone
        return bytes(answer)

    def disconnect(self) -> None:
        self._scard.SCardDisconnect(self._card, self._scard.SCARD_LEAVE_CARD)
