"""Journals: points booked by hand in the back office, line by line (R32). A journal is checked whole and posted whole.

Transfers have a journal of their own: `transfers`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Final

from clubtill_rules.members.account import AccountCard, Block
from clubtill_rules.members.club import Club
from clubtill_rules.permissions import Act, Answer, Role, may
from clubtill_rules.points.entries import AwardFor, Entry, EntryKind
from clubtill_rules.values.money import NIL, Money, half_away
from clubtill_rules.values.points import NO_POINTS, Points, grain
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, Rounding, because, working


class JournalKind(Enum):
    """The line types of a journal (R32). The first two act as a till's; the others are adjustments."""

    SALES = "sales"
    REDEMPTION = "redemption"
    POSITIVE = "positive"
    NEGATIVE = "negative"


class PointType(Enum):
    """What points count as: awarded for trade, or other."""

    AWARD = "award"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalLine:
    """One line of a journal.

    Attributes:
        n: its number in the journal, from 1.
        points: how many, above nil; the line type gives the direction.
        reason: code of the reason; mandatory on adjustments.
        point_value_h: hundredths of a minor unit that one point is worth; None takes the club's.
        last_day: last usable day of what the line brings; None never expires (R34).
    """

    n: int
    account_id: str
    kind: JournalKind
    points: Points
    point_type: PointType = PointType.OTHER
    reason: str = ""
    point_value_h: int | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong with a line: a code of the wording with its facts."""

    n: int
    code: str
    facts: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """An act that needs the approval of another person (rows 30 and 31): of which account, how much in hundredths."""

    act: Act
    account_id: str
    amount_h: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """A journal that was checked.

    Attributes:
        findings: none where it can be posted.
        asks: approvals that it needs.
        values: total value of each line: points times point value, in the order of the lines.
        balances: what each account would have after it: available less deficit.
    """

    lines: tuple[JournalLine, ...]
    findings: tuple[Finding, ...]
    asks: tuple[Ask, ...]
    values: tuple[Money, ...]
    balances: dict[str, Points]
    because: tuple[Because, ...]

    @property
    def total_value(self) -> Money:
        """The value of all lines, whatever their direction."""
        return sum(self.values, NIL)


_ONE_H: Final = 100
_UPWARDS: Final = frozenset({JournalKind.SALES, JournalKind.POSITIVE})
_ADJUSTMENTS: Final = frozenset({JournalKind.POSITIVE, JournalKind.NEGATIVE})
_ENTRIES: Final = {
    JournalKind.SALES: EntryKind.AWARD,
    JournalKind.REDEMPTION: EntryKind.REDEEM,
    JournalKind.POSITIVE: EntryKind.ADJUST,
    JournalKind.NEGATIVE: EntryKind.ADJUST,
}
_AWARD_FOR: Final = {PointType.AWARD: AwardFor.SALE, PointType.OTHER: AwardFor.OTHER}


def check(
    lines: Sequence[JournalLine],
    *,
    club: Club,
    accounts: Mapping[str, AccountCard],
    roles: Collection[Role],
    lowered: Mapping[tuple[Role, Act], int] | None = None,
) -> Journal:
    """Check a journal whole (R32, R39): every line is looked at, in order, each against what the former ones leave.

    A redemption never exceeds what is available. A negative adjustment may, where the clerk may adjust below zero (row
    31). Row 30 limits the sum of an account's adjustments in the journal, so that splitting a line changes nothing.

    Args:
        lines: of the journal; at least one.
        club: whose points they are; gives point value and grain.
        accounts: the accounts named, as of now; one that is missing was not found.
        roles: of the clerk.
        lowered: limits of the venue.

    Raises:
        ValueError: there is no line.
    """
    if not lines:
        raise ValueError("lines: none")
    run = _Run({key: card.balance.hundredths - card.deficit.hundredths for key, card in accounts.items()})
    for line in lines:
        finding = _wrong(line, club, accounts) or run.book(line)
        if finding:
            run.findings.append(finding)
    asks: list[Ask] = []
    for act, amounts in ((Act.ADJUST_POINTS, run.adjusted), (Act.ADJUST_BELOW_ZERO, run.below)):
        for account_id, (n, amount_h) in amounts.items():
            answer = may(roles, act, amount_h, lowered=lowered)
            if answer is Answer.APPROVAL:
                asks.append(Ask(act=act, account_id=account_id, amount_h=amount_h))
            elif answer is Answer.NEVER:
                code = "journal.not_allowed" if act is Act.ADJUST_POINTS else "journal.below_zero"
                run.findings.append(Finding(n=n, code=code, facts={"points": Points(amount_h)}))
    return Journal(
        lines=tuple(lines),
        findings=tuple(sorted(run.findings, key=lambda one: (one.n, one.code))),
        asks=tuple(asks),
        values=tuple(value_of(line, club) for line in lines),
        balances={key: Points(amount_h) for key, amount_h in run.left_h.items()},
        because=tuple(_reason(line, club) for line in lines),
    )


def value_of(line: JournalLine, club: Club) -> Money:
    """Give a line's total value: points times point value, rounded half away from zero once (R32, R1)."""
    return Money(half_away(line.points.hundredths * _each(line, club), _ONE_H * _ONE_H))


