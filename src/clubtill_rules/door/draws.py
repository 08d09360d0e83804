"""Draws: the tickets of barrel draws, from what a person spent, bought or came for (R54).

A person's tickets in a draw are a fold of facts in order of (instant, event id), so that every order of arrival gives
the same. What was drawn stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from typing import Final

from clubtill_rules.door.admission import CheckIn
from clubtill_rules.values.days import in_dated_window, local
from clubtill_rules.values.money import Money
from clubtill_rules.values.why import Because, Rounding, because, working

_ALL_WEEK: Final = (0, 1, 2, 3, 4, 5, 6)


class SpendType(Enum):
    """What earns tickets: money, units of one of the products, or units of all of them together."""

    MONEY = "money"
    PRODUCT = "product"
    MIX = "mix"


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """An earn or issue period: days, weekdays and minutes. A window past midnight belongs to the day it starts on."""

    starts: date
    ends: date
    weekdays: tuple[int, ...] = _ALL_WEEK
    start_min: int = 0
    end_min: int = 1439

    def holds(self, at_us: int, zone: str) -> bool:
        """Tell whether an instant lies in the period."""
        return in_dated_window(
            local(at_us, zone),
            starts=self.starts,
            ends=self.ends,
            weekdays=frozenset(self.weekdays),
            start_min=self.start_min,
            end_min=self.end_min,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """A barrel draw.

    Attributes:
        step: what one ticket takes: minor units for MONEY, units otherwise; 1 or more.
        products: that count; empty is every product.
        accumulative: what is left of a sale carries over to the next.
        virtual: without printed tickets, so for members only.
        auto_entry: a swipe in the earn period is a ticket, once an entry day.
        earn: when spending counts; `issue`: when tickets are given out. What is earned outside waits for it.

    Raises:
        ValueError: `step` is below 1.
    """

    id: str
    name: str
    spend_type: SpendType
    step: int
    earn: Season
    issue: Season
    zone: str
    products: tuple[str, ...] = ()
    accumulative: bool = False
    virtual: bool = True
    auto_entry: bool = False

    def __post_init__(self) -> None:
        if self.step < 1:
            raise ValueError("step: below 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawLine:
    """A line of a sale or refund, always as a positive amount and quantity."""

    product_id: str
    amount: int
    qty: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """A finalised sale, or with `refunds` what was given back of one. `person_id` is blank without a member."""

    event_id: str
    person_id: str
    at_us: int
    lines: tuple[DrawLine, ...]
    refunds: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A swipe that enters a draw by itself."""

    event_id: str
    person_id: str
    at_us: int
    entry_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The draw was held: the tickets out at that moment are drawn and stand."""

    event_id: str
    at_us: int


Fact = Spent | Entered | Drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A ticket. `n` counts from 1 for the person and is never used twice."""

    n: int
    event_id: str
    at_us: int
    drawn: bool = False
    cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tickets:
    """A person's tickets in a draw.

    Attributes:
        carried: what counts towards the next ticket, by product for PRODUCT, else under a blank; nil is left out.
        waiting: tickets earned that are given out in the next issue period.
    """

    issued: tuple[Ticket, ...]
    carried: Mapping[str, int]
    waiting: int
    because: tuple[Because, ...]

    @property
    def standing(self) -> int:
        """Tickets that were not cancelled."""
        return sum(1 for one in self.issued if not one.cancelled)


def auto_entry(draw: Draw, check: CheckIn, *, event_id: str, person_id: str, at_us: int) -> Entered | None:
    """Give the entry that a swipe makes by itself, or None (R54, R45 step 8). Nobody barred gets one (R11)."""
    if not draw.auto_entry or check.barred or not draw.earn.holds(at_us, draw.zone):
        return None
    return Entered(event_id=event_id, person_id=person_id, at_us=at_us, entry_day=check.entry_day)


def tickets(draw: Draw, facts: Iterable[Fact], person_id: str) -> Tickets:
    """Give a person's tickets in a draw (R54). The sum is exact: nothing of what was spent is lost or counted twice.

    A refund lowers what its sale counted; the newest tickets that are not drawn are cancelled until no more stand than
    are earned. Without a member each sale stands for itself, and a virtual draw gives nothing.

    Args:
        draw: its set-up.
        facts: of this draw, in any order, of any persons; sent twice counts once.
        person_id: whose; blank for one sale without a member, and then `facts` holds that sale and its refunds only.
    """
    state = _State(draw=draw)
    takes_part = bool(person_id) or not draw.virtual
    mine = [one for one in facts if takes_part and (isinstance(one, Drawn) or one.person_id == person_id)]
    once = {one.event_id: one for one in mine}
    for one in sorted(once.values(), key=lambda fact: (fact.at_us, fact.event_id)):
        match one:
            case Drawn():
                state.issued = [replace(t, drawn=t.drawn or not t.cancelled) for t in state.issued]
            case Entered():
                state.entries.add(one.entry_day)
            case _:
                _count(state, one)
        if not isinstance(one, Drawn):
            _settle(state, one.event_id, one.at_us)
    return Tickets(
        issued=tuple(state.issued), carried=state.carried(), waiting=max(0, state.missing()), because=_why(state)
    )


