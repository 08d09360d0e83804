"""A slow, plain re-statement of the lot fold, for comparison: plain integers and lists, sorted anew at every step.

It knows nothing of the product. An entry is a dict: `eff`, `day`, `kind`, `id`, `leg`, `amount`, `earn`, `last`,
`sale`, `lease`, `natural`, `of`, `of_leg`, `settled`; days are integers, `last` None never expires, blank is none.
"""

from __future__ import annotations

from typing import Any

NEVER = 10**9
ALIKE = {
    "award": 0, "transfer_in": 0, "refund": 0, "up": 0, "reversal": 1, "redeem": 2, "lease_spend": 2, "down": 2,
    "posted_out": 2, "lease_return": 3, "lease_writeoff": 3, "lease_grant": 4, "pending_out": 4,
}  # fmt: skip


def classed(entry: dict[str, Any]) -> str:
    """Name the class of an entry: adjustments by their sign, transfers by their state."""
    if entry["kind"] == "adjust":
        return "down" if entry["amount"] < 0 else "up"
    if entry["kind"] == "transfer_out":
        return "posted_out" if entry["settled"] else "pending_out"
    return str(entry["kind"])


class Account:
    """An account while it is folded: a list of lots, a list of debts, a dict of open leases."""

    def __init__(self, grace: int) -> None:
        self.grace = grace
        self.today = -NEVER
        self.lots: list[dict[str, Any]] = []
        self.debts: list[list[Any]] = []  # [sale, amount], oldest first
        self.paid: dict[str, list[list[Any]]] = {}  # sale -> [[lot, amount]], in the order of consumption
        self.leases: dict[str, list[int]] = {}  # lease -> [held, reach]
        self.flags: set[tuple[str, str]] = set()

    def _live(self) -> int:
        return sum(lot["left"] for lot in self.lots)

    def _owed(self) -> int:
        return sum(amount for _, amount in self.debts)

    def _reserved(self) -> int:
        return sum(held for held, _ in self.leases.values())

    def _begin(self, day: int) -> None:
        """Expire what is over before a day."""
        self.today = max(self.today, day)
        for lot in self.lots:
            if lot["last"] < self.today:
                lot["gone"] += lot["left"]
                lot["left"] = 0

    def _bring(self, entry: dict[str, Any], earn: int, last: int, amount: int) -> None:
        lot = {"key": (earn, entry["eff"], entry["id"], entry["leg"]), "last": last, "first": amount, "left": amount}
        self.lots.append({**lot, "gone": 0})
        self.lots.sort(key=lambda one: one["key"])
        self._begin(self.today)
        self._settle()

    def _take(self, amount: int, sale: str) -> int:
        """Take from live lots, oldest first; give what is missing."""
        for lot in self.lots:
            part = min(amount, lot["left"])
            if part:
                lot["left"] -= part
                amount -= part
                if sale:
                    self.paid.setdefault(sale, []).append([lot, part])
        return amount

    def _settle(self) -> None:
        """Let what is live pay the oldest debts."""
        while self.debts and self._live():
            sale, amount = self.debts.pop(0)
            missing = self._take(amount, sale)
            if missing:
                self.debts.insert(0, [sale, missing])

    def _expired(self) -> list[dict[str, Any]]:
        """Give lots with something expired, the latest last day first, of equal ones the last consumed first."""
        return sorted(
            (lot for lot in self.lots if lot["gone"]), key=lambda one: (one["last"], one["key"]), reverse=True
        )

    # ------------------------------------------------------------ one act each

    def _award(self, entry: dict[str, Any]) -> None:
        earn = entry["day"] if entry["earn"] is None else entry["earn"]
        self._bring(entry, earn, NEVER if entry["last"] is None else entry["last"], entry["amount"])

    _transfer_in = _up = _award

    def _redeem(self, entry: dict[str, Any]) -> None:
        missing = self._take(entry["amount"], entry["sale"])
        if missing:
            self.debts.append([entry["sale"], missing])
            if entry["sale"]:
                self.flags.add((entry["id"], "OFFLINE_OVERDRAW"))

    def _down(self, entry: dict[str, Any]) -> None:
        missing = self._take(-entry["amount"], "")
        if missing:
            self.debts.append(["", missing])

    def _lease_spend(self, entry: dict[str, Any]) -> None:
        name = entry["lease"] or entry["of"]
        held, reach = self.leases.get(name, [0, NEVER])
        missing = self._take(entry["amount"], entry["sale"])
        may = min(missing, held)
        for lot in self._expired():
            part = min(may, lot["gone"]) if lot["last"] >= reach else 0
            if part:
                lot["gone"] -= part
                may -= part
                missing -= part
                self.flags.add((entry["id"], "EXPIRED_IN_LEASE"))
                if entry["sale"]:
                    self.paid.setdefault(entry["sale"], []).append([lot, part])
        if missing:
            self.debts.append([entry["sale"], missing])
            self.flags.add((entry["id"], "OFFLINE_OVERDRAW"))
        if entry["amount"] > held:
            self.flags.add((entry["id"], "BEYOND_LEASE"))
        self._free(name, held if entry["kind"] == "transfer_out" else entry["amount"])

    _posted_out = _lease_spend

    def _lease_grant(self, entry: dict[str, Any]) -> None:
        name = entry["lease"] or entry["id"]
        held, reach = self.leases.get(name, [0, entry["day"]])
        self.leases[name] = [held + entry["amount"], reach]
        missing = self._reserved() + self._owed() - self._live()
        if missing > 0:
            for lot in self._expired():
                reach = lot["last"]
                missing -= lot["gone"]
                if missing <= 0:
                    break
            for lease in self.leases.values():
                lease[1] = min(lease[1], reach)

    _pending_out = _lease_grant

    def _free(self, name: str, amount: int) -> None:
        if name in self.leases:
            self.leases[name][0] -= amount
            if self.leases[name][0] <= 0:
                del self.leases[name]

    def _lease_return(self, entry: dict[str, Any]) -> None:
        self._free(entry["lease"], entry["amount"])

    def _lease_writeoff(self, entry: dict[str, Any]) -> None:
        if entry["amount"] > self.leases.get(entry["lease"], [0, 0])[0]:
            self.flags.add((entry["id"], "WRITTEN_OFF_SPENT"))
        self._free(entry["lease"], entry["amount"])

    def _reversal(self, entry: dict[str, Any]) -> None:
        amount = entry["amount"]
        for lot in self.lots:
            if lot["key"][2:] == (entry["of"], entry["of_leg"]):
                for part in ("left", "gone"):
                    taken = min(lot[part], amount)
                    lot[part] -= taken
                    amount -= taken
        for lot in reversed(self.lots):
            taken = min(lot["left"], amount)
            lot["left"] -= taken
            amount -= taken
        if amount:
            self.debts.append(["", amount])

    def _refund(self, entry: dict[str, Any]) -> None:
        amount = entry["amount"]
        for debt in reversed(self.debts):
            if debt[0] == entry["sale"]:
                part = min(debt[1], amount)
                debt[1] -= part
                amount -= part
        self.debts = [debt for debt in self.debts if debt[1]]
        grace = entry["day"] + self.grace if self.grace else entry["day"] - 1
        if entry["last"] is not None:
            grace = entry["last"]
        late = 0
        paid = self.paid.get(entry["sale"], [])
        while amount and paid:
            lot, part = paid.pop()
            back = min(part, amount)
            amount -= back
            if part > back:
                paid.append([lot, part - back])
            if lot["last"] >= self.today:
                lot["left"] += back
            elif grace >= self.today:
                late += back
            else:
                lot["gone"] += back
        if amount:
            self.flags.add((entry["id"], "REFUND_BEYOND_SALE"))
        if late:
            self._bring(entry, entry["day"], grace, late)
        self._settle()


