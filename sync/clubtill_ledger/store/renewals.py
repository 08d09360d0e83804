"""Renewals: the fees of a person and the Renewal Dates from which they are replayed (R22, C17).

A member's card carries the date that all fees known by now make. It is set by hand as well: from then on only later
fees count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.tables_facts import fee, refund, refund_line, renewal_start
from clubtill_rules.goods.product import ProductKind
from clubtill_rules.members.account import MemberCard
from clubtill_rules.members.joining import with_dates
from clubtill_rules.values.ids import account_bucket


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """The Renewal Date before the first of the fees that count, which are those after `after_us`."""

    day: date
    after_us: int


def start_of(connection: Connection, card: MemberCard, number: int) -> Start:
    """Give where the replay of a classification starts; the first time, what the card says becomes the start."""
    row = connection.execute(sa.select(renewal_start).where(*_mine(card, number))).one_or_none()
    if row is not None:
        return Start(day=row.start_day, after_us=row.after_us)
    start = Start(day=dates_of(card)[number], after_us=0)
    connection.execute(renewal_start.insert(), _key(card, number) | {"start_day": start.day, "after_us": 0})
    return start


def fees_of(connection: Connection, card: MemberCard, number: int, after_us: int) -> Sequence[sa.Row[Any]]:
    """Give the fees of a person and classification that count, in any order."""
    return connection.execute(
        sa.select(fee).where(
            fee.c.bucket == account_bucket(card.club_id, card.account_id),
            fee.c.club_id == card.club_id,
            fee.c.person_id == card.person_id,
            fee.c.classification == number,
            fee.c.eff_us > after_us,
        )
    ).all()


def refunded(connection: Connection, card: MemberCard, number: int) -> frozenset[tuple[str, int]]:
    """Give the names of the person's fees of a classification that were given back (R24)."""
    rows = connection.execute(
        sa.select(fee.c.event_id, fee.c.place)
        .select_from(
            fee.join(refund, sa.and_(refund.c.bucket == fee.c.bucket, refund.c.sale_id == fee.c.event_id)).join(
                refund_line,
                sa.and_(
                    refund_line.c.bucket == fee.c.bucket,
                    refund_line.c.event_id == refund.c.event_id,
                    refund_line.c.n == fee.c.line,
                ),
            )
        )
        .where(
            fee.c.bucket == account_bucket(card.club_id, card.account_id),
            fee.c.club_id == card.club_id,
            fee.c.person_id == card.person_id,
            fee.c.classification == number,
            refund_line.c.kind == ProductKind.FEE.value,
        )
    )
    return frozenset((row.event_id, row.place) for row in rows)


def of_sale(connection: Connection, bucket: int, sale_id: str) -> Sequence[sa.Row[Any]]:
    """Give the fees that a sale receipted, in their places."""
    return connection.execute(
        sa.select(fee).where(fee.c.bucket == bucket, fee.c.event_id == sale_id).order_by(fee.c.place)
    ).all()


def kept_by_hand(connection: Connection, standing: MemberCard, card: MemberCard) -> MemberCard:
    """Give a card that is to be kept, with the Renewal Dates that hold from now on.

    The date from which fees are replayed, told again, as by a file that is loaded twice, changes nothing. Another date
    than the standing one is a new start: the fees known by now do not move it any more.
    """
    before, after = dates_of(standing), dates_of(card)
    again: dict[int, date] = {}
    for number in sorted(after.keys() & before.keys()):
        if after[number] == before[number]:
            continue
        row = connection.execute(sa.select(renewal_start).where(*_mine(card, number))).one_or_none()
        if row is not None and row.start_day == after[number]:
            again[number] = before[number]
        elif row is not None:
            latest = max((one.eff_us for one in fees_of(connection, card, number, row.after_us)), default=row.after_us)
            values = {"start_day": after[number], "after_us": latest}
            connection.execute(sa.update(renewal_start).where(*_mine(card, number)).values(**values))
    return with_dates(card, again)


def dates_of(card: MemberCard) -> dict[int, date]:
    """Give a member's Renewal Dates by classification."""
    return {card.classification: card.renewal_date, **{link.number: link.renewal_date for link in card.linked}}


def _key(card: MemberCard, number: int) -> dict[str, Any]:
    bucket = account_bucket(card.club_id, card.account_id)
    return {"bucket": bucket, "club_id": card.club_id, "person_id": card.person_id, "classification": number}


def _mine(card: MemberCard, number: int) -> tuple[sa.ColumnElement[bool], ...]:
    return tuple(renewal_start.c[name] == value for name, value in _key(card, number).items())
