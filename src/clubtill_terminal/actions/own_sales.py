"""Own sales: reads back what this till sold and gave back, from its own log: sales, refunds, fees (R17, R41).

Runs on the writer or the reader lane; nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from clubtill_rules.members.account import AccountCard, DiscountHad, MemberCard
from clubtill_rules.members.joining import with_dates
from clubtill_rules.sale.refunding import Refund, left_of
from clubtill_rules.sale.sale import Sale
from clubtill_rules.values.ids import account_bucket
from clubtill_rules.values.money import Money
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.wire.events import SaleV1
from clubtill_sync.wire.refund_events import RefundV1
from clubtill_sync.wire.sale_events import FeeV1, SaleV2
from clubtill_sync.wire.versions import Body, decode_body, decode_event
from clubtill_sync.wire.versions_refund import refund_from_wire
from clubtill_sync.wire.versions_sale import sale_from_wire
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.store import documents, own_events
from clubtill_terminal.store.outbox import Connection

NO_FEES = b'"fees":[]'
"""Stands in the bytes of every sale without a fee, so that it need not be read."""
NO_LIMITS = b'"tracked":[]'
"""Stands in the bytes of every sale and refund that counts against no limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoldHere:
    """A sale of this till with its refunds made here, its fees, and how many units of each line may still go back."""

    sale: Sale
    refunds: tuple[Refund, ...]
    fees: tuple[FeeV1, ...]
    left: dict[int, int]


def sold_here(facts: Connection, sale_id: str) -> SoldHere:
    """Find a sale of this till by its id.

    Raises:
        Refusal: `sale.not_here` for a sale of another till, or one too old to be kept here.
    """
    data = own_events.by_id(facts, sale_id)
    body = _body(data) if data is not None else None
    if not isinstance(body, SaleV1):
        raise Refusal("sale.not_here")
    sale = sale_from_wire(sale_id, body)
    refunds = tuple(
        refund_from_wire(event_id, told)
        for event_id, told in _refunds(facts, str(sale.number))
        if told.sale_id == sale_id
    )
    fees = body.fees if isinstance(body, SaleV2) else ()
    return SoldHere(sale=sale, refunds=refunds, fees=fees, left=left_of(sale, refunds))


def member_here(terminal: Terminal, member: MemberCard) -> MemberCard:
    """Give a member with the fees that this till took and the ledger's card does not know yet (R17, R90)."""
    position = _position(terminal, member.club_id, member.account_id)
    with terminal.store.reading_facts.begin() as facts:
        return with_own_fees(facts, member, position=position)


def account_here(terminal: Terminal, account: AccountCard) -> AccountCard:
    """Give an account with what this till gave of limited discounts and the ledger's card does not know yet (R94)."""
    position = _position(terminal, account.club_id, account.account_id)
    with terminal.store.reading_facts.begin() as facts:
        return with_own_discounts(facts, account, position=position)


def _position(terminal: Terminal, club_id: str, account_id: str) -> int:
    with terminal.store.reading.begin() as cache:
        return documents.position(cache, account_bucket(club_id, account_id))


def with_own_fees(facts: Connection, member: MemberCard, *, position: int) -> MemberCard:
    """Give a member with the Renewal Dates of fees taken here that the ledger's card does not know yet (R17, R90)."""
    dates: dict[int, date] = {}
    for data in own_events.not_absorbed(facts, member.account_id, position=position, kinds=("sale", "refund")):
        if NO_FEES in data:
            continue
        body = _body(data)
        if isinstance(body, SaleV2) and body.person_id == member.person_id:
            dates |= {fee.classification: fee.after for fee in body.fees}
        if isinstance(body, RefundV1) and body.person_id == member.person_id:
            dates |= {fee.classification: fee.before for fee in _fees_back(facts, body)}
    return with_dates(member, dates) if dates else member


def with_own_discounts(facts: Connection, account: AccountCard, *, position: int) -> AccountCard:
    """Give an account with what it had of limited discounts here and the ledger's card does not know yet (R94)."""
    sums = {(one.discount_id, one.holder_id, one.period): (one.amount.minor, one.times) for one in account.discounts}
    before = dict(sums)
    for data in own_events.not_absorbed(facts, account.account_id, position=position, kinds=("sale", "refund")):
        if NO_LIMITS in data:
            continue
        body = _body(data)
        if isinstance(body, SaleV2 | RefundV1):
            for one in body.tracked:
                key = (one.discount_id, one.holder_id, one.period)
                minor, times = sums.get(key, (0, 0))
                sums[key] = (minor + one.amount_minor, times + one.times)
    if sums == before:
        return account
    had = (
        DiscountHad(discount_id=discount, holder_id=holder, period=period, amount=Money(minor), times=times)
        for (discount, holder, period), (minor, times) in sums.items()
    )
    return replace(account, discounts=tuple(had))


def _fees_back(facts: Connection, body: RefundV1) -> tuple[FeeV1, ...]:
    """Give the fees that a refund gave back, the last first, so that the date before the first of them stands (R24)."""
    lines = {line.line.n for line in body.lines if line.qty and line.line.kind == "fee"}
    if not lines:
        return ()
    data = own_events.by_id(facts, body.sale_id)
    sold = _body(data) if data is not None else None
    fees = sold.fees if isinstance(sold, SaleV2) else ()
    return tuple(fee for fee in sorted(fees, key=lambda fee: -fee.place) if fee.line in lines)


def _refunds(facts: Connection, number: str) -> tuple[tuple[str, RefundV1], ...]:
    found = []
    for data in own_events.labelled(facts, number, kinds=("refund",)):
        event = decode_event(data)
        body = decode_body(event)
        if isinstance(body, RefundV1):
            found.append((event.event_id, body))
    return tuple(found)


def _body(data: bytes) -> Body:
    return decode_body(decode_event(data))
