"""Files: names and handling of database files that are made beside the ones in use."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

NEW_CACHE: Final = "cache.new.db"
"""A cache that is being built; what a start finds of it was not finished."""
CHUNKS: Final = "chunks"
"""The folder of what was fetched of a snapshot."""


def remove(path: Path) -> None:
    """Remove a database with its log, if it is there."""
    for suffix in ("-wal", "-shm", "-journal", ""):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Bring a file and its name to the disk, once and for all of it."""
    for one in (path, path.parent):
        handle = os.open(one, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
