"""Faults: the world is broken, and somebody can do something about it (architecture, section 3).

A fault is neither a rule's no (`Refusal`) nor a bug. It carries a code from the closed list below; the wording has a
sentence with a way out for each. Nothing here decides what a screen does with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

FAULTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "reader.unplugged": "a reader's port or device is not there",
        "reader.busy": "another program holds the reader",
        "reader.service_down": "the smart card service of the computer does not answer",
        "reader.driver_missing": "this installation has no smart card part (extra `cards`)",
        "printer.unreachable": "the receipt printer cannot be opened or written to",
        "printer.paper": "the receipt printer has no paper",
        "printer.cover": "the receipt printer's cover is open, or it was switched offline by its button",
        "printer.unknown": "the receipt printer fell silent while a job was on its way",
        "sound.player": "no program that plays sound was found, or it ended",
        "ledger.unreachable": "no answer from the ledger",
        "ledger.garbled": "what answered is not the ledger, or only half of an answer came",
        "disk.full": "no room is left where the databases lie",
        "export.no_key": "the key store does not hold the keys of this terminal's data",
        "disk.failed": "the disk refused to read or write",
        "store.damaged": "a database file is not whole",
        "store.newer": "a database was written by a newer version of this program",
        "store.locked": "another process of this program holds the databases",
        "store.wrong_key": "the key at hand does not open the database",
        "keystore.locked": "the key store that holds this terminal's keys cannot be opened now",
        "keystore.damaged": "a key was found that is not 32 bytes long",
        "bug": "our own mistake; the log has the details under the reference",
    }
)
"""Every fault code, and what has happened. The wording holds a sentence for each."""


class Fault(Exception):  # noqa: N818 - a fault is a state of the world, not an error of the program
    """The world is broken.

    Attributes:
        code: one of `FAULTS`.
        facts: what the sentence may name, as plain values; never a key, a PIN or card data.
    """

    def __init__(self, code: str, **facts: object) -> None:
        if code not in FAULTS:
            raise ValueError(f"no such fault: {code!r}")
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __repr__(self) -> str:
        return f"Fault({self.code!r}, {self.facts!r})"
