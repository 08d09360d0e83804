"""World: true time, what is due when, chance by name, and the trace. One thread; nothing here reads a clock."""

from __future__ import annotations

import hashlib
import heapq
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

US = 1_000_000
MINUTE = 60 * US
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Killed(BaseException):
    """A process ended here, as by kill -9. No program catches it: not an Exception."""

    def __init__(self, whose: str, where: str) -> None:
        super().__init__(f"{whose} {where}")
        self.whose = whose
        self.where = where


class Violation(AssertionError):  # noqa: N818 - the name of what the watch finds
    """An invariant does not hold. `name` is its id, such as I24."""

    def __init__(self, name: str, told: str) -> None:
        super().__init__(f"{name}: {told}")
        self.name = name


@dataclass(slots=True)
class World:
    """One seed's world. Chance comes in streams by name, so that taking one fault away leaves the others alone."""

    seed: int
    now_us: int
    injected: Counter[str] = field(default_factory=Counter)
    did: Counter[str] = field(default_factory=Counter)
    steps: int = 0
    keep_trace: bool = False
    lines: list[str] = field(default_factory=list)
    _due: list[tuple[int, int, Callable[[], None]]] = field(default_factory=list)
    _count: int = 0
    _chances: dict[str, random.Random] = field(default_factory=dict)
    _trace: hashlib._Hash = field(default_factory=hashlib.sha256)

    def chance(self, name: str) -> random.Random:
        """Give the stream of chance with this name."""
        if name not in self._chances:
            self._chances[name] = random.Random(f"{self.seed}/{name}")
        return self._chances[name]

    def after(self, delay_us: int, act: Callable[[], None]) -> None:
        """Do something later."""
        self.at(self.now_us + max(0, delay_us), act)

    def at(self, at_us: int, act: Callable[[], None]) -> None:
        """Do something at an instant of true time."""
        self._count += 1
        heapq.heappush(self._due, (at_us, self._count, act))

    def note(self, *told: object) -> None:
        """Write a line into the trace: it tells two runs apart."""
        line = f"{self.now_us} " + " ".join(map(str, told))
        self._trace.update(line.encode())
        if self.keep_trace:
            self.lines.append(line)

    def inject(self, fault: str, *told: object) -> None:
        """Count a fault that was really injected."""
        self.injected[fault] += 1
        self.note("fault", fault, *told)

    @property
    def trace(self) -> str:
        """Give the hash of all that happened (I34)."""
        return self._trace.hexdigest()

    def next_us(self) -> int | None:
        """Give when the next thing is due; None for nothing."""
        return self._due[0][0] if self._due else None

    def pop(self) -> Callable[[], None]:
        """Take the next thing; true time moves on to it."""
        at_us, _, act = heapq.heappop(self._due)
        self.now_us = max(self.now_us, at_us)
        self.steps += 1
        return act
