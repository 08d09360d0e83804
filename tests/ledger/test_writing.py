"""Many rows of one statement are written as SQLAlchemy writes them: `store.writing` (8.4)."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from clubtill_ledger.store import writing
from clubtill_ledger.store.engines import Store
from clubtill_ledger.store.tables import account_state, raw_event

_MOVE = (
    sa.update(account_state)
    .where(account_state.c.bucket == sa.bindparam("in_bucket"), account_state.c.ver == sa.bindparam("was_ver"))
    .values(ver=account_state.c.ver + sa.bindparam("more"), next_expiry=sa.bindparam("to_next_expiry"))
)


@pytest.mark.parametrize("count", [1, 3])
def test_rows_are_written_by_their_types_and_blank_where_nothing_is_told(store: Store, count: int) -> None:
    """8.4: texts, bytes and blanks are those that SQLAlchemy writes; what the table has no column for is left out."""
    told = [
        {"bucket": 7, "event_id": f"e{n}", "bytes": b"\x00%s", "flags": ("LATE", "%"), "odd": 1} for n in range(count)
    ]
    with store.writer.begin() as connection:
        writing.insert(connection, raw_event, told)
        writing.insert(connection, raw_event, [])
        one = told[0] | {"event_id": "by SQLAlchemy"}
        connection.execute(raw_event.insert(), {name: one[name] for name in one if name != "odd"})
    with store.reader.begin() as connection:
        rows = [dict(row._mapping) for row in connection.execute(sa.select(raw_event))]
    assert len(rows) == count + 1
    assert {row.pop("event_id") for row in rows} == {"by SQLAlchemy", *(f"e{n}" for n in range(count))}
    assert all(row == rows[0] for row in rows)
    assert (rows[0]["flags"], bytes(rows[0]["bytes"]), rows[0]["status"]) == (("LATE", "%"), b"\x00%s", "")


@pytest.mark.parametrize("count", [1, 3])
def test_a_change_says_how_many_rows_were_as_told(store: Store, count: int) -> None:
    """6.4, I13: rows that are not as they were read are not written, and are not counted."""
    with store.writer.begin() as connection:
        writing.insert(
            connection,
            account_state,
            [{"bucket": 7, "club_id": "c", "account_id": f"a{n}", "ver": n} for n in range(count)],
        )
        told = [
            {"in_bucket": 7, "was_ver": n, "more": 10, "to_next_expiry": date(2026, 1, n + 1)} for n in range(count)
        ]
        assert writing.change(connection, _MOVE, []) == 0
        assert writing.change(connection, _MOVE, told) == count
        assert writing.change(connection, _MOVE, told) == 0
        with pytest.raises(KeyError):
            writing.change(connection, _MOVE, [{"in_bucket": 7, "was_ver": 10, "more": 1}])
        found = connection.execute(sa.select(account_state.c.ver, account_state.c.next_expiry)).all()
    assert sorted(found) == [(10 + n, date(2026, 1, n + 1)) for n in range(count)]
