"""A venue of several devices that redeem while cut off: loss, duplicates, any order of arrival, clones (4.2-4.4)."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date

from clubtill_rules.members.venue import OfflineMode
from clubtill_rules.points.budgets import Budget, Cached, grantable, settled, spend_budget
from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.leases import (
    Lease,
    Occasion,
    OfflineBudget,
    after_spend,
    grant,
    of_sale,
    plan_offline,
    usable,
    wanted,
)
from clubtill_rules.points.lots import Fold, fold
from clubtill_rules.values.refusal import Refusal
from tests.rules.points.allowance_oracle import Loss

DAY = date(2026, 11, 24)
ACCOUNTS = ("a", "b")
ACTS = ("award", "attach", "budget", "sell", "sell", "sale_asked", "sync", "send", "send", "resend", "close", "clone")
Step = tuple[int, int, int, int]


@dataclass
class Sent:
    """An event of a device's log: its spends, or the close of a lease or of the budget."""

    event_id: str
    entries: list[Entry]
    closes: str = ""


@dataclass
class Device:
    """A till with what it holds: leases, one budget, its cache, its log, and how much of it has arrived."""

    name: str
    leases: dict[str, Lease] = field(default_factory=dict)
    budget: Budget | None = None
    number: int = 0
    cache: dict[str, Cached] = field(default_factory=dict)
    log: list[Sent] = field(default_factory=list)
    arrived: set[int] = field(default_factory=set)

    @property
    def contiguous(self) -> int:
        """How many events arrived without a gap."""
        return next((n for n in range(len(self.log)) if n not in self.arrived), len(self.log))


_BUDGET = "budget of "
"""Begins what the close of a budget says it closes; the device follows."""


