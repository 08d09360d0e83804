"""Clock: the wall and the monotonic clock of one machine, which may be wrong in every way (F10 to F14)."""

from __future__ import annotations

from dataclasses import dataclass

from tests.simulation.world import US, World


@dataclass(slots=True)
class Clock:
    """A machine's clocks. `lead_us` is how far a call under way has come: true time stands still meanwhile."""

    world: World
    offset_us: int = 0
    drift_ppm: int = 0
    since_us: int = 0
    boot_us: int = 0
    lead_us: int = 0

    def now(self) -> int:
        """Read the wall clock."""
        true_us = self.world.now_us
        drifted = (true_us - self.since_us) * self.drift_ppm // 1_000_000
        return true_us + self.offset_us + drifted + self.lead_us

    def mono(self) -> int:
        """Read the monotonic clock: it began at this boot."""
        return self.world.now_us - self.boot_us + self.lead_us

    def jump(self, by_us: int) -> None:
        """Put the wall clock forward or back."""
        self.offset_us += by_us

    def drift(self, ppm: int) -> None:
        """Let the wall clock run fast or slow from now on."""
        self.offset_us = self.now() - self.lead_us - self.world.now_us
        self.since_us = self.world.now_us
        self.drift_ppm = ppm

    def boot(self) -> None:
        """Begin the monotonic clock anew."""
        self.boot_us = self.world.now_us - US
