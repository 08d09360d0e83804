"""Projections: what the entries of a bucket make of its accounts, leases and natural keys, beside what stands (I15).

Derived are the figures of `account_state`, the rows of `natural`, of each lease what was granted, spent, returned and
whether it is closed, and the birthday that was rewarded last. A lease's advice and recall and an account's block are
no projections: they are what was decided at the time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from typing import Any, Final, TypeAlias

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store import leases, replaying
from clubtill_ledger.store.books import lots_text
from clubtill_ledger.store.entries import entry_of
from clubtill_ledger.store.logs import ASK_LEGS
from clubtill_ledger.store.replaying import Difference, differences_of
from clubtill_ledger.store.states import kept_of, kept_text
from clubtill_ledger.store.tables import account_state, card_change, entry, lease, member, natural, personal
from clubtill_rules.members.account import Block
from clubtill_rules.members.ages import birthday_in
from clubtill_rules.members.club import Club
from clubtill_rules.points.entries import AwardFor, EntryKind
from clubtill_rules.points.lots import Fold, fold
from clubtill_rules.points.ongoing import Ongoing
from clubtill_rules.points.standing import Standing, standing_of
from clubtill_rules.values.days import trading_day

ROWS_AT_ONCE: Final = 2_000
Key: TypeAlias = tuple[str, str]
"""Club and account, or club and person."""
_CACHED: Final = frozenset({"lots", "kept"})
"""Columns that may be older than the state; they are compared by what they say."""


@dataclass(slots=True, kw_only=True)
class FromEntries:
    """What the entries of one bucket make, gathered account by account."""

    bucket: int
    folded_day: dict[Key, date] = field(default_factory=dict)
    natural: dict[str, dict[str, Any]] = field(default_factory=dict)
    leases: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)
    birthdays: dict[Key, int] = field(default_factory=dict)

    def add(self, row: sa.Row[Any]) -> None:
        """Take in an entry, in the order of posting."""
        if row.natural_key and row.kind == EntryKind.AWARD.value:
            self._award(row)
        if row.lease_id:
            self._lease(row)

    def _award(self, row: sa.Row[Any]) -> None:
        standing = self.natural.get(row.natural_key)
        if standing is None or (row.eff_us, row.event_id) < (standing["eff_us"], standing["event_id"]):
            names = ("bucket", "natural_key", "club_id", "account_id", "event_id", "leg", "eff_us")
            self.natural[row.natural_key] = {name: row._mapping[name] for name in names}  # noqa: SLF001 - SQLAlchemy's way
        if row.award_for == AwardFor.BIRTHDAY.value and row.person_id:
            key, year = (row.club_id, row.person_id), int(row.natural_key.rpartition(":")[2])
            self.birthdays[key] = max(year, self.birthdays.get(key, year))

    def _lease(self, row: sa.Row[Any]) -> None:
        key = (row.club_id, row.account_id, row.lease_id)
        if row.kind == EntryKind.LEASE_GRANT.value:
            self.leases[key] = {
                "bucket": self.bucket,
                "club_id": row.club_id,
                "account_id": row.account_id,
                "lease_id": row.lease_id,
                "sale_id": row.event_id,
                "ask_no": row.leg - ASK_LEGS,
                "device_id": row.device_id,
                "granted_h": row.amount_h,
                "spent_h": 0,
                "returned_h": 0,
                "granted_us": row.eff_us,
                "state": leases.OPEN,
            }
            return
        held = self.leases.get(key)
        if held is None:
            return
        left_h = held["granted_h"] - held["spent_h"] - held["returned_h"]
        if row.kind == EntryKind.LEASE_SPEND.value:
            held["spent_h"] += min(row.amount_h, left_h)
        elif row.kind in {EntryKind.LEASE_RETURN.value, EntryKind.LEASE_WRITEOFF.value}:
            held["returned_h"] += row.amount_h
            held["state"] = leases.CLOSED


def accounts(connection: Connection, bucket: int) -> Iterator[tuple[Key, Sequence[sa.Row[Any]]]]:
    """Give the entries of a bucket account by account, in the order of posting; read as they are used."""
    chosen = (
        sa.select(entry)
        .where(entry.c.bucket == bucket)
        .order_by(entry.c.club_id, entry.c.account_id, entry.c.ver)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    with connection.execute(chosen) as rows:
        for key, mine in groupby(rows, key=lambda row: (row.club_id, row.account_id)):
            yield key, list(mine)


def states(connection: Connection, bucket: int) -> dict[Key, sa.Row[Any]]:
    """Give the states of a bucket's accounts."""
    rows = connection.execute(sa.select(account_state).where(account_state.c.bucket == bucket))
    return {(row.club_id, row.account_id): row for row in rows}


def card_versions(connection: Connection, bucket: int) -> dict[Key, int]:
    """Count the changes of cards that are no entries, by account: what `card_ver` is."""
    rows = connection.execute(
        sa.select(card_change.c.club_id, card_change.c.account_id, sa.func.count().label("n"))
        .where(card_change.c.bucket == bucket)
        .group_by(card_change.c.club_id, card_change.c.account_id)
    )
    return {(row.club_id, row.account_id): row.n for row in rows}


def folded_of(rows: Sequence[sa.Row[Any]], standing: sa.Row[Any] | None, club: Club) -> tuple[Fold, date]:
    """Fold an account as of the day of its state: never before the day on which its last entry was posted."""
    posted_on = max(trading_day(row.posted_us, club.clock) for row in rows)
    day = max(posted_on, standing.folded_day or posted_on) if standing is not None else posted_on
    return fold([entry_of(row) for row in rows], as_of=day, refund_grace_days=club.refund_grace_days), day


