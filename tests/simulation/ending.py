"""Ending: every fault is over, and within a bounded time every queue is empty and every replica equals the ledger."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from clubtill_ledger.office import rebuilding
from tests.simulation import bounds_oracle, replica_oracle
from tests.simulation.world import HOUR, MINUTE, US, Violation

if TYPE_CHECKING:
    from tests.simulation.station import Station
    from tests.simulation.town import Town

BOUND_US = 15 * MINUTE
"""The longest back-off is 5 minutes, a page of the feed waits for half a minute: this is several of each."""


class End:
    """The end of a seed."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.world = town.world

    def come(self) -> None:
        """Heal, demand progress, and look at everything (I29)."""
        town, world = self.town, self.world
        town.healing = True
        town.quiet = False
        asleep_us = max((one.asleep_until_us for one in self.living()), default=0)
        town.go_on(max(world.now_us, asleep_us))
        self._heal()
        until_us = world.now_us + BOUND_US
        while world.now_us < until_us:
            for station in self.living():
                station.beat()
            early = world.now_us < until_us - BOUND_US + MINUTE
            town.go_on(world.now_us + (5 if early else 60) * US)
            town.clear_forks()  # a log that was away hears of its fork only now
            if world.now_us > until_us - BOUND_US + 30 * US and self._settled():
                break
        if "F29" in world.injected and not self._settled():
            self._check_hourly()
        town.watch.rebuilt = False
        self._demand()
        town.watch.full()
        town.watch.last()
        self._rebuilt()

    def _rebuilt(self) -> None:
        """Make every projection again from the exact bytes and the entries, and compare (I15)."""
        central = self.town.central
        found = rebuilding.differences(central.store, central.ledger.shelf, central.now())
        told = "; ".join(f"{one}" for one in found[:2])[:300]
        self.town.watch.fail(
            [("I15", f"{len(found)} rows differ from what rebuilding makes: {told}")] if found else [], "I15"
        )

    def _check_hourly(self) -> None:
        """Let the hourly check of each cache run: it alone sees that a ledger lost its tail and went on (C27, I28)."""
        town, world = self.town, self.world
        town.healing, town.quiet = False, True
        town.go_on(world.now_us + HOUR + MINUTE)
        town.healing, town.quiet = True, False
        for _ in range(3 * 66):
            for station in self.living():
                station.beat()
                station.wake()
            town.go_on(world.now_us + US)
            if self._settled():
                return

    def living(self) -> list[Station]:
        """Give the stations from which progress is due."""
        return [one for one in self.town.stations if not one.gone]

    def _heal(self) -> None:
        town = self.town
        central = town.central
        central.boundaries.fatal = 0
        if not central.up:
            central.open()
        for station in town.stations:
            if station.is_copy:  # one of the two is taken out of service before a manager lets the other go on (C12)
                station.gone = True
                if station.up:
                    station.stop()
        for station in town.stations:
            station.line.rates, station.line.cut, station.line.deaf = {}, set(), False
            station.line.cut_after = 0
            station.boundaries.fatal = 0
            station.asleep_until_us = 0
            if not station.up and not station.gone:
                station.boot()
            station.wake()
        town.clear_forks()
        central.dirty = True

    def _settled(self) -> bool:
        return not self._unsent() and not self._differing()

    def _unsent(self) -> list[str]:
        found = []
        for station in self.living():
            if not station.up or station.key.keyid in self.town.watch.revoked:
                continue
            till = self.town.watch.till(station.name)
            till.look(station)
            queued = sum(row["state"] == "queued" for row in till.rows.values())
            if queued:
                device = till.facts.one("SELECT epoch, acked_seq, next_seq, trouble FROM device_state")
                found.append(f"{station.name} has {queued} events to send, {device}")
        return found

    def _differing(self) -> list[str]:
        file = self.town.watch.file
        day = f"{datetime.fromtimestamp(self.world.now_us / US, UTC) - timedelta(days=1):%Y-%m-%d}"
        server = replica_oracle.server(
            file.all("SELECT * FROM account_state"),
            file.all("SELECT bucket, club_id, person_id, account_id, number FROM member"),
            file.all("SELECT * FROM document"),
            file.all("SELECT * FROM deny ORDER BY seq"),
            file.all("SELECT bucket, seq FROM stream_head"),
            day=day,
        )
        found = []
        for station in self.living():
            if not station.up or station.key.keyid in self.town.watch.revoked:
                continue
            till = self.town.watch.till(station.name)
            till.look(station)
            cache = till.cache
            mine = replica_oracle.replica(
                cache.all("SELECT club_id, account_id, version, card FROM account"),
                cache.all("SELECT kind, id, version, deleted, effective_from, body FROM document"),
                cache.all("SELECT kind, id, code FROM deny"),
                cache.all("SELECT stream, position FROM cursor"),
                day=day,
            )
            found += [f"{station.name}: {told}" for told in replica_oracle.differences(server, mine)]
        return found

    def _demand(self) -> None:
        self._behind()
        self._forks()
        for found in (self._unsent(), self._differing()):
            self.town.watch.checked["I29"] += 1
            self.town.watch.checked["I28"] += 1
            if found:
                raise Violation("I29", "; ".join(found[:3]) + self._lines())

    def _behind(self) -> None:
        """Where an event is held or cannot be read, what stands behind it went out all the same (I8)."""
        for station in self.living():
            till = self.town.watch.till(station.name)
            states = [row["state"] for row in till.rows.values()]
            if not station.up or station.key.keyid in self.town.watch.revoked or not {"held", "stuck"} & set(states):
                continue
            told = f"{station.name} has {states.count('queued')} events behind one that is held"
            self.town.watch.fail([("I8", told)] if "queued" in states else [], "I8")

    def _forks(self) -> None:
        """Of every fork that was found both logs are kept (I30)."""
        file = self.town.watch.file
        forks = file.all("SELECT * FROM device_fork")
        rows = ("SELECT * FROM device_slot", "SELECT event_id, epoch FROM raw_event", "SELECT * FROM device")
        self.town.watch.fail(bounds_oracle.forks(forks, *map(file.all, rows)), *("I30" for _ in forks))

    def _lines(self) -> str:
        """Say how the exchange of each station stands."""
        return "".join(
            f"\n      {one.name}: up {one.up}, {one.traffic.connection}, pulling {one.traffic._pulling}, "
            f"pushing {one.traffic._pushing}, lanes {[lane.idle for lane in one.lanes]}"
            for one in self.living()
        )
