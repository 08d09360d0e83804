"""Many rows of one statement are written as SQLAlchemy writes them: `store.writing` (8.4)."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from clubtill_ledger.store import writing
from clubtill_ledger.store.engines import Store
from clubtill_ledger.store.faults import Stale
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


def _accounts(connection: sa.Connection, count: int) -> list[dict[str, object]]:
    """Write accounts of versions 0, 1, 2, ... and give what moves each on by ten."""
    writing.insert(
        connection,
        account_state,
        [{"bucket": 7, "club_id": "c", "account_id": f"a{n}", "ver": n} for n in range(count)],
    )
    return [{"in_bucket": 7, "was_ver": n, "more": 10, "to_next_expiry": date(2026, 1, n + 1)} for n in range(count)]


@pytest.mark.parametrize("count", [1, 3])
def test_a_change_of_what_is_not_as_it_was_read_is_stale(store: Store, count: int) -> None:
    """6.4, I13: rows that are not as they were read are not written, and the transaction is told."""
    with store.writer.begin() as connection:
        told = _accounts(connection, count)
        writing.change(connection, _MOVE, [])
        writing.change(connection, _MOVE, told)
        with pytest.raises(Stale):
            writing.change(connection, _MOVE, told)
        with pytest.raises(Stale):
            writing.change(connection, _MOVE, [one | {"was_ver": n * 11} for n, one in enumerate(told, start=10)])
        with pytest.raises(KeyError):
            writing.change(connection, _MOVE, [{"in_bucket": 7, "was_ver": 10, "more": 1}])


@pytest.mark.parametrize("count", [1, 3])
def test_what_is_sent_together_is_written_as_one_by_one(store: Store, count: int) -> None:
    """6.4: statements that wait for no answer of one another leave what they leave by themselves; each is seen."""
    seen: list[str] = []
    sa.event.listen(store.writer, "before_cursor_execute", lambda *told: seen.append(told[2].split()[0]))
    with store.writer.begin() as connection:
        with writing.together(connection):
            writing.change(connection, _MOVE, _accounts(connection, count))
            writing.insert(connection, raw_event, [{"bucket": 7, "event_id": "e", "bytes": b"x"}])
        found = connection.execute(sa.select(account_state.c.ver, account_state.c.next_expiry)).all()
    assert sorted(found) == [(10 + n, date(2026, 1, n + 1)) for n in range(count)]
    assert [one for one in seen if one in {"INSERT", "UPDATE"}] == ["INSERT", "UPDATE", "INSERT"]
    with store.reader.begin() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(raw_event)).scalar() == 1


def test_a_stale_change_among_others_is_told(store: Store) -> None:
    """6.4, I13: also where it is sent together with others, and only some of its rows are not as they were read."""
    with store.writer.begin() as connection:
        told = _accounts(connection, 3)

    def work() -> None:
        with store.writer.begin() as connection, writing.together(connection):
            writing.change(connection, _MOVE, [*told[:2], told[2] | {"was_ver": 9}])
            writing.insert(connection, raw_event, [{"bucket": 7, "event_id": "e", "bytes": b"x"}])

    with pytest.raises(Stale):
        work()
    with store.reader.begin() as connection:
        assert sorted(connection.execute(sa.select(account_state.c.ver)).scalars()) == [0, 1, 2]
        assert connection.execute(sa.select(sa.func.count()).select_from(raw_event)).scalar() == 0


def test_what_the_database_refuses_among_others_is_the_same_error(store: Store) -> None:
    """6.4: a unique key that refuses a row of what is sent together is told as for a row alone; nothing stays."""
    row = {"bucket": 7, "event_id": "e", "bytes": b"x"}

    def refused() -> None:
        with store.writer.begin() as connection, writing.together(connection):
            _accounts(connection, 1)
            writing.insert(connection, raw_event, [row, row])
            writing.insert(connection, raw_event, [row | {"event_id": "f"}])

    for _ in range(2):  # the connection is good for another transaction after it
        with pytest.raises(IntegrityError):
            refused()
    with store.reader.begin() as connection:
        for table in (account_state, raw_event):
            assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() == 0
    tried: list[int] = []

    def work(connection: sa.Connection) -> None:
        tried.append(1)
        with writing.together(connection):
            writing.insert(connection, raw_event, [row, row] if len(tried) == 1 else [row])

    if store.is_sqlite:
        with pytest.raises(IntegrityError):
            store.write(work)
    else:
        store.write(work)
        assert len(tried) == 2


def test_a_line_that_is_cut_among_others_is_made_anew(store: Store) -> None:
    """6.4: a database that goes away while it is sent to is told as SQLAlchemy tells it, and asked again."""
    if store.is_sqlite:
        pytest.skip("a file has no line that could be cut")
    tried: list[int] = []

    def work(connection: sa.Connection) -> None:
        tried.append(1)
        with writing.together(connection):
            if len(tried) == 1:
                cut = connection.connection.driver_connection
                with store.reader.connect() as other:
                    other.execute(sa.text("SELECT pg_terminate_backend(:id)"), {"id": cut.info.backend_pid})
            writing.insert(connection, raw_event, [{"bucket": 7, "event_id": "e", "bytes": b"x"}])

    store.write(work)
    assert len(tried) == 2
    with store.reader.begin() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(raw_event)).scalar() == 1
