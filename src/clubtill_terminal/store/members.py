"""Members in the cache: look-up by card digest, number and name; cards applied as the feed brings them (6.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from sqlalchemy import Connection, Executable, bindparam, delete, select, text
from sqlalchemy.dialects import sqlite

from clubtill_rules.members.account import AccountCard, CardToken, MemberCard
from clubtill_rules.values.ids import account_bucket
from clubtill_sync.wire.snapshot import card_bytes
from clubtill_terminal.store.tables import account, card_token, person

_decode = msgspec.json.Decoder(AccountCard).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A member as found: the account's card, the person in it, and the token if a card was read."""

    account: AccountCard
    member: MemberCard
    token: CardToken | None


_BY_DIGEST: Final = str(
    select(account.c.card, card_token.c.person_id)
    .join_from(card_token, account, account.c.account_id == card_token.c.account_id)
    .where(card_token.c.digest == bindparam("the_digest"))
    .compile(dialect=sqlite.dialect())
)
_by_account = select(account.c.card).where(account.c.account_id == bindparam("the_account"))
_by_number = (
    select(account.c.card, person.c.person_id)
    .join_from(person, account, account.c.account_id == person.c.account_id)
    .where(person.c.number == bindparam("the_number"))
    .order_by(person.c.person_id)
)
_by_person = (
    select(account.c.card, person.c.person_id)
    .join_from(person, account, account.c.account_id == person.c.account_id)
    .where(person.c.person_id == bindparam("the_person"))
)


def by_digest(cache: Connection, digest: str) -> Found | None:
    """Find the member of a card by its digest: what a person at the counter waits for, so straight on the driver."""
    cursor = cache.connection.cursor()
    cursor.execute(_BY_DIGEST, (digest,))
    rows = cursor.fetchall()  # all of it: a statement with rows left would hold its read lock
    return next((_found(card, person_id, digest) for card, person_id in rows), None)


def by_number(cache: Connection, number: str) -> tuple[Found, ...]:
    """Find members by number; several when clubs number alike (R6)."""
    return tuple(_found(row.card, row.person_id, "") for row in cache.execute(_by_number, {"the_number": number}))


def by_person(cache: Connection, person_id: str) -> Found | None:
    """Find a member by the person's id."""
    row = cache.execute(_by_person, {"the_person": person_id}).first()
    return _found(row.card, row.person_id, "") if row is not None else None


def by_account(cache: Connection, account_id: str) -> AccountCard | None:
    """Give an account's card."""
    card = cache.execute(_by_account, {"the_account": account_id}).scalar()
    return _decode(card) if card is not None else None


def search(cache: Connection, typed_text: str, *, rows_max: int) -> tuple[Found, ...]:
    """Find members whose names begin with the typed words, or whose number begins with the typed digits (U18)."""
    words = [w for w in "".join(c if c.isalnum() else " " for c in typed_text).split() if w]
    if not words:
        return ()
    match = " ".join(f'"{word}"*' for word in words)
    rows = cache.execute(
        text(
            "SELECT a.card, p.person_id FROM person_search s JOIN person p ON p.id = s.rowid "
            "JOIN account a ON a.account_id = p.account_id WHERE person_search MATCH :match ORDER BY p.name LIMIT :most"
        ),
        {"match": match, "most": rows_max},
    )
    return tuple(_found(row.card, row.person_id, "") for row in rows)


def apply_cards(cache: Connection, cards: Sequence[AccountCard]) -> None:
    """Write the current cards of accounts, replacing what stood, within the caller's transaction."""
    if not cards:
        return
    ids = [card.account_id for card in cards]
    _forget(cache, ids)
    cache.execute(
        account.insert(),
        [
            {
                "account_id": card.account_id,
                "club_id": card.club_id,
                "bucket": account_bucket(card.club_id, card.account_id),
                "version": card.version,
                "card": card_bytes(card),
            }
            for card in cards
        ],
    )
    people = [(card, one) for card in cards for one in card.persons]
    if people:
        cache.execute(
            person.insert(),
            [
                {
                    "person_id": one.person_id,
                    "account_id": card.account_id,
                    "number": one.number,
                    "name": one.name,
                    "photo": one.photo,
                }
                for card, one in people
            ],
        )
        cache.execute(
            text(
                "INSERT INTO person_search (rowid, name, number) SELECT id, name, number FROM person "
                "WHERE account_id = :account_id"
            ),
            [{"account_id": account_id} for account_id in ids],
        )
    tokens = [
        {"digest": token.digest, "person_id": one.person_id, "account_id": card.account_id}
        for card, one in people
        for token in one.cards
    ]
    if tokens:
        cache.execute(
            delete(card_token).where(card_token.c.digest == bindparam("old")), [{"old": t["digest"]} for t in tokens]
        )
        cache.execute(card_token.insert(), tokens)


def forget_bucket(cache: Connection, bucket: int) -> None:
    """Drop every account of a bucket before its stream is fetched again from its beginning."""
    ids = list(cache.execute(select(account.c.account_id).where(account.c.bucket == bucket)).scalars())
    if ids:
        _forget(cache, ids)


_forgetting: tuple[Executable, ...] = (
    text(
        "INSERT INTO person_search (person_search, rowid, name, number) SELECT 'delete', id, name, number "
        "FROM person WHERE account_id = :account_id"
    ),
    *(table.delete().where(table.c.account_id == bindparam("account_id")) for table in (person, card_token, account)),
)


def _forget(cache: Connection, account_ids: Sequence[str]) -> None:
    rows = [{"account_id": account_id} for account_id in account_ids]
    for statement in _forgetting:
        cache.execute(statement, rows)


def _found(card: bytes, person_id: str, digest: str) -> Found:
    decoded = _decode(card)
    member = next(p for p in decoded.persons if p.person_id == person_id)
    token = next((t for t in member.cards if t.digest == digest), None) if digest else None
    return Found(account=decoded, member=member, token=token)
