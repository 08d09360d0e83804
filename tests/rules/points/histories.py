"""Random but legal histories of one points account: three devices, one ledger, late arrivals and wrong clocks.

A script is a list of small integers that Hypothesis draws and shrinks; each step names an act, a device and an amount.
The ledger here does what section 3.1 of its design says of effective times, and grants by the fold of what has arrived
by then. Nothing else is modelled: the fold itself is under test, so no balance is kept here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.leases import grant
from clubtill_rules.points.lots import Fold, expiry_to_post, fold, posted_expiry
from clubtill_rules.values.days import US_PER_DAY

FIRST_DAY = date(2026, 1, 1)
LIVES = (None, 0, 1, 3, 10, 30, 60)
STEPS_OF_DAYS = (1, 1, 2, 5, 10, 31)
CLOCKS_US = (0, 0, -US_PER_DAY, -7 * US_PER_DAY, 40 * US_PER_DAY)
SOME = 30
"""Amounts from here on send that many facts of a queue; smaller ones send one."""
VISIT_H = 10
VISIT_LIFE = 30

ACTS = (
    "wait", "award", "ask", "sell", "send", "wait", "award", "sell", "receive", "close", "visit", "job", "transfer",
    "pin", "clock", "refund", "refund", "refund", "reverse", "adjust_down", "write_off", "budget", "odd_visit",
)  # fmt: skip
"""The acts a script's first figures name, some more than once; the last five are privileged, see `History`."""
REFUNDS_FROM = ACTS.index("refund")
PRIVILEGED_FROM = ACTS.index("reverse")

Step = tuple[int, int, int, int]
"""Act, device, amount or choice, another choice."""


