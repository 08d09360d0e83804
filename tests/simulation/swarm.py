"""Swarm: each seed draws its own mix of faults and sizes, and says which (10.1 of the ledger design)."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tests.simulation.club import ClubMix

ERRANDS: Final = ("refund", "void", "park", "transfer", "fee")
LINE_FAULTS: Final = ("F1", "F2", "F3", "F4", "F5", "F7", "F8", "F9")
HAPPENINGS: Final = (
    "F6", "F11", "F12", "F14", "F15", "F18", "F26", "F27", "F28", "F29", "F30", "F31", "F32", "F37", "F38", "F40",
    "F42", "F43", "F46", "F47", "F48", "snapshot",
)  # fmt: skip
RARE: Final = {
    "F26": 0.15,
    "F27": 0.12,
    "F28": 0.12,
    "F29": 0.1,
    "F32": 0.12,
    "F37": 0.12,
    "F18": 0.2,
    "F46": 0.25,
    "F31": 0.2,
    "snapshot": 0.2,
}
"""How often a seed has a fault; others stand in a third of the seeds."""
ZONES: Final = ("Australia/Sydney", "Europe/London", "America/New_York", "Pacific/Auckland")
EDGES: Final = (
    date(2026, 4, 4), date(2026, 10, 3), date(2026, 3, 28), date(2026, 10, 24), date(2026, 11, 1), date(2026, 3, 7),
    date(2026, 9, 26), date(2028, 2, 28), date(2027, 2, 27), date(2026, 12, 31), date(2026, 6, 29),
)  # fmt: skip
"""Days before a change of daylight saving in one of the zones, the ends of months, the leap day (F13)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """What a seed is made of.

    Attributes:
        rates: how often each fault of the line happens to a request.
        faults: how often each happening comes in the seed.
        skews: how wrong the clock of each terminal is from the beginning, in seconds (F10).
        errands: what people come for besides buying; one visit in five is one.
        rushes: how often people come in a day; once where there are many days.
        acts: how many things people do; more if that makes fewer events than `events`.
    """

    seed: int
    club: ClubMix
    terminals: int
    acts: int
    events: int = 500
    start_us: int
    rushes: int = 2
    rates: dict[str, float] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    skews: tuple[int, ...] = ()
    errands: tuple[str, ...] = ()

    def told(self) -> str:
        """Say the whole mix on one line."""
        club = self.club
        rates = " ".join(f"{name}={rate:.3f}" for name, rate in sorted(self.rates.items()))
        faults = " ".join(f"{name}x{count}" for name, count in sorted(self.faults.items()))
        return (
            f"seed {self.seed}: {self.terminals} terminals, {club.days} days from {club.first_day} in {club.zone}, "
            f"{club.accounts} accounts, {self.acts} acts, {club.mode}/{club.other_mode}, cap {club.lease_cap}, "
            f"expiry {club.expiry_months} months, grace {club.grace_days}; limit {club.limit_minor}; "
            f"{' '.join(self.errands)}; skews {list(self.skews)}; {rates}; {faults}"
        )

    def without(self, fault: str) -> Mix:
        """Give the same mix with one fault less."""
        if fault == "F10":
            return replace(self, skews=())
        return replace(
            self,
            rates={name: rate for name, rate in self.rates.items() if name != fault},
            faults={name: count for name, count in self.faults.items() if name != fault},
        )

    def names(self) -> tuple[str, ...]:
        """Give the faults that are in it."""
        skewed = ("F10",) if any(self.skews) else ()
        return (*skewed, *sorted(self.rates), *sorted(self.faults))


def short(seed: int, *, acts: int = 24, events: int = 24) -> Mix:
    """Draw the mix of a seed for CI: the same faults in two days with one rush each, and four terminals at most."""
    mix = draw(seed, acts=acts, events=events)
    return replace(mix, terminals=min(4, mix.terminals), rushes=1, club=replace(mix.club, days=2))


def draw(seed: int, *, acts: int = 360, events: int = 500) -> Mix:
    """Draw the mix of a seed."""
    chance = random.Random(f"{seed}/mix")
    terminals = 50 if seed % 167 == 13 else chance.choice((3, 3, 3, 4, 4, 5, 6))
    days = chance.choice((2, 2, 2, 2, 3, 3, 4, 9)) if seed % 127 != 7 else 40
    first = chance.choice(EDGES) if chance.random() < 0.4 else date(2026, 1, 5) + timedelta(days=chance.randrange(700))
    zone = chance.choice(ZONES)
    club = ClubMix(
        zone=zone,
        start_min=chance.choice((0, 240, 360, 360)),
        first_day=first,
        days=days,
        accounts=chance.choice((4, 6, 10, 16)),
        mode=chance.choice(("lease", "lease", "lease", "refuse", "budget", "budget")),
        other_mode=chance.choice(("lease", "refuse", "budget")),
        lease_cap=chance.choice((500, 2000, 5000)),
        expiry_months=chance.choice((1, 1, 12, 0)),
        grace_days=chance.choice((0, 1, 30)),
        limit_minor=chance.choice((1_000, 10_000, 40_000)),
    )
    rates = {name: chance.choice((0.005, 0.01, 0.03, 0.08)) for name in LINE_FAULTS if chance.random() < 0.35}
    faults = {name: chance.randrange(1, 4) for name in HAPPENINGS if chance.random() < RARE.get(name, 0.33)}
    errands = tuple(name for name in ERRANDS if chance.random() < 0.4)
    skewed = chance.random() < 0.35
    skews = tuple(chance.choice((0, 0, -20, 90, 400, -3600, 7200, -200_000, 260_000)) for _ in range(terminals))
    noon = datetime(first.year, first.month, first.day, 12, tzinfo=ZoneInfo(zone))
    return Mix(
        seed=seed,
        club=club,
        terminals=terminals,
        acts=acts,
        events=events,
        start_us=int(noon.astimezone(UTC).timestamp()) * 1_000_000,
        rates=rates,
        faults=faults,
        skews=skews if skewed else (),
        errands=errands,
    )
