"""An account's balance from its entries, written from the text of section 5 alone. Imports nothing of Clubtill.

Slow and plain: lots are small lists, days are ISO text. Entries are rows of the table as dicts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

NEVER = "9999-12-31"
RANKS = {
    "award": 0, "transfer_in": 0, "refund": 0, "reversal": 1, "redeem": 2, "lease_spend": 2, "lease_return": 3,
    "lease_writeoff": 3, "lease_grant": 4, "expire": 5, "expire_reversal": 5,
}  # fmt: skip


@dataclass
class Lot:
    """What one entry brought."""

    key: tuple[str, int, str, int]
    last: str
    original: int
    left: int
    gone: int = 0


@dataclass
class Folded:
    """An account as of a day. `beyond` is what was spent past what its lease held (I24)."""

    avail: int = 0
    reserved: int = 0
    deficit: int = 0
    expired: int = 0
    waits: int = 0
    live: int = 0
    shortfall: int = 0
    beyond: int = 0
    lots: list[Lot] = field(default_factory=list)


def standing(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Drop awards that lost their natural key, with their reversals (step 1)."""
    first: dict[str, tuple[int, str, int]] = {}
    for one in entries:
        if one["kind"] == "award" and one["natural_key"]:
            claim = (one["eff_us"], one["event_id"], one["leg"])
            first[one["natural_key"]] = min(claim, first.get(one["natural_key"], claim))
    lost = {
        (one["event_id"], one["leg"])
        for one in entries
        if one["kind"] == "award"
        and one["natural_key"]
        and first[one["natural_key"]] != (one["eff_us"], one["event_id"], one["leg"])
    }
    return [
        one
        for one in entries
        if not (one["kind"] == "award" and (one["event_id"], one["leg"]) in lost)
        and not (one["kind"] == "reversal" and (one["refers_to"], one["refers_leg"]) in lost)
    ]


def rank(one: dict[str, Any]) -> int:
    """Give the class rank (step 2)."""
    if one["kind"] == "adjust":
        return 2 if one["amount_h"] < 0 else 0
    if one["kind"] == "transfer_out":
        return 2 if one["settled"] else 4
    return RANKS[one["kind"]]