def compare_state(
    rows: Sequence[sa.Row[Any]], standing: sa.Row[Any] | None, club: Club, card_ver: int
) -> Iterator[Difference]:
    """Compare the state of an account that has entries with their fold."""
    bucket, key = rows[0].bucket, (rows[0].club_id, rows[0].account_id)
    folded, day = folded_of(rows, standing, club)
    made: dict[str, Any] = {
        "bucket": bucket,
        "club_id": key[0],
        "account_id": key[1],
        "ver": len(rows),
        "card_ver": card_ver,
        "avail_h": folded.avail_h,
        "reserved_h": folded.reserved_h,
        "deficit_h": folded.deficit_h,
        "next_expiry": folded.next_expiry,
        "folded_day": day,
        "lots": lots_text(standing_of(folded)),
        "kept": kept_text(_ongoing(rows, day, club), len(rows)),
    }
    if standing is None:
        yield Difference(table="account_state", key=(bucket, *key), what="missing", made=made)
        return
    other = [name for name, value in made.items() if name not in _CACHED and standing._mapping[name] != value]  # noqa: SLF001 - as above
    if not _ends_next(standing.lots, folded):
        other.append("lots")
    kept = kept_of(standing)
    if kept and kept[1].grace_days == club.refund_grace_days and standing.kept != made["kept"]:
        other.append("kept")
    if other:
        yield Difference(table="account_state", key=(bucket, *key), what=", ".join(other), made=made)


def _ongoing(rows: Sequence[sa.Row[Any]], day: date, club: Club) -> Ongoing:
    return Ongoing.whole([entry_of(row) for row in rows], as_of=day, refund_grace_days=club.refund_grace_days)


def _ends_next(text: str, folded: Fold) -> bool:
    """Tell whether the lots that a state says end next are the first that do; days that passed took some away."""
    if not text:
        return not standing_of(folded).ends
    told = msgspec.json.decode(text, type=Standing)
    ends: dict[date, int] = {}
    for lot in folded.lots:
        if lot.left_h and lot.last_day is not None:
            ends[lot.last_day] = ends.get(lot.last_day, 0) + lot.left_h
    soonest = tuple(sorted(ends.items()))
    return told.ends == soonest[: len(told.ends)] and told.complete == (len(told.ends) == len(soonest))


def member_accounts(connection: Connection, bucket: int) -> set[Key]:
    """Give the accounts of a bucket that have members."""
    rows = connection.execute(sa.select(member.c.club_id, member.c.account_id).where(member.c.bucket == bucket))
    return {(row.club_id, row.account_id) for row in rows}


def compare_bare(bucket: int, key: Key, standing: sa.Row[Any] | None, card_ver: int) -> Iterator[Difference]:
    """Compare the state of an account without entries: all nil."""
    nil = {"ver": 0, "card_ver": card_ver, "avail_h": 0, "reserved_h": 0, "deficit_h": 0, "next_expiry": None}
    if standing is None:
        made = nil | {"bucket": bucket, "club_id": key[0], "account_id": key[1]}
        yield Difference(table="account_state", key=(bucket, *key), what="missing", made=made)
        return
    other = [name for name, value in nil.items() if standing._mapping[name] != value]  # noqa: SLF001 - as above
    if other:
        yield Difference(table="account_state", key=(bucket, *key), what=", ".join(other), made=nil)


def compare_natural(connection: Connection, made: FromEntries) -> Iterator[Difference]:
    """Compare which award stands for each natural key (I26)."""
    rows = connection.execute(sa.select(natural).where(natural.c.bucket == made.bucket)).mappings()
    want = {(made.bucket, natural_key): row for natural_key, row in made.natural.items()}
    yield from differences_of("natural", ("bucket", "natural_key"), want, rows)


def compare_leases(
    connection: Connection, made: FromEntries, closes: Mapping[str, Sequence[tuple[str, str]]]
) -> Iterator[Difference]:
    """Compare the leases; `closes` are the posted closes by lease as (event id, device), for some return nothing."""
    for key, row in made.leases.items():
        if any(device_id == row["device_id"] for _, device_id in closes.get(key[2], ())):
            row["state"] = leases.CLOSED
    want = {(made.bucket, *key): row for key, row in made.leases.items()}
    rows = connection.execute(sa.select(lease).where(lease.c.bucket == made.bucket)).mappings()
    yield from differences_of("lease", ("bucket", "club_id", "account_id", "lease_id"), want, rows)


def compare_birthdays(connection: Connection, made: FromEntries) -> Iterator[Difference]:
    """Compare the note of the birthday rewarded last: a card may know of a later one, from before this ledger."""
    rows = connection.execute(
        sa.select(personal.c.club_id, personal.c.person_id, personal.c.birthday_awarded_on, personal.c.date_of_birth)
        .where(personal.c.bucket == made.bucket)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    for row in rows:
        year = made.birthdays.get((row.club_id, row.person_id))
        if year is None or row.date_of_birth is None:
            continue
        if row.birthday_awarded_on is None or row.birthday_awarded_on.year < year:
            key = (made.bucket, row.club_id, row.person_id)
            noted = {"birthday_awarded_on": birthday_in(row.date_of_birth, year)}
            yield Difference(table="personal", key=key, what="birthday_awarded_on", made=noted)


def mend(connection: Connection, one: Difference) -> None:
    """Write a cache as it should be: the state of an account, an award that stands, a lease, a birthday."""
    table = _TABLES[one.table]
    if one.what == "missing" and one.made is not None:
        defaults = {"block": Block.NONE.value} if table is account_state else {}
        replaying.mend(connection, replace(one, made=defaults | dict(one.made)), table)
    else:
        replaying.mend(connection, one, table)


_TABLES: Final[Mapping[str, sa.Table]] = {one.name: one for one in (account_state, natural, lease, personal)}
