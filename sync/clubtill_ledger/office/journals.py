"""Journals: points that a manager books by hand, online, with permission and reason (R32, R39; ADJUST of 3.3).

A journal is checked whole and refused whole. It is posted account by account, for no transaction touches two buckets;
an account that has changed meanwhile, so that its lines no longer pass, is left out and named. The same journal id
again posts what is missing, and nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from clubtill_ledger.office.clerk import Clerk
from clubtill_ledger.store import books, decisions, people
from clubtill_ledger.store.decisions import Decision
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_rules.members.account import AccountCard
from clubtill_rules.members.club import Club
from clubtill_rules.permissions import Approval, approve
from clubtill_rules.points import journals as rules
from clubtill_rules.points.entries import Entry
from clubtill_rules.points.journals import Journal, JournalLine
from clubtill_rules.values.days import trading_day
from clubtill_rules.values.ids import account_bucket
from clubtill_rules.values.refusal import Refusal

ACT = "points.journal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """A journal that was posted: the accounts that got their lines, and those left out because they had changed."""

    journal: Journal
    posted: tuple[str, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Booking:
    """A journal on its way into the books."""

    club: Club
    lines: Sequence[JournalLine]
    made: tuple[Entry, ...]
    clerk: Clerk
    reason: str
    journal_id: str
    now_us: int


def check(
    store: Store, shelf: SettingsShelf, club_id: str, lines: Sequence[JournalLine], *, clerk: Clerk, now_us: int
) -> Journal:
    """Check a journal against the accounts of now: findings, approvals that it needs, balances after it."""
    return store.read(partial(_check, club_id=club_id, lines=lines, clerk=clerk, shelf=shelf, now_us=now_us))[1]


def _check(
    connection: Connection,
    *,
    club_id: str,
    lines: Sequence[JournalLine],
    clerk: Clerk,
    shelf: SettingsShelf,
    now_us: int,
) -> tuple[Club, Journal]:
    club = shelf.now(connection, now_us).club(club_id)
    if club is None:
        raise Refusal("unknown_settings")
    today = trading_day(now_us, club.clock)
    names = {line.account_id for line in lines}
    return club, rules.check(lines, club=club, accounts=_cards(connection, club, names, today), roles=clerk.roles)


def _cards(connection: Connection, club: Club, names: set[str], today: date) -> dict[str, AccountCard]:
    found = {name: people.account_card(connection, club.id, name, club=club, today=today) for name in names}
    return {name: card for name, card in found.items() if card is not None}


def post(
    store: Store,
    shelf: SettingsShelf,
    club_id: str,
    lines: Sequence[JournalLine],
    *,
    clerk: Clerk,
    reason: str,
    journal_id: str,
    now_us: int,
) -> Booked:
    """Post a journal. Refuses as the rules do, and decision.reason, unknown_settings."""
    if not reason.strip():
        raise Refusal("decision.reason")
    standing = store.read(partial(_standing, club_id=club_id, lines=lines, journal_id=journal_id))
    club, journal = store.read(
        partial(
            _check,
            club_id=club_id,
            lines=[line for line in lines if line.account_id not in standing] or lines,
            clerk=clerk,
            shelf=shelf,
            now_us=now_us,
        )
    )
    todo = [line for line in lines if line.account_id not in standing]
    if not todo:
        return Booked(journal=journal, posted=tuple(sorted(standing)), left_out=())
    day = trading_day(now_us, club.clock)
    made = rules.entries(journal, event_id=journal_id, eff_us=now_us, day=day, approved=_approved(journal, clerk))
    booking = _Booking(
        club=club, lines=todo, made=made, clerk=clerk, reason=reason.strip(), journal_id=journal_id, now_us=now_us
    )
    posted, left_out = set(standing), []
    for name in sorted({line.account_id for line in todo}):
        if store.write(partial(_book, booking=booking, account_id=name)):
            posted.add(name)
        else:
            left_out.append(name)
    return Booked(journal=journal, posted=tuple(sorted(posted)), left_out=tuple(left_out))


def _standing(connection: Connection, club_id: str, lines: Sequence[JournalLine], journal_id: str) -> frozenset[str]:
    """Give the accounts into which this journal was posted already."""
    names = {line.account_id for line in lines}
    return frozenset(
        name for name in names if decisions.find(connection, account_bucket(club_id, name), _id(journal_id, name))
    )


def _id(journal_id: str, account_id: str) -> str:
    return f"{journal_id}:{account_id}"


def _book(connection: Connection, booking: _Booking, account_id: str) -> bool:
    """Post an account's lines with who and why, if they still pass against the account as it is now."""
    bucket = account_bucket(booking.club.id, account_id)
    if decisions.find(connection, bucket, _id(booking.journal_id, account_id)) is not None:
        return True
    today = trading_day(booking.now_us, booking.club.clock)
    account = books.open_books(connection, booking.club, account_id, today)
    mine = [line for line in booking.lines if line.account_id == account_id]
    cards = _cards(connection, booking.club, {account_id}, today)
    again = rules.check(mine, club=booking.club, accounts=cards, roles=booking.clerk.roles)
    if account is None or again.findings or (again.asks and not _approved(again, booking.clerk)):
        return False
    for made in booking.made:
        if made.account_id == account_id:
            account.post(made)
    told = Decision(
        bucket=bucket,
        decision_id=_id(booking.journal_id, account_id),
        act=ACT,
        subject=booking.journal_id,
        staff_id=booking.clerk.staff_id,
        approver_id=booking.clerk.approver_id,
        reason=booking.reason,
        at_us=booking.now_us,
        club_id=booking.club.id,
        account_id=account_id,
        facts={"lines": [[line.n, line.kind.value, line.points.hundredths, line.reason] for line in mine]},
    )
    decisions.keep(connection, told)
    books.close_books(connection, [account], now_us=booking.now_us)
    return True


def _approved(journal: Journal, clerk: Clerk) -> bool:
    """Tell whether somebody else who may do it alone approved every act that the journal asks for (2.12)."""
    return all(
        approve(
            one.act,
            one.amount_h,
            asker_id=clerk.staff_id,
            asker_roles=clerk.roles,
            approver_id=clerk.approver_id,
            approver_roles=clerk.approver_roles,
        )
        is Approval.GIVEN
        for one in journal.asks
    )