class Fold:
    """The account while it is folded."""

    def __init__(self, grace_days: int) -> None:
        self.grace_days = grace_days
        self.day = ""
        self.lots: list[Lot] = []
        self.missing: list[list[Any]] = []
        self.held: dict[str, int] = {}
        self.since: dict[str, str] = {}
        self.paid: dict[str, list[tuple[Lot, int]]] = {}
        self.beyond = 0

    def turn(self, day: str) -> None:
        """Begin a day (step 3)."""
        self.day = max(self.day, day)
        for lot in self.lots:
            if lot.last < self.day and lot.left:
                lot.gone, lot.left = lot.gone + lot.left, 0

    def make(self, one: dict[str, Any], amount: int, earn: str, last: str) -> None:
        """Make a lot, which pays the shortfall first (step 4)."""
        lot = Lot(key=(earn, one["eff_us"], one["event_id"], one["leg"]), last=last, original=amount, left=amount)
        self.lots.append(lot)
        self.lots.sort(key=lambda lot: lot.key)
        if last < self.day:
            lot.left, lot.gone = 0, amount
            return
        self.settle()

    def settle(self) -> None:
        """Let what is live pay what is missing, oldest first on both sides (steps 4 and 8)."""
        for lot in self.lots:
            while lot.left and self.missing:
                sale, lacks = self.missing[0]
                paid = min(lot.left, lacks)
                lot.left -= paid
                self.paid.setdefault(sale, []).append((lot, paid))
                self.missing[0][1] -= paid
                if not self.missing[0][1]:
                    self.missing.pop(0)

    def consume(self, amount: int, sale: str) -> int:
        """Take from lots, the oldest first; give what is missing (step 5)."""
        for lot in self.lots:
            taken = min(lot.left, amount)
            if taken:
                lot.left -= taken
                amount -= taken
                self.paid.setdefault(sale, []).append((lot, taken))
        return amount

    def lack(self, amount: int, sale: str) -> None:
        """Note what is missing."""
        if amount:
            self.missing.append([sale, amount])

    def spend(self, one: dict[str, Any]) -> None:
        """Spend under a lease, or settle a transfer (step 6)."""
        name = one["lease_id"] or one["refers_to"]
        held = self.held.get(name, 0)
        lacking = self.consume(one["amount_h"], one["sale_id"])
        if lacking and held:
            revive = min(lacking, held)
            lacking -= revive
            for lot in sorted(self.lots, key=lambda lot: (lot.last, lot.key), reverse=True):
                taken = min(lot.gone, revive) if lot.last >= self.since.get(name, NEVER) else 0
                if taken:
                    lot.gone -= taken
                    revive -= taken
                    self.paid.setdefault(one["sale_id"], []).append((lot, taken))
            lacking += revive
        self.lack(lacking, one["sale_id"])
        if one["kind"] == "lease_spend":
            self.beyond += max(0, one["amount_h"] - held)
        self.held[name] = 0 if one["kind"] == "transfer_out" else max(0, held - one["amount_h"])

    def reserve(self, one: dict[str, Any]) -> None:
        """Open a lease or a pending transfer; what a late entry took from under it is found among expired lots."""
        name = one["lease_id"] or one["event_id"]
        lacking = sum(self.held.values()) + one["amount_h"] + sum(lacks for _, lacks in self.missing)
        lacking -= sum(lot.left for lot in self.lots)
        self.held[name] = self.held.get(name, 0) + one["amount_h"]
        self.since.setdefault(name, one["day"])
        for lot in sorted(self.lots, key=lambda lot: (lot.last, lot.key), reverse=True):
            if lacking > 0 and lot.gone:
                lacking -= lot.gone
                self.since = {name: min(since, lot.last) for name, since in self.since.items()}

    def reverse(self, one: dict[str, Any]) -> None:
        """Take an award back (step 7)."""
        amount = one["amount_h"]
        for lot in self.lots:
            if lot.key[2:] == (one["refers_to"], one["refers_leg"]):
                live = min(lot.left, amount)
                lot.left -= live
                gone = min(lot.gone, amount - live)
                lot.gone -= gone
                amount -= live + gone
        for lot in reversed(self.lots):
            taken = min(lot.left, amount)
            lot.left -= taken
            amount -= taken
        self.lack(amount, "")

    def refund(self, one: dict[str, Any]) -> None:
        """Walk back through what a sale was paid with (step 8)."""
        amount, late = one["amount_h"], 0
        for lacks in reversed(self.missing):
            if lacks[0] == one["sale_id"]:
                cancelled = min(lacks[1], amount)
                lacks[1] -= cancelled
                amount -= cancelled
        self.missing = [lacks for lacks in self.missing if lacks[1]]
        paid = self.paid.get(one["sale_id"], [])
        grace = one["last_day"] or (date.fromisoformat(one["day"]) + timedelta(days=self.grace_days or -1)).isoformat()
        while amount and paid:
            lot, taken = paid.pop()
            given = min(taken, amount)
            amount -= given
            if given < taken:
                paid.append((lot, taken - given))
            if lot.last >= self.day:
                lot.left += given
            elif grace >= self.day:
                late += given
            else:
                lot.gone += given
        if late:
            self.make(one, late, one["day"], grace)
        self.settle()

    def result(self) -> Folded:
        """Draw the balance (step 9)."""
        live = sum(lot.left for lot in self.lots)
        shortfall = sum(lacks for _, lacks in self.missing)
        reserved = sum(self.held.values())
        expired = sum(lot.gone for lot in self.lots)
        net = live - shortfall - reserved
        waits = 0
        if net < 0:
            oldest = min((self.since[name] for name, held in self.held.items() if held), default=NEVER)
            within = sum(lot.gone for lot in self.lots if lot.last >= oldest)
            waits = min(-net, reserved, within)
        return Folded(
            avail=max(0, net), reserved=reserved, deficit=max(0, -net - waits), expired=expired, waits=waits,
            live=live, shortfall=shortfall, beyond=self.beyond, lots=self.lots,
        )  # fmt: skip


def fold(entries: list[dict[str, Any]], *, as_of: str, grace_days: int) -> Folded:
    """Fold an account's entries as of a day."""
    run = Fold(grace_days)
    mine = [one for one in standing(entries) if one["kind"] not in {"expire", "expire_reversal"}]
    for one in sorted(mine, key=lambda one: (one["eff_us"], rank(one), one["event_id"], one["leg"])):
        run.turn(one["day"])
        kind = one["kind"]
        if kind in {"award", "transfer_in"} or (kind == "adjust" and one["amount_h"] >= 0):
            run.make(one, one["amount_h"], one["earn_day"] or one["day"], one["last_day"] or NEVER)
        elif kind == "lease_spend" or (kind == "transfer_out" and one["settled"]):
            run.spend(one)
        elif kind in {"lease_grant", "transfer_out"}:
            run.reserve(one)
        elif kind in {"lease_return", "lease_writeoff"}:
            run.held[one["lease_id"]] = max(0, run.held.get(one["lease_id"], 0) - one["amount_h"])
        elif kind == "refund":
            run.refund(one)
        elif kind == "reversal":
            run.reverse(one)
        else:
            run.lack(run.consume(abs(one["amount_h"]), one["sale_id"]), one["sale_id"])
    run.turn(as_of)
    return run.result()


def lots_left(entries: list[dict[str, Any]], grace_days: int) -> tuple[tuple[str, int, int], ...]:
    """Give what is left of each lot as of the last entry's day, by the entry that made it."""
    folded = fold(entries, as_of=max(one["day"] for one in entries), grace_days=grace_days)
    return tuple(sorted((lot.key[2], lot.key[3], lot.left) for lot in folded.lots if lot.left))
