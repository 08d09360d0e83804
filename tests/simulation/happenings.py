"""Happenings: what goes wrong in a seed besides its lines: clocks, crashes, disks, keys, and people (section 10)."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from clubtill_ledger.office import write_off
from clubtill_ledger.office.clerk import operator
from clubtill_ledger.store import devices, documents
from clubtill_rules.values.refusal import Refusal
from clubtill_terminal.store import outbox
from tests.simulation import club, forger
from tests.simulation.cashier import Cashier
from tests.simulation.station import Station
from tests.simulation.world import DAY, HOUR, MINUTE, US

if TYPE_CHECKING:
    from tests.simulation.town import Town


class Happenings:
    """The faults of one seed, laid out on its calendar. Each kind has chance of its own."""

    def __init__(self, town: Town, rushes: list[tuple[int, int]]) -> None:
        self.town = town
        self.world = town.world
        self.rushes = rushes
        self.kinds: dict[str, Callable[[random.Random], None]] = {
            "F6": self.partition, "F11": self.jump, "F12": self.drift, "F14": self.suspend, "F15": self.crash,
            "F18": self.two_loops, "F26": self.till_put_back, "F27": self.clone, "F28": self.ledger_put_back,
            "F29": self.tail_lost, "F30": self.forge, "F31": self.write_off, "F32": self.revoke,
            "F37": self.all_away, "F38": self.poison,
            "F40": self.newer_version, "F42": self.over_midnight, "F43": self.other_settings,
            "F46": self.closed_session,
            "F47": self.cut_in_sync, "F48": self.paid_draft, "snapshot": self.snapshot,
        }  # fmt: skip

    def lay_out(self) -> None:
        """Lay the seed's faults out."""
        for name, count in sorted(self.town.mix.faults.items()):
            chance = self.world.chance(f"fault/{name}")
            for _ in range(count):
                self.world.at(self._moment(chance), partial(self.kinds[name], chance))
        if self.town.crosses_an_edge():
            self.world.inject("F13")

    def _moment(self, chance: random.Random) -> int:
        """Pick when: mostly while people are there."""
        start, length = chance.choice(self.rushes)
        return start + chance.randrange(-length // 4, length)

    def _one(self, chance: random.Random) -> Station | None:
        up = [one for one in self.town.stations if one.up and not one.gone]
        return chance.choice(up) if up else None

    # ------------------------------------------------------------ the line and the clocks

    def partition(self, chance: random.Random) -> None:
        """F6: one, some or all are cut off, or hear nothing."""
        stations = [one for one in self.town.stations if not one.gone]
        count = chance.choice((1, 1, max(1, len(stations) // 2), len(stations)))
        some, lasts = chance.sample(stations, count), chance.choice((3 * MINUTE, 40 * MINUTE, 9 * HOUR, 30 * HOUR))
        deaf, name = chance.random() < 0.3, f"F6-{self.world.now_us}"
        self.world.inject("F6", count, deaf, lasts)
        for one in some:
            if deaf:
                one.line.deaf = True
            else:
                one.line.cut.add(name)

        def back() -> None:
            for one in some:
                one.line.deaf = False
                one.line.cut.discard(name)

        self.world.after(lasts, back)

    def all_away(self, chance: random.Random) -> None:
        """F37: all tills are away for days, then all return at once."""
        lasts = chance.randrange(20 * HOUR, 3 * DAY)
        self.world.inject("F37", lasts)
        for one in self.town.stations:
            one.line.cut.add("F37")

        def back() -> None:
            for one in self.town.stations:
                one.line.cut.discard("F37")
                one.beat()

        self.world.after(lasts, back)

    def cut_in_sync(self, chance: random.Random) -> None:
        """F47: a till goes away again in the middle of an exchange."""
        station = self._one(chance)
        if station is not None:
            station.line.cut_after = chance.randrange(1, 6)

    def jump(self, chance: random.Random) -> None:
        """F11: a clock jumps."""
        station = self._one(chance)
        if station is not None:
            by_us = chance.choice((-2 * DAY, -HOUR, -90 * US, 90 * US, HOUR, 5 * DAY))
            self.world.inject("F11", station.name, by_us)
            station.clock.jump(by_us)

    def drift(self, chance: random.Random) -> None:
        """F12: a clock runs fast or slow, up to half an hour a day."""
        station = self._one(chance)
        if station is not None:
            ppm = chance.choice((-20_000, -300, 300, 20_000))
            self.world.inject("F12", station.name, ppm)
            station.clock.drift(ppm)

    def suspend(self, chance: random.Random) -> None:
        """F14: a laptop sleeps; its monotonic clock sleeps too, or not."""
        station = self._one(chance)
        if station is not None:
            lasts, stops = chance.randrange(MINUTE, 14 * HOUR), chance.random() < 0.5
            self.world.inject("F14", station.name, lasts, stops)
            station.asleep_until_us = self.world.now_us + lasts
            if stops:
                station.clock.boot_us += lasts

    # ------------------------------------------------------------ processes

    def crash(self, chance: random.Random) -> None:
        """F15: the ledger or a till ends at one of its next boundaries."""
        if chance.random() < 0.4:
            self.world.inject("F15", "ledger")
            self.town.central.boundaries.arm(chance.randrange(1, 25))
            return
        station = self._one(chance)
        if station is not None:
            self.world.inject("F15", station.name)
            station.boundaries.arm(chance.randrange(1, 30))

    def two_loops(self, chance: random.Random) -> None:
        """F18, F45: two loops send the same queue."""
        station = self._one(chance)
        if station is not None and len(station.traffics) == 1:
            self.world.inject("F18", station.name)
            self.world.inject("F45", station.name)
            station.stop()
            station.boot(loops=2)

    def closed_session(self, chance: random.Random) -> None:
        """F46: a till is closed with events that were never sent, and opened hours later."""
        station = self._one(chance)
        if station is None:
            return
        station.line.cut.add("F46")

        def shut() -> None:
            station.line.cut.discard("F46")
            if station.up:
                till = self.town.watch.till(station.name)
                if any(row["state"] == "queued" for row in till.rows.values()):
                    self.world.inject("F46", station.name)
                station.stop()
                self.world.after(chance.randrange(HOUR, 10 * HOUR), lambda: self._open_again(station))

        self.world.after(chance.randrange(MINUTE, 4 * MINUTE), shut)

    def snapshot(self, chance: random.Random) -> None:
        """A till has lost its cache, or is told that a snapshot is cheaper than the feed: it is built anew (6.7)."""
        station = self._one(chance)
        if station is None:
            return
        if chance.random() < 0.5:
            station.stop()
            station.lose_cache()
            station.boot()
        station.want_snapshot()

    def _open_again(self, station: Station) -> None:
        if not station.up and not station.gone:
            station.boot()

    # ------------------------------------------------------------ disks

    def till_put_back(self, chance: random.Random) -> None:
        """F26: a till is put back to an older copy of its files."""
        station = self._one(chance)
        if station is None:
            return
        copy = station.copy(self.town.folder / f"copy-{station.name}-{self.world.now_us}")

        def back() -> None:
            if station.gone:
                return
            self.world.inject("F26", station.name)
            self.town.watch.tainted.add(station.key.keyid)
            station.put_back(copy)
            self.town.watch.till(station.name).replaced()

        self.world.after(chance.choice((MINUTE, 20 * MINUTE, 20 * HOUR)), back)

    def clone(self, chance: random.Random) -> None:
        """F27: a till's disk and key are copied, and both go on."""
        station = self._one(chance)
        if station is None or len(self.town.stations) > 8 or station.is_copy:
            return
        self.world.inject("F27", station.name)
        self.town.watch.tainted.add(station.key.keyid)
        name = f"{station.name}{len(self.town.stations)}'"
        folder = station.copy(self.town.folder / name)
        twin = Station(self.world, self.town, Path(folder), name=name, key=station.key, rates=dict(station.line.rates))
        twin.clock.offset_us = station.clock.offset_us
        twin.cashier = Cashier(twin)
        self.town.watch.till(name).inherits(self.town.watch.till(station.name))
        self.town.stations.append(twin)
        twin.boot()
        self._often(twin, chance)

    def _often(self, station: Station, chance: random.Random) -> None:
        """Let people come to a station that the plan does not know."""
        from tests.simulation.play import do

        for start, length in self.rushes:
            for _ in range(6):
                at_us = start + chance.randrange(length)
                if at_us > self.world.now_us:
                    person, kind, guest = chance.choice(self.town.persons), chance.random(), chance.random()
                    self.world.at(at_us, partial(do, station, person, kind, guest))
                    self.world.at(at_us + 5 * US, station.beat)

    def ledger_put_back(self, chance: random.Random) -> None:
        """F28: the ledger is put back to a backup, and told so."""
        self._older(chance, "F28", told=True)

    def tail_lost(self, chance: random.Random) -> None:
        """F29: the ledger loses its last transactions, and nobody tells it."""
        self._older(chance, "F29", told=False)

    def _older(self, chance: random.Random, name: str, *, told: bool) -> None:
        if not self.town.central.up:
            return
        copy = self.town.central.copy(self.town.folder / f"{name}-{self.world.now_us}")

        def back() -> None:
            central = self.town.central
            self.world.inject(name)
            self.town.watch.tainted.add("ledger")
            self.town.watch.rebuilt = True
            central.put_back(copy, told=told)
            self.town.watch.forget()
            self.town.watch.revoked_by({one.device_id for one in central.store.read(devices.every) if one.revoked_us})

        self.world.after(
            chance.choice((20 * US, 10 * MINUTE)) if not told else chance.randrange(MINUTE, 30 * HOUR), back
        )

    # ------------------------------------------------------------ keys

    def forge(self, chance: random.Random) -> None:
        """F30: somebody sends what is not theirs to send."""
        station = self._one(chance)
        if station is not None and self.town.central.up:
            forger.forge(self.town, station, chance)

    def write_off(self, chance: random.Random) -> None:
        """F31: a manager writes off what a till that is cut off holds; then its spends arrive."""
        central = self.town.central
        held = self.town.watch.open_leases() if central.up else []
        if not held:
            return
        lease = chance.choice(held)
        station = next((one for one in self.town.stations if one.key.keyid == lease["device_id"]), None)
        if station is not None:
            station.line.cut.add("F31")
            self.world.after(chance.randrange(MINUTE, 5 * HOUR), lambda: station.line.cut.discard("F31"))
        decision = f"{chance.getrandbits(128):032x}"

        def decided() -> None:
            if not central.up:
                return
            try:
                write_off.write_off(
                    central.store,
                    central.ledger.shelf,
                    lease["lease_id"],
                    clerk=operator("manager"),
                    reason="till lost",
                    decision_id=decision,
                    now_us=central.now(),
                )
            except Refusal as refusal:
                self.world.note("not written off", refusal.code)
                return
            self.world.inject("F31", lease["lease_id"])
            self.town.watch.tainted.add("write-off")

        self.world.after(chance.randrange(20 * US, 2 * MINUTE), decided)

    def revoke(self, chance: random.Random) -> None:
        """F32: a till is revoked while its queue is full; then the queue arrives."""
        station = self._one(chance)
        others = [
            one for one in self.town.stations if one is not station and one.key.keyid not in self.town.watch.revoked
        ]
        if station is None or len(others) < 2 or station.key.keyid in self.town.watch.revoked:
            return
        station.line.cut.add("F32")
        drain = chance.random() < 0.6

        def done() -> None:
            central = self.town.central
            if central.up:
                self.world.inject("F32", station.name, drain)
                now_us = central.now()
                central.store.write(
                    partial(devices.change, device_id=station.key.keyid, revoked_us=now_us, drain=drain)
                )
                self.town.watch.revoked[station.key.keyid] = now_us
                self.town.watch.closed |= set() if drain else {station.key.keyid}
            station.line.cut.discard("F32")
            station.beat()

        self.world.after(chance.randrange(2 * MINUTE, 6 * HOUR), done)

    # ------------------------------------------------------------ data and people

    def poison(self, chance: random.Random) -> None:
        """F38: an event that nobody can read stands first in the queue: no JSON at all, or no event."""
        n = chance.getrandbits(40)
        bad = (b'{"n":%d', b'{"n":%d}', b'{"event_id":"%d"}', b'"\xff%d"')
        self._odd(chance, "F38", chance.choice(bad) % n)

    def newer_version(self, chance: random.Random) -> None:
        """F40: an event of a version that this ledger does not know."""
        station = self._one(chance)
        if station is None:
            return
        body = (
            b'{"event_id":"%s","kind":"%s","version":%d,"occurred_at_us":%d,"mono_us":1,"boot_id":"b",'
            b'"rules_version":"9","settings_version":"m1","body":{"a":1}}'
        )
        kind = chance.choice((b"sale", b"hologram"))
        data = body % (f"{chance.getrandbits(128):032x}".encode(), kind, 99, station.clock.now())
        self._odd(chance, "F40", data)

    def _odd(self, chance: random.Random, name: str, data: bytes) -> None:
        station = self._one(chance)
        if station is None:
            return
        self.world.inject(name, station.name, data[:12].hex())
        event_id = data[13:45].decode() if name == "F40" else f"{chance.getrandbits(128):032x}"
        new = outbox.NewEvent(event_id=event_id, kind="odd", occurred_at_us=station.clock.now(), bytes_=data)
        with station.store.facts.begin() as facts:
            outbox.append(facts, [new])

    def over_midnight(self, chance: random.Random) -> None:
        """F42: a tender stands open while a day, and some lots with it, come to their end."""
        station = self._one(chance)
        if station is None or station.cashier is None or station.cashier.busy:
            return
        slow = self.town.until_day_ends() + chance.randrange(MINUTE, HOUR)
        self.world.inject("F42", station.name, slow)
        person = chance.choice(self.town.persons)
        station.cashier.start(station.cashier.sale(person, points=True, slow_us=slow))

    def paid_draft(self, chance: random.Random) -> None:
        """F48: a basket that was paid is paid once more."""
        station = self._one(chance)
        if station is not None and station.cashier is not None:
            person = chance.choice(self.town.persons)
            station.cashier.start(station.cashier.sale(person, points=chance.random() < 0.5, twice=True))

    def other_settings(self, chance: random.Random) -> None:
        """F43: prices, rates and the deny list change, while somebody is away."""
        central = self.town.central
        if not central.up:
            return
        self.world.inject("F43")
        made = club.changed(self.town.mix.club, chance, self.town.next_version())
        central.store.write(partial(documents.publish, documents=made))
        if chance.random() < 0.4:
            rows = club.denied(chance.choice(self.town.persons), lifted=chance.random() < 0.4)
            central.store.write(partial(documents.deny_rows, rows=rows))
