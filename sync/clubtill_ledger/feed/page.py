"""Page: what changed behind a cursor: the current card of each account touched, documents and denials (6.5).

A page covers (after, through] of each stream, and through of one page is after of the next: a hole cannot be missed.
It also carries this device's open leases and each recall of one of them, once. Nothing here waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from clubtill_ledger.feed import checks, cursor
from clubtill_ledger.feed.cursor import Cursor
from clubtill_ledger.feed.snapshot import EVERYONE, scope_of
from clubtill_ledger.store import documents, installation, leases, people, states, streams
from clubtill_ledger.store.devices import Device
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.settings import Settings, SettingsShelf
from clubtill_rules.members.account import AccountCard
from clubtill_rules.values.days import US_PER_S, trading_day
from clubtill_rules.values.ids import BUCKETS, DENY_STREAM, MASTER_STREAM, STREAMS
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.wire.feed import DenyRow, Document, FeedPage, StreamCheck, StreamRange

ROWS_MAX: Final = 500
SNAPSHOT_ABOVE: Final = 200_000
"""A reader that misses more than this is better off with a snapshot (6.5)."""
_STREAMS: Final = {str(stream): stream for stream in range(STREAMS)}
RECALL_US: Final = 3 * US_PER_S
"""How long a recall is told: an asker waits two seconds for it."""


@dataclass(slots=True, kw_only=True)
class _Gathered:
    """A page while it is filled."""

    rows_left: int
    to: dict[int, int] = field(default_factory=dict)
    ranges: list[StreamRange] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    deny: list[DenyRow] = field(default_factory=list)
    accounts: list[tuple[str, str]] = field(default_factory=list)

    def covered(self, stream: int, after: int, through: int, rows: int) -> None:
        """Note a range and what it cost."""
        self.rows_left -= rows
        self.to[stream] = through
        self.ranges.append(StreamRange(stream=stream, after=after, through=through))


def page(
    cursor_text: str,
    device: Device,
    store: Store,
    shelf: SettingsShelf,
    now_us: int,
    *,
    with_checks: bool = False,
    rows_max: int = ROWS_MAX,
    anew: str = "",
) -> FeedPage:
    """Give the page behind a cursor; with `anew`, the numbers of streams, those from their beginning.

    Raises Refusal `cursor`, `feed_epoch` (fetch all anew) or `revoked`.
    """
    if device.revoked_us is not None:
        raise Refusal("revoked", drain=device.drain)
    return store.read(
        partial(
            _page,
            cursor_text=cursor_text,
            device=device,
            shelf=shelf,
            now_us=now_us,
            with_checks=with_checks,
            rows_max=rows_max,
            anew=anew,
        )
    )


def _page(
    connection: Connection,
    cursor_text: str,
    device: Device,
    shelf: SettingsShelf,
    now_us: int,
    *,
    with_checks: bool,
    rows_max: int,
    anew: str,
) -> FeedPage:
    this = installation.read(connection)
    at = cursor.read(cursor_text, this)
    at = at.moved({_STREAMS[name]: 0 for name in anew.split(",") if name in _STREAMS}, 0)
    heads = streams.heads(connection)
    if any(position > heads.get(stream, 0) for stream, position in enumerate(at.positions)):
        raise Refusal("feed_epoch", feed_epoch=this.feed_epoch)
    got = _gather(connection, at, heads, rows_max)
    held = leases.of_device(connection, device.device_id)
    recalled = [one for one in held if one.recall_us > max(at.recalled_us, now_us - RECALL_US)]
    moved = at.moved(got.to, max((one.recall_us for one in recalled), default=0))
    more = any(moved.positions[stream] < head for stream, head in heads.items())
    settings = shelf.now(connection, now_us)
    return FeedPage(
        cursor=cursor.write(moved, this),
        feed_epoch=this.feed_epoch,
        ranges=tuple(got.ranges),
        accounts=_cards(connection, got.accounts, settings, now_us),
        documents=tuple(got.documents),
        deny=tuple(got.deny),
        leases=tuple(one.on_the_wire() for one in held),
        recalls=tuple(one.lease_id for one in recalled),
        more=more,
        checks=_checks(connection, moved, device, shelf, now_us) if with_checks and not more else (),
        server_time_us=now_us,
        snapshot=_suggests(connection, at, heads, device, shelf, now_us=now_us),
    )


def _suggests(
    connection: Connection, at: Cursor, heads: dict[int, int], device: Device, shelf: SettingsShelf, *, now_us: int
) -> bool:
    """Tell whether a snapshot is cheaper, or a new terminal should not get everyone by the feed (6.5, D27)."""
    if sum(heads.values()) - sum(at.positions) > SNAPSHOT_ABOVE:
        return True
    new = not any(at.positions[:BUCKETS]) and any(heads.get(stream, 0) for stream in range(BUCKETS))
    return new and scope_of(connection, device, shelf, now_us) != EVERYONE


def _checks(
    connection: Connection, moved: Cursor, device: Device, shelf: SettingsShelf, now_us: int
) -> tuple[StreamCheck, ...]:
    """Sum up the streams that this terminal holds whole: those of accounts only where it keeps everyone (D27)."""
    everyone = scope_of(connection, device, shelf, now_us) == EVERYONE
    return checks.of_streams(connection, moved.positions, everyone=everyone)


def _gather(connection: Connection, at: Cursor, heads: dict[int, int], rows_max: int) -> _Gathered:
    """Take rows of each stream that moved on: master data first, then the deny list, then the accounts."""
    got = _Gathered(rows_left=rows_max)
    for stream in (MASTER_STREAM, DENY_STREAM, *range(BUCKETS)):
        after, head = at.positions[stream], heads.get(stream, 0)
        if after >= head or got.rows_left < 1:
            continue
        if stream == MASTER_STREAM:
            rows = documents.documents_between(connection, after, head, got.rows_left)
            got.documents.extend(one for _, one in rows)
            got.covered(stream, after, _through(rows, head, got.rows_left), len(rows))
        elif stream == DENY_STREAM:
            denied = documents.denials_between(connection, after, head, got.rows_left)
            got.deny.extend(one for _, one in denied)
            got.covered(stream, after, _through(denied, head, got.rows_left), len(denied))
        else:
            accounts, through = states.touched(connection, stream, after, head, got.rows_left)
            got.accounts.extend(accounts)
            got.covered(stream, after, through, len(accounts))
    return got


def _through(rows: Sequence[tuple[int, object]], head: int, rows_max: int) -> int:
    return rows[-1][0] if len(rows) == rows_max else head


def _cards(
    connection: Connection, accounts: Sequence[tuple[str, str]], settings: Settings, now_us: int
) -> tuple[AccountCard, ...]:
    found = (card_of(connection, club_id, account_id, settings, now_us) for club_id, account_id in accounts)
    return tuple(card for card in found if card is not None)


def card_of(
    connection: Connection, club_id: str, account_id: str, settings: Settings, now_us: int
) -> AccountCard | None:
    """Give an account's current card with what expires soon by the club's own day."""
    club = settings.club(club_id)
    today = trading_day(now_us, club.clock) if club else None
    gives = settings.gives_allowances(club_id)
    return people.account_card(connection, club_id, account_id, club=club, today=today, allowances=gives)
