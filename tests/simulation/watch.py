"""Watch: looks at what the last step touched, and at the end of each day at everything, and tells the oracles.

It reads the files past the product. What it knows beside them is what was really asked, printed and acknowledged.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

from tests.simulation import books_oracle, bounds_oracle
from tests.simulation.books_oracle import Found, Row
from tests.simulation.fold_oracle import lots_left
from tests.simulation.product_fold import product_folds
from tests.simulation.rows import File
from tests.simulation.till_watch import TillWatch
from tests.simulation.world import Violation

if TYPE_CHECKING:
    from tests.simulation.town import Town

Account = tuple[str, str]
RATIO = 100
"""Points that are worth a dollar, at every location of the club."""


class Watch:
    """The watch over one town.

    Attributes:
        checked: how often each invariant was looked at.
        tainted: why a spend may go beyond its lease here: devices that were copied, or a ledger put back.
        acked_ever: every event that any terminal was told is kept, with its bytes; `alone` those of which no terminal
            has a copy any more.
        revoked, closed: since when a device is revoked, and those of which nothing more is taken.
        rebuilt: the ledger was put back and terminals have not sent again what it lost.
    """

    def __init__(self, town: Town) -> None:
        self.town = town
        self.checked: dict[str, int] = defaultdict(int)
        self.tainted: set[str] = set()
        self.rebuilt = False
        self.written_off: set[str] = set()
        self.revoked: dict[str, int] = {}
        self.closed: set[str] = set()
        self.asks: dict[str, int] = {}
        self.sent: dict[str, bytes] = {}
        self.events = 0
        self.acked_ever: dict[str, bytes] = {}
        self.alone: set[str] = set()
        self.told: dict[tuple[str, int, int], int] = {}
        self.tills: dict[str, TillWatch] = {}
        self._file: File | None = None
        self.forget()

    def forget(self) -> None:
        """The ledger's file is another one now: read it anew."""
        if self._file is not None:
            self._file.close()
        self._file = None
        self.entries: dict[Account, list[Row]] = defaultdict(list)
        self.raw: dict[tuple[int, str], Row] = {}
        self.raw_of: dict[tuple[str, int, int], tuple[int, str]] = {}
        self.by_id: dict[str, list[Row]] = defaultdict(list)
        self.leases: dict[str, Row] = {}
        self.slots: dict[tuple[str, int], set[int]] = defaultdict(set)
        self.marks: dict[tuple[str, int], int] = {}
        self.awards: dict[str, list[Row]] = defaultdict(list)
        self.claims: dict[str, set[tuple[int, str]]] = defaultdict(set)
        self.reversals: set[tuple[str, int]] = set()

    def close(self) -> None:
        """Close the files."""
        self.forget()
        for one in self.tills.values():
            one.close()

    @property
    def file(self) -> File:
        """The ledger's file, read only."""
        if self._file is None:
            self._file = File(self.town.central.path)
        return self._file

    def revoked_by(self, ledger: set[str]) -> None:
        """A ledger that was put back may have forgotten that it revoked a device."""
        self.revoked = {name: at for name, at in self.revoked.items() if name in ledger}
        self.closed &= ledger

    def asked(self, sale_id: str, amount_h: int) -> None:
        """A till asks for a lease, for one purpose (I10)."""
        self.asks[sale_id] = max(self.asks.get(sale_id, 0), amount_h)

    def fail(self, found: list[Found], *names: str) -> None:
        """Count what was looked at, and stop at the first thing that is wrong."""
        for name in names:
            self.checked[name] += 1
        if found:
            name, told = found[0]
            raise Violation(name, told)

    # ------------------------------------------------------------ after every step

    def look(self) -> None:
        """Look at what the last step touched."""
        central = self.town.central
        if central.dirty and central.up:
            central.dirty = False
            self._books()
        for station in self.town.stations:
            if station.dirty and station.up:
                self.till(station.name).look(station)
                station.dirty.clear()

    def till(self, name: str) -> TillWatch:
        """Give the watch over one station's files."""
        if name not in self.tills:
            self.tills[name] = TillWatch(self)
        return self.tills[name]

    def _books(self) -> None:
        file = self.file
        raw = file.new("raw_event")
        for row in raw:
            self._kept(row)
        new: dict[Account, list[Row]] = defaultdict(list)
        for row in file.new("entry"):
            new[row["club_id"], row["account_id"]].append(row)
        for row in file.new("device_slot"):
            self.slots[row["device_id"], row["epoch"]].add(row["seq"])
        self._marks()
        keys = self._noted(new)
        for account, rows in new.items():
            self._account(account, rows)
        for key in keys:
            self._natural(key)
        for key in {self._claimed(row) for row in raw} - {""}:
            self.fail(books_oracle.first_of_all(key, self.claims[key], self._standing(key)), "I26")
        for row in raw:
            self._event(row)
        if file.new("budget") or file.new("budget_spend") or any(row["kind"] == "budget_close" for row in raw):
            self._budgets()

    def _budgets(self) -> None:
        """Look at what budgets may cost, and have cost (I23); a copy spends the one it was copied with once more."""
        file = self.file
        budgets = file.all("SELECT * FROM budget")
        self.fail(bounds_oracle.venues(file.all("SELECT * FROM venue_limit"), budgets, RATIO), "I23")
        if not self.tainted:
            self.fail(bounds_oracle.spends(file.all("SELECT * FROM budget_spend"), budgets), "I23")

    def keeps(self, event_id: str, data: bytes) -> bool:
        """Tell whether the ledger keeps these very bytes of an event."""
        return any(row["bytes"] == data for row in self.by_id.get(event_id, ()))

    def open_leases(self) -> list[Row]:
        """Give the leases that reserve something."""
        return self.file.all("SELECT * FROM lease WHERE state = 'open' ORDER BY lease_id")

    def greeted(self, device_id: str, data: bytes) -> None:
        """A hello was answered: the mark that it tells never goes back within a ledger's epoch (I11)."""
        told = json.loads(data)
        key = (device_id, told["epoch"], told["ledger_epoch"])
        before = self.told.get(key, 0)
        if told["next_seq"] < before and not self.rebuilt:
            raise Violation("I11", f"{device_id[:6]} was told {before} and then {told['next_seq']}")
        self.told[key] = told["next_seq"]

    def _kept(self, row: Row) -> None:
        """Keep in mind what bytes came as, once for ever (I9, I33)."""
        slot, name = (row["device_id"], row["epoch"], row["seq"]), (row["bucket"], row["event_id"])
        wrong: list[Found] = []
        if name in self.raw or slot in self.raw_of:
            both = name in self.raw, slot in self.raw_of, row["status"], row["reason"]
            wrong = [("I9", f"event {row['event_id']} of {slot} is kept twice: {both}")]
        self.raw[name] = row
        self.raw_of[slot] = name
        self.by_id[row["event_id"]].append(row)
        sent = self.sent.get(row["event_id"])
        if sent is not None and sent != row["bytes"] and row["reason"] != "id_taken":
            wrong = [("I4", f"event {row['event_id']} came with other bytes than were sent")]
        revoked_us = self.revoked.get(row["device_id"])
        if revoked_us is not None and row["received_us"] > revoked_us and row["status"] != "held":
            wrong = [("I33", f"event {row['event_id']} of a revoked device was posted")]
        self.fail(wrong, "I9", "I4", "I33")

    def _noted(self, new: dict[Account, list[Row]]) -> set[str]:
        """Sort new entries by natural keys; give the keys that were touched."""
        keys: set[str] = set()
        for rows in new.values():
            for one in rows:
                key = one["natural_key"]
                if key and one["kind"] == "award":
                    self.awards[key].append(one)
                    keys.add(key)
                if key and one["kind"] == "reversal":
                    self.reversals.add((one["refers_to"], one["refers_leg"]))
                    keys.add(key)
        return keys

    def _account(self, account: Account, new: list[Row]) -> None:
        """Look at one account after something was posted to it."""
        club, name = account
        entries = self.entries[account]
        before = entries[-1] if entries else None
        entries.extend(new)
        file, mix = self.file, self.town.mix.club
        state = file.one("SELECT * FROM account_state WHERE club_id = ? AND account_id = ?", club, name)
        if state is None:
            raise Violation("I15", f"{name} has entries and no state")
        found, folded = books_oracle.account(state, entries, mix.grace_days)
        self.fail(found, "I10", "I13", "I15", "I16", "I17", "I18")
        budgets_h = sum(one["amount_h"] for one in entries if one["kind"] == "redeem")
        found = books_oracle.spends(name, folded, entries, tainted=bool(self.tainted), budgets_h=budgets_h)
        self.fail(found, "I24")
        self.fail(books_oracle.late_award(before, new), "I21")
        for one in new:
            if one["lease_id"]:
                self._lease(one, entries)
            if one["kind"] == "award":
                self.fail(books_oracle.key_day(one, mix.zone, mix.start_min), "I26")

    def _lease(self, one: Row, entries: list[Row]) -> None:
        row = self.file.one("SELECT * FROM lease WHERE lease_id = ?", one["lease_id"])
        if one["kind"] == "lease_return":
            self.fail(books_oracle.returned(one, row, next(iter(self.by_id.get(one["event_id"], ())), None)), "I25")
        if row is None:
            if not self.tainted:
                raise Violation("I24", f"{one['kind']} of a lease that was never granted")
            return
        self.leases[row["lease_id"]] = row
        if not self.tainted:
            self.fail(books_oracle.lease(row, entries), "I10")
        if one["kind"] == "lease_grant" and row["why"] == "sale":
            granted = sum(lease["granted_h"] for lease in self.leases.values() if lease["sale_id"] == row["sale_id"])
            if granted > self.asks.get(row["sale_id"], 0):
                raise Violation("I10", f"sale {row['sale_id']} asked once and was granted {granted}")
            self.fail([], "I10")
        if one["kind"] == "lease_spend" and self._refuses(row["device_id"]):
            wrong = one["sale_id"] != row["sale_id"]
            self.fail([("I22", f"a lease of {row['sale_id']} paid for {one['sale_id']}")] if wrong else [], "I22")

    def _refuses(self, device_id: str) -> bool:
        """Tell whether a device's venue refuses points ahead of a sale."""
        return self.town.mode_of(device_id) == "refuse"

    def _natural(self, key: str) -> None:
        stands = self._standing(key)
        self.fail(books_oracle.natural(key, self.awards[key], self.reversals, stands), "I26")

    def _standing(self, key: str) -> Row | None:
        return self.file.one("SELECT * FROM natural WHERE natural_key = ?", key)

    def _event(self, row: Row) -> None:
        """Look at what a posted event brought into the facts (I15)."""
        if row["status"] != "posted":
            return
        file, name = self.file, row["event_id"]
        kind = row["kind"]
        if kind == "sale":
            sales = file.all("SELECT total_minor FROM sale WHERE event_id = ?", name)
            lines = file.all("SELECT count(*) AS n FROM sale_line WHERE event_id = ?", name)[0]["n"]
            tenders = file.all("SELECT count(*) AS n FROM tender WHERE event_id = ?", name)[0]["n"]
            self.fail(
                books_oracle.facts_of(row, sales=sales, lines=lines, tenders=tenders, swipes=0, admissions=0), "I15"
            )
            postings = file.all("SELECT sum(amount_minor) AS n FROM posting WHERE event_id = ?", name)[0]["n"]
            self.fail([("I16", f"the postings of {name} sum to {postings}")] if postings else [], "I16")
        elif kind in {"swipe", "admission"}:
            n = file.all(f"SELECT count(*) AS n FROM {kind} WHERE event_id = ?", name)[0]["n"]  # noqa: S608 - two names
            self.fail(books_oracle.facts_of(row, sales=[], lines=0, tenders=0, swipes=n, admissions=n), "I15")

    def _claimed(self, row: Row) -> str:
        """Note a swipe's claim to a visit, absorbed or not (I26); give the visit's key, blank for none."""
        if row["kind"] != "swipe" or row["status"] != "posted":
            return ""
        body = json.loads(row["bytes"])["body"]
        if not body["visit_h"]:
            return ""
        mix = self.town.mix.club
        day = books_oracle.day_of(row["eff_us"], mix.zone, mix.start_min)
        key = f"visit:{body['club_id']}:{body['person_id']}:{body['venue_id']}:{day}"
        self.claims[key] |= {(row["eff_us"], row["event_id"])}
        return key

    def _marks(self) -> None:
        for mark in self.file.all("SELECT * FROM device_mark"):
            key = (mark["device_id"], mark["epoch"])
            before = self.marks.get(key, 0)
            if before != mark["acked_seq"]:
                self.fail(books_oracle.prefix(mark, self.slots[key], before), "I11")
                self.marks[key] = mark["acked_seq"]

    # ------------------------------------------------------------ everything

    def full(self) -> None:
        """Look at everything: at the end of each day and at the very end."""
        if not self.town.central.up or self.rebuilt:
            return
        self.look()
        self._unchanged()
        for account, entries in self.entries.items():
            seqs = [one["ver"] for one in entries]
            self.fail([("I13", f"{account} has the versions {seqs}")] if seqs != sorted(seqs) else [], "I13")
        self._sums()
        self._budgets()
        every = (one for entries in self.entries.values() for one in entries)
        self.fail(bounds_oracle.transfers(every, self.file.all("SELECT * FROM transfer")), "I16")
        for row in self.raw.values():
            self._event(row)
        for station in self.town.stations:
            self.till(station.name).full(station)

    def _unchanged(self) -> None:
        """No entry and no event is ever changed or taken away (I9, I14)."""
        file = self.file
        now = {(row["bucket"], row["seq"]): row for row in file.all("SELECT rowid AS at_row, * FROM entry")}
        kept = {(one["bucket"], one["seq"]): one for rows in self.entries.values() for one in rows}
        self.fail([("I14", "entries were changed or taken away")] if now != kept else [], "I14")
        raw = {
            (row["bucket"], row["event_id"]): row["bytes"]
            for row in file.all("SELECT bucket, event_id, bytes FROM raw_event")
        }
        wrong = raw != {name: row["bytes"] for name, row in self.raw.items()}
        self.fail([("I9", "events were changed or taken away")] if wrong else [], "I9")

    def _sums(self) -> None:
        """Every stream is 1..n (I12), and a bucket's books balance (I16)."""
        numbers: dict[int, list[int]] = defaultdict(list)
        for table in ("entry", "card_change"):
            for row in self.file.all(f"SELECT bucket, seq FROM {table}"):  # noqa: S608 - two names
                numbers[row["bucket"]].append(row["seq"])
        for row in self.file.all("SELECT bucket, seq FROM stream_head WHERE bucket < 64"):
            gap = sorted(numbers[row["bucket"]]) != list(range(1, row["seq"] + 1))
            self.fail([("I12", f"stream {row['bucket']} has a gap")] if gap else [], "I12")
        states = self.file.all("SELECT bucket, avail_h + reserved_h - deficit_h AS h FROM account_state")
        for bucket in {row["bucket"] for row in states}:
            mine = sum(row["h"] for row in states if row["bucket"] == bucket)
            posted = books_oracle.balance_of(
                one for rows in self.entries.values() for one in rows if one["bucket"] == bucket
            )
            self.fail(
                [("I16", f"bucket {bucket} holds {mine}, entries sum to {posted}")] if mine != posted else [], "I16"
            )

    def _lost(self) -> set[str]:
        """Give what a ledger lost and nobody can send again: who had it was put back, or is out of service."""
        lost, kept = set(self.alone), set()
        for station in self.town.stations:
            out = station.gone or station.key.keyid in self.closed
            mine = lost if out else kept
            mine |= set(self.till(station.name).acked)
        return lost - (kept - self.alone)

    def last(self) -> None:
        """Look at what only the end can show: nothing that any terminal was told is missing (I9, I31), I18, I20."""
        lost = self._lost() if "ledger" in self.tainted else set()
        for name in sorted(set(self.acked_ever) - lost):
            wrong = not self.keeps(name, self.acked_ever[name])
            self.fail([("I31", f"{name} was acknowledged once and is gone")] if wrong else [], "I31", "I9")
        for station in self.town.stations:
            if station.key.keyid in self.revoked or station.gone:
                continue
            rows = self.till(station.name).rows
            for name in station.paper:
                wrong = name not in rows or not self.keeps(name, rows[name]["bytes"])
                self.fail([("I1", f"{station.name}: {name} was printed and is gone")] if wrong else [], "I1")
        central = self.town.central
        central.expire()
        self._books()
        before = sum(map(len, self.entries.values()))
        central.expire()
        self._books()
        again = sum(map(len, self.entries.values())) - before
        self.fail([("I20", f"expiry run again posted {again}")] if again else [], "I20")
        self._orders()

    def _orders(self) -> None:
        """The product's own fold gives the same for any order of arrival (I18, I19), and section 5's lots (I15)."""
        chance = self.town.world.chance("orders")
        grace_days = self.town.mix.club.grace_days
        own = {name: lots_left(entries, grace_days) for (_, name), entries in self.entries.items()}
        for name, (told, mixed) in product_folds(self.town, self.entries, chance).items():
            self.fail(
                [("I18", f"{name}: {told} or {mixed}, by the order of arrival")] if told != mixed else [], "I18", "I19"
            )
            wrong = told[1] != own.get(name)
            self.fail([("I15", f"{name} has the lots {told[1]}, by section 5 {own.get(name)}")] if wrong else [], "I15")
