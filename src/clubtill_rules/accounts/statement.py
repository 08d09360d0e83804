"""Statement: what a charge account's holder is sent: opening, lines, closing and ageing (R100), bank details (R16)."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from clubtill_rules.accounts.book import AccountFact, Book, FactKind, book, in_order
from clubtill_rules.accounts.charging import ChargeAccount
from clubtill_rules.members.classification import Classification
from clubtill_rules.values.days import add_months
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.why import Because, Rounding, because, working

AGES: Final = (30, 60, 90)
"""R100: the last day of each age but the oldest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """A line: what happened, and what is owed after it. `amount` is below nil for payments and credits."""

    day: date
    kind: FactKind
    venue_id: str
    reference: str
    amount: Money
    balance: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Ageing:
    """What is open of charges by their age in days at the statement's date."""

    to_30: Money
    to_60: Money
    to_90: Money
    over_90: Money

    @property
    def total(self) -> Money:
        """Everything open."""
        return self.to_30 + self.to_60 + self.to_90 + self.over_90


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement.

    Attributes:
        credit: paid beyond every charge; the closing balance is the ageing's total less it.
        overdue: what is open of charges whose terms are over.
        bank_details, comments: blank where they are not printed (R16).
    """

    first: date
    last: date
    opening: Money
    lines: tuple[StatementLine, ...]
    closing: Money
    ageing: Ageing
    credit: Money
    overdue: Money
    available: Money
    bank_details: str
    comments: str
    because: tuple[Because, ...]


def statement(
    account: ChargeAccount,
    facts: Iterable[AccountFact],
    *,
    first: date,
    last: date,
    classification: Classification,
    venue_id: str,
    bank_details: str = "",
    comments: str = "",
) -> Statement:
    """Make a statement of the days from first to last, both included; `last` is its date (R100).

    Args:
        account: whose limit gives what is available.
        facts: of the account, in any order.
        first: the day after the last statement's.
        last: the statement's date.
        classification: of the account's main contact; bank details depend on its venues (R16).
        venue_id: the venue that sends the statement.
        bank_details: as the venue has them.
        comments: Statement Comments, as the venue has them.

    Raises:
        ValueError: `last` lies before `first`.
    """
    if last < first:
        raise ValueError("last: lies before first")
    ordered = in_order(facts, last)
    opening = Money(sum(one.signed.minor for one in ordered if one.day < first))
    lines = _lines(opening, [one for one in ordered if one.day >= first])
    closing = lines[-1].balance if lines else opening
    at_last = book(ordered)
    prints = classification.names_venue(venue_id)
    return Statement(
        first=first,
        last=last,
        opening=opening,
        lines=lines,
        closing=closing,
        ageing=_ageing(at_last, last),
        credit=at_last.credit,
        overdue=_overdue(at_last, account, last),
        available=at_last.available(account.limit),
        bank_details=bank_details if prints else "",
        comments=comments if prints else "",
        because=(
            because(
                "why.statement.closing",
                "R100",
                working=working(closing, Rounding.EXACT, opening, ("+", closing - opening)),
                amount=closing,
                opening=opening,
                n=len(lines),
            ),
            because("why.statement.bank" if prints else "why.statement.no_bank", "R16", venue=venue_id),
        ),
    )


def _lines(opening: Money, facts: Iterable[AccountFact]) -> tuple[StatementLine, ...]:
    """Give a line for each fact, with what was owed after it."""
    lines: list[StatementLine] = []
    balance = opening
    for one in facts:
        balance += one.signed
        lines.append(
            StatementLine(
                day=one.day,
                kind=one.kind,
                venue_id=one.venue_id,
                reference=one.reference,
                amount=one.signed,
                balance=balance,
            )
        )
    return tuple(lines)


def statement_days(statement_day: int, day: date) -> tuple[date, date]:
    """Give the days of the latest statement on or before a day: from the day after the one before (R100).

    Args:
        statement_day: of the month, 1 to 31; clamped to a shorter month's end.
        day: today.

    Raises:
        ValueError: `statement_day` is no day of a month.
    """
    if not 1 <= statement_day <= 31:  # noqa: PLR2004 - days of a month
        raise ValueError("statement_day: 1 to 31")
    last = _in_month(day, statement_day)
    if last > day:
        last = _in_month(add_months(day, -1), statement_day)
    before = _in_month(add_months(last, -1), statement_day)
    return before + timedelta(days=1), last


def _in_month(day: date, statement_day: int) -> date:
    return day.replace(day=min(statement_day, calendar.monthrange(day.year, day.month)[1]))


def _ageing(at_last: Book, last: date) -> Ageing:
    parts = [NIL, NIL, NIL, NIL]
    for one in at_last.charges:
        age = (last - one.charge.day).days
        parts[sum(1 for end in AGES if age > end)] += one.open
    return Ageing(to_30=parts[0], to_60=parts[1], to_90=parts[2], over_90=parts[3])


def _overdue(at_last: Book, account: ChargeAccount, last: date) -> Money:
    late = (one for one in at_last.charges if (last - one.charge.day).days > account.terms_days)
    return Money(sum(one.open.minor for one in late))
