"""Allowance: a fixed credit limit of a classification that starts again, whatever was spent of it (R96)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from clubtill_rules.accounts.book import AccountFact, FactKind, in_order
from clubtill_rules.members.account import AllowanceHad
from clubtill_rules.members.classification import Allowance, AllowanceReset
from clubtill_rules.values.money import NIL, Money, total
from clubtill_rules.values.why import Because, Rounding, because, working


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowanceLeft:
    """What is left of an allowance.

    Attributes:
        left: the allowance less what was charged since its last reset; below nil where more was approved.
        started: the first day that counts; None where only resets by hand begin anew.
    """

    left: Money
    spent: Money
    started: date | None
    because: tuple[Because, ...]


def allowance_left(
    allowance: Allowance,
    facts: Iterable[AccountFact],
    *,
    opened_on: date,
    day: date,
    resets_us: Collection[int] = (),
) -> AllowanceLeft:
    """Give what is left of an allowance on a trading day. It overrides the individual limit (R96).

    A reset sets it, it adds nothing to it. Payments do not change it; a refund gives back in the period of its charge.

    Args:
        allowance: the classification's.
        facts: of the charge account, in any order.
        opened_on: the day on which intervals began; not after `day`.
        day: the venue's trading day.
        resets_us: instants of resets by hand, which count in addition.

    Raises:
        ValueError: `opened_on` lies after `day`, or an interval has no days.
    """
    started = _started(allowance, opened_on, day)
    by_hand = max(resets_us, default=None)
    charges: dict[str, int] = {}
    for one in in_order(facts, day):
        if one.kind is FactKind.CHARGE:
            if (started is None or one.day >= started) and (by_hand is None or one.at_us >= by_hand):
                charges[one.event_id] = one.amount.minor
        elif one.kind is FactKind.CREDIT and one.names in charges:
            charges[one.names] = max(0, charges[one.names] - one.amount.minor)
    spent = Money(sum(charges.values()))
    left = allowance.limit - spent
    why = because(
        "why.allowance",
        "R96",
        working=working(left, Rounding.EXACT, allowance.limit, ("-", spent)),
        limit=allowance.limit,
        spent=spent,
        amount=left,
    )
    return AllowanceLeft(left=left, spent=spent, started=started, because=(why,))


def had_last(charge_account_id: str, facts: Iterable[AccountFact]) -> AllowanceHad | None:
    """Give what a charge account was charged on its latest day with a charge, for the card; None without any (R96).

    A credit counts on the day of the charge that it names.
    """
    ordered = in_order(facts)
    day = max((one.day for one in ordered if one.kind is FactKind.CHARGE), default=None)
    if day is None:
        return None
    of_day = Allowance(limit=NIL, reset=AllowanceReset.END_OF_DAY)
    mine = [one for one in ordered if one.kind is not FactKind.CHARGE or one.day == day]
    charged = allowance_left(of_day, (replace(one, day=day) for one in mine), opened_on=day, day=day).spent
    return AllowanceHad(charge_account_id=charge_account_id, day=day, charged=charged)


def left_by_card(allowance: Allowance, had: Iterable[AllowanceHad], charge_account_id: str, day: date) -> Money | None:
    """Give what a card says is left of an allowance on a trading day; None where only the ledger can tell (R96).

    An allowance that starts again each day is told by the latest day alone; others need every charge and reset.
    """
    if allowance.reset is not AllowanceReset.END_OF_DAY:
        return None
    spent = [one.charged for one in had if (one.charge_account_id, one.day) == (charge_account_id, day)]
    return allowance.limit - total(spent)


def limit_at_reset(allowance: Allowance | None, limit: Money) -> Money:
    """Give the limit that holds from a reset on: the allowance's, or without one the individual limit (R96)."""
    return limit if allowance is None else allowance.limit


def _started(allowance: Allowance, opened_on: date, day: date) -> date | None:
    """Give the first day of the period that a day lies in."""
    if opened_on > day:
        raise ValueError("opened_on: after the day")
    match allowance.reset:
        case AllowanceReset.MANUAL:
            return None
        case AllowanceReset.END_OF_DAY:
            return day
        case _:  # AllowanceReset.INTERVAL
            if allowance.interval_days < 1:
                raise ValueError("allowance: an interval has at least one day")
            return day - timedelta(days=(day - opened_on).days % allowance.interval_days)
