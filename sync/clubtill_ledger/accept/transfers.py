"""Transfers: points of one account to another of the same club, online only (R38, 3.3 of the ledger design).

Three transactions, each in one bucket: pending in the account that gives, the credit in the one that gets, then posted
in the first. The target's row decides, once: a transfer that it refused is void. Whatever dies between them, asking
again or the sweep goes on where it stands; nothing is undone by time.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import Final

import msgspec

from clubtill_ledger.store import books, people, transfers
from clubtill_ledger.store.books import Books
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_ledger.store.transfers import Arrived, Kept
from clubtill_rules.members.account import AccountCard, Block
from clubtill_rules.members.club import Club
from clubtill_rules.permissions import Act, Answer, may, roles_of
from clubtill_rules.points import transfers as rules
from clubtill_rules.points.transfers import Leg, Transfer
from clubtill_rules.values.days import US_PER_S, trading_day
from clubtill_rules.values.ids import BUCKETS
from clubtill_rules.values.points import Points, grain
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.wire.transfers import TransferAnswer, TransferAsk

LATE_US: Final = 30 * US_PER_S
"""A transfer that is pending for longer has nobody who still works at it; the sweep ends it."""
AMOUNT_H_MAX: Final = 2**53
ID_MAX: Final = 80
_LEGS: Final = tuple[Leg, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ask:
    """An ask with what it was read beside. `event_id` names the entries: no other asker's id can be the same."""

    told: TransferAsk
    asker: str
    event_id: str
    club: Club
    target: AccountCard
    now_us: int


def ask(body: bytes, asker: str, store: Store, shelf: SettingsShelf, now_us: int) -> TransferAnswer:
    """Answer `POST /v1/transfers` of a device.

    Raises Refusal `unreadable`, `permission.missing` for staff whose roles do not transfer points, and as `transfer`.
    """
    try:
        told = msgspec.json.decode(body, type=TransferAsk)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refusal("unreadable") from None
    if not store.read(partial(_permitted, shelf=shelf, staff_id=told.staff_id, now_us=now_us)):
        raise Refusal("permission.missing", act=Act.TRANSFER_POINTS.value)
    return transfer(told, asker, store, shelf, now_us)


def transfer(told: TransferAsk, asker: str, store: Store, shelf: SettingsShelf, now_us: int) -> TransferAnswer:
    """Transfer points, duplicate-safe by the asker and its id. `asker` is a device id, or who asked in the office.

    Raises Refusal `unreadable`, `unknown_settings`, `unknown_account` with `account_id`, `key_reuse` for the same id
    with another amount, and what the rule refuses; after a refusal nothing has moved and the id may be used again.
    """
    if not 0 < len(told.transfer_id) <= ID_MAX or not 0 <= told.amount_h <= AMOUNT_H_MAX or "\x00" in told.staff_id:
        raise Refusal("unreadable")
    asking = store.read(partial(_read, told=told, asker=asker, shelf=shelf, now_us=now_us))
    kept = store.write(partial(_pend, asking=asking))
    state = finish(kept, asking.club, store, now_us)
    return store.read(partial(_answer, kept=kept, state=state, club=asking.club, now_us=now_us))


def sweep(store: Store, shelf: SettingsShelf, now_us: int) -> int:
    """End every transfer that was left pending by a process that died; give how many. Safe to run at any time."""
    ended = 0
    for bucket in range(BUCKETS):
        for kept in store.read(partial(transfers.pending, bucket=bucket, before_us=now_us - LATE_US)):
            club = store.read(partial(shelf.now, now_us=now_us)).club(kept.club_id)
            if club is not None:
                finish(kept, club, store, now_us)
                ended += 1
    return ended


def finish(kept: Kept, club: Club, store: Store, now_us: int) -> str:
    """Credit the target and post the source, or void it where the target refused; give the state it ended in."""
    if kept.state != transfers.PENDING:
        return kept.state
    arrived = store.write(partial(_credit, kept=kept, club=club, now_us=now_us))
    return store.write(partial(_settle, kept=kept, club=club, void=not arrived.credited, now_us=now_us))


def event_id_of(asker: str, told: TransferAsk) -> str:
    """Name a transfer's entries by its asker, its id and its accounts: no device could send an event of this id."""
    parts = ("transfer", asker, told.transfer_id, told.club_id, told.source_id, told.target_id)
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:32]


# ------------------------------------------------------------------ what is read before


def _permitted(connection: Connection, shelf: SettingsShelf, staff_id: str, now_us: int) -> bool:
    staff = shelf.now(connection, now_us).by_kind.get("staff", {}).get(staff_id)
    return staff is not None and may(roles_of(staff.roles), Act.TRANSFER_POINTS) is Answer.YES


def _read(connection: Connection, told: TransferAsk, asker: str, shelf: SettingsShelf, now_us: int) -> _Ask:
    club = shelf.now(connection, now_us).club(told.club_id)
    settings = shelf.at(connection, None, trading_day(now_us, club.clock)) if club else None
    club = settings.club(told.club_id) if settings else None
    if club is None:
        raise Refusal("unknown_settings")
    return _Ask(
        told=told,
        asker=asker,
        event_id=event_id_of(asker, told),
        club=club,
        target=_card(connection, club, told.target_id, now_us),
        now_us=now_us,
    )


