"""A proxy between psycopg and PostgreSQL that speaks just enough of the wire protocol to break things (F33, F34).

It holds back what a client sends until the client waits for an answer, and asks a `Fault` what to do with it: pass it
on, answer with an error of its own, pass on something else, or cut the line before or after the server has worked.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import sqlalchemy as sa

SYNC, FLUSH, QUERY, PARSE, BIND, END, PASSWORD = b"S", b"H", b"Q", b"P", b"B", b"X", b"p"
SSL_REQUEST = 80877103


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a client asks at once: its statements in their order, all that it sent until it waited.

    Attributes:
        number: the how-manieth of its proxy this is.
        statements: the SQL of each, prepared ones too.
    """

    number: int
    statements: tuple[str, ...]

    def is_a(self, word: str) -> bool:
        """Tell whether a statement begins with this word."""
        return any(one.upper().lstrip().startswith(word) for one in self.statements)


@dataclass(frozen=True, slots=True)
class Act:
    """What becomes of what was asked.

    Attributes:
        error: a state such as 40001 with which the proxy answers; the server hears nothing.
        cut: "before" the server hears it, or "after" it has done it and before the client hears so.
        rewrite: gives other SQL in place of a statement's; `claim` other words in place of the server's tag.
    """

    error: str = ""
    cut: str = ""
    rewrite: Callable[[str], str] | None = None
    claim: Callable[[str], str] | None = None


PASS = Act()
Fault = Callable[[Asked], Act]


@dataclass(slots=True)
class Proxy:
    """A proxy that listens on loopback. `fault` may be changed at any time; `done` counts what it did."""

    host: str
    port: int
    fault: Fault = lambda _asked: PASS
    done: dict[str, int] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _listener: socket.socket = field(default_factory=socket.socket)
    _open: set[socket.socket] = field(default_factory=set)

    def start(self) -> int:
        """Listen, and give the port."""
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()
        return int(self._listener.getsockname()[1])

    def stop(self) -> None:
        """Listen no more and cut every line."""
        self._listener.close()
        for one in list(self._open):
            _close(one)

    def ask(self, statements: tuple[str, ...]) -> Act:
        """Ask the fault, one asker at a time."""
        with self._lock:
            act = self.fault(Asked(number=next(self._numbers), statements=statements))
            name = act.error or act.cut or ("rewritten" if act.rewrite else "")
            if name:
                self.done[name] = self.done.get(name, 0) + 1
            return act

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection((self.host, self.port))
            for one in (client, server):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open.add(one)
            line = _Line(self, client, server)
            threading.Thread(target=line.to_server, daemon=True).start()
            threading.Thread(target=line.to_client, daemon=True).start()


