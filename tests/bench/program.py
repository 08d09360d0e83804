"""Program: what a started program tells of its own start, and how another one starts it and listens."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic_ns
from typing import Final

DEADLINE_S: Final = 60
_PAGE: Final = resource.getpagesize()


class Start:
    """Told by a program about itself: one JSON line for each thing that came about. Knows no Qt."""

    def tell(self, what: str, **more: object) -> None:
        """Tell that something came about now, and how much memory is resident."""
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        told = {"what": what, "at_ns": monotonic_ns(), "rss_mb": pages * _PAGE / 1_000_000, **more}
        print(json.dumps(told), flush=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """How a start went: milliseconds from before the process was made, and the memory when it was ready."""

    frame_ms: float
    ready_ms: float
    rss_mb: float


def start(module: str, arguments: Sequence[str] = ()) -> Started:
    """Start a program, wait until it has ended, and give what it told.

    Raises:
        RuntimeError: it failed, or did not tell.
    """
    start_ns = monotonic_ns()
    ended = subprocess.run(
        [sys.executable, "-m", module, *arguments], capture_output=True, text=True, timeout=DEADLINE_S, check=False
    )
    told = {one["what"]: one for one in map(json.loads, ended.stdout.splitlines())}
    if ended.returncode or not {"frame", "ready"} <= told.keys():
        raise RuntimeError(f"{module} ended with {ended.returncode}: {ended.stderr}")
    return Started(
        frame_ms=(told["frame"]["at_ns"] - start_ns) / 1_000_000,
        ready_ms=(told["ready"]["at_ns"] - start_ns) / 1_000_000,
        rss_mb=told["ready"]["rss_mb"],
    )
