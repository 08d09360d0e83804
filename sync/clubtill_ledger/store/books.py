"""Books: the entries of one points account, folded by the rules and written with their versions (I12 to I16).

An account's state is a cache of the fold: always what the rules make of the entries as of the club's day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.faults import Stale
from clubtill_ledger.store.streams import take
from clubtill_ledger.store.tables import account_state, card_change, entry
from clubtill_rules.members.account import Block
from clubtill_rules.members.club import Club
from clubtill_rules.points.entries import AwardFor, Entry, EntryKind
from clubtill_rules.points.lots import Fold, expiry_to_post, fold, posted_expiry
from clubtill_rules.points.standing import Standing, standing_of
from clubtill_rules.values.ids import account_bucket

_FIELDS: Final = tuple(Entry.__dataclass_fields__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A new entry with whose card or till it was, and the account after it."""

    entry: Entry
    person_id: str
    device_id: str
    avail_h: int
    reserved_h: int
    deficit_h: int


@dataclass(slots=True, kw_only=True)
class Books:
    """The books of one account, open inside one transaction."""

    bucket: int
    club: Club
    account_id: str
    ver: int
    card_ver: int
    block: Block
    today: date
    entries: list[Entry]
    folded: Fold
    new: list[Posted] = field(default_factory=list)
    card_changed: bool = False

    def post(self, made: Entry, *, person_id: str = "", device_id: str = "") -> frozenset[str]:
        """Add an entry and fold again; give the flags that the fold sets for its event."""
        self.entries.append(made)
        self.folded = self._fold()
        self.new.append(
            Posted(
                entry=made,
                person_id=person_id,
                device_id=device_id,
                avail_h=self.folded.avail_h,
                reserved_h=self.folded.reserved_h,
                deficit_h=self.folded.deficit_h,
            )
        )
        return self.folded.flags.get(made.event_id, frozenset())

    def post_expiry(self, eff_us: int) -> int:
        """Post what the fold has expired more, or less, than was posted (R34); posts nothing when equal (I20)."""
        due_h = expiry_to_post(self.folded, posted_expiry(self.entries))
        if due_h:
            kind = EntryKind.EXPIRE if due_h > 0 else EntryKind.EXPIRE_REVERSAL
            self.post(
                Entry(
                    event_id=expiry_id(kind, self.club.id, self.account_id, self.ver + len(self.new) + 1),
                    leg=0,
                    kind=kind,
                    account_id=self.account_id,
                    amount_h=abs(due_h),
                    eff_us=eff_us,
                    day=self.today,
                )
            )
        return due_h

    def find(self, event_id: str, leg: int) -> Entry | None:
        """Find an entry by its event and leg."""
        return next((one for one in self.entries if (one.event_id, one.leg) == (event_id, leg)), None)

    def _fold(self) -> Fold:
        return fold(self.entries, as_of=self.today, refund_grace_days=self.club.refund_grace_days)


def expiry_id(kind: EntryKind, club_id: str, account_id: str, ver: int) -> str:
    """Name an entry that the ledger itself posts: by its account and version, so that the same run makes the same."""
    told = f"{kind.value}\x00{club_id}\x00{account_id}\x00{ver}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def lots_text(standing: Standing) -> str:
    """Write the lots that end next, as the state keeps them."""
    return msgspec.json.encode(standing).decode()


def open_books(connection: Connection, club: Club, account_id: str, today: date) -> Books | None:
    """Open the books of an account as of the club's day; None for an account that the ledger does not know."""
    bucket = account_bucket(club.id, account_id)
    state = connection.execute(_LOCK_STATE, _named(bucket, club.id, account_id)).first()
    if state is None:
        return None
    entries = list(entries_of(connection, club.id, account_id))
    return Books(
        bucket=bucket,
        club=club,
        account_id=account_id,
        ver=state.ver,
        card_ver=state.card_ver,
        block=Block(state.block or Block.NONE.value),
        today=max(today, state.folded_day or today),
        entries=entries,
        folded=fold(entries, as_of=max(today, state.folded_day or today), refund_grace_days=club.refund_grace_days),
    )


B = TypeVar("B", bound=Books)


