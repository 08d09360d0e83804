"""Seals over the entries (I14) and the verification of the whole ledger (I9, I11 to I17)."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from clubtill_ledger.jobs import seals
from clubtill_ledger.office import verifying
from clubtill_ledger.operate import command
from clubtill_ledger.store import tables
from clubtill_ledger.store.tables_decisions import seal
from clubtill_rules.values.ids import account_bucket
from tests.ledger.audit import rows
from tests.ledger.club import Club, clone
from tests.ledger.master import CLUB_ID, DAY


def _verify(club: Club) -> list[str]:
    return [str(one) for one in verifying.verify(club.store, club.ledger.shelf, club.now_us)]


def _lived(club: Club) -> None:
    """Two days: sales, a lease, a fork of a till, an event that is held, one that was sent under two places."""
    till, door = club.till(), club.till("D1")
    till.push(till.sale("A1", qty=3), till.sale(), till.sale("A2", product_id="unknown"))
    copy = clone(till)
    lease = till.lease("A1", 5_000).lease
    assert lease is not None
    till.push(till.sale("A1", spends=[(lease.lease_id, 3_000)]), till.close("A1", lease.lease_id, 3_000))
    copy.keep(copy.sale("A2"), copy.sale("A2"))
    copy.post(copy.batch())
    club.tick(DAY)
    seals.run(club.store, club.now_us)
    again = till.swipe("A3")
    till.push(again)
    door.push(again)
    club.tick(DAY)
    seals.run(club.store, club.now_us)
    till.push(till.sale("A4"))


def test_seals_chain_and_are_made_once_a_day(club: Club) -> None:
    """I14: a seal covers all that was posted since the one before it; a second run on the same day seals nothing."""
    till = club.till()
    till.push(till.sale("A1"))
    assert seals.run(club.store, club.now_us) > 0  # the opening points, of the day before
    sealed = rows(club.store, seal)
    assert all((row.first_seq, row.last_seq >= row.first_seq) == (1, True) for row in sealed)
    assert seals.run(club.store, club.now_us) == 0
    club.tick(3 * DAY)
    assert seals.run(club.store, club.now_us) == 1
    (new,) = [row for row in rows(club.store, seal) if row.day != sealed[0].day]
    (before,) = [row for row in sealed if row.bucket == new.bucket]
    assert (new.bucket, new.first_seq) == (account_bucket(CLUB_ID, "A1"), before.last_seq + 1)
    assert seals.run(club.store, club.now_us) == 0
    assert _verify(club) == []


def test_sound_ledger_verifies(club: Club) -> None:
    """I9, I11 to I17, I26, I30: logs with a fork, held and doubled events, two seals: nothing is wrong."""
    _lived(club)
    assert rows(club.store, seal)
    assert _verify(club) == []


SPOILT: tuple[tuple[sa.Table, str, str], ...] = (
    (tables.entry, "amount_h", "I14"),
    (tables.entry, "avail_after", "I13"),
    (tables.entry, "reserved_after", "I14"),
    (tables.entry, "eff_us", "I14"),
    (tables.entry, "person_id", "I14"),
    (tables.entry, "posted_us", "I14"),
    (tables.raw_event, "bytes", "I9"),
    (tables.raw_event, "chain_hash", "I9"),
    (tables.device_slot, "chain_hash", "I9"),
    (tables.device_slot, "event_id", "I9"),
    (tables.device_mark, "chain_hash", "I11"),
    (tables.device_mark, "acked_seq", "I11"),
    (tables.account_state, "avail_h", "I15"),
    (tables.account_state, "deficit_h", "I16"),
    (tables.posting, "amount_minor", "I16"),
    (tables.natural, "event_id", "I26"),
    (tables.stream_head, "seq", "I12"),
    (seal, "hash", "I14"),
    (seal, "last_seq", "I14"),
)


@pytest.mark.timeout(600)
def test_one_changed_value_is_named(club: Club) -> None:
    """I14: one amount, one byte or one hash changed anywhere is found under the invariant that it breaks."""
    _lived(club)
    for table, column, invariant in SPOILT:
        keys, before = _changed(club, table, column)
        found = _verify(club)
        assert any(line.startswith(f"{invariant} ") for line in found), (table.name, column, found)
        _set(club, table, keys, column, before)
    assert _verify(club) == []


def test_missing_rows_are_named(club: Club) -> None:
    """I9, I11 to I13: an event, a place, an entry or the last version of an account that is gone is missed."""
    _lived(club)
    for table, invariant in ((tables.raw_event, "I9"), (tables.device_slot, "I11"), (tables.entry, "I12")):
        with club.store.writer.begin() as connection:
            row = connection.execute(_first(table)).mappings().one()
            connection.execute(table.delete().where(*(table.c[key.name] == row[key.name] for key in table.primary_key)))
        assert any(line.startswith(f"{invariant} ") for line in _verify(club)), table.name
        with club.store.writer.begin() as connection:
            connection.execute(table.insert(), dict(row))
    assert _verify(club) == []


def test_missing_key_of_the_database_is_named(club: Club) -> None:
    """8.3: an index that carries the safety and was taken away is missed before anything slips in twice."""
    with club.store.writer.begin() as connection:
        if club.store.is_sqlite:
            connection.exec_driver_sql("ALTER TABLE entry RENAME TO entry_old")
            connection.exec_driver_sql("CREATE TABLE entry AS SELECT * FROM entry_old")
        else:
            name = connection.exec_driver_sql(
                "SELECT conname FROM pg_constraint WHERE conrelid = 'entry'::regclass AND contype = 'u' LIMIT 1"
            ).scalar_one()
            connection.exec_driver_sql(f'ALTER TABLE entry DROP CONSTRAINT "{name}"')
    try:
        assert any(line.startswith("key entry") for line in _verify(club))
    finally:
        if not club.store.is_sqlite:
            with club.store.writer.begin() as connection:
                for one in sorted(tables.entry.constraints, key=str):
                    if isinstance(one, sa.UniqueConstraint):
                        columns = ", ".join(f'"{column.name}"' for column in one.columns)
                        connection.exec_driver_sql(f"DROP INDEX IF EXISTS put_back_{len(one.columns)}")
                        names = connection.exec_driver_sql(
                            "SELECT count(*) FROM pg_constraint WHERE conrelid = 'entry'::regclass AND contype = 'u'"
                        ).scalar_one()
                        if names < 2:
                            connection.exec_driver_sql(f"ALTER TABLE entry ADD UNIQUE ({columns})")


def test_commands_verify_and_seal(club: Club, database: str) -> None:
    """`clubtill ledger seal` and `verify`: a sentence and exit code 0; with one figure changed it is named, exit 1."""
    till = club.till()
    till.push(till.sale("A1"))
    assert "buckets got a seal" in CliRunner().invoke(command, ["seal", "--database", database]).output
    assert CliRunner().invoke(command, ["verify", "--database", database]).exit_code == 0
    _changed(club, tables.entry, "amount_h")
    told = CliRunner().invoke(command, ["verify", "--database", database])
    assert told.exit_code == 1
    assert "I14 bucket" in told.output
    assert "Nothing was changed" in told.output


def _first(table: sa.Table) -> sa.Select[Any]:
    chosen = sa.select(table).order_by(*table.primary_key).limit(1)
    if table is tables.entry:
        chosen = chosen.where(table.c.account_id == "A1")
    if table is tables.raw_event:
        chosen = chosen.where(table.c.seq == 1, table.c.epoch == 1)
    if table is tables.device_slot:
        chosen = chosen.where(table.c.seq == 1, table.c.epoch == 1)
    if table is tables.account_state:
        chosen = chosen.where(table.c.account_id == "A1")
    return chosen


def _changed(club: Club, table: sa.Table, column: str) -> tuple[dict[str, Any], Any]:
    """Change one value by the least there is; give the row's key and the value before."""
    with club.store.writer.begin() as connection:
        row = connection.execute(_first(table)).mappings().one()
    before = row[column]
    after: Any = (
        before + 1 if isinstance(before, int) else bytes(before[:-1]) + b"~" if isinstance(before, bytes) else "f"
    )
    keys = {key.name: row[key.name] for key in table.primary_key}
    _set(club, table, keys, column, after)
    return keys, before


def _set(club: Club, table: sa.Table, keys: dict[str, Any], column: str, value: Any) -> None:
    with club.store.writer.begin() as connection:
        connection.execute(
            sa.update(table).where(*(table.c[name] == known for name, known in keys.items())).values(**{column: value})
        )
