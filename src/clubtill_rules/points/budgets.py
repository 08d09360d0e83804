"""Budgets: what a device may redeem without a lease in the mode BUDGET, and what that can cost at most (R90, D2, D39).

A budget bounds the *loss*: per account, per device and, because the ledger grants budgets under one limit, per venue.
Signing and storing one is not done here. Amounts are hundredths of a point.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from clubtill_rules.members.classification import Classification
from clubtill_rules.members.venue import OfflineMode
from clubtill_rules.points.redeeming import worth
from clubtill_rules.values.days import US_PER_DAY, US_PER_S
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points
from clubtill_rules.values.why import Because, Rounding, because, working

_US_PER_HOUR: Final = 3_600 * US_PER_S

AMBER_US: Final = 6 * _US_PER_HOUR
"""So long before its deadline a budget asks for contact."""
RENEW_US: Final = 12 * _US_PER_HOUR
"""So long before its deadline a device in contact gives its budget back for a new one."""

OFFLINE_DAYS_MAX = 7
"""D8: after more days without contact a terminal sells, takes fees and checks in, but no longer redeems offline."""


AWARD_CAP_H: Final = 10_000_000
"""4.5: the most that one device may award in a day, where a manager has typed nothing else: 100,000 points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usable:
    """What may be spent on this device now, and why it is less than the account holds; None where nothing limits."""

    points: Points
    why: Because | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A budget as its device keeps it.

    Attributes:
        each_h: m, for any one account; `total_h`: T, for all of them together.
        deadline_us: the last instant at which it may be spent, by the device's clock.
        cache_age_max_us: the cached balance has to be younger than this.
        spent_h: by account, what this budget has paid for.
    """

    budget_id: str
    device_id: str
    each_h: int
    total_h: int
    deadline_us: int
    cache_age_max_us: int = US_PER_DAY
    spent_h: Mapping[str, int] = field(default_factory=dict)

    def spent_of(self, account_id: str) -> int:
        """Give what was spent of it for an account."""
        return self.spent_h.get(account_id, 0)

    @property
    def left_h(self) -> int:
        """What is left of T."""
        return self.total_h - sum(self.spent_h.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetSpend:
    """What a sale spends of a device's budget, in hundredths of a point."""

    budget_id: str
    amount_h: int


