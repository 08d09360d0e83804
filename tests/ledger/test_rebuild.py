"""Every projection can be made again from the raw events and the entries (I15, 3.2)."""

from __future__ import annotations

from datetime import date

import msgspec
import sqlalchemy as sa
from typer.testing import CliRunner

from clubtill_ledger.office import rebuilding
from clubtill_ledger.operate import command
from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.store import facts, tables
from clubtill_ledger.store.replaying import Difference
from clubtill_rules.members.venue import Venue
from clubtill_rules.values.ids import account_bucket
from clubtill_sync.wire.feed import Document
from tests.ledger.audit import audit, rows
from tests.ledger.club import Club
from tests.ledger.master import CLUB_ID, DAY, START_US

CACHES = (tables.account_state, tables.natural, tables.lease, tables.personal)


def _lived(club: Club) -> Club:
    """A week of a club: sales with and without members, leases, a door, a birthday, two tills that disagree."""
    till, door = club.till(), club.till("D1")
    till.push(till.sale("A1", qty=3), till.sale(), till.sale("A2"))
    lease = till.lease("A1", 5_000).lease
    other = till.lease("A3", 2_000).lease
    open_one = till.lease("A4", 700).lease
    assert lease is not None
    assert other is not None
    assert open_one is not None
    till.push(till.sale("A1", spends=[(lease.lease_id, 3_000)]))
    till.push(till.close("A1", lease.lease_id, 3_000))
    till.push(till.sale("A3", spends=[(other.lease_id, 2_000)]), till.close("A3", other.lease_id, 2_000))
    club.tick(DAY)
    swipe = door.swipe("A1", birthday_h=2_000, birthday_key="bday:harbour:PA1:2026")
    door.push(swipe, door.admission(swipe.event_id, "A1"))
    early = till.swipe("A1", at_us=START_US + DAY - 1_000_000)
    till.push(early)
    return club


def _differences(club: Club) -> tuple[Difference, ...]:
    return rebuilding.differences(club.store, club.ledger.shelf, club.now_us)


def test_nothing_differs_after_a_week(club: Club) -> None:
    """I15: what accepting wrote is what rebuilding makes, for each table of facts, states, leases, natural keys."""
    _lived(club)
    assert _differences(club) == ()
    assert all(rows(club.store, table) for table in (*CACHES, tables.sale, tables.swipe, tables.admission))
    audit(club.store)


def test_all_projections_are_dropped_and_made_again(club: Club) -> None:
    """3.2: every fact table and account state, emptied, comes back row for row from raw events and entries."""
    _lived(club)
    gone = (*facts.TABLES.values(), tables.account_state, tables.natural)
    before = {table.name: sorted(map(tuple, rows(club.store, table)), key=str) for table in gone}
    raw = rows(club.store, tables.raw_event)
    with club.store.writer.begin() as connection:
        for table in gone:
            connection.execute(table.delete())
    missing = _differences(club)
    assert {one.what for one in missing} == {"missing"}
    assert rebuilding.write(club.store, club.ledger.shelf, club.now_us)
    # An account without entries has nothing that could be rebuilt but its card.
    after = {table.name: sorted(map(tuple, rows(club.store, table)), key=str) for table in gone}
    assert after == before
    assert _differences(club) == ()
    assert rows(club.store, tables.raw_event) == raw


def _spoil(club: Club, table: sa.Table, column: str) -> None:
    keys = [one.name for one in table.primary_key]
    with club.store.writer.begin() as connection:
        row = connection.execute(sa.select(table).order_by(*(table.c[name] for name in keys)).limit(1)).mappings().one()
        value = row[column] + 1 if isinstance(row[column], int) else "x"
        mine = [table.c[name] == row[name] for name in keys]
        connection.execute(sa.update(table).where(*mine).values(**{column: value}))


