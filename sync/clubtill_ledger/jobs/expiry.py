"""Expiry: posts what the fold has expired, for each account with a lot whose last usable day is over (R34)."""

from __future__ import annotations

from functools import partial

from clubtill_ledger.store import books
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_rules.values.days import trading_day
from clubtill_rules.values.ids import BUCKETS


def run(store: Store, shelf: SettingsShelf, now_us: int) -> int:
    """Post EXPIRE entries for all due accounts, a transaction an account. Gives how many accounts were posted to.

    An account is due by the day of its own club; run again the same day this posts nothing (I20).
    """
    posted = 0
    for bucket in range(BUCKETS):
        for club_id, account_id in store.read(partial(_due, bucket=bucket, shelf=shelf, now_us=now_us)):
            posted += store.write(partial(_expire, club_id=club_id, account_id=account_id, shelf=shelf, now_us=now_us))
    return posted


def _due(connection: Connection, bucket: int, shelf: SettingsShelf, now_us: int) -> tuple[tuple[str, str], ...]:
    settings = shelf.now(connection, now_us)
    days = {club.id: trading_day(now_us, club.clock) for club in settings.by_kind.get("club", {}).values()}
    if not days:
        return ()
    found = books.due(connection, bucket, max(days.values()))
    return tuple((club_id, account_id) for club_id, account_id in found if club_id in days)


def _expire(connection: Connection, club_id: str, account_id: str, shelf: SettingsShelf, now_us: int) -> int:
    club = shelf.now(connection, now_us).club(club_id)
    if club is None:
        return 0
    account = books.open_books(connection, club, account_id, trading_day(now_us, club.clock))
    if account is None or not account.post_expiry(now_us):
        return 0
    books.close_books(connection, [account], now_us=now_us)
    return 1
