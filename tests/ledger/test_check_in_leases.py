"""Points set aside at check-in for the venue's redemption terminal: the real `answer`, on both engines (4.4)."""

import pytest

from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.store import devices
from clubtill_rules.members.account import Block
from clubtill_rules.members.venue import OfflineMode, Venue
from clubtill_sync.wire.documents import Terminal
from tests.ledger.audit import audit, balances
from tests.ledger.budgeting import publish, set_mode
from tests.ledger.club import Club
from tests.ledger.master import CLUB_ID, DAY, OPENING_H, ZONE

CAP_H = 30_000


@pytest.fixture
def lending(club: Club) -> Club:
    """The harbour, where T2 is the redemption terminal and 300 points are set aside at most."""
    publish(club, "terminal", "T2", Terminal(id="T2", name="Till 2", location_id="BAR", redemption_terminal=True), 2)
    publish(club, "venue", "V1", Venue(id="V1", name="Harbour", zone=ZONE, lease_cap_h=CAP_H), 2)
    return club


def test_check_in_sets_points_aside_on_the_redemption_terminal(lending: Club) -> None:
    """4.4 (b): the door reports a welcome; the redemption terminal holds the cap, and neither door nor till a lease."""
    door, till, other = lending.till("D1"), lending.till("T2"), lending.till("T1")
    door.push(door.swipe("A1"))
    (row,) = till.feed().leases
    assert (row.account_id, row.granted_h) == ("A1", CAP_H)
    assert (door.feed().leases, other.feed().leases) == ((), ())
    assert balances(lending.store)["A1"] == (OPENING_H + 1_000 - CAP_H, CAP_H, 0)
    audit(lending.store)


def test_it_is_set_aside_once(lending: Club) -> None:
    """I10, 4.4: the swipe sent again, or a second check-in, grants nothing more while that lease is open."""
    door, till = lending.till("D1"), lending.till("T2")
    door.push(door.swipe("A1"))
    door.acked = 0
    door.push(door.swipe("A1"))
    assert len(till.feed().leases) == 1
    audit(lending.store)


def test_an_attach_tells_what_was_set_aside_before_the_feed_does(lending: Club) -> None:
    """4.4, 0294: the cap is used up by the check-in; the till that has not read the feed is told of that lease."""
    door, till = lending.till("D1"), lending.till("T2")
    door.push(door.swipe("A1"))
    told = till.lease("A1", 0, why="attach")
    assert told.lease is None
    assert [(one.account_id, one.granted_h) for one in told.held] == [("A1", CAP_H)]
    more = till.lease("A1", 1_00)
    assert more.lease is not None
    assert more.held == told.held
    assert lending.till("T1").lease("A1", 1_00).held == ()
    audit(lending.store)


def test_it_can_be_spent_while_cut_off(lending: Club) -> None:
    """4.4: what was set aside is spent without the ledger, and no deficit comes of it."""
    door, till = lending.till("D1"), lending.till("T2")
    door.push(door.swipe("A1"))
    (row,) = till.feed().leases
    till.push(till.sale("A1", spends=[(row.lease_id, CAP_H)]))
    assert balances(lending.store)["A1"] == (OPENING_H + 1_000 - CAP_H, 0, 0)
    audit(lending.store)


@pytest.mark.parametrize("mode", [OfflineMode.LEASE, OfflineMode.BUDGET, OfflineMode.REFUSE])
def test_in_refuse_nothing_is_set_aside(lending: Club, mode: OfflineMode) -> None:
    """4.1, D39: the mode decides, whatever the terminal is."""
    set_mode(lending, mode, version=3)
    door, till = lending.till("D1"), lending.till("T2")
    door.push(door.swipe("A1"))
    assert bool(till.feed().leases) is (mode is not OfflineMode.REFUSE)


def test_nothing_is_set_aside_for_a_day_that_is_over(lending: Club) -> None:
    """4.4: a door that was cut off over night reports a member who has left."""
    door, till = lending.till("D1"), lending.till("T2")
    door.keep(door.swipe("A1"))
    lending.tick(DAY)
    door.push()
    assert till.feed().leases == ()


def test_no_lease_for_a_blocked_account_or_an_unsound_device(lending: Club) -> None:
    """R13, C12, C13: nor is anything set aside on a device that is revoked."""
    seed = seeds.Seed(accounts=(seeds.Account(club_id=CLUB_ID, account_id="A1", block=Block.BLOCKED),))
    seeds.load(lending.store, lending.ledger.shelf, seed, now_us=lending.now_us)
    door, till = lending.till("D1"), lending.till("T2")
    door.push(door.swipe("A1"))
    assert till.feed().leases == ()
    lending.store.write(lambda connection: devices.change(connection, till.device_id, revoked_us=lending.now_us))
    door.push(door.swipe("A2"))
    assert balances(lending.store)["A2"] == (OPENING_H + 1_000, 0, 0)