DAMAGED = (
    (tables.sale, "total_minor"),
    (tables.sale_line, "qty"),
    (tables.tender, "amount_minor"),
    (tables.posting, "amount_minor"),
    (tables.swipe, "code"),
    (tables.admission, "guests"),
    (tables.account_state, "avail_h"),
    (tables.account_state, "ver"),
    (tables.account_state, "card_ver"),
    (tables.natural, "eff_us"),
    (tables.lease, "spent_h"),
    (tables.lease, "state"),
)


def test_damaged_row_is_named(club: Club) -> None:
    """I15: damaged values in every projection are named by table, key and column; --write mends them, and only them."""
    _lived(club)
    before = {table.name: sorted(map(tuple, rows(club.store, table)), key=str) for table, _ in DAMAGED}
    for table, column in DAMAGED:
        _spoil(club, table, column)
    named: dict[str, set[str]] = {}
    for one in _differences(club):
        named.setdefault(one.table, set()).update(one.what.split(", "))
    expected: dict[str, set[str]] = {}
    for table, column in DAMAGED:
        expected.setdefault(table.name, set()).add(column)
    assert named == expected
    rebuilding.write(club.store, club.ledger.shelf, club.now_us)
    assert {table.name: sorted(map(tuple, rows(club.store, table)), key=str) for table, _ in DAMAGED} == before


def test_note_of_a_birthday_is_named(club: Club) -> None:
    """I15, R50: a card that forgot which birthday was rewarded last is named and mended from the award."""
    _lived(club)
    with club.store.writer.begin() as connection:
        mine = tables.personal.c.bucket == account_bucket(CLUB_ID, "A1")
        connection.execute(tables.personal.update().where(mine).values(birthday_awarded_on=None))
    (found,) = _differences(club)
    assert (found.table, found.what) == ("personal", "birthday_awarded_on")
    rebuilding.write(club.store, club.ledger.shelf, club.now_us)
    assert _differences(club) == ()


def test_row_too_many_is_named(club: Club) -> None:
    """I15: a row of facts that no posted event made is named, in every table, and taken away by --write."""
    with club.store.writer.begin() as connection:
        for table in facts.TABLES.values():
            connection.execute(table.insert(), {column.name: _some(column) for column in table.c})
    found = _differences(club)
    assert [(one.table, one.what) for one in found] == [(name, "extra") for name in facts.TABLES]
    rebuilding.write(club.store, club.ledger.shelf, club.now_us)
    assert _differences(club) == ()


def _some(column: sa.Column[object]) -> object:
    if column.name == "bucket":
        return 5
    if column.nullable:
        return None
    if isinstance(column.default, sa.ColumnDefault):
        return column.default.arg
    return 7 if isinstance(column.type, sa.Integer) else "x"


def test_command_tells_and_exits_with_one(club: Club, database: str) -> None:
    """Line 7 of the proof: `clubtill ledger rebuild` names what differs, writes nothing by default, exits with 1."""
    _lived(club)
    _spoil(club, tables.sale, "total_minor")
    spoilt = rows(club.store, tables.sale)
    told = CliRunner().invoke(command, ["rebuild", "--database", database])
    assert told.exit_code == 1
    assert "sale " in told.output
    assert "total_minor" in told.output
    assert rows(club.store, tables.sale) == spoilt
    assert CliRunner().invoke(command, ["rebuild", "--write", "--database", database]).exit_code == 1
    assert CliRunner().invoke(command, ["rebuild", "--database", database]).exit_code == 0


def test_settings_known_at_the_time_are_used(club: Club) -> None:
    """D30: an event without a known settings version is rebuilt with the settings that the ledger knew then."""
    till = club.till()
    club.tick(DAY // 2)
    till.push(till.sale("A1"))
    body = msgspec.Raw(msgspec.json.encode(Venue(id="V1", name="Harbour", zone="UTC")))
    changed = Document(kind="venue", id="V1", version=2, body=body)
    seeds.load(club.store, club.ledger.shelf, seeds.Seed(documents=(changed,)), now_us=club.now_us)
    till.push(till.sale("A1"))
    assert {row.trading_day for row in rows(club.store, tables.sale)} == {date(2026, 3, 13), date(2026, 3, 14)}
    assert _differences(club) == ()
