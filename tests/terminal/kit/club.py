"""The demo club in a terminal's own cache, as a feed would have written it, on Tuesday 24 November 2026."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from clubtill.demo import cast
from clubtill_rules.members.account import AccountCard, CardToken, ExpiringLot
from clubtill_rules.members.cards.resolving import card_digest
from clubtill_rules.values.days import instant
from clubtill_rules.values.points import Points
from clubtill_sync.wire.feed import Document
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.store import documents, members
from clubtill_terminal.store.device import Device, save_device
from clubtill_terminal.store.documents import FeedState
from clubtill_terminal.store.engines import Store
from clubtill_terminal.store.opening import open_store

TODAY = date(2026, 11, 24)
KEY = bytes(range(32))
CARD_KEY = bytes(range(32, 64))


def at(text: str) -> int:
    """Give the instant of a wall-clock time at the club: `18:42` today, or a whole date and time."""
    moment = f"{TODAY.isoformat()}T{text}" if "T" not in text else text
    return instant(datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(cast.ZONE)))


@dataclass(slots=True)
class Clock:
    """A clock that stands until a test moves it."""

    now_us: int = field(default_factory=lambda: at("18:42"))
    ids: Iterator[int] = field(default_factory=lambda: iter(range(1, 1_000_000)))

    def now(self) -> int:
        """Read the clock."""
        return self.now_us

    def new_id(self) -> str:
        """Give ids in order, as UUIDv7 text would be."""
        return f"{next(self.ids):032x}"


def account_cards() -> list[AccountCard]:
    """Give the cast as cards of accounts."""
    cards = []
    for one in cast.people(TODAY):
        tokens = tuple(
            CardToken(digest=card_digest(CARD_KEY, text), last4=text[-4:], state=state) for text, state in one.cards
        )
        balance = sum(amount for amount, _, _ in one.opening)
        soon = [ExpiringLot(last_day=last, left=Points(amount)) for amount, _, last in one.opening if last]
        cards.append(
            AccountCard(
                account_id=one.member.account_id,
                club_id=one.member.club_id,
                version=1,
                balance=Points(balance),
                next_expiry=soon[0].last_day if soon else None,
                expiring=tuple(soon),
                persons=(replace(one.member, cards=tokens),),
            )
        )
    return cards


def fill(store: Store, *, at_us: int, cards: list[AccountCard] | None = None) -> None:
    """Write the demo club into the cache, as the feed does."""
    found = [
        Document(kind=kind, id=key, version=1, body=msgspec.Raw(msgspec.json.encode(value)))
        for kind, key, value in cast.settings(TODAY)
    ]
    with store.cache.begin() as cache:
        documents.apply_documents(cache, found)
        members.apply_cards(cache, account_cards() if cards is None else cards)
        documents.save_feed_state(cache, FeedState(cursor="c", feed_epoch=1, updated_at_us=at_us, deny_at_us=at_us))


def a_terminal(folder: Path, clock: Clock, *, terminal_id: str = cast.TILL) -> Terminal:
    """Give an enrolled terminal of the demo club with a real store."""
    store = open_store(folder, KEY)
    with store.facts.begin() as facts:
        save_device(
            facts,
            Device(
                device_id=f"device-{terminal_id}",
                terminal_id=terminal_id,
                server_key="",
                epoch=1,
                next_seq=1,
                head_hash="0" * 64,
                acked_seq=0,
                incarnation="i",
                ledger_epoch=1,
                clock_offset_us=0,
                last_contact_us=clock.now_us,
                next_sale_number=1042,
                trouble="",
            ),
        )
    fill(store, at_us=clock.now_us)
    return Terminal(
        store=store,
        now_us=clock.now,
        mono_us=lambda: 0,
        new_id=clock.new_id,
        boot_id="boot",
        card_key=CARD_KEY,
        device_id=f"device-{terminal_id}",
        terminal_id=terminal_id,
    )
