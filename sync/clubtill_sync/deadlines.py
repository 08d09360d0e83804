"""Deadlines: a transport that gives up at a deadline, however slowly the other end drips.

httpx bounds each read, so a byte a second keeps it for ever. Here every read, write and connect gets what is left of
the whole call's time. Knows httpx and httpcore; nothing of what is said over the line.
"""

from __future__ import annotations

import math
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any, Final
from weakref import WeakSet

import httpcore
import httpx

ANSWER_BYTES_MAX: Final = 32 * 1024 * 1024
_IDLE_S: Final = 4
"""Idle connections are closed by us, a second before usual servers do, so that a request never meets a closing one."""
_PIECE: Final = 4096
_due_s: ContextVar[float] = ContextVar("due_s", default=math.inf)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Bound everything that this thread does on the line inside the block."""
    token = _due_s.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _due_s.reset(token)


def _left(timeout: float | None) -> float:
    """Give the time left until the deadline, at most `timeout`. Raises ReadTimeout when there is none."""
    left = _due_s.get() - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left if timeout is None else min(left, timeout)


class _Stream(httpcore.NetworkStream):
    """A connection whose every operation ends at the deadline, or when another thread breaks it off."""

    def __init__(self, inner: httpcore.NetworkStream, live: WeakSet[_Stream]) -> None:
        self._inner = inner
        self._live = live
        live.add(self)

    def break_off(self) -> None:
        """Wake whoever waits on the connection: to close it would not."""
        with suppress(OSError):  # the other end was quicker
            socket.socket.shutdown(self.get_extra_info("socket"), socket.SHUT_RDWR)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE):
            self._inner.write(buffer[start : start + _PIECE], _left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, _left(timeout)), self._live)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Makes connections whose every operation ends at the deadline."""

    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()
        self.live: WeakSet[_Stream] = WeakSet()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.connect_tcp(host, port, _left(timeout), local_address, socket_options), self.live)


class DeadlineTransport(httpx.BaseTransport):
    """Carries requests over HTTP/1.1 and reads each answer whole, up to a size, before `within` ends.

    Raises httpx.TimeoutException and httpx.NetworkError, with the system's error as their cause.
    """

    def __init__(self, ssl_context: ssl.SSLContext | None = None) -> None:
        self._backend, self._closed = _Backend(), False
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl_context or httpx.create_ssl_context(),
            max_connections=4,
            keepalive_expiry=_IDLE_S,
            network_backend=self._backend,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and read its answer; after `close` there is none."""
        if self._closed:
            raise httpx.ReadError("closed", request=request)
        url = request.url
        sent = httpcore.Request(
            method=request.method,
            url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.content,
            extensions=request.extensions,
        )
        try:
            response = self._pool.handle_request(sent)
            try:
                content = _read(response)
            finally:
                response.close()
        except httpcore.TimeoutException as error:
            raise httpx.ReadTimeout("deadline", request=request) from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise httpx.ReadError(str(error), request=request) from error
        return httpx.Response(response.status, headers=response.headers, stream=httpx.ByteStream(content))

    def close(self) -> None:
        """Close every connection; a call that waits in another thread ends at once, without an answer."""
        self._closed = True
        for stream in tuple(self._backend.live):
            stream.break_off()
        self._pool.close()


def _read(response: httpcore.Response) -> bytes:
    content = bytearray()
    for piece in response.iter_stream():
        content += piece
        if len(content) > ANSWER_BYTES_MAX:
            raise httpcore.RemoteProtocolError("answer too large")
    return bytes(content)
