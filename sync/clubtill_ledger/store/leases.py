"""Leases: the rows of what is set aside for one device (4.4). A lease goes from open to closed and never back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store import writing
from clubtill_ledger.store.tables import lease
from clubtill_rules.values.ids import account_bucket
from clubtill_sync.wire.requests import LeaseRow

OPEN: Final = "open"
CLOSED: Final = "closed"


class HeldLease(NamedTuple):
    """A lease as the ledger has it. Amounts are hundredths of a point. A plain tuple, since spends change very many."""

    club_id: str
    account_id: str
    lease_id: str
    sale_id: str
    ask_no: int
    device_id: str
    why: str
    asked_h: int
    granted_h: int
    spent_h: int
    returned_h: int
    state: str
    advice: str
    granted_us: int
    recall_us: int
    closed_by: str

    @property
    def left_h(self) -> int:
        """What it still reserves."""
        return self.granted_h - self.spent_h - self.returned_h

    def on_the_wire(self) -> LeaseRow:
        """Write it as its holder reads it."""
        return LeaseRow(
            lease_id=self.lease_id,
            club_id=self.club_id,
            account_id=self.account_id,
            granted_h=self.granted_h,
            spent_h=self.spent_h,
            sale_id=self.sale_id,
            ask_no=self.ask_no,
            advice=msgspec.json.decode(self.advice, type=tuple[tuple[date | None, int], ...]),
        )


LeaseKey: TypeAlias = tuple[str, str, str]
"""Club, account, lease."""
_COLUMNS: Final = tuple(lease.c[name] for name in HeldLease._fields)


def advice_text(lots: Sequence[tuple[date | None, int]]) -> str:
    """Write a lease's lots as (last usable day, hundredths), oldest first."""
    return msgspec.json.encode(lots).decode()


def _read(row: sa.Row[Any]) -> HeldLease:
    return HeldLease._make(row)


def of_account(connection: Connection, club_id: str, account_id: str) -> tuple[HeldLease, ...]:
    """Give all leases of an account that reserve something, the oldest first."""
    told = {"in_bucket": account_bucket(club_id, account_id), "of_club": club_id, "of_account": account_id}
    return tuple(_read(row) for row in connection.execute(_OF_ACCOUNT, told))


def of_device(connection: Connection, device_id: str) -> tuple[HeldLease, ...]:
    """Give the open leases of a device, in whatever buckets they lie: one of two statements that read all buckets."""
    return tuple(_read(row) for row in connection.execute(_OF_DEVICE, {"of_device": device_id}))


def find(connection: Connection, club_id: str, account_id: str, lease_id: str) -> HeldLease | None:
    """Find a lease by its id."""
    row = connection.execute(_FIND, _named(club_id, account_id, lease_id)).one_or_none()
    return _read(row) if row else None


def by_id(connection: Connection, lease_id: str) -> HeldLease | None:
    """Find a lease by its id alone, in whatever bucket it lies: for a manager's desk, not for a till."""
    row = connection.execute(sa.select(*_COLUMNS).where(lease.c.lease_id == lease_id)).one_or_none()
    return _read(row) if row else None


def find_ask(connection: Connection, bucket: int, sale_id: str, ask_no: int) -> HeldLease | None:
    """Find the lease that an ask was answered with (I10)."""
    row = connection.execute(
        sa.select(*_COLUMNS).where(lease.c.bucket == bucket, lease.c.sale_id == sale_id, lease.c.ask_no == ask_no)
    ).one_or_none()
    return _read(row) if row else None


def grant(connection: Connection, made: HeldLease) -> None:
    """Write a new lease. The unique key (ask event id, ask number) refuses a second one for the same ask."""
    row = {name: getattr(made, name) for name in HeldLease._fields}
    connection.execute(lease.insert(), row | {"bucket": account_bucket(made.club_id, made.account_id)})


