"""Seed: loads documents, members with opening entries, and denials from one JSON file.

A demo seeds the ledger, never a terminal.

Loading the same file again changes nothing: documents by their version, members by their content, opening entries by
their id, denials by what they say.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import msgspec

from clubtill_ledger.store import books, documents, installation, people, states
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.faults import StoreFault
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_rules.members.account import Block, CardState, CardToken, MemberCard
from clubtill_rules.members.cards.resolving import card_digest
from clubtill_rules.points.entries import AwardFor, Entry, EntryKind
from clubtill_rules.values.days import trading_day
from clubtill_sync.wire.documents import KINDS
from clubtill_sync.wire.feed import DenyRow, Document


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """Points that an account brings along: one lot. `last_day` null never expires."""

    amount_h: int
    earn_day: date
    last_day: date | None = None


class CardIn(msgspec.Struct, frozen=True, kw_only=True):
    """A card of a person as its text stands on it. The ledger keeps the digest alone (6.7)."""

    person_id: str
    text: str
    state: CardState = CardState.ACTIVE


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A points account with its persons, their cards, and the points it brings along."""

    club_id: str
    account_id: str
    block: Block = Block.NONE
    persons: tuple[MemberCard, ...] = ()
    cards: tuple[CardIn, ...] = ()
    opening: tuple[Opening, ...] = ()


class Seed(msgspec.Struct, frozen=True, kw_only=True):
    """The file: whole documents of `wire.documents`, accounts, and rows of the deny list."""

    documents: tuple[Document, ...] = ()
    accounts: tuple[Account, ...] = ()
    deny: tuple[DenyRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """How many were new or changed."""

    documents: int
    accounts: int
    openings: int
    denials: int


def read(data: bytes) -> Seed:
    """Read a seed file. Raises StoreFault ledger.seed_wrong with what is wrong in it."""
    try:
        seed = msgspec.json.decode(data, type=Seed)
        for one in seed.documents:
            if one.kind not in KINDS:
                raise StoreFault("ledger.seed_wrong", why=f"unknown kind of document: {one.kind}")
            if not one.deleted:
                msgspec.json.decode(one.body, type=KINDS[one.kind])
    except msgspec.DecodeError as error:
        raise StoreFault("ledger.seed_wrong", why=str(error)) from error
    return seed


def load(store: Store, shelf: SettingsShelf, seed: Seed, *, now_us: int) -> Loaded:
    """Load a seed: documents first, then account by account, each in a transaction of its own, then denials."""
    new_documents = store.write(partial(documents.publish, documents=seed.documents)) if seed.documents else 0
    changed = openings = 0
    for account in seed.accounts:
        changed += store.write(partial(_persons, account=account))
        openings += store.write(partial(_openings, account=account, shelf=shelf, now_us=now_us))
    denials = store.write(partial(documents.deny_rows, rows=seed.deny)) if seed.deny else 0
    return Loaded(documents=new_documents, accounts=changed, openings=openings, denials=denials)


def _persons(connection: Connection, account: Account) -> int:
    card_key = base64.b64decode(installation.read(connection).card_key)
    persons = [_with_cards(person, account, card_key) for person in account.persons]
    changed = [people.keep_member(connection, person, block=account.block) for person in persons]
    if not account.persons and states.open_account(connection, account.club_id, account.account_id, account.block):
        states.touch_card(connection, account.club_id, account.account_id)
        return 1
    return int(any(changed))


def _with_cards(person: MemberCard, account: Account, card_key: bytes) -> MemberCard:
    """Put the cards that the file names by their text on a person, by digest."""
    texts = [one for one in account.cards if one.person_id == person.person_id]
    tokens = (CardToken(digest=card_digest(card_key, one.text), last4=one.text[-4:], state=one.state) for one in texts)
    return replace(person, cards=(*person.cards, *tokens))


def _openings(connection: Connection, account: Account, shelf: SettingsShelf, now_us: int) -> int:
    """Post what is not posted yet of the points that an account brings along."""
    if not account.opening:
        return 0
    club = shelf.now(connection, now_us).club(account.club_id)
    if club is None:
        raise StoreFault("ledger.seed_wrong", why=f"account of a club without a document: {account.club_id}")
    book = books.open_books(connection, club, account.account_id, trading_day(now_us, club.clock))
    if book is None:
        raise AssertionError("the account was opened before")
    event_id = hashlib.sha256(f"opening\x00{account.club_id}\x00{account.account_id}".encode()).hexdigest()[:32]
    posted = 0
    for leg, opening in enumerate(account.opening):
        if book.find(event_id, leg) is None:
            book.post(_entry(event_id, leg, account.account_id, opening, now_us))
            posted += 1
    if posted:
        books.close_books(connection, [book], now_us=now_us)
    return posted


def _entry(event_id: str, leg: int, account_id: str, opening: Opening, now_us: int) -> Entry:
    """Write the award of one lot. Its day is the lot's own, so that a lot may be older than the ledger."""
    return Entry(
        event_id=event_id,
        leg=leg,
        kind=EntryKind.AWARD,
        account_id=account_id,
        amount_h=opening.amount_h,
        eff_us=now_us,
        day=opening.earn_day,
        earn_day=opening.earn_day,
        last_day=opening.last_day,
        award_for=AwardFor.OPENING,
    )
