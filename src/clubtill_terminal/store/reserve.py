"""Reserve: room on the disk that is kept for what must not fail: the sale in hand, acknowledgements, the queue (C28).

A file of nothing lies beside the databases. While there is little room besides it no new sale begins; when there is
hardly any it is given up, so that what stands can still be finished and sent. Later it is laid down again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

NAME: Final = "reserve"
RESERVE_BYTES: Final = 32 * 1024 * 1024
LOW_BYTES: Final = 32 * 1024 * 1024
"""Below so much room besides the reserve no new sale begins."""
LAST_BYTES: Final = 4 * 1024 * 1024
"""Below so much the reserve is given up: a commit needs a few pages of the log."""


def free_bytes(folder: Path) -> int:
    """Give the room that this user has where a folder lies."""
    return shutil.disk_usage(folder).free


def tend(folder: Path, free: Callable[[Path], int] = free_bytes) -> bool:
    """Lay the reserve down, keep it or give it up, as the room asks; give whether no new sale may begin."""
    path, room = folder / NAME, free(folder)
    if path.exists():
        if room < LAST_BYTES:
            path.unlink()
        return room < LOW_BYTES
    if room < RESERVE_BYTES + LOW_BYTES:
        return True
    _lay_down(path)
    return False


def _lay_down(path: Path) -> None:
    """Make the file with room of its own; one that cannot be made whole is not made at all."""
    part = path.with_name(f"{NAME}.part")
    try:
        with part.open("wb") as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, RESERVE_BYTES)
            else:
                file.write(bytes(RESERVE_BYTES))
        part.replace(path)
    except OSError:
        with suppress(OSError):
            part.unlink()