def standing_books(connection: Connection, club: Club, account_id: str, today: date, made: type[B]) -> B:
    """Open the books of an account only to read in them: no row is locked, and its state may be missing."""
    state = state_of(connection, club.id, account_id)
    entries = list(entries_of(connection, club.id, account_id))
    day = max(today, state.folded_day or today) if state else today
    return made(
        bucket=account_bucket(club.id, account_id),
        club=club,
        account_id=account_id,
        ver=len(entries),
        card_ver=state.card_ver if state else 0,
        block=Block(state.block or Block.NONE.value) if state else Block.NONE,
        today=day,
        entries=entries,
        folded=fold(entries, as_of=day, refund_grace_days=club.refund_grace_days),
    )


def close_books(connection: Connection, many: Sequence[Books], *, now_us: int) -> int:
    """Write the new entries of open books of one bucket: states first, then the numbers, the head row last (6.4).

    Gives how many numbers of the stream they took. Raises Stale if somebody else wrote one of the accounts meanwhile.
    """
    for books in sorted(many, key=lambda one: (one.club.id, one.account_id)):
        books.post_expiry(now_us)
        _write_state(connection, books)
    rows = [row for books in many for row in _rows(books, now_us)]
    cards = [_place(books) for books in many if _only_card(books)]
    if rows or cards:
        first = take(connection, many[0].bucket, len(rows) + len(cards))
        numbered = [row | {"seq": first + n} for n, row in enumerate([*rows, *cards])]
        if rows:
            connection.execute(entry.insert(), numbered[: len(rows)])
        if cards:
            connection.execute(card_change.insert(), numbered[len(rows) :])
    return len(rows) + len(cards)


def _only_card(books: Books) -> bool:
    """Tell whether the card changed and no entry brings it to the feed."""
    return books.card_changed and not books.new


def _place(books: Books) -> dict[str, Any]:
    return {"bucket": books.bucket, "club_id": books.club.id, "account_id": books.account_id}


def _write_state(connection: Connection, books: Books) -> None:
    values = {
        "to_ver": books.ver + len(books.new),
        "more_card_ver": int(_only_card(books)),
        "to_avail_h": books.folded.avail_h,
        "to_reserved_h": books.folded.reserved_h,
        "to_deficit_h": books.folded.deficit_h,
        "to_next_expiry": books.folded.next_expiry,
        "to_folded_day": books.today,
        "to_lots": lots_text(standing_of(books.folded)),
        "was_ver": books.ver,
    }
    if connection.execute(_WRITE_STATE, values | _named(books.bucket, books.club.id, books.account_id)).rowcount != 1:
        raise Stale


def _rows(books: Books, now_us: int) -> Iterable[dict[str, Any]]:
    for n, posted in enumerate(books.new, start=books.ver + 1):
        made = posted.entry
        row = {name: getattr(made, name) for name in _FIELDS}
        yield row | {
            "bucket": books.bucket,
            "club_id": books.club.id,
            "ver": n,
            "kind": made.kind.value,
            "award_for": made.award_for.value if made.award_for else "",
            "person_id": posted.person_id,
            "device_id": posted.device_id,
            "avail_after": posted.avail_h,
            "reserved_after": posted.reserved_h,
            "deficit_after": posted.deficit_h,
            "posted_us": now_us,
        }


def entries_of(connection: Connection, club_id: str, account_id: str) -> tuple[Entry, ...]:
    """Give the entries of an account in the order in which they were posted."""
    return tuple(entry_of(row) for row in rows_of(connection, club_id, account_id))


def rows_of(connection: Connection, club_id: str, account_id: str) -> Sequence[sa.Row[Any]]:
    """Give the stored rows of an account's entries, by version."""
    return connection.execute(_ENTRIES, _named(account_bucket(club_id, account_id), club_id, account_id)).all()


def entry_of(row: sa.Row[Any]) -> Entry:
    """Read a stored entry."""
    values = {name: row._mapping[name] for name in _FIELDS}  # noqa: SLF001 - SQLAlchemy's documented way to columns
    kind, award_for = EntryKind(row.kind), AwardFor(row.award_for) if row.award_for else None
    return Entry(**values | {"kind": kind, "award_for": award_for})


def state_of(connection: Connection, club_id: str, account_id: str) -> sa.Row[Any] | None:
    """Give the state of an account as it was last written; None for one that the ledger does not know."""
    return connection.execute(
        sa.select(account_state).where(*_of(account_bucket(club_id, account_id), club_id, account_id))
    ).one_or_none()


