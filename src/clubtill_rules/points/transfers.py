"""Transfers: points of one account move to another of the same club, with their days, never living longer (R38, D43).

Decided online, once; the legs are facts from then on. The way is: pending in the source, credit in the target, then
posted in the source; a pending one may be void instead (3.3 of the ledger design).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from clubtill_rules.members.access import is_banned
from clubtill_rules.members.account import AccountCard, Block
from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.lots import Fold
from clubtill_rules.values.points import NO_POINTS, Points, award_floor
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, Rounding, because, working

_ONE_H: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """What moves of one lot, in hundredths: `out_h` leaves the source, `in_h` arrives with the same two days."""

    earn_day: date
    last_day: date | None
    out_h: int
    in_h: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A transfer as decided: `amount` leaves the source, `arrives` reaches the target; legs oldest lot first."""

    transfer_id: str
    source_id: str
    target_id: str
    amount: Points
    arrives: Points
    legs: tuple[Leg, ...]
    because: tuple[Because, ...]


def transfer(
    folded: Fold,
    *,
    transfer_id: str,
    source: AccountCard,
    target: AccountCard,
    amount: Points,
    factor_h: int,
    grain_h: int,
    online: bool,
) -> Transfer:
    """Decide a transfer (R38): the source's oldest lots move, each times the factor, floored to the grain.

    What the floors leave of the floor of the whole goes to the oldest lot, so that no point lives longer (D43).

    Args:
        folded: the source as of today; leased points cannot be moved.
        transfer_id: id of its event.
        source: the account that gives, with its persons.
        target: the account that gets, with its persons.
        amount: what leaves the source.
        factor_h: the factor in hundredths; 0 and 100 both mean no loss.
        grain_h: of the club (R1).
        online: the ledger decides it; offline there is no transfer (R90).

    Refuses `transfer.offline`, `transfer.other_club`, `transfer.same_account`, `transfer.blocked` and
    `transfer.banned` naming the account, `transfer.amount`, `transfer.short` with `needed` and `available`, and
    `transfer.nothing` where the factor leaves nothing to arrive.

    Raises:
        ValueError: the factor is below 0.
    """
    if factor_h < 0:
        raise ValueError(f"factor_h: {factor_h} is below 0")
    _allowed(source, target, online=online)
    if amount <= NO_POINTS:
        raise Refusal("transfer.amount", points=amount)
    available = Points(folded.avail_h)
    if amount > available:
        raise Refusal("transfer.short", needed=amount, available=available)
    factor_h = factor_h or _ONE_H
    arrives = award_floor(amount.hundredths * factor_h, _ONE_H, grain_h)
    if not arrives:
        raise Refusal("transfer.nothing", points=amount, factor_h=factor_h)
    told = because(
        "why.transfer", "R38", working=working(arrives, Rounding.FLOOR, amount, ("x", Decimal(factor_h) / _ONE_H)),
        points=amount, arrives=arrives, factor_h=factor_h,
    )  # fmt: skip
    return Transfer(
        transfer_id=transfer_id,
        source_id=source.account_id,
        target_id=target.account_id,
        amount=amount,
        arrives=arrives,
        legs=_legs(folded, amount.hundredths, arrives.hundredths, factor_h, grain_h),
        because=(told,),
    )


def pending_entry(moved: Transfer, *, eff_us: int, day: date) -> Entry:
    """Give the entry that sets the amount aside in the source: leg 0 of the event."""
    return Entry(
        event_id=moved.transfer_id, leg=0, kind=EntryKind.TRANSFER_OUT, account_id=moved.source_id,
        amount_h=moved.amount.hundredths, eff_us=eff_us, day=day, settled=False,
    )  # fmt: skip


def credit_entries(moved: Transfer, *, eff_us: int, day: date) -> tuple[Entry, ...]:
    """Give the entries of the target: one leg a lot, from 1, with its own days; none of a lot of which nothing arrives.

    Sent again they are the same entries (R4).
    """
    return tuple(
        Entry(
            event_id=moved.transfer_id, leg=n, kind=EntryKind.TRANSFER_IN, account_id=moved.target_id,
            amount_h=leg.in_h, eff_us=eff_us, day=day, earn_day=leg.earn_day, last_day=leg.last_day,
        )
        for n, leg in enumerate(moved.legs, start=1)
        if leg.in_h
    )  # fmt: skip


def settling_entry(moved: Transfer, *, eff_us: int, day: date, void: bool = False) -> Entry:
    """Give the entry that ends a pending transfer in the source: posted with the amount, or void with nil.

    Both would be the same leg of the event, so only one of them can ever be posted (R4).

    Args:
        moved: the transfer.
        eff_us: after the pending entry's own.
        day: the club's day of that instant.
        void: the target could not be credited.
    """
    return Entry(
        event_id=moved.transfer_id, leg=len(moved.legs) + 1, kind=EntryKind.TRANSFER_OUT, account_id=moved.source_id,
        amount_h=0 if void else moved.amount.hundredths, eff_us=eff_us, day=day, refers_to=moved.transfer_id,
    )  # fmt: skip


def _allowed(source: AccountCard, target: AccountCard, *, online: bool) -> None:
    """Refuse what no amount and no factor could allow.

    An account whose only persons are blocked is blocked; one blocked person of several stops nobody else (R13).
    """
    if not online:
        raise Refusal("transfer.offline")
    if source.club_id != target.club_id:
        raise Refusal("transfer.other_club")
    if source.account_id == target.account_id:
        raise Refusal("transfer.same_account")
    for account in (source, target):
        blocked = account.persons and all(person.block is Block.BLOCKED for person in account.persons)
        if blocked or account.block is Block.BLOCKED:
            raise Refusal("transfer.blocked", account_id=account.account_id)
        if any(is_banned(person) for person in account.persons):
            raise Refusal("transfer.banned", account_id=account.account_id)


def _legs(folded: Fold, amount_h: int, arrives_h: int, factor_h: int, grain_h: int) -> tuple[Leg, ...]:
    """Take the amount from the oldest lots and give each its part of what arrives."""
    legs: list[Leg] = []
    lacking = amount_h
    for lot in folded.lots:
        out_h = min(lot.left_h, lacking)
        if out_h:
            in_h = award_floor(out_h * factor_h, _ONE_H, grain_h).hundredths
            legs.append(Leg(earn_day=lot.earn_day, last_day=lot.last_day, out_h=out_h, in_h=in_h))
            lacking -= out_h
    rest_h = arrives_h - sum(leg.in_h for leg in legs)
    return (replace(legs[0], in_h=legs[0].in_h + rest_h), *legs[1:])