class Venue:
    """The ledger and its devices; `loss` is the oracle's account of it all."""

    def __init__(self, mode: OfflineMode, limit_h: int, loss: Loss, *, clones: bool) -> None:
        self.mode, self.limit_h, self.clones = mode, limit_h, clones
        self.devices = [Device(name=f"t{n}") for n in range(3)]
        self.entries: list[Entry] = []
        self.seen: set[str] = set()
        self.now_us = 0
        self.open_budgets: dict[str, Budget] = {}
        self.renewed = False
        self.loss = loss

    def play(self, script: list[Step]) -> Iterator[None]:
        """Do every step that is possible; everything lost arrives in the end."""
        for act, device, account, amount_h in script:
            self.now_us += 10
            getattr(self, f"_{ACTS[act % len(ACTS)]}")(
                self.devices[device % len(self.devices)], ACCOUNTS[account % 2], amount_h
            )
            yield
        for device in self.devices:
            for n in range(len(device.log)):
                self._arrive(device, n)
                yield

    def fold(self, account: str) -> Fold:
        """Fold what has arrived of an account."""
        mine = [entry for entry in self.entries if entry.account_id == account]
        return fold(mine, as_of=DAY, refund_grace_days=30)

    def open_total_h(self) -> int:
        """Sum T over the budgets that count as open."""
        return sum(budget.total_h for budget in self.open_budgets.values())

    # ------------------------------------------------------------ at the ledger

    def _award(self, _device: Device, account: str, amount_h: int) -> None:
        if amount_h:
            self.entries.append(self._entry(EntryKind.AWARD, account, amount_h, earn_day=DAY))
            self.loss.add(self.loss.awarded, account, amount_h)

    def _ask(self, device: Device, account: str, occasion: Occasion, asked_h: int, sale_id: str) -> None:
        amount_h = grant(self.fold(account), wanted(self.mode, occasion, asked_h, 500), None)
        if amount_h:
            lease_id = self._id("lease")
            self.entries.append(self._entry(EntryKind.LEASE_GRANT, account, amount_h, lease_id=lease_id))
            device.leases[lease_id] = Lease(lease_id=lease_id, account_id=account, granted_h=amount_h, sale_id=sale_id)

    def _attach(self, device: Device, account: str, amount_h: int) -> None:
        self._ask(device, account, Occasion.ATTACH, amount_h, "")

    def _budget(self, device: Device, _account: str, amount_h: int) -> None:
        """Grant a budget, or close the old one: the new one waits until the ledger has the close."""
        if self.mode is not OfflineMode.BUDGET:
            return
        if device.budget is not None:
            self._log(device, [], closes=f"{_BUDGET}{device.name}")
            device.budget = None
            return
        if device.name in self.open_budgets:
            return
        total_h = min(amount_h, grantable(self.limit_h, sum(one.total_h for one in self.open_budgets.values())))
        if total_h:
            device.number += 1
            self.renewed |= device.number > 1
            device.budget = Budget(
                budget_id=self._id("budget"), device_id=device.name, each_h=max(1, amount_h * 2 // 3),
                total_h=total_h, deadline_us=10**9, cache_age_max_us=10**9,
            )  # fmt: skip
            self.open_budgets[device.name] = device.budget
            self.loss.budgets[device.name, device.number] = (device.budget.each_h, total_h, {})
            for account, cached in device.cache.items():
                self.loss.see(device.name, device.number, account, cached.avail_h)

    def _arrive(self, device: Device, n: int) -> None:
        """Take an event in once; then settle what its device's contiguous log lets go."""
        sent = device.log[n]
        device.arrived.add(n)
        if sent.event_id not in self.seen:
            self.seen.add(sent.event_id)
            self.entries.extend(sent.entries)
            for entry in sent.entries:
                self.loss.add(self.loss.spent, entry.account_id, entry.amount_h)
        for seq in range(device.contiguous):
            closes = device.log[seq].closes
            if not closes or (key := f"{device.log[seq].event_id} settled") in self.seen:
                continue
            self.seen.add(key)
            if closes.startswith(_BUDGET):
                # A copy made after the close brings it too: it closes the budget of the device that logged it.
                owner = closes.removeprefix(_BUDGET)
                budget = self.open_budgets.get(owner)
                if budget and settled(budget, contiguous_seq=device.contiguous, closed_seq=seq + 1):
                    del self.open_budgets[owner]
                continue
            self._give_back(closes)

    def _give_back(self, lease_id: str) -> None:
        """Return what a closed lease did not spend, once."""
        of = [entry for entry in self.entries if entry.lease_id == lease_id]
        if any(entry.kind is EntryKind.LEASE_RETURN for entry in of):
            return
        granted = next(entry for entry in of if entry.kind is EntryKind.LEASE_GRANT)
        left_h = granted.amount_h - sum(entry.amount_h for entry in of if entry.kind is EntryKind.LEASE_SPEND)
        if left_h > 0:
            self.entries.append(self._entry(EntryKind.LEASE_RETURN, granted.account_id, left_h, lease_id=lease_id))

    # ------------------------------------------------------------ at the devices

    def _sell(self, device: Device, account: str, amount_h: int, sale_id: str = "") -> None:
        """Spend what the rules allow while cut off; a refusal sells for money."""
        sale = sale_id or self._id("sale")
        mine = of_sale(self.mode, [one for one in device.leases.values() if one.account_id == account], sale)
        case = OfflineBudget(
            budget=device.budget, account_id=account, now_us=self.now_us,
            cached=device.cache.get(account, Cached(avail_h=0, spends_h=0, age_us=0)),
        )  # fmt: skip
        allowed = usable(
            self.mode, mine, online=False, sale_id=sale, contact_age_days=0, day=DAY,
            budget=case if self.mode is OfflineMode.BUDGET else None,
        ).points.hundredths  # fmt: skip
        without = replace(case, budget=None)
        try:
            plan = plan_offline(mine, case if self.mode is OfflineMode.BUDGET else without, amount_h, DAY)
        except Refusal:
            assert amount_h > allowed
            return
        assert amount_h <= allowed
        entries = []
        for leg, spend in enumerate(plan.leases):
            device.leases[spend.lease_id] = after_spend(device.leases[spend.lease_id], spend.amount_h, DAY)
            entries.append(
                self._entry(
                    EntryKind.LEASE_SPEND, account, spend.amount_h, leg=leg, lease_id=spend.lease_id, sale_id=sale
                )
            )
        if plan.budget_h:
            assert device.budget is not None
            device.budget = spend_budget(device.budget, account, plan.budget_h)
            cached = device.cache[account]
            device.cache[account] = replace(cached, spends_h=cached.spends_h + plan.budget_h)
            entries.append(self._entry(EntryKind.REDEEM, account, plan.budget_h, leg=9, sale_id=sale))
        if entries:
            self._log(device, entries)

    def _sale_asked(self, device: Device, account: str, amount_h: int) -> None:
        """Ask for the sale in hand while connected; the line drops before it is final (4.1)."""
        sale = self._id("sale")
        self._ask(device, account, Occasion.SALE, amount_h, sale)
        self._sell(device, account, amount_h, sale)

    def _sync(self, device: Device, account: str, _amount_h: int) -> None:
        """Bring the cache up to date, once all of the device's own events have arrived."""
        if device.contiguous == len(device.log):
            known_h = self.fold(account).avail_h
            device.cache[account] = Cached(avail_h=known_h, spends_h=0, age_us=0)
            if device.budget is not None:
                self.loss.see(device.name, device.number, account, known_h)

    def _send(self, device: Device, _account: str, amount_h: int) -> None:
        """Let any event that is on its way arrive."""
        waiting = [n for n in range(len(device.log)) if n not in device.arrived]
        if waiting:
            self._arrive(device, waiting[amount_h % len(waiting)])

    def _resend(self, device: Device, _account: str, amount_h: int) -> None:
        """Let an event arrive again."""
        if device.arrived:
            self._arrive(device, sorted(device.arrived)[amount_h % len(device.arrived)])

    def _close(self, device: Device, account: str, _amount_h: int) -> None:
        """Close the leases of an account, as a recall does."""
        for lease_id in [one.lease_id for one in device.leases.values() if one.account_id == account]:
            del device.leases[lease_id]
            self._log(device, [], closes=lease_id)

    def _clone(self, device: Device, _account: str, _amount_h: int) -> None:
        """Copy a device's disk: both copies go on, and each can spend what stood there."""
        if not self.clones or len(self.devices) > 4:
            return
        copy = deepcopy(device)
        copy.name = f"{device.name}'{len(self.devices)}"
        copy.log, copy.arrived = list(device.log), set(device.arrived)
        for one in device.leases.values():
            self.loss.add(self.loss.clones, one.account_id, one.granted_h - one.spent_h)
            self.loss.clone_totals += one.granted_h - one.spent_h
        if copy.budget is not None:
            self.open_budgets[copy.name] = copy.budget
            self.loss.budgets[copy.name, copy.number] = (copy.budget.each_h, copy.budget.total_h, {})
            for account, cached in copy.cache.items():
                self.loss.see(copy.name, copy.number, account, cached.avail_h)
        self.devices.append(copy)

    # ------------------------------------------------------------ small things

    def _log(self, device: Device, entries: list[Entry], closes: str = "") -> None:
        event_id = self._id("event")
        device.log.append(
            Sent(event_id=event_id, entries=[replace(one, event_id=event_id) for one in entries], closes=closes)
        )

    def _id(self, what: str) -> str:
        self.now_us += 1
        return f"{what}-{self.now_us:06}"

    def _entry(self, kind: EntryKind, account: str, amount_h: int, **more: object) -> Entry:
        event_id = self._id(kind.value)
        given = {"event_id": event_id, "leg": 0, "account_id": account, "eff_us": self.now_us, "day": DAY, **more}
        return Entry(kind=kind, amount_h=amount_h, **given)  # type: ignore[arg-type] - a table's columns
