"""People: member cards, split in what is personal (a table of its own, erased there) and what is not (6.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store import charged, renewals, states, tracking
from clubtill_ledger.store.entries import entries_of
from clubtill_ledger.store.tables import account_state, member, member_card, personal
from clubtill_rules.members.account import AccountCard, Block, ExpiringLot, MemberCard
from clubtill_rules.members.club import Club
from clubtill_rules.points.lots import expiring, fold
from clubtill_rules.values.ids import account_bucket
from clubtill_rules.values.points import Points

_PERSONAL: Final = (
    "first_name", "last_name", "date_of_birth", "birthday_awarded_on", "photo", "note", "ban_note"
)  # fmt: skip
_REACHED: Final = ("email", "language", "consents", "mail_blocked")
_DAYS: Final = frozenset({"date_of_birth", "birthday_awarded_on"})
FOUND_MAX: Final = 50


def keep_member(
    connection: Connection, card: MemberCard, *, block: Block = Block.NONE, day: date | None = None
) -> bool:
    """Keep a member's card, and open the account it names. Numbers the change in the account's stream if it is one.

    `day` is the trading day of an act: another classification makes it the tier change date (R60).
    """
    opened = states.open_account(connection, card.club_id, card.account_id, block)
    bucket = account_bucket(card.club_id, card.account_id)
    standing = _members(connection, bucket, card.club_id, card.account_id).get(card.person_id)
    if standing is not None and card.birthday_awarded_on is None:
        card = replace(card, birthday_awarded_on=standing.birthday_awarded_on)
    if standing is not None:
        card = renewals.kept_by_hand(connection, standing, card)
    if standing == card:
        if opened:
            states.touch_card(connection, card.club_id, card.account_id)
        return opened
    who = {"bucket": bucket, "club_id": card.club_id, "person_id": card.person_id}
    kept = _beside(connection, who)
    for holder in (member, personal):
        connection.execute(sa.delete(holder).where(*(holder.c[name] == value for name, value in who.items())))
    connection.execute(
        sa.delete(member_card).where(
            member_card.c.bucket == bucket,
            member_card.c.club_id == card.club_id,
            member_card.c.person_id == card.person_id,
        )
    )
    told = {name: getattr(card, name) for name in _PERSONAL}
    body = _bare(card)
    if day is not None and standing is not None and standing.classification != card.classification:
        kept["tier_changed_on"] = day
    told_of = {
        "account_id": card.account_id,
        "number": card.number,
        "body": body,
        "classification": card.classification,
    }
    connection.execute(member.insert(), who | told_of | {"tier_changed_on": kept.pop("tier_changed_on", None)})
    connection.execute(personal.insert(), who | told | {"search": card.name.casefold()} | kept)
    tokens = [who | {"account_id": card.account_id, "digest": token.digest} for token in card.cards]
    if tokens:
        connection.execute(member_card.insert(), tokens)
    states.touch_card(connection, card.club_id, card.account_id)
    return True


def _beside(connection: Connection, who: dict[str, Any]) -> dict[str, Any]:
    """Give what stands beside a card that is written anew: the tier change date (R60), and how mail reaches him."""
    found: dict[str, Any] = {}
    for holder, names in ((member, ("tier_changed_on",)), (personal, _REACHED)):
        mine = [holder.c[name] == value for name, value in who.items()]
        row = connection.execute(sa.select(*(holder.c[name] for name in names)).where(*mine)).one_or_none()
        found |= row._mapping if row else {}  # noqa: SLF001 - SQLAlchemy's documented way to columns
    return found


def member_of(connection: Connection, club_id: str, account_id: str, person_id: str) -> MemberCard | None:
    """Give the card of a person of an account; None for somebody who is not on it."""
    return _members(connection, account_bucket(club_id, account_id), club_id, account_id).get(person_id)


def keep_dates(connection: Connection, card: MemberCard) -> None:
    """Keep a card whose Renewal Dates have moved by fees. Whoever calls sees to it that the feed brings it."""
    connection.execute(
        sa.update(member)
        .where(
            member.c.bucket == account_bucket(card.club_id, card.account_id),
            member.c.club_id == card.club_id,
            member.c.person_id == card.person_id,
        )
        .values(body=_bare(card))
    )


def _bare(card: MemberCard) -> bytes:
    """Write a card without what is personal."""
    nobody: dict[str, Any] = {name: None if name in _DAYS else "" for name in _PERSONAL}
    return msgspec.json.encode(replace(card, **nobody))


def _members(connection: Connection, bucket: int, club_id: str, account_id: str) -> dict[str, MemberCard]:
    """Put the cards of an account's persons together again, by person id."""
    told = {"in_bucket": bucket, "of_club": club_id, "of_account": account_id}
    return {row.person_id: _member(row) for row in connection.execute(_MEMBERS, told)}


