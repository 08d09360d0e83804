"""Book: what a charge account owes, and which payment paid which charge (R100). A pure fold of what happened.

The order is that of (instant, event id), so that it does not matter in which order tills report. Every minor unit of a
payment or credit is allocated once: to a charge, or to what the next charge uses.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from clubtill_rules.values.money import NIL, Money


class FactKind(Enum):
    """What changes a charge account. A credit is a refund where it names a charge, else a gift of the club."""

    CHARGE = "charge"
    PAYMENT = "payment"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFact:
    """A charge, payment or credit.

    Attributes:
        day: the venue's trading day.
        reference: what the statement calls it, such as the receipt's number.
        amount: above nil, whatever the kind.
        names: event id of the charge that a payment is for or that a refund belongs to; blank for none.

    Raises:
        ValueError: `amount` is not above nil.
    """

    event_id: str
    kind: FactKind
    at_us: int
    day: date
    venue_id: str
    reference: str
    amount: Money
    names: str = ""

    def __post_init__(self) -> None:
        if self.amount <= NIL:
            raise ValueError("amount: not above nil")

    @property
    def signed(self) -> Money:
        """What the fact adds to what is owed."""
        return self.amount if self.kind is FactKind.CHARGE else -self.amount


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCharge:
    """A charge and what of it is not paid."""

    charge: AccountFact
    open: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """So much of a payment or credit has paid a charge."""

    paid_by: str
    charge: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A charge account at the end of a day.

    Attributes:
        owed: charges less payments and credits; below nil where the club owes the member.
        charges: every charge, paid ones with nothing open, the oldest first.
        credit: of payments and credits what no charge has used yet. Never beside an open charge.
    """

    owed: Money
    charges: tuple[OpenCharge, ...]
    credit: Money
    allocations: tuple[Allocation, ...]

    def available(self, limit: Money) -> Money:
        """Give what may still be charged: the limit less what is owed; below nil beyond the limit (R100)."""
        return limit - self.owed


def in_order(facts: Iterable[AccountFact], as_of: date | None = None) -> list[AccountFact]:
    """Give the facts to the end of a day in the order in which they count, each once (R4)."""
    once = {one.event_id: one for one in facts if as_of is None or one.day <= as_of}
    return sorted(once.values(), key=lambda one: (one.at_us, one.event_id))


def book(facts: Iterable[AccountFact], as_of: date | None = None) -> Book:
    """Fold a charge account (R100).

    A payment goes to the charge it names, then to the oldest open one; what is over is used by the next charge.
    A refund goes to the charge it refunds; what of that was paid already goes the same way as a payment.

    Args:
        facts: of one charge account, in any order; sent twice counts once.
        as_of: the last day that counts; None is all.
    """
    ordered = in_order(facts, as_of)
    state = _State()
    for one in ordered:
        if one.kind is FactKind.CHARGE:
            state.charged(one)
        else:
            state.paid(one)
    return Book(
        owed=Money(sum(one.signed.minor for one in ordered)),
        charges=tuple(OpenCharge(charge=one, open=Money(state.open[one.event_id])) for one in state.charges),
        credit=Money(sum(left for _, left in state.credits)),
        allocations=tuple(state.allocations),
    )


@dataclass(slots=True)
class _State:
    """The account while its facts are gone through, in minor units. `credits` holds (event id, left), oldest first."""

    charges: list[AccountFact] = field(default_factory=list)
    open: dict[str, int] = field(default_factory=dict)
    credits: list[tuple[str, int]] = field(default_factory=list)
    allocations: list[Allocation] = field(default_factory=list)

    def charged(self, charge: AccountFact) -> None:
        """Open a charge, and let it use what is over from before."""
        self.charges.append(charge)
        self.open[charge.event_id] = charge.amount.minor
        over, self.credits = self.credits, []
        for paid_by, left in over:
            rest = self._pay(paid_by, charge.event_id, left)
            if rest:
                self.credits.append((paid_by, rest))

    def paid(self, one: AccountFact) -> None:
        """Allocate a payment or credit: to the charge named, then from the oldest on; keep what is over."""
        left = one.amount.minor
        if one.names in self.open:
            left = self._pay(one.event_id, one.names, left)
        for charge in self.charges:
            left = self._pay(one.event_id, charge.event_id, left)
        if left:
            self.credits.append((one.event_id, left))

    def _pay(self, paid_by: str, charge: str, left: int) -> int:
        """Pay a charge as far as it is open; give what is left."""
        part = min(left, self.open[charge])
        if part:
            self.open[charge] -= part
            self.allocations.append(Allocation(paid_by=paid_by, charge=charge, amount=Money(part)))
        return left - part