class LeaseBook:
    """The leases that a transaction reads and changes: read together where it knows them, each written once (4.4)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._read: dict[LeaseKey, HeldLease | None] = {}
        self._now: dict[LeaseKey, HeldLease] = {}

    def read(self, keys: Collection[LeaseKey]) -> None:
        """Read leases by club, account and id, with one statement."""
        if not keys:
            return
        self._read |= dict.fromkeys(keys)
        places = sorted((account_bucket(*key[:2]), *key) for key in keys)
        told = {"buckets": sorted({place[0] for place in places}), "places": places}
        for row in self._connection.execute(_FIND_EACH, told):
            self.keep(_read(row))

    def keep(self, held: HeldLease) -> None:
        """Keep a lease as it was read."""
        self._read[held.club_id, held.account_id, held.lease_id] = held

    def find(self, club_id: str, account_id: str, lease_id: str) -> HeldLease | None:
        """Find a lease as this transaction has left it."""
        key = (club_id, account_id, lease_id)
        if key in self._now:
            return self._now[key]
        if key not in self._read:
            self._read[key] = find(self._connection, *key)
        return self._read[key]

    def spend(self, held: HeldLease, amount_h: int) -> None:
        """Note what was spent of a lease, at most what it still reserved."""
        self._change(held, spent_h=held.spent_h + min(amount_h, held.left_h))

    def close(self, held: HeldLease, returned_h: int, closed_by: str) -> None:
        """Close a lease and note what came back."""
        self._change(held, returned_h=held.returned_h + returned_h, state=CLOSED, closed_by=closed_by)

    def _change(self, held: HeldLease, **values: Any) -> None:
        self._now[held.club_id, held.account_id, held.lease_id] = held._replace(**values)

    def write(self) -> None:
        """Write what was changed. Raises Stale if somebody else wrote one of the leases meanwhile."""
        many = [_changed(was, self._now[key]) for key, was in self._read.items() if key in self._now and was]
        writing.change(self._connection, _CHANGE, many)
        self._read |= self._now
        self._now.clear()


def close(connection: Connection, held: HeldLease, returned_h: int, closed_by: str) -> None:
    """Close a lease and note what came back. Raises Stale if somebody else wrote it."""
    book = LeaseBook(connection)
    book.keep(held)
    book.close(held, returned_h, closed_by)
    book.write()


def recall(connection: Connection, held: HeldLease, now_us: int) -> None:
    """Ask the holder for a lease back; the feed tells it."""
    connection.execute(
        sa.update(lease)
        .where(*_key(held.club_id, held.account_id, held.lease_id), lease.c.state == OPEN)
        .values(recall_us=now_us)
    )


def _changed(was: HeldLease, now: HeldLease) -> dict[str, Any]:
    told = {f"to_{name}": getattr(now, name) for name in _CHANGES}
    before = {"was_spent_h": was.spent_h, "was_returned_h": was.returned_h, "was_state": was.state}
    return told | before | _named(was.club_id, was.account_id, was.lease_id)


def _key(club_id: str, account_id: str, lease_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        lease.c.bucket == account_bucket(club_id, account_id),
        lease.c.club_id == club_id,
        lease.c.account_id == account_id,
        lease.c.lease_id == lease_id,
    )


def _named(club_id: str, account_id: str, lease_id: str) -> dict[str, Any]:
    """Give the values of `_NAMED`."""
    mine = account_bucket(club_id, account_id)
    return {"in_bucket": mine, "of_club": club_id, "of_account": account_id, "of_lease": lease_id}


# What every sale by points runs is built once: building a statement takes longer than running it.
_NAMED: Final = (
    lease.c.bucket == sa.bindparam("in_bucket"),
    lease.c.club_id == sa.bindparam("of_club"),
    lease.c.account_id == sa.bindparam("of_account"),
    lease.c.lease_id == sa.bindparam("of_lease"),
)
_OF_ACCOUNT: Final = (
    sa.select(*_COLUMNS)
    .where(*_NAMED[:3], lease.c.granted_h > lease.c.spent_h + lease.c.returned_h)
    .order_by(lease.c.granted_us, lease.c.lease_id)
)
_OF_DEVICE: Final = (
    sa.select(*_COLUMNS)
    .where(lease.c.device_id == sa.bindparam("of_device"), lease.c.state == OPEN)
    .order_by(lease.c.granted_us, lease.c.lease_id)
)
_CHANGES: Final = ("spent_h", "returned_h", "state", "closed_by")
_FIND_EACH: Final = sa.select(*_COLUMNS).where(
    lease.c.bucket.in_(sa.bindparam("buckets", expanding=True)),
    sa.tuple_(lease.c.bucket, lease.c.club_id, lease.c.account_id, lease.c.lease_id).in_(
        sa.bindparam("places", expanding=True)
    ),
)
_FIND: Final = sa.select(*_COLUMNS).where(*_NAMED)
_CHANGE: Final = (
    sa.update(lease)
    .where(
        *_NAMED,
        lease.c.spent_h == sa.bindparam("was_spent_h"),
        lease.c.returned_h == sa.bindparam("was_returned_h"),
        lease.c.state == sa.bindparam("was_state"),
    )
    .values({name: sa.bindparam(f"to_{name}") for name in _CHANGES})
)
