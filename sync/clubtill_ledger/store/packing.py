"""Packing: all accounts of a bucket as rows of a snapshot, read a table at a time and put together in order (6.7)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store import charged, tracking
from clubtill_ledger.store.entries import entries_of
from clubtill_ledger.store.tables import account_state, lease, member, personal, sale, swipe
from clubtill_rules.members.account import Block, ExpiringLot
from clubtill_rules.members.club import Club
from clubtill_rules.points.lots import expiring, fold
from clubtill_rules.values.points import NO_POINTS, Points
from clubtill_sync.wire.snapshot import AccountRow, PackedAccount, PackedMember, PersonRow, card_bytes

AtOnce = Callable[[str], date | None]
"""Gives a club's day by its id; None for a club that is not known."""
_AT_A_TIME: Final = 2_000
_PERSONAL: Final = (
    "first_name", "last_name", "date_of_birth", "birthday_awarded_on", "photo", "note", "ban_note"
)  # fmt: skip
_member = msgspec.json.Decoder(PackedMember)


def accounts(
    connection: Connection,
    bucket: int,
    *,
    clubs: Mapping[str, Club],
    day_of: AtOnce,
    home_attribute: str,
    allowances: Collection[str] = (),
) -> Iterator[tuple[AccountRow, str]]:
    """Give every account of a bucket, by club and id, each with the home venue that a person of it names.

    `allowances`: the clubs that give any (R96).
    """
    many = connection.execution_options(yield_per=_AT_A_TIME)
    states = many.execute(
        sa.select(account_state)
        .where(account_state.c.bucket == bucket)
        .order_by(account_state.c.club_id, account_state.c.account_id)
    )
    persons = groupby(_persons(many, bucket), key=lambda row: (row.club_id, row.account_id))
    had = tracking.of_bucket(connection, bucket)
    had_of_day = charged.of_bucket(connection, bucket, allowances)
    group = next(persons, None)
    for state in states:
        mine = (state.club_id, state.account_id)
        found: list[Any] = []
        if group is not None and group[0] == mine:  # both come in the database's own order of texts
            found = [_packed(row) for row in group[1]]
            group = next(persons, None)
        home = next((one.attributes[home_attribute] for one in found if home_attribute in (one.attributes or {})), "")
        told = {"discounts": had.get(mine, ()), "allowances": had_of_day.get(mine, ())}
        row = _row(connection, state, found, clubs.get(state.club_id), day_of(state.club_id), told=told)
        yield row, home
    if group is not None:
        raise AssertionError("a member without an account")


def _persons(connection: Connection, bucket: int) -> Iterator[sa.Row[Any]]:
    same = (member.c.bucket == personal.c.bucket, member.c.club_id == personal.c.club_id)
    both = member.join(personal, sa.and_(*same, member.c.person_id == personal.c.person_id))
    yield from connection.execute(
        sa.select(member.c.club_id, member.c.account_id, member.c.body, *(personal.c[name] for name in _PERSONAL))
        .select_from(both)
        .where(member.c.bucket == bucket)
        .order_by(member.c.club_id, member.c.account_id, member.c.person_id)
    )


def _packed(row: sa.Row[Any]) -> Any:
    packed = _member.decode(row.body)
    for name in _PERSONAL:
        setattr(packed, name, getattr(row, name))
    return packed


def _row(
    connection: Connection,
    state: sa.Row[Any],
    persons: list[Any],
    club: Club | None,
    day: date | None,
    *,
    told: Mapping[str, tuple[Any, ...]],
) -> AccountRow:
    card = PackedAccount(
        account_id=state.account_id,
        club_id=state.club_id,
        version=state.ver + state.card_ver,
        balance=Points(state.avail_h) if state.avail_h else NO_POINTS,
        reserved=Points(state.reserved_h) if state.reserved_h else NO_POINTS,
        deficit=Points(state.deficit_h) if state.deficit_h else NO_POINTS,
        next_expiry=state.next_expiry,
        expiring=_expiring(connection, state, club, day),
        block=Block(state.block or Block.NONE.value),
        persons=tuple(persons),
        fixed_rate_h=state.fixed_rate_h,
        **told,
    )
    people = tuple(
        PersonRow(
            one.person_id,
            one.number,
            f"{one.first_name} {one.last_name}".strip(),
            tuple(token.digest for token in one.cards),
            one.photo,
        )
        for one in persons
    )
    return AccountRow(state.club_id, state.account_id, card.version, card_bytes(card), people)


def _expiring(
    connection: Connection, state: sa.Row[Any], club: Club | None, day: date | None
) -> tuple[ExpiringLot, ...]:
    """Give what expires soon, as `people.account_card` does; no lot can before the account's next expiry."""
    if club is None or day is None or state.next_expiry is None:
        return ()
    as_of = max(day, state.folded_day or day)
    if (state.next_expiry - as_of).days > club.expiry_warning_days:
        return ()
    entries = entries_of(connection, state.club_id, state.account_id)
    return expiring(
        fold(entries, as_of=as_of, refund_grace_days=club.refund_grace_days), as_of, club.expiry_warning_days
    )


def seen_at(connection: Connection, bucket: int, venue_id: str) -> dict[tuple[str, str], date]:
    """Give when accounts of a bucket were last seen at a venue, by a sale or at its doors; by (club, account)."""
    seen: dict[tuple[str, str], date] = {}
    for table, day in ((sale, sale.c.trading_day), (swipe, swipe.c.entry_day)):
        rows = connection.execute(
            sa.select(table.c.club_id, table.c.account_id, sa.func.max(day))
            .where(table.c.bucket == bucket, table.c.venue_id == venue_id, table.c.account_id != "")
            .group_by(table.c.club_id, table.c.account_id)
        )
        for club_id, account_id, last in rows:
            if last is not None:
                seen[club_id, account_id] = max(last, seen.get((club_id, account_id), last))
    return seen


def holding(connection: Connection, bucket: int, device_ids: list[str]) -> set[tuple[str, str]]:
    """Give the accounts of a bucket of which one of these devices holds an open lease."""
    rows = connection.execute(
        sa.select(lease.c.club_id, lease.c.account_id).where(
            lease.c.bucket == bucket, lease.c.state == "open", lease.c.device_id.in_(device_ids)
        )
    )
    return {(row.club_id, row.account_id) for row in rows}


def count(connection: Connection) -> int:
    """Count all accounts."""
    return connection.execute(sa.select(sa.func.count()).select_from(account_state)).scalar_one()
