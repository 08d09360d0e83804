"""A server on loopback that answers with exactly the bytes a test gives it, in the manner a test chooses."""

from __future__ import annotations

import itertools
import os
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_PORTS = itertools.cycle(range(20_000, 32_000))
_SKIP = os.getpid() * 37 % 12_000
_DEADLINE_S = 20


@dataclass(frozen=True)
class Request:
    """A request as its bytes came in. Header names are in lower case."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


Behave = Callable[[socket.socket, Request], None]


@dataclass
class Server:
    """A running server: where it listens, and what it was asked so far."""

    url: str
    requests: list[Request] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)


def listen() -> socket.socket:
    """Listen on a free loopback port below 32768."""
    for port in itertools.islice(_PORTS, _SKIP, _SKIP + 2_000):
        listener = socket.socket()
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            listener.close()
            continue
        listener.listen()
        return listener
    raise RuntimeError("no free port")


@contextmanager
def serving(*behaviours: Behave, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Serve connections one after the other; each request gets the next behaviour, the last one again and again."""
    listener = listen()
    host, port = listener.getsockname()
    server = Server(url=f"{'https' if tls else 'http'}://{host}:{port}")
    turns = itertools.chain(behaviours, itertools.repeat(behaviours[-1]))

    def work() -> None:
        while not server.over.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.settimeout(_DEADLINE_S)
            with connection as plain:
                try:
                    with tls.wrap_socket(plain, server_side=True) if tls else plain as line:
                        request = read_request(line)
                        if request is not None:
                            server.requests.append(request)
                            next(turns)(line, request)
                except OSError:
                    pass  # the client hung up, which some tests want

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(_DEADLINE_S)


def read_request(connection: socket.socket) -> Request | None:
    """Read one whole request, or None when the line ends before or speaks another protocol."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
        if not data[:1].isalpha():
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
            return None
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("ascii").split("\r\n")
    headers = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        body += connection.recv(65536)
    method, target, _ = first.split(" ")
    path, _, query = target.partition("?")
    return Request(method=method, path=path, query=query, headers=headers, body=body)


def answer(
    body: bytes,
    *,
    status: int = 200,
    content_type: str = "application/json",
    more: str = "",
    length: int | None = None,
) -> bytes:
    """Write an answer. `more` is further header lines; `length` a false Content-Length."""
    told = len(body) if length is None else length
    head = (
        f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {told}\r\nConnection: close\r\n{more}"
    )
    return head.encode() + b"\r\n" + body


def says(data: bytes) -> Behave:
    """Send these bytes and close the connection."""

    def behave(connection: socket.socket, request: Request) -> None:
        del request
        connection.sendall(data)

    return behave


def resets(data: bytes = b"") -> Behave:
    """Send some bytes, then reset the connection."""

    def behave(connection: socket.socket, request: Request) -> None:
        del request
        connection.sendall(data)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return behave


def drips(data: bytes, over: threading.Event, *, pause_s: float = 0.02) -> Behave:
    """Send these bytes one by one with a pause after each, until all are sent or the test is over."""

    def behave(connection: socket.socket, request: Request) -> None:
        del request
        for index in range(len(data)):
            connection.sendall(data[index : index + 1])
            if over.wait(pause_s):
                return

    return behave


def says_nothing(over: threading.Event) -> Behave:
    """Take the request and stay silent until the test is over."""

    def behave(connection: socket.socket, request: Request) -> None:
        del connection, request
        over.wait(_DEADLINE_S)

    return behave
