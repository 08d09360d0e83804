"""Play: one seed to its end: people and faults first, then everything is healed and must progress."""

from __future__ import annotations

import gc
import shutil
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path

from tests.simulation import nursery
from tests.simulation.ending import End
from tests.simulation.errands import built_here, flow_of
from tests.simulation.happenings import Happenings
from tests.simulation.planted import plant
from tests.simulation.station import Station
from tests.simulation.swarm import Mix
from tests.simulation.town import Town
from tests.simulation.world import DAY, HOUR, MINUTE, US, Violation


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What came of a seed. `wrong` is the id of the invariant that did not hold, blank for none."""

    mix: Mix
    wrong: str
    told: str
    trace: str
    steps: int
    events: int
    days: int
    injected: dict[str, int] = field(default_factory=dict)
    did: dict[str, int] = field(default_factory=dict)
    cpu_s: float = 0.0
    checked: dict[str, int] = field(default_factory=dict)
    lines: tuple[str, ...] = ()


class Plan:
    """Who does what when: the rushes of each day and the acts in them."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.world = town.world
        self.mix = town.mix
        self.chance = town.world.chance("plan")
        self.end_us = self.mix.start_us + self.mix.club.days * DAY
        self.rushes: list[tuple[int, int]] = []
        self.pace = max(1, town.mix.terminals // 6)

    def lay_out(self) -> None:
        """Put everything on the calendar."""
        mix, world, chance = self.mix, self.world, self.chance
        for day in range(mix.club.days):
            begins = mix.start_us + day * DAY
            for n in range(mix.rushes if mix.club.days < 10 else 1):
                start = begins + (2 + 5 * n) * HOUR + chance.randrange(3 * HOUR)
                self._rush(start, chance.randrange(50 * US, 110 * US))
            world.at(begins + 19 * HOUR + chance.randrange(HOUR), self._night)
        for station in self.town.stations:
            self._beats(station)
        for _ in range(mix.acts):
            start, length = chance.choice(self.rushes)
            self._act(start + chance.randrange(length))

    def _rush(self, start: int, length: int) -> None:
        self.rushes.append((start, length))
        self.world.at(start - MINUTE, lambda: self._quiet(False))
        self.world.at(start + length + MINUTE, lambda: self._quiet(True))

    def _quiet(self, quiet: bool) -> None:
        self.town.quiet = quiet
        if not quiet:
            for station in self.town.stations:
                station.beat()
                station.wake()

    def _night(self) -> None:
        """Run the jobs of the night, and look at everything."""
        if self.town.central.up:
            self.world.note("expired", self.town.central.expire(), self.town.central.sweep())
        self.town.watch.full()

    def _beats(self, station: Station) -> None:
        station.beat()
        chance = station.chance
        pause = chance.randrange(HOUR, 4 * HOUR) if self.town.quiet else self.pace * chance.randrange(18 * US, 60 * US)
        if not self.town.healing:
            self.world.after(pause, lambda: self._beats(station))

    def _act(self, at_us: int) -> None:
        chance = self.chance
        station = chance.choice(self.town.stations)
        person, kind, guest = chance.choice(self.town.persons), chance.random(), chance.random()
        errand = chance.choice(self.mix.errands) if self.mix.errands and chance.random() < 0.2 else ""
        self.world.at(at_us, lambda: do(station, person, kind, guest, errand))

    def more(self) -> None:
        """Let more happen where too little did: stations were down, or refused."""
        while self.town.watch.events < self.mix.events:
            before = self.town.watch.events
            start = self.world.now_us + HOUR
            self._rush(start, 2 * MINUTE)
            for _ in range(60):
                self._act(start + self.chance.randrange(MINUTE))
            self.town.go_on(start + 6 * MINUTE)
            if self.town.watch.events == before:
                return


def do(station: Station, person: str, kind: float, guest: float, errand: str = "") -> None:
    """Let somebody come to a station: to its door, or to its till with or without a card."""
    cashier = station.cashier
    if cashier is None or not station.up:
        return
    if errand:
        cashier.start(flow_of(errand, cashier, person))
    elif kind < 0.4:
        cashier.start(cashier.at_door(person))
    else:
        cashier.start(cashier.sale(person if guest > 0.12 else "", points=kind > 0.6))


def play(mix: Mix, *, keep_trace: bool = False, bug: str = "") -> Played:
    """Play a seed, with a planted bug or without. Never raises for what the product does: that is told."""
    folder = nursery.folder()
    gc.set_threshold(200_000, 50, 50)  # a seed makes few cycles and a great many rows
    try:
        with built_here():
            return _played(mix, folder, keep_trace=keep_trace, bug=bug)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _played(mix: Mix, folder: Path, *, keep_trace: bool, bug: str) -> Played:
    began_s = time.process_time()
    town = Town(mix, folder, keep_trace=keep_trace)
    inside = plant(bug, town) if bug else None
    wrong = told = ""
    try:
        plan = Plan(town)
        plan.lay_out()
        Happenings(town, plan.rushes).lay_out()
        town.go_on(plan.end_us)
        plan.more()
        End(town).come()
    except Violation as violation:
        wrong, told = violation.name, str(violation)
        if keep_trace:
            town.world.lines.append(traceback.format_exc())
    except Exception as broken:  # noqa: BLE001 - whatever breaks is found here, with its seed
        last = traceback.extract_tb(broken.__traceback__)[-1]
        wrong, told = (
            "bug",
            f"{type(broken).__name__}: {str(broken)[:300]} at {last.filename.rpartition('/')[2]}:{last.lineno}",
        )
        if keep_trace:
            told += "\n" + traceback.format_exc()
    finally:
        if inside is not None:
            inside.out()
        town.close()
    return Played(
        mix=mix,
        wrong=wrong,
        told=told,
        trace=town.world.trace,
        steps=town.world.steps,
        events=town.watch.events,
        days=mix.club.days * mix.terminals,
        injected=dict(town.world.injected),
        did=dict(town.world.did),
        cpu_s=time.process_time() - began_s,
        checked=dict(town.watch.checked),
        lines=tuple(town.world.lines),
    )