_MEMBERS: Final = (
    sa.select(member.c.person_id, member.c.body, *(personal.c[name] for name in _PERSONAL))
    .select_from(
        member.join(
            personal,
            sa.and_(
                member.c.bucket == personal.c.bucket,
                member.c.club_id == personal.c.club_id,
                member.c.person_id == personal.c.person_id,
            ),
        )
    )
    .where(
        member.c.bucket == sa.bindparam("in_bucket"),
        member.c.club_id == sa.bindparam("of_club"),
        member.c.account_id == sa.bindparam("of_account"),
    )
    .order_by(member.c.person_id)
)


def _member(row: sa.Row[Any]) -> MemberCard:
    told = {name: row._mapping[name] for name in _PERSONAL}  # noqa: SLF001 - SQLAlchemy's documented way to columns
    return replace(msgspec.json.decode(row.body, type=MemberCard), **told)


def by_person(connection: Connection, club_id: str, person_id: str) -> MemberCard | None:
    """Give a member's card by the person's id. Reads all buckets: no hot path."""
    row = connection.execute(
        sa.select(member.c.bucket, member.c.account_id).where(
            member.c.club_id == club_id, member.c.person_id == person_id
        )
    ).first()
    return _members(connection, row.bucket, club_id, row.account_id).get(person_id) if row else None


def person_of_number(connection: Connection, club_id: str, number: str) -> str:
    """Give the id of the person with a number in a club; blank for none. Reads all buckets: no hot path."""
    chosen = sa.select(member.c.person_id).where(member.c.club_id == club_id, member.c.number == number)
    return connection.execute(chosen).scalar() or ""


def block_of(connection: Connection, card: MemberCard) -> Block:
    """Give the block of a member's account."""
    state = states.state_of(connection, card.club_id, card.account_id)
    return Block(state.block or Block.NONE.value) if state else Block.NONE


def photo_is_used(connection: Connection, name: str) -> bool:
    """Tell whether any card names a photo. Reads all buckets: no hot path."""
    return connection.execute(sa.select(personal.c.photo).where(personal.c.photo == name)).first() is not None


def date_of_birth(connection: Connection, club_id: str, account_id: str, person_id: str) -> date | None:
    """Give a person's date of birth; None where it is not known."""
    return connection.execute(
        sa.select(personal.c.date_of_birth).where(
            personal.c.bucket == account_bucket(club_id, account_id),
            personal.c.club_id == club_id,
            personal.c.person_id == person_id,
        )
    ).scalar_one_or_none()


def note_birthday(connection: Connection, club_id: str, account_id: str, person_id: str, birthday: date) -> None:
    """Note on a member's card which birthday was rewarded last (R50); the award's entry brings the card to the feed."""
    connection.execute(
        sa.update(personal)
        .where(
            personal.c.bucket == account_bucket(club_id, account_id),
            personal.c.club_id == club_id,
            personal.c.person_id == person_id,
            sa.or_(personal.c.birthday_awarded_on.is_(None), personal.c.birthday_awarded_on < birthday),
        )
        .values(birthday_awarded_on=birthday)
    )


