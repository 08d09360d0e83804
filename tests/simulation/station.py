"""Station: a real terminal on a real store in its own folder: its process, its clock, its line, its paper."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from clubtill_rules.values.days import local
from clubtill_sync.client import Client
from clubtill_sync.signing import Signer
from clubtill_terminal.actions import print_receipts
from clubtill_terminal.actions.checking import Checking
from clubtill_terminal.actions.exchange_pull import Pulled
from clubtill_terminal.actions.place import Place, read_place
from clubtill_terminal.actions.rebuilding import Rebuilding
from clubtill_terminal.actions.recover import open_and_recover
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.actions.traffic import Lanes, Traffic, Versions
from clubtill_terminal.store.device import read_device
from clubtill_terminal.store.engines import Store
from tests.simulation.boundaries import Boundaries
from tests.simulation.clock import Clock
from tests.simulation.lanes import NETWORK_SLOW_US, WRITER_SLOW_US, FeedLane, SimLane
from tests.simulation.line import URL, Line
from tests.simulation.world import HOUR, US, Violation, World

if TYPE_CHECKING:
    from tests.simulation.cashier import Cashier
    from tests.simulation.town import Town

KEY = bytes(range(32))


class Station:
    """A terminal.

    Attributes:
        life: counts the process's starts; what an earlier life left behind does nothing.
        paper: sales whose receipts came out of the printer.
        tendering: accounts with an open tender here.
    """

    def __init__(
        self, world: World, town: Town, folder: Path, *, name: str, key: Signer, rates: dict[str, float]
    ) -> None:
        self.world = world
        self.town = town
        self.folder = folder
        self.name = name
        self.key = key
        self.chance = world.chance(f"station/{name}")
        self.clock = Clock(world)
        self.line = Line(self, rates)
        self.boundaries = Boundaries(world, name, self._wrote)
        self.life = 0
        self.up = False
        self.gone = False
        self.asleep_until_us = 0
        self.dirty: set[str] = set()
        self.paper: list[str] = []
        self.tendering: frozenset[str] = frozenset()
        self.sale_id = ""
        self.cashier: Cashier | None = None
        self._lag_us = 0
        self._ids = 0
        self.store: Store
        self.terminal: Terminal
        self.traffics: list[Traffic] = []
        self.rebuilding: Rebuilding
        self.place: Place | None = None

    # ------------------------------------------------------------ the process

    def boot(self, *, loops: int = 1) -> None:
        """Start the process on whatever its folder holds."""
        self.life += 1
        self.clock.boot()
        self.store = open_and_recover(self.folder, KEY).store
        self.boundaries.watch(self.store.facts, "facts")
        self.boundaries.watch(self.store.cache, "cache")
        with self.store.facts.connect() as facts:
            device = read_device(facts)
        self.terminal = Terminal(
            store=self.store,
            now_us=self.clock.now,
            mono_us=self.clock.mono,
            new_id=self.new_id,
            boot_id=f"{self.name}-{self.life}",
            card_key=self.town.central.card_key,
            device_id=device.device_id,
            terminal_id=device.terminal_id,
        )
        self.up = True
        self.tendering = frozenset()
        self.traffics = [self._traffic(device.clock_offset_us) for _ in range(loops)]
        self.dirty |= {"facts", "cache"}
        print_receipts.cut_off(self.terminal)
        self.read_place()
        self.print_waiting()
        self.world.note("up", self.name, self.life)
        self.beat()

    def _traffic(self, offset_us: int) -> Traffic:
        lanes = Lanes(
            writer=SimLane("writer", self, WRITER_SLOW_US),
            network=SimLane("network", self, NETWORK_SLOW_US),
            feed=FeedLane("feed", self, NETWORK_SLOW_US),
        )
        calls = self._client(offset_us)
        self.rebuilding = Rebuilding(
            terminal=self.terminal,
            client=self._client(offset_us),
            writer=lanes.writer,
            bulk=SimLane("bulk", self, NETWORK_SLOW_US),
            replaced=self._replaced,
        )
        made = Traffic(
            terminal=self.terminal,
            calls=calls,
            polls=self._client(offset_us),
            lanes=lanes,
            versions=Versions(store="0001", program="0.1.0"),
            chance=self.chance.random,
            changed=lambda: None,
            pulled=self._pulled,
            tendering=lambda: self.tendering,
        )
        made.chores = (
            Checking(
                terminal=self.terminal,
                client=calls,
                writer=lanes.writer,
                reader=SimLane("reader", self, WRITER_SLOW_US),
                network=lanes.network,
                differs=lambda stream: self._differs(made, stream),
            ),
            self.rebuilding,
        )
        return made

    def want_snapshot(self) -> None:
        """Let a new cache be built from a snapshot."""
        self.rebuilding.want()

    def _replaced(self) -> None:
        """A new cache stands in the old one's place."""
        self.world.did["snapshot"] += 1
        self.world.note("snapshot", self.name)
        self.read_place()

    def lose_cache(self) -> None:
        """Take the cache away: it may be lost and rebuilt (3.4)."""
        for suffix in ("", "-wal", "-shm"):
            (self.folder / f"cache.db{suffix}").unlink(missing_ok=True)
        self.world.note("cache lost", self.name)

    def _differs(self, traffic: Traffic, stream: int) -> None:
        """A check found another cache than the ledger's: only a ledger that lost its tail can have caused that."""
        self.world.note("differs", self.name, stream)
        if "ledger" not in self.town.watch.tainted:
            raise Violation("I28", f"{self.name}: stream {stream} is not what the ledger has")
        traffic.refetch |= {stream}

    def _client(self, offset_us: int) -> Client:
        return Client(URL, self.key, now_us=self.clock.now, nonce=self.new_id, transport=self.line, offset_us=offset_us)

    def die(self, where: str, down_us: int | None) -> None:
        """End the process where it is; it starts again after a while, or None for not by itself."""
        self.world.note("died", self.name, where)
        self.stop()
        if down_us is not None:
            life = self.life
            self.world.after(
                down_us, lambda: self.boot() if not self.up and self.life == life and not self.gone else None
            )

    def stop(self) -> None:
        """Close the process's files; nothing of it goes on."""
        self.up = False
        self.life += 1
        self.clock.lead_us = 0
        self._lag_us = 0
        self.tendering = frozenset()
        if self.cashier is not None:
            self.cashier.dropped()
        self.store.close()

    def still_alive(self) -> None:
        """Come back from a call; the process may have ended meanwhile."""
        if not self.up:
            from tests.simulation.world import Killed

            raise Killed(self.name, "while it waited")

    @property
    def is_copy(self) -> bool:
        """Whether this is a clone of another station, with its key (F27)."""
        return self.name.endswith("'")

    @property
    def lanes(self) -> list[SimLane]:
        """All lanes of this life."""
        return [lane for one in self.traffics for lane in (one.lanes.writer, one.lanes.network, one.lanes.feed)]  # type: ignore[misc]  # made here

    @property
    def traffic(self) -> Traffic:
        """The first of the loops; there is one unless a fault makes it two (F18)."""
        return self.traffics[0]

    # ------------------------------------------------------------ time and ids

    def lag(self, wait_us: int) -> None:
        """Note how long the call under way takes."""
        self._lag_us += wait_us
        self.clock.lead_us = self._lag_us

    def take_lag(self) -> int:
        """Give how long the last act took, beyond the moment in which it ran."""
        found, self._lag_us = self._lag_us, 0
        self.clock.lead_us = 0
        return found

    def new_id(self) -> str:
        """Make a UUIDv7 by this machine's clock."""
        self._ids += 1
        high = (self.clock.now() // 1000) & ((1 << 48) - 1)
        low = 2 << 62 | self.chance.getrandbits(62)
        return f"{high << 80 | 7 << 76 | self.chance.getrandbits(12) << 64 | low:032x}"

    # ------------------------------------------------------------ what it does by itself

    def beat(self) -> None:
        """Let the exchange do what is due."""
        if self.up and self.world.now_us >= self.asleep_until_us:
            for one in self.traffics:
                one.beat()

    def wake(self) -> None:
        """Something was written at the ledger: open polls are answered."""
        if self.up:
            for one in self.traffics:
                one.lanes.feed.wake(self.chance.randrange(US // 100, US // 2))  # type: ignore[attr-defined]  # a FeedLane

    def wrote_fact(self) -> None:
        """A fact was written: print it, send it."""
        self.print_waiting()
        if self.up and self.chance.random() < 0.6:
            for one in self.traffics:
                one.send_now()

    def print_waiting(self) -> None:
        """Print what waits; the paper cannot be taken back."""
        for job, _lines in print_receipts.take_waiting(self.terminal):
            self.boundaries.reach("before the receipt")
            self.paper.append(job.job_id.partition("-")[0])
            self.boundaries.reach("after the receipt")
            print_receipts.keep_end(self.terminal, job.job_id, "ended")

    def _wrote(self, name: str) -> None:
        self.dirty.add(name)

    def _pulled(self, pulled: Pulled) -> None:
        if pulled.settings:
            self.read_place()
        if pulled.snapshot:
            self.rebuilding.want()
        if pulled.hole:
            self.world.note("hole", self.name)

    def read_place(self) -> None:
        """Read the settings in force, when the feed brought some or the day changed."""
        self.place = read_place(self.terminal)

    def today(self) -> object:
        """Give the calendar day by this machine's clock."""
        return local(self.clock.now(), "UTC").date()

    # ------------------------------------------------------------ its disk

    def copy(self, to: Path) -> Path:
        """Copy its files as a backup or a cloning does, while the process stands still between two transactions."""
        if to.exists():
            shutil.rmtree(to)
        for engine in (self.store.facts, self.store.cache):
            with engine.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()
        shutil.copytree(self.folder, to, ignore=shutil.ignore_patterns("*-wal", "*-shm"))
        return to

    def put_back(self, copy: Path) -> None:
        """Put an older copy in place of its files, and start."""
        if self.up:
            self.stop()
        self.paper.clear()  # of what was lost with the newer files nothing can be asked
        shutil.rmtree(self.folder)
        shutil.copytree(copy, self.folder)
        self.world.after(10 * US, lambda: self.boot() if not self.up and not self.gone else None)

    @property
    def poll_pause_us(self) -> int:
        """How long a poll of the feed rests when nothing is told."""
        if self.town.healing:
            return self.chance.randrange(US, 5 * US)
        if self.town.quiet:
            return self.chance.randrange(HOUR, 4 * HOUR)
        return max(1, self.town.mix.terminals // 6) * self.chance.randrange(3 * US, 30 * US)
