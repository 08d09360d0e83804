"""A card made of software: what it answers, and how it is put into a virtual reader of the smart card service.

For the demo and the tests. `CardModel` is also what lies in a simulated reader; `VpcdCard` carries it to a real pcscd
with the virtual driver `vpcd`, where the card is the TCP client.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Final

from clubtill_terminal.devices.card_service import CardGone
from clubtill_terminal.devices.smart_card import APPLICATION_ID, FILE_ID, GET_UID

ANSWER_TO_RESET: Final = bytes.fromhex("3B8F8001804F0CA000000306030001000000006A")
"""That of a contactless storage card."""

_DONE: Final = bytes.fromhex("9000")
_NOT_FOUND: Final = bytes.fromhex("6A82")
_NOT_KNOWN: Final = bytes.fromhex("6D00")
_NO_UID: Final = bytes.fromhex("6A81")
_OFF, _ON, _RESET, _ASK_ATR = 0, 1, 2, 4
_TRY_AGAIN_S: Final = 0.05


@dataclass(kw_only=True)
class CardModel:
    """What a card holds and answers.

    Attributes:
        uid: 4, 7 or 10 bytes, or empty for a card that tells none.
        file: content of the club's file, such as `b"100001"`; None if the card has no application of the club.
        pulled_out_after: the card is gone after so many commands; None if it stays.
    """

    uid: bytes = b""
    file: bytes | None = None
    application_id: bytes = APPLICATION_ID
    file_id: int = FILE_ID
    pulled_out_after: int | None = None
    _selected: bool = field(default=False, init=False)

    def answer(self, command: bytes) -> bytes:
        """The answer to a command APDU, with its status word. Raises CardGone when the card was pulled out."""
        if self.pulled_out_after is not None:
            if self.pulled_out_after == 0:
                raise CardGone
            self.pulled_out_after -= 1
        if command == GET_UID:
            return self.uid + _DONE if self.uid else _NO_UID
        if command[:4] == bytes.fromhex("00A40400"):
            name = command[5 : 5 + command[4]]
            self._selected = self.file is not None and name == self.application_id
            return bytes.fromhex("6F00") + _DONE if self._selected else _NOT_FOUND
        if command[:2] == bytes.fromhex("00B0") and self._selected and self.file is not None:
            return self.file + _DONE if command[2:4] == bytes((0x80 | self.file_id, 0)) else _NOT_FOUND
        return _NOT_KNOWN


class VpcdCard:
    """Puts a card into a slot of vpcd and takes it out. A slot takes one card at a time."""

    def __init__(self, host: str, port: int, model: CardModel) -> None:
        """Make a card that is put in later; vpcd listens on `port` for its first slot, on the next for its second."""
        self._address = (host, port)
        self._model = model
        self._removed = Event()
        self._socket: socket.socket | None = None
        self._thread = Thread(target=self._run, name="virtual-card", daemon=True)

    def insert(self) -> None:
        """Put the card in; if the service is not there yet, as soon as it is."""
        self._thread.start()

    def remove(self) -> None:
        """Take the card out; may be called twice."""
        self._removed.set()
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._removed.is_set():
            try:
                self._socket = socket.create_connection(self._address, timeout=5)
            except OSError:
                self._removed.wait(_TRY_AGAIN_S)
                continue
            with self._socket, suppress(OSError, CardGone):
                self._socket.settimeout(None)
                self._serve(self._socket)
            return

    def _serve(self, connection: socket.socket) -> None:
        while not self._removed.is_set():
            length = _exactly(connection, 2)
            message = _exactly(connection, int.from_bytes(length, "big")) if length else b""
            if not message:
                return
            if message == bytes((_ASK_ATR,)):
                answer = ANSWER_TO_RESET
            elif len(message) == 1 and message[0] in (_OFF, _ON, _RESET):
                continue
            else:
                answer = self._model.answer(message)
            connection.sendall(len(answer).to_bytes(2, "big") + answer)


def _exactly(connection: socket.socket, length: int) -> bytes:
    """So many bytes, or none if the other side has gone."""
    received = b""
    while len(received) < length:
        # Without this each answer waits 40 ms for an acknowledgement; the option holds until the next receive.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        chunk = connection.recv(length - len(received))
        if not chunk:
            return b""
        received += chunk
    return received
