"""Pull: bring the cache to where the ledger is, page by page, without a hole; give leases back that are recalled (6.5).

`standing` and `apply` use the store and run on the writer lane; `fetch` uses the network alone and runs on a lane that
may wait for a long poll. Leases and recalls go to `facts`, cards and documents to `cache`: no transaction writes both,
and each may be done again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from clubtill_rules.points.leases import Lease
from clubtill_rules.values.ids import MASTER_STREAM, STREAMS
from clubtill_sync.client import Answer, Client, Denied, Outcome
from clubtill_sync.wire.feed import FeedPage
from clubtill_sync.wire.requests import LeaseRow
from clubtill_terminal.actions import redeem
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.store import documents, leases, pages
from clubtill_terminal.store.device import change_device
from clubtill_terminal.store.documents import FeedState
from clubtill_terminal.store.recovery import forget_cache

LONG_POLL_S: Final = 25
FIRST_PAGES_MAX: Final = 100
"""Settings that do not fit into so many pages are applied in parts."""
_BEGIN_AGAIN: Final = frozenset({"feed_epoch", "cursor"})
"""Codes by which the ledger says that this cursor leads nowhere any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """Pages as they came.

    `anew` says that they begin at the very beginning and replace what the cache holds; `streams` are those that begin
    from nothing while the others go on.
    """

    pages: tuple[FeedPage, ...]
    outcome: Outcome[FeedPage]
    anew: bool
    streams: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What a pull did.

    Attributes:
        outcome: for the state of the line.
        more: the next pull will not wait.
        anew: the next fetch must begin at the very beginning: the ledger's past changed, or a page did not join.
        hole: a page did not join, which must never happen: somebody must look.
        settings: documents came, so that whoever holds settings reads them again.
        accounts: accounts whose cards came.
        given_back: how many leases were closed for a recall: the asker waits 2 s, so push at once (D22).
        snapshot: so much is missing that a snapshot is cheaper (6.5).
        kept_recalls: leases that are asked back but stand under an open tender; close them when it ends.
    """

    outcome: Outcome[FeedPage]
    more: bool = False
    anew: bool = False
    hole: bool = False
    settings: bool = False
    accounts: frozenset[str] = frozenset()
    given_back: int = 0
    kept_recalls: tuple[str, ...] = ()
    snapshot: bool = False


def pull(
    terminal: Terminal, client: Client, *, wait_s: int = 0, anew: bool = False, tendering: frozenset[str] = frozenset()
) -> Pulled:
    """Fetch and apply, in one go, where one thread does it all."""
    return apply(terminal, fetch(client, standing(terminal), wait_s=wait_s, anew=anew), tendering=tendering)


def standing(terminal: Terminal) -> FeedState:
    """Give where the cache stands in the feed."""
    with terminal.store.cache.begin() as cache:
        return documents.feed_state_of(cache)


def fetch(
    client: Client,
    state: FeedState,
    *,
    wait_s: int = LONG_POLL_S,
    anew: bool = False,
    streams: frozenset[int] = frozenset(),
) -> Fetched:
    """Fetch the page after where the cache stands; from the beginning, the pages up to the last one with settings.

    `streams` are fetched from their beginning again, because they were found to differ; settings among them up to the
    last page with settings as well.
    """
    anew = anew or not state.cursor
    streams = frozenset() if anew else streams
    whole = anew or any(stream >= MASTER_STREAM for stream in streams)
    cursor = "" if anew else state.cursor
    found: list[FeedPage] = []
    while True:
        again = sorted(streams) if not found else []
        outcome = client.feed(cursor, wait_s=0 if anew or streams else wait_s, anew=again)
        if not isinstance(outcome, Answer):
            return Fetched(pages=(), outcome=outcome, anew=anew)
        page = outcome.value
        found.append(page)
        cursor = page.cursor
        settings_only = bool(page.ranges) and all(r.stream >= MASTER_STREAM for r in page.ranges)
        if not (whole and page.more and settings_only) or len(found) == FIRST_PAGES_MAX:
            return Fetched(pages=tuple(found), outcome=outcome, anew=anew, streams=streams)


def apply(terminal: Terminal, fetched: Fetched, *, tendering: frozenset[str]) -> Pulled:
    """Apply what was fetched: leases and recalls, then cards, documents and cursor in one transaction.

    `tendering` names the accounts for which a tender is open at this terminal: their leases are not given back (I25).
    """
    outcome = fetched.outcome
    if isinstance(outcome, Denied):
        return Pulled(outcome=outcome, anew=outcome.code in _BEGIN_AGAIN)
    if not fetched.pages:
        return Pulled(outcome=outcome)
    given_back, kept = _leases(terminal, fetched.pages[-1], tendering)
    snapshot = fetched.pages[-1].snapshot
    at_us = terminal.now_us()
    with terminal.store.cache.begin() as cache:
        state = documents.feed_state_of(cache)
        if not fetched.anew and state.feed_epoch != fetched.pages[0].feed_epoch:
            return Pulled(outcome=outcome, anew=True, given_back=given_back, kept_recalls=kept)
        if snapshot and fetched.anew and state.cursor:  # what is there serves until the snapshot takes its place
            return Pulled(outcome=outcome, given_back=given_back, kept_recalls=kept, snapshot=True)
        again = range(STREAMS) if fetched.anew else fetched.streams
        positions = [0 if n in again else at for n, at in enumerate(documents.positions(cache))]
        if not pages.join(positions, fetched.pages):
            return Pulled(outcome=outcome, anew=True, hole=True, given_back=given_back, kept_recalls=kept)
        if fetched.anew:
            forget_cache(cache)
        last = fetched.pages[-1]
        whole = not last.more or any(one.stream < MASTER_STREAM for one in last.ranges)
        pages.forget(cache, fetched.streams, settings=whole)
        for page in fetched.pages:
            pages.write(cache, page, at_us=at_us)
    return Pulled(
        outcome=outcome,
        more=fetched.pages[-1].more,
        settings=any(page.documents for page in fetched.pages),
        accounts=frozenset(card.account_id for page in fetched.pages for card in page.accounts),
        given_back=given_back,
        kept_recalls=kept,
        snapshot=snapshot,
    )


def _leases(terminal: Terminal, page: FeedPage, tendering: frozenset[str]) -> tuple[int, tuple[str, ...]]:
    """Keep the leases that the ledger lists and give back what it recalls.

    Gives how many were closed, and which had to stay under an open tender (D22, I25).
    """
    with terminal.store.facts.begin() as facts:
        leases.adopt(facts, page.leases)
        change_device(facts, last_contact_us=terminal.now_us())
        recalled = [lease for lease in leases.all_open(facts) if lease.lease_id in page.recalls]
    free = [lease for lease in recalled if lease.account_id not in tendering]
    give_back(terminal, free, page.leases, why="recall")
    return len(free), tuple(lease.lease_id for lease in recalled if lease.account_id in tendering)


def give_back(terminal: Terminal, held: Sequence[Lease], rows: Iterable[LeaseRow], *, why: str) -> None:
    """Close leases club by club, the ledger's rows telling which club each belongs to."""
    clubs = {row.lease_id: row.club_id for row in rows}
    for club_id in sorted({clubs[lease.lease_id] for lease in held if lease.lease_id in clubs}):
        mine = [lease for lease in held if clubs.get(lease.lease_id) == club_id]
        redeem.give_back(terminal, mine, club_id=club_id, why=why)
