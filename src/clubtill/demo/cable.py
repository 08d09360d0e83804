"""Cable: the network between the demo's terminals and its ledger, on loopback, with a plug that can be pulled.

It passes bytes on and looks at none. It listens on loopback and leads to loopback: no service outside can be reached.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Lock, Thread
from typing import Final

from clubtill.demo.ledger import HOST, free_port

_CHUNK_BYTES: Final = 65_536


class Cable:
    """A relay from a port of its own to the ledger's. Pulled, it drops what runs and whoever calls is hung up on."""

    def __init__(self, to_port: int) -> None:
        """Lay the cable, plugged in, to a ledger that listens already."""
        self._to_port = to_port
        self._listener = socket.socket()
        self._listener.bind((HOST, free_port()))
        self._listener.listen()
        self._lock = Lock()
        self._plugged = True
        self._ends: set[socket.socket] = set()
        self._thread = Thread(target=self._accept, name="cable", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where terminals find the ledger."""
        return f"http://{HOST}:{self._listener.getsockname()[1]}"

    @property
    def plugged(self) -> bool:
        """Whether anything gets through."""
        with self._lock:
            return self._plugged

    def pull(self) -> None:
        """Cut every connection, and let no new one through."""
        with self._lock:
            self._plugged = False
            for end in self._ends:
                _cut(end)

    def plug(self) -> None:
        """Let connections through again."""
        with self._lock:
            self._plugged = True

    def close(self) -> None:
        """Take the cable away."""
        self.pull()
        _cut(self._listener)
        self._listener.close()
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self._listener.accept()
            except OSError:
                return  # closed
            if not self._join(near):
                near.close()

    def _join(self, near: socket.socket) -> bool:
        """Lead a connection on to the ledger; False when nothing gets through."""
        with self._lock:
            if not self._plugged:
                return False
            far = socket.socket()
            try:
                far.connect((HOST, self._to_port))
            except OSError:
                far.close()
                return False
            self._ends |= {near, far}
        there = Thread(target=_carry, args=(near, far), daemon=True)
        back = Thread(target=_carry, args=(far, near), daemon=True)
        Thread(target=self._see_off, args=(near, far, there, back), daemon=True).start()
        return True

    def _see_off(self, near: socket.socket, far: socket.socket, there: Thread, back: Thread) -> None:
        """Wait until both ways have ended, then close both ends."""
        there.start()
        back.start()
        there.join()
        back.join()
        with self._lock:
            self._ends -= {near, far}
            near.close()
            far.close()


def _carry(source: socket.socket, target: socket.socket) -> None:
    """Carry bytes one way until that way ends; then neither end gets more."""
    try:
        while chunk := source.recv(_CHUNK_BYTES):
            target.sendall(chunk)
    except OSError:
        pass  # cut
    _cut(source)
    _cut(target)


def _cut(end: socket.socket) -> None:
    with suppress(OSError):  # it may have ended by itself
        end.shutdown(socket.SHUT_RDWR)