def due(connection: Connection, bucket: int, before: date) -> tuple[tuple[str, str], ...]:
    """Give the accounts of a bucket that have a lot whose last usable day is before a day (the expiry job's index)."""
    rows = connection.execute(
        sa.select(account_state.c.club_id, account_state.c.account_id)
        .where(account_state.c.bucket == bucket, account_state.c.next_expiry < before)
        .order_by(account_state.c.club_id, account_state.c.account_id)
    )
    return tuple((row.club_id, row.account_id) for row in rows)


def open_account(connection: Connection, club_id: str, account_id: str, block: Block) -> bool:
    """Make sure that an account stands, and keep its block. Gives whether it is new or changed."""
    bucket = account_bucket(club_id, account_id)
    standing = state_of(connection, club_id, account_id)
    if standing is None:
        values = {"bucket": bucket, "club_id": club_id, "account_id": account_id, "block": block.value}
        connection.execute(account_state.insert(), values)
        return True
    if standing.block == block.value:
        return False
    connection.execute(sa.update(account_state).where(*_of(bucket, club_id, account_id)).values(block=block.value))
    return True


def touch_card(connection: Connection, club_id: str, account_id: str) -> None:
    """Number a change of an account's card that is no entry, so that the feed brings it."""
    bucket = account_bucket(club_id, account_id)
    connection.execute(
        sa.update(account_state).where(*_of(bucket, club_id, account_id)).values(card_ver=account_state.c.card_ver + 1)
    )
    values = {"bucket": bucket, "seq": take(connection, bucket, 1), "club_id": club_id, "account_id": account_id}
    connection.execute(card_change.insert(), values)


def touched(
    connection: Connection, bucket: int, after: int, through: int, rows_max: int
) -> tuple[tuple[tuple[str, str], ...], int]:
    """Give the accounts touched in (after, through] of a stream, and the number up to which they are complete."""
    found: dict[tuple[str, str], None] = {}
    last = through
    both = [
        row
        for source in (entry, card_change)
        for row in connection.execute(
            sa.select(source.c.seq, source.c.club_id, source.c.account_id)
            .where(source.c.bucket == bucket, source.c.seq > after, source.c.seq <= through)
            .order_by(source.c.seq)
            .limit(rows_max)
        )
    ]
    both.sort(key=lambda row: row.seq)
    if len(both) > rows_max:
        both = both[:rows_max]
    if len(both) == rows_max:
        last = both[-1].seq
    for row in both:
        found[row.club_id, row.account_id] = None
    return tuple(found), last


def _of(bucket: int, club_id: str, account_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        account_state.c.bucket == bucket,
        account_state.c.club_id == club_id,
        account_state.c.account_id == account_id,
    )


def fixed_rate(connection: Connection, club_id: str, account_id: str) -> int | None:
    """Give an account's own rate of earning, in hundredths of a point a unit of currency; None for none (R31)."""
    state = state_of(connection, club_id, account_id)
    return state.fixed_rate_h if state else None


def keep_fixed_rate(connection: Connection, club_id: str, account_id: str, rate_h: int | None) -> None:
    """Keep an account's own rate of earning, and number the change of its card (R31)."""
    mine = _of(account_bucket(club_id, account_id), club_id, account_id)
    connection.execute(sa.update(account_state).where(*mine).values(fixed_rate_h=rate_h))
    touch_card(connection, club_id, account_id)


def _named(bucket: int, club_id: str, account_id: str) -> dict[str, Any]:
    """Give the values of an account's key."""
    return {"in_bucket": bucket, "of_club": club_id, "of_account": account_id}


def _is_named(table: sa.Table) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        table.c.bucket == sa.bindparam("in_bucket"),
        table.c.club_id == sa.bindparam("of_club"),
        table.c.account_id == sa.bindparam("of_account"),
    )


# What every event with an account runs is built once: building a statement takes longer than running it.
_LOCK_STATE: Final = sa.select(account_state).where(*_is_named(account_state)).with_for_update()
_ENTRIES: Final = sa.select(entry).where(*_is_named(entry)).order_by(entry.c.ver)
_WRITE_STATE: Final = (
    sa.update(account_state)
    .where(*_is_named(account_state), account_state.c.ver == sa.bindparam("was_ver"))
    .values(
        card_ver=account_state.c.card_ver + sa.bindparam("more_card_ver"),
        **{
            name: sa.bindparam(f"to_{name}")
            for name in ("ver", "avail_h", "reserved_h", "deficit_h", "next_expiry", "folded_day", "lots")
        },
    )
)
