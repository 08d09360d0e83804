"""Tour: what the demo's story expected and what it read back, step by step, as words, as a file, and checked again.

It compares and writes down; it knows nothing of till or door.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

FILE: Final = "tour.json"


class TourError(Exception):
    """The file is no tour, or not a whole one; the text says why."""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One value: what it is, what it should be, what was read back and from where."""

    what: str
    expected: str
    read: str
    source: str

    @property
    def agrees(self) -> bool:
        """Whether the value is as expected."""
        return self.expected == self.read


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A step of the story: what was done, the pictures of the screens, and the values that it left."""

    number: int
    title: str
    pictures: tuple[str, ...]
    checks: tuple[Check, ...]


class Tour(msgspec.Struct, frozen=True, kw_only=True):
    """The whole story. `told` says that it came to its end; without it the file is half a tour."""

    today: str
    told: bool
    steps: tuple[Step, ...]


def write(tour: Tour, folder: Path) -> Path:
    """Write the tour into a folder."""
    path = folder / FILE
    path.write_bytes(msgspec.json.format(msgspec.json.encode(tour), indent=2) + b"\n")
    return path


def read(path: Path) -> Tour:
    """Read a tour. Raises TourError."""
    try:
        tour = msgspec.json.decode(path.read_bytes(), type=Tour)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise TourError(f"{path} is not a tour: {error}") from error
    if not tour.told or not tour.steps:
        raise TourError(f"{path} is not a whole tour: the story did not come to its end.")
    if empty := [step.number for step in tour.steps if not step.checks]:
        raise TourError(f"{path} is not a whole tour: nothing was read back at step {empty[0]}.")
    return tour


def differences(tour: Tour) -> Iterator[tuple[Step, Check]]:
    """Give every value that is not as expected, with its step."""
    return ((step, check) for step in tour.steps for check in step.checks if not check.agrees)


def said(check: Check) -> str:
    """Say a value in one line of plain words."""
    if check.agrees:
        return f"{check.what}: {_line(check.read)}"
    return f"{check.what}: expected {_line(check.expected)}, but {check.source} says {_line(check.read)}"


def _line(text: str) -> str:
    return " / ".join(line.strip() for line in text.splitlines()) or "nothing"
