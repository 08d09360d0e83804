"""Limits: how much of a discount may be had in a period, what was had of it, and what a refund gives back (R94)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from clubtill_rules.goods.discount import DiscountLimit, LimitBy, LimitType
from clubtill_rules.members.account import AccountCard
from clubtill_rules.sale.discounts.triggers import Buyer
from clubtill_rules.values.days import add_months
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.why import Because, Rounding, because, working

OVERSHOT: Final = "discount.limit_overshot"
"""A limit was passed by sales made offline: they stand and are flagged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """What one sale gave of a limited discount; negative where a refund gives back.

    Attributes:
        holder_id: whose limit it counts against: club, classification number, account or person.
        period: first day of the period it counts in; a refund's is that of the original sale.
        times: items that got the discount (D41).
    """

    discount_id: str
    holder_id: str
    period: date
    amount: Money
    times: int
    sale_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overshot:
    """A limit that was passed: by how much, in minor units or in items. `code` is `OVERSHOT`."""

    discount_id: str
    holder_id: str
    period: date
    by: int
    code: str = OVERSHOT
    because: tuple[Because, ...]


@dataclass(slots=True, kw_only=True)
class Left:
    """What may still be given of an offer: minor units and items, None without end. Counted down line by line."""

    amount: int | None = None
    units: int | None = None

    @property
    def none(self) -> bool:
        """Whether nothing is left, so that the offer is not given."""
        return (self.amount is not None and self.amount <= 0) or (self.units is not None and self.units <= 0)

    def take(self, amount: int, units: int) -> None:
        """Count down what a line got."""
        if self.amount is not None:
            self.amount -= amount
        if self.units is not None:
            self.units -= units

    def copy(self) -> Left:
        """Give another one that is counted down by itself."""
        return Left(amount=self.amount, units=self.units)


def period_of(limit: DiscountLimit, day: date) -> date | None:
    """Give the first day of the period that a day lies in; None before the first and, not recurring, after it.

    Period k begins `starts` plus k times its months, always counted from `starts`: 31 Jan, 28 Feb, 31 Mar.
    """
    if day < limit.starts:
        return None
    months = (day.year - limit.starts.year) * 12 + day.month - limit.starts.month
    k = months // limit.months
    if add_months(limit.starts, k * limit.months) > day:
        k -= 1
    return add_months(limit.starts, k * limit.months) if limit.recurring or k == 0 else None


def holder_of(limit: DiscountLimit, buyer: Buyer, club_id: str) -> str:
    """Give whose limit counts for a buyer; blank for nobody, who has no share in a member's limit."""
    if limit.by is LimitBy.CLUB:
        return club_id
    if limit.by is LimitBy.SCHEME:
        return str(buyer.classification.number) if buyer.classification else ""
    if buyer.member is None:
        return ""
    return buyer.member.account_id if limit.by is LimitBy.ACCOUNT else buyer.member.person_id


def left_of(
    limit: DiscountLimit | None, discount_id: str, *, holder_id: str, period: date | None, used: Iterable[Tracked]
) -> Left:
    """Give what is left of an offer in a period. Without a holder or outside every period that is nothing.

    Args:
        limit: None is an offer without one.
        discount_id: the offer's.
        holder_id: as `holder_of`.
        period: as `period_of` the day of the sale.
        used: what was had before, of any offer, holder and period; refunds among it give back.
    """
    if limit is None:
        return Left()
    if not holder_id or period is None:
        return Left(units=0)
    if limit.type is LimitType.NONE:
        return Left()
    own = [t for t in used if (t.discount_id, t.holder_id, t.period) == (discount_id, holder_id, period)]
    if limit.type is LimitType.AMOUNT:
        return Left(amount=limit.of(holder_id) - sum(t.amount.minor for t in own))
    return Left(units=limit.of(holder_id) - sum(t.times for t in own))


def had(account: AccountCard | None) -> tuple[Tracked, ...]:
    """Give what an account's card tells of limited discounts had before, for the sale that is rung up (R94)."""
    return tuple(
        Tracked(
            discount_id=one.discount_id,
            holder_id=one.holder_id,
            period=one.period,
            amount=one.amount,
            times=one.times,
        )
        for one in (account.discounts if account else ())
    )


def given_back(tracked: Tracked, amount: Money, times: int, *, sale_id: str) -> Tracked:
    """Give what a refund gives back of a sale's entry: in the period of the original sale.

    Args:
        tracked: the original sale's entry.
        amount: of the discount, 0 or more.
        times: items refunded that had it.
        sale_id: of the refund.

    Raises:
        ValueError: more than the sale gave.
    """
    if not NIL <= amount <= tracked.amount:
        raise ValueError(f"amount: {amount.minor} of {tracked.amount.minor}")
    if not 0 <= times <= tracked.times:
        raise ValueError(f"times: {times} of {tracked.times}")
    return Tracked(
        discount_id=tracked.discount_id,
        holder_id=tracked.holder_id,
        period=tracked.period,
        amount=-amount,
        times=-times,
        sale_id=sale_id,
    )


def overshot(limits: Mapping[str, DiscountLimit], tracked: Iterable[Tracked]) -> tuple[Overshot, ...]:
    """Tell which limits were passed: offline a till only knows the remainder it last heard of. Nothing is undone.

    Args:
        limits: by discount id; entries of others are passed over.
        tracked: every entry known, in any order.
    """
    sums: dict[tuple[str, str, date], tuple[int, int]] = {}
    for entry in tracked:
        if entry.discount_id in limits:
            key = (entry.discount_id, entry.holder_id, entry.period)
            amount, times = sums.get(key, (0, 0))
            sums[key] = (amount + entry.amount.minor, times + entry.times)
    found = []
    for (discount_id, holder_id, period), (amount, times) in sorted(sums.items()):
        limit = limits[discount_id]
        in_money = limit.type is LimitType.AMOUNT
        had, most = amount if in_money else times, limit.of(holder_id)
        if limit.type is not LimitType.NONE and had > most:
            facts = [Money(n) if in_money else n for n in (had - most, had, most)]
            told = because(
                "why.discount.overshot", "R94", holder=holder_id, had=facts[1], limit=facts[2], over=facts[0],
                working=working(facts[0], Rounding.EXACT, facts[1], ("-", facts[2])),
            )  # fmt: skip
            found.append(
                Overshot(discount_id=discount_id, holder_id=holder_id, period=period, by=had - most, because=(told,))
            )
    return tuple(found)
