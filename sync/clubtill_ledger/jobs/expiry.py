"""Expiry: posts what has expired, for each account with a lot whose last usable day is over (R34).

Only accounts whose next expiry is due are looked at, by an index. Chunk after chunk, each a short transaction in one
bucket: nobody waits for more than a few hundred rows.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Final

from clubtill_ledger.jobs.running import Turn
from clubtill_ledger.store import books
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.lapsing import lapse
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_rules.members.club import Club
from clubtill_rules.values.days import trading_day
from clubtill_rules.values.ids import BUCKETS

CHUNK: Final = 500


def run(store: Store, shelf: SettingsShelf, now_us: int) -> int:
    """Post EXPIRE entries for all due accounts of all clubs. Gives how many accounts were posted to.

    An account is due by the day of its own club; run again the same day this posts nothing (I20).
    """
    settings = store.read(partial(shelf.now, now_us=now_us))
    clubs: list[Club] = sorted(settings.by_kind.get("club", {}).values(), key=lambda one: one.id)
    return sum(expire(store, club, trading_day(now_us, club.clock), now_us=now_us) for club in clubs)


def of_club(turn: Turn) -> str:
    """Post the expiry of a club (the job of a club's day). The club's day now counts, if the job comes late."""
    club_id = turn.subject.rpartition(":")[0]
    club = turn.store.read(partial(turn.shelf.now, now_us=turn.now_us)).club(club_id)
    if club is None:
        return "no such club"
    posted = expire(turn.store, club, trading_day(turn.now_us, club.clock), now_us=turn.now_us, between=turn.go_on)
    return f"{posted} accounts"


def expire(
    store: Store, club: Club, day: date, *, now_us: int, between: Callable[[], None] = lambda: None, chunk: int = CHUNK
) -> int:
    """Post the expiry of a club's due accounts by a day of the club. Gives how many accounts were posted to.

    `between` is called after each bucket.
    """
    posted = 0
    for bucket in range(BUCKETS):
        after, more = "", True
        while more:
            work = partial(lapse, club=club, bucket=bucket, after=after, day=day, now_us=now_us, rows_max=chunk)
            done = store.write(work)
            posted += done.posted
            for account_id in done.to_fold:
                posted += store.write(partial(_fold, club=club, account_id=account_id, day=day, now_us=now_us))
            after, more = done.last, bool(done.last)
        between()
    return posted


def _fold(connection: Connection, club: Club, account_id: str, day: date, now_us: int) -> int:
    """Post what only a fold can tell: where points are set aside. The next expiry moves on even if nothing is due."""
    account = books.open_books(connection, club, account_id, day)
    if account is None:
        return 0
    due_h = account.post_expiry(now_us)
    books.close_books(connection, [account], now_us=now_us)
    return int(due_h != 0)
