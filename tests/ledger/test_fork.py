"""A device that was copied or rolled back (6.6, C11, C12)."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from sqlalchemy import Table

from clubtill_ledger.store import devices, tables
from clubtill_ledger.store.engines import open_store
from clubtill_sync.signing import START_OF_CHAIN
from clubtill_sync.wire.requests import EventsAnswer
from tests.ledger.audit import audit, balances, kinds, raw, rows
from tests.ledger.club import Club, clone, decoded, refused
from tests.ledger.master import OPENING_H

Moment = dict[Table, Sequence[Mapping[str, Any]]]


def moment(club: Club) -> Moment:
    """Keep what the ledger holds now."""
    with club.store.writer.begin() as connection:
        found = {table: connection.execute(table.select()) for table in tables.device.metadata.tables.values()}
        return {table: [dict(row) for row in rows.mappings()] for table, rows in found.items()}


def lost_after(club: Club, database: str, before: Moment) -> None:
    """Put the ledger back to what it was, as a failover that loses the tail does, and let some time go by."""
    beside = open_store(database)  # a restore is no transaction of the ledger's own
    with beside.writer.begin() as connection:
        for table, kept in before.items():
            connection.execute(table.delete())
            if kept:
                connection.execute(table.insert(), [dict(row) for row in kept])
    beside.close()
    club.tick()


def test_fork_keeps_both_logs(club: Club) -> None:
    """I30, C12: a slot with two hashes is 409 fork; the facts of both logs are posted, the second flagged."""
    till = club.till()
    till.push(till.sale("A1"))
    copy = clone(till)
    till.push(till.sale("A1", qty=2))
    copy.keep(other := copy.sale("A1", qty=3))
    assert refused(copy.post(copy.batch())) == (409, "fork", {"seq": 2})
    assert kinds(club.store, "A1") == [("award", 500), ("award", 1000), ("award", 1500)]
    stored = raw(club.store, other.event_id)
    assert (stored.status, stored.epoch, bytes(stored.bytes)) == ("posted", -1, other.data)
    (side,) = [row for row in rows(club.store, tables.device_slot) if row.epoch == -1]
    assert (side.seq, side.flags) == (2, ("FORK",))
    audit(club.store)


def test_fork_is_answered_the_same_again(club: Club) -> None:
    """I10: the forked batch sent again posts nothing more, and its log goes on in the same side epoch."""
    till = club.till()
    copy = clone(till)
    till.push(till.sale("A1"))
    copy.keep(copy.sale("A1"))
    for _ in range(3):
        assert refused(copy.post(copy.batch(first=1)))[:2] == (409, "fork")
    copy.keep(copy.sale("A1"))
    assert refused(copy.post(copy.batch(first=2)))[:2] == (409, "fork")
    assert refused(copy.post(copy.batch(first=1)))[:2] == (409, "fork")
    assert kinds(club.store, "A1") == [("award", 500)] * 3
    assert {row.side_epoch for row in rows(club.store, tables.device_fork)} == {-1}
    audit(club.store)


def test_second_clone_gets_a_side_of_its_own(club: Club) -> None:
    """C12: each further copy adds a log of its own; none hides another."""
    till = club.till()
    one, two = clone(till), clone(till)
    for n, each in enumerate((till, one, two), start=1):
        each.nonces = n * 1_000_000
        each.keep(each.sale("A1", qty=n))
        each.post(each.batch())
    assert [amount for _, amount in kinds(club.store, "A1")] == [500, 1000, 1500]
    assert {row.epoch for row in rows(club.store, tables.device_slot)} == {1, -1, -2}


def test_copy_of_a_forked_log_gets_a_side_of_its_own_from_where_it_goes_apart(club: Club) -> None:
    """I30, C12: two copies that went the same way for a while never share a slot with different events."""
    till = club.till()
    one = clone(till)
    till.push(till.sale("A1"))
    one.keep(one.sale("A1", qty=2))
    two = clone(one)
    for n, each in enumerate((one, two), start=3):
        each.keep(last := each.sale("A1", qty=n))
        assert refused(each.post(each.batch(first=1)))[:2] == (409, "fork")
        assert raw(club.store, last.event_id).status == "posted"
    assert [amount for _, amount in kinds(club.store, "A1")] == [500, 1000, 1500, 2000]
    stored = [(row.epoch, row.seq) for row in rows(club.store, tables.raw_event)]
    assert sorted(stored) == [(-2, 2), (-1, 1), (-1, 2), (1, 1)]
    audit(club.store)


def test_forked_device_gets_no_lease(club: Club) -> None:
    """I30: a forked device redeems nothing more until a manager has cleared it, then it goes on in a new epoch."""
    till = club.till()
    copy = clone(till)
    till.push(till.sale("A1"))
    copy.keep(copy.sale("A1"))
    copy.post(copy.batch())
    assert till.hello().state == "fork"
    assert refused(till.call("POST", "/v1/leases", till.ask("A1", 100)))[:2] == (409, "fork")
    club.store.write(lambda c: devices.change(c, till.device_id, fork_us=None, epoch=2))
    told = till.hello()
    assert (told.state, told.epoch, told.next_seq) == ("ahead", 2, 1)


def test_lease_spent_twice_by_a_clone_is_bounded(club: Club) -> None:
    """I24: a copied disk spends its lease again: flagged, and the deficit is at most what the copy held."""
    till = club.till()
    lease = till.lease("A1", OPENING_H).lease
    assert lease is not None
    copy = clone(till)
    till.push(till.sale("A1", spends=[(lease.lease_id, OPENING_H)]))
    copy.keep(second := copy.sale("A1", spends=[(lease.lease_id, OPENING_H)]))
    copy.post(copy.batch())
    assert balances(club.store)["A1"] == (0, 0, OPENING_H)
    assert "BEYOND_LEASE" in raw(club.store, second.event_id).flags
    audit(club.store)


def test_rolled_back_device_goes_on_in_a_new_epoch(club: Club) -> None:
    """C11, 6.3: where the ledger is ahead of the device it gives a new epoch, once however often hello is said."""
    till = club.till()
    till.push(till.sale("A1"), till.sale("A1"))
    old = clone(till)
    del old.log[1:], old.hashes[2:]
    old.acked = 1
    told = old.hello()
    assert (told.state, told.epoch, told.next_seq, told.head_hash) == ("ahead", 2, 1, "0" * 64)
    assert old.hello().epoch == 2
    old.epoch, old.acked = 2, 0
    del old.log[:], old.hashes[1:]
    assert old.hello().state == "ok"
    old.push(old.sale("A1"))
    assert kinds(club.store, "A1") == [("award", 500)] * 3
    audit(club.store)


def test_ledger_that_lost_its_tail_says_so(club: Club, database: str) -> None:
    """C26, I31: a ledger restored from a backup finds itself behind; the device sends again and nothing is missing."""
    till = club.till()
    till.push(till.sale("A1"))
    before = moment(club)
    till.push(till.sale("A1"), till.sale("A1"))
    lost_after(club, database, before)
    till.nonces += 100
    told = till.hello()
    assert (told.state, told.next_seq) == ("behind", 2)
    till.acked = told.next_seq - 1
    assert decoded(till.post(till.batch()), EventsAnswer).acked_through == 3
    assert kinds(club.store, "A1") == [("award", 500)] * 3
    audit(club.store)


@pytest.mark.parametrize("out", [{"fork_us": 1}, {"revoked_us": 1, "drain": True}], ids=["fork", "revoked"])
def test_a_device_out_of_trust_is_asked_for_what_the_ledger_lost(
    club: Club, database: str, out: dict[str, Any]
) -> None:
    """I31, C27: it may be the only one that has it, and the manager who looks at both logs must see all of them."""
    till = club.till()
    till.push(till.sale("A1"))
    club.store.write(lambda c: devices.change(c, till.device_id, **out))
    before = moment(club)
    till.push(till.sale("A1"), till.sale("A1"))
    assert not till.hello().again
    lost_after(club, database, before)
    till.nonces += 100
    told = till.hello()
    assert (told.state, told.again, told.next_seq) == (next(iter(out)).partition("_")[0], True, 2)
    till.acked = told.next_seq - 1
    assert decoded(till.post(till.batch()), EventsAnswer).acked_through == 3
    assert not till.hello().again


def test_what_was_lost_is_told_when_the_next_epoch_begins(club: Club, database: str) -> None:
    """I31, C12: a till that was away until the fork was cleared hears of the loss in the new epoch's answer."""
    till = club.till()
    before = moment(club)
    till.push(till.sale("A1"))
    lost_after(club, database, before)
    till.nonces += 100
    club.store.write(lambda c: devices.change(c, till.device_id, epoch=2))
    told = till.hello()
    assert (told.state, told.epoch, told.next_seq, told.again) == ("ahead", 2, 1, True)
    assert not till.hello(epoch=2, head_seq=0, head_hash=START_OF_CHAIN, acked_seq=0).again


