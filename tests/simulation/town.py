"""Town: the ledger, its stations and everybody who comes, built for one seed."""

from __future__ import annotations

import base64
import itertools
import random
from functools import partial
from pathlib import Path

from clubtill_ledger.accept import enrol as codes
from clubtill_ledger.store import devices
from clubtill_sync.client import Answer, Client
from clubtill_sync.signing import Signer, key_from_text, public_text
from clubtill_sync.wire.requests import Enrol
from clubtill_terminal.actions.enrol import keep_enrolment
from clubtill_terminal.store.opening import open_store
from tests.simulation import club, nursery
from tests.simulation.cashier import Cashier
from tests.simulation.central import Central
from tests.simulation.line import URL
from tests.simulation.station import KEY, Station
from tests.simulation.swarm import Mix
from tests.simulation.watch import Watch
from tests.simulation.world import US, Killed, World


class Town:
    """All of one seed.

    Attributes:
        quiet: nobody is in the clubs, and polls rest.
        healing: faults are over; progress is demanded.
    """

    def __init__(self, mix: Mix, folder: Path, *, keep_trace: bool = False) -> None:
        self.mix = mix
        self.folder = folder
        self.world = World(seed=mix.seed, now_us=mix.start_us, keep_trace=keep_trace)
        self.quiet = True
        self.version = 1
        self.healing = False
        self.watch = Watch(self)
        self.central = Central(self.world, self, nursery.new_ledger(folder / "ledger.db"))
        loaded = club.seed_of(mix.club, mix.terminals, self.world.chance("club"))
        self.persons = [one.person_id for account in loaded.accounts for one in account.persons]
        self.accounts = {one.person_id: account.account_id for account in loaded.accounts for one in account.persons}
        self.central.prepare(loaded)
        self.stations = [self._enrolled(n) for n in range(mix.terminals)]
        for station in self.stations:
            station.boot()

    def _enrolled(self, n: int) -> Station:
        chance = self.world.chance(f"key/{n}")
        key = key_from_text(base64_of(chance))
        letters = itertools.cycle(f"{n:04d}")
        code = codes.make_code(self.central.store, f"T{n}", lambda _: next(letters), now_us=self.central.now())
        name = f"till{n}"
        folder = nursery.new_till(self.folder / name)
        station = Station(self.world, self, folder, name=name, key=Signer(key, ""), rates=dict(self.mix.rates))
        station.up = True
        line = Client(URL, None, now_us=station.clock.now, nonce=station.new_id, transport=_Bare(station))
        outcome = line.enrol(Enrol(code=code, public_key=public_text(key), name=name))
        if not isinstance(outcome, Answer):
            raise TypeError(outcome)
        told = outcome.value
        store = open_store(folder, KEY)
        keep_enrolment(store, told, incarnation=f"i{n}", at_us=station.clock.now())
        store.close()
        station.key = Signer(key, told.device_id)
        station.up = False
        if n < len(self.mix.skews) and self.mix.skews[n]:
            station.clock.jump(self.mix.skews[n] * US)
            self.world.inject("F10", name, self.mix.skews[n])
        station.cashier = Cashier(station)
        return station

    # ------------------------------------------------------------ the world goes on

    def go_on(self, until_us: int) -> None:
        """Let everything happen that is due until an instant, each thing looked at by the watch."""
        world = self.world
        while (due_us := world.next_us()) is not None and due_us <= until_us:
            self.step()
        world.now_us = max(world.now_us, until_us)

    def step(self) -> None:
        """Do the next thing."""
        try:
            self.world.pop()()
        except Killed as killed:
            self.died(killed)
        self.watch.look()

    def died(self, killed: Killed) -> None:
        """End the process that was killed."""
        chance = self.world.chance("crash")
        if killed.whose == "ledger":
            self.central.die(killed.where, chance.randrange(US, 60 * US))
            return
        for station in self.stations:
            if station.name == killed.whose and station.up:
                station.die(killed.where, chance.randrange(5 * US, 1800 * US))

    def tell_recalls(self) -> None:
        """A recall ends every long poll that is open (6.5)."""
        for station in self.stations:
            if not station.line.cut:
                station.wake()

    def clear_forks(self) -> None:
        """A manager looks at both logs of every forked device and lets it go on, in a new epoch (C12)."""
        store = self.central.store
        for one in store.read(devices.every):
            if one.fork_us is not None:
                self.world.note("fork cleared", one.name)
                store.write(partial(devices.change, device_id=one.device_id, fork_us=None, epoch=one.epoch + 1))

    def next_version(self) -> int:
        """Number the versions of changed settings."""
        self.version += 1
        return self.version

    def until_day_ends(self) -> int:
        """Give how long the club's day still goes on, in microseconds."""
        return self.mix.club.until_day_ends(self.world.now_us)

    def crosses_an_edge(self) -> bool:
        """Tell whether the seed's days hold a change of the clocks, the end of a month or a leap day (F13)."""
        return self.mix.club.crosses_an_edge()

    def mode_of(self, device_id: str) -> str:
        """Give the offline mode of the venue in which a device stands."""
        for n, station in enumerate(self.stations):
            if station.key.keyid == device_id:
                venue = club.LOCATIONS[club.place_of(n)]
                return self.mix.club.mode if venue == club.MAIN else self.mix.club.other_mode
        return ""

    def close(self) -> None:
        """Close every file."""
        for station in self.stations:
            if station.up:
                station.stop()
        if self.central.up:
            self.central.close()
        self.watch.close()


class _Bare:
    """The line of a computer that is not enrolled yet: no faults."""

    def __init__(self, station: Station) -> None:
        self._station = station

    def handle_request(self, request: object) -> object:
        rates, self._station.line.rates = self._station.line.rates, {}
        try:
            return self._station.line.handle_request(request)  # type: ignore[arg-type]  # handed on
        finally:
            self._station.line.rates = rates
            self._station.take_lag()

    def close(self) -> None:
        """Nothing is open."""


def base64_of(chance: random.Random) -> str:
    """Give 32 random bytes as text."""
    return base64.b64encode(chance.randbytes(32)).decode()
