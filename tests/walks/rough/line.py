"""The line: a network namespace of one's own whose loopback goes down and up again.

Needs the right to make a namespace: root's, or that of a user in a user namespace.
"""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import subprocess
import sys
from typing import Final

_INSIDE: Final = "CLUBTILL_ROUGH_LINE"
_GET_FLAGS, _SET_FLAGS, _UP, _RUNNING = 0x8913, 0x8914, 0x1, 0x40
_REQUEST: Final = "16sh14x"


def ways() -> list[str] | None:
    """Give the words that make a namespace here; None where none can be made."""
    for words in (["unshare", "--net"], ["unshare", "--user", "--map-root-user", "--net"]):
        try:
            done = subprocess.run([*words, "true"], capture_output=True, check=False)
        except FileNotFoundError:
            return None
        if done.returncode == 0:
            return words
    return None


def inside(words: list[str]) -> None:
    """Go on inside a namespace of one's own: the program begins anew there."""
    if os.environ.get(_INSIDE):
        join()
        return
    made = ways()
    if made is None:
        raise SystemExit("No network namespace can be made here. Root may, or a user where that is allowed.")
    os.environ[_INSIDE] = "1"
    os.execvp(made[0], [*made, sys.executable, "-m", "tests.walks.rough", *words])  # noqa: S606 - no shell is wanted


def cut() -> None:
    """Take the loopback down."""
    _flag(up=False)


def join() -> None:
    """Bring the loopback up."""
    _flag(up=True)


def _flag(*, up: bool) -> None:
    with socket.socket() as control:
        told = fcntl.ioctl(control, _GET_FLAGS, struct.pack(_REQUEST, b"lo", 0))
        _, flags = struct.unpack(_REQUEST, told)
        wanted = flags | _UP | _RUNNING if up else flags & ~_UP
        fcntl.ioctl(control, _SET_FLAGS, struct.pack(_REQUEST, b"lo", wanted))