def test_an_acknowledged_slot_that_holds_another_event_is_a_loss(club: Club, database: str) -> None:
    """I31: after a loss another copy wrote where this log stood; numbers alone would not show it."""
    till = club.till()
    copy = clone(till)
    before = moment(club)
    till.push(till.sale("A1"))
    lost_after(club, database, before)
    till.nonces += 100
    copy.nonces = till.nonces + 1_000
    copy.push(copy.sale("A1", qty=2), copy.sale("A1", qty=3))
    told = till.hello(acked_hash=till.hashes[1])
    assert (told.state, told.epoch, told.again) == ("ahead", 2, True)
    assert not copy.hello(epoch=1, acked_hash=copy.hashes[2]).again


def test_a_forked_epoch_that_the_ledger_forgot_stands_again(club: Club) -> None:
    """C26, I30: the device is past an epoch that this ledger was put back to before; it is still forked."""
    till = club.till()
    club.store.write(lambda c: devices.change(c, till.device_id, fork_us=1))
    told = till.hello(epoch=2)
    assert (told.state, told.epoch, told.next_seq, told.again) == ("fork", 2, 1, True)
    told = till.hello(epoch=2, gathered=True)
    assert (told.state, club.store.read(devices.every)[0].epoch) == ("fork", 2)


def test_hello_compares_the_head(club: Club) -> None:
    """6.3: equal logs are ok; another hash at the same head is a fork."""
    till = club.till()
    assert till.hello().state == "ok"
    till.push(till.sale("A1"))
    told = till.hello()
    assert (told.state, told.next_seq, told.head_hash) == ("ok", 2, till.hashes[-1])
    till.keep(till.sale("A1"))
    assert till.hello().state == "ok"
    assert till.hello(head_seq=1, head_hash="f" * 64).state == "fork"