def entries(journal: Journal, *, event_id: str, eff_us: int, day: date, approved: bool) -> tuple[Entry, ...]:
    """Give the entries of a journal, one a line, leg by leg: all of them or none (R32).

    What a line brings is a lot earned on the day; what a negative line takes is the fold's to find, oldest first.

    Args:
        journal: as checked against the accounts of now.
        event_id: of the journal.
        eff_us: effective instant.
        day: the club's day of that instant.
        approved: somebody entitled approved all that the journal asks for.

    Refuses `journal.not_ready` with the number of findings, and `journal.not_approved`.
    """
    if journal.findings:
        raise Refusal("journal.not_ready", n=len(journal.findings), row=journal.findings[0].n)
    if journal.asks and not approved:
        raise Refusal("journal.not_approved", n=len(journal.asks))
    return tuple(
        Entry(
            event_id=event_id, leg=leg, kind=_ENTRIES[line.kind], account_id=line.account_id,
            amount_h=-line.points.hundredths if line.kind is JournalKind.NEGATIVE else line.points.hundredths,
            eff_us=eff_us, day=day, earn_day=day if line.kind in _UPWARDS else None,
            last_day=line.last_day if line.kind in _UPWARDS else None,
            award_for=_AWARD_FOR[line.point_type] if line.kind in _UPWARDS else None,
        )
        for leg, line in enumerate(journal.lines)
    )  # fmt: skip


class _Run:
    """What a journal's lines have booked so far, in hundredths; by account with the first line that did."""

    def __init__(self, left_h: dict[str, int]) -> None:
        self.left_h = left_h
        self.adjusted: dict[str, tuple[int, int]] = {}
        self.below: dict[str, tuple[int, int]] = {}
        self.findings: list[Finding] = []

    def book(self, line: JournalLine) -> Finding | None:
        """Book a line; give what is wrong with it, in which case nothing of it is booked."""
        amount_h, before_h = line.points.hundredths, self.left_h[line.account_id]
        beyond_h = 0 if line.kind in _UPWARDS else amount_h - max(0, before_h)
        if beyond_h > 0 and line.kind is JournalKind.REDEMPTION:
            facts: dict[str, object] = {"needed": line.points, "available": Points(max(0, before_h))}
            return Finding(n=line.n, code="journal.short", facts=facts)
        self.left_h[line.account_id] += amount_h if line.kind in _UPWARDS else -amount_h
        if line.kind in _ADJUSTMENTS:
            _add(self.adjusted, line, amount_h)
        if beyond_h > 0:
            _add(self.below, line, beyond_h)
        return None


def _add(amounts: dict[str, tuple[int, int]], line: JournalLine, amount_h: int) -> None:
    n, sum_h = amounts.get(line.account_id, (line.n, 0))
    amounts[line.account_id] = (n, sum_h + amount_h)


def _wrong(line: JournalLine, club: Club, accounts: Mapping[str, AccountCard]) -> Finding | None:
    """Give what is wrong with a line by itself: amount, reason, account, in this order."""
    account = accounts.get(line.account_id)
    checks = (
        (line.points <= NO_POINTS, "journal.amount"),
        (line.points.hundredths % grain(club.points_decimals) != 0, "journal.grain"),
        (line.kind in _ADJUSTMENTS and not line.reason, "journal.reason"),
        (account is None or account.club_id != club.id, "journal.account"),
        (account is not None and account.block is Block.BLOCKED, "journal.blocked"),
    )
    return next((Finding(n=line.n, code=code, facts={"points": line.points}) for holds, code in checks if holds), None)


def _each(line: JournalLine, club: Club) -> int:
    return club.point_value_h if line.point_value_h is None else line.point_value_h


def _reason(line: JournalLine, club: Club) -> Because:
    """Explain the value of a line; the factor is in minor units a point."""
    value = value_of(line, club)
    each = Decimal(_each(line, club)) / _ONE_H
    return because(
        "why.journal.value", "R32", working=working(value, Rounding.HALF_AWAY, line.points, ("x", each)), line=line.n,
        points=line.points, value=value,
    )  # fmt: skip
