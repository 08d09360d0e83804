"""An auditor of a ledger's database: checks the invariants of its books (I9, I11 to I17, I26) by plain sums."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import sqlalchemy as sa

from clubtill_ledger.office import rebuilding
from clubtill_ledger.operate.commands import clock_us
from clubtill_ledger.store import tables
from clubtill_ledger.store.engines import Store
from clubtill_ledger.store.entries import entry_of, rows_of
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_rules.points.entries import EntryKind
from clubtill_rules.points.lots import fold, posted_expiry
from clubtill_rules.values.ids import BUCKETS, account_bucket, device_bucket
from tests.ledger.master import CLUB_ID


def balances(store: Store) -> dict[str, tuple[int, int, int]]:
    """Give avail, reserved and deficit of every account, as the states say."""
    with store.reader.begin() as connection:
        rows = connection.execute(sa.select(tables.account_state)).all()
    return {row.account_id: (row.avail_h, row.reserved_h, row.deficit_h) for row in rows}


def entries(store: Store, account_id: str) -> list[Any]:
    """Give the rows of an account's entries, by version."""
    with store.reader.begin() as connection:
        return list(rows_of(connection, CLUB_ID, account_id))


def kinds(store: Store, account_id: str) -> list[tuple[str, int]]:
    """Give kind and amount of an account's entries without its opening, by version."""
    return [(row.kind, row.amount_h) for row in entries(store, account_id) if row.award_for != "opening"]


def raw(store: Store, event_id: str) -> Any:
    """Give the stored row of an event, wherever it lies."""
    with store.reader.begin() as connection:
        return connection.execute(
            sa.select(tables.raw_event).where(tables.raw_event.c.event_id == event_id)
        ).one_or_none()


def rows(store: Store, table: sa.Table) -> list[Any]:
    """Give every row of a table."""
    with store.reader.begin() as connection:
        return list(connection.execute(sa.select(table)))


def audit(store: Store, *, grace_days: int = 30) -> None:
    """Check the books of every account and every stream, and that rebuilding every projection finds no difference."""
    numbers: dict[int, list[int]] = defaultdict(list)
    by_account: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in rows(store, tables.entry):
        numbers[row.bucket].append(row.seq)
        by_account[row.club_id, row.account_id].append(row)
        assert row.bucket == account_bucket(row.club_id, row.account_id)
    for row in rows(store, tables.card_change):
        numbers[row.bucket].append(row.seq)
    heads = {row.bucket: row.seq for row in rows(store, tables.stream_head)}
    for bucket in range(BUCKETS):
        assert sorted(numbers[bucket]) == list(range(1, heads[bucket] + 1)), f"stream {bucket} has a gap (I12)"
    for state in rows(store, tables.account_state):
        _account(state, sorted(by_account[state.club_id, state.account_id], key=lambda row: row.ver), grace_days)
    _logs(store)
    _natural(store)
    assert rebuilding.differences(store, SettingsShelf(), clock_us()) == (), "rebuilding makes the same (I15)"


def _account(state: Any, mine: list[Any], grace_days: int) -> None:
    assert [row.ver for row in mine] == list(range(1, state.ver + 1)), "versions are 1..n (I13)"
    assert Counter((row.event_id, row.leg) for row in mine).most_common(1)[0][1] == 1 if mine else True
    made = [entry_of(row) for row in mine]
    if not made:
        return
    folded = fold(made, as_of=state.folded_day, refund_grace_days=grace_days)
    assert (state.avail_h, state.reserved_h, state.deficit_h) == (folded.avail_h, folded.reserved_h, folded.deficit_h)
    assert mine[-1].avail_after == state.avail_h
    assert not (folded.avail_h and folded.deficit_h), "avail and deficit never together (I17)"
    assert posted_expiry(made) == folded.expired_h - folded.waits_h, "expiry is posted as the fold says (R34)"
    moved = defaultdict(int)
    for one in made:
        moved[one.kind] += one.amount_h if one.settled else 0  # a pending transfer is still the account's
    left = folded.avail_h + folded.reserved_h - folded.deficit_h
    expired = moved[EntryKind.EXPIRE] - moved[EntryKind.EXPIRE_REVERSAL]
    spent = moved[EntryKind.LEASE_SPEND] + moved[EntryKind.REDEEM] - moved[EntryKind.REFUND]
    given = moved[EntryKind.TRANSFER_OUT] - moved[EntryKind.TRANSFER_IN]
    earned = moved[EntryKind.AWARD] - moved[EntryKind.REVERSAL] + moved[EntryKind.ADJUST]
    assert earned == spent + given + expired + left, "books balance (I16)"


def _logs(store: Store) -> None:
    """Every acknowledged slot is there, and its event is stored once (I9, I11)."""
    slots = {(row.device_id, row.epoch, row.seq): row for row in rows(store, tables.device_slot)}
    kept = [row for row in rows(store, tables.raw_event) if row.status != "moved"]  # posted in another bucket (C25)
    stored = Counter((row.device_id, row.epoch, row.seq) for row in kept)
    assert not stored or max(stored.values()) == 1
    for mark in rows(store, tables.device_mark):
        assert mark.bucket == device_bucket(mark.device_id)
        for seq in range(1, mark.acked_seq + 1):
            assert (mark.device_id, mark.epoch, seq) in slots, "an acknowledged prefix has a gap (I11)"


def _natural(store: Store) -> None:
    """Of the awards with one natural key one stands: the lowest (effective time, event id) (I26)."""
    claims: dict[str, list[tuple[int, str, int]]] = defaultdict(list)
    reversed_ = set()
    for row in rows(store, tables.entry):
        if row.natural_key and row.kind == "award":
            claims[row.natural_key].append((row.eff_us, row.event_id, row.leg))
        if row.natural_key and row.kind == "reversal":
            reversed_.add((row.refers_to, row.refers_leg))
    standing = {row.natural_key: (row.eff_us, row.event_id, row.leg) for row in rows(store, tables.natural)}
    assert set(standing) == set(claims)
    for natural_key, made in claims.items():
        assert standing[natural_key] == min(made)
        assert {(event, leg) for _, event, leg in made} - reversed_ == {standing[natural_key][1:]}