def day_of(at_us: int) -> date:
    """Give the club's day of an instant: these clubs live in UTC and begin at midnight."""
    return FIRST_DAY + timedelta(days=at_us // US_PER_DAY)


@dataclass
class Fact:
    """Something that happened on a device and waits in its queue; `needs` is the event it refers to."""

    event_id: str
    device_us: int
    needs: str
    entries: Callable[[int, date], list[Entry]]


@dataclass
class Device:
    """A till: its queue, its clock error, the last effective time of its log and what it holds of each lease."""

    queue: list[Fact] = field(default_factory=list)
    clock_us: int = 0
    last_eff_us: int = 0
    held_h: dict[str, int] = field(default_factory=dict)


@dataclass
class Sale:
    """What a sale spent and how much of it was refunded, and the award it made as (event id, leg, amount)."""

    spent_h: int
    refunded_h: int = 0


class History:
    """Plays a script. `privileged` allows what may leave a deficit (I24): reversals, write-offs, budgets and the like.

    Attributes:
        arrived: the ledger's entries, in the order in which it posted them.
        exposed_h: the most that privileged acts may leave as a deficit.
    """

    def __init__(self, *, grace_days: int, privileged: bool = False, refunds: bool = True) -> None:
        self.grace_days = grace_days
        self.now_us = 0
        self.pin_us = 0
        self.arrived: list[Entry] = []
        self.devices = [Device(), Device(), Device()]
        self.sales: dict[str, Sale] = {}
        self.awards: list[list[object]] = []
        self.exposed_h = 0
        self._held: list[tuple[Device, Fact]] = []
        self._eff: dict[str, int] = {}
        self._open: dict[str, tuple[Device, int]] = {}
        self._pending: dict[str, int] = {}
        self._ids = 0
        count = REFUNDS_FROM if not refunds else len(ACTS) if privileged else PRIVILEGED_FROM
        self._acts = [getattr(self, f"_{name}") for name in ACTS[:count]]

    # ------------------------------------------------------------ playing

    def play(self, script: Sequence[Step]) -> Iterator[None]:
        """Do one step after the other; the ledger may be looked at after each. At the end everything has arrived."""
        for act, device, a, b in script:
            self.now_us += 1_000
            self._acts[act % len(self._acts)](self.devices[device % 3], a, b)
            yield
        for device in self.devices:
            self.now_us += 1_000
            self._send(device, 10 * SOME, 0)
            yield

    @property
    def today(self) -> date:
        """The ledger's day."""
        return day_of(self.now_us)

    def fold(self) -> Fold:
        """Fold what has arrived as of the ledger's day."""
        return fold(self.arrived, as_of=self.today, refund_grace_days=self.grace_days)

    def _id(self, name: str) -> str:
        self._ids += 1
        return f"{(self._ids * 7919) % 10_007:05d}-{name}{self._ids}"

    def _entry(self, event_id: str, kind: EntryKind, amount_h: int, eff_us: int, **more: object) -> Entry:
        leg = more.pop("leg", 0)
        return Entry(
            event_id=event_id, leg=leg, kind=kind, account_id="a", amount_h=amount_h, eff_us=eff_us, day=day_of(eff_us),
            **more,
        )  # fmt: skip

    def _post(self, *entries: Entry) -> None:
        for entry in entries:
            self._eff[entry.event_id] = max(entry.eff_us, self._eff.get(entry.event_id, 0))
            self.arrived.append(entry)

    def _queue(
        self, device: Device, event_id: str, entries: Callable[[int, date], list[Entry]], *, needs: str = ""
    ) -> None:
        device.queue.append(Fact(event_id, self.now_us + device.clock_us, needs, entries))

    def _arrive(self, device: Device, fact: Fact) -> None:
        """Give the effective time of section 3.1 and post; hold what refers to an event that is not here yet (C22)."""
        if fact.needs and fact.needs not in self._eff:
            self._held.append((device, fact))
            return
        eff_us = max(min(fact.device_us, self.now_us), device.last_eff_us, self.pin_us)
        if fact.needs:
            eff_us = max(eff_us, self._eff[fact.needs] + 1)
        device.last_eff_us = eff_us
        self._post(*fact.entries(eff_us, day_of(eff_us)))
        waiting, self._held = self._held, []
        for holder, held in waiting:
            self._arrive(holder, held)

    # ------------------------------------------------------------ acts of everybody

    def _wait(self, _device: Device, _a: int, b: int) -> None:
        self.now_us += STEPS_OF_DAYS[b % len(STEPS_OF_DAYS)] * US_PER_DAY

    def _clock(self, device: Device, a: int, _b: int) -> None:
        device.clock_us = CLOCKS_US[a % len(CLOCKS_US)]

    def _pin(self, _device: Device, _a: int, _b: int) -> None:
        self.pin_us = self.now_us // US_PER_DAY * US_PER_DAY

    def _award(self, device: Device, a: int, b: int) -> None:
        event_id, life = self._id("award"), LIVES[b % len(LIVES)]
        self.awards.append([event_id, a, 0])
        self._queue(
            device,
            event_id,
            lambda eff_us, day: [
                self._entry(event_id, EntryKind.AWARD, a, eff_us, earn_day=day, last_day=_after(day, life))
            ],
        )
        if b % 2:
            self._send(device, SOME, 0)

    def _visit(self, device: Device, _a: int, _b: int, amount_h: int = VISIT_H) -> None:
        event_id = self._id("visit")
        self._queue(
            device,
            event_id,
            lambda eff_us, day: [
                self._entry(
                    event_id, EntryKind.AWARD, amount_h, eff_us, leg=1, earn_day=day, last_day=_after(day, VISIT_LIFE),
                    natural_key=f"visit:{day}",
                )
            ],
        )  # fmt: skip

    def _ask(self, device: Device, a: int, _b: int) -> None:
        """Ask for a lease: the ledger decides by the fold of what has arrived."""
        granted_h = grant(self.fold(), a, None)
        if not granted_h:
            return
        lease_id = self._id("lease")
        device.held_h[lease_id] = granted_h
        self._open[lease_id] = (device, granted_h)
        self._post(self._entry(lease_id, EntryKind.LEASE_GRANT, granted_h, self.now_us, lease_id=lease_id))

    def _sell(self, device: Device, a: int, b: int) -> None:
        """Sell for points: one leg a lease, oldest first; and perhaps earn some. Holding nothing, ask first (4.2)."""
        if not any(device.held_h.values()):
            self._ask(device, a, b)
        spends, left = [], a
        for lease_id, held in device.held_h.items():
            if left and held:
                spends.append((lease_id, min(left, held)))
                left -= spends[-1][1]
        if not spends:
            return
        sale_id = self._id("sale")
        for lease_id, spent in spends:
            device.held_h[lease_id] -= spent
        self.sales[sale_id] = Sale(spent_h=a - left)
        newest = max(spends, key=lambda spend: self._eff[spend[0]])[0]

        def entries(eff_us: int, day: date) -> list[Entry]:
            made = [
                self._entry(sale_id, EntryKind.LEASE_SPEND, spent, eff_us, leg=leg, sale_id=sale_id, lease_id=lease_id)
                for leg, (lease_id, spent) in enumerate(spends)
            ]
            if b:
                made.append(
                    self._entry(
                        sale_id, EntryKind.AWARD, b, eff_us, leg=len(made), sale_id=sale_id, earn_day=day,
                        last_day=_after(day, LIVES[b % len(LIVES)]),
                    )
                )  # fmt: skip
            return made

        self._queue(device, sale_id, entries, needs=newest)

    def _send(self, device: Device, a: int, _b: int) -> None:
        """Send the oldest facts of a device's log."""
        count = 1 + a // SOME * SOME
        sent, device.queue = device.queue[:count], device.queue[count:]
        for fact in sent:
            self._arrive(device, fact)

    def _close(self, device: Device, a: int, _b: int) -> None:
        """Close a lease: an event in the holder's log. When it arrives, what was not spent goes back."""
        if not device.held_h:
            return
        lease_id = list(device.held_h)[a % len(device.held_h)]
        returned_h = device.held_h.pop(lease_id)

        def entries(eff_us: int, _day: date) -> list[Entry]:
            if self._open.pop(lease_id, None) is None:
                return []
            return [self._entry(close_id, EntryKind.LEASE_RETURN, returned_h, eff_us, lease_id=lease_id)]

        close_id = self._id("close")
        self._queue(device, close_id, entries, needs=lease_id)

    def _refund(self, device: Device, a: int, b: int) -> None:
        """Refund part of a sale, never more than it spent; on any device, sent whenever."""
        if not self.sales:
            return
        sale_id = list(self.sales)[b % len(self.sales)]
        sale = self.sales[sale_id]
        amount_h = min(a, sale.spent_h - sale.refunded_h)
        if not amount_h:
            return
        sale.refunded_h += amount_h
        event_id = self._id("refund")
        self._queue(
            device,
            event_id,
            lambda eff_us, _day: [self._entry(event_id, EntryKind.REFUND, amount_h, eff_us, sale_id=sale_id)],
            needs=sale_id,
        )

    def _job(self, _device: Device, _a: int, _b: int) -> None:
        """Run the expiry job."""
        amount_h = expiry_to_post(self.fold(), posted_expiry(self.arrived))
        if amount_h:
            kind = EntryKind.EXPIRE if amount_h > 0 else EntryKind.EXPIRE_REVERSAL
            self._post(self._entry(self._id("expire"), kind, abs(amount_h), self.now_us))

    def _transfer(self, _device: Device, a: int, b: int) -> None:
        """Begin a transfer out, or post or void one that is pending."""
        if self._pending and b % 2:
            pending = next(iter(self._pending))
            amount_h = self._pending.pop(pending) if a % 2 else (self._pending.pop(pending), 0)[1]
            self._post(
                self._entry(self._id("settle"), EntryKind.TRANSFER_OUT, amount_h, self.now_us, refers_to=pending)
            )
            return
        amount_h = grant(self.fold(), a, None)
        if amount_h:
            event_id = self._id("transfer")
            self._pending[event_id] = amount_h
            self._post(self._entry(event_id, EntryKind.TRANSFER_OUT, amount_h, self.now_us, settled=False))

    def _receive(self, _device: Device, a: int, b: int) -> None:
        """Receive a transfer of an old lot, or adjust upwards."""
        life = LIVES[b % len(LIVES)]
        kind = EntryKind.TRANSFER_IN if b % 2 else EntryKind.ADJUST
        earn_day = self.today - timedelta(days=a % 40)
        last_day = _after(earn_day, life)
        self._post(self._entry(self._id("in"), kind, a, self.now_us, earn_day=earn_day, last_day=last_day))

    # ------------------------------------------------------------ privileged acts

    def _reverse(self, device: Device, a: int, b: int) -> None:
        if not self.awards:
            return
        award = self.awards[b % len(self.awards)]
        amount_h = min(a, award[1] - award[2])
        if not amount_h:
            return
        award[2] += amount_h
        self.exposed_h += amount_h
        event_id = self._id("reversal")
        self._queue(
            device,
            event_id,
            lambda eff_us, _day: [self._entry(event_id, EntryKind.REVERSAL, amount_h, eff_us, refers_to=award[0])],
            needs=award[0],
        )

    def _adjust_down(self, _device: Device, a: int, _b: int) -> None:
        if a:
            self.exposed_h += a
            self._post(self._entry(self._id("down"), EntryKind.ADJUST, -a, self.now_us))

    def _write_off(self, _device: Device, a: int, _b: int) -> None:
        if not self._open:
            return
        lease_id = list(self._open)[a % len(self._open)]
        holder, granted_h = self._open.pop(lease_id)
        spent_h = sum(e.amount_h for e in self.arrived if e.kind is EntryKind.LEASE_SPEND and e.lease_id == lease_id)
        if holder.held_h.get(lease_id, 0) > granted_h - spent_h or granted_h == spent_h:
            return
        self.exposed_h += granted_h - spent_h
        self._post(
            self._entry(
                self._id("writeoff"), EntryKind.LEASE_WRITEOFF, granted_h - spent_h, self.now_us, lease_id=lease_id
            )
        )

    def _budget(self, device: Device, a: int, _b: int) -> None:
        if not a:
            return
        sale_id = self._id("budget")
        self.exposed_h += a
        self.sales[sale_id] = Sale(spent_h=a)
        self._queue(
            device,
            sale_id,
            lambda eff_us, _day: [self._entry(sale_id, EntryKind.REDEEM, a, eff_us, sale_id=sale_id)],
        )

    def _odd_visit(self, device: Device, a: int, b: int) -> None:
        """Award a visit of another amount than other doors: the lower one may win the natural key."""
        self.exposed_h += max(a, VISIT_H)
        self._visit(device, a, b, amount_h=a)


def _after(day: date, life_days: int | None) -> date | None:
    return None if life_days is None else day + timedelta(days=life_days)
