"""Health: whether this process can do its work: its database answers, its tables are this program's, its disk has room.

Anybody may ask, so it tells nothing but words.
"""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from typing import Final

from clubtill_ledger.store import schema
from clubtill_ledger.store.engines import Store
from clubtill_ledger.store.faults import StoreFault

OK: Final = "ok"
DISK_BYTES_LEAST: Final = 64 * 1024 * 1024
"""Below this a file's disk is called low: the service still writes, and somebody has to make room."""


_newest = cache(schema.newest)


def of(store: Store) -> dict[str, str]:
    """Say `ok` or what is wrong with the database, the schema and the disk; `state` is `ok` or `failing`."""
    told = {"database": OK, "schema": OK, "disk": OK}
    try:
        if store.read(schema.version) != _newest():
            told["schema"] = "other"
    except StoreFault as fault:
        told["database"] = fault.code.removeprefix("ledger.")
    if store.is_sqlite and shutil.disk_usage(Path(store.writer.url.database or ".").parent).free < DISK_BYTES_LEAST:
        told["disk"] = "low"
    state = OK if all(value == OK for value in told.values()) else "failing"
    return {"state": state, **told}
