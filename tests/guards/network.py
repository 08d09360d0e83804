"""Sockets beyond loopback fail the test that opened them, also when the product swallowed the error.

An audit hook sees every Python-level socket, in every thread. What a C library opens on its own (libpq) is not seen.
"""

import ipaddress
import sys
from collections.abc import Iterator

import pytest

_WATCHED = {"socket.connect": 1, "socket.bind": 1, "socket.sendto": 1, "socket.sendmsg": 1, "socket.getaddrinfo": 0}
_beyond: list[str] = []


class BeyondLoopbackError(Exception):
    """A test tried to reach another machine. Not an OSError, so that no retry loop takes it for a bad network."""


def is_loopback(host: object) -> bool:
    """Whether `host` (text, bytes, or None where none is named) stays on this machine."""
    text = host.decode() if isinstance(host, bytes) else host
    if not isinstance(text, str):
        return text is None
    try:
        return ipaddress.ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        return text == "localhost"


def _watch(event: str, facts: tuple[object, ...]) -> None:
    if event not in _WATCHED:
        return
    address = facts[_WATCHED[event]]
    if event == "socket.getaddrinfo":
        host = address
    elif isinstance(address, tuple):
        host = address[0]
    else:
        return  # a path of a Unix socket
    if not is_loopback(host):
        _beyond.append(f"{event} {address!r}")
        raise BeyondLoopbackError(f"{event} {address!r}: tests stay on 127.0.0.1 and ::1")


sys.addaudithook(_watch)


@pytest.fixture(autouse=True)
def _stays_on_this_machine() -> Iterator[None]:
    _beyond.clear()
    yield
    if _beyond:
        pytest.fail(f"reached beyond loopback: {'; '.join(_beyond)}", pytrace=False)