class BudgetLevel(Enum):
    """How much of a budget is left, for the screen: enough, go online soon, or stop (4.3 of the ledger design)."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cached:
    """What a device knows of an account while it is cut off.

    Attributes:
        avail_h: the amount available by its cache, C; leases that it holds come on top.
        spends_h: what it has redeemed of it by budget since, whether or not sent.
        age_us: how old the cache is.
    """

    avail_h: int
    spends_h: int
    age_us: int


def budget_usable(
    budget: Budget | None,
    account_id: str,
    cached: Cached,
    *,
    now_us: int,
    contact_age_days: int = 0,
    trouble: str = "",
) -> Usable:
    """Tell what a budget allows for an account now: the least of what is left of m, of T and of the cache (R90, D39).

    Nothing where the ledger doubts this device (I30), after seven days without contact (D8), without a budget, past its
    deadline, or with a cache that is too old.
    """
    no = _refused(budget, cached, now_us=now_us, contact_age_days=contact_age_days, trouble=trouble)
    if budget is None or no is not None:
        return Usable(points=Points(0), why=no)
    parts = (budget.each_h - budget.spent_of(account_id), budget.left_h, cached.avail_h - cached.spends_h)
    usable = Points(max(0, min(parts)))
    account, device, known = (Points(max(0, part)) for part in parts)
    told = because(
        "why.offline.budget", "R90", usable=usable, account=account, device=device, known=known,
        working=working(usable, Rounding.LEAST, account, (",", device), (",", known)),
    )  # fmt: skip
    return Usable(points=usable, why=told)


def spend_budget(budget: Budget, account_id: str, amount_h: int) -> Budget:
    """Give a budget after a spend that `budget_usable` has allowed; more than m or T leave is a bug of the caller."""
    most_h = min(budget.each_h - budget.spent_of(account_id), budget.left_h)
    if not 0 < amount_h <= most_h:
        raise ValueError(f"{amount_h} of {most_h} left in {budget.budget_id} for {account_id}")
    return replace(budget, spent_h={**budget.spent_h, account_id: budget.spent_of(account_id) + amount_h})


def level(budget: Budget | None, *, now_us: int) -> BudgetLevel:
    """Tell how a budget stands: red is used up or past its deadline, amber has less than half or six hours left."""
    if budget is None or budget.left_h <= 0 or now_us > budget.deadline_us:
        return BudgetLevel.RED
    if 2 * budget.left_h < budget.total_h or now_us > budget.deadline_us - AMBER_US:
        return BudgetLevel.AMBER
    return BudgetLevel.GREEN


def to_close(budget: Budget, *, mode: OfflineMode, now_us: int) -> bool:
    """Tell whether a device that reaches the ledger gives its budget back, to be granted a whole one anew (4.3).

    It does when the venue is no longer in the mode BUDGET, when something was spent of it, and in its last half day.
    """
    return mode is not OfflineMode.BUDGET or budget.left_h < budget.total_h or now_us > budget.deadline_us - RENEW_US


def lowest_ratio(classifications: Iterable[Classification], location_ids: Collection[str]) -> int:
    """Give the lowest ratio at which anybody redeems at these locations, where a point is worth most; 0 for nobody."""
    ratios = {
        ratio
        for one in classifications
        for ratio in (
            one.redemption_ratio,
            *(own.ratio for own in one.location_ratios if own.location_id in location_ids),
        )
    }
    return min((ratio for ratio in ratios if ratio > 0), default=0)


def limit_points(limit: Money, ratio: int, *, money_decimals: int) -> Points:
    """Give the points that a venue's limit L stands for (4.3), at its lowest ratio: there a point is worth most.

    Rounded down, so that no more than L is ever at risk. ValueError for a ratio of 0, which nobody can redeem at.
    """
    if ratio <= 0:
        raise ValueError(f"ratio is {ratio}")
    return Points(limit.minor * ratio * 100 // 10**money_decimals)


def grantable(limit_h: int, open_h: int) -> int:
    """Give what a venue may still grant as T of a new budget: L less the sum of every open T, spent or not (I23).

    The caller holds the venue's row; a budget stays open until it is `settled`.
    """
    return max(0, limit_h - open_h)


def settled(budget: Budget, *, contiguous_seq: int, closed_seq: int | None) -> bool:
    """Tell whether a budget counts as open no longer, so that its T may be granted anew (4.3).

    No clock closes one here: a device whose clock is wrong may still be spending. Either all of T was spent, or the
    ledger has the device's log without a gap through the event that closed the budget, which comes after every spend.

    Args:
        budget: with the spends that the ledger has accepted.
        contiguous_seq: number up to which the ledger has every event of the device.
        closed_seq: number of the event by which the device closed it; None while it has not said so.
    """
    return budget.left_h == 0 or (closed_seq is not None and contiguous_seq >= closed_seq)


def account_bound(open_budgets: Iterable[Budget], cached_avail_h: Mapping[str, int]) -> int:
    """Give the most that an account can be overdrawn: over the devices, the least of m, C and T (I23).

    Args:
        open_budgets: of all devices.
        cached_avail_h: C by device: what its cache says of the account. A device that does not know it redeems nothing.
    """
    return sum(
        max(0, min(budget.each_h, budget.total_h, cached_avail_h.get(budget.device_id, 0))) for budget in open_budgets
    )


def worst_case(open_budgets: Iterable[Budget], ratio: int, *, money_decimals: int) -> Because:
    """Say what a venue loses at most if all terminals are cut off now: all open T, in money at the lowest ratio (4.3).

    Refuses `points.ratio_zero`.
    """
    totals = [budget.total_h for budget in open_budgets]
    points = Points(sum(totals))
    amount = worth(points, ratio, money_decimals=money_decimals)
    return because(
        "why.budget.worst_case", "R90", amount=amount, points=points, n=len(totals), ratio=ratio,
        working=working(amount, Rounding.FLOOR, points, ("/", ratio)),
    )  # fmt: skip


def over_cap(given_h: int, award_h: int, cap_h: int) -> bool:
    """Tell whether an award exceeds what a device may give in a day, after what it has given (4.5)."""
    return given_h + award_h > cap_h


def _refused(
    budget: Budget | None, cached: Cached, *, now_us: int, contact_age_days: int, trouble: str
) -> Because | None:
    """Give why a budget may not be spent at all; None where it may."""
    if trouble:
        return because("why.offline.trouble", "R90", trouble=trouble)
    if contact_age_days > OFFLINE_DAYS_MAX:
        return because("why.offline.stale", "R90", days=contact_age_days)
    if budget is None:
        return because("why.offline.no_budget", "R90")
    if now_us > budget.deadline_us:
        return because("why.offline.budget_over", "R90", deadline_us=budget.deadline_us)
    if cached.age_us >= budget.cache_age_max_us:
        hours = cached.age_us // _US_PER_HOUR
        return because("why.offline.cache_old", "R90", hours=hours)
    return None
