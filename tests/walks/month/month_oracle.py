"""What every account must have after a month, from the terminals' events alone: plain sums over JSON.

Knows nothing of the product. An account brings lots; awards, visits and birthdays add lots; sales spend the oldest
lots; a lot is worth nothing after its last day. Of two visits or birthdays with one key the earlier counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

NEVER = "9999-12-31"


@dataclass(order=True)
class Lot:
    """Points that came in at one time: the order in which they are used, and how long they hold."""

    earned: str
    at: int
    event: str
    leg: int
    last: str = field(compare=False)
    left: int = field(compare=False)


@dataclass
class Account:
    """An account while its month is told again."""

    lots: list[Lot] = field(default_factory=list)
    expired: list[Lot] = field(default_factory=list)
    acts: list[tuple[int, int, str, Any]] = field(default_factory=list)

    def add(self, at: int, lot: Lot) -> None:
        """Points come in; at one instant before any go out."""
        self.acts.append((at, 0, lot.event, lot))

    def spend(self, at: int, event: str, day: str, amount: int) -> None:
        """Points go out."""
        self.acts.append((at, 1, event, (day, amount)))

    def left(self, today: str) -> int:
        """Tell the month in order and give what is left."""
        for _, _, _, act in sorted(self.acts, key=lambda one: one[:3]):
            if isinstance(act, Lot):
                self.lots.append(act)
            else:
                self._take(*act)
        return sum(lot.left for lot in self.lots if lot.last >= today)

    def _take(self, day: str, amount: int) -> None:
        """Take from what holds on that day, oldest first; then from what ended while it was set aside for this."""
        for lot in sorted(lot for lot in self.lots if lot.last >= day):
            part = min(lot.left, amount)
            lot.left -= part
            amount -= part
        for lot in sorted((lot for lot in self.lots if lot.last < day), key=lambda lot: lot.last, reverse=True):
            part = min(lot.left, amount)
            lot.left -= part
            amount -= part
        assert amount == 0, "a till spent more than there was"


def balances(
    openings: dict[str, list[tuple[int, str, str | None]]], logs: Iterable[Iterable[bytes]], today: str
) -> dict[str, int]:
    """Give hundredths of a point by account.

    Args:
        openings: by account, (amount, earn day, last day or none).
        logs: the exact bytes of every event, terminal by terminal.
        today: the club's day at the end, ISO.
    """
    accounts = {name: Account() for name in openings}
    for name, lots in openings.items():
        for n, (amount, earned, last) in enumerate(lots):
            accounts[name].add(-1, Lot(earned, -1, f"opening {n}", 0, last or NEVER, amount))
    keyed: dict[str, tuple[int, str, int, dict[str, Any], int]] = {}
    for log in logs:
        for data in log:
            event = json.loads(data)
            _read(event, accounts, keyed)
    for at, event_id, leg, body, amount in keyed.values():
        lot = Lot(body["earn_day"], at, event_id, leg, body["last_day"] or NEVER, amount)
        accounts[body["account_id"]].add(at, lot)
    return {name: account.left(today) for name, account in accounts.items()}


def _read(event: dict[str, Any], accounts: dict[str, Account], keyed: dict[str, Any]) -> None:
    body, at, event_id = event["body"], event["occurred_at_us"], event["event_id"]
    account = accounts.get(body.get("account_id", ""))
    if account is None:
        return
    if event["kind"] == "sale":
        used = sum(spend["amount_h"] for spend in body["lease_spends"])
        if used:
            account.spend(at, event_id, body["trading_day"], used)
        if body["award_h"]:
            last = body["award_last_day"] or NEVER
            lot = Lot(body["award_earn_day"], at, event_id, len(body["lease_spends"]), last, body["award_h"])
            account.add(at, lot)
    if event["kind"] == "swipe":
        for leg, name in enumerate(("visit", "birthday")):
            if body[f"{name}_h"]:
                claim = (at, event_id, leg, body, body[f"{name}_h"])
                key = body[f"{name}_key"]
                keyed[key] = min(keyed.get(key, claim), claim, key=lambda one: one[:2])
