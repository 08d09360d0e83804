"""Till watch: reads one station's two files after it wrote, and tells the oracle of terminals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clubtill_terminal.actions.balance import read_balance
from clubtill_terminal.store import members
from tests.simulation import books_oracle, bounds_oracle, till_oracle
from tests.simulation.books_oracle import Row
from tests.simulation.rows import File
from tests.simulation.world import Violation

if TYPE_CHECKING:
    from tests.simulation.station import Station
    from tests.simulation.watch import Watch

_LIGHT = (
    "SELECT rowid AS at_row, epoch, seq, event_id, kind, chain, state, stream, position, acked_at_us, account_id, "
    "label FROM outbox"
)


class TillWatch:
    """The watch over one station's files.

    Attributes:
        rows: the log as it stands, by event id; `acked` when the ledger acknowledged which event.
    """

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._facts: File | None = None
        self._cache: File | None = None
        self._life = -1
        self._inode = 0
        self._turn = 0
        self._stands: tuple[int, int, int, str] = (0, 0, 0, "")
        self._begun = False
        self._checked: tuple[int, int, str] = (0, 0, till_oracle.START)
        self.rows: dict[str, Row] = {}
        self.acked: dict[str, int] = {}
        self.counted: set[str] = set()

    def close(self) -> None:
        """Close the files."""
        for one in (self._facts, self._cache):
            if one is not None:
                one.close()
        self._facts = self._cache = None

    def replaced(self) -> None:
        """The files are other ones now: what they knew is the truth."""
        self.close()
        self._life = -1
        self._watch.alone.update(self.acked)
        self.rows, self.acked = {}, {}
        self._stands = (0, 0, 0, "")
        self._begun = False
        self._checked = (0, 0, till_oracle.START)

    def inherits(self, other: TillWatch) -> None:
        """A clone begins with what its model knows."""
        self.rows = {name: dict(row) for name, row in other.rows.items()}
        self.acked = dict(other.acked)
        self.counted = set(other.counted)

    def _open(self, station: Station) -> None:
        from tests.simulation.station import KEY

        stands = station.folder.joinpath("cache.db").stat().st_ino  # a snapshot puts another file there (3.4)
        if self._life != station.life or self._inode != stands:
            self.close()
            self._inode = stands
            self._facts = File(station.folder / "facts.db", KEY)
            self._cache = File(station.folder / "cache.db", KEY)
            self._facts.seen["outbox"] = max((row["at_row"] for row in self.rows.values()), default=0)
            self._life = station.life

    @property
    def facts(self) -> File:
        """The facts, read only."""
        if self._facts is None:
            raise RuntimeError("the station's files are not open")
        return self._facts

    @property
    def cache(self) -> File:
        """The cache, read only."""
        if self._cache is None:
            raise RuntimeError("the station's files are not open")
        return self._cache

    # ------------------------------------------------------------ after a step

    def look(self, station: Station) -> None:
        """Look at what the station wrote."""
        self._open(station)
        touched: list[str] = []
        if "facts" in station.dirty:
            touched = self._log(station)
            self._leases(station)
            self._budgets()
        accounts = touched or self._next_account()  # the others in turn, and all of them at fixed points
        for name in accounts[:2]:
            self.balance(station, name)

    def _log(self, station: Station, *, everything: bool = False) -> list[str]:
        watch = self._watch
        before = set(self.rows)
        begun, self._begun = self._begun, True
        for row in self.facts.new("outbox"):
            row["back"] = begun and row["state"] != "queued"  # pulled back from the ledger after a roll-back (6.6)
            self.rows[row["event_id"]] = row
            if row["event_id"] not in self.counted:
                self.counted.add(row["event_id"])
                watch.events += 1
        device = self.facts.one("SELECT * FROM device_state")
        if device is None:
            raise Violation("I2", "the device is gone")
        stands = (device["epoch"], device["next_seq"], device["acked_seq"], device["trouble"])
        if stands == self._stands and not everything:
            return []
        forward = stands[0] == self._stands[0] and stands[2] >= self._stands[2] and not everything
        after = self._stands[2] if forward else 0
        self._stands = stands
        passed = "SELECT seq FROM outbox WHERE epoch = ? AND seq <= ? AND state = 'queued'"
        if found := self.facts.all(passed, stands[0], stands[2]):
            raise Violation("I11", f"{station.name}: {found[0]['seq']} waits below the acknowledged {stands[2]}")
        for row in self.facts.all(_LIGHT + (f" WHERE epoch = {stands[0]} AND seq > {after}" if forward else "")):
            standing = self.rows.get(row["event_id"])
            if standing is None:
                raise Violation("I2", "an event came into the log past its end")
            standing.update(row)
            if row["state"] == "acked" and row["event_id"] not in self.acked:
                self._acknowledged(station, standing)
        self._chain(device)
        new = [self.rows[name] for name in self.rows if name not in before]
        if any(row["kind"] == "sale" for row in new):
            self._sales()
        return [row["account_id"] for row in new if row["account_id"]]

    def _acknowledged(self, station: Station, row: Row) -> None:
        """An event counts as with the ledger now: it has to be there, with these bytes (I9)."""
        watch = self._watch
        self.acked[row["event_id"]] = row["acked_at_us"]
        watch.acked_ever[row["event_id"]] = row["bytes"]
        if watch.rebuilt or not watch.town.central.up:
            return
        wrong = not watch.keeps(row["event_id"], row["bytes"])
        watch.fail(
            [("I9", f"{station.name}: {row['event_id']} was acknowledged and is not kept")] if wrong else [], "I9"
        )

    def _chain(self, device: Row) -> None:
        epoch, seq, head = self._checked
        watch = self._watch
        if device["epoch"] != epoch:
            watch.fail(till_oracle.chain(list(self.rows.values()), device), "I2")
        else:
            mine = {row["seq"]: row for row in self.rows.values() if row["epoch"] == epoch and row["seq"] > seq}
            for n in range(seq + 1, device["next_seq"]):
                if n not in mine:
                    raise Violation("I2", f"the log has no {n}")
                watch.fail(till_oracle.link(head, mine[n]), "I2")
                head = mine[n]["chain"]
            if head != device["head_hash"] or len(mine) != device["next_seq"] - seq - 1:
                raise Violation("I2", "the head is not the last hash")
        self._checked = (device["epoch"], device["next_seq"] - 1, device["head_hash"])

    def _sales(self) -> None:
        sold = [row["sale_id"] for row in self.facts.all("SELECT sale_id FROM sale")]
        jobs = [row["sale_id"] for row in self.facts.all("SELECT sale_id FROM print_job")]
        self._watch.fail(till_oracle.sales(sold, list(self.rows.values()), jobs), "I3")

    def _leases(self, station: Station) -> None:
        held = self.facts.all("SELECT * FROM lease")
        for row in held:
            if not 0 <= row["spent_h"] <= row["granted_h"]:
                raise Violation("I5", f"{station.name}: lease {row['lease_id']} spent {row['spent_h']}")
            closed_now = not row["open"] and self._open_before.get(row["lease_id"], False)
            under = closed_now and row["account_id"] in station.tendering and row["sale_id"] != station.sale_id
            if under and not till_oracle.given_back_whole(row["lease_id"], self.rows.values()):
                raise Violation("I25", f"{station.name}: a lease was closed under an open tender")
        self._open_before = {row["lease_id"]: bool(row["open"]) for row in held}
        self._watch.fail([], "I5", "I25")

    def _budgets(self) -> None:
        """Nothing is spent beyond m of an account and T of a budget (I5)."""
        spent = self.facts.all("SELECT * FROM budget_spend")
        if len(spent) != self._spends:
            self._spends = len(spent)
            self._watch.town.world.did["budget"] += 1
            found = bounds_oracle.spends(spent, self.facts.all("SELECT * FROM budget"))
            self._watch.fail([("I5", told) for _, told in found], "I5")

    _spends = 0
    _open_before: dict[str, bool] = {}  # noqa: RUF012 - replaced, never changed

    # ------------------------------------------------------------ balances

    def _next_account(self) -> list[str]:
        names = sorted({row["account_id"] for row in self.rows.values() if row["account_id"]})
        self._turn += 1
        return [names[self._turn // 3 % len(names)]] if names and self._turn % 3 == 0 else []

    def balance(self, station: Station, name: str) -> None:
        """Check what the station shows of an account (I6)."""
        watch = self._watch
        if watch.rebuilt or watch.town.central.dirty or not watch.town.central.up:
            return
        if "ledger" in watch.tainted and station.key.keyid in watch.revoked:
            return  # its cache is of a ledger that is no more, and no feed will mend it
        with station.store.reading.begin() as cache:
            card = members.by_account(cache, name)
        if card is None:
            return
        entries = watch.entries.get((card.club_id, name), [])
        bucket = entries[0]["bucket"] if entries else None
        at = self.cache.one("SELECT position FROM cursor WHERE stream = ?", bucket) if bucket is not None else None
        position = at["position"] if at else 0
        known = [one for one in entries if one["seq"] <= position]
        card_h = books_oracle.balance_of(known)
        own = till_oracle.own_h(list(self.rows.values()), name, position)
        shown = read_balance(station.terminal, card).balance.hundredths
        watch.fail(till_oracle.shown(f"{station.name} {name}", shown, card_h, own), "I6")

    # ------------------------------------------------------------ everything

    def full(self, station: Station) -> None:
        """Look at everything of the station."""
        if not station.up:
            return
        self._open(station)
        self._log(station, everything=True)
        rows = list(self.rows.values())
        watch = self._watch
        device = self.facts.one("SELECT * FROM device_state") or {}
        watch.fail(till_oracle.chain(rows, device), "I2")
        watch.fail(till_oracle.leases(self.facts.all("SELECT * FROM lease"), rows), "I5")
        watch.fail(till_oracle.printed(station.paper, self.rows), "I1")
        now = {row["event_id"] for row in self.facts.all("SELECT event_id FROM outbox")}
        watch.fail(
            till_oracle.kept(
                self.counted & set(self.rows), [{"event_id": name} for name in now], station.world.now_us, self.acked
            ),
            "I7",
        )
        for name in sorted({row["account_id"] for row in rows if row["account_id"]}):
            self.balance(station, name)
