"""Documents in the cache: settings, catalogue, layout, staff and masks, effective-dated; the deny list; the cursor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, and_, bindparam, delete, func, or_, select
from sqlalchemy.dialects.sqlite import Insert, insert

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.product import Category, Family, Media, Product, TaxCode
from clubtill_rules.members.account import CardToken, MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club
from clubtill_rules.members.deny import Deny
from clubtill_rules.members.venue import Location, Venue
from clubtill_rules.values.ids import MASTER_STREAM, STREAMS
from clubtill_sync.wire.documents import CATALOGUE, KINDS, Layout, Masks, Staff, Terminal
from clubtill_sync.wire.feed import DenyRow, Document
from clubtill_terminal.store.tables import cursor, deny, document, feed_state

T = TypeVar("T")

_denied = select(deny).where(
    or_(*(and_(deny.c.kind == kind, deny.c.id == bindparam(f"the_{kind}")) for kind in ("person", "account", "card")))
)
_feed_state = select(feed_state).where(feed_state.c.id == 1)
_current = (
    select(document.c.id, document.c.body, document.c.deleted, func.max(document.c.version))
    .where(document.c.kind == bindparam("the_kind"), document.c.effective_from <= bindparam("on_day"))
    .group_by(document.c.id)
    .order_by(document.c.id)
)
_position = select(cursor.c.position).where(cursor.c.stream == bindparam("the_stream"))


def apply_documents(cache: Connection, documents: Sequence[Document]) -> None:
    """Keep documents; one that comes before its day waits for it (6.5). A version that stands is written over."""
    if documents:
        statement = insert(document)
        told = {name: statement.excluded[name] for name in ("effective_from", "deleted", "body")}
        cache.execute(
            statement.on_conflict_do_update(index_elements=["kind", "id", "version"], set_=told),
            [
                {
                    "kind": d.kind,
                    "id": d.id,
                    "version": d.version,
                    "effective_from": d.effective_from.isoformat() if d.effective_from else "",
                    "deleted": int(d.deleted),
                    "body": bytes(d.body),
                }
                for d in documents
            ],
        )


def current(cache: Connection, kind: str, cls: type[T], day: date) -> dict[str, T]:
    """Give the documents of a kind that are in force on a day, by id: the highest version whose day has come."""
    rows = cache.execute(_current, {"the_kind": kind, "on_day": day.isoformat()})
    decode = msgspec.json.Decoder(cls).decode
    return {row.id: decode(row.body) for row in rows if not row.deleted}


def terminal(cache: Connection, terminal_id: str, day: date) -> Terminal | None:
    """Give this terminal's document."""
    return current(cache, "terminal", Terminal, day).get(terminal_id)


def staff(cache: Connection, day: date) -> dict[str, Staff]:
    """Give the staff by id."""
    return current(cache, "staff", Staff, day)


def layout(cache: Connection, location_id: str, day: date) -> Layout | None:
    """Give the tiles of a location."""
    return current(cache, "layout", Layout, day).get(location_id)


def masks(cache: Connection, day: date) -> Masks | None:
    """Give the card masks of the installation."""
    return next(iter(current(cache, "masks", Masks, day).values()), None)


def catalogues(cache: Connection, location_id: str, day: date) -> dict[str, Catalogue]:
    """Assemble the catalogue of a location for each club, by club id; empty when the location is not known yet."""
    location = current(cache, "location", Location, day).get(location_id)
    venue = current(cache, "venue", Venue, day).get(location.venue_id) if location else None
    if location is None or venue is None:
        return {}
    shared: dict[str, Any] = {
        "venue": venue,
        "location": location,
        "families": current(cache, "family", Family, day),
        "categories": current(cache, "category", Category, day),
        "products": current(cache, "product", Product, day),
        "tax_codes": current(cache, "tax_code", TaxCode, day),
        "media": current(cache, "media", Media, day),
        "version": settings_version(cache),
        **{name: tuple(current(cache, kind, KINDS[kind], day).values()) for kind, name in CATALOGUE.items()},
    }
    classifications = list(current(cache, "classification", Classification, day).values())
    return {
        club.id: Catalogue(
            club=club,
            classifications={c.number: c for c in classifications if c.club_id == club.id},
            **shared,
        )
        for club in current(cache, "club", Club, day).values()
    }


def settings_version(cache: Connection) -> str:
    """Name the settings in force: the position of the master stream (D30)."""
    return f"m{position(cache, 64)}"


def forget(cache: Connection, stream: int) -> None:
    """Drop the documents, or the denials, before all of them are written again in this transaction."""
    cache.execute(delete(document if stream == MASTER_STREAM else deny))


def apply_deny(cache: Connection, rows: Iterable[DenyRow]) -> None:
    """Write or lift rows of the deny list."""
    for row in rows:
        cache.execute(delete(deny).where(deny.c.kind == row.kind, deny.c.id == row.id))
        if row.denied:
            cache.execute(deny.insert().values(kind=row.kind, id=row.id, code=row.code))


def deny_of(cache: Connection, member: MemberCard, token: CardToken | None) -> Deny:
    """Give what the deny list says of a member, the account and the card that was read."""
    digest = token.digest if token is not None else ""
    rows = cache.execute(
        _denied, {"the_person": member.person_id, "the_account": member.account_id, "the_card": digest}
    )
    found: dict[str, set[str]] = {"person": set(), "account": set(), "card": set(), "banned": set()}
    for row in rows:
        banned = row.kind == "person" and row.code == "member.excluded"
        found["banned" if banned else row.kind].add(row.id)
    return Deny(
        cards=frozenset(found["card"]),
        persons=frozenset(found["person"]),
        accounts=frozenset(found["account"]),
        banned=frozenset(found["banned"]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """Where the cache stands in the feed. `deny_at_us` is when the deny list was last known to be complete (R11)."""

    cursor: str
    feed_epoch: int
    updated_at_us: int
    deny_at_us: int


def feed_state_of(cache: Connection) -> FeedState:
    """Give where the cache stands; an empty cursor before the first page."""
    row = cache.execute(_feed_state).one_or_none()
    if row is None:
        return FeedState(cursor="", feed_epoch=0, updated_at_us=0, deny_at_us=0)
    return FeedState(
        cursor=row.cursor, feed_epoch=row.feed_epoch, updated_at_us=row.updated_at_us, deny_at_us=row.deny_at_us
    )


def save_feed_state(cache: Connection, state: FeedState) -> None:
    """Write where the cache stands, in the transaction of the page."""
    cache.execute(_save_feed_state, {"id": 1, **{name: getattr(state, name) for name in FeedState.__slots__}})


def _saving() -> Insert:
    made = insert(feed_state)
    return made.on_conflict_do_update(
        index_elements=["id"], set_={name: made.excluded[name] for name in FeedState.__slots__}
    )


_save_feed_state = _saving()


def position(cache: Connection, stream: int) -> int:
    """Give the position of one stream; 0 before its first row."""
    return cache.execute(_position, {"the_stream": stream}).scalar() or 0


def positions(cache: Connection) -> tuple[int, ...]:
    """Give the positions of all 66 streams."""
    found = {row.stream: row.position for row in cache.execute(select(cursor))}
    return tuple(found.get(stream, 0) for stream in range(STREAMS))


def save_positions(cache: Connection, changed: dict[int, int]) -> None:
    """Write the positions of streams that a page moved."""
    if changed:
        statement = insert(cursor)
        cache.execute(
            statement.on_conflict_do_update(index_elements=["stream"], set_={"position": statement.excluded.position}),
            [{"stream": stream, "position": through} for stream, through in changed.items()],
        )
