"""Clock: one clock for several processes, which a walk can put forward by a month.

The file holds the instant that was set and the system's instant at which it was; between, the clock runs as usual.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SharedClock:
    """A clock kept in a file."""

    path: Path

    def set(self, now_us: int) -> None:
        """Put the clock to an instant."""
        fresh = self.path.with_suffix(".new")
        fresh.write_text(f"{now_us} {_system_us()}")
        fresh.rename(self.path)

    def now_us(self) -> int:
        """Read the clock."""
        set_us, system_us = map(int, self.path.read_text().split())
        return set_us + _system_us() - system_us


def _system_us() -> int:
    return time.time_ns() // 1000
