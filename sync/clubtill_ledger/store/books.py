"""Books: the entries of one points account, folded by the rules and written with their versions (I12 to I16).

An account's state is a cache of the fold: always what the rules make of the entries as of the club's day. It keeps
where the fold stands as well, so that the next entry goes on from there; without that, all entries are folded.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store import writing
from clubtill_ledger.store.entries import FIELDS, entries_of
from clubtill_ledger.store.logs import ASK_LEGS
from clubtill_ledger.store.states import State, is_named, kept_text, lock_states, named, read_state, state_of
from clubtill_ledger.store.streams import take_each
from clubtill_ledger.store.tables import account_state, card_change, entry
from clubtill_rules.members.account import Block
from clubtill_rules.members.club import Club
from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.lots import Fold, Pools, expiry_to_post
from clubtill_rules.points.ongoing import Ongoing
from clubtill_rules.points.standing import Standing, standing_of
from clubtill_rules.values.ids import account_bucket


class Posted(NamedTuple):
    """A new entry with whose card or till it was, and the account after it. A plain tuple, since many are made."""

    entry: Entry
    person_id: str
    device_id: str
    avail_h: int
    reserved_h: int
    deficit_h: int


@dataclass(slots=True, kw_only=True)
class Books:
    """The books of one account, open inside one transaction. `stored` reads its entries, where they are asked for."""

    bucket: int
    club: Club
    account_id: str
    ver: int
    card_ver: int
    block: Block
    fixed_rate_h: int | None
    today: date
    ongoing: Ongoing
    stored: Callable[[], Iterable[Entry]]
    new: list[Posted] = field(default_factory=list)
    card_changed: bool = False
    _entries: list[Entry] | None = None
    _folded: Fold | None = None
    _pools: Pools | None = None

    @property
    def entries(self) -> Sequence[Entry]:
        """All entries, in the order in which they were posted, the new ones last."""
        if self._entries is None:
            self._entries = [*self.stored(), *(one.entry for one in self.new)]
        return self._entries

    @property
    def folded(self) -> Fold:
        """The account now, without lots that no later entry can touch."""
        if self._folded is None:
            self._folded = self.ongoing.fold()
        return self._folded

    @property
    def deficit_h(self) -> int:
        """What is lacking, in hundredths."""
        return self._balance().deficit_h

    def _balance(self) -> Pools:
        if self._pools is None:
            self._pools = self.ongoing.pools()
        return self._pools

    def post(
        self, made: Entry, *, person_id: str = "", device_id: str = "", key_is_new: bool = False
    ) -> frozenset[str]:
        """Add an entry and fold on; give the flags that the fold sets for its event.

        `key_is_new`: no award of the account has its natural key yet.
        """
        self._folded = self._pools = None
        if not self.ongoing.add(made, key_is_new=key_is_new):
            everything = [*self.entries, made]
            grace_days = self.club.refund_grace_days
            self.ongoing = Ongoing.whole(everything, as_of=self.today, refund_grace_days=grace_days)
        if self._entries is not None:
            self._entries.append(made)
        pools = self._balance()
        self.new.append(
            Posted(
                entry=made,
                person_id=person_id,
                device_id=device_id,
                avail_h=pools.avail_h,
                reserved_h=pools.reserved_h,
                deficit_h=pools.deficit_h,
            )
        )
        return self.ongoing.flags_of(made.event_id)

    def post_expiry(self, eff_us: int) -> int:
        """Post what the fold has expired more, or less, than was posted (R34); posts nothing when equal (I20)."""
        due_h = expiry_to_post(self.folded, self.ongoing.posted_h)
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


def expiry_id(kind: EntryKind, club_id: str, account_id: str, ver: int) -> str:
    """Name an entry that the ledger itself posts: by its account and version, so that the same run makes the same."""
    told = f"{kind.value}\x00{club_id}\x00{account_id}\x00{ver}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def lots_text(standing: Standing) -> str:
    """Write the lots that end next, as the state keeps them."""
    return msgspec.json.encode(standing).decode()


def open_books(
    connection: Connection,
    club: Club,
    account_id: str,
    today: date,
    *,
    state: State | None = None,
    stored: Sequence[Entry] | None = None,
) -> Books | None:
    """Open the books of an account as of the club's day; None for an account that the ledger does not know.

    `state` is one of `lock_states`, and `stored` are its entries, where they were read before.
    """
    key = (club.id, account_id)
    state = state or lock_states(connection, [key]).get(key)
    return _opened(connection, club, account_id, today, state=state, stored=stored, made=Books) if state else None


B = TypeVar("B", bound=Books)
_NIL: Final = State(0, 0, Block.NONE, None, None, 0, None)


def standing_books(connection: Connection, club: Club, account_id: str, today: date, made: type[B]) -> B:
    """Open the books of an account only to read in them: no row is locked, and its state may be missing."""
    row = state_of(connection, club.id, account_id)
    state = read_state(row) if row is not None else _NIL
    return _opened(connection, club, account_id, today, state=state, stored=None, made=made)


def _opened(
    connection: Connection,
    club: Club,
    account_id: str,
    today: date,
    *,
    state: State,
    stored: Sequence[Entry] | None,
    made: type[B],
) -> B:
    day = max(today, state.folded_day or today)
    read: Callable[[], Iterable[Entry]] = partial(entries_of, connection, club.id, account_id)
    if stored is not None:
        read = partial(iter, stored)
    if state.kept and state.kept.grace_days == club.refund_grace_days:
        ongoing = Ongoing(state.kept, as_of=day, posted_h=state.posted_h)
    else:
        every = tuple(read())
        read = partial(iter, every)
        ongoing = Ongoing.whole(every, as_of=day, refund_grace_days=club.refund_grace_days)
    return made(
        bucket=account_bucket(club.id, account_id),
        club=club,
        account_id=account_id,
        ver=state.ver,
        card_ver=state.card_ver,
        block=state.block,
        fixed_rate_h=state.fixed_rate_h,
        today=day,
        ongoing=ongoing,
        stored=read,
    )


class Numbered(NamedTuple):
    """Of which streams numbers were taken, and for which event the last, with the amount available after it."""

    buckets: frozenset[int] = frozenset()
    positions: Mapping[tuple[int, str], tuple[int, int]] = MappingProxyType({})


def close_books(connection: Connection, many: Sequence[Books], *, now_us: int) -> Numbered:
    """Write the new entries of open books: states first, then the numbers, the head rows last (6.4).

    Gives the numbers that were taken. Raises Stale if somebody else wrote an account meanwhile.
    """
    write_states(connection, many, now_us=now_us)
    return number(connection, many, now_us=now_us)


def write_states(connection: Connection, many: Sequence[Books], *, now_us: int) -> None:
    """Post what is due to expire and write the states of open books after it. Raises Stale as `close_books` does."""
    ordered = sorted(many, key=_order)
    for books in ordered:
        books.post_expiry(now_us)
    writing.change(connection, _WRITE_STATE, [_state(books) for books in ordered])


def number(connection: Connection, many: Sequence[Books], *, now_us: int) -> Numbered:
    """Number and write new entries, and changes of cards that no entry brings to the feed, bucket by bucket."""
    rows: dict[int, list[dict[str, Any]]] = defaultdict(list)
    cards: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for books in sorted(many, key=_order):
        rows[books.bucket].extend(_rows(books, now_us))
        if _only_card(books):
            cards[books.bucket].append(_place(books))
    counts = {bucket: count for bucket in rows if (count := len(rows[bucket]) + len(cards[bucket]))}
    if not counts:
        return Numbered()
    firsts = take_each(connection, counts)
    for bucket, first in firsts.items():
        for seq, row in enumerate((*rows[bucket], *cards[bucket]), start=first):
            row["seq"] = seq
    for table, made in ((entry, rows), (card_change, cards)):
        writing.insert(connection, table, [row for bucket in firsts for row in made[bucket]])
    told = (row for bucket in firsts for row in rows[bucket] if row["leg"] < ASK_LEGS)
    return Numbered(
        frozenset(firsts), {(row["bucket"], row["event_id"]): (row["seq"], row["avail_after"]) for row in told}
    )


def _order(books: Books) -> tuple[int, str, str]:
    return books.bucket, books.club.id, books.account_id


def _only_card(books: Books) -> bool:
    """Tell whether the card changed and no entry brings it to the feed."""
    return books.card_changed and not books.new


def _place(books: Books) -> dict[str, Any]:
    return {"bucket": books.bucket, "club_id": books.club.id, "account_id": books.account_id}


def _state(books: Books) -> dict[str, Any]:
    folded, ver = books.folded, books.ver + len(books.new)
    return {
        "to_ver": ver,
        "more_card_ver": int(_only_card(books)),
        "to_avail_h": folded.avail_h,
        "to_reserved_h": folded.reserved_h,
        "to_deficit_h": folded.deficit_h,
        "to_next_expiry": folded.next_expiry,
        "to_folded_day": books.today,
        "to_lots": lots_text(standing_of(folded)),
        "to_kept": kept_text(books.ongoing, ver),
        "was_ver": books.ver,
    } | named(books.bucket, books.club.id, books.account_id)


def _rows(books: Books, now_us: int) -> Iterable[dict[str, Any]]:
    for n, posted in enumerate(books.new, start=books.ver + 1):
        made = posted.entry
        yield {
            **dict(zip(FIELDS, _FIELDS_OF(made), strict=True)),
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


_FIELDS_OF: Final = attrgetter(*FIELDS)
# What every event with an account runs is built once: building a statement takes longer than running it.
_WRITE_STATE: Final = (
    sa.update(account_state)
    .where(*is_named(account_state), account_state.c.ver == sa.bindparam("was_ver"))
    .values(
        card_ver=account_state.c.card_ver + sa.bindparam("more_card_ver"),
        **{
            name: sa.bindparam(f"to_{name}")
            for name in ("ver", "avail_h", "reserved_h", "deficit_h", "next_expiry", "folded_day", "lots", "kept")
        },
    )
)