def fold(entries: list[dict[str, Any]], as_of: int, grace: int) -> dict[str, Any]:
    """Fold entries as of a day; amounts and lots by name."""
    best: dict[str, tuple[Any, ...]] = {}
    for one in entries:
        if one["kind"] == "award" and one["natural"]:
            claim = (one["eff"], one["id"], one["leg"])
            best[one["natural"]] = min(best.get(one["natural"], claim), claim)
    lost = {
        (one["id"], one["leg"])
        for one in entries
        if one["kind"] == "award" and one["natural"] and best[one["natural"]] != (one["eff"], one["id"], one["leg"])
    }
    stand = [
        one
        for one in entries
        if one["kind"] not in ("expire", "expire_reversal")
        and not (one["kind"] == "award" and (one["id"], one["leg"]) in lost)
        and not (one["kind"] == "reversal" and (one["of"], one["of_leg"]) in lost)
    ]
    account = Account(grace)
    for one in sorted(stand, key=lambda one: (one["eff"], ALIKE[classed(one)], one["id"], one["leg"])):
        account._begin(one["day"])
        getattr(account, f"_{classed(one)}")(one)
    account._begin(as_of)
    live, owed, reserved = account._live(), account._owed(), account._reserved()
    net = live - owed - reserved
    waits = 0
    if net < 0 and account.leases:
        reach = min(reach for _, reach in account.leases.values())
        waits = min(-net, reserved, sum(lot["gone"] for lot in account.lots if lot["last"] >= reach))
    return {
        "avail": max(0, net),
        "reserved": reserved,
        "deficit": max(0, -net - waits),
        "expired": sum(lot["gone"] for lot in account.lots),
        "waits": waits,
        "live": live,
        "shortfall": owed,
        "lots": [(lot["key"], lot["last"], lot["first"], lot["left"], lot["gone"]) for lot in account.lots],
        "flags": account.flags,
        "lost": lost,
        "next": min((lot["last"] for lot in account.lots if lot["left"] and lot["last"] < NEVER), default=None),
    }
