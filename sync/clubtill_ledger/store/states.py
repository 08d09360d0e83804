"""States: the row of each points account: its versions, its balance, and where its fold stands (I13, I15)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.streams import take
from clubtill_ledger.store.tables import account_state, card_change, entry
from clubtill_rules.members.account import Block
from clubtill_rules.points.kept import Kept
from clubtill_rules.points.ongoing import Ongoing
from clubtill_rules.values.ids import account_bucket

Key: TypeAlias = tuple[str, str]
"""An account: its club and its id."""
_KEPT: Final = msgspec.json.Decoder(tuple[int, int, Kept])
"""A state's `kept`: the version and the posted expiry that it stands for, then where the fold stood."""

_BUCKETS: Final[sa.BindParameter[Any]] = sa.bindparam("buckets", expanding=True)


class State(NamedTuple):
    """What of an account's state its books go on from. `kept` is None where no fold stands for this very version."""

    ver: int
    card_ver: int
    block: Block
    folded_day: date | None
    fixed_rate_h: int | None
    posted_h: int
    kept: Kept | None


def lock_states(connection: Connection, keys: Collection[Key]) -> dict[Key, State]:
    """Give the states of accounts that the ledger knows, locked in the order of their keys until the transaction ends.

    On PostgreSQL all of one bucket.
    """
    rows = connection.execute(_LOCK_STATES, told(keys))
    return {(row.club_id, row.account_id): read_state(row) for row in rows}


def read_state(row: sa.Row[Any]) -> State:
    """Read a state."""
    posted_h, kept = kept_of(row) or (0, None)
    block = Block(row.block or Block.NONE.value)
    return State(row.ver, row.card_ver, block, row.folded_day, row.fixed_rate_h, posted_h, kept)


def kept_of(row: sa.Row[Any]) -> tuple[int, Kept] | None:
    """Give the posted expiry and where the fold of a state stood; None where an entry came since, or none was kept."""
    if not row.kept:
        return None
    ver, posted_h, kept = _KEPT.decode(row.kept)
    return (posted_h, kept) if ver == row.ver else None


def kept_text(ongoing: Ongoing, ver: int) -> str:
    """Write where a fold stands, as the state of that version keeps it."""
    return msgspec.json.encode((ver, ongoing.posted_h, ongoing.kept())).decode()


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
    asked = {"in_bucket": bucket, "after": after, "through": through, "rows_max": rows_max}
    both = [row for statement in _TOUCHED for row in connection.execute(statement, asked)]
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


def keep_fixed_rate(connection: Connection, club_id: str, account_id: str, rate_h: int | None) -> None:
    """Keep an account's own rate of earning, and number the change of its card (R31)."""
    mine = _of(account_bucket(club_id, account_id), club_id, account_id)
    connection.execute(sa.update(account_state).where(*mine).values(fixed_rate_h=rate_h))
    touch_card(connection, club_id, account_id)


def named(bucket: int, club_id: str, account_id: str) -> dict[str, Any]:
    """Give the values of an account's key."""
    return {"in_bucket": bucket, "of_club": club_id, "of_account": account_id}


def is_named(table: sa.Table) -> tuple[sa.ColumnElement[bool], ...]:
    """Compare with the key that `named` gives."""
    return (
        table.c.bucket == sa.bindparam("in_bucket"),
        table.c.club_id == sa.bindparam("of_club"),
        table.c.account_id == sa.bindparam("of_account"),
    )


def is_one_of(table: sa.Table) -> sa.ColumnElement[bool]:
    """Compare with the keys that `told` gives."""
    key = sa.tuple_(table.c.bucket, table.c.club_id, table.c.account_id)
    return table.c.bucket.in_(_BUCKETS) & key.in_(sa.bindparam("places", expanding=True))


def told(keys: Collection[Key]) -> dict[str, Any]:
    """Give the values of `is_one_of`."""
    places = sorted((account_bucket(*key), *key) for key in keys)
    return {"buckets": sorted({place[0] for place in places}), "places": places}


# Built once: building a statement takes longer than running it.
_TOUCHED: Final = tuple(
    sa.select(source.c.seq, source.c.club_id, source.c.account_id)
    .where(
        source.c.bucket == sa.bindparam("in_bucket"),
        source.c.seq > sa.bindparam("after"),
        source.c.seq <= sa.bindparam("through"),
    )
    .order_by(source.c.seq)
    .limit(sa.bindparam("rows_max"))
    for source in (entry, card_change)
)
_LOCK_STATES: Final = (
    sa.select(
        *(
            account_state.c[name]
            for name in ("club_id", "account_id", "ver", "card_ver", "block", "folded_day", "fixed_rate_h", "kept")
        )
    )
    .where(is_one_of(account_state))
    .order_by(account_state.c.bucket, account_state.c.club_id, account_state.c.account_id)
    .with_for_update()
)
