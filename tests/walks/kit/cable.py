"""A network cable between one station and the ledger, which can be pulled out and put in again."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Lock, Thread

from tests.sync.hostile import listen


class Cable:
    """Carries bytes both ways between its own loopback port and another; pulled out, nobody gets through."""

    def __init__(self, to_port: int) -> None:
        """Lay the cable; it is plugged in."""
        self._to_port = to_port
        self._gate = Lock()
        self._ends: list[socket.socket] = []
        self._listener: socket.socket | None = None
        free = listen()
        self.port = int(free.getsockname()[1])
        free.close()
        self.url = f"http://127.0.0.1:{self.port}"
        self.plug()

    def pull(self) -> None:
        """Pull the plug: what is open breaks off, and nothing new gets through."""
        with self._gate:
            ends, self._ends = self._ends, []
            listener, self._listener = self._listener, None
        for end in (*ends, *([listener] if listener else [])):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def plug(self) -> None:
        """Put the plug in, at the same address each time."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen()
        with self._gate:
            self._listener = listener
        Thread(target=self._accept, args=(listener,), name="cable", daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._to_port), timeout=5)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            with self._gate:
                self._ends += [near, far]
            for one, other in ((near, far), (far, near)):
                Thread(target=_carry, args=(one, other), name="cable-core", daemon=True).start()


def _carry(one: socket.socket, other: socket.socket) -> None:
    """Carry bytes one way until either end is gone."""
    with suppress(OSError):
        while data := one.recv(65_536):
            other.sendall(data)
    for end in (one, other):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
