"""Recover: open the store of a terminal that is down, whatever a bad disk did to its files, and say what it took.

Runs before any lane is started. The till sells afterwards; what could not be saved is told, never passed over (C29).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from clubtill_desk.faults import Fault
from clubtill_terminal.store import rescue
from clubtill_terminal.store.engines import Store
from clubtill_terminal.store.opening import KEY_CHECK, open_store
from clubtill_terminal.store.rescue import Rescued


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An open store. `rescued` is None when nothing was wrong with `facts`."""

    store: Store
    rescued: Rescued | None


def open_and_recover(folder: Path, key: bytes) -> Opened:
    """Open a terminal's store; a damaged `facts` is rescued first, and kept aside as it was.

    Raises:
        Fault: as `open_store`; `store.damaged` only when this device's own identity is gone.
    """
    if rescue.key_fits(folder, key) and not rescue.log_is_whole(folder, key):
        rescued = rescue.rescue_facts(folder, key)
        return Opened(store=open_store(folder, key), rescued=rescued)
    try:
        return Opened(store=open_store(folder, key), rescued=None)
    except Fault as fault:
        if fault.code == "store.wrong_key" and rescue.key_fits(folder, key):
            (folder / KEY_CHECK).unlink()  # the file opens with this key, so it is the note about the key that is wrong
            return open_and_recover(folder, key)
        if fault.code != "store.damaged" or fault.facts.get("which") != "facts":
            raise
    rescued = rescue.rescue_facts(folder, key)
    return Opened(store=open_store(folder, key), rescued=rescued)