@dataclass(slots=True)
class _Line:
    """One connection."""

    proxy: Proxy
    client: socket.socket
    server: socket.socket
    prepared: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    extra: int = 0
    skipping: bool = False
    silent: bool = False
    state: bytes = b"I"
    claim: Callable[[str], str] | None = None

    def to_server(self) -> None:
        """Read what the client sends, group by group."""
        with contextlib.suppress(OSError, EOFError):
            self._start_up()
            group: list[tuple[bytes, bytes]] = []
            while True:
                kind, body = _message(self.client)
                group.append((kind, body))
                if kind in {SYNC, FLUSH, QUERY, END, PASSWORD}:
                    self._group(group)
                    group = []
        _close(self.client)
        _close(self.server)

    def _start_up(self) -> None:
        while True:
            (size,) = struct.unpack("!I", _exactly(self.client, 4))
            body = _exactly(self.client, size - 4)
            if struct.unpack("!I", body[:4])[0] == SSL_REQUEST:
                self.client.sendall(b"N")
                continue
            self.server.sendall(struct.pack("!I", size) + body)
            return

    def _group(self, group: list[tuple[bytes, bytes]]) -> None:
        if self.skipping:  # an error was answered: the rest up to the next Sync is void, as a server has it
            if group[-1][0] == SYNC:
                self.skipping = False
                self._ready()
            return
        statements = tuple(self._statements(group))
        act = self.proxy.ask(statements) if statements else PASS
        if act.error:
            self._answer_error(act.error)
            self.skipping = group[-1][0] == FLUSH
            if not self.skipping:
                self._ready()
            return
        if act.cut == "before":
            raise EOFError
        self.silent = act.cut == "after"
        self.claim = act.claim
        rewritten = self._rewritten(group, act.rewrite) if act.rewrite else group
        self.server.sendall(b"".join(kind + struct.pack("!I", len(body) + 4) + body for kind, body in rewritten))

    def _rewritten(
        self, group: list[tuple[bytes, bytes]], rewrite: Callable[[str], str]
    ) -> Iterator[tuple[bytes, bytes]]:
        for kind, body in group:
            if kind == PARSE:
                name, sql, rest = body.split(b"\x00", 2)
                yield kind, b"\x00".join((name, rewrite(sql.decode()).encode(), rest))
            elif kind == QUERY:
                yield kind, rewrite(body.rstrip(b"\x00").decode()).encode() + b"\x00"
            elif kind == BIND and (named := body.split(b"\x00", 2))[1]:
                sql, rest = self.prepared[named[1].decode()]
                self.extra += 1  # a statement of our own, in place of the prepared one
                yield PARSE, b"\x00".join((b"", rewrite(sql).encode(), rest))
                yield kind, b"\x00".join((named[0], b"", named[2]))
            else:
                yield kind, body

    def _statements(self, group: list[tuple[bytes, bytes]]) -> Iterator[str]:
        for kind, body in group:
            if kind == PARSE:
                name, sql, rest = body.split(b"\x00", 2)
                self.prepared[name.decode()] = (sql.decode(), rest)
            elif kind == BIND:
                yield self.prepared[body.split(b"\x00", 2)[1].decode()][0]
            elif kind == QUERY:
                yield body.rstrip(b"\x00").decode()

    def _answer_error(self, state: str) -> None:
        fields = b"SERROR\x00VERROR\x00C" + state.encode() + b"\x00Minjected\x00\x00"
        self.client.sendall(b"E" + struct.pack("!I", len(fields) + 4) + fields)
        if self.state == b"T":
            self.state = b"E"

    def _ready(self) -> None:
        self.client.sendall(b"Z" + struct.pack("!I", 5) + self.state)

    def to_client(self) -> None:
        """Pass on what the server answers; where the line is to be cut after its work, wait for that and cut."""
        with contextlib.suppress(OSError, EOFError):
            while True:
                kind, body = _message(self.server)
                if kind == b"Z":
                    self.state = body
                    if self.silent:
                        break
                if kind == b"1" and self.extra:
                    self.extra -= 1
                    continue
                if kind == b"C" and self.claim is not None:
                    body = self.claim(body.rstrip(b"\x00").decode()).encode() + b"\x00"
                if not self.silent:
                    self.client.sendall(kind + struct.pack("!I", len(body) + 4) + body)
        _close(self.client)
        _close(self.server)


def _message(line: socket.socket) -> tuple[bytes, bytes]:
    head = _exactly(line, 5)
    (size,) = struct.unpack("!I", head[1:])
    return head[:1], _exactly(line, size - 4)


def _exactly(line: socket.socket, size: int) -> bytes:
    found = bytearray()
    while len(found) < size:
        part = line.recv(size - len(found))
        if not part:
            raise EOFError
        found += part
    return bytes(found)


def _close(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()


@contextmanager
def proxied(url: str) -> Iterator[tuple[Proxy, str]]:
    """Run a proxy before a PostgreSQL server, and give it with the URL that leads through it."""
    named = sa.make_url(url)
    proxy = Proxy(named.host or "", named.port or 0)
    port = proxy.start()
    through = named.set(host="127.0.0.1", port=port).update_query_dict({"sslmode": "disable", "gssencmode": "disable"})
    try:
        yield proxy, through.render_as_string(hide_password=False)
    finally:
        proxy.stop()