@dataclass(slots=True, kw_only=True)
class _State:
    """What is known of a person in a draw while its facts are gone through.

    Attributes:
        sales: what each sale counts by meter, less its refunds.
        entries: entry days of swipes that entered by themselves.
    """

    draw: Draw
    sales: dict[str, dict[str, int]] = field(default_factory=dict)
    entries: set[date] = field(default_factory=set)
    issued: list[Ticket] = field(default_factory=list)

    def counted(self) -> dict[str, int]:
        """Sum what all sales count, by meter."""
        found: dict[str, int] = {}
        for sale in self.sales.values():
            for meter, amount in sale.items():
                found[meter] = found.get(meter, 0) + amount
        return found

    def earned(self) -> int:
        """Give the tickets earned: one an entry, and the whole steps of each amount that counts for itself."""
        return len(self.entries) + sum(amount // self.draw.step for amount in self.amounts())

    def amounts(self) -> list[int]:
        """Give what counts for itself: all spend of a meter where it carries over, of each sale where it does not."""
        spent = [self.counted()] if self.draw.accumulative else self.sales.values()
        return [amount for one in spent for amount in one.values()]

    def missing(self) -> int:
        """Give how many tickets more are earned than stand; below nil when more stand."""
        return self.earned() - sum(1 for one in self.issued if not one.cancelled)

    def carried(self) -> dict[str, int]:
        """Give what is left over towards the next ticket."""
        if not self.draw.accumulative:
            return {}
        left = {meter: amount % self.draw.step for meter, amount in self.counted().items()}
        return {meter: amount for meter, amount in sorted(left.items()) if amount}


def _why(state: _State) -> tuple[Because, ...]:
    """Say how the tickets are summed, and how many each amount that counts for itself gives."""
    draw, amounts = state.draw, state.amounts()
    unit = Money if draw.spend_type is SpendType.MONEY else int
    each = [working(amount // draw.step, Rounding.FLOOR, unit(amount), ("/", unit(draw.step))) for amount in amounts]
    total = working(
        state.earned(), Rounding.EXACT, len(state.entries), *(("+", amount // draw.step) for amount in amounts)
    )
    return (
        because("why.draw.tickets", "R54", working=total, draw=draw.name, n=state.earned()),
        *(because("why.draw.counted", "R54", working=one, draw=draw.name, n=one.result) for one in each),
    )


def _count(state: _State, one: Spent) -> None:
    """Add a sale inside the earn period, or take a refund off the sale it belongs to, never below nil."""
    if not one.refunds:
        if state.draw.earn.holds(one.at_us, state.draw.zone):
            state.sales[one.event_id] = _meters(state.draw, one)
        return
    sale = state.sales.get(one.refunds, {})
    for meter, amount in _meters(state.draw, one).items():
        if meter in sale:
            sale[meter] = max(0, sale[meter] - amount)


def _meters(draw: Draw, one: Spent) -> dict[str, int]:
    """Count a sale's lines by what the draw counts: cents or units, together or by product."""
    found: dict[str, int] = {}
    for line in one.lines:
        if draw.products and line.product_id not in draw.products:
            continue
        meter = line.product_id if draw.spend_type is SpendType.PRODUCT else ""
        found[meter] = found.get(meter, 0) + (line.amount if draw.spend_type is SpendType.MONEY else line.qty)
    return found


def _settle(state: _State, event_id: str, at_us: int) -> None:
    """Cancel the newest tickets that are not earned any more, or give out those that are (R54)."""
    missing = state.missing()
    for n in reversed(range(len(state.issued))):
        if missing >= 0:
            break
        if not state.issued[n].drawn and not state.issued[n].cancelled:
            state.issued[n] = replace(state.issued[n], cancelled=True)
            missing += 1
    if state.draw.issue.holds(at_us, state.draw.zone):
        first = len(state.issued) + 1
        state.issued += [Ticket(n=first + k, event_id=event_id, at_us=at_us) for k in range(missing)]