def _card(connection: Connection, club: Club, account_id: str, now_us: int) -> AccountCard:
    card = people.account_card(connection, club.id, account_id, club=club, today=trading_day(now_us, club.clock))
    if card is None:
        raise Refusal("unknown_account", account_id=account_id)
    return card


# ------------------------------------------------------------------ the three steps


def _pend(connection: Connection, asking: _Ask) -> Kept:
    """Set the points aside in the account that gives; give the transfer as it stands."""
    told, club, now_us = asking.told, asking.club, asking.now_us
    standing = transfers.find(connection, told.club_id, told.source_id, asking.event_id)
    if standing is not None:
        if standing.amount_h != told.amount_h:
            raise Refusal("key_reuse")
        return standing
    account = _books(connection, club, told.source_id, now_us)
    moved = rules.transfer(
        account.folded,
        transfer_id=asking.event_id,
        source=_card(connection, club, told.source_id, now_us),
        target=asking.target,
        amount=Points(told.amount_h),
        factor_h=club.transfer_factor_h,
        grain_h=grain(club.points_decimals),
        online=True,
    )
    eff_us = _after(account, now_us)
    kept = Kept(
        transfer_id=asking.event_id,
        club_id=told.club_id,
        source_id=told.source_id,
        target_id=told.target_id,
        asker=asking.asker,
        staff_id=told.staff_id,
        amount_h=moved.amount.hundredths,
        arrives_h=moved.arrives.hundredths,
        legs=msgspec.json.encode(moved.legs).decode(),
        state=transfers.PENDING,
        asked_us=now_us,
        pending_us=eff_us,
        settled_us=0,
    )
    transfers.keep(connection, kept)
    account.post(rules.pending_entry(moved, eff_us=eff_us, day=account.today), device_id=asking.asker)
    books.close_books(connection, [account], now_us=now_us)
    return kept


def _credit(connection: Connection, kept: Kept, club: Club, now_us: int) -> Arrived:
    """Credit the account that gets, or refuse it for ever; whoever comes second finds what the first one decided."""
    standing = transfers.arrived(connection, kept.club_id, kept.target_id, kept.transfer_id)
    if standing is not None:
        return standing
    account = books.open_books(connection, club, kept.target_id, trading_day(now_us, club.clock))
    why = "unknown_account" if account is None else "transfer.blocked" if account.block is not Block.NONE else ""
    made = Arrived(credited=not why, why=why)
    transfers.decide(connection, kept, made, now_us)
    if account is not None and made.credited:
        eff_us = _after(account, max(now_us, kept.pending_us))
        for entry in rules.credit_entries(_moved(kept), eff_us=eff_us, day=account.today):
            account.post(entry, device_id=kept.asker)
        books.close_books(connection, [account], now_us=now_us)
    return made


def _settle(connection: Connection, kept: Kept, club: Club, now_us: int, *, void: bool) -> str:
    """End it in the account that gives: posted with the amount, or void with nil."""
    standing = transfers.find(connection, kept.club_id, kept.source_id, kept.transfer_id)
    if standing is None:
        raise AssertionError("a transfer that is pending has a row")
    if standing.state != transfers.PENDING:
        return standing.state
    state = transfers.VOID if void else transfers.POSTED
    account = _books(connection, club, kept.source_id, now_us)
    eff_us = max(now_us, kept.pending_us + 1)
    transfers.settle(connection, kept, state, now_us)
    day = max(account.today, trading_day(eff_us, club.clock))
    account.post(rules.settling_entry(_moved(kept), eff_us=eff_us, day=day, void=void), device_id=kept.asker)
    books.close_books(connection, [account], now_us=now_us)
    return state


def _books(connection: Connection, club: Club, account_id: str, now_us: int) -> Books:
    opened = books.open_books(connection, club, account_id, trading_day(now_us, club.clock))
    if opened is None:
        raise Refusal("unknown_account", account_id=account_id)
    return opened


def _after(account: Books, at_us: int) -> int:
    """Give the instant of an online entry: not before anything that the account has, as of a grant."""
    return max([at_us, *(one.eff_us for one in account.entries)])


def _moved(kept: Kept) -> Transfer:
    return Transfer(
        transfer_id=kept.transfer_id,
        source_id=kept.source_id,
        target_id=kept.target_id,
        amount=Points(kept.amount_h),
        arrives=Points(kept.arrives_h),
        legs=msgspec.json.decode(kept.legs, type=_LEGS),
        because=(),
    )


def _answer(connection: Connection, kept: Kept, state: str, club: Club, now_us: int) -> TransferAnswer:
    today = trading_day(now_us, club.clock)
    source, target = (
        people.account_card(connection, kept.club_id, name, club=club, today=today)
        for name in (kept.source_id, kept.target_id)
    )
    return TransferAnswer(
        event_id=kept.transfer_id,
        state=state,
        amount_h=kept.amount_h,
        arrives_h=kept.arrives_h if state == transfers.POSTED else 0,
        source=source,
        target=target,
        server_time_us=now_us,
    )
