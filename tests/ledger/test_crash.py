"""A process that dies between any two transactions of a batch: the re-send repairs what it left (6.4, F15)."""

import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.accept import events
from clubtill_ledger.store import tables
from clubtill_sync.wire.requests import EventsAnswer
from tests.ledger.audit import audit, balances, kinds, rows
from tests.ledger.club import Club, Till, decoded, refused
from tests.ledger.master import ACCOUNTS, OPENING_H


class Killed(BaseException):
    """The process died. Not an Exception, so that no room can go on after it."""


def _log(till: Till) -> None:
    """A batch of six buckets: sales, a visit and a close of a lease."""
    lease = till.lease("A1", 500_00).lease
    assert lease is not None
    till.keep(*(till.sale(name) for name in ACCOUNTS), till.sale())
    till.keep(till.sale("A1", spends=[(lease.lease_id, 200_00)]))
    till.keep(till.swipe("A2", visit_h=1000), till.close("A1", lease.lease_id, 200_00))


def _state(club: Club) -> list[object]:
    """Everything that a batch may leave behind, but the marks of time."""
    wanted = (
        tables.entry,
        tables.raw_event,
        tables.sale,
        tables.swipe,
        tables.natural,
        tables.account_state,
        tables.lease,
    )
    found: list[object] = []
    for table in wanted:
        plain = [column.name for column in table.c if column.name not in {"device_id", "granted_us"}]
        found.append([[getattr(row, name) for name in plain] for row in rows(club.store, table)])
    return found


@pytest.mark.parametrize("together", [events.TOGETHER_MAX, 2])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_crash_at_every_commit_is_repaired_by_the_resend(
    club: Club, monkeypatch: pytest.MonkeyPatch, moment: str, together: int
) -> None:
    """I10, I11, F15: whichever commit of a batch is the last one, before or after it, sending again completes it.

    On SQLite a batch is one transaction; one of more than `together` events is taken in step by step there as well.
    """
    monkeypatch.setattr(events, "TOGETHER_MAX", together)
    till = club.till()
    _log(till)
    body = till.batch()
    commits = 0
    while True:
        count = 0

        def dies(_connection: Connection, fatal: int = commits) -> None:
            nonlocal count
            count += 1
            if count == fatal + 1:
                raise Killed

        event = "commit" if moment == "before" else "begin"
        sa.event.listen(club.store.writer, event, dies)
        try:
            response = till.post(body)
        except Killed:
            commits += 1
        else:
            break
        finally:
            sa.event.remove(club.store.writer, event, dies)
        assert _marks(club) in ({}, {1: 9})
    told = decoded(response, EventsAnswer)
    at_once = club.store.is_sqlite and together >= 9
    assert commits >= (2 if at_once else 8), "nonce, slots, six buckets or five times two events, and the mark"
    assert (told.acked_through, {result.status for result in told.results}) == (9, {"posted"})
    assert kinds(club.store, "A1") == [
        ("lease_grant", 500_00),
        ("award", 500),
        ("lease_spend", 200_00),
        ("lease_return", 300_00),
    ]
    assert balances(club.store)["A1"] == (OPENING_H + 500 - 200_00, 0, 0)
    audit(club.store)
    before = _state(club)
    assert decoded(till.post(body), EventsAnswer).results == told.results
    assert _state(club) == before


def _marks(club: Club) -> dict[int, int]:
    return {row.epoch: row.acked_seq for row in rows(club.store, tables.device_mark)}


def test_claimed_but_unposted_events_are_asked_for_again(club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    """I11: slots that were claimed by a batch that died are no acknowledgement; what follows them is a gap."""
    monkeypatch.setattr(events, "TOGETHER_MAX", 1)
    till = club.till()
    till.keep(till.sale("A1"), till.sale("A2"))
    begun = 0

    def dies(_connection: Connection) -> None:
        nonlocal begun
        begun += 1
        if begun == 3:  # nonce, slots, then the first bucket
            raise Killed

    sa.event.listen(club.store.writer, "begin", dies)
    with pytest.raises(Killed):
        till.post(till.batch())
    sa.event.remove(club.store.writer, "begin", dies)
    assert len(rows(club.store, tables.device_slot)) == 2
    till.keep(till.sale("A3"))
    assert refused(till.post(till.batch(first=3))) == (409, "gap", {"expected": 1})
    assert decoded(till.post(till.batch()), EventsAnswer).acked_through == 3
    audit(club.store)


def test_mark_never_stands_before_what_it_acknowledges(club: Club) -> None:
    """I11, planted bug B1: the mark moves in the last transaction, after every bucket was written."""
    till = club.till()
    _log(till)
    order: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        order.extend(
            name for name in ("device_slot", "raw_event", "device_mark") if f"INSERT INTO {name} " in statement
        )

    sa.event.listen(club.store.writer, "before_cursor_execute", note)
    decoded(till.post(till.batch()), EventsAnswer)
    assert order[0] == "device_slot"
    assert order[-1] == "device_mark"
    assert order.count("device_mark") == 1
    assert "raw_event" in order


def test_buckets_are_taken_in_ascending_order(club: Club) -> None:
    """6.4, planted bug B20: each bucket is a transaction of its own, in ascending order; on SQLite all are one."""
    till = club.till()
    _log(till)
    begun: list[list[int]] = []

    def begin(_connection: Connection) -> None:
        begun.append([])

    def note(_c: object, _cursor: object, statement: str, parameters: object, *_rest: object) -> None:
        if "INSERT INTO raw_event" in statement:
            many = parameters if isinstance(parameters, list) else [parameters]
            begun[-1].extend(one["bucket"] if isinstance(one, dict) else one[0] for one in many)

    sa.event.listen(club.store.writer, "begin", begin)
    sa.event.listen(club.store.writer, "before_cursor_execute", note)
    told = decoded(till.post(till.batch()), EventsAnswer)
    written = [buckets for buckets in begun if buckets]
    assert len(written) == (1 if club.store.is_sqlite else len({result.stream for result in told.results}))
    assert [bucket for buckets in written for bucket in buckets] == sorted(result.stream for result in told.results)
    assert msgspec.json.encode(told)
