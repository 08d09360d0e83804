"""Pages: how a page of the feed enters the cache, with the cursor, in the caller's transaction. No hole gets in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from clubtill_rules.values.ids import BUCKETS, STREAMS
from clubtill_sync.wire.feed import FeedPage
from clubtill_terminal.store import documents, members
from clubtill_terminal.store.documents import FeedState


def join(positions: Sequence[int], pages: Iterable[FeedPage]) -> bool:
    """Tell whether every range of the pages begins exactly where its stream stands, page after page."""
    at = dict(enumerate(positions))
    for page in pages:
        for one in page.ranges:
            if not 0 <= one.stream < STREAMS or one.after != at[one.stream] or one.through < one.after:
                return False
            at[one.stream] = one.through
    return True


def forget(cache: Connection, streams: Iterable[int], *, settings: bool) -> None:
    """Make room for streams that are fetched from their beginning, within the transaction of their first page.

    Settings and denials go only if all of them come in this transaction (`settings`): nobody is let in meanwhile who
    should not be. What the ledger has no more, after it lost its last transactions, is gone by that (C27).
    """
    for stream in streams:
        if stream < BUCKETS:
            members.forget_bucket(cache, stream)
        elif settings:
            documents.forget(cache, stream)


def write(cache: Connection, page: FeedPage, *, at_us: int) -> None:
    """Write a page and where it leads. The cache, its deny list too, is complete when no more pages wait (R11)."""
    members.apply_cards(cache, page.accounts)
    documents.apply_documents(cache, page.documents)
    documents.apply_deny(cache, page.deny)
    documents.save_positions(cache, {one.stream: one.through for one in page.ranges})
    before = documents.feed_state_of(cache)
    documents.save_feed_state(
        cache,
        FeedState(
            cursor=page.cursor,
            feed_epoch=page.feed_epoch,
            updated_at_us=before.updated_at_us if page.more else at_us,
            deny_at_us=before.deny_at_us if page.more else at_us,
        ),
    )