def account_card(
    connection: Connection,
    club_id: str,
    account_id: str,
    *,
    club: Club | None,
    today: date | None,
    allowances: bool = False,
) -> AccountCard | None:
    """Give the current card of an account; None for one that the ledger does not know.

    `today` is the club's day: the card lists what is left of lots that expire within the club's warning window (R36).
    `allowances`: with what its charge accounts had of a day's allowance, for a club that gives any (R96).
    """
    state = states.state_of(connection, club_id, account_id)
    if state is None:
        return None
    soon: Sequence[ExpiringLot] = ()
    if club is not None and today is not None and state.next_expiry is not None:
        day = max(today, state.folded_day or today)
        entries = entries_of(connection, club_id, account_id)
        folded = fold(entries, as_of=day, refund_grace_days=club.refund_grace_days)
        soon = expiring(folded, day, club.expiry_warning_days)
    return AccountCard(
        account_id=account_id,
        club_id=club_id,
        version=state.ver + state.card_ver,
        balance=Points(state.avail_h),
        reserved=Points(state.reserved_h),
        deficit=Points(state.deficit_h),
        next_expiry=state.next_expiry,
        expiring=tuple(soon),
        fixed_rate_h=state.fixed_rate_h,
        discounts=tracking.of_account(connection, club_id, account_id),
        allowances=charged.of_account(connection, club_id, account_id) if allowances else (),
        block=Block(state.block or Block.NONE.value),
        persons=tuple(_members(connection, account_bucket(club_id, account_id), club_id, account_id).values()),
    )


# ------------------------------------------------------------------ look-up beyond a terminal's cache


def by_digest(connection: Connection, digest: str) -> tuple[tuple[str, str], ...]:
    """Give the accounts (club, account) of a card by its digest. Reads all buckets: no hot path."""
    chosen = sa.select(member_card.c.club_id, member_card.c.account_id).where(member_card.c.digest == digest)
    return _accounts(connection, chosen)


def by_number(connection: Connection, number: str) -> tuple[tuple[str, str], ...]:
    """Give the accounts of a member number."""
    return _accounts(connection, sa.select(member.c.club_id, member.c.account_id).where(member.c.number == number))


def persons_of(connection: Connection, club_id: str, number: str) -> tuple[tuple[str, str], ...]:
    """Give (account, person) of a club's members with a number, or with a person id."""
    rows = connection.execute(
        sa.select(member.c.account_id, member.c.person_id)
        .where(member.c.club_id == club_id, sa.or_(member.c.number == number, member.c.person_id == number))
        .order_by(member.c.account_id, member.c.person_id)
    )
    return tuple((row.account_id, row.person_id) for row in rows)


def by_name(connection: Connection, words: str) -> tuple[tuple[str, str], ...]:
    """Give the accounts of members whose name holds every word, in any order."""
    chosen = sa.select(member.c.club_id, member.c.account_id).where(
        member.c.bucket == personal.c.bucket,
        member.c.club_id == personal.c.club_id,
        member.c.person_id == personal.c.person_id,
    )
    for word in words.casefold().split():
        chosen = chosen.where(personal.c.search.contains(word, autoescape=True))
    return _accounts(connection, chosen)


def _accounts(connection: Connection, chosen: sa.Select[Any]) -> tuple[tuple[str, str], ...]:
    rows = connection.execute(chosen.distinct().limit(FOUND_MAX))
    return tuple(sorted((row.club_id, row.account_id) for row in rows))


def every_account(connection: Connection, bucket: int) -> Sequence[Any]:
    """Give club, account, version and balance of every account of a bucket: what the end-of-sync check sums."""
    return connection.execute(_EVERY_ACCOUNT, {"in_bucket": bucket}).all()


_EVERY_ACCOUNT: Final = sa.select(
    account_state.c.club_id,
    account_state.c.account_id,
    (account_state.c.ver + account_state.c.card_ver).label("version"),
    account_state.c.avail_h,
).where(account_state.c.bucket == sa.bindparam("in_bucket"))
