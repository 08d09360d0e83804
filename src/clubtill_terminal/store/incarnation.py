"""Incarnation: tells at start whether this store is the one that this machine last had, or an older or foreign copy.

A random text stands both in `facts` and in a file of the machine that no backup takes along. If they differ, no points
are spent and nothing is sent until a hello has said where the log goes on (6.6).
"""

from __future__ import annotations

import os
from pathlib import Path

from clubtill_terminal.store.device import change_device, find_device
from clubtill_terminal.store.engines import Store
from clubtill_terminal.store.recovery import ROLLED_BACK

NO_BACKUP = "CACHEDIR.TAG"
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# Backups leave this folder out: bford.info/cachedir\n"


def confirm(store: Store, machine: Path, fresh: str) -> bool:
    """Compare the store with the machine's file; where they differ, doubt the log and begin a new incarnation.

    Args:
        store: just opened.
        machine: a folder of this machine that no backup takes along.
        fresh: a random text that was never used before.

    Gives whether they were the same. The doubt is kept before the file is written, so a death between the two doubts
    once more. Before enrolment there is nothing to compare.
    """
    with store.facts.begin() as facts:
        device = find_device(facts)
        if device is None:
            return True
        path = machine / f"{device.device_id}.incarnation"
        if path.exists() and path.read_text(encoding="ascii", errors="replace").strip() == device.incarnation:
            return True
        change_device(facts, incarnation=fresh, trouble=device.trouble or ROLLED_BACK)
    _write(path, fresh)
    return False


def note(store: Store, machine: Path) -> None:
    """Write the machine's file of a terminal that was just enrolled."""
    with store.facts.begin() as facts:
        device = find_device(facts)
    if device is not None:
        _write(machine / f"{device.device_id}.incarnation", device.incarnation)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    tag = path.with_name(NO_BACKUP)
    if not tag.exists():
        tag.write_text(_TAG, encoding="ascii")
    part = path.with_name(f"{path.name}.part")
    with part.open("w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
